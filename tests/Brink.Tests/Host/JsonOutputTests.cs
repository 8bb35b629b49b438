using System.Text;
using System.Text.Json;
using Brink.Host.Output;

namespace Brink.Tests.Host;

public sealed class JsonOutputTests
{
    [Fact]
    public async Task ReaderIsTooSlow_TheMissingLinesAreCountedInAJsonLineToo()
    {
        using var reader = new SlowReader();
        var output = new JsonOutput(reader, TextWriter.Null);

        for (var i = 0; i < 300_000; i++)
            output.Draining();
        reader.GoOn.SetResult();
        await output.DisposeAsync();

        var lines = reader.Text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var dropped = lines.Single(line => line.GetProperty("type").GetString() == "dropped").GetProperty("lines").GetInt64();
        Assert.Equal(300_000, lines.Count - 1 + dropped);
    }

    [Fact]
    public async Task LinesComeWhileOneIsWritten_TheyAreWrittenInOnePiece()
    {
        using var reader = new SlowReader();
        var output = new JsonOutput(reader, TextWriter.Null);

        output.Draining();
        await reader.Begun.Task;
        for (var i = 0; i < 100; i++)
            output.Draining();
        reader.GoOn.SetResult();
        await output.DisposeAsync();

        Assert.Equal([1, 100], reader.LinesOfWrites);
    }

    [Fact]
    public async Task OutputCannotBeWrittenForAWhile_IsSaidOnce_AndLaterLinesAreThere()
    {
        using var disk = new Disk();
        await using var file = new StreamWriter(disk) { AutoFlush = true };
        using var errors = new StringWriter();
        var output = new JsonOutput(file, errors);

        output.Draining();
        await disk.WritesAsync(1);
        disk.IsFull = true;
        for (var i = 0; i < 3; i++)
        {
            output.Draining();
            await disk.WritesAsync(1);
        }
        disk.IsFull = false;
        output.Draining();
        await output.DisposeAsync();

        var lines = Encoding.UTF8.GetString(disk.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["draining", "{", "draining", "dropped"], lines.Select(line => line == "{" ? line : JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()));
        Assert.Equal(3, JsonDocument.Parse(lines[^1]).RootElement.GetProperty("lines").GetInt64());
        Assert.Equal("brink dev: the output cannot be written, lines are lost: no room\n", errors.ToString());
    }

    [Fact]
    public async Task OutputCanNeverBeWritten_TheLastWordIsHowManyLinesItWere()
    {
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var errors = new StringWriter();
        var output = new JsonOutput(new StreamWriter(full) { AutoFlush = true }, errors);

        output.Draining();
        output.Draining();
        await output.DisposeAsync();

        Assert.Matches("^brink dev: the output cannot be written, lines are lost: .+\nbrink dev: 2 lines of output could not be written\n$", errors.ToString());
    }

    /// <summary>While it is full, it takes the first byte of a line and no more.</summary>
    private sealed class Disk : MemoryStream
    {
        private readonly SemaphoreSlim _writes = new(0);
        private bool _hasTorn;

        public bool IsFull { get; set; }

        public async Task WritesAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await _writes.WaitAsync(TestContext.Current.CancellationToken);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                if (!IsFull)
                {
                    Write(buffer.Span);
                    return;
                }
                if (!_hasTorn)
                    Write(buffer.Span[..1]);
                _hasTorn = true;
                throw new IOException("no room");
            }
            finally
            {
                _writes.Release();
            }
        }
    }

    /// <summary>Takes nothing until told to.</summary>
    private sealed class SlowReader : StringWriter
    {
        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<int> LinesOfWrites { get; } = [];

        public StringBuilder Text => GetStringBuilder();

        public override async Task WriteAsync(string? value)
        {
            Begun.TrySetResult();
            LinesOfWrites.Add(value!.Count(character => character == '\n'));
            await GoOn.Task;
            Text.Append(value);
        }
    }
}

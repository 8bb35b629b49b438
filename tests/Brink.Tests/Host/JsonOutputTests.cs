using System.Text;
using System.Text.Json;
using Brink.Host.Development;

namespace Brink.Tests.Host;

public sealed class JsonOutputTests
{
    [Fact]
    public async Task ReaderIsTooSlow_TheMissingLinesAreCountedInAJsonLineToo()
    {
        using var reader = new SlowReader();
        var output = new JsonOutput(reader);

        for (var i = 0; i < 20_000; i++)
            output.Draining();
        reader.GoOn.SetResult();
        await output.DisposeAsync();

        var lines = reader.Text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var dropped = lines.Single(line => line.GetProperty("type").GetString() == "dropped").GetProperty("lines").GetInt64();
        Assert.Equal(20_000, lines.Count - 1 + dropped);
    }

    /// <summary>Takes nothing until told to.</summary>
    private sealed class SlowReader : StringWriter
    {
        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StringBuilder Text => GetStringBuilder();

        public override async Task WriteAsync(string? value)
        {
            await GoOn.Task;
            Text.Append(value);
        }
    }
}

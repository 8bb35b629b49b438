using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Brink.Edge.Listening;

namespace Brink.Tests.Edge;

public sealed class HeldOutputTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));

    private static void Write(PipeWriter output, string text) => output.Write(Encoding.ASCII.GetBytes(text));

    private string Sent()
    {
        if (!_pipe.Reader.TryRead(out var read))
            return "";
        var text = Encoding.ASCII.GetString(read.Buffer);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    [Fact]
    public void Held_LeavesWhenItIsSent_Once()
    {
        var output = new HeldOutput(_pipe.Writer);
        Write(output, "one");
        output.Hold();
        Assert.Equal("", Sent());

        output.SendHeld();
        Assert.Equal("one", Sent());

        Write(output, "two");
        output.SendHeld();
        Assert.Equal("", Sent());           // that has not been flushed
    }

    [Fact]
    public async Task Touched_IsTakenBackAndLeavesWithTheNextFlush()
    {
        var output = new HeldOutput(_pipe.Writer);
        Write(output, "one ");
        output.Hold();
        Write(output, "two");
        output.SendHeld();
        Assert.Equal("", Sent());

        await output.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("one two", Sent());
    }

    [Fact]
    public void Completed_LosesNothing()
    {
        var output = new HeldOutput(_pipe.Writer);
        Write(output, "last");
        output.Hold();
        output.Complete();
        output.SendHeld();

        Assert.Equal("last", Sent());
    }

    [Fact]
    public async Task ElsewhereThanOnAPollingThread_NothingIsHeld()
    {
        var output = new HeldOutput(_pipe.Writer);
        Write(output, "now");
        await output.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("now", Sent());
    }

    [Fact]
    public async Task SentByOneThreadWhileAnotherWrites_KeepsEveryByteInOrder()
    {
        const int pieces = 20_000;
        var output = new HeldOutput(_pipe.Writer);
        var isOver = false;
        var sender = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
                output.SendHeld();
        });
        sender.Start();
        var reading = ReadAllAsync();

        for (var i = 0; i < pieces; i++)
        {
            Write(output, $"{i};");
            output.Hold();
        }
        output.Complete();
        Volatile.Write(ref isOver, true);
        sender.Join();

        Assert.Equal(string.Concat(Enumerable.Range(0, pieces).Select(i => $"{i};")), await reading);
    }

    private async Task<string> ReadAllAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            var read = await _pipe.Reader.ReadAsync();
            text.Append(Encoding.ASCII.GetString(read.Buffer));
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return text.ToString();
        }
    }
}

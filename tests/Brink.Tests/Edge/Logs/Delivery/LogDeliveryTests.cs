using System.Text;
using Brink.Edge.Logs.Delivery;

namespace Brink.Tests.Edge.Logs.Delivery;

/// <summary>Lines that wait, arrive and are lost. No request waits for any of it.</summary>
public sealed class LogDeliveryTests
{
    private readonly List<string> _told = [];

    [Fact]
    public async Task Buffer_ManyThreadsAppend_EveryLineIsTakenOnce()
    {
        var buffer = new LogBuffer(1 << 20);
        var reading = Task.Run(async () =>
        {
            var (lines, bytes) = (0, 0);
            while (await buffer.WaitAsync())
            {
                var (taken, count) = buffer.Take();
                (lines, bytes) = (lines + count, bytes + taken.Length);
            }
            return (lines, bytes);
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                while (!buffer.TryAppend("a line\n"u8))
                    Thread.Yield();
            }
        })));
        buffer.Complete();

        Assert.Equal((20_000, 140_000), await reading);
        Assert.False(buffer.TryAppend("too late\n"u8));
    }

    [Fact]
    public void Buffer_IsFull_TheLineIsLostAndCounted()
    {
        var buffer = new LogBuffer(10);

        Assert.True(buffer.TryAppend("12345678\n"u8));
        Assert.False(buffer.TryAppend("12\n"u8));

        Assert.Equal(1, buffer.TakeLost());
        Assert.Equal("12345678\n", Encoding.ASCII.GetString(buffer.Take().Lines.Span));
        Assert.True(buffer.TryAppend("12\n"u8));
    }

    [Fact]
    public async Task DestinationFailsForAWhile_NothingIsLost()
    {
        var time = new ManualTimeProvider();
        var memory = new MemoryLog { Failure = new IOException("no room") };
        var delivery = New(memory, time);

        delivery.Post("one\n"u8);
        await memory.FailedAsync();
        await UntilAsync(() => _told.Count == 1);
        delivery.Post("two\n"u8);
        memory.Failure = null;
        await AdvanceUntilAsync(time, () => memory.Count == 2);
        await delivery.DisposeAsync();

        Assert.Equal((2, 0), (delivery.Written, delivery.Lost));
        Assert.Equal(["the test log: no room; nothing is lost yet"], _told);
    }

    [Fact]
    public async Task DestinationFailsForever_TheBufferIsTheBound_AndItIsSaidOnceAMinute()
    {
        var time = new ManualTimeProvider();
        var memory = new MemoryLog { Failure = new IOException("no room") };
        var delivery = New(memory, time, capacity: 100);

        delivery.Post("123456789\n"u8);
        await memory.FailedAsync();
        for (var i = 0; i < 1_000; i++)
            delivery.Post("123456789\n"u8);
        await AdvanceUntilAsync(time, () => _told.Count == 2);
        Assert.Equal("the test log: no room; nothing is lost yet", _told[0]);
        Assert.Equal("the test log: no room; 990 lines are lost", _told[1]);
        await delivery.DisposeAsync();

        Assert.Equal((0, 1_001), (delivery.Written, delivery.Lost));
        Assert.Equal("the test log: no room; 1001 lines are lost", _told[^1]);
    }

    [Fact]
    public async Task DestinationHangs_PostingGoesOn_AndTheEndComes()
    {
        var memory = new MemoryLog { Hangs = new TaskCompletionSource() };
        var delivery = New(memory, TimeProvider.System, capacity: 100);

        for (var i = 0; i < 100_000; i++)
            delivery.Post("123456789\n"u8);
        memory.Hangs.SetException(new IOException("it is gone"));
        await delivery.DisposeAsync();

        Assert.Equal(100_000, delivery.Written + delivery.Lost);
        Assert.InRange(delivery.Lost, 99_000, 100_000);
    }

    private LogDelivery New(ILogDestination destination, TimeProvider time, int capacity = 1 << 20) => new("the test log", destination, capacity, time, sentence =>
    {
        lock (_told)
            _told.Add(sentence);
    });

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static Task AdvanceUntilAsync(ManualTimeProvider time, Func<bool> holds) => UntilAsync(() =>
    {
        time.AdvanceSeconds(1);
        return holds();
    });
}

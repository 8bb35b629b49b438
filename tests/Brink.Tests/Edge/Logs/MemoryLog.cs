using System.Text;
using System.Threading.Channels;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Logs.Delivery;
using Brink.Resources;

namespace Brink.Tests.Edge.Logs;

/// <summary>A destination that keeps lines, and fails for as long as a test says.</summary>
internal sealed class MemoryLog : ILogDestination
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly SemaphoreSlim _failures = new(0);

    /// <summary>What writing throws; null for nothing.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Writes wait for it, where it is there, and for nothing else.</summary>
    public TaskCompletionSource? Hangs { get; set; }

    public DateTimeOffset? DueAt => null;

    public long Lost => 0;

    public int Count => _lines.Reader.Count;

    /// <summary>A snapshot with a standard log, or a real-time one.</summary>
    public static Func<EdgeSnapshot, EdgeSnapshot> In(StandardLog? standard, RealtimeLog? realtime = null) => snapshot =>
    {
        var live = snapshot.Distributions[0];
        var behavior = live.DefaultBehavior;
        return new EdgeSnapshot
        {
            Distributions =
            [
                live with
                {
                    StandardLog = standard,
                    DefaultBehavior = new LiveBehavior(behavior.Behavior, behavior.Target, behavior.Triggers) { RealtimeLog = realtime },
                },
            ],
            AnyHostIsTheOnlyDistribution = true,
            ViewerCountry = snapshot.ViewerCountry,
        };
    };

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        if (Hangs is { } hangs)
            await hangs.Task.WaitAsync(cancellationToken);
        if (Failure is { } failure)
        {
            _failures.Release();
            throw failure;
        }
        foreach (var line in Encoding.Latin1.GetString(lines.Span).TrimEnd('\n').Split('\n'))
            _lines.Writer.TryWrite(line);
    }

    public ValueTask TendAsync(CancellationToken cancellationToken) => default;

    public ValueTask DisposeAsync() => default;

    public Task FailedAsync() => _failures.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    /// <summary>The fields of the next line.</summary>
    public async Task<string[]> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return (await _lines.Reader.ReadAsync(patience.Token)).Split('\t');
    }
}

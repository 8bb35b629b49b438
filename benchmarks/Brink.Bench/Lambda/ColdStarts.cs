using System.Collections.Concurrent;
using System.Globalization;
using Brink.Lambda.Environments;
using Brink.Lambda.Logs;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Bench.Lambda;

/// <summary>
/// From the trigger to the first line of the handler, of an empty module. For a version that has no environment yet, and for one that has some and needs one
/// more. Both clocks are the machine's.
/// </summary>
internal sealed class ColdStarts(BenchFunctions functions, IProcessSandbox sandbox, bool quick)
{
    private const int VersionsInAPool = 10;
    private readonly int _pools = quick ? 1 : 10;

    public async Task<IReadOnlyList<MarkdownTable>> MeasureAsync()
    {
        var table = new MarkdownTable("cold start, trigger to handler entry, ms", "first of a version: p50", "p99", "one more: p50", "p99", "starts of each kind");
        var arms = functions.Runtimes.Select(runtime => new Arm(runtime.Name + (sandbox is UnsandboxedProcesses ? ", no sandbox" : ""), runtime, sandbox)).ToList();
        if (sandbox is not UnsandboxedProcesses)
            arms.AddRange(functions.Runtimes.Select(runtime => new Arm(runtime.Name + ", no sandbox", runtime, new UnsandboxedProcesses())));
        // The first of all warms the disk and the code of Brink.
        foreach (var arm in arms)
            await MeasureAsync(arm, 2, warmsUp: true);
        for (var round = 0; round < _pools; round++)
        {
            foreach (var arm in arms)
                await MeasureAsync(arm, VersionsInAPool, warmsUp: false);
        }
        foreach (var arm in arms)
        {
            table.Add(
                arm.Name, Number(arm.Firsts, 0.5), Number(arm.Firsts, 0.99), Number(arm.Mores, 0.5), Number(arm.Mores, 0.99), arm.Firsts.Count.ToString(CultureInfo.InvariantCulture));
        }
        return [table];
    }

    private static async Task MeasureAsync(Arm arm, int versions, bool warmsUp)
    {
        var entries = new Entries();
        var pool = new LambdaPool(LambdaPoolOptions.Default with { Log = entries }, arm.Sandbox, TimeProvider.System);
        var running = new List<Task>();
        for (var i = 0; i < versions; i++)
        {
            var version = arm.Runtime.NewVersion(isEmpty: true);
            foreach (var times in new[] { arm.Firsts, arm.Mores })
            {
                var begin = TimeProvider.System.GetUtcNow();
                running.Add(pool.InvokeAsync(version, Region.Home, "{}"u8.ToArray(), InvocationLimits.Default, default).AsTask());
                var entered = await entries.NextAsync();
                if (!warmsUp)
                    times.Add(entered - (begin - DateTimeOffset.UnixEpoch).TotalMilliseconds);
            }
        }
        // They are all in their handlers still.
        await pool.DisposeAsync();
        await Task.WhenAll(running);
    }

    private static string Number(List<double> times, double share) =>
        Statistics.Percentile(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(times), share).ToString("N1", CultureInfo.InvariantCulture);

    private sealed record Arm(string Name, BenchRuntime Runtime, IProcessSandbox Sandbox)
    {
        public List<double> Firsts { get; } = [];

        public List<double> Mores { get; } = [];
    }

    /// <summary>The lines "entered SECONDS" of the functions, as they come.</summary>
    private sealed class Entries : ILambdaLog
    {
        private readonly System.Threading.Channels.Channel<LogEntry> _lines = System.Threading.Channels.Channel.CreateUnbounded<LogEntry>();

        public void Write(in LogEntry entry) => _lines.Writer.TryWrite(entry);

        /// <summary>Milliseconds of Unix time.</summary>
        public async Task<double> NextAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var seen = new ConcurrentQueue<string>();
            try
            {
                while (true)
                {
                    var line = await _lines.Reader.ReadAsync(limit.Token);
                    seen.Enqueue(line.Text);
                    if (line.Text.IndexOf("entered ", StringComparison.Ordinal) is >= 0 and var at)
                        return double.Parse(line.Text.AsSpan(at + "entered ".Length), CultureInfo.InvariantCulture) * 1000;
                }
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException($"a function was not entered within 20 s:\n{string.Join('\n', seen)}");
            }
        }
    }
}

using Brink.Lambda.Logs;
using Brink.Lambda.Runtimes;

namespace Brink.Lambda.Pool;

/// <summary>How many environments there may be, and for how long.</summary>
public sealed record LambdaPoolOptions
{
    /// <summary>The defaults.</summary>
    public static LambdaPoolOptions Default { get; } = new();

    /// <summary>
    /// Invocations at once in one region, of all functions together; over it an invocation is throttled. Default 1,000, as at AWS.
    /// </summary>
    public int ConcurrencyPerRegion { get; init; } = 1_000;

    /// <summary>
    /// Environments on this machine, of all functions and regions. At the limit an idle environment of another function makes room, and an
    /// invocation that finds none waits its turn. Default: half of the machine's memory in pieces of 48 MB, at least 16.
    /// </summary>
    public int MaxEnvironments { get; init; } = (int)Math.Max(16, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 / (48 * 1024 * 1024));

    /// <summary>
    /// Environments that may load their code at the same time: more would only slow each other down. Default: two for each core.
    /// </summary>
    public int MaxStarting { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>An environment that had nothing to do for this long goes. Default 5 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long an invocation waits for an environment that will be free at any moment, before a new one is started for it: one that has
    /// answered but not yet asked for the next event, or one of as many as there are cores, at work on what usually is short. For the
    /// latter ten times as long while they get on with it. Default 20 ms; a new process takes longer.
    /// </summary>
    public TimeSpan StartGrace { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>An invocation below this waits for nothing but a core: the network takes longer. Default 1 ms.</summary>
    public TimeSpan ShortInvocation { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Cores that functions run on: a function that waits for nothing else gains nothing from more environments. Default: the machine's.
    /// </summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// An environment that had nothing to do for this long, or up to twice as long, is held still until its next invocation, as at AWS: its
    /// timers stop, and work it left behind does not go on. Default: never. Shorter than some 50 ms costs a wake-up for most invocations of
    /// a function in use.
    /// </summary>
    public TimeSpan? FreezeAfter { get; init; }

    /// <summary>What runs Node.js and Python.</summary>
    public Interpreters Interpreters { get; init; } = new();

    /// <summary>Where environments keep sockets and their <c>/tmp</c>. Default: a folder of the system's temporary folder.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>Takes every line of every function's log. Default: none; an invocation still carries its own lines.</summary>
    public ILambdaLog? Log { get; init; }
}

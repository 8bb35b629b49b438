using Brink.Edge;
using Brink.Edge.Configuration;

namespace Brink.Bench.Serving;

/// <summary>A way to give requests to threads.</summary>
/// <param name="Name">As on the command line and in tables.</param>
/// <param name="Scheduling">What the edge is told.</param>
/// <param name="InlineCompletions">Whether the runtime completes socket operations on the thread that polls the sockets, not on the pool.</param>
internal sealed record SchedulingMode(string Name, EdgeScheduling Scheduling, bool InlineCompletions)
{
    /// <summary>
    /// The three that make sense. In <c>inline</c> a request runs on the pool thread that took up the socket's event, without further hops; only in
    /// <c>inline-completions</c> it runs on the polling thread itself, where it holds up every other connection.
    /// </summary>
    public static IReadOnlyList<SchedulingMode> All { get; } =
    [
        new("threadpool", EdgeScheduling.ThreadPool, InlineCompletions: false),
        new("inline", EdgeScheduling.Inline, InlineCompletions: false),
        new("inline-completions", EdgeScheduling.Inline, InlineCompletions: true),
    ];

    /// <summary>What the edge does when it is told nothing.</summary>
    public static SchedulingMode Default => All.Last(mode => mode.Scheduling == EdgeServerOptions.Default.Scheduling);

    public static SchedulingMode Named(string name) => All.Single(mode => mode.Name == name);

    /// <summary>To be called before the process opens its first socket: the runtime reads the switch once.</summary>
    public void Prepare()
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", InlineCompletions ? "1" : "0");
    }
}

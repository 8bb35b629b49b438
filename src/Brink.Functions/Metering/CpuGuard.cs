using System.Runtime.InteropServices;

namespace Brink.Functions.Metering;

/// <summary>
/// Watches the CPU time of one run. The thread's CPU clock is a call of the system, a good part of a small function's time, so it is read
/// at most every hundredth of a second and for runs that were long by the coarse clock: what a run is said to have taken is the least that
/// it can have been.
/// </summary>
internal readonly struct CpuGuard
{
    private const long CheckpointEvery = 10;

    [ThreadStatic]
    private static Checkpoint s_checkpoint;

    private readonly long _startedAt;

    private CpuGuard(long startedAt) => _startedAt = startedAt;

    /// <summary>What the thread's clocks said a short while ago; in milliseconds.</summary>
    private record struct Checkpoint(long At, double Cpu);

    /// <summary>A run begins.</summary>
    public static CpuGuard Start()
    {
        var now = Environment.TickCount64;
        if (now - s_checkpoint.At >= CheckpointEvery)
            s_checkpoint = new Checkpoint(now, ThreadCpuMilliseconds());
        return new CpuGuard(now);
    }

    /// <summary>The run is over. Null, unless it took at least so much CPU time.</summary>
    public FunctionAlarm? Check(string function, long units, TimeSpan limit)
    {
        if (Environment.TickCount64 - _startedAt < limit.TotalMilliseconds)
            return null;
        var before = s_checkpoint;
        var cpu = Math.Max(0, ThreadCpuMilliseconds() - before.Cpu - (_startedAt - before.At));
        return cpu < limit.TotalMilliseconds ? null : FunctionAlarm.Raise(function, units, TimeSpan.FromMilliseconds(cpu));
    }

    /// <summary>Elsewhere than on Linux the coarse clock stands in.</summary>
    private static double ThreadCpuMilliseconds() =>
        OperatingSystem.IsLinux() && GetTime(ThreadCpuTimeClock, out var time) == 0
            ? time.Seconds * 1000.0 + time.Nanoseconds / 1e6
            : Environment.TickCount64;

    private const int ThreadCpuTimeClock = 3;           // CLOCK_THREAD_CPUTIME_ID

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime", ExactSpelling = true)]
    private static extern int GetTime(int clock, out TimeSpecification time);
}

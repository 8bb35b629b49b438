using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript;

/// <summary>Realms without a program, for tests that call built-ins directly.</summary>
internal static class TestRealm
{
    /// <summary>2026-11-22T10:00:00Z.</summary>
    public const double StartTime = 1795341600000;

    public static Realm New(Runtime runtime = Runtime.CloudFrontJs20, long steps = 400_000, long memoryBytes = 2 * 1024 * 1024)
    {
        var realm = new Realm();
        var limits = new CallLimits { Steps = steps, MemoryBytes = memoryBytes, StartTimeMilliseconds = StartTime, RandomSeed = 42 };
        realm.Begin(BuiltInObjects.For(runtime), new AtomTable(Names.Table, isShared: false), Shape.NewRoot(), limits, hostContext: null);
        return realm;
    }
}

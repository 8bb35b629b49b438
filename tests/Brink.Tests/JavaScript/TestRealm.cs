using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript;

/// <summary>A realm as a call would have it, for tests that call built-ins themselves.</summary>
internal static class TestRealm
{
    public static Realm New(Runtime runtime, long steps = 10_000_000, long memoryBytes = 2 * 1024 * 1024)
    {
        var realm = new Realm();
        var limits = new CallLimits { Steps = steps, MemoryBytes = memoryBytes, StartTimeMilliseconds = 1_700_000_000_000, RandomSeed = 42 };
        realm.Begin(Intrinsics.For(runtime), new AtomTable(Names.Table, isShared: false), Shape.NewRoot(), limits, hostContext: null);
        return realm;
    }
}

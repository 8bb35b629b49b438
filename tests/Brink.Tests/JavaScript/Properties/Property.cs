using FsCheck;
using FsCheck.Fluent;

namespace Brink.Tests.JavaScript.Properties;

/// <summary>Checks a property on random input from a fixed seed. A failure shows the input, shrunk, and the numbers to replay it with.</summary>
internal static class Property
{
    public static void Holds<T>(int times, Action<T> property)
    {
        var replay = new Replay(new Rnd(20261122, 1), Microsoft.FSharp.Core.FSharpOption<int>.None);
        Prop.ForAll(ArbMap.Default.ArbFor<T>(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(Microsoft.FSharp.Core.FSharpOption<Replay>.Some(replay)));
    }
}

/// <summary>Reads decisions out of random bytes, so that cutting bytes off makes what was built from them smaller.</summary>
internal sealed class Choices(byte[] bytes)
{
    private int _at;

    public bool IsEmpty => _at >= bytes.Length;

    /// <summary>From 0 to below the bound; 0 when there is nothing more to decide by.</summary>
    public int Next(int bound) => IsEmpty ? 0 : bytes[_at++] % bound;
}

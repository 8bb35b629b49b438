using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>The code of a function of the host.</summary>
/// <param name="call">This, the arguments, and ways to answer.</param>
/// <returns>What the call returns; <see cref="HostCall.Throw"/> for an exception of the language.</returns>
public delegate ScriptValue HostCode(HostCall call);

/// <summary>
/// A function of the host, defined once for the process: <c>crypto.createHash</c>, <c>console.log</c>. The object that scripts see is
/// shared by all calls, like a built-in: a call that writes to it writes to its own overlay.
/// </summary>
/// <param name="name">The name property.</param>
/// <param name="length">The length property.</param>
/// <param name="code">The code.</param>
public sealed class HostFunction(string name, int length, HostCode code)
{
    private readonly NativeFunction?[] _objects = new NativeFunction?[2];
    private readonly Accessor?[] _accessors = new Accessor?[2];

    /// <summary>The name property.</summary>
    public string Name { get; } = name;

    /// <summary>The function object of the realm's runtime.</summary>
    internal NativeFunction Bind(Realm realm)
    {
        ref var place = ref _objects[(int)realm.Runtime];
        if (place is null)
            Interlocked.CompareExchange(ref place, Make(realm.Intrinsics), null);
        return place;
    }

    /// <summary>A property that this function computes whenever it is read.</summary>
    internal Accessor BindGetter(Realm realm)
    {
        ref var place = ref _accessors[(int)realm.Runtime];
        if (place is null)
            Interlocked.CompareExchange(ref place, new Accessor(Bind(realm), null), null);
        return place;
    }

    private NativeFunction Make(Intrinsics intrinsics)
    {
        var function = new NativeFunction(
            Name, Invoke, construct: null, intrinsics.RootShape, intrinsics.FunctionPrototype) { IsShared = true };
        IntrinsicsBuilder.Put(function, Names.Name, TextFacts.Permanent(Name), PropertyFlags.Configurable);
        IntrinsicsBuilder.Put(function, Names.Length, Value.Number(length), PropertyFlags.Configurable);
        return function;
    }

    private Value Invoke(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        code(new HostCall(realm, thisValue, arguments)).Value;
}

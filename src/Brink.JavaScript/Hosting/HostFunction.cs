using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>The code of a function of the host.</summary>
/// <param name="call">This, the arguments, and ways to answer.</param>
/// <returns>What the call returns; <see cref="HostCall.Throw"/> for an exception of the language.</returns>
public delegate ScriptValue HostCode(HostCall call);

/// <summary>A function of the host, defined once for the process: <c>crypto.createHash</c>, <c>console.log</c>.</summary>
/// <param name="name">The name property.</param>
/// <param name="length">The length property.</param>
/// <param name="code">The code.</param>
public sealed class HostFunction(string name, int length, HostCode code)
{
    /// <summary>The name property.</summary>
    public string Name { get; } = name;

    internal JsObject Bind(Realm realm)
    {
        realm.Allocate(MemoryCost.Function);
        return new NativeFunction(Name, length, Invoke, construct: null, realm.EmptyShape, realm.Intrinsics.FunctionPrototype);
    }

    internal Value Invoke(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => code(new HostCall(realm, thisValue, arguments)).Value;
}

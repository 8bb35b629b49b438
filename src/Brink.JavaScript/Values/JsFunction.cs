using System.Runtime.CompilerServices;
using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Values;

/// <summary>Anything that can be called.</summary>
internal abstract class JsFunction(Shape shape, JsObject? prototype) : JsObject(ObjectClass.Function, shape, prototype)
{
    /// <summary>Calls it. <see cref="Value.Threw"/> means that <see cref="Realm.Exception"/> holds what was thrown.</summary>
    public abstract Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments);

    /// <summary>Whether <c>new</c> works on it.</summary>
    public virtual bool IsConstructor => false;

    /// <summary><c>new</c>.</summary>
    public virtual Value Construct(Realm realm, ReadOnlySpan<Value> arguments) => realm.ThrowTypeError("object is not a constructor");
}

/// <summary>The code of a built-in. Arguments live in the caller's registers: they are read, never kept.</summary>
internal delegate Value NativeCode(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments);

/// <summary>
/// What the dispatch loop does itself when it is called with one argument of the usual type: see <c>Interpreter.Quick.cs</c>.
/// </summary>
internal enum QuickCall : byte
{
    None,

    /// <summary>String.fromCharCode</summary>
    FromCharCode,

    /// <summary>indexOf of strings</summary>
    IndexOf,
}

/// <summary>A built-in function; shared by all calls.</summary>
internal sealed class NativeFunction(string name, NativeCode code, NativeCode? construct, Shape shape, JsObject? prototype)
    : JsFunction(shape, prototype)
{
    public string Name { get; } = name;

    public NativeCode Code { get; } = code;

    /// <summary>How the dispatch loop may do without calling it.</summary>
    public QuickCall Quick { get; set; }

    // A delegate of a static method has to shift its arguments by one at every call; its address does not.
    private readonly unsafe delegate*<Realm, in Value, ReadOnlySpan<Value>, Value> _address =
        code.Method.IsStatic ? (delegate*<Realm, in Value, ReadOnlySpan<Value>, Value>)code.Method.MethodHandle.GetFunctionPointer() : null;

    /// <summary>Runs the code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Value Run(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        _address != null ? _address(realm, thisValue, arguments) : Code(realm, thisValue, arguments);

    public override bool IsConstructor => construct is not null;

    public override Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Run(realm, thisValue, arguments);

    public override Value Construct(Realm realm, ReadOnlySpan<Value> arguments) =>
        construct is null ? base.Construct(realm, arguments) : construct(realm, Values.Value.Undefined, arguments);
}

/// <summary>Arguments by position.</summary>
internal static class Arguments
{
    /// <summary>The argument, or undefined if there are fewer.</summary>
    public static Value At(this ReadOnlySpan<Value> arguments, int index) => index < arguments.Length ? arguments[index] : Value.Undefined;
}

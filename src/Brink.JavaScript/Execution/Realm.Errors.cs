using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

internal enum ErrorType
    : byte { Error, EvalError, InternalError, RangeError, ReferenceError, SyntaxError, TypeError, UriError, MemoryError, AggregateError }

/// <summary>
/// Exceptions of the language: the realm holds the thrown value, a marker travels up through natives and the interpreter.
/// </summary>
internal sealed partial class Realm
{
    /// <summary>Throws a value. The interpreter fills in where it came from.</summary>
    public Value Throw(in Value exception)
    {
        Exception = exception;
        return Value.Threw;
    }

    public Value Throw(ErrorType type, string message) => Throw(Value.Object(NewError(type, NewMessage(message))));

    /// <summary>An error's message, which was put together before it gets here: texts of scripts stand in some.</summary>
    public Value NewMessage(string message)
    {
        Charge(3 * message.Length / Price.CopiedCharacters);
        return NewText(message);
    }

    public Value ThrowTypeError(string message) => Throw(ErrorType.TypeError, message);

    public Value ThrowRangeError(string message) => Throw(ErrorType.RangeError, message);

    /// <summary>An InternalError that cannot be extended, which is how the engine knows a MemoryError.</summary>
    public bool IsMemoryError(JsObject @object) =>
        !StorageOf(@object).IsExtensible
            && ReferenceEquals(StorageOf(@object).Prototype, Intrinsics.ErrorPrototypes[(int)ErrorType.InternalError]);

    public JsObject NewError(ErrorType type, in Value message)
    {
        var error = NewObject(ObjectClass.Error, Intrinsics.ErrorPrototypes[(int)type]);
        error.Put(this, Names.Message, message, PropertyFlags.Hidden);
        return error;
    }
}

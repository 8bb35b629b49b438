using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Objects;

/// <summary>Error and its kin. There is no stack property (functions spec 5.5, 6).</summary>
internal static class ErrorBuiltIns
{
    private static readonly Atom _errors = Names.Table.Intern("errors");

    public static void Build(IntrinsicsBuilder b)
    {
        var error = Define(b, "Error", ErrorType.Error,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.Error, arguments.At(0)));
        b.Method(b.Intrinsics.ErrorPrototypes[0], "toString", 0, ToText);

        Define(b, "EvalError", ErrorType.EvalError,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.EvalError, arguments.At(0)), error);
        Define(b, "InternalError", ErrorType.InternalError,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.InternalError, arguments.At(0)), error);
        Define(b, "RangeError", ErrorType.RangeError,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.RangeError, arguments.At(0)), error);
        Define(b, "ReferenceError", ErrorType.ReferenceError,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.ReferenceError, arguments.At(0)),
            error);
        Define(b, "SyntaxError", ErrorType.SyntaxError,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.SyntaxError, arguments.At(0)), error);
        Define(b, "TypeError", ErrorType.TypeError,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.TypeError, arguments.At(0)), error);
        Define(b, "URIError", ErrorType.UriError,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => New(realm, ErrorType.UriError, arguments.At(0)), error);
        if (b.Is20)
            Define(b, "AggregateError", ErrorType.AggregateError, NewAggregate, error);
        if (!b.Is20 || Dialect.MemoryErrorIsInBothRuntimes)
            DefineMemoryError(b, error);
    }

    /// <summary>
    /// Its instances are InternalErrors that cannot be extended, whatever message they are given; they print as what they are.
    /// </summary>
    private static void DefineMemoryError(IntrinsicsBuilder b, NativeFunction error)
    {
        var constructor = Define(b, "MemoryError", ErrorType.MemoryError, NewMemoryError, error);
        var prototype = b.Intrinsics.ErrorPrototypes[(int)ErrorType.InternalError];
        IntrinsicsBuilder.Put(constructor, Names.Prototype, Value.Object(prototype), PropertyFlags.None);
        b.Method(prototype, "toString", 0, static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
            thisValue.IsObject && realm.IsMemoryError(thisValue.AsObject)
                ? realm.NewText("MemoryError")
                : ToText(realm, thisValue, arguments));
    }

    private static Value NewMemoryError(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var error = New(realm, ErrorType.InternalError, Value.Undefined);
        ObjectIntegrity.Close(realm, error.AsObject);
        return error;
    }

    private static NativeFunction Define(IntrinsicsBuilder b, string name, ErrorType type, NativeCode code, NativeFunction? parent = null)
    {
        var prototype = b.Intrinsics.ErrorPrototypes[(int)type];
        var constructor = b.Constructor(name, 1, code, code, prototype);
        if (parent is not null)
            constructor.Prototype = parent;
        IntrinsicsBuilder.Put(prototype, Names.Name, TextFacts.Permanent(name), PropertyFlags.Hidden);
        IntrinsicsBuilder.Put(prototype, Names.Message, Names.Empty.Value, PropertyFlags.Hidden);
        return constructor;
    }

    private static Value New(Realm realm, ErrorType type, in Value message)
    {
        realm.Charge(Price.ObjectMade);
        if (message.IsUndefined)
            return Value.Object(realm.NewObject(ObjectClass.Error, realm.Intrinsics.ErrorPrototypes[(int)type]));
        var text = realm.ToText(message);
        return text.IsThrew ? text : Value.Object(realm.NewError(type, text));
    }

    private static Value NewAggregate(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        realm.Charge(3 * Price.ObjectMade);
        var errors = realm.NewArray();
        if (!Iteration.TryCollect(realm, arguments.At(0), errors, "first argument is not iterable"))
            return Value.Threw;
        var error = New(realm, ErrorType.AggregateError, arguments.At(1));
        if (!error.IsThrew)
            error.AsObject.PutOwn(realm, _errors, Value.Object(errors), PropertyFlags.Hidden);
        return error;
    }

    /// <summary>Name and message as they stand. Error.prototype.toString; the threw marker.</summary>
    public static Value ToText(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError("\"this\" argument is not an object");
        realm.Charge(2);                                                // for the two properties
        var name = realm.Get(thisValue, Names.Name);
        if (name.IsThrew)
            return Value.Threw;
        name = name.IsUndefined ? realm.NewText("Error") : realm.ToText(name);
        var message = name.IsThrew ? name : realm.Get(thisValue, Names.Message);
        if (message.IsThrew)
            return Value.Threw;
        message = message.IsUndefined ? Realm.EmptyText : realm.ToText(message);
        if (message.IsThrew || name.Length == 0)
            return message;
        return message.Length == 0 ? name : realm.Concat(realm.Concat(name, realm.NewText(": ")), message);
    }
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>
/// One call of a host function: what it was given, and ways to answer. Whatever it makes is charged to the call's budgets.
/// </summary>
public readonly ref struct HostCall
{
    private readonly Realm _realm;
    private readonly ReadOnlySpan<Value> _arguments;

    internal HostCall(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        _realm = realm;
        _arguments = arguments;
        This = new ScriptValue(realm, thisValue);
    }

    /// <summary>The value of this.</summary>
    public ScriptValue This { get; }

    /// <summary>The number of arguments.</summary>
    public int Count => _arguments.Length;

    /// <summary>An argument, undefined when there are fewer.</summary>
    public ScriptValue this[int index] => new(_realm, _arguments.At(index));

    /// <summary>What the host handed in for this call of the program.</summary>
    public object? Context => _realm.HostContext;

    /// <summary>The dialect of the program.</summary>
    public Runtime Runtime => _realm.Runtime;

    /// <summary>Takes steps from the compute budget; to be called before the work is done.</summary>
    public void Charge(int steps) => _realm.Charge(steps);

    /// <summary>Takes units from the compute budget, for a price that the host sets; a step is eight.</summary>
    public void Pay(int units) => _realm.Pay(units);

    /// <summary>Takes bytes from the memory budget; to be called before they are allocated.</summary>
    public void Allocate(long bytes) => _realm.Allocate(bytes);

    // ---------------------------------------------------------------- exceptions

    /// <summary>Throws an exception of the language: return what this gives.</summary>
    /// <param name="errorClass">A built-in error class, <c>TypeError</c>; any other name makes an <c>Error</c> of that name.</param>
    /// <param name="message">The message property.</param>
    public ScriptValue Throw(string errorClass, string message) => new(_realm, _realm.Throw(Error(errorClass, message).Value));

    /// <summary>An exception object that is not thrown: the reason of a rejected promise.</summary>
    /// <param name="errorClass">A built-in error class, <c>TypeError</c>; any other name makes an <c>Error</c> of that name.</param>
    /// <param name="message">The message property.</param>
    public ScriptValue Error(string errorClass, string message)
    {
        if (Enum.TryParse<ErrorType>(errorClass, out var type))
            return new ScriptValue(_realm, Value.Object(_realm.NewError(type, _realm.NewMessage(message))));
        var error = _realm.NewError(ErrorType.Error, _realm.NewMessage(message));
        error.Put(_realm, Names.Name, _realm.NewText(errorClass), PropertyFlags.Hidden);
        return new ScriptValue(_realm, Value.Object(error));
    }

    /// <summary>Takes the pending exception after something gave <see cref="ScriptValue.IsThrew"/>; nothing is thrown any more.</summary>
    public ScriptValue TakeException()
    {
        var exception = _realm.Exception;
        _realm.Exception = default;
        return new ScriptValue(_realm, exception);
    }

    /// <summary>What to return while an exception is pending.</summary>
    public ScriptValue Throwing => new(_realm, Value.Threw);

    // ---------------------------------------------------------------- values

    /// <summary>undefined</summary>
    public ScriptValue Undefined => new(_realm, Value.Undefined);

    /// <summary>null</summary>
    public ScriptValue Null => new(_realm, Value.Null);

    /// <summary>A number.</summary>
    public ScriptValue Number(double number) => new(_realm, Value.Number(number));

    /// <summary>A boolean.</summary>
    public ScriptValue Boolean(bool value) => new(_realm, Value.Boolean(value));

    /// <summary>A string; UTF-16, lone surrogates become U+FFFD.</summary>
    public ScriptValue Text(scoped ReadOnlySpan<char> text) => new(_realm, _realm.NewText(text));

    /// <summary>A byte string. Runtime 1.0 only.</summary>
    public ScriptValue ByteString(scoped ReadOnlySpan<byte> bytes) => new(_realm, _realm.NewBytes(bytes));

    /// <summary>A string from UTF-8; what is not UTF-8 becomes U+FFFD.</summary>
    public ScriptValue Utf8Text(scoped ReadOnlySpan<byte> utf8) => new(_realm, _realm.NewUtf8Text(utf8));

    /// <summary>A Buffer with a copy of the bytes. Runtime 2.0 only.</summary>
    public ScriptValue Buffer(scoped ReadOnlySpan<byte> bytes) => new(_realm, Value.Object(_realm.NewBuffer(bytes)));

    /// <summary>An empty object.</summary>
    public ScriptValue NewObject() => new(_realm, Value.Object(_realm.NewObject()));

    /// <summary>An empty array.</summary>
    public ScriptValue NewArray() => new(_realm, Value.Object(_realm.NewArray()));

    /// <summary>An object of a host class.</summary>
    public ScriptValue Instance(HostClass @class, object state) =>
        new(_realm, Value.Object(_realm.NewView(new HostInstance(@class, state))));

    /// <summary>A promise that is fulfilled. Runtime 2.0 only.</summary>
    public ScriptValue Resolved(ScriptValue value) => new(_realm, Value.Object(Promises.Resolved(_realm, value.Value)));

    /// <summary>A promise that is rejected. Runtime 2.0 only.</summary>
    public ScriptValue Rejected(ScriptValue reason) => new(_realm, Value.Object(Promises.Rejected(_realm, reason.Value)));

    // ---------------------------------------------------------------- conversions and calls

    /// <summary>ToString of the language; may run code of the script, and throw.</summary>
    public ScriptValue ToText(ScriptValue value) => new(_realm, _realm.ToText(value.Value));

    /// <summary>ToNumber of the language; false if it threw.</summary>
    public bool TryToNumber(ScriptValue value, out double number) => _realm.ToNumber(value.Value, out number);

    /// <summary>Calls a function of the script with one argument; this is undefined.</summary>
    public ScriptValue Call(ScriptValue function, ScriptValue argument) =>
        new(_realm, _realm.Call(function.Value, Value.Undefined, [argument.Value]));
}

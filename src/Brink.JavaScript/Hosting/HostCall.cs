using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>One call of a host function.</summary>
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

    /// <summary>Throws an exception of the language: return what this gives.</summary>
    /// <param name="errorClass">A built-in error class, <c>TypeError</c>; any other name makes an <c>Error</c> of that name.</param>
    /// <param name="message">The message property.</param>
    public ScriptValue Throw(string errorClass, string message)
    {
        if (Enum.TryParse<ErrorType>(errorClass, out var type))
            return new ScriptValue(_realm, _realm.Throw(type, message));
        var error = _realm.NewError(ErrorType.Error, _realm.NewText(message));
        error.PutOwn(_realm, Names.Name, _realm.NewText(errorClass), PropertyFlags.Hidden);
        return new ScriptValue(_realm, _realm.Throw(Value.Object(error)));
    }
}

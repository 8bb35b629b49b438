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
}

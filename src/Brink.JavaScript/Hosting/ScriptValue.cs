using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>What a value is, for the host.</summary>
public enum ScriptValueKind
{
    /// <summary>undefined</summary>
    Undefined,
    /// <summary>null</summary>
    Null,
    /// <summary>true or false</summary>
    Boolean,
    /// <summary>A number.</summary>
    Number,
    /// <summary>A string.</summary>
    String,
    /// <summary>A symbol.</summary>
    Symbol,
    /// <summary>An array.</summary>
    Array,
    /// <summary>A function.</summary>
    Function,
    /// <summary>Any other object.</summary>
    Object,
}

/// <summary>A value of a running or just finished call. A ref struct: no part of a call can outlive it; text is copied out.</summary>
public readonly ref struct ScriptValue
{
    internal ScriptValue(Realm realm, Value value)
    {
        Realm = realm;
        Value = value;
    }

    internal Realm Realm { get; }

    internal Value Value { get; }
}

using System.Diagnostics.CodeAnalysis;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
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

/// <summary>
/// A value of a running or just finished call. A ref struct: no part of a call can outlive it; text is copied out. Reading a property may
/// run a getter of the script, which is metered and may throw: then the result is <see cref="IsThrew"/>, and the host function returns it,
/// or the host stops reading.
/// </summary>
public readonly ref struct ScriptValue
{
    internal ScriptValue(Realm realm, Value value)
    {
        Realm = realm;
        Value = value;
    }

    internal Realm Realm { get; }

    internal Value Value { get; }

    /// <summary>What it is.</summary>
    public ScriptValueKind Kind => Value.Reference switch
    {
        JsArray => ScriptValueKind.Array,
        JsFunction => ScriptValueKind.Function,
        { Kind: CellKind.Object } => ScriptValueKind.Object,
        { Kind: CellKind.Text or CellKind.AstralText or CellKind.ByteText } => ScriptValueKind.String,
        { Kind: CellKind.Number } => ScriptValueKind.Number,
        { Kind: CellKind.Boolean } => ScriptValueKind.Boolean,
        { Kind: CellKind.Null } => ScriptValueKind.Null,
        { Kind: CellKind.Symbol } => ScriptValueKind.Symbol,
        _ => ScriptValueKind.Undefined,
    };

    /// <summary>The name of the kind as <c>typeof</c> gives it, for messages.</summary>
    public string TypeName => Kind switch
    {
        ScriptValueKind.Null => "null",
        ScriptValueKind.Array => "array",
        _ => Realm.TypeOf(Value).ToDotNetString(),
    };

    /// <summary>Not a value: an exception of the script is pending. Return it from a host function as it is.</summary>
    public bool IsThrew => Value.IsThrew;

    /// <summary>undefined</summary>
    public bool IsUndefined => Value.IsUndefined;

    /// <summary>undefined or null</summary>
    public bool IsNullish => Value.IsNullish;

    /// <summary>A string.</summary>
    public bool IsString => Value.IsString;

    /// <summary>A number.</summary>
    public bool IsNumber => Value.IsNumber;

    /// <summary>Only for numbers.</summary>
    public double AsNumber => Value.IsNumber ? Value.AsNumber : throw new InvalidOperationException("not a number");

    /// <summary>Only for booleans.</summary>
    public bool AsBoolean => Value.IsBoolean ? Value.AsBoolean : throw new InvalidOperationException("not a boolean");

    // ---------------------------------------------------------------- text

    /// <summary>Only for strings: a copy of the text, UTF-16.</summary>
    public string AsText()
    {
        if (!Value.IsString)
            throw new InvalidOperationException("not a string");
        ChargeConversion();
        return Value.ToDotNetString();
    }

    /// <summary>
    /// Text that the engine holds as code points is converted to UTF-16 one character after the other. Every caller pays for it.
    /// </summary>
    private void ChargeConversion()
    {
        if (!Value.IsBmp)
            Realm.Charge(Value.Length / Price.AstralCharacters);
    }

    /// <summary>Only for strings: the number of code points.</summary>
    public int TextLength => Value.IsString ? Value.Length : throw new InvalidOperationException("not a string");

    /// <summary>Whether it is a string of just this text (UTF-16). Copies nothing for ordinary text.</summary>
    public bool TextEquals(ReadOnlySpan<char> text) =>
        Value.IsString && (Value.IsBmp ? Value.Chars.SequenceEqual(text)
            : Value.IsBytes ? AsText().AsSpan().SequenceEqual(text)
            : CodePoints.AreUtf16(Value.View.CodePoints, text));

    /// <summary>Only for strings: text, or a byte string that is UTF-8.</summary>
    public bool IsUtf8 => !Realm.ToTextIfUtf8(Value).IsBytes;

    /// <summary>Only for strings: copies the text if there is room for it.</summary>
    public bool TryCopyText(Span<char> destination, out int length)
    {
        var text = Value.IsBmp ? Value.Chars : AsText();
        length = text.Length;
        return text.TryCopyTo(destination);
    }

    /// <summary>
    /// Only for strings: the text as UTF-8, a byte string as it is, into room for at least <see cref="GetMaxUtf8Length"/> bytes. Copies
    /// nothing else for ordinary text.
    /// </summary>
    public int GetUtf8(Span<byte> destination)
    {
        ChargeConversion();
        return TextBytes.EncodeUtf8(Value, destination);
    }

    /// <summary>Only for strings: how many bytes the text has as UTF-8 at most.</summary>
    public int GetMaxUtf8Length() => Value.IsBmp ? 3 * Value.Length : 4 * Value.Length;

    /// <summary>Whether it is an object; nothing is read of it.</summary>
    public bool IsObject => Value.IsObject;

    /// <summary>Whether it is a typed array or a Buffer.</summary>
    public bool IsTypedArray => Value.Reference is JsTypedArray;

    /// <summary>The bytes of a Buffer, typed array, DataView or ArrayBuffer; false for anything else. Not to be kept.</summary>
    public bool TryGetBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return Value.IsObject && BinaryData.TryGetBytes(Value.AsObject, out bytes);
    }

    // ---------------------------------------------------------------- objects

    /// <summary>Whether it can be called.</summary>
    public bool IsCallable => Value.IsCallable;

    /// <summary>Whether it is that function of the host.</summary>
    public bool Is(HostFunction function) => ReferenceEquals(Value.Reference, function.Bind(Realm));

    /// <summary>A property, inherited ones too, as a script would read it. Only for objects.</summary>
    public ScriptValue Get(ScriptName name) => new(Realm, Realm.Get(AsObject, Realm.AtomOf(name)));

    /// <summary>A property by a name that is not worth keeping.</summary>
    public ScriptValue Get(string name) => new(Realm, Realm.Get(AsObject, Realm.AtomOf(name)));

    /// <summary>The <c>in</c> operator. Only for objects.</summary>
    public bool Has(ScriptName name) => Realm.HasProperty(AsObject, Realm.AtomOf(name));

    /// <summary>Sets a property of an object that the host made: no setters, no checks.</summary>
    public void Set(ReadOnlySpan<char> name, ScriptValue value) => AsObject.PutData(Realm, Realm.AtomOf(name), value.Value);

    /// <summary>An own property of an object that the host made; false if it is not there.</summary>
    public bool TryGetOwn(ReadOnlySpan<char> name, out ScriptValue value)
    {
        var found = AsObject.GetOwn(Realm, Realm.AtomOf(name), out var property);
        value = new ScriptValue(Realm, property.Value);
        return found;
    }

    /// <summary>The same by a string of the script.</summary>
    public void Set(ScriptValue name, ScriptValue value) => AsObject.PutData(Realm, Realm.AtomOf(name.Value), value.Value);

    /// <summary>The same by a string of the script.</summary>
    public bool TryGetOwn(ScriptValue name, out ScriptValue value)
    {
        var found = AsObject.GetOwn(Realm, Realm.AtomOf(name.Value), out var property);
        value = new ScriptValue(Realm, property.Value);
        return found;
    }

    /// <summary>Sets a property by one of the host's names.</summary>
    public void Set(ScriptName name, ScriptValue value) => AsObject.PutData(Realm, Realm.AtomOf(name), value.Value);

    /// <summary>Appends to an array that the host made.</summary>
    public void Push(ScriptValue value) => ((JsArray)AsObject).Push(Realm, value.Value);

    /// <summary>The own enumerable properties with names, in the order of the language.</summary>
    public OwnProperties EnumerateOwn() => new(Realm, AsObject);

    /// <summary>Only for arrays: the length.</summary>
    public long ArrayLength => ((JsArray)AsObject).Length;

    /// <summary>Only for arrays: an element as a script would read it; undefined for holes.</summary>
    public ScriptValue ElementAt(int index)
    {
        Realm.Charge(1);
        return new ScriptValue(Realm, ArrayLike.Get(Realm, (JsArray)AsObject, index));
    }

    // ---------------------------------------------------------------- objects of the host

    /// <summary>Whether it is the script's view of an object of the host, and of which.</summary>
    public bool IsHostObject([NotNullWhen(true)] out HostObject? source)
    {
        source = (Value.Reference as HostObjectView)?.Source;
        return source is not null;
    }

    /// <summary>Only for objects of the host: a property of the object itself was assigned, added, deleted or defined.</summary>
    public bool IsChanged => View.IsChanged;

    /// <summary>
    /// Only for objects of the host: the script added properties that the source does not have, or moved some to the end.
    /// </summary>
    public bool HasAddedProperties => View.HasAdded;

    /// <summary>
    /// Only for objects of the host: what is at a place. False for a place that was not read or written and is still as the source has it.
    /// A deleted property gives true and undefined.
    /// </summary>
    public bool TryGetTouched(int place, out ScriptValue value)
    {
        ref readonly var found = ref View.ValueAt(place);
        value = new ScriptValue(Realm, found.IsAbsent || found.IsUnread ? Value.Undefined : found);
        return !found.IsUnread;
    }

    /// <summary>The state of an object that <see cref="HostCall.Instance"/> made; false for anything else.</summary>
    public bool TryGetState<TState>(HostClass @class, [NotNullWhen(true)] out TState? state) where TState : class
    {
        state = Value.Reference is HostObjectView { Source: HostInstance instance } && ReferenceEquals(instance.Class, @class)
            ? (TState)instance.State
            : null;
        return state is not null;
    }

    private JsObject AsObject => Value.IsObject ? Value.AsObject : throw new InvalidOperationException("not an object");

    private HostObjectView View => Value.Reference as HostObjectView ?? throw new InvalidOperationException("not an object of the host");
}

using Brink.JavaScript.Compilation;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>The heap cell of a captured variable.</summary>
internal sealed class VariableCell() : Cell(CellKind.Internal)
{
    public const int Cost = 40;

    public Value Content;
}

/// <summary>
/// A function of the script: code and captured cells. Its <c>length</c>, <c>name</c> and <c>prototype</c> are made one by one, on the first
/// look that could tell the difference; most closures are only ever called. In runtime 1.0 a function has no name of its own.
/// </summary>
internal sealed class Closure(Shape shape, JsObject? prototype) : JsFunction(shape, prototype)
{
    [Flags]
    private enum Members : byte
    {
        None = 0,
        Length = 1,
        Name = 2,
        Prototype = 4,
    }

    /// <summary>Those that lie in the ordinary storage, or were deleted from it.</summary>
    private Members _made;

    public FunctionCode Code = null!;

    public VariableCell[] Captures = [];

    /// <summary>For arrows: this of the place where the arrow was made.</summary>
    public Value BoundThis;

    public void Begin(FunctionCode code, VariableCell[] captures, in Value boundThis)
    {
        Code = code;
        Captures = captures;
        BoundThis = boundThis;
    }

    public override void Forget()
    {
        base.Forget();
        Begin(null!, [], default);
        _made = Members.None;
    }

    public override bool IsConstructor => Code.IsConstructor;

    public override Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.Interpreter.Run(this, thisValue, arguments, isConstruct: false);

    public override Value Construct(Realm realm, ReadOnlySpan<Value> arguments)
    {
        if (!IsConstructor)
            return base.Construct(realm, arguments);
        var created = realm.Interpreter.NewInstance(this);
        return created.IsThrew ? created : realm.Interpreter.Run(this, created, arguments, isConstruct: true);
    }

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        switch (Unmade(realm, key))
        {
            case Members.Length:
                property = new Property { Value = Values.Value.Number(Code.ParameterCount), Flags = PropertyFlags.Configurable };
                return true;
            case Members.Name:
                property = new Property { Value = Code.Name.Value, Flags = PropertyFlags.Configurable };
                return true;
            case Members.Prototype:
                MakePrototype(realm);
                break;
        }
        return base.GetOwn(realm, key, out property);
    }

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        _made |= Unmade(realm, key);
        base.PutOwn(realm, key, value, flags);
    }

    public override void RemoveOwn(Realm realm, PropertyKey key)
    {
        _made |= Unmade(realm, key);
        base.RemoveOwn(realm, key);
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        // What was added or looked at closer comes first, then what every function has.
        base.CollectOwnKeys(realm, keys);
        Span<PropertyKey> members = [Names.Length, Names.Name, Names.Prototype];
        foreach (var member in members)
        {
            if (Unmade(realm, member) != Members.None)
                keys.Add(member);
        }
    }

    /// <summary>The name of a function at a computed key: the key, or a symbol's description in brackets.</summary>
    public void NameByKey(Realm realm, in Value key)
    {
        var name = key.IsSymbol ? NameOf(realm, key.AsSymbol) : key.IsString ? key : realm.NumberToText(key.AsNumber);
        PutOwn(realm, Names.Name, name, PropertyFlags.Configurable);
    }

    private static Value NameOf(Realm realm, Symbol symbol) => symbol.Description.IsString
        ? realm.Concat(realm.Concat(realm.NewText("["), symbol.Description), realm.NewText("]"))
        : Names.Empty.Value;

    /// <summary>Which member the key names, if the function has it and it lies nowhere yet.</summary>
    private Members Unmade(Realm realm, PropertyKey key)
    {
        var member = ReferenceEquals(key, Names.Length) ? Members.Length
            : ReferenceEquals(key, Names.Prototype) ? (Code.IsConstructor ? Members.Prototype : Members.None)
            : ReferenceEquals(key, Names.Name) && realm.Runtime == Runtime.CloudFrontJs20 ? Members.Name
            : Members.None;
        return member & ~_made;
    }

    private void MakePrototype(Realm realm)
    {
        _made |= Members.Prototype;
        var prototype = realm.NewObject();
        prototype.Put(realm, Names.Constructor, Values.Value.Object(this), PropertyFlags.Hidden);
        Put(realm, Names.Prototype, Values.Value.Object(prototype), PropertyFlags.Writable);
    }
}

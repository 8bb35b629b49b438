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
/// A function of the script: code and captured cells. Its <c>length</c>, <c>name</c> and <c>prototype</c> are made on the first look that
/// could tell the difference; most closures are only ever called.
/// </summary>
internal sealed class Closure(Shape shape, JsObject? prototype) : JsFunction(shape, prototype)
{
    private bool _hasOwnProperties;

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
        _hasOwnProperties = false;
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
        if (!_hasOwnProperties && IsVirtual(key))
        {
            if (ReferenceEquals(key, Names.Prototype))
            {
                MakeOwnProperties(realm);
            }
            else
            {
                property = new Property
                {
                    Value = ReferenceEquals(key, Names.Name) ? Code.Name.Value : Values.Value.Number(Code.ParameterCount),
                    Flags = PropertyFlags.Configurable,
                };
                return true;
            }
        }
        return base.GetOwn(realm, key, out property);
    }

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (!_hasOwnProperties && IsVirtual(key))
            MakeOwnProperties(realm);
        base.PutOwn(realm, key, value, flags);
    }

    public override void RemoveOwn(Realm realm, PropertyKey key)
    {
        if (!_hasOwnProperties && IsVirtual(key))
            MakeOwnProperties(realm);
        base.RemoveOwn(realm, key);
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        if (!_hasOwnProperties)
            MakeOwnProperties(realm);
        base.CollectOwnKeys(realm, keys);
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

    private bool IsVirtual(PropertyKey key) =>
        ReferenceEquals(key, Names.Name) || ReferenceEquals(key, Names.Length)
            || (Code.IsConstructor && ReferenceEquals(key, Names.Prototype));

    private void MakeOwnProperties(Realm realm)
    {
        _hasOwnProperties = true;
        Put(realm, Names.Length, Values.Value.Number(Code.ParameterCount), PropertyFlags.Configurable);
        Put(realm, Names.Name, Code.Name.Value, PropertyFlags.Configurable);
        if (!Code.IsConstructor)
            return;
        var prototype = realm.NewObject();
        prototype.Put(realm, Names.Constructor, Values.Value.Object(this), PropertyFlags.Hidden);
        Put(realm, Names.Prototype, Values.Value.Object(prototype), PropertyFlags.Writable);
    }
}

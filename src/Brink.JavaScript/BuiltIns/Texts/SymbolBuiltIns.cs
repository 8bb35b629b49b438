using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Texts;

/// <summary>Symbol and Symbol.prototype. 1.0 has them without the registry (functions spec 5.3).</summary>
internal static class SymbolBuiltIns
{
    public static void Build(IntrinsicsBuilder b)
    {
        var prototype = b.Intrinsics.SymbolPrototype;
        var constructor = b.Constructor("Symbol", 0, New,
            static (Realm realm, in Value _, ReadOnlySpan<Value> _) => realm.ThrowTypeError("Symbol is not a constructor"), prototype);
        if (b.Is20)
        {
            b.Method(constructor, "for", 1, For);
            b.Method(constructor, "keyFor", 1, KeyFor);
        }
        foreach (var symbol in (ReadOnlySpan<Symbol>)
            [
                Symbol.AsyncIterator, Symbol.HasInstance, Symbol.IsConcatSpreadable, Symbol.Iterator, Symbol.Match,
                Symbol.MatchAll, Symbol.Replace,
                Symbol.Search, Symbol.Species, Symbol.Split, Symbol.ToPrimitive, Symbol.ToStringTag, Symbol.Unscopables,
            ])
            IntrinsicsBuilder.Constant(constructor, symbol.Description.ToDotNetString()["Symbol.".Length..], Value.Of(symbol));

        b.Method(prototype, "valueOf", 0, static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Primitive(realm, thisValue));
        b.Method(prototype, "toString", 0, static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            Primitive(realm, thisValue) is { IsThrew: false } symbol ? Describe(realm, symbol.AsSymbol) : Value.Threw);
        b.Getter(prototype, "description", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            Primitive(realm, thisValue) is { IsThrew: false } symbol ? symbol.AsSymbol.Description : Value.Threw);
        IntrinsicsBuilder.Put(prototype, Symbol.ToStringTag, TextFacts.Permanent("Symbol"), PropertyFlags.Configurable);
    }

    /// <summary><c>Symbol(description)</c> as text; what String(symbol) gives.</summary>
    public static Value Describe(Realm realm, Symbol symbol)
    {
        var text = new TextBuilder(realm, stackalloc char[64]);
        text.Append("Symbol(");
        if (symbol.Description.IsString)
            text.Append(symbol.Description);
        text.Append(')');
        return text.ToText();
    }

    private static Value New(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var description = arguments.At(0).IsUndefined ? Value.Undefined : realm.ToText(arguments[0]);
        if (description.IsThrew)
            return Value.Threw;
        realm.Allocate(MemoryCost.Object);
        return Value.Of(realm.NewSymbol(description));
    }

    private static Value For(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var key = realm.ToText(arguments.At(0));
        return key.IsThrew ? key : Value.Of(realm.RegisteredSymbol(realm.AtomOf(key)));
    }

    private static Value KeyFor(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!arguments.At(0).IsSymbol)
            return realm.ThrowTypeError("is not a symbol");
        var symbol = arguments[0].AsSymbol;
        return realm.IsRegistered(symbol) ? symbol.Description : Value.Undefined;
    }

    private static Value Primitive(Realm realm, in Value value)
    {
        if (value.IsSymbol)
            return value;
        if (value.IsObject && value.AsObject is PrimitiveWrapper { Primitive.IsSymbol: true } wrapper)
            return wrapper.Primitive;
        return realm.ThrowTypeError($"unexpected value type:{(value.IsNull ? "null" : Realm.TypeOf(value).ToDotNetString())}");
    }
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Objects;

/// <summary>Object and Object.prototype.</summary>
internal static class ObjectBuiltIns
{
    public static void Build(IntrinsicsBuilder b)
    {
        var prototype = b.Intrinsics.ObjectPrototype;
        // The order is that in which the engine lists them.
        var accessor = new Accessor(b.Function("get __proto__", 0, GetProto), b.Function("set __proto__", 1, SetProto));
        IntrinsicsBuilder.Put(prototype, Names.Proto, Value.Internal(accessor), PropertyFlags.Configurable | PropertyFlags.Accessor);
        var constructor = b.Constructor("Object", 1, Convert, Convert, prototype);

        b.Method(constructor, "create", 2, Create);
        b.Method(constructor, "keys", 1,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => List(realm, arguments.At(0), Listing.Keys));
        b.Method(constructor, "entries", 1,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => List(realm, arguments.At(0), Listing.Entries));
        b.Method(constructor, "values", 1,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => List(realm, arguments.At(0), Listing.Values));
        b.Method(constructor, "getPrototypeOf", 1, GetPrototypeOf);
        b.Method(constructor, "setPrototypeOf", 2, SetPrototypeOf);
        b.Method(constructor, "assign", 2, Assign);
        b.Method(constructor, "defineProperty", 3, DefineProperty);
        b.Method(constructor, "defineProperties", 2, DefineProperties);
        b.Method(constructor, "getOwnPropertyDescriptor", 2, GetOwnPropertyDescriptor);
        b.Method(constructor, "getOwnPropertyDescriptors", 1, GetOwnPropertyDescriptors);
        b.Method(constructor, "getOwnPropertyNames", 1,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => List(realm, arguments.At(0), Listing.Names));
        b.Method(constructor, "getOwnPropertySymbols", 1,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) => List(realm, arguments.At(0), Listing.Symbols));
        b.Method(constructor, "freeze", 1, ObjectIntegrity.Freeze);
        b.Method(constructor, "isFrozen", 1, ObjectIntegrity.IsFrozen);
        b.Method(constructor, "seal", 1, ObjectIntegrity.Seal);
        b.Method(constructor, "isSealed", 1, ObjectIntegrity.IsSealed);
        b.Method(constructor, "preventExtensions", 1, ObjectIntegrity.PreventExtensions);
        b.Method(constructor, "isExtensible", 1, ObjectIntegrity.IsExtensible);
        b.Method(constructor, "is", 2,
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) =>
                Value.Boolean(realm.SameValue(arguments.At(0), arguments.At(1))));

        b.Method(prototype, "valueOf", 0, ValueOf);
        b.Method(prototype, "toString", 0, ToTagText);
        b.Method(prototype, "hasOwnProperty", 1, HasOwnProperty);
        b.Method(prototype, "propertyIsEnumerable", 1, PropertyIsEnumerable);
        b.Method(prototype, "isPrototypeOf", 1, IsPrototypeOf);
    }

    /// <summary>ToObject of an argument, with the message for arguments. Null if it threw.</summary>
    public static JsObject? ArgumentToObject(Realm realm, in Value argument)
    {
        if (!argument.IsNullish)
            return realm.ToObject(argument);
        realm.ThrowTypeError($"cannot convert {(argument.IsNull ? "null" : "undefined")} argument to object");
        return null;
    }

    /// <summary>The own keys in order; charged.</summary>
    public static List<PropertyKey> OwnKeys(Realm realm, JsObject @object)
    {
        var keys = new List<PropertyKey>();
        @object.CollectOwnKeys(realm, keys);
        realm.Charge(1 + keys.Count);
        return keys;
    }

    /// <summary>Changes the prototype; false if it threw.</summary>
    public static bool SetPrototype(Realm realm, JsObject target, JsObject? prototype)
    {
        if (ReferenceEquals(realm.StorageOf(target).Prototype, prototype))
            return true;
        if (!realm.StorageOf(target).IsExtensible)
        {
            realm.ThrowTypeError("Cannot set property \"prototype\", object is not extensible");
            return false;
        }
        for (var at = prototype; at is not null; at = realm.StorageOf(at).Prototype)
        {
            realm.Charge(1);
            if (ReferenceEquals(at, target))
            {
                realm.ThrowTypeError("Cyclic __proto__ value");
                return false;
            }
        }
        if (ReferenceEquals(target, realm.Intrinsics.ObjectPrototype))
        {
            realm.ThrowTypeError("Cyclic __proto__ value");     // its prototype is always null; njs uses these words
            return false;
        }
        realm.StorageForWriting(target).Prototype = prototype;
        return true;
    }

    /// <summary><c>Object(value)</c> and <c>new Object(value)</c>.</summary>
    private static Value Convert(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Value.Object(arguments.At(0).IsNullish ? realm.NewObject() : realm.ToObject(arguments[0])!);

    private static Value Assign(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = realm.ToObject(arguments.At(0));
        if (target is null)
            return Value.Threw;
        var targetValue = Value.Object(target);
        for (var i = 1; i < arguments.Length; i++)
        {
            if (arguments[i].IsNullish)
                continue;
            var source = realm.ToObject(arguments[i])!;
            foreach (var key in OwnKeys(realm, source))
            {
                // asked again: a getter or setter before this one may have removed it
                if (!source.GetOwn(realm, key, out var property) || (property.Flags & PropertyFlags.Enumerable) == 0)
                    continue;
                var value = property.IsAccessor ? realm.Get(source, key) : property.Value;
                realm.Charge(Price.PropertyWritten);
                if (value.IsThrew || !realm.Set(targetValue, key, value))
                    return Value.Threw;
            }
        }
        return targetValue;
    }

    private static Value Create(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var prototype = arguments.At(0);
        if (!prototype.IsObject && !prototype.IsNull)
            return RefusePrototype(realm, prototype);
        realm.Charge(Price.ObjectMade);
        var created = realm.NewObject(ObjectClass.Object, prototype.IsObject ? prototype.AsObject : null);
        return arguments.At(1).IsUndefined || DefineAll(realm, created, arguments[1]) ? Value.Object(created) : Value.Threw;
    }

    private static Value DefineProperty(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!arguments.At(0).IsObject)
            return realm.ThrowTypeError("Object.defineProperty is called on non-object");
        return realm.ToPropertyKey(arguments.At(1), out var key)
            && PropertyDescriptor.TryRead(realm, arguments.At(2), out var descriptor)
            && descriptor.Define(realm, arguments[0].AsObject, key) ? arguments[0] : Value.Threw;
    }

    private static Value DefineProperties(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!arguments.At(0).IsObject)
            return realm.ThrowTypeError("Object.defineProperties is called on non-object");
        return DefineAll(realm, arguments[0].AsObject, arguments.At(1)) ? arguments[0] : Value.Threw;
    }

    private static bool DefineAll(Realm realm, JsObject target, in Value descriptors)
    {
        if (realm.ToObject(descriptors) is not { } source)
            return false;
        // One after the other: what stands before a wrong one is defined.
        foreach (var key in OwnKeys(realm, source))
        {
            if (!source.GetOwn(realm, key, out var property) || (property.Flags & PropertyFlags.Enumerable) == 0)
                continue;
            var value = realm.Get(source, key);
            if (value.IsThrew)
                return false;
            if (!value.IsObject)
            {
                realm.ThrowTypeError("property descriptor must be an object");
                return false;
            }
            if (!PropertyDescriptor.TryRead(realm, value, out var descriptor) || !descriptor.Define(realm, target, key))
                return false;
        }
        return true;
    }

    private static Value GetOwnPropertyDescriptor(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var @object = ArgumentToObject(realm, arguments.At(0));
        if (@object is null || !realm.ToPropertyKey(arguments.At(1), out var key))
            return Value.Threw;
        return @object.GetOwn(realm, key, out var property) ? PropertyDescriptor.ToObject(realm, property) : Value.Undefined;
    }

    private static Value GetOwnPropertyDescriptors(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var @object = ArgumentToObject(realm, arguments.At(0));
        if (@object is null)
            return Value.Threw;
        realm.Charge(Price.ObjectMade);
        var shown = realm.NewObject();
        foreach (var key in OwnKeys(realm, @object))
        {
            if (@object.GetOwn(realm, key, out var property))
                shown.PutData(realm, key, PropertyDescriptor.ToObject(realm, property));
        }
        return Value.Object(shown);
    }

    private enum Listing { Keys, Values, Entries, Names, Symbols }

    private static Value List(Realm realm, in Value argument, Listing listing)
    {
        var @object = ArgumentToObject(realm, argument);
        if (@object is null)
            return Value.Threw;
        var keys = realm.RentKeyList();
        @object.CollectOwnKeys(realm, keys);
        realm.Charge(1 + keys.Count * (listing < Listing.Names ? 2 : 1));
        var list = ListKeys(realm, @object, keys, listing);
        realm.ReturnKeyList(keys);
        return list;
    }

    private static Value ListKeys(Realm realm, JsObject @object, List<PropertyKey> keys, Listing listing)
    {
        var list = realm.NewArray(listing == Listing.Symbols ? 0 : keys.Count);
        foreach (var key in keys)
        {
            if (key is Symbol != (listing == Listing.Symbols))
                continue;
            if (listing >= Listing.Names)
            {
                list.Push(realm, key is Atom name ? name.Value : Value.Of((Symbol)key));
                continue;
            }
            if (!@object.GetOwn(realm, key, out var property) || (property.Flags & PropertyFlags.Enumerable) == 0)
                continue;
            var keyText = ((Atom)key).Value;
            if (listing == Listing.Keys)
            {
                list.Push(realm, keyText);
                continue;
            }
            var value = property.IsAccessor ? realm.Get(@object, key) : property.Value;
            if (value.IsThrew)
                return Value.Threw;
            if (listing == Listing.Values)
            {
                list.Push(realm, value);
                continue;
            }
            realm.Charge(Price.ObjectMade);
            var entry = realm.NewArray(2);
            entry.Push(realm, keyText);
            entry.Push(realm, value);
            list.Push(realm, Value.Object(entry));
        }
        return Value.Object(list);
    }

    private static Value GetPrototypeOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var argument = arguments.At(0);
        if (argument.IsNullish)
            return ArgumentToObject(realm, argument) is null ? Value.Threw : Value.Undefined;
        return PrototypeOf(realm, argument);
    }

    private static Value PrototypeOf(Realm realm, in Value value)
    {
        var prototype = value.IsObject ? realm.StorageOf(value.AsObject).Prototype : realm.HolderOf(value);
        return prototype is null ? Value.Null : Value.Object(prototype);
    }

    private static Value SetPrototypeOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = arguments.At(0);
        var prototype = arguments.At(1);
        if (target.IsNullish)
            return ArgumentToObject(realm, target) is null ? Value.Threw : target;
        if (!prototype.IsObject && !prototype.IsNull)
            return RefusePrototype(realm, prototype);
        return !target.IsObject || SetPrototype(realm, target.AsObject, prototype.IsObject ? prototype.AsObject : null)
            ? target
            : Value.Threw;
    }

    private static Value RefusePrototype(Realm realm, in Value prototype) =>
        realm.ThrowTypeError($"prototype may only be an object or null: {Realm.TypeOf(prototype).ToDotNetString()}");

    private static Value GetProto(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        thisValue.IsNullish ? realm.ThrowTypeError("cannot convert null or undefined to object") : PrototypeOf(realm, thisValue);

    private static Value SetProto(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsNullish)
            return realm.ThrowTypeError("cannot convert null or undefined to object");
        var prototype = arguments.At(0);
        if (!thisValue.IsObject || (!prototype.IsObject && !prototype.IsNull) || !realm.StorageOf(thisValue.AsObject).IsExtensible)
            return Value.Undefined;
        return SetPrototype(realm, thisValue.AsObject, prototype.IsObject ? prototype.AsObject : null) ? Value.Undefined : Value.Threw;
    }

    private static Value HasOwnProperty(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var @object = ArgumentToObject(realm, thisValue);
        if (@object is null || !realm.ToPropertyKey(arguments.At(0), out var key))
            return Value.Threw;
        return Value.Boolean(@object.GetOwn(realm, key, out _));
    }

    private static Value IsPrototypeOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsNullish)
            return realm.ThrowTypeError("cannot convert undefined to object");
        if (!thisValue.IsObject || !arguments.At(0).IsObject)
            return Value.False;
        for (var at = realm.StorageOf(arguments[0].AsObject).Prototype; at is not null; at = realm.StorageOf(at).Prototype)
        {
            realm.Charge(1);
            if (ReferenceEquals(at, thisValue.AsObject))
                return Value.True;
        }
        return Value.False;
    }

    private static Value PropertyIsEnumerable(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var @object = ArgumentToObject(realm, thisValue);
        if (@object is null || !realm.ToPropertyKey(arguments.At(0), out var key))
            return Value.Threw;
        return Value.Boolean(@object.GetOwn(realm, key, out var property) && (property.Flags & PropertyFlags.Enumerable) != 0);
    }

    private static Value ValueOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ToObject(thisValue) is { } @object ? Value.Object(@object) : Value.Threw;

    /// <summary>Object.prototype.toString: the text with the class, or what Symbol.toStringTag says.</summary>
    public static Value ToTagText(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsNullish)
            return realm.NewText(thisValue.IsNull ? "[object Null]" : "[object Undefined]");
        var tag = realm.Get(thisValue, Symbol.ToStringTag);
        if (tag.IsThrew)
            return Value.Threw;
        if (!tag.IsString)
            return realm.NewText(TagOf(thisValue));
        realm.Charge(1);
        var text = new TextBuilder(realm, stackalloc char[64]);
        text.Append("[object ");
        text.Append(tag);
        text.Append(']');
        return text.ToText();
    }

    private static string TagOf(in Value value) => value.Reference!.Kind switch
    {
        CellKind.Boolean => "[object Boolean]",
        CellKind.Number => "[object Number]",
        CellKind.Text or CellKind.AstralText or CellKind.ByteText => "[object String]",
        CellKind.Symbol => "[object Symbol]",
        _ => value.AsObject.Class switch
        {
            ObjectClass.Function => "[object Function]",
            ObjectClass.Array => "[object Array]",
            ObjectClass.Error => "[object Error]",
            ObjectClass.Boolean => "[object Boolean]",
            ObjectClass.Number => "[object Number]",
            ObjectClass.String => "[object String]",
            ObjectClass.Date => "[object Date]",
            ObjectClass.RegExp => "[object RegExp]",
            ObjectClass.Arguments => "[object Arguments]",
            _ => "[object Object]",
        },
    };
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Objects;

/// <summary>Freezing, sealing and closing objects, and asking for it (ECMAScript 7.3.16 and 7.3.17).</summary>
internal static class ObjectIntegrity
{
    public static Value PreventExtensions(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).IsObject)
            Close(realm, arguments[0].AsObject);
        return arguments.At(0);
    }

    public static Value Seal(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).IsObject)
            Restrict(realm, arguments[0].AsObject, PropertyFlags.Configurable);
        return arguments.At(0);
    }

    public static Value Freeze(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!arguments.At(0).IsObject)
            return arguments.At(0);
        var @object = arguments[0].AsObject;
        if (@object.Class == ObjectClass.TypedArray && @object.TryGetElement(realm, 0, out var first) && !first.IsAbsent)
            return realm.ThrowTypeError("Cannot freeze array buffer views with elements");
        Restrict(realm, @object, PropertyFlags.Configurable | PropertyFlags.Writable);
        return arguments[0];
    }

    public static Value IsExtensible(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Value.Boolean(arguments.At(0).IsObject && realm.StorageOf(arguments[0].AsObject).IsExtensible);

    public static Value IsSealed(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Value.Boolean(!arguments.At(0).IsObject || IsRestricted(realm, arguments[0].AsObject, PropertyFlags.Configurable));

    public static Value IsFrozen(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Value.Boolean(!arguments.At(0).IsObject
            || IsRestricted(realm, arguments[0].AsObject, PropertyFlags.Configurable | PropertyFlags.Writable));

    /// <summary>Nothing can be added to it any more. Returns its storage.</summary>
    public static JsObject Close(Realm realm, JsObject @object)
    {
        var storage = realm.StorageForWriting(@object);
        storage.ToDictionaryMode(realm);            // no cached way to add a property leads past the flag
        storage.IsExtensible = false;
        return storage;
    }

    private static void Restrict(Realm realm, JsObject @object, PropertyFlags taken)
    {
        Close(realm, @object);
        if (@object is JsArray array)
            array.Restrict(taken);
        if (@object.Class == ObjectClass.TypedArray)
            return;
        foreach (var key in ObjectBuiltIns.OwnKeys(realm, @object))
        {
            if (!@object.GetOwn(realm, key, out var property))
                continue;
            realm.Charge(Price.PropertyWritten);
            var flags = property.Flags & ~(property.IsAccessor ? PropertyFlags.Configurable : taken);
            if (flags != property.Flags)
                @object.PutOwn(realm, key, property.Value, flags);
        }
    }

    private static bool IsRestricted(Realm realm, JsObject @object, PropertyFlags taken)
    {
        if (realm.StorageOf(@object).IsExtensible)
            return false;
        foreach (var key in ObjectBuiltIns.OwnKeys(realm, @object))
        {
            if (@object.GetOwn(realm, key, out var property)
                && (property.Flags & (property.IsAccessor ? PropertyFlags.Configurable : taken)) != 0)
                return false;
        }
        return true;
    }
}

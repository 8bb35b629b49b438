using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>The constructor that a script chose for what methods make of its objects: <c>constructor[Symbol.species]</c>.</summary>
internal static class Species
{
    /// <summary>
    /// Whether an object says nothing of its own, so that the built-in constructor is the one. <paramref name="prototype"/> is that one's.
    /// </summary>
    public static bool IsBuiltIn(Realm realm, JsObject @object, JsObject prototype) =>
        !realm.HasPatchedIntrinsics && @object.Table is null && @object.Shape.Count == 0 && ReferenceEquals(@object.Prototype, prototype);

    /// <summary>The species of an object's constructor; undefined for the built-in one. False if it threw.</summary>
    public static bool TryFind(Realm realm, JsObject @object, out Value constructor)
    {
        constructor = Value.Undefined;
        realm.Charge(2);                                                // for the two properties
        var own = realm.Get(Value.Object(@object), Names.Constructor);
        if (own.IsThrew || own.IsUndefined)
            return !own.IsThrew;
        if (!own.IsObject)
        {
            realm.ThrowTypeError("constructor is not object");
            return false;
        }
        var species = realm.Get(own, Symbol.Species);
        if (species.IsThrew || species.IsNullish)
            return !species.IsThrew;
        if (!species.IsCallable)
        {
            realm.ThrowTypeError("object does not contain a constructor");
            return false;
        }
        constructor = species;
        return true;
    }

    /// <summary>
    /// What a species makes; or the threw marker. A function that <c>new</c> would refuse, an arrow for instance, serves too.
    /// </summary>
    public static Value Make(Realm realm, in Value constructor, ReadOnlySpan<Value> arguments)
    {
        if (((JsFunction)constructor.AsObject).IsConstructor)
            return realm.Construct(constructor, arguments);
        realm.Charge(Price.ObjectMade);
        var created = Value.Object(realm.NewObject());
        var made = realm.Call(constructor, created, arguments);
        return made.IsThrew || made.IsObject ? made : created;
    }
}

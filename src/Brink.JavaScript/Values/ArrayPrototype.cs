using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

/// <summary>
/// <c>Array.prototype</c>, an array itself. Like all built-ins it is never written to: its length and elements are ordinary properties,
/// which a call that changes them has for itself.
/// </summary>
internal sealed class ArrayPrototype(Shape shape, JsObject? prototype) : JsObject(ObjectClass.Array, shape, prototype)
{
    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (ReferenceEquals(key, Names.Length) && value.IsNumber)
            CutOff(realm, value.AsNumber);
        base.PutOwn(realm, key, value, flags);
        // Object.defineProperty may have put anything where the length is.
        if (key is Atom { Index: not Atom.NotAnIndex } atom && base.GetOwn(realm, Names.Length, out var length)
            && length.Value.IsNumber && atom.Index >= length.Value.AsNumber)
            base.PutOwn(realm, Names.Length, Values.Value.Number(atom.Index + 1.0), length.Flags);
    }

    private void CutOff(Realm realm, double length)
    {
        if (!base.GetOwn(realm, Names.Length, out var before) || (before.Value.IsNumber && before.Value.AsNumber <= length))
            return;
        var keys = realm.RentKeyList();
        CollectOwnKeysInOrderOfArrival(realm, keys);
        realm.Charge(2 * keys.Count);
        foreach (var key in keys)
        {
            if (key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index >= length)
                RemoveOwn(realm, key);
        }
        realm.ReturnKeyList(keys);
    }
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

/// <summary>
/// <c>Array.prototype</c>, an array itself. Like all built-ins it is never written to: its length and elements are ordinary properties, which
/// a call that changes them has for itself.
/// </summary>
internal sealed class ArrayPrototype(Shape shape, JsObject? prototype) : JsObject(ObjectClass.Array, shape, prototype)
{
    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (ReferenceEquals(key, Names.Length))
            CutOff(realm, value.AsNumber);                  // the caller has checked that it is a length
        base.PutOwn(realm, key, value, flags);
        if (key is Atom { Index: not Atom.NotAnIndex } atom && base.GetOwn(realm, Names.Length, out var length)
            && atom.Index >= length.Value.AsNumber)
            base.PutOwn(realm, Names.Length, Values.Value.Number(atom.Index + 1.0), length.Flags);
    }

    private void CutOff(Realm realm, double length)
    {
        if (!base.GetOwn(realm, Names.Length, out var before) || before.Value.AsNumber <= length)
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

using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// The keys of a for-in loop: own, then inherited ones, enumerable, strings only, in insertion order (functions spec 5.5, 2). The list is
/// taken at the start; a key that is deleted before its turn is left out.
/// </summary>
internal sealed class KeyEnumeration() : Cell(CellKind.Internal)
{
    private const int MaxKept = 64;

    private readonly List<PropertyKey> _keys = [];
    private JsObject? _target;
    private Shape? _shape;
    private int _next;

    /// <summary>Takes the list.</summary>
    public void Begin(Realm realm, in Value target)
    {
        if (target.IsNullish || realm.ToObject(target) is not { } @object)
            return;
        _target = @object;
        var keys = _keys;
        for (JsObject? at = @object; at is not null; at = realm.StorageOf(at).Prototype)
        {
            if (at.IsShared && !realm.HasPatchedIntrinsics)
                // built-ins have no enumerable properties, nor have their prototypes
                break;
            if (!ReferenceEquals(at, @object))
                realm.Charge(2);
            var before = keys.Count;
            at.CollectOwnKeys(realm, keys);
            realm.Charge(keys.Count - before);
            var kept = before;
            for (var i = before; i < keys.Count; i++)
            {
                var key = keys[i];
                if (key is Symbol || IsKnown(realm, keys, before, key) || !IsEnumerable(realm, at, key))
                    continue;
                keys[kept++] = key;
            }
            keys.RemoveRange(kept, keys.Count - kept);
        }
        realm.Allocate(MemoryCost.Object + keys.Count * 8L);
        _shape = @object.Table is null && @object.Class == ObjectClass.Object && !@object.IsShared ? @object.Shape : null;
    }

    /// <summary>Forgets it all; the realm keeps the object for another loop of another call.</summary>
    public void Forget()
    {
        _keys.Clear();
        if (_keys.Capacity > MaxKept)
            _keys.Capacity = 0;
        _target = null;
        _shape = null;
        _next = 0;
    }

    private static bool IsEnumerable(Realm realm, JsObject @object, PropertyKey key)
    {
        if (@object is Hosting.HostObjectView view)
            return view.IsEnumerableAtRest(realm, key);
        return @object.GetOwn(realm, key, out var property) && (property.Flags & PropertyFlags.Enumerable) != 0;
    }

    private static bool IsKnown(Realm realm, List<PropertyKey> keys, int count, PropertyKey key)
    {
        realm.Charge(count / Price.MovedElements);
        for (var i = 0; i < count; i++)
        {
            if (ReferenceEquals(keys[i], key))
                return true;
        }
        return false;
    }

    /// <summary>The next key as a string; false at the end.</summary>
    public bool TryNext(Realm realm, out Value key)
    {
        while (_next < _keys.Count)
        {
            var candidate = (Atom)_keys[_next++];
            realm.Charge(1);
            if ((_target!.Table is null && ReferenceEquals(_target.Shape, _shape)) || realm.HasPropertyAtRest(_target, candidate))
            {
                key = candidate.Value;
                return true;
            }
        }
        key = default;
        return false;
    }
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>
/// The engine's side of an <see cref="HostObject"/>: one value for each of its properties, unread until asked for; what the script adds
/// lies in the ordinary storage of the object behind them. Deleting marks the place absent.
/// </summary>
internal sealed class HostObjectView : JsObject
{
    private Value[] _values = [];               // the call's own array of places, or one for a large source
    private int _first;

    // The key object that was last found at each place, beside the values; null for a large source. Scripts ask for the same name again, or
    // for the next.
    private Atom?[]? _keys;
    private int _last;

    public HostObjectView() : base(ObjectClass.Host, Shape.Dictionary, null) { }

    /// <summary>Begins to show a source. Views are used again, by one call after the other: <see cref="Realm.NewView"/>.</summary>
    public void Show(Realm realm, HostObject source)
    {
        var count = source.Count;
        realm.Allocate(MemoryCost.Object + (long)MemoryCost.Value * count);
        Shape = realm.EmptyShape;
        Prototype = realm.Intrinsics.ObjectPrototype;
        Source = source;
        Layout = source.Layout;
        PlaceCount = count;
        var values = realm.RentPlaces(count, out _first, out var keys);
        if (!ReferenceEquals(_values, values))
            _values = values;
        if (!ReferenceEquals(_keys, keys))
            _keys = keys;
        // They are undefined, so the bits make them unread: no reference is written, which the collector would have to know of.
        foreach (ref var place in _values.AsSpan(_first, count))
            place.MarkUnread();
    }

    /// <summary>Forgets the source and all that the script did to the object: it is as new.</summary>
    public override void Forget()
    {
        base.Forget();
        Source = null!;
        Layout = null;
        PlaceCount = 0;
        IsChanged = false;
        if (_keys is null)
            _values = [];                       // else they are the realm's, as the view is
        _first = 0;
        _last = 0;
    }

    public HostObject Source { get; private set; } = null!;

    /// <summary>The layout of the source: what inline caches compare.</summary>
    public object? Layout { get; private set; }

    /// <summary>A property was assigned, added, deleted or defined: the host has to look closer. Reading alone leaves it false.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>How many places the source has.</summary>
    public int PlaceCount { get; private set; }

    /// <summary>The value at a place as it stands: unread, absent (deleted), or a value.</summary>
    public ref readonly Value ValueAt(int place) => ref _values[_first + place];

    /// <summary>The value at a place, read from the source the first time.</summary>
    public Value ReadAt(Realm realm, int place)
    {
        ref var known = ref _values[_first + place];
        return known.IsUnread ? ReadFromSource(realm, place, ref known) : known;
    }

    private Value ReadFromSource(Realm realm, int place, ref Value known)
    {
        var value = new HostValue(realm);
        Source.Read(place, ref value);
        return known = value.Result;
    }

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        var place = PlaceOf(key);
        if (place < 0)
            return base.GetOwn(realm, key, out property) || (ReferenceEquals(key, Symbol.ToStringTag) && HasTag(realm, out property));
        var value = ReadAt(realm, place);
        property = new Property { Value = value, Flags = FlagsOf(value) };
        return true;
    }

    /// <summary>The class of the object, unless the script set another: as on a prototype, it can be covered but not listed.</summary>
    private bool HasTag(Realm realm, out Property property)
    {
        var name = Source.ClassName;
        property = name is null ? default : new Property { Value = realm.NewText(name), Flags = PropertyFlags.Configurable };
        return name is not null;
    }

    /// <summary>Data can be listed; methods and computed properties stay out of sight, as on a prototype.</summary>
    private static PropertyFlags FlagsOf(in Value value) =>
        value.IsAccessor ? PropertyFlags.Configurable | PropertyFlags.Accessor
        : value.Reference is NativeFunction { IsShared: true } ? PropertyFlags.Hidden
        : PropertyFlags.Default;

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        IsChanged = true;
        var place = PlaceOf(key);
        if (place < 0)
        {
            base.PutOwn(realm, key, value, flags);
        }
        else if (flags == PropertyFlags.Default || flags == FlagsOf(value))
        {
            _values[_first + place] = value;
        }
        else
        {
            _values[_first + place] = Values.Value.Absent;           // an accessor or a read-only property lives in the ordinary storage
            base.PutOwn(realm, key, value, flags);
        }
    }

    public override void RemoveOwn(Realm realm, PropertyKey key)
    {
        IsChanged = true;
        var place = PlaceOf(key);
        if (place >= 0)
            _values[_first + place] = Values.Value.Absent;
        else
            base.RemoveOwn(realm, key);
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        realm.Charge(PlaceCount);
        for (var i = 0; i < PlaceCount; i++)
        {
            if (!_values[_first + i].IsAbsent)
                keys.Add(KeyAt(realm, i));
        }
        _last = 0;
        CollectAddedKeys(realm, keys);
    }

    /// <summary>Whether it has the property, without reading it.</summary>
    public bool HasOwnAtRest(Realm realm, PropertyKey key) => PlaceOf(key) >= 0 || base.GetOwn(realm, key, out _);

    /// <summary>Whether for-in lists the property. A list from a request (no layout) holds data only, so nothing need be read.</summary>
    public bool IsEnumerableAtRest(Realm realm, PropertyKey key) =>
        (Layout is null && PlaceOf(key) >= 0) || (GetOwn(realm, key, out var property) && (property.Flags & PropertyFlags.Enumerable) != 0);

    /// <summary>
    /// The keys that the script added, without those of the source. They stand in the order of arrival, however many: the lists of an event
    /// are the platform's objects, not the engine's.
    /// </summary>
    public void CollectAddedKeys(Realm realm, List<PropertyKey> keys) => CollectOwnKeysInOrderOfArrival(realm, keys);

    /// <summary>Whether the script added properties that the source does not have.</summary>
    public bool HasAdded => Table is not null ? Table.Count > 0 : Shape.Count > 0;

    /// <summary>
    /// The place of a key that is still there, or -1: a deleted one that is set again goes to the end, as the language has it.
    /// </summary>
    public int PlaceOf(PropertyKey key)
    {
        if (key is not Atom atom)
            return -1;
        var place = Find(atom);
        return place >= 0 && !_values[_first + place].IsAbsent ? place : -1;
    }

    private int Find(Atom atom)
    {
        if (_keys is not { } keys)
            return FindInSource(atom);
        var last = _last;
        if (last < PlaceCount && ReferenceEquals(keys[_first + last], atom))
            return last;
        if (++last < PlaceCount && ReferenceEquals(keys[_first + last], atom))
            return _last = last;
        var place = FindInSource(atom);
        if (place >= 0)
        {
            keys[_first + place] = atom;
            _last = place;
        }
        return place;
    }

    private int FindInSource(Atom atom) => atom.Value.IsBmp ? Source.IndexOf(atom.Value.Chars) : Source.IndexOf(atom.ToString());

    private Atom KeyAt(Realm realm, int place) =>
        _keys is null ? realm.AtomOf(Source.NameSpanAt(place)) : _keys[_first + place] ??= realm.AtomOf(Source.NameSpanAt(place));
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

/// <summary>What kind of built-in an object is, for <c>Object.prototype.toString</c>, type checks and printing.</summary>
internal enum ObjectClass : byte
{
    Object,

    /// <summary>Of every <see cref="JsFunction"/>, and of nothing else.</summary>
    Function,

    /// <summary>Of every <see cref="JsArray"/>, and of <see cref="ArrayPrototype"/>.</summary>
    Array,
    Error, Boolean, Number, String, Symbol, Date, RegExp, Arguments, Promise, ArrayBuffer, TypedArray, DataView, Json, Math,
    Global, Host, Iterator,
    TextEncoder, TextDecoder,
}

/// <summary>One property as found.</summary>
internal struct Property
{
    /// <summary>The value, or an accessor.</summary>
    public Value Value;
    public PropertyFlags Flags;

    public readonly bool IsAccessor => (Flags & PropertyFlags.Accessor) != 0;
}

/// <summary>
/// An object. Built-in objects are shared by all calls of the process (<see cref="IsShared"/>) and never change: a call that writes to one
/// gets a copy of its properties in the realm's overlay, under the same identity (decision 0003). Everything
/// that reads or writes properties therefore goes through <see cref="Realm.StorageOf"/> and <see cref="Realm.StorageForWriting"/>.
/// </summary>
internal class JsObject(ObjectClass @class, Shape shape, JsObject? prototype) : Cell(CellKind.Object)
{
    public Shape Shape = shape;

    /// <summary>One for each key of the shape; may be longer.</summary>
    public Value[] Slots = [];

    /// <summary>Not null in dictionary mode; then <see cref="Shape"/> and <see cref="Slots"/> mean nothing.</summary>
    public PropertyTable? Table;

    public JsObject? Prototype = prototype;

    public readonly ObjectClass Class = @class;

    public bool IsExtensible = true;

    /// <summary>
    /// It is a <see cref="JsFunction"/>. Asked at every call, and cheaper than a cast to a class that others derive from.
    /// </summary>
    public bool IsCallable => Class == ObjectClass.Function;

    /// <summary>Built once for the process: never written to.</summary>
    public bool IsShared;

    /// <summary>The object's own property; exotic objects (arrays, strings, host objects, functions) override the next five.</summary>
    public virtual bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        var storage = realm.StorageOf(this);
        if (storage.Table is { } table)
        {
            var place = table.IndexOf(key);
            if (place >= 0)
            {
                ref var entry = ref table.EntryAt(place);
                property = new Property { Value = entry.Value, Flags = entry.Flags };
                return true;
            }
        }
        else
        {
            var slot = storage.Shape.IndexOf(key);
            if (slot >= 0)
            {
                property = new Property { Value = storage.Slots[slot], Flags = storage.Shape.FlagsAt(slot) };
                return true;
            }
        }
        property = default;
        return false;
    }

    /// <summary>
    /// Creates the property or replaces it, without asking setters, flags or the prototype: the caller has checked what the language asks.
    /// Growth is charged to the realm.
    /// </summary>
    public virtual void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags) =>
        PutOwn(realm, key, value, flags, makesShape: false);

    /// <summary>
    /// The same in the ordinary storage; with <paramref name="makesShape"/> for keys that the script or the engine writes out.
    /// </summary>
    protected void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags, bool makesShape)
    {
        var storage = realm.StorageForWriting(this);
        if (storage.Table is null)
        {
            var slot = storage.Shape.IndexOf(key);
            if (slot >= 0 && storage.Shape.FlagsAt(slot) == flags)
            {
                storage.Slots[slot] = value;
                return;
            }
            if (slot < 0 && (makesShape ? storage.Shape.With(key, flags) : storage.Shape.Next(key, flags)) is { } next)
            {
                storage.Append(realm, next, value);
                return;
            }
            if (slot < 0 && Shape.CanHold(key, storage.Shape.Count))
                storage.MoveTo(realm.NewTableInPlaceOfShape(storage.Slots.Length));
            else
                storage.ToDictionaryMode(realm);
        }
        var table = storage.Table!;
        var place = table.IndexOf(key);
        if (place >= 0)
        {
            ref var entry = ref table.EntryAt(place);
            if (entry.Flags != flags)
                table.PayAsTable(realm);
            entry.Value = value;
            entry.Flags = flags;
            return;
        }
        if (table.TryPutBack(key, value, flags))
            return;
        if (table.IsInPlaceOfShape && Shape.CanHold(key, table.Count))
        {
            if (table.Count >= table.PaidSlots)
                table.PaidSlots = PayForSlots(realm, table.PaidSlots);
        }
        else
        {
            table.PayAsTable(realm);
            realm.Allocate(MemoryCost.TableEntry);
            if (table.Used >= Shape.MaxProperties)
                realm.Charge(Price.LargeTableEntry);
        }
        table.Add(key, value, flags);
    }

    /// <summary>Removes the property if it is there; the caller has checked that it is configurable.</summary>
    public virtual void RemoveOwn(Realm realm, PropertyKey key)
    {
        var storage = realm.StorageForWriting(this);
        storage.ToDictionaryMode(realm);
        var place = storage.Table!.IndexOf(key);
        if (place >= 0)
            storage.Table.RemoveAt(place);
    }

    /// <summary>
    /// Appends the own keys in the order in which they are listed (<see cref="PropertyTree"/>), symbols among them. A step for each is
    /// charged by the caller.
    /// </summary>
    public virtual void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        var storage = realm.StorageOf(this);
        if (storage.Table is { } table)
        {
            table.CollectKeys(realm, keys);
            return;
        }
        if (storage.Shape.ListingOrder is not { } listing)
        {
            CollectOwnKeysInOrderOfArrival(realm, keys);
            return;
        }
        realm.Charge(listing.Steps);
        foreach (var slot in listing.Slots)
            keys.Add(storage.Shape.KeyAt(slot));
    }

    /// <summary>The same in the order of arrival, of what lies in the ordinary storage.</summary>
    protected void CollectOwnKeysInOrderOfArrival(Realm realm, List<PropertyKey> keys)
    {
        var storage = realm.StorageOf(this);
        if (storage.Table is { } table)
        {
            realm.Charge((table.Used - table.Count) / Price.ScannedKeys);           // the gaps
            table.CollectKeysInOrderOfArrival(keys);
            return;
        }
        for (var i = 0; i < storage.Shape.Count; i++)
            keys.Add(storage.Shape.KeyAt(i));
    }

    /// <summary>
    /// The element at an index, for objects that keep elements apart (arrays, typed arrays, strings). True if this object decided (the
    /// value is then the element, or absent for a hole or past the end); false if it has no elements and the index is an ordinary key.
    /// </summary>
    public virtual bool TryGetElement(Realm realm, uint index, out Value value)
    {
        value = default;
        return false;
    }

    /// <summary>
    /// Stores an element; false if this object has no elements and the index is an ordinary key. Checks of the language are the caller's.
    /// </summary>
    public virtual bool TryPutElement(Realm realm, uint index, in Value value) => false;

    /// <summary>A property whose name our own code writes out, on a fresh object: no checks.</summary>
    public void Put(Realm realm, PropertyKey key, in Value value, PropertyFlags flags = PropertyFlags.Default) =>
        PutOwn(realm, key, value, flags, makesShape: true);

    /// <summary>A property of a fresh ordinary object that stands for data: its keys make no shapes.</summary>
    public void PutData(Realm realm, PropertyKey key, in Value value)
    {
        if (Table is null)
            MoveTo(realm.NewTableInPlaceOfShape(Slots.Length));
        PutOwn(realm, key, value, PropertyFlags.Default, makesShape: false);
    }

    public void ToDictionaryMode(Realm realm)
    {
        if (Table is { } table)
        {
            table.PayAsTable(realm);
            return;
        }
        realm.Allocate(MemoryCost.Table + MemoryCost.TableEntry * Shape.Count);
        realm.Charge(Price.TableMade);
        MoveTo(realm.NewTable());
    }

    private void MoveTo(PropertyTable table)
    {
        for (var i = 0; i < Shape.Count; i++)
            table.Add(Shape.KeyAt(i), Slots[i], Shape.FlagsAt(i));
        Table = table;
        Slots = [];
        Shape = Shape.Dictionary;
    }

    /// <summary>Forgets all properties and whose they were: the realm keeps the object for another call.</summary>
    public virtual void Forget()
    {
        Shape = Shape.Dictionary;
        if (Slots.Length > 0)
            Slots = [];
        Table = null;
        Prototype = null;
        IsExtensible = true;
    }

    /// <summary>A slot more, in the shape that has it.</summary>
    public void Append(Realm realm, Shape next, in Value value)
    {
        var slot = next.Count - 1;
        if (slot >= Slots.Length)
            realm.GrowStorage(ref Slots, PayForSlots(realm, Slots.Length));
        Slots[slot] = value;
        Shape = next;
    }

    private static int PayForSlots(Realm realm, int slots)
    {
        var size = slots == 0 ? 4 : slots * 2;
        realm.Allocate(MemoryCost.Value * (size - slots));
        return size;
    }
}

/// <summary>
/// What things count against the 2 MB of a call (functions spec 8). Close to what they take here; fixed, so that the same code stops at the
/// same place everywhere.
/// </summary>
internal static class MemoryCost
{
    public const int Value = 16;
    public const int Object = 64;
    public const int Function = 96;
    public const int Table = 64;
    public const int TableEntry = 48;
    public const int Char = 2;
    public const int Atom = 80;
    public const int Promise = 96;
    public const int Frame = 96;
}

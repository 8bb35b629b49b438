using System.Runtime.CompilerServices;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Length and elements of anything that has them; arrays whose elements are stored take the short way.</summary>
internal static class ArrayLike
{
    private const double MaxSafeInteger = 9007199254740991;

    /// <summary>This as an object, and its length. Null if it threw.</summary>
    public static JsObject? From(Realm realm, in Value thisValue, out long length)
    {
        length = 0;
        var @object = realm.ToObject(thisValue);
        return @object is not null && TryGetLength(realm, @object, out length) ? @object : null;
    }

    /// <summary>ToLength of the length property; false if it threw.</summary>
    public static bool TryGetLength(Realm realm, JsObject @object, out long length)
    {
        if (@object is JsArray array)
        {
            length = array.Length;
            return true;
        }
        length = 0;
        realm.Charge(2);
        var value = realm.Get(@object, Names.Length);
        if (value.IsThrew || !realm.ToInteger(value, out var integer))
            return false;
        length = (long)Math.Clamp(integer, 0, MaxSafeInteger);
        return true;
    }

    /// <summary>
    /// An array whose elements may be moved as a block: all stored, nothing read-only, and no prototype shows through a hole.
    /// </summary>
    public static bool IsPlain(Realm realm, JsArray array) =>
        !array.IsFrozen && array.IsExtensible && array.Stored == array.Length && HolesAreEmpty(realm, array);

    private static bool HolesAreEmpty(Realm realm, JsArray array) =>
        !realm.HasPatchedIntrinsics && !array.HasElementProperties && ReferenceEquals(array.Prototype, realm.Intrinsics.ArrayPrototype);

    /// <summary>The element; undefined where there is none; the threw marker.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Get(Realm realm, JsObject @object, long index)
    {
        var element = GetOrAbsent(realm, @object, index);
        return element.IsAbsent ? Value.Undefined : element;
    }

    /// <summary>The element; absent where there is none, on the prototypes neither; the threw marker.</summary>
    public static Value GetOrAbsent(Realm realm, JsObject @object, long index)
    {
        if (@object is JsArray array)
        {
            if ((ulong)index < (ulong)array.Stored && !array.Elements[index].IsAbsent)
                return array.Elements[index];
            if (HolesAreEmpty(realm, array))
                return Value.Absent;
        }
        else if (@object is JsTypedArray typed)
        {
            if ((ulong)index < (ulong)typed.Length)
                return Value.Number(typed.ReadAt((int)index));
        }
        else if (index < uint.MaxValue && @object.TryGetElement(realm, (uint)index, out var element) && !element.IsAbsent)
        {
            return element;
        }
        return Search(realm, @object, index);
    }

    /// <summary>
    /// Looks for the element among the properties of the object and its prototypes. Where there is none, no name of it is made.
    /// </summary>
    private static Value Search(Realm realm, JsObject @object, long index)
    {
        PropertyKey? key = realm.FindAtomOf(index);
        for (JsObject? at = @object; at is not null; at = realm.StorageOf(at).Prototype)
        {
            realm.Charge(1);
            if (key is null)
            {
                if (index < uint.MaxValue && at.TryGetElement(realm, (uint)index, out var element) && !element.IsAbsent)
                    return element;
                if (at is not HostObjectView)
                    continue;
                key = KeyOf(realm, index);                              // of the host's names the call need not know any
            }
            if (at.GetOwn(realm, key, out var property))
                return property.IsAccessor ? realm.GetFrom(at, key, Value.Object(@object)) : property.Value;
        }
        return Value.Absent;
    }

    /// <summary>False if it threw.</summary>
    public static bool Set(Realm realm, JsObject @object, long index, in Value value)
    {
        if (@object is JsArray { IsFrozen: false } array && (ulong)index < (ulong)array.Stored && !array.Elements[index].IsAbsent)
        {
            array.Elements[index] = value;
            return true;
        }
        if (@object is JsTypedArray typed && index < uint.MaxValue)
            return typed.SetElement(realm, (uint)index, value);
        if (@object is JsArray { IsFrozen: false })
            return realm.SetElement(Value.Object(@object), Value.Number(index), value);
        realm.Charge(Price.PropertyWritten);
        return realm.Set(Value.Object(@object), KeyOf(realm, index), value);
    }

    /// <summary>False if it threw.</summary>
    public static bool Delete(Realm realm, JsObject @object, long index)
    {
        if (index < uint.MaxValue && @object is JsArray { IsFrozen: false } array)
        {
            if ((ulong)index < (ulong)array.Stored)
                array.Elements[index] = Value.Absent;
            return true;
        }
        // Without a name there is nothing to delete but what lies apart from the properties.
        if (@object is not HostObjectView && realm.FindAtomOf(index) is null
            && (index >= uint.MaxValue || !@object.TryGetElement(realm, (uint)index, out var element) || element.IsAbsent))
            return true;
        return realm.Delete(Value.Object(@object), KeyOf(realm, index));
    }

    /// <summary>Sets the element, or deletes it when the value is absent. False if it threw.</summary>
    public static bool SetOrDelete(Realm realm, JsObject @object, long index, in Value value) =>
        value.IsAbsent ? Delete(realm, @object, index) : Set(realm, @object, index, value);

    /// <summary>False if it threw.</summary>
    public static bool SetLength(Realm realm, JsObject @object, long length)
    {
        realm.Charge(Price.PropertyWritten);
        return realm.Set(Value.Object(@object), Names.Length, Value.Number(length));
    }

    public static PropertyKey KeyOf(Realm realm, long index) =>
        index < uint.MaxValue ? realm.AtomOf((uint)index) : realm.AtomOf(realm.NumberToText(index));

    /// <summary>A position argument: from the end if negative, clamped into 0..length. False if it threw.</summary>
    public static bool ToIndex(Realm realm, in Value value, long length, long whenUndefined, out long index)
    {
        index = whenUndefined;
        if (value.IsUndefined)
            return true;
        if (!realm.ToInteger(value, out var integer))
            return false;
        index = integer < 0 ? (long)Math.Max(0, length + integer) : (long)Math.Min(integer, length);
        return true;
    }
}

/// <summary>Value, index and collection, on the stack of a native that calls back.</summary>
[InlineArray(3)]
internal struct CallbackArguments
{
    private Value _first;
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Objects;

/// <summary>A property descriptor as a script gives it: any field may be missing (ECMAScript 6.2.6).</summary>
internal struct PropertyDescriptor
{
    /// <summary>Absent if not given; likewise the getter and the setter (a function or undefined).</summary>
    private Value _value, _getter, _setter;

    /// <summary>Which of writable, enumerable and configurable are given, and which of those are true.</summary>
    private PropertyFlags _given, _true;

    private readonly bool IsAccessor => !_getter.IsAbsent || !_setter.IsAbsent;

    private readonly bool IsData => !_value.IsAbsent || (_given & PropertyFlags.Writable) != 0;

    /// <summary>ToPropertyDescriptor; false if it threw.</summary>
    public static bool TryRead(Realm realm, in Value source, out PropertyDescriptor descriptor)
    {
        descriptor = new PropertyDescriptor { _value = Value.Absent, _getter = Value.Absent, _setter = Value.Absent };
        if (!source.IsObject)
        {
            realm.ThrowTypeError("descriptor is not an object");
            return false;
        }
        var fields = source.AsObject;
        if (!TryReadField(realm, fields, Names.Get, out descriptor._getter)
            || !TryReadField(realm, fields, Names.Set, out descriptor._setter)
            || !TryReadField(realm, fields, Names.Value, out descriptor._value)
            || !descriptor.TryReadFlag(realm, fields, Names.Writable, PropertyFlags.Writable)
            || !descriptor.TryReadFlag(realm, fields, Names.Enumerable, PropertyFlags.Enumerable)
            || !descriptor.TryReadFlag(realm, fields, Names.Configurable, PropertyFlags.Configurable))
            return false;
        var problem = descriptor._getter is { IsAbsent: false, IsUndefined: false, IsCallable: false } ? "Getter must be a function"
            : descriptor._setter is { IsAbsent: false, IsUndefined: false, IsCallable: false } ? "Setter must be a function"
            : descriptor.IsAccessor && descriptor.IsData ? "Cannot both specify accessors and a value or writable attribute"
            : null;
        if (problem is not null)
            realm.ThrowTypeError(problem);
        return problem is null;
    }

    /// <summary>CreateDataProperty: an own property with the flags of an assignment, no setters asked. False if it threw.</summary>
    public static bool Create(Realm realm, JsObject target, PropertyKey key, in Value value) => new PropertyDescriptor
    {
        _value = value,
        _getter = Value.Absent,
        _setter = Value.Absent,
        _given = PropertyFlags.Default,
        _true = PropertyFlags.Default,
    }.Define(realm, target, key);

    /// <summary>The descriptor object that shows a property; for getOwnPropertyDescriptor.</summary>
    public static Value ToObject(Realm realm, in Property property)
    {
        realm.Charge(Price.ObjectMade + 2 * Price.PropertyWritten);
        var shown = realm.NewObject();
        if (property.IsAccessor)
        {
            var accessor = (Accessor)property.Value.Reference!;
            shown.Put(realm, Names.Get, accessor.Get is { } getter ? Value.Object(getter) : Value.Undefined);
            shown.Put(realm, Names.Set, accessor.Set is { } setter ? Value.Object(setter) : Value.Undefined);
        }
        else
        {
            shown.Put(realm, Names.Value, property.Value);
            shown.Put(realm, Names.Writable, Value.Boolean((property.Flags & PropertyFlags.Writable) != 0));
        }
        shown.Put(realm, Names.Enumerable, Value.Boolean((property.Flags & PropertyFlags.Enumerable) != 0));
        shown.Put(realm, Names.Configurable, Value.Boolean((property.Flags & PropertyFlags.Configurable) != 0));
        return Value.Object(shown);
    }

    /// <summary>DefinePropertyOrThrow (ECMAScript 10.1.6.3); false if it threw.</summary>
    public readonly bool Define(Realm realm, JsObject target, PropertyKey key)
    {
        realm.Charge(Price.PropertyWritten);
        var exists = target.GetOwn(realm, key, out var current);
        if (!exists && !realm.StorageOf(target).IsExtensible)
        {
            realm.ThrowTypeError($"Cannot add property \"{Realm.DescribeKey(key)}\", object is not extensible");
            return false;
        }
        if (exists && !Allows(realm, current))
            return Refuse(realm, key);
        if (target is JsTypedArray typed && key is Atom { Index: not Atom.NotAnIndex } element)
            return DefineElement(realm, typed, element);
        if (target is JsArray array)
        {
            if (ReferenceEquals(key, Names.Length))
                return DefineLength(realm, array, current);
            if (!exists && array.IsLengthReadOnly && key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index >= array.Length)
                return Refuse(realm, key);
        }

        var becomesAccessor = IsAccessor || (exists && current.IsAccessor && !IsData);
        var sameKind = exists && current.IsAccessor == becomesAccessor;
        var kept = !exists ? PropertyFlags.None : current.Flags & ~_given & ~PropertyFlags.Accessor;
        if (!sameKind)
            kept &= ~PropertyFlags.Writable;
        var flags = kept | _true;
        if (!becomesAccessor)
        {
            target.PutOwn(realm, key, !_value.IsAbsent ? _value : sameKind ? current.Value : Value.Undefined, flags);
            return true;
        }
        var before = sameKind ? (Accessor)current.Value.Reference! : null;
        realm.Allocate(MemoryCost.Object);
        var accessor = new Accessor(Chosen(_getter, before?.Get), Chosen(_setter, before?.Set));
        target.PutOwn(realm, key, Value.Internal(accessor), flags | PropertyFlags.Accessor);
        return true;
    }

    /// <summary>
    /// An element of a typed array is a number that can be written, and stays one (ECMAScript 10.4.5.3). Behind the end nothing is defined,
    /// and nothing thrown, as in njs.
    /// </summary>
    private readonly bool DefineElement(Realm realm, JsTypedArray target, Atom key)
    {
        if (key.Index < (uint)target.Length && (IsAccessor || ((_true ^ JsTypedArray.ElementFlags) & _given) != 0))
            return Refuse(realm, key);
        return _value.IsAbsent || target.SetElement(realm, key.Index, _value);
    }

    private static JsObject? Chosen(in Value given, JsObject? before) => given.IsAbsent ? before : given.IsObject ? given.AsObject : null;

    /// <summary>Whether the change leaves a property alone that must not change.</summary>
    private readonly bool Allows(Realm realm, in Property current)
    {
        if ((current.Flags & PropertyFlags.Configurable) != 0)
            return true;
        if ((_true & PropertyFlags.Configurable) != 0
            || ((_given & PropertyFlags.Enumerable) != 0 && ((_true ^ current.Flags) & PropertyFlags.Enumerable) != 0))
            return false;
        if (current.IsAccessor)
        {
            var accessor = (Accessor)current.Value.Reference!;
            return !IsData && ReferenceEquals(Chosen(_getter, accessor.Get), accessor.Get)
                && ReferenceEquals(Chosen(_setter, accessor.Set), accessor.Set);
        }
        if (IsAccessor)
            return false;
        return (current.Flags & PropertyFlags.Writable) != 0
            || ((_true & PropertyFlags.Writable) == 0 && (_value.IsAbsent || realm.SameValue(_value, current.Value)));
    }

    private readonly bool DefineLength(Realm realm, JsArray array, in Property current)
    {
        if (!_value.IsAbsent)
        {
            if (!realm.ToNumber(_value, out var length))
                return false;
            if (length != (uint)length)
            {
                realm.ThrowRangeError("Invalid array length");
                return false;
            }
            if (length != array.Length && (current.Flags & PropertyFlags.Writable) == 0)
                return Refuse(realm, Names.Length);
            array.SetLength(realm, (uint)length);
            if (array.Length != length)
                return Refuse(realm, Names.Length);
        }
        if ((_given & ~_true & PropertyFlags.Writable) != 0)
            array.MakeLengthReadOnly();
        return true;
    }

    private static bool Refuse(Realm realm, PropertyKey key)
    {
        realm.ThrowTypeError($"Cannot redefine property: \"{Realm.DescribeKey(key)}\"");
        return false;
    }

    private static bool TryReadField(Realm realm, JsObject fields, PropertyKey name, out Value value)
    {
        value = Value.Absent;
        if (realm.HasProperty(fields, name))
            value = realm.Get(fields, name);
        return !value.IsThrew;
    }

    private bool TryReadFlag(Realm realm, JsObject fields, PropertyKey name, PropertyFlags flag)
    {
        if (!TryReadField(realm, fields, name, out var value))
            return false;
        if (value.IsAbsent)
            return true;
        _given |= flag;
        if (Realm.ToBoolean(value))
            _true |= flag;
        return true;
    }
}

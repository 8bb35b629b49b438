using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Values;

/// <summary>
/// An array: elements side by side, holes marked absent. The length may be larger than what is stored, so <c>new Array(1e9)</c> costs nothing
/// until somebody fills it, and then meets the memory limit.
/// </summary>
internal sealed class JsArray(Shape shape, JsObject? prototype) : JsObject(ObjectClass.Array, shape, prototype)
{
    /// <summary>The first <see cref="Stored"/> are in use.</summary>
    public Value[] Elements = [];

    /// <summary>How many elements are stored; those from here to <see cref="Length"/> are holes.</summary>
    public int Stored;

    /// <summary>The length property, up to 2^32 - 1.</summary>
    public uint Length;

    /// <summary>Frozen, sealed or with a read-only length: writes take the slow way, which refuses.</summary>
    public bool IsFrozen;

    public Span<Value> AsSpan() => Elements.AsSpan(0, Stored);

    /// <summary>Appends; charges the growth.</summary>
    public void Push(Realm realm, in Value value)
    {
        if (Stored != Length)
        {
            TryPutElement(realm, Length, value);
            return;
        }
        Reserve(realm, Stored + 1);
        Elements[Stored++] = value;
        Length++;
    }

    /// <summary>Room for that many elements, charged before it is taken.</summary>
    public void Reserve(Realm realm, int count)
    {
        if (count <= Elements.Length)
            return;
        var size = Math.Max(count, Math.Max(4, Elements.Length + (Elements.Length >> 1)));
        realm.Allocate((long)MemoryCost.Value * (size - Elements.Length));
        realm.Charge(Stored >> 2);                       // the copy
        Array.Resize(ref Elements, size);
    }

    /// <summary>Cuts or extends.</summary>
    public void SetLength(Realm realm, uint length)
    {
        if (length < Stored)
        {
            realm.Charge((int)((Stored - length) >> 4));
            Array.Clear(Elements, (int)length, Stored - (int)length);
            Stored = (int)length;
        }
        Length = length;
    }

    public override bool TryGetElement(Realm realm, uint index, out Value value)
    {
        value = index < (uint)Stored ? Elements[index] : Values.Value.Absent;
        return true;
    }

    public override bool TryPutElement(Realm realm, uint index, in Value value)
    {
        if (index < (uint)Stored)
        {
            Elements[index] = value;
            return true;
        }
        if (index > int.MaxValue - 1)
            throw ScriptStopped.OverMemory();
        Reserve(realm, (int)index + 1);
        realm.Charge((int)(index - Stored) >> 4);
        for (var i = Stored; i < (int)index; i++)
            Elements[i] = Values.Value.Absent;
        Elements[index] = value;
        Stored = (int)index + 1;
        if (index >= Length)
            Length = index + 1;
        return true;
    }

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        if (key is Atom atom)
        {
            if (atom.Index != Atom.NotAnIndex)
            {
                TryGetElement(realm, atom.Index, out var element);
                property = new Property { Value = element, Flags = IsFrozen ? PropertyFlags.Enumerable : PropertyFlags.Default };
                return !element.IsAbsent;
            }
            if (ReferenceEquals(atom, Names.Length))
            {
                property = new Property { Value = Values.Value.Number(Length), Flags = IsFrozen ? PropertyFlags.None : PropertyFlags.Writable };
                return true;
            }
        }
        return base.GetOwn(realm, key, out property);
    }

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom)
            TryPutElement(realm, atom.Index, value);
        else if (ReferenceEquals(key, Names.Length))
            SetLength(realm, (uint)value.AsNumber);         // the caller has checked that it is a length
        else
            base.PutOwn(realm, key, value, flags);
    }

    public override void RemoveOwn(Realm realm, PropertyKey key)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom)
        {
            if (atom.Index < (uint)Stored)
                Elements[atom.Index] = Values.Value.Absent;
            return;
        }
        base.RemoveOwn(realm, key);
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        realm.Charge(Stored);
        for (var i = 0; i < Stored; i++)
        {
            if (!Elements[i].IsAbsent)
                keys.Add(realm.AtomOf((uint)i));
        }
        keys.Add(Names.Length);
        base.CollectOwnKeys(realm, keys);
    }
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Values;

/// <summary>
/// How an element of a typed array lies in its bytes. The order is that of <see cref="Intrinsics.TypedArrayPrototypes"/>.
/// </summary>
internal enum ElementKind : byte { Uint8, Uint8Clamped, Int8, Uint16, Int16, Uint32, Int32, Float32, Float64 }

/// <summary>Numbers as bytes and back.</summary>
internal static class Elements
{
    public static int SizeOf(ElementKind kind) => kind switch
    {
        <= ElementKind.Int8 => 1,
        <= ElementKind.Int16 => 2,
        ElementKind.Float64 => 8,
        _ => 4,
    };

    /// <summary>Little-endian on every machine: what a script sees must not depend on where it runs.</summary>
    public static double Read(ReadOnlySpan<byte> bytes, ElementKind kind) => kind switch
    {
        ElementKind.Int8 => (sbyte)bytes[0],
        ElementKind.Uint16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        ElementKind.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        ElementKind.Uint32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        ElementKind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ElementKind.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ElementKind.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        _ => bytes[0],
    };

    /// <summary>Little-endian; NaN has one form on every machine; integers wrap, clamped bytes clamp and round half to even.</summary>
    public static void Write(Span<byte> bytes, ElementKind kind, double number)
    {
        switch (kind)
        {
            case ElementKind.Uint8Clamped:
                bytes[0] = double.IsNaN(number) ? (byte)0 : (byte)Math.Round(Math.Clamp(number, 0, 255));
                break;
            case ElementKind.Uint16 or ElementKind.Int16:
                BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)Realm.ToInt32(number));
                break;
            case ElementKind.Uint32 or ElementKind.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, Realm.ToInt32(number));
                break;
            case ElementKind.Float32:
                BinaryPrimitives.WriteInt32LittleEndian(
                    bytes, double.IsNaN(number) ? 0x7FC0_0000 : BitConverter.SingleToInt32Bits((float)number));
                break;
            case ElementKind.Float64:
                BinaryPrimitives.WriteInt64LittleEndian(
                    bytes, double.IsNaN(number) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToInt64Bits(number));
                break;
            default:
                bytes[0] = (byte)Realm.ToInt32(number);
                break;
        }
    }
}

/// <summary>
/// A typed array: a window on an ArrayBuffer, in elements of one kind. A Buffer is one of bytes with another prototype. Elements are always
/// numbers; an index outside does not exist and writing to it does nothing.
/// </summary>
internal sealed class JsTypedArray(
    ElementKind kind, JsArrayBuffer buffer, int byteOffset, int length, Shape shape, JsObject prototype)
    : JsObject(ObjectClass.TypedArray, shape, prototype)
{
    public const PropertyFlags ElementFlags = PropertyFlags.Writable | PropertyFlags.Enumerable;

    public ElementKind ElementKind { get; } = kind;

    public JsArrayBuffer Buffer { get; } = buffer;

    /// <summary>Where the window begins in the buffer.</summary>
    public int ByteOffset { get; } = byteOffset;

    /// <summary>In elements.</summary>
    public int Length { get; } = length;

    public int ElementSize { get; } = Elements.SizeOf(kind);

    public int ByteLength => Length * ElementSize;

    /// <summary>The window itself: writes show in every other view of the buffer.</summary>
    public Span<byte> Bytes => Buffer.Bytes.AsSpan(ByteOffset, ByteLength);

    /// <summary>An element; the index is in range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ReadAt(int index) =>
        ElementSize == 1 && ElementKind != ElementKind.Int8
            ? Buffer.Bytes[ByteOffset + index]
            : Elements.Read(Buffer.Bytes.AsSpan(ByteOffset + index * ElementSize), ElementKind);

    /// <summary>Stores an element; the index is in range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteAt(int index, double number)
    {
        if (ElementKind == ElementKind.Uint8)
            Buffer.Bytes[ByteOffset + index] = (byte)Realm.ToInt32(number);
        else
            Elements.Write(Buffer.Bytes.AsSpan(ByteOffset + index * ElementSize), ElementKind, number);
    }

    /// <summary><c>array[index] = value</c>: the value becomes a number even if the index is outside. False if that threw.</summary>
    public bool SetElement(Realm realm, uint index, in Value value)
    {
        var number = value.AsNumber;
        if (!value.IsNumber && !realm.ToNumber(value, out number))
            return false;
        if (index < (uint)Length)
            WriteAt((int)index, number);
        return true;
    }

    public override bool TryGetElement(Realm realm, uint index, out Value value)
    {
        value = index < (uint)Length ? Values.Value.Number(ReadAt((int)index)) : Values.Value.Absent;
        return true;
    }

    /// <summary>For values that are numbers already; assignments go through <see cref="SetElement"/>, which can throw.</summary>
    public override bool TryPutElement(Realm realm, uint index, in Value value)
    {
        SetElement(realm, index, value);
        return true;
    }

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom)
        {
            var exists = atom.Index < (uint)Length;
            property = exists ? new Property { Value = Values.Value.Number(ReadAt((int)atom.Index)), Flags = ElementFlags } : default;
            return exists;
        }
        if (IsNumeric(realm, key))
        {
            property = default;
            return false;
        }
        return base.GetOwn(realm, key, out property);
    }

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom)
            SetElement(realm, atom.Index, value);
        else if (!IsNumeric(realm, key))
            base.PutOwn(realm, key, value, flags);
    }

    /// <summary><c>-1</c>, <c>1.5</c>: names that are written as numbers are, and no index; nothing is ever stored under one.</summary>
    private static bool IsNumeric(Realm realm, PropertyKey key)
    {
        if (key is not Atom { Value: { Length: > 0 } name } || !(name.View[0] is '-' or (>= '0' and <= '9')))
            return false;
        return realm.ToNumber(name, out var number) && !double.IsNaN(number)
            && realm.ToText(Values.Value.Number(number)) is { IsString: true } text
            && text.View.SequenceEqual(name.View);
    }

    public override void RemoveOwn(Realm realm, PropertyKey key)
    {
        if (key is not Atom { Index: not Atom.NotAnIndex })
            base.RemoveOwn(realm, key);
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        realm.Charge(Length);
        for (var i = 0; i < Length; i++)
            keys.Add(realm.AtomOf((uint)i));
        base.CollectOwnKeys(realm, keys);
    }
}

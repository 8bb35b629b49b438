using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Making binary objects. Bytes are charged before they are taken: memory by size, compute by the clearing.</summary>
internal sealed partial class Realm
{
    public JsArrayBuffer NewArrayBuffer(long byteLength)
    {
        if (byteLength > int.MaxValue / 2)
            throw ScriptStopped.OverMemory();
        Allocate(MemoryCost.Object + byteLength);
        Charge(1 + (int)(byteLength / Price.ClearedBytes));
        return new JsArrayBuffer(byteLength == 0 ? [] : new byte[byteLength], EmptyShape, Intrinsics.ArrayBufferPrototype);
    }

    /// <summary>A window on a buffer; the caller has checked that it lies inside.</summary>
    public JsTypedArray NewTypedArray(ElementKind kind, JsArrayBuffer buffer, int byteOffset, int length)
    {
        Allocate(MemoryCost.Object);
        return new JsTypedArray(kind, buffer, byteOffset, length, EmptyShape, Intrinsics.TypedArrayPrototypes[(int)kind]);
    }

    /// <summary>A typed array of zeros.</summary>
    public JsTypedArray NewTypedArray(ElementKind kind, long length) =>
        NewTypedArray(kind, NewArrayBuffer(length * Elements.SizeOf(kind)), 0, (int)length);

    /// <summary>A Buffer on a part of an ArrayBuffer; the caller has checked that it lies inside.</summary>
    public JsTypedArray NewBuffer(JsArrayBuffer buffer, int byteOffset, int length)
    {
        Allocate(MemoryCost.Object);
        return new JsTypedArray(ElementKind.Uint8, buffer, byteOffset, length, EmptyShape, Intrinsics.BufferPrototype);
    }

    /// <summary>A Buffer of zeros.</summary>
    public JsTypedArray NewBuffer(long length) => NewBuffer(NewArrayBuffer(length), 0, (int)length);

    /// <summary>A Buffer with a copy of bytes.</summary>
    public JsTypedArray NewBuffer(ReadOnlySpan<byte> bytes)
    {
        var buffer = NewBuffer(bytes.Length);
        bytes.CopyTo(buffer.Bytes);
        return buffer;
    }

    /// <summary>
    /// An argument that counts bytes or places: undefined is 0; below zero or above 2^32 - 1 is a RangeError. False if it threw.
    /// </summary>
    public bool ToIndex(in Value value, out long index)
    {
        index = 0;
        if (!ToInteger(value, out var integer))
            return false;
        if (integer is < 0 or > uint.MaxValue)
        {
            ThrowRangeError("invalid index");
            return false;
        }
        index = (long)integer;
        return true;
    }
}

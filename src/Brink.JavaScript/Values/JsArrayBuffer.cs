namespace Brink.JavaScript.Values;

/// <summary>The bytes behind typed arrays, Buffers and DataViews. Its size never changes, and it is never taken away from them.</summary>
internal sealed class JsArrayBuffer(byte[] bytes, Shape shape, JsObject prototype) : JsObject(ObjectClass.ArrayBuffer, shape, prototype)
{
    public byte[] Bytes { get; } = bytes;
}

/// <summary>The bytes that an object of any binary kind shows; for hosts and for built-ins that take them all.</summary>
internal static class BinaryData
{
    /// <summary>
    /// The bytes of a typed array, Buffer, DataView or ArrayBuffer; false for anything else. Not to be kept: the script may write to them.
    /// </summary>
    public static bool TryGetBytes(in Value value, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return value.IsObject && TryGetBytes(value.AsObject, out bytes);
    }

    /// <inheritdoc cref="TryGetBytes(in Value, out ReadOnlySpan{byte})"/>
    public static bool TryGetBytes(JsObject @object, out ReadOnlySpan<byte> bytes)
    {
        switch (@object)
        {
            case JsTypedArray array:
                bytes = array.Bytes;
                return true;
            case JsArrayBuffer buffer:
                bytes = buffer.Bytes;
                return true;
            case JsDataView view:
                bytes = view.Bytes;
                return true;
            default:
                bytes = default;
                return false;
        }
    }
}

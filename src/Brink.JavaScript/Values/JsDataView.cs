namespace Brink.JavaScript.Values;

/// <summary>A DataView: a window on an ArrayBuffer without a kind.</summary>
internal sealed class JsDataView(JsArrayBuffer buffer, int byteOffset, int byteLength, Shape shape, JsObject prototype)
    : JsObject(ObjectClass.DataView, shape, prototype)
{
    public JsArrayBuffer Buffer { get; } = buffer;

    public int ByteOffset { get; } = byteOffset;

    public int ByteLength { get; } = byteLength;

    public Span<byte> Bytes => Buffer.Bytes.AsSpan(ByteOffset, ByteLength);
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>ArrayBuffer: isView, byteLength, slice.</summary>
internal static class ArrayBufferBuiltIns
{
    public static void Build(IntrinsicsBuilder builder)
    {
        var prototype = builder.Intrinsics.ArrayBufferPrototype;
        var constructor = builder.Constructor("ArrayBuffer", 1, CallWithoutNew, Construct, prototype);
        builder.Species(constructor);
        builder.Method(constructor, "isView", 1, IsView);
        builder.Getter(prototype, "byteLength", ByteLength);
        builder.Method(prototype, "slice", 2, Slice);
        IntrinsicsBuilder.Tag(prototype, "ArrayBuffer");
    }

    private static Value CallWithoutNew(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ThrowTypeError("Constructor ArrayBuffer requires 'new'");

    private static Value Construct(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ToIndex(arguments.At(0), out var length) ? Value.Object(realm.NewArrayBuffer(length)) : Value.Threw;

    private static Value IsView(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Value.Boolean(arguments.At(0).Reference is JsTypedArray or JsDataView);

    private static Value ByteLength(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        thisValue.Reference is JsArrayBuffer buffer
            ? Value.Number(buffer.Bytes.Length)
            : realm.ThrowTypeError("Method ArrayBuffer.prototype.byteLength called on incompatible receiver");

    private static Value Slice(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsArrayBuffer buffer)
            return realm.ThrowTypeError("Method ArrayBuffer.prototype.slice called on incompatible receiver");
        var size = buffer.Bytes.Length;
        if (!realm.ToRelativeIndex(arguments.At(0), size, 0, out var start)
            || !realm.ToRelativeIndex(arguments.At(1), size, size, out var end))
            return Value.Threw;
        var part = realm.NewArrayBuffer(Math.Max(0, end - start));
        buffer.Bytes.AsSpan(start, part.Bytes.Length).CopyTo(part.Bytes);
        return Value.Object(part);
    }
}

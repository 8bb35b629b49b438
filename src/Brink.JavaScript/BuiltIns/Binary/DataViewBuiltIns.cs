using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>DataView: its window, and a getter and a setter for each kind of number. Runtime 2.0 only.</summary>
internal static class DataViewBuiltIns
{
    public static void Build(IntrinsicsBuilder builder)
    {
        var prototype = builder.Intrinsics.DataViewPrototype;
        builder.Constructor("DataView", 1, CallWithoutNew, Construct, prototype);
        IntrinsicsBuilder.Tag(prototype, "DataView");
        builder.Getter(prototype, "buffer", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsDataView view ? Value.Object(view.Buffer) : NotAView(realm));
        builder.Getter(prototype, "byteLength", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsDataView view ? Value.Number(view.ByteLength) : NotAView(realm));
        builder.Getter(prototype, "byteOffset", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsDataView view ? Value.Number(view.ByteOffset) : NotAView(realm));
        foreach (var kind in Enum.GetValues<ElementKind>())
        {
            if (kind == ElementKind.Uint8Clamped)
                continue;
            builder.Method(prototype, "get" + kind, 1,
                (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Read(realm, thisValue, arguments, kind));
            builder.Method(prototype, "set" + kind, 2,
                (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Write(realm, thisValue, arguments, kind));
        }
    }

    private static Value NotAView(Realm realm) => realm.ThrowTypeError("this is not a DataView");

    private static Value CallWithoutNew(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ThrowTypeError("Constructor of DataView requires 'new'");

    private static Value Construct(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).Reference is not JsArrayBuffer buffer)
            return realm.ThrowTypeError("buffer is not an ArrayBuffer");
        if (!realm.ToIndex(arguments.At(1), out var offset))
            return Value.Threw;
        if (offset > buffer.Bytes.Length)
            return realm.ThrowRangeError($"byteOffset {offset} is outside the bound of the buffer");
        var length = buffer.Bytes.Length - offset;
        if (!arguments.At(2).IsUndefined)
        {
            if (!realm.ToIndex(arguments.At(2), out var asked))
                return Value.Threw;
            if (asked > length)
                return realm.ThrowRangeError($"Invalid DataView length: {asked}");
            length = asked;
        }
        realm.Allocate(MemoryCost.Object);
        return Value.Object(new JsDataView(buffer, (int)offset, (int)length, realm.EmptyShape, realm.Intrinsics.DataViewPrototype));
    }

    private static Value Read(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, ElementKind kind)
    {
        if (thisValue.Reference is not JsDataView view)
            return NotAView(realm);
        if (!realm.ToIndex(arguments.At(0), out var index))
            return Value.Threw;
        var size = Elements.SizeOf(kind);
        if (index + size > view.ByteLength)
            return realm.ThrowRangeError($"index {index} is outside the bound of the buffer");
        Span<byte> bytes = stackalloc byte[size];
        view.Bytes.Slice((int)index, size).CopyTo(bytes);
        if (!Realm.ToBoolean(arguments.At(1)))
            bytes.Reverse();
        return Value.Number(Elements.Read(bytes, kind));
    }

    private static Value Write(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, ElementKind kind)
    {
        if (thisValue.Reference is not JsDataView view)
            return NotAView(realm);
        if (!realm.ToIndex(arguments.At(0), out var index) || !realm.ToNumber(arguments.At(1), out var number))
            return Value.Threw;
        var size = Elements.SizeOf(kind);
        if (index + size > view.ByteLength)
            return realm.ThrowRangeError($"index {index} is outside the bound of the buffer");
        Span<byte> bytes = stackalloc byte[size];
        Elements.Write(bytes, kind, number);
        if (!Realm.ToBoolean(arguments.At(2)))
            bytes.Reverse();
        bytes.CopyTo(view.Bytes[(int)index..]);
        return Value.Undefined;
    }
}

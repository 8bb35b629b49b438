using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>A TextDecoder with what it keeps between two parts of a stream.</summary>
internal sealed class JsTextDecoder(bool isFatal, bool ignoresBom, Shape shape, JsObject prototype)
    : JsObject(ObjectClass.TextDecoder, shape, prototype)
{
    public bool IsFatal { get; } = isFatal;

    public bool IgnoresBom { get; } = ignoresBom;

    /// <summary>The beginning of a character that the last part ended in: three bytes at most.</summary>
    public byte[] Pending { get; set; } = [];

    /// <summary>Some part of the stream has been decoded: a BOM is an ordinary character from here on.</summary>
    public bool IsUnderWay { get; set; }
}

/// <summary>TextEncoder and TextDecoder, UTF-8 only. Runtime 2.0 only; the list of members is AWS's (functions spec 5.3).</summary>
internal static class TextCodecs
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static void Build(IntrinsicsBuilder builder)
    {
        var encoder = builder.Object();
        builder.Constructor("TextEncoder", 0, Named("TextEncoder"), (Realm realm, in Value _, ReadOnlySpan<Value> _) =>
            Value.Object(realm.NewObject(ObjectClass.TextEncoder, encoder)), encoder);
        IntrinsicsBuilder.Constant(encoder, "encoding", TextFacts.Permanent("utf-8"));
        builder.Method(encoder, "encode", 0, Encode);
        builder.Method(encoder, "encodeInto", 2, EncodeInto);

        var decoder = builder.Object();
        builder.Constructor("TextDecoder", 0, Named("TextDecoder"), (Realm realm, in Value _, ReadOnlySpan<Value> arguments) =>
            NewDecoder(realm, arguments, decoder), decoder);
        builder.Getter(decoder, "encoding", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTextDecoder ? realm.NewText("utf-8") : NotADecoder(realm));
        builder.Getter(decoder, "fatal", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTextDecoder self ? Value.Boolean(self.IsFatal) : NotADecoder(realm));
        builder.Getter(decoder, "ignoreBOM", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTextDecoder self ? Value.Boolean(self.IgnoresBom) : NotADecoder(realm));
        builder.Method(decoder, "decode", 0, Decode);
    }

    private static NativeCode Named(string name) =>
        (Realm realm, in Value _, ReadOnlySpan<Value> _) => realm.ThrowTypeError($"Constructor of {name} requires 'new'");

    private static Value NotADecoder(Realm realm) => realm.ThrowTypeError("\"this\" is not a TextDecoder");

    private static bool IsEncoder(in Value value) => value.IsObject && value.AsObject.Class == ObjectClass.TextEncoder;

    // ---------------------------------------------------------------- TextEncoder

    private static Value Encode(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!IsEncoder(thisValue))
            return realm.ThrowTypeError("\"this\" is not a TextEncoder");
        var text = arguments.At(0).IsUndefined ? Realm.EmptyText : realm.ToText(arguments[0]);
        if (text.IsThrew)
            return Value.Threw;
        realm.Charge(1 + text.Length / Price.ReadCharacters);
        var bytes = realm.NewTypedArray(ElementKind.Uint8, (long)TextBytes.ChargedUtf8LengthOf(realm, text));
        TextBytes.EncodeUtf8(text, bytes.Bytes);
        return Value.Object(bytes);
    }

    /// <summary>As many whole characters as there is room for; read counts UTF-16 units, as everywhere on the web.</summary>
    private static Value EncodeInto(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!IsEncoder(thisValue))
            return realm.ThrowTypeError("\"this\" is not a TextEncoder");
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return Value.Threw;
        if (arguments.At(1).Reference is not JsTypedArray { ElementKind: ElementKind.Uint8 } target)
            return realm.ThrowTypeError("The \"destination\" argument must be an instance of Uint8Array");
        realm.Charge(1 + Math.Min(text.Length, target.Length) / Price.EncodedInto);
        var room = target.Bytes;
        int read = 0, written = 0;
        if (text.IsBmp)
        {
            Utf8.FromUtf16(text.Chars, room, out read, out written);
        }
        else
        {
            foreach (var codePoint in text.View.CodePoints)
            {
                if (TextBytes.LengthOf(codePoint) > room.Length - written)
                    break;
                written += TextBytes.EncodeUtf8(codePoint, room[written..]);
                read += codePoint > char.MaxValue ? 2 : 1;
            }
        }
        var result = realm.NewObject();
        result.Put(realm, BinaryNames.Read, Value.Number(read));
        result.Put(realm, BinaryNames.Written, Value.Number(written));
        return Value.Object(result);
    }

    // ---------------------------------------------------------------- TextDecoder

    private static Value NewDecoder(Realm realm, ReadOnlySpan<Value> arguments, JsObject prototype)
    {
        if (!arguments.At(0).IsUndefined)
        {
            var label = realm.ToText(arguments[0]);
            if (label.IsThrew)
                return Value.Threw;
            if (!BinaryEncodings.TryParse(label.View, out var encoding) || encoding != BinaryEncoding.Utf8)
                return realm.ThrowRangeError($"The \"{label.ToDotNetString()}\" encoding is not supported");
        }
        if (!Option(realm, arguments.At(1), BinaryNames.Fatal, out var isFatal)
            || !Option(realm, arguments.At(1), BinaryNames.IgnoreBom, out var ignoresBom))
            return Value.Threw;
        realm.Allocate(MemoryCost.Object);
        return Value.Object(new JsTextDecoder(isFatal, ignoresBom, realm.EmptyShape, prototype));
    }

    /// <summary>A flag of an options object that may be left out; false if it threw.</summary>
    private static bool Option(Realm realm, in Value options, Atom name, out bool isSet)
    {
        isSet = false;
        if (options.IsUndefined)
            return true;
        if (!options.IsObject)
        {
            realm.ThrowTypeError("The \"options\" argument must be of type object");
            return false;
        }
        var value = realm.Get(options.AsObject, name);
        isSet = !value.IsThrew && Realm.ToBoolean(value);
        return !value.IsThrew;
    }

    private static Value Decode(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTextDecoder decoder)
            return NotADecoder(realm);
        ReadOnlySpan<byte> bytes = default;
        if (!arguments.At(0).IsUndefined && !BinaryData.TryGetBytes(arguments[0], out bytes))
            return realm.ThrowTypeError("The \"input\" argument must be an instance of TypedArray");
        if (!Option(realm, arguments.At(1), BinaryNames.Stream, out var isStream))
            return Value.Threw;
        realm.Charge(1 + bytes.Length / Price.ReadCharacters);

        // 1. What the last part left goes first.
        if (decoder.Pending.Length > 0)
        {
            realm.Allocate(decoder.Pending.Length + bytes.Length);
            bytes = (byte[])[.. decoder.Pending, .. bytes];
        }

        // 2. What this part leaves waits for the next one.
        var cut = isStream ? IncompleteTail(bytes) : 0;
        var whole = bytes[..^cut];
        decoder.Pending = bytes[^cut..].ToArray();

        // 3. A BOM counts only where the text begins, and only once all three bytes are there.
        if (!decoder.IsUnderWay && !decoder.IgnoresBom && whole.StartsWith(ByteOrderMark))
        {
            whole = whole[ByteOrderMark.Length..];
            decoder.IsUnderWay = true;
        }
        decoder.IsUnderWay = isStream && (decoder.IsUnderWay || whole.Length > 0);

        if (decoder.IsFatal && !Utf8.IsValid(whole))
        {
            decoder.Pending = [];
            decoder.IsUnderWay = false;
            return realm.ThrowTypeError("The encoded data was not valid");
        }
        return realm.NewUtf8Text(whole);
    }

    /// <summary>How many bytes at the end are the beginning of a character that may still be completed.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            var isContinuation = (bytes[^length] & 0xC0) == 0x80;
            if (!isContinuation)
                return Rune.DecodeFromUtf8(bytes[^length..], out _, out _) == OperationStatus.NeedMoreData ? length : 0;
        }
        return 0;
    }
}

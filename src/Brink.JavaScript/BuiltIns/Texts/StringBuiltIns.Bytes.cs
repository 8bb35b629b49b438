using Brink.JavaScript.BuiltIns.Binary;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Texts;

/// <summary>
/// Byte strings, in 1.0 only (functions spec 5.3): a string is text or bytes. A slice of bytes is bytes, their places are counted in bytes.
/// </summary>
internal static partial class StringBuiltIns
{
    private static void BuildByteStrings(IntrinsicsBuilder builder, JsObject constructor, JsObject prototype)
    {
        builder.Method(constructor, "bytesFrom", 0, BytesFrom);
        builder.Method(prototype, "fromBytes", 0, FromBytes);
        builder.Method(prototype, "fromUTF8", 0, FromUtf8);
        builder.Method(prototype, "toBytes", 0, ToBytes);
        builder.Method(prototype, "toUTF8", 0, ToUtf8);
    }

    // ---------------------------------------------------------------- encodings

    /// <summary>A string, or with an encoding its bytes spelled in it.</summary>
    private static Value ToStringMethod(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = ValueOf(realm, thisValue, arguments);
        if (text.IsThrew || arguments.Length == 0)
            return text;
        if (!arguments[0].IsString)
            return realm.ThrowTypeError("encoding must be a string");
        return TryGetEncoding(realm, arguments[0], out var encoding)
            ? BinaryEncodings.ToText(realm, realm.BytesOf(text), encoding)
            : Value.Threw;
    }

    /// <summary>One of hex, base64, base64url; false if it threw.</summary>
    private static bool TryGetEncoding(Realm realm, in Value name, out BinaryEncoding encoding)
    {
        if (BinaryEncodings.TryParse(realm.ToTextIfUtf8(name).View, out encoding) && encoding != BinaryEncoding.Utf8)
            return true;
        realm.ThrowTypeError($"Unknown encoding: \"{name.View.Slice(0, Math.Min(name.Length, LongestNamed)).ToString()}\"");
        return false;
    }

    /// <summary>So much of an encoding that is unknown stands in the message.</summary>
    private const int LongestNamed = 32;

    // ---------------------------------------------------------------- making

    private static Value BytesFrom(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var source = arguments.At(0);
        if (source.IsObject && source.AsObject is PrimitiveWrapper { Primitive.IsString: true } wrapper)
            source = wrapper.Primitive;
        if (source.IsString)
        {
            var name = arguments.At(1);
            if (!name.IsString)
                return realm.ThrowTypeError("\"encoding\" must be a string");
            return TryGetEncoding(realm, name, out var encoding)
                ? realm.NewBytes(BinaryEncodings.Decode(realm, source, encoding))
                : Value.Threw;
        }
        if (!source.IsObject)
            return realm.ThrowTypeError("value must be a string or array-like object");
        // Of a typed array all of its buffer, whatever part of it the array shows.
        return source.AsObject switch
        {
            JsTypedArray array => realm.NewBytes(array.Buffer.Bytes),
            JsArrayBuffer buffer => realm.NewBytes(buffer.Bytes),
            var arrayLike => BytesFromElements(realm, arrayLike),
        };
    }

    /// <summary>Elements as bytes: of an array from the first on, of anything else from the last.</summary>
    private static Value BytesFromElements(Realm realm, JsObject source)
    {
        if (!ArrayLike.TryGetLength(realm, source, out var length))
            return Value.Threw;
        if (length > Realm.MaxTextLength)
            throw ScriptStopped.OverMemory();
        realm.Allocate(length * sizeof(int));
        var bytes = new int[length];
        var fromFirst = source is JsArray;
        for (var i = 0; i < bytes.Length; i++)
        {
            realm.Charge(1);
            var place = fromFirst ? i : bytes.Length - 1 - i;
            var element = ArrayLike.Get(realm, source, place);
            if (element.IsThrew || !realm.ToInt32(element, out var number))
                return Value.Threw;
            bytes[place] = number & byte.MaxValue;
        }
        return Realm.NewBytes(bytes);
    }

    // ---------------------------------------------------------------- from one kind to the other

    /// <summary>Each byte a code point; text as it is.</summary>
    private static Value FromBytes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var part = Slice(realm, thisValue, arguments);
        return part.IsThrew || !part.IsBytes ? part : realm.NewLatin1Text(realm.BytesOf(part));
    }

    /// <summary>Each code point a byte; null if one does not fit.</summary>
    private static Value ToBytes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var part = Slice(realm, thisValue, arguments);
        if (part.IsThrew || part.IsBytes)
            return part;
        realm.Charge(1 + part.Length / Price.ReadCharacters);
        realm.Allocate(part.Length);
        var bytes = new byte[part.Length];
        return TextBytes.TryGetLatin1(part, bytes) ? realm.NewBytes(bytes) : Value.Null;
    }

    /// <summary>The text that bytes spell, null if they are not UTF-8; text as it is.</summary>
    private static Value FromUtf8(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var part = Slice(realm, thisValue, arguments);
        if (part.IsThrew)
            return part;
        var text = realm.ToTextIfUtf8(part);
        return text.IsBytes ? Value.Null : text;
    }

    /// <summary>The bytes of a string, cut by their own places.</summary>
    private static Value ToUtf8(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = This(realm, thisValue);
        if (text.IsThrew)
            return text;
        return Slice(realm, text.IsBytes ? text : realm.NewBytes(realm.BytesOf(text)), arguments);
    }

    // ---------------------------------------------------------------- case

    /// <summary>Bytes beyond ASCII have no case.</summary>
    private static Value BytesToCase(Realm realm, in TextView text, bool toUpper)
    {
        realm.Allocate((long)sizeof(int) * text.Length);
        realm.Charge(text.Length / Price.CasedCharacters);
        var bytes = text.CodePoints.ToArray();
        foreach (ref var one in bytes.AsSpan())
        {
            if (toUpper ? one is >= 'a' and <= 'z' : one is >= 'A' and <= 'Z')
                one ^= CaseBit;
        }
        return Realm.NewBytes(bytes);
    }

    private const int CaseBit = 0x20;
}

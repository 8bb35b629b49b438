using System.Buffers;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>atob and btoa. Runtime 2.0 only; strict where Buffer is tolerant (functions spec 5.5, 9).</summary>
internal static class Base64BuiltIns
{
    private const int MaxByte = 0xFF;

    public static void Build(IntrinsicsBuilder builder)
    {
        builder.Global("atob", Value.Object(builder.Function("atob", 1, AToB)));
        builder.Global("btoa", Value.Object(builder.Function("btoa", 1, BToA)));
    }

    private static Value AToB(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return Value.Threw;
        realm.Charge(1 + text.Length / Price.EncodedCharacters);
        return text.IsBmp ? Quickly(realm, text.Chars) : AToB(realm, text.View.CodePoints);
    }

    /// <summary>The platform knows all but the form feed as white space; what it refuses is looked at again.</summary>
    private static Value Quickly(Realm realm, ReadOnlySpan<char> text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(text.Length / 4 * 3 + 3);
        var decoded = text.Length > 0 && Convert.TryFromBase64Chars(text, bytes, out var count)
            ? realm.NewLatin1Text(bytes.AsSpan(0, count))
            : AToB(realm, text);
        ArrayPool<byte>.Shared.Return(bytes);
        return decoded;
    }

    private static Value AToB<T>(Realm realm, ReadOnlySpan<T> text) where T : unmanaged
    {
        // 1. White space does not count; padding does: the rest must be whole groups of four, with at most two '=' at its end.
        var table = BinaryEncodings.Base64Table;
        var digits = 0;
        var padding = 0;
        foreach (var unit in text)
        {
            var character = TextUnit.ToCodePoint(unit);
            if ((uint)character < (uint)table.Length && table[character] >= 0 && padding == 0)
                digits++;
            else if (character == '=')
                padding++;
            else if (!IsWhiteSpace(character))
                return NotBase64(realm);
        }
        if (padding > 2 || (digits + padding) % 4 != 0)
            return NotBase64(realm);
        if (digits == 0)
            return padding == 0 ? Realm.EmptyText : NotBase64(realm);

        // 2. Each byte becomes one character.
        var room = realm.NewTextRoom(digits / 4 * 3 + digits % 4 * 3 / 4, out var decoded);
        var count = 0;
        var bits = 0;
        var bitCount = 0;
        for (var i = 0; count < room.Length; i++)
        {
            var digit = table[TextUnit.ToCodePoint(text[i])];
            if (digit < 0)
                continue;
            bits = bits << 6 | (byte)digit;
            bitCount += 6;
            if (bitCount < 8)
                continue;
            bitCount -= 8;
            room[count++] = (char)(bits >> bitCount & MaxByte);
        }
        return decoded;
    }

    private static bool IsWhiteSpace(int character) => character is ' ' or '\t' or '\n' or '\f' or '\r';

    private static Value NotBase64(Realm realm) => realm.ThrowTypeError("the string to be decoded is not correctly encoded");

    private static Value BToA(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return Value.Threw;
        realm.Charge(1 + text.Length / Price.ReadCharacters);
        realm.Allocate(text.Length);
        var bytes = new byte[text.Length];
        if (!TextBytes.TryGetLatin1(text, bytes))
            return realm.ThrowTypeError("invalid character (>= U+00FF)");
        return BinaryEncodings.ToText(realm, bytes, BinaryEncoding.Base64);
    }
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

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
        var view = text.View;

        // 1. White space does not count; padding does: the rest must be whole groups of four, with at most two '=' at its end.
        var digits = 0;
        var padding = 0;
        for (var i = 0; i < view.Length; i++)
        {
            var character = view[i];
            if (IsWhiteSpace(character))
                continue;
            if (character == '=')
                padding++;
            else if (padding > 0 || BinaryEncodings.Base64Digit(character) < 0)
                return NotBase64(realm);
            else
                digits++;
        }
        if (padding > 2 || (digits + padding) % 4 != 0)
            return NotBase64(realm);
        if (digits == 0)
            return padding == 0 ? Realm.EmptyText : NotBase64(realm);

        // 2. Each byte becomes one character.
        var room = realm.NewTextRoom(digits / 4 * 3 + digits % 4 * 3 / 4, out var decoded);
        view = text.View;
        var count = 0;
        var bits = 0;
        var bitCount = 0;
        for (var i = 0; count < room.Length; i++)
        {
            if (IsWhiteSpace(view[i]))
                continue;
            bits = bits << 6 | BinaryEncodings.Base64Digit(view[i]);
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
        var view = text.View;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (view[i] > MaxByte)
                return realm.ThrowTypeError("invalid character (>= U+00FF)");
            bytes[i] = (byte)view[i];
        }
        return BinaryEncodings.ToText(realm, bytes, BinaryEncoding.Base64);
    }
}

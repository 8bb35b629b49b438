using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Making strings. Every char is charged before it is copied: memory by its size, compute by the copy.</summary>
internal sealed partial class Realm
{
    /// <summary>Longest string: beyond it any memory limit is long reached.</summary>
    public const int MaxTextLength = 0x1FFF_FFFF;

    private readonly TextArena _arena = new();

    public static Value EmptyText => Names.Empty.Value;

    /// <summary>Characters up to here have texts of their own.</summary>
    public const int SingleCharacterCount = 256;

    /// <summary>
    /// The owner of the single characters, each at its own place: a register that takes one after the other keeps the same reference. Such
    /// a text is never the end of an arena chunk, so nothing is appended in place.
    /// </summary>
    private static readonly Text SingleCharacterOwner = new([.. Enumerable.Range(0, SingleCharacterCount).Select(code => (char)code)]);

    /// <summary>The names that single characters spell.</summary>
    private static readonly Atom[] SingleCharacterNames =
        [.. SingleCharacterOwner.Chars.Select(character => Names.Table.Intern(character.ToString()))];

    /// <summary>The text of a character below <see cref="SingleCharacterCount"/>.</summary>
    public static Value SingleCharacter(int code) => Value.String(SingleCharacterOwner, code, 1);

    private void ChargeText(long length)
    {
        if (length > MaxTextLength)
            throw ScriptStopped.OverMemory();
        Allocate(length * MemoryCost.Char);
        Charge(1 + (int)(length / Price.CopiedCharacters));
    }

    /// <summary>Text from UTF-16; surrogate pairs become one code point, lone surrogates U+FFFD.</summary>
    public Value NewText(ReadOnlySpan<char> utf16)
    {
        if (utf16.Length == 0)
            return EmptyText;
        ChargeText(utf16.Length);
        if (TextFacts.HasSurrogates(utf16))
        {
            Charge(utf16.Length / Price.AstralCharacters);
            return NewText(CodePoints.FromUtf16(utf16));
        }
        utf16.CopyTo(_arena.Reserve(utf16.Length, out var text));
        return text;
    }

    /// <summary>Text from code points; takes the array over when a code point above U+FFFF is in it.</summary>
    public Value NewText(int[] codePoints)
    {
        ChargeText(codePoints.Length * 2L);
        if (codePoints.AsSpan().IndexOfAnyExceptInRange(0, char.MaxValue) >= 0)
            return Value.String(new AstralText(codePoints), 0, codePoints.Length);
        CodePoints.Narrow(codePoints, _arena.Reserve(codePoints.Length, out var text));
        return text;
    }

    /// <summary>Room for BMP text of that length (no surrogates may be written); fill it before making anything else.</summary>
    public Span<char> NewTextRoom(int length, out Value text)
    {
        ChargeText(length);
        return _arena.Reserve(length, out text);
    }

    /// <summary>Text of bytes, one char each.</summary>
    public Value NewLatin1Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return EmptyText;
        Encoding.Latin1.GetChars(bytes, NewTextRoom(bytes.Length, out var text));
        return text;
    }

    /// <summary>Text of UTF-8; what is not UTF-8 becomes U+FFFD.</summary>
    public Value NewUtf8Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == 0)
            return EmptyText;
        if (Ascii.IsValid(utf8))
            return NewLatin1Text(utf8);
        Charge(1 + utf8.Length / Price.CopiedCharacters);
        if (!Utf8.IsValid(utf8))
        {
            Charge(utf8.Length / Price.BrokenBytes);
            return DecodeUtf8(utf8);
        }
        if (utf8.ContainsAnyInRange((byte)0xF0, (byte)0xF7))
            return DecodeUtf8(utf8);
        Encoding.UTF8.GetChars(utf8, NewTextRoom(Encoding.UTF8.GetCharCount(utf8), out var text));
        return text;
    }

    /// <summary>Bytes one after the other, where they are broken or spell code points above U+FFFF.</summary>
    private Value DecodeUtf8(ReadOnlySpan<byte> utf8)
    {
        Charge(utf8.Length / Price.EncodedCharacters);
        Allocate(utf8.Length * (long)sizeof(int));
        var codePoints = ArrayPool<int>.Shared.Rent(utf8.Length);
        var count = 0;
        while (utf8.Length > 0)
        {
            if (utf8[0] < 0x80)
            {
                codePoints[count++] = utf8[0];
                utf8 = utf8[1..];
                continue;
            }
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);         // U+FFFD for what is broken
            codePoints[count++] = rune.Value;
            utf8 = utf8[used..];
        }
        var text = NewText(codePoints.AsSpan(0, count).ToArray());
        ArrayPool<int>.Shared.Return(codePoints);
        return text;
    }

    public Value NewCharacter(int codePoint)
    {
        if (codePoint < SingleCharacterCount)
            return SingleCharacter(codePoint);
        if (codePoint > char.MaxValue)
            return NewText([codePoint]);
        NewTextRoom(1, out var text)[0] = (char)codePoint;
        return text;
    }

    /// <summary>A part of a string; nothing is copied.</summary>
    public static Value Slice(in Value text, int start, int length) =>
        length == 0 ? EmptyText : Value.String(text.Reference!, text.Start + start, length);

    /// <summary>One code point of a string as a string.</summary>
    public static Value CharacterAt(in Value text, int index)
    {
        if (text.IsBytes)
            return Value.String(text.Reference!, text.Start + index, 1);
        var codePoint = text.IsBmp ? text.CharAt(index) : text.View[index];
        return codePoint < SingleCharacterCount ? SingleCharacter(codePoint) : Value.String(text.Reference!, text.Start + index, 1);
    }

    public Value Concat(in Value left, in Value right)
    {
        if (left.Length == 0)
            return right;
        if (right.Length == 0)
            return left;
        if (left.IsBmp && right.IsBmp)
        {
            var tail = right.Chars;
            ChargeText(tail.Length);
            if (_arena.TryExtend(left, tail, out var extended))
                return extended;
            ChargeText(left.Length);
            var room = _arena.Reserve(checked(left.Length + tail.Length), out var text);
            left.Chars.CopyTo(room);
            tail.CopyTo(room[left.Length..]);
            return text;
        }
        return left.IsBytes || right.IsBytes ? ConcatBytes(left, right) : ConcatAstral(left.View, right.View);
    }

    private Value ConcatAstral(in TextView left, in TextView right)
    {
        ChargeText((left.Length + (long)right.Length) * 2);
        var codePoints = new int[left.Length + right.Length];
        left.CopyTo(codePoints);
        right.CopyTo(codePoints.AsSpan(left.Length));
        return Value.String(new AstralText(codePoints), 0, codePoints.Length);
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Brink.JavaScript.Values;

/// <summary>Code points as ints, chars and UTF-16, many at a time where they allow it. None of them is a surrogate.</summary>
internal static class CodePoints
{
    private const int FirstAstral = 0x1_0000;

    /// <summary>The first surrogate of each kind, the bits that tell the kinds, and those that tell a surrogate.</summary>
    private const ushort FirstHigh = 0xD800, FirstLow = 0xDC00, KindMask = 0xFC00, SurrogateMask = 0xF800;

    /// <summary>From here on a search for the end of a run is worth it.</summary>
    private const int ShortRun = 8;

    /// <summary>Each char becomes an int.</summary>
    public static void Widen(ReadOnlySpan<char> chars, Span<int> destination)
    {
        destination = destination[..chars.Length];
        ref var narrow = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(chars));
        ref var wide = ref Unsafe.As<int, uint>(ref MemoryMarshal.GetReference(destination));
        var i = 0;
        for (; i <= chars.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            var units = Vector128.LoadUnsafe(ref narrow, (nuint)i);
            Vector128.WidenLower(units).StoreUnsafe(ref wide, (nuint)i);
            Vector128.WidenUpper(units).StoreUnsafe(ref wide, (nuint)(i + Vector128<uint>.Count));
        }
        for (; i < chars.Length; i++)
            destination[i] = chars[i];
    }

    /// <summary>Each int becomes a char; all of them fit.</summary>
    public static void Narrow(ReadOnlySpan<int> codePoints, Span<char> destination)
    {
        destination = destination[..codePoints.Length];
        ref var wide = ref Unsafe.As<int, uint>(ref MemoryMarshal.GetReference(codePoints));
        ref var narrow = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(destination));
        var i = 0;
        for (; i <= codePoints.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            Vector128.Narrow(Vector128.LoadUnsafe(ref wide, (nuint)i), Vector128.LoadUnsafe(ref wide, (nuint)(i + Vector128<uint>.Count)))
                .StoreUnsafe(ref narrow, (nuint)i);
        }
        for (; i < codePoints.Length; i++)
            destination[i] = (char)codePoints[i];
    }

    /// <summary>How many are the same from the start on.</summary>
    public static int CommonPrefixLength(ReadOnlySpan<int> codePoints, ReadOnlySpan<char> chars)
    {
        var length = Math.Min(codePoints.Length, chars.Length);
        ref var wide = ref Unsafe.As<int, uint>(ref MemoryMarshal.GetReference(codePoints));
        ref var narrow = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(chars));
        var i = 0;
        for (; i <= length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            var units = Vector128.LoadUnsafe(ref narrow, (nuint)i);
            var low = Vector128.LoadUnsafe(ref wide, (nuint)i) ^ Vector128.WidenLower(units);
            var high = Vector128.LoadUnsafe(ref wide, (nuint)(i + Vector128<uint>.Count)) ^ Vector128.WidenUpper(units);
            if ((low | high) != Vector128<uint>.Zero)
                break;
        }
        while (i < length && codePoints[i] == chars[i])
            i++;
        return i;
    }

    /// <summary>How many UTF-16 units they take.</summary>
    public static int Utf16Length(ReadOnlySpan<int> codePoints)
    {
        var length = codePoints.Length;
        var i = 0;
        for (; i + Vector128<int>.Count <= codePoints.Length; i += Vector128<int>.Count)
        {
            var areAstral = Vector128.GreaterThan(Vector128.Create(codePoints[i..]), Vector128.Create(FirstAstral - 1));
            length += BitOperations.PopCount(areAstral.ExtractMostSignificantBits());
        }
        for (; i < codePoints.Length; i++)
            length += codePoints[i] >= FirstAstral ? 1 : 0;
        return length;
    }

    /// <summary>Writes UTF-16 into enough room; gives the number of units.</summary>
    public static int ToUtf16(ReadOnlySpan<int> codePoints, Span<char> destination)
    {
        var at = 0;
        while (codePoints.Length > 0)
        {
            // Pieces without code points above U+FFFF are copied at once.
            var piece = codePoints[..Math.Min(codePoints.Length, Vector128<ushort>.Count)];
            codePoints = codePoints[piece.Length..];
            if (piece.Length == Vector128<ushort>.Count)
            {
                var (first, second) = (Vector128.Create(piece).AsUInt32(), Vector128.Create(piece[Vector128<int>.Count..]).AsUInt32());
                if (Vector128.LessThanAll(first | second, Vector128.Create((uint)FirstAstral)))
                {
                    Vector128.Narrow(first, second).CopyTo(MemoryMarshal.Cast<char, ushort>(destination[at..]));
                    at += piece.Length;
                    continue;
                }
            }
            foreach (var codePoint in piece)
            {
                if (codePoint < FirstAstral)
                {
                    destination[at++] = (char)codePoint;
                    continue;
                }
                destination[at + 1] = (char)(FirstLow + (codePoint & 0x3FF));
                destination[at] = (char)(FirstHigh + ((codePoint - FirstAstral) >> 10));
                at += 2;
            }
        }
        return at;
    }

    /// <summary>UTF-16 to code points; lone surrogates become U+FFFD.</summary>
    public static int[] FromUtf16(ReadOnlySpan<char> utf16)
    {
        var codePoints = new int[utf16.Length - CountPairs(utf16)];
        var i = 0;
        var plain = 0;
        for (var at = 0; at < utf16.Length; at++)
        {
            int unit = utf16[at];
            if ((unit & SurrogateMask) != FirstHigh)
            {
                codePoints[i++] = unit;
                if (++plain < ShortRun)
                    continue;
                // Where a run is long, its rest is copied at once.
                plain = 0;
                var run = utf16[(at + 1)..].IndexOfAnyInRange('\uD800', '\uDFFF');
                run = run < 0 ? utf16.Length - at - 1 : run;
                Widen(utf16.Slice(at + 1, run), codePoints.AsSpan(i));
                i += run;
                at += run;
                continue;
            }
            plain = 0;
            var next = at + 1 < utf16.Length ? utf16[at + 1] : 0;
            if (unit < FirstLow && (next & KindMask) == FirstLow)
            {
                codePoints[i++] = FirstAstral + ((unit - FirstHigh) << 10) + (next - FirstLow);
                at++;
            }
            else
            {
                codePoints[i++] = TextFacts.ReplacementCharacter;
            }
        }
        return codePoints;
    }

    private static int CountPairs(ReadOnlySpan<char> utf16)
    {
        ref var units = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(utf16));
        var pairs = 0;
        var i = 1;
        for (; i <= utf16.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            var areLow = Vector128.Equals(
                Vector128.LoadUnsafe(ref units, (nuint)i) & Vector128.Create(KindMask), Vector128.Create(FirstLow));
            if (areLow == Vector128<ushort>.Zero)
                continue;
            var followHigh = Vector128.Equals(
                Vector128.LoadUnsafe(ref units, (nuint)(i - 1)) & Vector128.Create(KindMask), Vector128.Create(FirstHigh));
            pairs += BitOperations.PopCount((areLow & followHigh).ExtractMostSignificantBits());
        }
        for (; i < utf16.Length; i++)
            pairs += (utf16[i] & KindMask) == FirstLow && (utf16[i - 1] & KindMask) == FirstHigh ? 1 : 0;
        return pairs;
    }

    /// <summary>Whether they are just that UTF-16, without a lone surrogate; ends at the first difference.</summary>
    public static bool AreUtf16(ReadOnlySpan<int> codePoints, ReadOnlySpan<char> utf16)
    {
        if (codePoints.Length > utf16.Length)
            return false;
        Span<char> units = stackalloc char[2];
        var at = 0;
        foreach (var codePoint in codePoints)
        {
            var count = ToUtf16([codePoint], units);
            if (!utf16[at..].StartsWith(units[..count]))
                return false;
            at += count;
        }
        return at == utf16.Length;
    }
}

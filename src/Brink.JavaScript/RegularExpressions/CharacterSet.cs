using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.JavaScript.RegularExpressions;

/// <summary>An immutable set of code points: a bitmap for ASCII, ranges for the rest.</summary>
internal sealed class CharacterSet
{
    public const int MaxCodePoint = 0x10FFFF;

    private readonly ulong _low;
    private readonly ulong _high;
    private readonly int[] _ranges;             // low, high, low, high ... ascending, not touching; all of the set

    /// <summary>The set is everything but this one code point, or -1: its runs end where a vectorised search finds it.</summary>
    private readonly int _allBut = -1;

    private readonly bool _everything;

    /// <summary>Whether code points beyond ASCII are all in the set, where <see cref="IsSearched"/> is not set.</summary>
    private readonly bool _allBeyondAscii;

    public CharacterSet(int[] ranges)
    {
        _ranges = ranges;
        for (var i = 0; i < ranges.Length; i += 2)
        {
            for (var c = ranges[i]; c <= Math.Min(ranges[i + 1], 127); c++)
            {
                if (c < 64)
                    _low |= 1UL << c;
                else
                    _high |= 1UL << (c - 64);
            }
        }
        _everything = ranges is [0, MaxCodePoint];
        if (ranges is [0, var before, var after, MaxCodePoint] && after == before + 2)
            _allBut = before + 1;
        _allBeyondAscii = ranges.Length > 0 && ranges[^1] == MaxCodePoint && ranges[^2] <= 128;
        IsSearched = !_allBeyondAscii && ranges.Length > 0 && ranges[^1] > 127;
        Hint = new CharacterHint(_low, _high, ranges.Length > 0 && ranges[^1] > 127);
    }

    /// <summary>What it can match, roughly.</summary>
    public CharacterHint Hint { get; }

    /// <summary>Some code points beyond ASCII are in the set and others are not, so that each has to be looked for.</summary>
    public bool IsSearched { get; }

    /// <summary>The only member, or -1.</summary>
    public int Single => _ranges is [var low, var high] && low == high ? low : -1;

    public ReadOnlySpan<int> Ranges => _ranges;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int codePoint)
    {
        if ((uint)codePoint < 64)
            return (_low >> codePoint & 1) != 0;
        if ((uint)codePoint < 128)
            return (_high >> (codePoint - 64) & 1) != 0;
        return ContainsBeyondAscii(codePoint);
    }

    /// <summary>The same for a code point that is not ASCII.</summary>
    public bool ContainsBeyondAscii(int codePoint)
    {
        if (!IsSearched)
            return _allBeyondAscii;
        int from = 0, to = _ranges.Length / 2 - 1;
        while (from <= to)
        {
            var middle = (from + to) >> 1;
            if (codePoint < _ranges[2 * middle])
                to = middle - 1;
            else if (codePoint > _ranges[2 * middle + 1])
                from = middle + 1;
            else
                return true;
        }
        return false;
    }

    /// <summary>
    /// How many code points from the start of the text are in the set; and how many were looked at one by one, beyond ASCII or as ints.
    /// </summary>
    public int RunLength<T>(ReadOnlySpan<T> text, out int lookedUp) where T : unmanaged, IEquatable<T>
    {
        lookedUp = 0;
        if (_everything)
            return text.Length;
        if (_allBut >= 0)
        {
            if (_allBut > char.MaxValue && typeof(T) == typeof(char))
                return text.Length;
            var end = text.IndexOf(TextUnit.Of<T>(_allBut));
            return end < 0 ? text.Length : end;
        }
        var length = 0;
        var beyondAscii = 0;
        var (low, high) = (_low, _high);
        for (; length < text.Length; length++)
        {
            if (length == ShortRun && typeof(T) == typeof(char))
            {
                // Where a run is long, its ASCII goes on at once.
                var rest = MemoryMarshal.Cast<T, char>(text[length..]).IndexOfAnyExcept(_ascii ??= MakeAscii());
                length = rest < 0 ? text.Length : length + rest;
                if (length == text.Length)
                    break;
            }
            var codePoint = TextUnit.ToCodePoint(text[length]);
            if (codePoint < 128)
            {
                if ((((codePoint & 64) == 0 ? low : high) >> codePoint & 1) == 0)         // the shift takes what is left of 64
                    break;
                continue;
            }
            beyondAscii++;
            if (!ContainsBeyondAscii(codePoint))
                break;
        }
        lookedUp = (IsSearched ? beyondAscii : 0) + (typeof(T) == typeof(char) ? 0 : length >> 3);
        return length;
    }

    private const int ShortRun = 16;

    private SearchValues<char>? _ascii;

    private SearchValues<char> MakeAscii()
    {
        var (low, high) = (_low, _high);
        return SearchValues.Create(
            [.. Enumerable.Range(0, 128).Where(code => ((code < 64 ? low : high) >> code & 1) != 0).Select(code => (char)code)]);
    }
}

/// <summary>The two kinds of unit that text is made of, so that the matcher is compiled once for each.</summary>
internal static class TextUnit
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ToCodePoint<T>(T unit) where T : unmanaged =>
        typeof(T) == typeof(char) ? Unsafe.BitCast<T, char>(unit) : Unsafe.BitCast<T, int>(unit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(int codePoint) where T : unmanaged =>
        typeof(T) == typeof(char) ? Unsafe.BitCast<char, T>((char)codePoint) : Unsafe.BitCast<int, T>(codePoint);
}

/// <summary>A superset of what can come next, in three words: ASCII exactly, the rest all or nothing.</summary>
internal readonly record struct CharacterHint(ulong Low, ulong High, bool BeyondAscii)
{
    public static CharacterHint None => default;
    public static CharacterHint All => new(ulong.MaxValue, ulong.MaxValue, true);

    public CharacterHint With(in CharacterHint other) => new(Low | other.Low, High | other.High, BeyondAscii | other.BeyondAscii);

    public bool IsDisjoint(in CharacterHint other) => ((Low & other.Low) | (High & other.High)) == 0 && !(BeyondAscii && other.BeyondAscii);

    public bool IsAll => Low == ulong.MaxValue && High == ulong.MaxValue && BeyondAscii;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(int codePoint) =>
        codePoint < 64 ? (Low >> codePoint & 1) != 0 : codePoint < 128 ? (High >> (codePoint - 64) & 1) != 0 : BeyondAscii;
}

/// <summary>Collects the items of a class.</summary>
internal sealed class CharacterSetBuilder
{
    private readonly List<(int Low, int High)> _ranges = [];
    private readonly List<(int Low, int High)> _folded = [];

    public CharacterSetBuilder Add(int codePoint) => Add(codePoint, codePoint);

    public CharacterSetBuilder Add(int low, int high)
    {
        _ranges.Add((low, high));
        return this;
    }

    /// <summary>With every code point that differs only by case.</summary>
    public void AddIgnoringCase(int low, int high)
    {
        Add(low, high);
        _folded.Add((low, high));
    }

    // Ranges that overlap are looked up once: a class of hundreds of wide ones would else cost milliseconds.
    private void AddPartners()
    {
        _folded.Sort();
        var done = -1;
        foreach (var (low, high) in _folded)
        {
            if (high > done)
                CaseFolding.AddPartners(Math.Max(low, done + 1), high, this);
            done = Math.Max(done, high);
        }
        _folded.Clear();
    }

    public void Add(CharacterSet set)
    {
        for (var i = 0; i < set.Ranges.Length; i += 2)
            Add(set.Ranges[i], set.Ranges[i + 1]);
    }

    public CharacterSet Build(bool negated = false)
    {
        AddPartners();
        _ranges.Sort();
        var merged = new List<int>();
        foreach (var (low, high) in _ranges)
        {
            if (merged.Count > 0 && low <= merged[^1] + 1)
                merged[^1] = Math.Max(merged[^1], high);
            else
                merged.AddRange([low, high]);
        }
        if (!negated)
            return new CharacterSet([.. merged]);
        var complement = new List<int>();
        var next = 0;
        for (var i = 0; i < merged.Count; i += 2)
        {
            if (merged[i] > next)
                complement.AddRange([next, merged[i] - 1]);
            next = merged[i + 1] + 1;
        }
        if (next <= CharacterSet.MaxCodePoint)
            complement.AddRange([next, CharacterSet.MaxCodePoint]);
        return new CharacterSet([.. complement]);
    }
}

/// <summary>
/// The classes that have a name. ASCII only, as the dialect's library has them: <c>\s</c> is not the white space of <c>trim</c>.
/// </summary>
internal static class NamedSets
{
    public static readonly CharacterSet Digit = new CharacterSetBuilder().Add('0', '9').Build();
    public static readonly CharacterSet NotDigit = new CharacterSetBuilder().Add('0', '9').Build(negated: true);
    public static readonly CharacterSet Word = Words().Build();
    public static readonly CharacterSet NotWord = Words().Build(negated: true);
    public static readonly CharacterSet Space = new CharacterSetBuilder().Add('\t', '\r').Add(' ').Build();
    public static readonly CharacterSet NotSpace = new CharacterSetBuilder().Add('\t', '\r').Add(' ').Build(negated: true);
    public static readonly CharacterSet Horizontal = Horizontals().Build();
    public static readonly CharacterSet NotHorizontal = Horizontals().Build(negated: true);
    public static readonly CharacterSet Vertical = Verticals().Build();
    public static readonly CharacterSet NotVertical = Verticals().Build(negated: true);
    public static readonly CharacterSet NotNewline = new CharacterSetBuilder().Add('\n').Build(negated: true);
    public static readonly CharacterSet Everything = new([0, CharacterSet.MaxCodePoint]);

    private static CharacterSetBuilder Words() => new CharacterSetBuilder().Add('0', '9').Add('A', 'Z').Add('a', 'z').Add('_');

    private static CharacterSetBuilder Horizontals() =>
        new CharacterSetBuilder().Add('\t').Add(' ').Add(0xA0).Add(0x1680).Add(0x180E).Add(0x2000, 0x200A).Add(0x202F)
            .Add(0x205F).Add(0x3000);

    private static CharacterSetBuilder Verticals() => new CharacterSetBuilder().Add('\n', '\r').Add(0x85).Add(0x2028, 0x2029);

    /// <summary><c>[:alpha:]</c> and its kin; null if there is no such name.</summary>
    public static CharacterSet? Posix(string name) => name switch
    {
        "alpha" => new CharacterSetBuilder().Add('A', 'Z').Add('a', 'z').Build(),
        "lower" => new CharacterSetBuilder().Add('a', 'z').Build(),
        "upper" => new CharacterSetBuilder().Add('A', 'Z').Build(),
        "alnum" => new CharacterSetBuilder().Add('0', '9').Add('A', 'Z').Add('a', 'z').Build(),
        "ascii" => new CharacterSetBuilder().Add(0, 127).Build(),
        "blank" => new CharacterSetBuilder().Add(' ').Add('\t').Build(),
        "cntrl" => new CharacterSetBuilder().Add(0, 31).Add(127).Build(),
        "digit" => Digit,
        "graph" => new CharacterSetBuilder().Add('!', '~').Build(),
        "print" => new CharacterSetBuilder().Add(' ', '~').Build(),
        "punct" => new CharacterSetBuilder().Add('!', '/').Add(':', '@').Add('[', '`').Add('{', '~').Build(),
        "space" => Space,
        "word" => Word,
        "xdigit" => new CharacterSetBuilder().Add('0', '9').Add('A', 'F').Add('a', 'f').Build(),
        _ => null,
    };
}

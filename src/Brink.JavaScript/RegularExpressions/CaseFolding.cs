using System.Text;

namespace Brink.JavaScript.RegularExpressions;

/// <summary>
/// Case of single code points, from the platform's invariant tables: the dialect maps one code point to one, so <c>'ß'.toUpperCase()</c>
/// stays as it is.
/// </summary>
internal static class CaseFolding
{
    // The platform keeps these apart from their ASCII partners, the dialect does not.
    private const int DotlessI = 0x131, DottedI = 0x130, LongS = 0x17F, Kelvin = 0x212A, Angstrom = 0x212B, Ohm = 0x2126,
        CapitalSharpS = 0x1E9E;

    /// <summary>The last code point with case: behind it nothing changes.</summary>
    private const int Last = 0x1_E943;

    /// <summary>
    /// Cases of 256 code points that follow each other, made when one of them is first asked for: the platform takes long over each.
    /// </summary>
    private static readonly int[]?[] LowerPages = new int[]?[(Last >> 8) + 1], UpperPages = new int[]?[(Last >> 8) + 1];

    public static int ToLower(int codePoint)
    {
        if (codePoint < 128)
            return (uint)(codePoint - 'A') <= 25 ? codePoint | 0x20 : codePoint;
        return codePoint > Last
            ? codePoint
            : (LowerPages[codePoint >> 8] ?? MakePage(LowerPages, codePoint >> 8, FindLower))[codePoint & 0xFF];
    }

    public static int ToUpper(int codePoint)
    {
        if (codePoint < 128)
            return (uint)(codePoint - 'a') <= 25 ? codePoint & ~0x20 : codePoint;
        return codePoint > Last
            ? codePoint
            : (UpperPages[codePoint >> 8] ?? MakePage(UpperPages, codePoint >> 8, FindUpper))[codePoint & 0xFF];
    }

    /// <summary>Any thread may make a page: all make the same.</summary>
    private static int[] MakePage(int[]?[] pages, int number, Func<int, int> find)
    {
        var page = new int[256];
        for (var i = 0; i < page.Length; i++)
            page[i] = find(number << 8 | i);
        Volatile.Write(ref pages[number], page);
        return page;
    }

    private static int FindLower(int codePoint) => codePoint switch
    {
        DottedI => 'i',
        Kelvin => 'k',
        Angstrom => 0xE5,
        Ohm => 0x3C9,
        CapitalSharpS => 0xDF,
        <= char.MaxValue => char.ToLowerInvariant((char)codePoint),
        _ => Rune.ToLowerInvariant(new Rune(codePoint)).Value,
    };

    private static int FindUpper(int codePoint) => codePoint switch
    {
        DotlessI => 'I',
        LongS => 'S',
        <= char.MaxValue => char.ToUpperInvariant((char)codePoint),
        _ => Rune.ToUpperInvariant(new Rune(codePoint)).Value,
    };

    /// <summary>
    /// Two code points are the same regardless of case when their folds are: K, k and the Kelvin sign; S, s and the long s.
    /// </summary>
    public static int Fold(int codePoint)
    {
        if (codePoint < 128)
            return (uint)(codePoint - 'A') <= 25 ? codePoint | 0x20 : codePoint;
        // Neither i without a dot nor I with one is a case of i where no language is known.
        if (codePoint is DotlessI or DottedI)
            return codePoint;
        return ToLower(ToUpper(codePoint));
    }

    /// <summary>
    /// Every code point that has others of the same fold, in order, with one of these others; a code point with several stands there
    /// several times.
    /// </summary>
    private static readonly Lazy<(int[] CodePoints, int[] Others)> Partners = new(FindPartners);

    /// <summary>Calls <paramref name="builder"/> for all code points that are the same as one in the range, but for their case.</summary>
    public static void AddPartners(int low, int high, CharacterSetBuilder builder)
    {
        var (codePoints, others) = Partners.Value;
        var at = Array.BinarySearch(codePoints, low);
        if (at < 0)
            at = ~at;
        while (at > 0 && codePoints[at - 1] >= low)
            at--;
        for (; at < codePoints.Length && codePoints[at] <= high; at++)
            builder.Add(others[at]);
    }

    private static (int[] CodePoints, int[] Others) FindPartners()
    {
        var byFold = new SortedDictionary<int, List<int>>();
        for (var codePoint = 0; codePoint <= Last; codePoint++)
        {
            if (codePoint is >= 0xD800 and <= 0xDFFF)
                continue;
            var fold = Fold(codePoint);
            if (fold != codePoint)
            {
                if (!byFold.TryGetValue(fold, out var same))
                    byFold[fold] = same = [fold];
                same.Add(codePoint);
            }
        }
        var pairs = new List<(int CodePoint, int Other)>();
        foreach (var same in byFold.Values)
        {
            foreach (var codePoint in same)
            {
                foreach (var other in same)
                {
                    if (codePoint != other)
                        pairs.Add((codePoint, other));
                }
            }
        }
        pairs.Sort();
        return (pairs.ConvertAll(p => p.CodePoint).ToArray(), pairs.ConvertAll(p => p.Other).ToArray());
    }
}

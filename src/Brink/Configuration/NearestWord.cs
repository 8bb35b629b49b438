namespace Brink.Configuration;

/// <summary>The word that was most likely meant.</summary>
public static class NearestWord
{
    /// <summary>The nearest word; null where none is near enough to be meant.</summary>
    public static string? To(string written, IEnumerable<string> words)
    {
        string? nearest = null;
        // A third of the letters may be wrong, in a short word one.
        var least = Math.Max(1, written.TrimStart('-').Length / 3) + 1;
        foreach (var word in words)
        {
            var distance = string.Equals(written, word, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(written, word, least);
            if (distance < least)
                (nearest, least) = (word, distance);
        }
        // A beginning of exactly one word is that word: --origin-resp.
        if (nearest is not null || written.TrimStart('-').Length < 3)
            return nearest;
        var begins = words.Where(word => word.StartsWith(written, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return begins is [var only] ? only : null;
    }

    /// <summary>Letters to insert, take away, change or swap with their neighbour.</summary>
    private static int Distance(string a, string b, int atMost)
    {
        if (Math.Abs(a.Length - b.Length) >= atMost)
            return atMost;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}

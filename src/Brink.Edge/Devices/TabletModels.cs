using System.Buffers;
using System.Collections.Frozen;
using System.Reflection;

namespace Brink.Edge.Devices;

/// <summary>
/// Models of Android tablets, for those whose browsers say "Mobile" all the same: tablets.txt, which <c>tools/devices/write-table.mjs</c>
/// writes from public data.
/// </summary>
internal static class TabletModels
{
    private const char WholeWord = '$', Remark = '#';

    private static readonly string[] Lines = ReadTable();

    private static readonly SearchValues<string> Beginnings = DeviceWords.Of([.. Lines.Where(line => line[^1] != WholeWord)]);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words =
        Lines.Where(line => line[^1] == WholeWord).Select(line => line[..^1])
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a User-Agent names one.</summary>
    public static bool Has(ReadOnlySpan<char> userAgent) => DeviceWords.BeginIn(userAgent, Beginnings) || HasWord(userAgent);

    private static bool HasWord(ReadOnlySpan<char> userAgent)
    {
        for (var start = 0; start < userAgent.Length; start++)
        {
            var end = start;
            while (end < userAgent.Length && DeviceWords.IsPart(userAgent[end]))
                end++;
            if (end > start && Words.Contains(userAgent[start..end]))
                return true;
            start = end;
        }
        return false;
    }

    private static string[] ReadTable()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("tablets.txt")!);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != Remark)];
    }
}

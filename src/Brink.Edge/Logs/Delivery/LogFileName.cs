using System.Globalization;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// The names of a standard log's files: <c>PREFIX/ID.YYYY-MM-DD-HH.UNIQUE.gz</c>, by the hour of the lines, in UTC (distribution spec
/// 2.14).
/// </summary>
/// <param name="prefix">Empty, or with a slash at the end.</param>
/// <param name="distributionId">The distribution.</param>
public sealed class LogFileName(string prefix, string distributionId)
{
    /// <summary>The folder of the files, relative.</summary>
    public string Folder => prefix.Replace('/', Path.DirectorySeparatorChar);

    /// <summary>What the log is called in a bucket.</summary>
    internal string Prefix => prefix;

    /// <summary>All names of this log's files, with <c>?</c> for a character.</summary>
    internal string Pattern => distributionId + ".????-??-??-??.????????.gz";

    /// <summary>A name that no other file has.</summary>
    internal string Next(DateTimeOffset now)
    {
        var unique = Guid.NewGuid().ToString("N")[..8];
        return string.Create(CultureInfo.InvariantCulture, $"{distributionId}.{now.UtcDateTime:yyyy-MM-dd-HH}.{unique}.gz");
    }

    /// <summary>When a file that begins now ends at the latest: with its hour.</summary>
    internal static DateTimeOffset EndOf(DateTimeOffset now, TimeSpan age)
    {
        var hour = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero).AddHours(1);
        return hour < now + age ? hour : now + age;
    }
}

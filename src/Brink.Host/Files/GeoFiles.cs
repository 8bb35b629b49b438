using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Brink.Edge.Geography;

namespace Brink.Host.Files;

/// <summary>The databases of <c>--geo-database</c>. One whose file has not changed is kept: they are large.</summary>
internal sealed class GeoFiles
{
    /// <summary>The largest that are sold have half of it.</summary>
    private const long MaxBytes = 1024 * 1024 * 1024;

    private readonly Dictionary<string, (string Stamp, GeoDatabase Database)> _known = new(StringComparer.Ordinal);
    private GeoDatabases _last = GeoDatabases.None;
    private ImmutableArray<GeoDatabase> _databases = [];

    /// <summary>The databases of all files; with a mistake for one that cannot be used, the others alone.</summary>
    public GeoDatabases Read(ImmutableArray<string> files, Reading reading)
    {
        ImmutableArray<GeoDatabase> databases = [.. files.Select(file => Read(file, reading)).OfType<GeoDatabase>()];
        if (!databases.SequenceEqual(_databases))
            (_databases, _last) = (databases, new GeoDatabases(databases));
        return _last;
    }

    private GeoDatabase? Read(string file, Reading reading)
    {
        try
        {
            if (Directory.Exists(file))
            {
                reading.Unusable(file, "this is a folder, not a MaxMind DB (.mmdb)");
                return null;
            }
            var info = new FileInfo(file);
            var stamp = string.Create(CultureInfo.InvariantCulture, $"{info.Length} bytes of {info.LastWriteTimeUtc:O}");
            // What is compared to see whether the file has changed: the stamp stands for the content.
            reading.Files[file] = Encoding.UTF8.GetBytes(stamp);
            if (_known.TryGetValue(file, out var known) && known.Stamp == stamp)
                return known.Database;
            if (info.Length > MaxBytes)
            {
                reading.Unusable(file, $"the file is larger than {MaxBytes / (1024 * 1024)} MiB: that is no MaxMind DB");
                return null;
            }
            var database = GeoDatabase.Of(File.ReadAllBytes(file));
            if (database.Fields.Count == 0)
            {
                reading.Unusable(
                    file, "the database says nothing that CloudFront-* headers have: give one of countries, cities or autonomous systems");
                return null;
            }
            _known[file] = (stamp, database);
            return database;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            reading.Unusable(file, "there is no such file");
        }
        catch (InvalidDataException exception)
        {
            reading.Unusable(file, $"the file is no MaxMind DB (.mmdb), or a broken one: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reading.Unusable(file, $"the file cannot be read: {exception.Message}");
        }
        return null;
    }
}

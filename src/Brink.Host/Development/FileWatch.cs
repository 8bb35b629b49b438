namespace Brink.Host.Development;

/// <summary>
/// Tells of changes to files and folders, whichever way an editor saves (in place, by rename, by delete and create): one call when things have been
/// quiet for a moment. The folder of each file is watched, not the file, since a rename puts another file in its place.
/// </summary>
/// <remarks>
/// The system watches a folder itself, not its name: a folder that is deleted and made again, or replaced by another one (a build that empties its
/// output, a checkout), would be watched no more. So the folders behind the names are compared from time to time.
/// </remarks>
internal sealed class FileWatch : IDisposable
{
    /// <summary>Long enough for an editor that truncates and then writes, short enough to be no wait.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);

    /// <summary>What changes without a pause, a log file among the content say, must not put off everything else.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(80);

    /// <summary>How often a folder is compared with the one that is watched.</summary>
    private static readonly TimeSpan ComparePeriod = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Lock _timing = new();
    private readonly Lock _calling = new();
    private readonly List<Place> _places = [];
    private readonly HashSet<string> _files;
    private readonly Action _changed;
    private readonly TimeProvider _time;
    private readonly ITimer _quiet;
    private readonly ITimer _compare;
    private long? _waitingSince;
    private bool _disposed;

    /// <param name="files">Files to watch, full paths. Where one is a link, the file behind it is watched as well.</param>
    /// <param name="folders">Folders to watch with everything below, full paths.</param>
    /// <param name="changed">Called on a pool thread, never twice at once.</param>
    /// <param name="time">Times the quiet moment.</param>
    /// <exception cref="IOException">The system cannot watch any more folders.</exception>
    public FileWatch(IEnumerable<string> files, IEnumerable<string> folders, Action changed, TimeProvider time)
    {
        _files = new HashSet<string>(files.SelectMany(WithTarget), StringComparer.Ordinal);
        _changed = changed;
        _time = time;
        _quiet = time.CreateTimer(_ => OnQuiet(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var folder in _files.Select(file => Path.GetDirectoryName(file)!).Distinct(StringComparer.Ordinal))
            _places.Add(new Place(folder, below: false));
        foreach (var folder in folders)
            _places.Add(new Place(folder, below: true));
        foreach (var place in _places)
            Watch(place);
        _compare = time.CreateTimer(_ => Compare(), null, ComparePeriod, ComparePeriod);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _compare.Dispose();
            _quiet.Dispose();
            foreach (var place in _places)
                place.Watcher?.Dispose();
        }
    }

    private static IEnumerable<string> WithTarget(string file) =>
        // A file that is only looked out for (a source map) need not be there.
        File.Exists(file) && File.ResolveLinkTarget(file, returnFinalTarget: true) is { } target ? [file, target.FullName] : [file];

    private void Watch(Place place)
    {
        place.Watcher?.Dispose();
        place.Watcher = null;
        place.Watched = FolderIdentity.Of(place.Folder);
        if (place.Watched is null)
            return;
        var watcher = new FileSystemWatcher
        {
            IncludeSubdirectories = place.Below,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
        };
        void Check(string path)
        {
            // What Brink itself writes is no change of anybody's.
            if (path.Contains("/.brink/", StringComparison.Ordinal) || path.EndsWith("/.brink", StringComparison.Ordinal))
                return;
            if (place.Below || _files.Contains(path))
                Changed();
        }
        watcher.Changed += (_, change) => Check(change.FullPath);
        watcher.Created += (_, change) => Check(change.FullPath);
        watcher.Deleted += (_, change) => Check(change.FullPath);
        watcher.Renamed += (_, change) =>
        {
            Check(change.OldFullPath);
            Check(change.FullPath);
        };
        // Too many changes at once for the system's buffer: which ones is not known, so it may have been any.
        watcher.Error += (_, _) => Changed();
        try
        {
            watcher.Path = place.Folder;
            watcher.EnableRaisingEvents = true;
            place.Watcher = watcher;
        }
        catch (Exception exception) when (exception is ArgumentException or FileNotFoundException or DirectoryNotFoundException)
        {
            // The folder went away in this very moment.
            place.Watched = null;
            watcher.Dispose();
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    private void Compare()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            foreach (var place in _places)
            {
                if (FolderIdentity.Of(place.Folder) == place.Watched)
                    continue;
                try
                {
                    Watch(place);
                }
                catch (IOException)
                {
                    place.Watched = null; // no more watches to be had just now: the next comparison tries again
                }
                Changed();
            }
        }
    }

    private void Changed()
    {
        lock (_timing)
        {
            _waitingSince ??= _time.GetTimestamp();
            var left = LongestWait - _time.GetElapsedTime(_waitingSince.Value);
            _quiet.Change(left < TimeSpan.Zero ? TimeSpan.Zero : left < Quiet ? left : Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnQuiet()
    {
        lock (_timing)
            _waitingSince = null;
        lock (_calling)
            _changed();
    }

    private sealed class Place(string folder, bool below)
    {
        public string Folder { get; } = folder;

        public bool Below { get; } = below;

        public FileSystemWatcher? Watcher { get; set; }

        /// <summary>The folder that is watched; null while there is none of that name.</summary>
        public FolderIdentity? Watched { get; set; }
    }
}

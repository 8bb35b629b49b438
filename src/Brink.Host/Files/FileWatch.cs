namespace Brink.Host.Files;

/// <summary>
/// Reports changes to files and folders, however an editor saves (in place, by rename, by delete and create): one call after a quiet
/// moment. The folder of each file is watched, not the file, since a rename puts another file in its place.
/// </summary>
/// <remarks>
/// The system watches a folder, not its name: a folder that is deleted and made again, or replaced (by a build that empties its
/// output, by a checkout), would no longer be watched. So the folders behind the names are compared from time to time.
/// </remarks>
internal sealed class FileWatch : IDisposable
{
    /// <summary>Long enough for an editor that truncates and then writes, too short to be felt.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);

    /// <summary>A file that changes without a pause, such as a log among the content, must not put off everything else.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(80);

    /// <summary>How often a folder is compared with the one that is watched.</summary>
    private static readonly TimeSpan ComparePeriod = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Lock _timing = new();
    private readonly Lock _calling = new();
    private readonly List<Place> _places = [];
    private readonly HashSet<string> _files;
    private readonly List<string> _codeFolders;
    private readonly Func<string, bool> _isServed;
    private readonly Func<bool, Task<TimeSpan?>> _changed;
    private readonly TimeProvider _time;
    private readonly ITimer _quiet;
    private readonly ITimer _compare;
    // and whether its first event was that it appeared
    private readonly Dictionary<string, bool> _contentPaths = new(StringComparer.Ordinal);
    private Task _lastCall = Task.CompletedTask;
    private long? _waitingSince;
    private bool _contentChanged;
    private bool _disposed;

    /// <param name="watched">What to watch.</param>
    /// <param name="changed">
    /// Called on a pool thread, one call at a time; with true when content changed; a file of the configuration is no content. The result
    /// is how long to wait before the next call if nothing changes, null for no such call.
    /// </param>
    /// <param name="time">Times the quiet moment.</param>
    /// <exception cref="IOException">The system cannot watch any more folders.</exception>
    public FileWatch(WatchedFiles watched, Func<bool, Task<TimeSpan?>> changed, TimeProvider time)
    {
        _files = new HashSet<string>(watched.Files.SelectMany(WithTarget), StringComparer.Ordinal);
        _codeFolders = [.. watched.CodeFolders];
        _isServed = watched.IsServed;
        _changed = changed;
        _time = time;
        _quiet = time.CreateTimer(_ => OnQuiet(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var folder in _files.Select(file => Path.GetDirectoryName(file)!).Distinct(StringComparer.Ordinal))
            _places.Add(new Place(folder, below: false, isContent: false));
        foreach (var folder in _codeFolders)
            _places.Add(new Place(folder, below: true, isContent: false));
        foreach (var folder in watched.ContentFolders)
            _places.Add(new Place(folder, below: true, isContent: true));
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
        // A file that may come (a source map) need not be there.
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
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName
                | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
        };
        void Check(string path, bool appeared)
        {
            // What Brink itself writes is no change.
            if (path.Contains("/.brink/", StringComparison.Ordinal) || path.EndsWith("/.brink", StringComparison.Ordinal))
                return;
            if (place.IsContent && !IsConfiguration(path))
            {
                if (_isServed(Path.GetRelativePath(place.Folder, path)))
                    ContentChanged(path, appeared);
            }
            else if (place.Below || _files.Contains(path))
            {
                Changed(content: false);
            }
        }
        watcher.Changed += (_, change) => Check(change.FullPath, appeared: false);
        watcher.Created += (_, change) => Check(change.FullPath, appeared: true);
        watcher.Deleted += (_, change) => Check(change.FullPath, appeared: false);
        watcher.Renamed += (_, change) =>
        {
            Check(change.OldFullPath, appeared: false);
            Check(change.FullPath, appeared: true);
        };
        // Too many changes at once for the system's buffer: any file may have changed.
        watcher.Error += (_, _) => Changed(place.IsContent);
        try
        {
            watcher.Path = place.Folder;
            watcher.EnableRaisingEvents = true;
            place.Watcher = watcher;
        }
        catch (Exception exception) when (exception is ArgumentException or FileNotFoundException or DirectoryNotFoundException)
        {
            // The folder was deleted meanwhile.
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
                    place.Watched = null; // the system allows no more watches: the next comparison tries again
                }
                Changed(place.IsContent);
            }
        }
    }

    /// <summary>A file of the configuration counts as nothing else, even where it lies among the content.</summary>
    private bool IsConfiguration(string path) =>
        _files.Contains(path)
        || _codeFolders.Exists(folder => path.StartsWith(folder, StringComparison.Ordinal)
            && path.Length > folder.Length && path[folder.Length] == Path.DirectorySeparatorChar);

    private void ContentChanged(string path, bool appeared)
    {
        lock (_timing)
        {
            _contentPaths.TryAdd(path, appeared);
            Changed(content: false);
        }
    }

    private void Changed(bool content)
    {
        lock (_timing)
        {
            _contentChanged |= content;
            _waitingSince ??= _time.GetTimestamp();
            var left = LongestWait - _time.GetElapsedTime(_waitingSince.Value);
            _quiet.Change(left < TimeSpan.Zero ? TimeSpan.Zero : left < Quiet ? left : Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnQuiet()
    {
        lock (_calling)
            _lastCall = CallAfterAsync(_lastCall);
    }

    private async Task CallAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        bool content;
        lock (_timing)
        {
            _waitingSince = null;
            // A file that came and went is an editor's: it tests whether it may write, or keeps the old version until the new one is there.
            content = _contentChanged || _contentPaths.Any(static path => !path.Value || Path.Exists(path.Key));
            _contentChanged = false;
            _contentPaths.Clear();
        }
        if (await _changed(content) is not { } again)
            return;
        lock (_timing)
        {
            // Otherwise a change came meanwhile, and its call comes sooner.
            if (_waitingSince is null && !_disposed)
                _quiet.Change(again, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Place(string folder, bool below, bool isContent)
    {
        public string Folder { get; } = folder;

        public bool Below { get; } = below;

        public bool IsContent { get; } = isContent;

        public FileSystemWatcher? Watcher { get; set; }

        /// <summary>The folder that is watched; null while there is none of that name.</summary>
        public FolderIdentity? Watched { get; set; }
    }
}

/// <summary>What is to be watched.</summary>
internal sealed record WatchedFiles
{
    /// <summary>Files of the configuration, full paths. Where one is a link, the file behind it is watched as well.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Folders that are functions, with everything below, full paths.</summary>
    public required IReadOnlyList<string> CodeFolders { get; init; }

    /// <summary>Folders that are served, with everything below, full paths.</summary>
    public required IReadOnlyList<string> ContentFolders { get; init; }

    /// <summary>Whether a path below a folder of content, relative to it, is visible to viewers. Default all.</summary>
    public Func<string, bool> IsServed { get; init; } = static _ => true;

    /// <summary>The folder of code or content that a path is, or lies in; null if there is none.</summary>
    public string? FolderWith(string path)
    {
        path = Path.GetFullPath(path) + Path.DirectorySeparatorChar;
        foreach (var folder in CodeFolders.Concat(ContentFolders))
        {
            if (path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                return folder;
        }
        return null;
    }
}

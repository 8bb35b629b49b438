namespace Brink.Host.Development;

/// <summary>
/// Tells of changes to files and folders, whichever way an editor saves (in place, by rename, by delete and create): one call when things have been
/// quiet for a moment. The folder of each file is watched, not the file, since a rename puts another file in its place.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>Long enough for an editor that truncates and then writes, short enough to be no wait.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);

    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly HashSet<string> _files;
    private readonly Action _changed;
    private readonly ITimer _timer;

    /// <param name="files">Files to watch, full paths.</param>
    /// <param name="folders">Folders to watch with everything below, full paths.</param>
    /// <param name="changed">Called on a pool thread, never twice at once.</param>
    /// <param name="time">Times the quiet moment.</param>
    public FileWatch(IEnumerable<string> files, IEnumerable<string> folders, Action changed, TimeProvider time)
    {
        _files = new HashSet<string>(files, StringComparer.Ordinal);
        _changed = changed;
        _timer = time.CreateTimer(_ => OnQuiet(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var folder in _files.Select(file => Path.GetDirectoryName(file)!).Distinct(StringComparer.Ordinal))
            Watch(folder, below: false, path => _files.Contains(path));
        foreach (var folder in folders)
            Watch(folder, below: true, _ => true);
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
            watcher.Dispose();
        _timer.Dispose();
    }

    private void Watch(string folder, bool below, Func<string, bool> concerns)
    {
        var watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = below,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
        };
        void Check(string path)
        {
            if (concerns(path))
                _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
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
        watcher.Error += (_, _) => _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        watcher.EnableRaisingEvents = true;
        _watchers.Add(watcher);
    }

    private void OnQuiet()
    {
        lock (_timer)
            _changed();
    }
}

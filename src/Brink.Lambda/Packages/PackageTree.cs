using System.Text;

namespace Brink.Lambda.Packages;

/// <summary>
/// What a package holds, and the rules for it, whether it comes as a folder or as a zip: names that stay inside, each only once, links that
/// stay inside, nothing over the limits.
/// </summary>
internal sealed class PackageTree(PackageLimits limits)
{
    // What the kernel takes: a name of 255 bytes, a path of 4,096 with its end and the folder before it, links one behind the other.
    private const int NameBytes = 255, PathBytes = 3_072, LinksInARow = 40;

    private readonly Dictionary<string, PackageEntry?> _byPath = new(StringComparer.Ordinal) { [""] = null };
    private readonly List<PackageEntry> _entries = [];
    private long _bytes;

    /// <summary>In the order they came.</summary>
    public IReadOnlyList<PackageEntry> Entries => _entries;

    /// <summary>Bytes of all files.</summary>
    public long Bytes => _bytes;

    /// <summary>Adds an entry. Null when all is well.</summary>
    public PackageProblem? Add(PackageEntry entry)
    {
        _bytes += entry.Length;
        if (_bytes > limits.UnzippedBytes)
            return limits.TooLargeUnzipped();
        if (_byPath.TryGetValue(entry.Path, out var before))
        {
            // A folder may come after what is in it; a second entry for a folder adds nothing.
            if (entry.Kind != PackageEntryKind.Folder || before is { Kind: not PackageEntryKind.Folder })
                return Malformed($"has {Shown(entry.Path)} twice");
            if (before is not null)
                return null;
        }
        else if (AddFoldersAbove(entry.Path) is { } problem)
        {
            return problem;
        }
        _byPath[entry.Path] = entry;
        _entries.Add(entry);
        return _byPath.Count > limits.Entries ? TooMany() : null;
    }

    /// <summary>When all are there: links must end within the package. Null when they do.</summary>
    public PackageProblem? CheckLinks()
    {
        foreach (var link in _entries)
        {
            if (link.Kind != PackageEntryKind.Link)
                continue;
            var budget = LinksInARow;
            if (link.Target!.StartsWith('/') || !Follow(FolderOf(link.Path), link.Target, ref budget, out _))
            {
                return Malformed($"has a link {Shown(link.Path)} to {Shown(link.Target)}, outside of the package, "
                    + "where a published function cannot follow: copy what it needs (npm install --install-links)");
            }
            if (budget < 0)
                return Malformed($"has a link {Shown(link.Path)} that leads to itself");
        }
        return null;
    }

    /// <summary>A path without <c>.</c> and the slash at its end; null with the reason for one that must not be.</summary>
    public static string? Normalize(string path, out PackageProblem? problem)
    {
        problem = null;
        if (path.Contains('\\', StringComparison.Ordinal))
            problem = Malformed($"has an entry {Shown(path)} with a backslash: a zip's names have slashes; zip it anew with another tool");
        else if (path.StartsWith('/') || (path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0])))
            problem = Malformed($"has an entry {Shown(path)}, an absolute path: zip the files from within the function's folder");
        else if (path.Any(char.IsControl))
            problem = Malformed($"has an entry {Shown(path)} with a control character in its name");
        else if (Encoding.UTF8.GetByteCount(path) > PathBytes)
            problem = Malformed($"has an entry whose path is longer than {PathBytes} bytes: {Shown(path[..80])}...");
        if (problem is not null)
            return null;
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").ToArray();
        if (names.Contains(".."))
            problem = Malformed($"has an entry {Shown(path)}, which leads out of the package");
        else if (names.FirstOrDefault(name => Encoding.UTF8.GetByteCount(name) > NameBytes) is { } tooLong)
            problem = Malformed($"has a name longer than {NameBytes} bytes: {Shown(tooLong[..40])}...");
        return problem is null ? string.Join('/', names) : null;
    }

    public static PackageProblem Malformed(string reason) => new(PackageProblemKind.Malformed, reason);

    /// <summary>Names come from strangers and go to a terminal.</summary>
    public static string Shown(string name)
    {
        var safe = string.Create(Math.Min(name.Length, 300), name, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = char.IsControl(source[i]) ? '\uFFFD' : source[i];
        });
        return $"'{safe}'";
    }

    private PackageProblem? AddFoldersAbove(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            var folder = path[..slash];
            if (_byPath.TryGetValue(folder, out var above))
            {
                // Through a link, a name that looks harmless would lead anywhere.
                return above is null or { Kind: PackageEntryKind.Folder }
                    ? null
                    : Malformed($"has {Shown(path)} below {Shown(folder)}, which is no folder");
            }
            _byPath[folder] = null;
            if (_byPath.Count > limits.Entries)
                return TooMany();
        }
        return null;
    }

    private PackageProblem TooMany() => new(PackageProblemKind.TooLarge, $"has more than {limits.Entries} files and folders");

    /// <summary>
    /// Walks as the kernel would, link by link: a target that seems to stay inside need not. A target that does not exist is allowed.
    /// </summary>
    private bool Follow(string from, string target, ref int budget, out string end)
    {
        end = from;
        if (--budget < 0)
            return true;
        foreach (var name in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == ".")
                continue;
            if (name == "..")
            {
                if (end.Length == 0)
                    return false;
                end = FolderOf(end);
                continue;
            }
            var next = end.Length == 0 ? name : $"{end}/{name}";
            if (!_byPath.TryGetValue(next, out var entry) || entry is not { Kind: PackageEntryKind.Link })
                end = next;
            else if (entry.Target!.StartsWith('/') || !Follow(end, entry.Target, ref budget, out end))
                return false;
            if (budget < 0)
                return true;
        }
        return true;
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";
}

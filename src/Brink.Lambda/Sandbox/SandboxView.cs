using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Sandbox;

/// <summary>
/// What a function sees of the machine's files, as arguments for bubblewrap. Everything is read-only but <c>/tmp</c>.
///
/// <code>
/// /usr, /bin, /sbin, /lib*   the machine's
/// /etc                       certificates, the linker's cache and the like; users and hosts are made up
/// /var/task, /var/runtime    the package, Brink's bootstraps
/// /run/brink/api             the socket of its own Runtime API
/// /tmp                       its own, in memory, 512 MB
/// /proc, /dev                its own
/// the interpreter            under its own path, with its libraries, where it is none of the above
/// </code>
/// </summary>
internal sealed class SandboxView(ProcessStart start, bool sharesNetwork, bool changesUser)
{
    private const string Temporary = "/tmp";
    private const UnixFileMode Readable = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] SystemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    private static readonly string[] Settings =
    [
        "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
        "/etc/localtime", "/etc/nsswitch.conf", "/etc/protocols", "/etc/services", "/etc/mime.types",
        "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/etc/pki/tls", "/etc/pki/ca-trust", "/etc/crypto-policies",
    ];

    // What makes a lib folder an interpreter's.
    private static readonly string[] SignsOfInterpreter = ["python3*", "libpython3*", "node_modules", "libnode*"];

    /// <summary>The executable as the process knows it: a package's own bootstrap is where the package is.</summary>
    public string Executable => start.Mounts.FirstOrDefault(mount => IsWithin(start.Executable, mount.Source)) is { } mount
        ? mount.Target + start.Executable[mount.Source.Length..]
        : start.Executable;

    public List<string> Mounts()
    {
        var arguments = new List<string>();
        foreach (var folder in SystemFolders)
        {
            var link = new DirectoryInfo(folder);
            if (link.LinkTarget is { } target)
                arguments.AddRange(["--symlink", target, folder]);
            else if (link.Exists)
                arguments.AddRange(["--ro-bind", folder, folder]);
        }
        // Before what is mounted below it: an interpreter may be kept there.
        var temporaryBytes = (SandboxOptions.TemporaryMegabytes * 1024L * 1024).ToString(CultureInfo.InvariantCulture);
        arguments.AddRange(["--perms", "1777", "--size", temporaryBytes, "--tmpfs", Temporary]);
        // The folders on the way to a mount: those that bubblewrap makes by itself, only its own user may enter.
        IEnumerable<string> mounted = [.. start.Mounts.Select(mount => mount.Target), .. Interpreter(), "/etc/ssl/certs", "/etc/pki/tls"];
        foreach (var folder in mounted.SelectMany(FoldersAbove).Distinct())
            arguments.AddRange(["--perms", "0755", "--dir", folder]);
        foreach (var setting in Settings)
            arguments.AddRange(["--ro-bind-try", setting, setting]);
        if (sharesNetwork)
            arguments.AddRange(["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf", "--ro-bind-try", "/etc/hosts", "/etc/hosts"]);
        arguments.AddRange(["--proc", "/proc", "--dev", "/dev"]);
        arguments.AddRange(["--perms", "0755", "--dir", "/opt"]);
        foreach (var path in Interpreter().Distinct())
            arguments.AddRange(["--ro-bind", path, path]);
        foreach (var mount in start.Mounts.Where(mount => mount.Target != Temporary))
            Bind(arguments, mount);
        return arguments;
    }

    private void Bind(List<string> arguments, SandboxMount mount)
    {
        if (!Path.Exists(mount.Source))
            throw new ProcessStartException($"{mount.Source} is gone");
        if (IsWithin(mount.Source, "/usr"))
            throw new ProcessStartException($"{mount.Source} is below /usr, which every function sees: keep functions elsewhere");
        var verb = mount.Writable ? "--bind" : "--ro-bind";
        // Only its owner may enter the folder itself, and the function is another user: it gets what is in it.
        if (changesUser && Directory.Exists(mount.Source) && (File.GetUnixFileMode(mount.Source) & Readable) != Readable)
        {
            arguments.AddRange(["--perms", "0755", "--dir", mount.Target]);
            foreach (var entry in Directory.EnumerateFileSystemEntries(mount.Source))
            {
                var target = Path.Combine(mount.Target, Path.GetFileName(entry));
                arguments.AddRange(new FileInfo(entry).LinkTarget is { } link ? ["--symlink", link, target] : [verb, entry, target]);
            }
            return;
        }
        arguments.AddRange([verb, mount.Source, mount.Target]);
    }

    /// <summary>
    /// An interpreter that is not the system's, and the libraries beside it; nothing else of its folder, which may be a home folder.
    /// </summary>
    private IEnumerable<string> Interpreter()
    {
        var executable = new FileInfo(start.Executable);
        var outside = new[] { executable.FullName, executable.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? executable.FullName }
            .Distinct()
            .Where(
                path => !SystemFolders.Any(folder => IsWithin(path, folder)) && !start.Mounts.Any(mount => IsWithin(path, mount.Source)));
        foreach (var path in outside)
        {
            yield return path;
            var bin = Path.GetDirectoryName(path);
            if (Path.GetFileName(bin) != "bin" || Path.GetDirectoryName(bin) is not { } prefix)
                continue;
            var library = Path.Combine(prefix, "lib");
            if (Directory.Exists(library) && SignsOfInterpreter.Any(sign => Directory.EnumerateFileSystemEntries(library, sign).Any()))
                yield return library;
            var settings = Path.Combine(prefix, "pyvenv.cfg");
            if (File.Exists(settings))
                yield return settings;
        }
    }

    /// <summary>The folders in which a path lies, from the outermost; without those of the system.</summary>
    private static IEnumerable<string> FoldersAbove(string path)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            var folder = path[..slash];
            if (folder != Temporary && !SystemFolders.Any(system => IsWithin(folder, system)))
                yield return folder;
        }
    }

    private static bool IsWithin(string path, string folder) =>
        path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && path.Length > folder.Length && path[folder.Length] == '/');
}

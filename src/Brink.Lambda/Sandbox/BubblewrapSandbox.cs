using System.Globalization;
using System.Text;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox.Network;

namespace Brink.Lambda.Sandbox;

/// <summary>
/// Every environment in namespaces of its own, made by bubblewrap: its view of the files (<see cref="SandboxView"/>), its processes, its
/// network, no rights, a filter for system calls, and bounds for memory, processes and files.
///
/// As root, bubblewrap makes the namespaces with root's rights, and the process gets a user id that no other environment has. As any other
/// user, it makes them in a user namespace, in which the process is a user without rights; outside it is Brink's own.
/// </summary>
public sealed partial class BubblewrapSandbox : IProcessSandbox
{
    private const string Shell = "/bin/sh", Environ = "/usr/bin/env";
    private const string Limits = "/usr/bin/prlimit", Become = "/usr/bin/setpriv", Carrier = "/usr/bin/socat";

    // Joins the control groups named before "--" and becomes the command. When the machine itself is out of memory, the
    // kernel kills these processes first.
    private const string Entry = """
        for group; do shift; [ "$group" != -- ] || break; echo 0 > "$group/cgroup.procs" || exit 125; done
        echo 900 > /proc/self/oom_score_adj
        exec "$@"
        """;

    // Carries the port of the Runtime API to its socket. 2329 is 9001, 0A a socket that listens.
    private const string Carry = """
        /usr/bin/socat TCP-LISTEN:9001,bind=127.0.0.1,fork,reuseaddr UNIX-CONNECT:"$1" &
        tries=0
        while ! grep -q ':2329 .* 0A ' /proc/net/tcp && [ $tries -lt 500 ]; do tries=$((tries + 1)); done
        shift
        exec "$@"
        """;

    // Users of environments, where Brink is root: a range that neither people nor containers use.
    private const uint FirstUser = 1_651_638_272, Users = 1 << 16;
    private const string Hosts = "127.0.0.1 localhost\n::1 localhost\n";
    private const uint UserInNamespace = 993, GroupInNamespace = 990;

    // Memory is not counted between two looks: one process may not map more than this beyond the function's memory.
    private const long MappedBeyondMemory = 1024L * 1024 * 1024;

    private readonly SandboxOptions _options;
    private readonly string _bubblewrap;
    private readonly ControlGroups? _groups;
    private readonly EgressNetworks? _networks;
    private readonly byte[]? _filter;
    private readonly byte[] _supervisor = File.ReadAllBytes(Shell);
    private readonly bool _isRoot = Libc.EffectiveUser == 0;
    private uint _lastUser = (uint)Environment.ProcessId * 64;

    private BubblewrapSandbox(SandboxOptions options, string bubblewrap, ControlGroups? groups, EgressTools? networkTools)
    {
        (_options, _bubblewrap, _groups) = (options, bubblewrap, groups);
        if (networkTools is not null)
            _networks = new EgressNetworks(options.BlockedNetworks, networkTools, () => _isRoot ? BecomeUser(NextUser()) : []);
        _filter = SystemCallFilter.ForThisMachine(memoryIsCounted: groups is not null);
    }

    /// <inheritdoc/>
    public string Description
    {
        get
        {
            var network = _options.Network switch
            {
                SandboxNetwork.Shared => "NOT isolated: this machine's network, its loopback services included",
                SandboxNetwork.Egress => $"isolated, with egress: not to this machine, link-local addresses, or metadata of clouds{Beyond}",
                _ => "isolated: nothing but the Runtime API",
            };
            var memory = _groups is null
                ? "measured twenty times a second while a function runs (no control group may be written here)"
                : $"control groups v{_groups.Version}";
            var processes = _groups is { CountsProcesses: true } ? "control group and limit" : "limit";
            var calls = _filter is null ? "NOT filtered on this architecture" : "filtered";
            var user = _isRoot ? "a user of their own each" : "a user without rights in a namespace of their own";
            return $"functions run in bubblewrap, as {user}; files and processes: isolated; "
                + $"network: {network}; memory: {memory}; number of processes: {processes}; system calls: {calls}";
        }
    }

    private string Beyond => _options.BlockedNetworks is { Count: > 0 } blocked
        ? $", nor {string.Join(", ", blocked)}"
        : "; private networks can be reached";

    /// <inheritdoc/>
    public string Summary => "Lambda@Edge functions run in a sandbox, " + _options.Network switch
    {
        SandboxNetwork.Shared => "on this machine's network",
        SandboxNetwork.Egress => "with a network of their own",
        _ => "without a network",
    };

    /// <inheritdoc/>
    public IReadOnlyList<string> Weaknesses
    {
        get
        {
            var weaknesses = new List<string>();
            if (_groups is null)
            {
                weaknesses.Add("no control group may be written here: "
                    + "what functions hold is measured twenty times a second, not bounded by the kernel");
            }
            if (_filter is null)
                weaknesses.Add("the system calls of functions are not filtered on this architecture");
            return weaknesses;
        }
    }

    /// <inheritdoc/>
    public bool SharesLoopback => _options.Network == SandboxNetwork.Shared;

    /// <summary>Whether the kernel bounds memory, by control groups.</summary>
    internal int? ControlGroupVersion => _groups?.Version;

    /// <summary>Looks at what this machine offers and tries it: a sandbox that works, or a sentence that says what is missing.</summary>
    public static async Task<(BubblewrapSandbox? Sandbox, string? Problem)> OpenAsync(SandboxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var otherNetworks = options.Network == SandboxNetwork.Egress
            ? "; or let them have this machine's network by --network shared, or none by --network none"
            : "";
        var otherwise = otherNetworks + "; or run functions without isolation, with the rights of brink, by --unsafe-no-sandbox";
        if (Executables.Find(options.Bubblewrap ?? "bwrap") is not { } bubblewrap)
        {
            return (null, options.Bubblewrap is { } named
                ? $"functions cannot be isolated: there is no executable {named}"
                : $"functions cannot be isolated: bubblewrap is missing: install it (Debian: apt-get install bubblewrap){otherwise}");
        }
        if (new[] { Shell, Environ, Limits, Become }.FirstOrDefault(tool => !File.Exists(tool)) is { } missing)
        {
            return (null, $"functions cannot be isolated: {missing} is missing "
                + $"(Debian's util-linux, coreutils and dash have these){otherwise}");
        }
        // Then what runs as Brink's own user could be read and changed by functions although its file cannot be read.
        const string dumpable = "/proc/sys/fs/suid_dumpable";
        if (Libc.EffectiveUser != 0 && File.Exists(dumpable) && (await File.ReadAllTextAsync(dumpable)).Trim() == "1")
        {
            return (null, $"functions cannot be isolated: {dumpable} is 1, "
                + $"by which they could change the process that holds them: set it to 0 or 2{otherwise}");
        }
        var groups = options.UseControlGroups && File.Exists("/proc/self/cgroup")
            ? ControlGroups.Find("/sys/fs/cgroup", await File.ReadAllTextAsync("/proc/self/cgroup"))
            : null;
        EgressTools? networkTools = null;
        if (options.Network == SandboxNetwork.Egress)
        {
            (networkTools, var problem) = EgressTools.Find(options.Pasta);
            if (networkTools is null)
                return (null, $"functions cannot be isolated: {problem}{otherwise}");
        }
        var sandbox = new BubblewrapSandbox(options, bubblewrap, groups, networkTools);
        return await sandbox.TryAsync() is { } reason ? (null, $"functions cannot be isolated: {reason}{otherwise}") : (sandbox, null);
    }

    /// <inheritdoc/>
    public string PathInside(SandboxMount mount) => mount.Target;

    /// <inheritdoc/>
    public async Task<ISandboxedProcess> StartAsync(ProcessStart start) => await TryForkAsync(start) ?? await StartAnewAsync(start);

    private async Task<ISandboxedProcess> StartAnewAsync(ProcessStart start)
    {
        var carriesPort = start.NeedsRuntimeApiPort && !SharesLoopback;
        if (carriesPort && !File.Exists(Carrier))
        {
            throw new ProcessStartException(
                $"{Carrier} is missing: it carries the Runtime API to runtimes that are not brink's own (Debian: apt-get install socat)");
        }
        var socket = start.Mounts.FirstOrDefault(mount => mount.Source == start.RuntimeApiSocket);
        OpenSocket(start);

        var network = _networks is null ? null : await _networks.TakeAsync();
        var user = NextUser();
        var groupId = _isRoot ? user : GroupInNamespace;
        var descriptors = new List<int>();
        var (link, output) = (-1, -1);
        ControlGroup? group = null;
        try
        {
            var (ours, theirs) = Libc.CreateLink();
            link = ours;
            Inherit(theirs);
            (output, var write) = Libc.CreateOutputPipe();
            Inherit(write);
            group = _groups?.Create(start.MemoryMegabytes, SandboxOptions.TemporaryMegabytes);
            foreach (var folder in group?.Folders ?? [])
                Inherit(Libc.OpenToWrite(Path.Combine(folder, "cgroup.procs")));

            var view = new SandboxView(start, SharesLoopback, _isRoot);
            var arguments = new List<string>();
            arguments.AddRange(Namespaces(user, groupId));
            arguments.AddRange(view.Mounts());
            foreach (var (path, contents) in UserFiles(user, groupId))
                arguments.AddRange(SmallFile(path, contents));
            if (!SharesLoopback)
                arguments.AddRange(SmallFile("/etc/hosts", Hosts));
            if (network is not null)
                arguments.AddRange(SmallFile("/etc/resolv.conf", network.Plan.NameServers.ResolvConf));
            arguments.AddRange(["--perms", "0111", "--file", Inherit(Libc.CreateMemoryFile(_supervisor)), SupervisedEnvironment.Shell]);
            // Else a process could write its own files in /proc: how soon the kernel ends it, which Entry has set, is one of them.
            arguments.AddRange(["--remount-ro", "/dev", "--remount-ro", "/proc", "--remount-ro", "/"]);
            if (_filter is not null)
                arguments.AddRange(["--seccomp", Inherit(Libc.CreateMemoryFile(_filter))]);
            var script = SupervisedEnvironment.Script(group?.Folders.Count ?? 0);
            arguments.AddRange(["--chdir", start.WorkingDirectory, "--clearenv"]);
            arguments.AddRange(["--", SupervisedEnvironment.Shell, "-c", script, "supervisor"]);

            if (_isRoot)
                arguments.AddRange(BecomeUser(user));
            var limits = ProcessLimits(start.MemoryMegabytes).Select(limit => $"--{limit.Name}={Text(limit.Value)}");
            arguments.AddRange([Limits, .. limits, "--"]);
            // Last: the supervisor runs without the function's variables, and the dynamic linker must not follow the package's folders
            // before the last right is gone.
            arguments.AddRange([Environ, "-i", .. start.Environment.Select(variable => $"{variable.Key}={variable.Value}")]);
            if (carriesPort)
                arguments.AddRange([Shell, "-c", Carry, "brink", socket?.Target ?? start.RuntimeApiSocket]);
            arguments.AddRange([view.Executable, .. start.Arguments]);

            var outermost = await ProcessKeeper.Shared.SpawnAsync(new SpawnRequest(
                ["--", .. network is null ? [] : _networks!.Enter(network, _isRoot), _bubblewrap, .. arguments], [], "/", start.Output)
            {
                Script = Entry,
                Inherited = descriptors,
            });
            var environment = new SupervisedEnvironment(link, user, group, outermost, output, network, start);
            (group, network, link, output) = (null, null, -1, -1);
            return new SupervisedProcess(environment, environment.OpenOutput(), start, StartAgainAsync);
        }
        finally
        {
            foreach (var descriptor in descriptors)
                Libc.Close(descriptor);
            if (link >= 0)
                Libc.Close(link);
            if (output >= 0)
                Libc.Close(output);
            group?.Remove();
            if (network is not null)
                await network.EndAsync();
        }

        string Inherit(int descriptor)
        {
            descriptors.Add(descriptor);
            return Text((uint)(SpawnRequest.FirstInherited + descriptors.Count - 1));
        }

        string[] SmallFile(string path, string contents) => ["--perms", "0644", "--file", Inherit(Libc.CreateMemoryFile(contents)), path];
    }

    /// <summary>The next function of an environment whose supervisor lives.</summary>
    private static async Task<ISandboxedProcess?> StartAgainAsync(ProcessStart start, EnvironmentKeeper keeper)
    {
        var environment = (SupervisedEnvironment)keeper;
        // Where no reader is left, the link reports the end.
        environment.Start("\n"u8, []);
        var process = new SupervisedProcess(environment, environment.OpenOutput(), start, StartAgainAsync);
        if (await process.Started is null)
            return process;
        await process.EndAsync();
        return null;
    }

    /// <summary>The user of the environment must be able to connect; no other user can enter the folder.</summary>
    private void OpenSocket(ProcessStart start)
    {
        if (_isRoot && File.Exists(start.RuntimeApiSocket))
            File.SetUnixFileMode(start.RuntimeApiSocket, (UnixFileMode)0b110_110_110);
    }

    private uint NextUser() => _isRoot ? FirstUser + Interlocked.Increment(ref _lastUser) % Users : UserInNamespace;

    private static (string Path, string Contents)[] UserFiles(uint user, uint group) =>
    [
        ("/etc/passwd", string.Create(CultureInfo.InvariantCulture, $"sbx_user1051:x:{user}:{group}::/tmp:/sbin/nologin\n")),
        ("/etc/group", string.Create(CultureInfo.InvariantCulture, $"sbx_user1051:x:{group}:\n")),
    ];

    private IEnumerable<string> Namespaces(uint user, uint group)
    {
        // As root, setpriv needs these to become the environment's user, and the supervisor to end that user's processes.
        string[] rights = _isRoot
            ? ["--cap-drop", "ALL", .. AddCapabilities("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL")]
            : ["--unshare-user", "--uid", Text(user), "--gid", Text(group), "--cap-drop", "ALL"];
        string[] network = _options.Network == SandboxNetwork.None ? ["--unshare-net"] : [];
        return ["--unshare-pid", "--as-pid-1", .. CommonNamespaces, .. rights, .. network];
    }

    private static IEnumerable<string> AddCapabilities(params string[] names) => names.SelectMany(name => new[] { "--cap-add", name });

    private static string[] CommonNamespaces =>
        ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox", "--die-with-parent", "--new-session"];

    private static string[] BecomeUser(uint user) =>
        [Become, $"--reuid={Text(user)}", $"--regid={Text(user)}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--"];

    private IEnumerable<(string Name, long Value)> ProcessLimits(int memoryMegabytes)
    {
        // Not before the user namespace is made: outside, the number of processes is counted for all of a user's environments together.
        yield return ("nproc", SandboxOptions.ProcessLimit);
        yield return ("nofile", SandboxOptions.FileLimit);
        yield return ("core", 0);
        yield return ("fsize", SandboxOptions.TemporaryMegabytes * 1024L * 1024);
        if (_groups is null)
            yield return ("data", memoryMegabytes * 1024L * 1024 + MappedBeyondMemory);
    }

    /// <summary>Starts something that does nothing, exactly as a function is started. Null when it worked.</summary>
    private async Task<string?> TryAsync()
    {
        var output = new CollectedOutput();
        try
        {
            var process = await StartAsync(new ProcessStart
            {
                Executable = "/usr/bin/env",
                Arguments = ["true"],
                Environment = [new("PATH", "/usr/bin:/bin")],
                WorkingDirectory = "/",
                Mounts = [],
                RuntimeApiSocket = "",
                NeedsRuntimeApiPort = false,
                MemoryMegabytes = 128,
                Output = output,
            });
            var exit = await process.Exit;
            await process.EndAsync();
            if (exit.Code == 0)
                return null;
            var said = output.Text.Trim();
            var hint = _isRoot
                ? "in a container, root needs the right to make namespaces (CAP_SYS_ADMIN, and a seccomp profile that lets it)"
                : "this user may not make namespaces: see kernel.unprivileged_userns_clone, user.max_user_namespaces and "
                    + "kernel.apparmor_restrict_unprivileged_userns, or the container's seccomp profile";
            return $"{(said.Length > 0 ? said : "bubblewrap ended and printed nothing")} ({hint})";
        }
        catch (ProcessStartException failure)
        {
            return failure.Message;
        }
    }

    private static bool IsLinkers(string variable) => variable.StartsWith("LD_", StringComparison.Ordinal);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);


    private sealed class CollectedOutput : IProcessOutput
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            lock (_text)
                _text.Append(Encoding.UTF8.GetString(bytes));
        }
    }
}

using System.Buffers;
using System.Text.Json;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox.Network;
using Microsoft.Win32.SafeHandles;

namespace Brink.Lambda.Sandbox;

/// <summary>
/// Processes that are forked from a zygote: the same walls, built by <c>zygote.py</c> instead of bubblewrap, setpriv and prlimit.
/// </summary>
public sealed partial class BubblewrapSandbox
{
    // In the zygote's own /tmp, over which every child mounts another one.
    private const string SocketsInside = "/tmp/environments";
    private const string SocketInside = "/run/brink/api";
    private const string ResolvConf = "/etc/resolv.conf";

    private static readonly string[] ZygoteRights =
        ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"];

    /// <summary>Null when the ordinary start is to be used; the zygote has the reason.</summary>
    private async Task<ISandboxedProcess?> TryForkAsync(ProcessStart start)
    {
        if (start.Zygote is not { } zygote)
            return null;
        OpenSocket(start);
        // A zygote that has died is noticed only when it is needed: then another one is tried.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await zygote.GetAsync(() => StartZygoteAsync(zygote, start)) is not { } parent)
                return null;
            // A network with egress is made beforehand; any other one the child makes itself.
            var network = _networks is null ? null : await _networks.TakeAsync();
            var group = _groups?.Create(start.MemoryMegabytes, SandboxOptions.TemporaryMegabytes);
            var (ours, theirs) = Libc.CreateLink();
            var keeper = new EnvironmentKeeper(ours, NextUser(), group, network);
            IReadOnlyList<SafeFileHandle> namespaces = [];
            ForkedProcess process;
            try
            {
                namespaces = network?.Open(_isRoot) ?? [];
                int[] joined = [theirs, .. namespaces.Select(Number)];
                process = BeginFork(start, keeper, network, (order, descriptors) => parent.Fork(order, [.. joined, .. descriptors]));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ProcessStartException)
            {
                await keeper.CloseAsync();
                zygote.Failed(failure.Message);
                return null;
            }
            finally
            {
                Libc.Close(theirs);
                foreach (var opened in namespaces)
                    opened.Dispose();
            }
            if (await process.Started is not { } problem)
                return process;
            await process.EndAsync();
            if (!parent.HasEnded)
            {
                zygote.Failed(problem);
                return null;
            }
        }
        return null;
    }

    /// <summary>The next function of an environment whose keeper lives.</summary>
    private async Task<ISandboxedProcess?> ForkAgainAsync(ProcessStart start, EnvironmentKeeper keeper)
    {
        ForkedProcess process;
        try
        {
            process = BeginFork(start, keeper, null, keeper.Start);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await keeper.CloseAsync();
            return null;
        }
        if (await process.Started is null)
            return process;
        await process.EndAsync();
        return null;
    }

    private delegate bool Order(ReadOnlySpan<byte> order, ReadOnlySpan<int> descriptors);

    // The network is the one that a new environment joins; one that lives has joined its own.
    private ForkedProcess BeginFork(ProcessStart start, EnvironmentKeeper keeper, EgressNetwork? network, Order give)
    {
        var (read, write) = Libc.CreateOutputPipe();
        var groups = new List<SafeFileHandle>();
        try
        {
            foreach (var folder in keeper.Group?.Folders ?? [])
                groups.Add(File.OpenHandle(Path.Combine(folder, "cgroup.procs"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
            // Where no reader is left, the link reports the end.
            give(Describe(start, keeper.User, network), [write, .. groups.Select(Number)]);
            var process = new ForkedProcess(keeper, read, start, ForkAgainAsync);
            read = -1;
            return process;
        }
        finally
        {
            Libc.Close(write);
            if (read >= 0)
                Libc.Close(read);
            foreach (var group in groups)
                group.Dispose();
        }
    }

    private static int Number(SafeFileHandle opened) => (int)opened.DangerousGetHandle();

    private byte[] Describe(ProcessStart start, uint user, EgressNetwork? network)
    {
        var group = _isRoot ? user : GroupInNamespace;
        return Json(json =>
        {
            json.WriteStartArray("arguments");
            foreach (var argument in start.Arguments)
                json.WriteStringValue(argument);
            json.WriteEndArray();
            json.WriteStartObject("environment");
            foreach (var (name, value) in start.Environment)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteString("directory", start.WorkingDirectory);
            var hasSocket = File.Exists(start.RuntimeApiSocket);
            json.WriteString("socket", hasSocket ? Path.GetRelativePath(start.Zygote!.SocketsFolder, start.RuntimeApiSocket) : "");
            json.WriteNumber("user", user);
            json.WriteNumber("group", group);
            json.WriteStartArray("files");
            IEnumerable<(string Path, string Contents)> files = _isRoot ? UserFiles(user, group) : [];
            foreach (var (path, contents) in network is null ? files : files.Append((ResolvConf, network.Plan.NameServers.ResolvConf)))
            {
                json.WriteStartArray();
                json.WriteStringValue(path);
                json.WriteStringValue(contents);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        });
    }

    private async Task<ZygoteProcess> StartZygoteAsync(Zygote zygote, ProcessStart first)
    {
        var runtime = first.Mounts.FirstOrDefault(mount => File.Exists(Path.Combine(mount.Source, zygote.Script)))
            ?? throw new ProcessStartException($"{zygote.Script} is not among what the function sees");
        var script = $"{runtime.Target}/{zygote.Script}";
        var output = new CollectedOutput();
        var (ours, theirs) = Libc.CreateLink();
        var descriptors = new List<int> { theirs };
        try
        {
            var settings = Json(json => WriteSettings(json, first));
            if (!Libc.Send(ours, settings, []))
                throw new ProcessStartException("a message could not be sent");
            var enter = _networks is null || _isRoot ? [] : await _networks.EnterUsersAsync();
            var child = await ProcessKeeper.Shared.SpawnAsync(new SpawnRequest(
                ["--", .. enter, _bubblewrap, .. ZygoteArguments(zygote, first, script, descriptors)], [], "/", output)
            {
                Script = Entry,
                Inherited = descriptors,
            });
            foreach (var descriptor in descriptors)
                Libc.Close(descriptor);
            descriptors.Clear();
            var word = new byte[64];
            // Once for each version; it ends when the zygote speaks or dies.
            var (length, _) = await Task.Run(() => Libc.Receive(ours, word, waits: true));
            if (length > 0)
            {
                var process = new ZygoteProcess(child, ours);
                ours = -1;
                return process;
            }
            child.Kill();
            await child.Exit;
            var said = output.Text.Trim();
            throw new ProcessStartException(said.Length > 0 ? said[(said.LastIndexOf('\n') + 1)..] : "it ended and printed nothing");
        }
        finally
        {
            foreach (var descriptor in descriptors)
                Libc.Close(descriptor);
            if (ours >= 0)
                Libc.Close(ours);
        }
    }

    private List<string> ZygoteArguments(Zygote zygote, ProcessStart first, string script, List<int> descriptors)
    {
        var withoutSocket = first with { Mounts = [.. first.Mounts.Where(mount => mount.Source != first.RuntimeApiSocket)] };
        var view = new SandboxView(withoutSocket, SharesLoopback, _isRoot);
        // In no namespace of processes of its own: its children must outlive it.
        List<string> arguments = [.. CommonNamespaces, "--cap-drop", "ALL"];
        if (_isRoot)
            arguments.AddRange(AddCapabilities(ZygoteRights));
        else if (_networks is null)
            arguments.AddRange(["--unshare-user", "--uid", Text(UserInNamespace), "--gid", Text(GroupInNamespace)]);
        if (!SharesLoopback)
            arguments.Add("--unshare-net");
        arguments.AddRange(view.Mounts());
        arguments.AddRange(["--perms", "0700", "--dir", SocketsInside, "--ro-bind", zygote.SocketsFolder, SocketsInside]);
        arguments.AddRange(["--perms", "0755", "--dir", "/run", "--perms", "0755", "--dir", "/run/brink"]);
        // Where a child's own socket will be.
        foreach (var (path, contents) in UserFiles(UserInNamespace, GroupInNamespace).Append((Path: SocketInside, Contents: "")))
            AddFile(path, contents);
        if (!SharesLoopback)
            AddFile("/etc/hosts", Hosts);
        if (_networks is not null)
            AddFile(ResolvConf, "");
        arguments.AddRange(["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", first.WorkingDirectory, "--clearenv"]);
        // Never the linker's: they name folders of the package, and the zygote has rights.
        foreach (var (name, value) in first.Environment.Where(variable => !IsLinkers(variable.Key)))
            arguments.AddRange(["--setenv", name, value]);
        arguments.AddRange(["--", view.Executable, script, Text(SpawnRequest.FirstInherited)]);
        return arguments;

        void AddFile(string path, string contents)
        {
            descriptors.Add(Libc.CreateMemoryFile(contents));
            arguments.AddRange(["--perms", "0644", "--file", Text(SpawnRequest.FirstInherited + descriptors.Count - 1), path]);
        }
    }

    private void WriteSettings(Utf8JsonWriter json, ProcessStart first)
    {
        json.WriteBoolean("isRoot", _isRoot);
        json.WriteString("network", SharesLoopback ? "shared" : _networks is not null ? "given" : "own");
        json.WriteString("sockets", SocketsInside);
        json.WriteNumber("tmpBytes", SandboxOptions.TemporaryMegabytes * 1024L * 1024);
        json.WriteStartArray("limits");
        foreach (var (name, value) in ProcessLimits(first.MemoryMegabytes))
        {
            json.WriteStartArray();
            json.WriteStringValue("RLIMIT_" + name.ToUpperInvariant());
            json.WriteNumberValue(value);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteString("filter", _filter is null ? "" : Convert.ToHexString(_filter));
        json.WriteStartArray("programs");
        json.WriteStringValue(first.Arguments[0]);
        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}

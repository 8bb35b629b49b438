using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Brink.Lambda.Processes;
using Microsoft.Win32.SafeHandles;

namespace Brink.Lambda.Sandbox.Network;

/// <summary>
/// A network of one environment's own, with a way out. Two network namespaces, so that nothing that a function can ask of a socket leads
/// around the rules:
///
/// <code>
/// the function        192.0.0.6     its loopback carries only its own Runtime API
///      │ veth
/// the router          192.0.0.5     kernel forwarding, with the rules of <see cref="NetworkRules"/>; the function is not in here
///      │ tap
/// pasta                             makes each connection again, as a process without rights on the machine's network
/// </code>
///
/// All of it is one process group: pasta, a shell that holds the router's namespace, and a process that holds the function's.
/// </summary>
internal sealed class EgressNetwork
{
    private const string Shell = "/bin/sh";
    private const string Ready = "brink network ready ";

    // pasta opens the device itself. Root gives it a private one: the user that pasta becomes may not open the machine's everywhere.
    private const string AsAnotherUser = """
        mount -t tmpfs -o mode=755,size=4k none /dev/net && mknod -m 666 /dev/net/tun c 10 200 || exit 1
        exec "$@"
        """;

    // 1 is the shell below, in the namespace of processes that pasta makes. What holds the namespace says who it is, as this machine
    // counts.
    private const string Function = """
        printf %s "$1" | ip -batch - || exit 1
        read -r pid rest < /proc/self/stat && echo "$pid" && exec sleep 2147483647 > /dev/null
        """;

    // Limits on refusals would make a function wait for a timeout instead.
    private const string Router = """
        unshare --net /bin/sh -c "$1" sh "$2" | {
          read -r pid || exit 1
          echo 0 > /proc/sys/net/ipv4/icmp_ratelimit && echo 1 > /proc/sys/net/ipv4/ip_forward || exit 1
          printf %s "$3" | ip -4 -batch - || exit 1
          if [ -n "$(ip -6 route show default)" ]; then
            echo 0 > /proc/sys/net/ipv6/icmp/ratelimit && echo 1 > /proc/sys/net/ipv6/conf/all/forwarding || exit 1
            printf %s "$4" | ip -6 -batch - && printf %s "$5" | nsenter --net="/proc/$pid/ns/net" ip -6 -batch - || exit 1
          fi
          echo "brink network ready $pid"
        }
        """;

    // Never more than an address of this small network, and never that of a neighbour: pasta answers for every address on its side.
    private const string FunctionSide = """
        link set lo up
        link add eth0 mtu 65520 type veth peer name inside mtu 65520 netns 1
        addr add 192.0.0.6/30 dev eth0
        link set eth0 up
        route add default via 192.0.0.5

        """;
    // Link-local addresses would first have to be found unique, and until then nothing could be sent.
    private const string FunctionSide6 = """
        link set eth0 addrgenmode none
        addr flush dev eth0
        addr add fd62:7269:6e6b::6/126 dev eth0 nodad
        route add default via fd62:7269:6e6b::5

        """;
    private const string RouterSide = """
        addr add 192.0.0.5/30 dev inside
        link set inside up

        """;
    private const string RouterSide6 = """
        link set inside addrgenmode none
        addr flush dev inside
        link set outside addrgenmode none
        addr flush dev outside
        addr add fe80::2/64 dev outside nodad
        route replace default via fe80::1 dev outside
        addr add fd62:7269:6e6b::5/126 dev inside nodad

        """;

    private readonly ChildProcess _pasta;
    private readonly int _holder;

    private EgressNetwork(ChildProcess pasta, int holder, EgressPlan plan)
    {
        (_pasta, _holder) = (pasta, holder);
        Plan = plan;
    }

    /// <summary>What it was made by.</summary>
    public EgressPlan Plan { get; }

    /// <summary>False once pasta has ended, for whatever reason.</summary>
    public bool IsAlive => !_pasta.Exit.IsCompleted;

    /// <summary>
    /// The function's namespace, as nsenter takes it. Another user than root needs the user namespace that owns it as well.
    /// </summary>
    public IEnumerable<string> Namespaces(bool isRoot)
    {
        var namespaces = string.Create(CultureInfo.InvariantCulture, $"/proc/{_holder}/ns");
        return isRoot ? [$"--net={namespaces}/net"] : [$"--user={namespaces}/user", $"--net={namespaces}/net", "--preserve-credentials"];
    }

    /// <summary>The same, opened for a process that joins them in this order.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public IReadOnlyList<SafeFileHandle> Open(bool isRoot)
    {
        var opened = new List<SafeFileHandle>();
        try
        {
            foreach (var kind in isRoot ? ["net"] : new[] { "user", "net" })
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{_holder}/ns/{kind}");
                opened.Add(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            }
            return opened;
        }
        catch
        {
            foreach (var handle in opened)
                handle.Dispose();
            throw;
        }
    }

    /// <summary>Ends all of it; complete when it is gone.</summary>
    public Task EndAsync()
    {
        _pasta.Kill();
        return _pasta.Exit;
    }

    /// <summary>The command by which root starts pasta as the user that <paramref name="become"/> becomes.</summary>
    public static IReadOnlyList<string> AsUser(EgressTools tools, IEnumerable<string> become) =>
        [tools.Unshare, "--mount", Shell, "-c", AsAnotherUser, "sh", .. become];

    /// <summary>Makes one. <paramref name="begin"/> is what the command for pasta begins with.</summary>
    /// <exception cref="ProcessStartException">It cannot be made.</exception>
    public static async Task<EgressNetwork> StartAsync(EgressPlan plan, EgressTools tools, IReadOnlyList<string> begin, TimeProvider time)
    {
        var said = new Said();
        string[] pasta =
        [
            tools.Pasta, "--foreground", "--quiet", "--config-net", "--ns-ifname", "outside",
            "--address", "192.0.0.2", "--netmask", "30", "--gateway", "192.0.0.1", "--gateway", "fe80::1",
            // Nothing is carried between the loopbacks, in either direction.
            "--tcp-ports", "none", "--udp-ports", "none", "--tcp-ns", "none", "--udp-ns", "none",
            "--no-dhcp", "--no-dhcpv6", "--no-ra",
            // Its gateway stands for the machine's loopback, unless told otherwise; without that it does not hand over to a name server
            // there either. The router refuses it in any case.
            .. plan.NameServers.Forwards ? ["--dns-forward", NameServers.Forwarded.ToString()] : new[] { "--no-map-gw" },
            "--", Shell, "-c", Router, "sh", Function, FunctionSide,
            RouterSide + NetworkRules.Batch(AddressFamily.InterNetwork, plan.NameServers.Reachable, plan.Refused),
            RouterSide6 + NetworkRules.Batch(AddressFamily.InterNetworkV6, plan.NameServers.Reachable, plan.Refused),
            FunctionSide6,
        ];
        var child = await ProcessKeeper.Shared.SpawnAsync(
            new SpawnRequest([.. begin, .. pasta], [new("PATH", EgressTools.Path)], "/", said));
        try
        {
            if (await Task.WhenAny(said.Holder, child.Exit).WaitAsync(Patience, time) != said.Holder)
                throw new ProcessStartException(Problem(said.Text));
            return new EgressNetwork(child, await said.Holder, plan);
        }
        catch (TimeoutException)
        {
            child.Kill();
            throw new ProcessStartException(Problem($"nothing came of it in {Patience.TotalSeconds} s; {said.Text}"));
        }
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static string Problem(string said)
    {
        // Where there is no system log, pasta says so before every line.
        var lines = said.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("Failed to send", StringComparison.Ordinal));
        var text = string.Join("; ", lines);
        var hint = text.Contains("tun", StringComparison.Ordinal)
            ? " (/dev/net/tun must be there and open to this user: modprobe tun, chmod 666 /dev/net/tun; "
                + "in a container, --device /dev/net/tun)"
            : text.Contains("interface", StringComparison.OrdinalIgnoreCase) ? " (this machine needs a default route)" : "";
        return $"pasta cannot make a network for functions: {(text.Length > 0 ? text : "it ended and printed nothing")}{hint}";
    }

    /// <summary>What pasta and the shells print, and the line by which the network is ready.</summary>
    private sealed class Said : IProcessOutput
    {
        private readonly StringBuilder _text = new();
        private readonly TaskCompletionSource<int> _holder = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<int> Holder => _holder.Task;

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
            {
                // Once it is ready nothing more is read: later complaints of pasta are not kept.
                if (_holder.Task.IsCompleted)
                    return;
                _text.Append(Encoding.UTF8.GetString(bytes));
                foreach (var line in _text.ToString().Split('\n')[..^1])
                {
                    if (!line.StartsWith(Ready, StringComparison.Ordinal))
                        continue;
                    if (int.TryParse(line.AsSpan(Ready.Length), CultureInfo.InvariantCulture, out var holder))
                        _holder.TrySetResult(holder);
                }
            }
        }
    }
}

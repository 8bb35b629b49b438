using System.Net;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Sandbox.Network;

/// <summary>
/// Networks with egress for environments. One more than is in use is kept ready: a network takes longer to make than the rest of a sandbox.
/// </summary>
internal sealed class EgressNetworks
{
    private readonly IReadOnlyList<IPNetwork> _blocked;
    private readonly EgressTools _tools;
    private readonly Func<IReadOnlyList<string>> _become;
    private readonly Lazy<Task<CommonUserNamespace>>? _users;
    private Task<EgressNetwork>? _spare;

    /// <summary>Networks that are made by these tools.</summary>
    /// <param name="blocked">Where functions may not go, besides the networks that are closed to all.</param>
    /// <param name="tools">The programs.</param>
    /// <param name="become">Gives, for each network, the command that becomes the user for its pasta; an empty one keeps the user.</param>
    public EgressNetworks(IReadOnlyList<IPNetwork> blocked, EgressTools tools, Func<IReadOnlyList<string>> become)
    {
        (_blocked, _tools, _become) = (blocked, tools, become);
        if (Libc.EffectiveUser != 0)
            _users = new(() => CommonUserNamespace.MakeAsync(tools));
    }

    /// <summary>What a command is begun with to be on that network.</summary>
    public IEnumerable<string> Enter(EgressNetwork network, bool isRoot) => [_tools.Enter, .. network.Namespaces(isRoot), "--"];

    /// <summary>What a command is begun with whose children must be able to join such networks, where Brink is not root.</summary>
    /// <exception cref="ProcessStartException">This machine does not allow it.</exception>
    public async Task<IEnumerable<string>> EnterUsersAsync() => (await _users!.Value).Enter;

    /// <summary>A network for the machine as it is now; the caller ends it.</summary>
    /// <exception cref="ProcessStartException">It cannot be made.</exception>
    public async Task<EgressNetwork> TakeAsync()
    {
        var plan = EgressPlan.ForThisMachine(_blocked);
        var spare = Interlocked.Exchange(ref _spare, null);
        var network = spare is null ? null : await ReadyAsync(spare, plan);
        network ??= await StartAsync(plan);
        Prepare(plan);
        return network;
    }

    /// <summary>Begins to make the one that the next environment takes.</summary>
    private void Prepare(EgressPlan plan)
    {
        var made = StartAsync(plan);
        if (Interlocked.CompareExchange(ref _spare, made, null) is not null)
            _ = EndAsync(made);     // there is a spare already
    }

    /// <summary>The spare; null if it failed, was killed, or the machine has other addresses by now.</summary>
    private static async Task<EgressNetwork?> ReadyAsync(Task<EgressNetwork> spare, EgressPlan plan)
    {
        try
        {
            var network = await spare;
            if (network.IsAlive && network.Plan.Equals(plan))
                return network;
            await network.EndAsync();
        }
        catch (ProcessStartException)
        {
            // The caller makes one itself, and has the reason if that fails too.
        }
        return null;
    }

    private static async Task EndAsync(Task<EgressNetwork> made)
    {
        try
        {
            await (await made).EndAsync();
        }
        catch (ProcessStartException)
        {
            // There is nothing to end.
        }
    }

    private async Task<EgressNetwork> StartAsync(EgressPlan plan)
    {
        var become = _become();
        var begin = become.Count > 0 ? EgressNetwork.AsUser(_tools, become) : await BeginAsync();
        return await EgressNetwork.StartAsync(plan, _tools, begin, TimeProvider.System);
    }

    private async Task<IReadOnlyList<string>> BeginAsync()
    {
        try
        {
            return _users is null ? [] : [.. (await _users.Value).Another];
        }
        catch (ProcessStartException)
        {
            // Networks work without it, but a zygote's children cannot join them; the start of a zygote reports that.
            return [];
        }
    }
}

/// <summary>What a network is made by.</summary>
internal sealed class EgressPlan : IEquatable<EgressPlan>
{
    private EgressPlan(NameServers nameServers, IReadOnlyList<IPNetwork> refused) => (NameServers, Refused) = (nameServers, refused);

    public NameServers NameServers { get; }

    public IReadOnlyList<IPNetwork> Refused { get; }

    /// <exception cref="ProcessStartException">There is no name server that a function could ask.</exception>
    public static EgressPlan ForThisMachine(IReadOnlyList<IPNetwork> blocked)
    {
        const string file = "/etc/resolv.conf";
        var nameServers = NameServers.Read(File.Exists(file) ? File.ReadAllText(file) : "")
            ?? throw new ProcessStartException($"{file} names no name server that a function on a network of its own could ask");
        return new EgressPlan(nameServers, NetworkRules.Refused(NetworkRules.OwnAddresses(), blocked));
    }

    public bool Equals(EgressPlan? other) =>
        other is not null && NameServers.ResolvConf == other.NameServers.ResolvConf && Refused.SequenceEqual(other.Refused);

    public override bool Equals(object? obj) => Equals(obj as EgressPlan);

    public override int GetHashCode() => NameServers.ResolvConf.GetHashCode(StringComparison.Ordinal);
}

/// <summary>The programs that networks with egress are made with.</summary>
internal sealed record EgressTools(string Pasta, string Unshare, string Enter)
{
    /// <summary>Where the shells look for ip, sleep and the like.</summary>
    public const string Path = "/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly (string Name, string Package)[] Others =
    [
        ("ip", "iproute2"), ("unshare", "util-linux"), ("nsenter", "util-linux"),
        ("mount", "mount"), ("mknod", "coreutils"), ("sleep", "coreutils"),
    ];

    public static (EgressTools? Tools, string? Problem) Find(string? pasta)
    {
        if (Resolve(pasta ?? "pasta") is not { } found)
        {
            return (null, pasta is null
                ? "pasta is missing, which gives functions a network of their own: install it (Debian: apt-get install passt)"
                : $"there is no executable {pasta}");
        }
        foreach (var (name, package) in Others)
        {
            if (Resolve(name) is null)
                return (null, $"{name} is missing, which makes networks of functions: install it (Debian: apt-get install {package})");
        }
        return (new EgressTools(found, Resolve("unshare")!, Resolve("nsenter")!), null);
    }

    private static string? Resolve(string name) => Executables.Find(name, furtherFolders: Path);
}

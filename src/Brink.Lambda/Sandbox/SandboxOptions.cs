using System.Globalization;
using System.Net;
using Brink.Lambda.Sandbox.Network;

namespace Brink.Lambda.Sandbox;

/// <summary>What sandboxed functions may reach and take.</summary>
public sealed record SandboxOptions
{
    /// <summary>The defaults.</summary>
    public static SandboxOptions Default { get; } = new();

    /// <summary>What a function reaches of the network. Default: nothing but its own Runtime API.</summary>
    public SandboxNetwork Network { get; init; } = SandboxNetwork.None;

    /// <summary>
    /// With <see cref="SandboxNetwork.Egress"/>: networks that functions may not reach besides those that none may (metadata of clouds,
    /// link-local and multicast addresses, the machine itself). Default none: private networks can be reached.
    /// </summary>
    public IReadOnlyList<IPNetwork> BlockedNetworks { get; init; } = [];

    /// <summary>
    /// Networks that are routed only within an organisation: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7.
    /// </summary>
    public static IReadOnlyList<IPNetwork> PrivateNetworks => NetworkRules.Private;

    /// <summary>The pasta executable. Default: pasta on PATH.</summary>
    public string? Pasta { get; init; }

    /// <summary>The bubblewrap executable. Default: bwrap on PATH.</summary>
    public string? Bubblewrap { get; init; }

    /// <summary>Control groups are used where this machine has them. False: memory is measured as where there are none.</summary>
    public bool UseControlGroups { get; init; } = true;

    // As at AWS.
    internal const int ProcessLimit = 1024, FileLimit = 1024, TemporaryMegabytes = 512;

    internal static readonly string ProcessLimitText = ProcessLimit.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a sandboxed function reaches of the network.</summary>
public enum SandboxNetwork
{
    /// <summary>Nothing but its own Runtime API.</summary>
    None,

    /// <summary>
    /// A network of its own, whose loopback carries only its Runtime API, with a way out that leads neither to this machine nor to the
    /// metadata of clouds.
    /// </summary>
    Egress,

    /// <summary>The machine's own network, its loopback services included: for development.</summary>
    Shared,
}

using System.Globalization;

namespace Brink.Functions.Lambda;

/// <summary>What sandboxed functions may reach and take.</summary>
public sealed record SandboxOptions
{
    /// <summary>The defaults.</summary>
    public static SandboxOptions Default { get; } = new();

    /// <summary>What a function reaches of the network. Default: nothing but its own Runtime API.</summary>
    public SandboxNetwork Network { get; init; } = SandboxNetwork.None;

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

    /// <summary>The machine's own network, its loopback services included: for development.</summary>
    Shared,
}

using System.CommandLine;
using System.Net;
using Brink.Host.CommandLine;
using Brink.Lambda.Sandbox;

namespace Brink.Host.Options;

/// <summary><c>--network</c> and <c>--block-network</c>: what Lambda@Edge functions reach.</summary>
internal static class NetworkOption
{
    public const string Name = "--network", BlockName = "--block-network";

    // A word on the command line for all private networks at once.
    private const string Private = "private";

    private static readonly Dictionary<string, SandboxNetwork> Networks = new(StringComparer.Ordinal)
    {
        ["shared"] = SandboxNetwork.Shared,
        ["egress"] = SandboxNetwork.Egress,
        ["none"] = SandboxNetwork.None,
    };

    public static Option<string?> Create() => OptionValues.WithWords(
        new Option<string?>(Name)
        {
            Description =
                "What Lambda@Edge functions reach: shared, this machine's network and its loopback (default); egress, a network of "
                + "their own with a way out that leads neither to this machine nor to metadata of clouds; none.",
            HelpName = "NAME",
        },
        () => Networks.Keys);

    public static Option<string[]> CreateBlock() => new(BlockName)
    {
        Description =
            "With --network egress: a network that functions may not reach either, 203.0.113.0/24 say, or private for all of 10/8, "
            + "172.16/12, 192.168/16, 100.64/10 and fc00::/7. May be given several times.",
        HelpName = "CIDR",
    };

    /// <summary>What was written on the command line.</summary>
    /// <param name="Name">Of --network; null where it is not given.</param>
    /// <param name="Blocked">Of --block-network.</param>
    public sealed record Given(string? Name, IReadOnlyList<string> Blocked)
    {
        public IReadOnlyList<string> Mistakes(bool unsafeNoSandbox)
        {
            var mistakes = new List<string>();
            if (Name is not null && !Networks.ContainsKey(Name))
                mistakes.Add($"{NetworkOption.Name} {Name}: shared, egress or none{DidYouMean.After(Name, Networks.Keys)}");
            if (unsafeNoSandbox && Name is ("egress" or "none"))
                mistakes.Add(
                    $"{NetworkOption.Name} {Name} and --unsafe-no-sandbox exclude each other: without a sandbox functions have this "
                    + "machine's network");
            if (Blocked.Count > 0 && Name != "egress")
                mistakes.Add($"{BlockName} without {NetworkOption.Name} egress: nothing would be blocked");
            foreach (var text in Blocked)
            {
                if (text != Private && !IPNetwork.TryParse(text, out _))
                    mistakes.Add($"{BlockName} {text}: a network such as 203.0.113.0/24 or 2001:db8::/32, or private");
            }
            return mistakes;
        }

        /// <summary>Valid once there are no mistakes.</summary>
        public SandboxNetwork Network => Networks[Name ?? "shared"];

        /// <summary>The options with this network, valid once there are no mistakes.</summary>
        public SandboxOptions Apply(SandboxOptions options) => options with
        {
            Network = Network,
            BlockedNetworks =
                [.. Blocked.SelectMany(text => text == Private ? SandboxOptions.PrivateNetworks : [IPNetwork.Parse(text)]).Distinct()],
        };
    }
}

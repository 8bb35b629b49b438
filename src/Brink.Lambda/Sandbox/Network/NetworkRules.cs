using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace Brink.Lambda.Sandbox.Network;

/// <summary>
/// Where a function with egress may not go, as policy rules of the router between it and the world. They apply to what comes from the
/// function; the first that matches decides, and what matches none goes out.
///
/// <code>
/// 100  port 53 of the name servers        out
/// 200  the list below                     refused
/// </code>
/// </summary>
internal static class NetworkRules
{
    /// <summary>The router's end of the cable to the function.</summary>
    public const string FromFunction = "inside";

    private const string AllowName = "100", Refuse = "200";

    /// <summary>What functions may not reach, wherever Brink runs.</summary>
    private static readonly IPNetwork[] Always =
    [
        .. Parse(
            "0.0.0.0/8", "127.0.0.0/8",
            "169.254.0.0/16",           // link-local: the metadata of AWS, Google, Azure, and most others; credentials of containers
            "168.63.129.16/32",         // Azure's host
            "100.100.100.200/32",       // Alibaba's metadata
            "192.0.0.0/24",             // Oracle's older metadata (192.0.0.192), and the addresses of the router itself
            "224.0.0.0/4", "240.0.0.0/4",
            "::/127", "::ffff:0:0/96",
            "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16",      // IPv4 addresses in IPv6: the list would have to hold there too
            "fe80::/10",
            "fd00:ec2::/32",            // AWS: metadata, time, names
            "fd20:ce::254/128",         // Google's metadata
            "fd00:c1::a9fe:a9fe/128",   // Oracle's
            "fd00:42::42/128",          // Scaleway's
            "ff00::/8"),
    ];

    /// <summary>Networks that are routed only within an organisation: <c>private</c> as a network that is blocked.</summary>
    public static readonly IPNetwork[] Private =
        [.. Parse("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")];

    /// <summary>All that is refused: always, on this machine, and by its operator.</summary>
    public static IReadOnlyList<IPNetwork> Refused(IEnumerable<IPAddress> ownAddresses, IEnumerable<IPNetwork> byOption) =>
    [
        .. Always, .. byOption,
        .. ownAddresses.Select(Whole).Where(own => !Always.Any(network => network.Contains(own.BaseAddress))).Distinct(),
    ];

    /// <summary>Lines for <c>ip -batch</c>, of one family.</summary>
    public static string Batch(AddressFamily family, IEnumerable<IPAddress> nameServers, IEnumerable<IPNetwork> refused)
    {
        var lines = new StringBuilder();
        foreach (var server in nameServers.Where(server => server.AddressFamily == family))
        {
            foreach (var protocol in new[] { "udp", "tcp" })
            {
                lines.Append(
                    CultureInfo.InvariantCulture,
                    $"rule add pref {AllowName} iif {FromFunction} to {server} ipproto {protocol} dport 53 lookup main\n");
            }
        }
        foreach (var network in refused.Where(network => network.BaseAddress.AddressFamily == family))
            lines.Append(CultureInfo.InvariantCulture, $"rule add pref {Refuse} iif {FromFunction} to {network} prohibit\n");
        return lines.ToString();
    }

    /// <summary>The addresses that this machine has now.</summary>
    public static IReadOnlyList<IPAddress> OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(adapter => adapter.GetIPProperties().UnicastAddresses)
            .Select(address => new IPAddress(address.Address.GetAddressBytes()))
            .OrderBy(address => address.ToString(), StringComparer.Ordinal),
    ];

    private static IPNetwork Whole(IPAddress address) => new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    private static IEnumerable<IPNetwork> Parse(params string[] networks) => networks.Select(IPNetwork.Parse);
}

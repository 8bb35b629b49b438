using System.Net;
using System.Net.Sockets;

namespace Brink.Lambda.Sandbox.Network;

/// <summary>How a function with egress finds names: by the machine's own name servers, read from its resolv.conf.</summary>
/// <param name="ResolvConf">The file as the function sees it.</param>
/// <param name="Reachable">Name servers to which port 53 is open, wherever they are.</param>
/// <param name="Forwards">One of them listens on the machine's loopback: pasta hands it what is sent to <see cref="Forwarded"/>.</param>
internal sealed record NameServers(string ResolvConf, IReadOnlyList<IPAddress> Reachable, bool Forwards)
{
    // As many as C libraries ask.
    private const int Limit = 3;

    /// <summary>An address that no machine has (RFC 7600): what pasta takes for the machine's name server.</summary>
    public static readonly IPAddress Forwarded = IPAddress.Parse("192.0.0.8");

    /// <summary>Null: none of them could be reached from a function's own network.</summary>
    /// <param name="resolvConf">The text of /etc/resolv.conf.</param>
    public static NameServers? Read(string resolvConf)
    {
        var lines = resolvConf.Split('\n')
            .Select(line => line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 1)
            .ToList();
        var addresses = lines.Where(words => words[0] == "nameserver")
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
            .OfType<IPAddress>()
            .ToList();
        var reachable = addresses.Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal).Take(Limit).ToList();
        // pasta forwards to one of each family; of IPv4 it finds the first one itself.
        var forwards = addresses.Any(address => address.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(address));
        if (reachable.Count == 0 && !forwards)
            return null;
        List<IPAddress> used = forwards ? [Forwarded, .. reachable.Take(Limit - 1)] : reachable;
        var kept = lines.Where(words => words[0] is "search" or "domain" or "options").Select(words => string.Join(' ', words)).ToList();
        // What pasta hands over is UDP only: answers must fit without a second question over TCP.
        if (forwards)
            kept.Add("options edns0");
        var text = string.Concat(used.Select(address => $"nameserver {address}\n").Concat(kept.Select(line => line + "\n")));
        return new NameServers(text, used, forwards);
    }
}

using System.Net;
using System.Net.Sockets;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Sandbox.Network;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>The plan of a network with egress, and what is missing for one. What it lets through is proven on a machine made for it, in the scenarios.</summary>
public sealed class EgressTests
{
    private static readonly IPAddress[] OwnAddresses = [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("198.51.100.2"), IPAddress.Parse("2001:db8::2"), IPAddress.Parse("fe80::2")];

    [Fact]
    public void Refused_AreMetadataAndTheMachinesOwnAddresses()
    {
        var refused = NetworkRules.Refused(OwnAddresses, []);
        foreach (var address in (string[])["127.0.0.1", "169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192", "198.51.100.2", "224.0.0.251", "255.255.255.255",
            "::1", "fe80::1", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "ff02::fb", "2001:db8::2", "64:ff9b::a9fe:a9fe", "::ffff:169.254.169.254"])
            Assert.Contains(refused, network => network.Contains(IPAddress.Parse(address)));
        foreach (var address in (string[])["198.51.100.1", "203.0.113.10", "10.1.1.1", "192.168.1.1", "2001:db8::3", "fd12::1"])
            Assert.DoesNotContain(refused, network => network.Contains(IPAddress.Parse(address)));
        // Each of the machine's addresses once, and not those that a network in the list has already.
        Assert.Equal(2, refused.Count(network => network.PrefixLength is 32 or 128 && OwnAddresses.Contains(network.BaseAddress)));
    }

    [Fact]
    public void Rules_OpenOnlyPort53OfNameServers_BeforeTheyRefuse()
    {
        var rules = NetworkRules.Batch(AddressFamily.InterNetwork, [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("fd00::2")], [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fc00::/7")]);
        Assert.Equal(
            """
            rule add pref 100 iif inside to 10.0.0.2 ipproto udp dport 53 lookup main
            rule add pref 100 iif inside to 10.0.0.2 ipproto tcp dport 53 lookup main
            rule add pref 200 iif inside to 10.0.0.0/8 prohibit

            """, rules);
        Assert.Equal("rule add pref 200 iif inside to fc00::/7 prohibit\n", NetworkRules.Batch(AddressFamily.InterNetworkV6, [], [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fc00::/7")]));
    }

    [Theory]
    [InlineData("nameserver 10.0.0.2\nsearch a.example b.example\n", "nameserver 10.0.0.2\nsearch a.example b.example\n", false)]
    [InlineData("# systemd\nnameserver\t127.0.0.53\noptions edns0 trust-ad\n", "nameserver 192.0.0.8\noptions edns0 trust-ad\noptions edns0\n", true)]
    [InlineData("nameserver 127.0.0.1\nnameserver 1.1.1.1\nnameserver 1.0.0.1\nnameserver 8.8.8.8\n", "nameserver 192.0.0.8\nnameserver 1.1.1.1\nnameserver 1.0.0.1\noptions edns0\n", true)]
    [InlineData("nameserver fe80::1%eth0\nnameserver 2001:db8::53\n", "nameserver 2001:db8::53\n", false)]
    public void NameServers_AreTheMachines_ThoseOnItsLoopbackThroughPasta(string machines, string functions, bool forwards)
    {
        var servers = NameServers.Read(machines);
        Assert.Equal((functions, forwards), (servers?.ResolvConf, servers?.Forwards));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nameserver ::1\nnameserver fe80::1%eth0\nnameserver nonsense\n")]
    public void NameServersThatCannotBeReached_AreNone(string machines) => Assert.Null(NameServers.Read(machines));

    [Fact]
    public async Task PastaMissing_IsRefusedWithTheWaysOut()
    {
        var (sandbox, problem) = await BubblewrapSandbox.OpenAsync(SandboxOptions.Default with { Network = SandboxNetwork.Egress, Pasta = "/nowhere/pasta" });
        Assert.Null(sandbox);
        Assert.Equal("functions cannot be isolated: there is no executable /nowhere/pasta; or let them have this machine's network by --network shared, or none by --network none; or run functions without isolation, with the rights of brink, by --unsafe-no-sandbox", problem);
    }

    [Theory]
    [InlineData("echo 'unshare failed: Operation not permitted' >&2; exit 1", "unshare failed: Operation not permitted")]
    [InlineData("exit 1", "it ended and printed nothing")]
    [InlineData("case $* in *--map-user=*) echo 'no rights in it' >&2; exit 1;; esac; exec /usr/bin/unshare \"$@\"", "no rights in it")]
    public async Task NamespaceOfZygotesAndNetworksCannotBeMade_TheReasonIsSaid(string script, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("brink-sandbox-test-");
        var broken = Path.Combine(folder.FullName, "unshare");
        await File.WriteAllTextAsync(broken, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var failure = await Assert.ThrowsAsync<ProcessStartException>(() => CommonUserNamespace.MakeAsync(new EgressTools("pasta", broken, "/usr/bin/nsenter")));
        folder.Delete(recursive: true);
        Assert.Equal("no user namespace can be made above those of networks: " + expected, failure.Message);
    }

    [Fact]
    public async Task PastaThatFails_IsRefusedWithItsWords()
    {
        var folder = Directory.CreateTempSubdirectory("brink-sandbox-test-");
        var broken = Path.Combine(folder.FullName, "pasta");
        await File.WriteAllTextAsync(broken, "#!/bin/sh\necho 'Failed to open tun socket in namespace' >&2\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(broken, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        var (sandbox, problem) = await BubblewrapSandbox.OpenAsync(SandboxOptions.Default with { Network = SandboxNetwork.Egress, Pasta = broken });
        folder.Delete(recursive: true);
        Assert.Null(sandbox);
        Assert.StartsWith("functions cannot be isolated: pasta cannot make a network for functions: Failed to open tun socket in namespace (/dev/net/tun must be there", problem);
    }
}

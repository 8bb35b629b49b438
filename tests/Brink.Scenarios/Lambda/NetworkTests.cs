using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Lambda;

/// <summary>What functions reach, on a machine in whose neighbourhood everything that they may not reach answers.</summary>
public sealed class NetworkTests
{
    private const string MachinesNameServer = "127.0.0.53";

    private static readonly string[] World = ["203.0.113.10", "2001:db8:1::10"];
    private static readonly string[] PrivateNetworks = ["10.1.1.1", "fd12::1"];
    private static readonly string[] Metadata = ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"];
    private static readonly string[] Machine = ["127.0.0.1", "127.0.0.53", "198.51.100.2", "172.31.9.1", "::1", "2001:db8::2", "2001:db8:9::1"];

    // The router's, pasta's, and what stands for this host in some network or other.
    private static readonly string[] Unassigned = ["192.0.0.1", "192.0.0.2", "192.0.0.5", "192.0.0.8", "0.0.0.0", "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"];

    // What a socket can be asked for without rights, to lead around routes.
    private static readonly string[] Ways = ["tcp", "tcp device", "tcp onlink", "udp", "udp device", "udp info", "udp unicast"];

    private static string Reach => Repository.PathTo("tests", "functions", "lambda", "reach");

    public static TheoryData<string> Users => SmallMachine.Users;

    public static TheoryData<string, bool> UsersAndStarts
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var user in SmallMachine.Users)
            {
                rows.Add(user, true);
                rows.Add(user, false);
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(UsersAndStarts))]
    public async Task Egress_LeadsToTheWorld_NotToTheMachineOrMetadata_WhateverASocketIsAskedFor(string user, bool forked)
    {
        using var package = new PythonPackage(Reach, forked);
        var (result, said) = await SmallMachine.InvokeAsync(user, MachinesNameServer, package.Folder, new { addresses = (string[])[.. World, .. PrivateNetworks, .. Metadata, .. Machine, .. Unassigned], ways = Ways }, "--network", "egress");

        Assert.Equal((string[])[.. World, .. PrivateNetworks], Reached(result));
        foreach (var address in World)
            Assert.Equal(["tcp", "tcp device", "udp", "udp device", "udp info", "udp unicast"], WaysTo(result, address).Where(way => way != "tcp onlink"));
        Assert.Equal("203.0.113.10", result.GetProperty("name").GetString());
        Assert.Equal(forked ? "python3" : "sh", result.GetProperty("first").GetString());
        Assert.Contains("in a sandbox, with a network of their own", said, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Users))]
    public async Task Shared_LeadsEverywhere(string user)
    {
        var (result, said) = await SmallMachine.InvokeAsync(user, MachinesNameServer, Reach, new { addresses = (string[])[.. World, .. PrivateNetworks, .. Metadata, .. Machine], ways = (string[])["tcp", "udp"] });

        Assert.Equal((string[])[.. World, .. PrivateNetworks, .. Metadata, .. Machine], Reached(result));
        Assert.Contains("in a sandbox, on this machine's network", said, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Users))]
    public async Task PrivateNetworksBlocked_TheirNameServerStillAnswers(string user)
    {
        var (result, said) = await SmallMachine.InvokeAsync(user, "10.1.1.1", Reach, new { addresses = (string[])[.. World, .. PrivateNetworks], ways = Ways },
            "--network", "egress", "--block-network", "private", "--block-network", "2001:db8:1::/48");

        Assert.Equal(["203.0.113.10"], Reached(result));
        Assert.Equal("203.0.113.10", result.GetProperty("name").GetString());
        Assert.Contains("in a sandbox, with a network of their own", said, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Users))]
    public async Task None_LeadsNowhere(string user)
    {
        var (result, _) = await SmallMachine.InvokeAsync(user, MachinesNameServer, Reach, new { addresses = (string[])[.. World, .. Metadata, .. Machine], ways = (string[])["tcp", "udp"] }, "--network", "none");

        Assert.Empty(Reached(result));
        Assert.Equal("gaierror", result.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("--network everything: shared, egress or none", "--network", "everything")]
    [InlineData("--network none and --unsafe-no-sandbox exclude each other", "--network", "none", "--unsafe-no-sandbox")]
    [InlineData("--block-network without --network egress", "--block-network", "private")]
    [InlineData("--block-network 10.0.0.1/33: a network such as", "--network", "egress", "--block-network", "10.0.0.1/33")]
    public async Task FlagsThatMakeNoSense_AreRefusedByName(string expected, params string[] arguments)
    {
        await using var process = ChildProcess.Start(Repository.Executable, ["lambda", "invoke", Reach, "--event", Path.Combine(Reach, "event.json"), .. arguments]);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(2, await process.WaitForExitAsync());
        Assert.Contains(expected, process.ErrorText, StringComparison.Ordinal);
    }

    private static string[] Reached(JsonElement result) =>
        [.. result.GetProperty("reached").EnumerateObject().Where(address => address.Value.GetArrayLength() > 0).Select(address => address.Name)];

    private static string[] WaysTo(JsonElement result, string address) =>
        [.. result.GetProperty("reached").GetProperty(address).EnumerateArray().Select(way => way.GetString()!)];
}

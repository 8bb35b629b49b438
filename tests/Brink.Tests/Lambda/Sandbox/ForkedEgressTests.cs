using System.Text.Json.Nodes;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>A forked function's network with egress is its environment's: it comes and goes with that, not with a process.</summary>
public sealed class ForkedEgressTests(EgressFixture machine) : IClassFixture<EgressFixture>
{
    private const string Reports = """
        import os
        def lambda_handler(event, context):
            if event.get('writes'):
                open('/tmp/kept', 'a').write(event['writes'])
            if event.get('exits'):
                os._exit(3)
            return {
                'first': open('/proc/1/comm').read().strip(), 'net': os.readlink('/proc/self/ns/net'), 'names': open('/etc/resolv.conf').read(),
                'user': os.getuid(), 'kept': open('/tmp/kept').read() if os.path.exists('/tmp/kept') else '',
                'devices': sorted(line.split(':')[0].strip() for line in open('/proc/net/dev').read().split('\n')[2:-1]),
            }
        """;

    [Fact]
    public async Task ProcessIsReplaced_NetworkAndTmpAreKept()
    {
        await using var lambda = Pool();
        var version = lambda.Python(Reports);
        var first = await ReportAsync(lambda, version, """{"writes":"a"}""");
        Assert.Equal("python3", first["first"]!.ToString());
        Assert.Equal("""["eth0","lo"]""", first["devices"]!.ToJsonString());
        Assert.Contains("nameserver ", first["names"]!.ToString(), StringComparison.Ordinal);

        Assert.IsType<InvocationOutcome.Exited>((await lambda.InvokeAsync(version, """{"writes":"b","exits":1}""")).Outcome);

        var second = await ReportAsync(lambda, version);
        Assert.Equal("ab", second["kept"]!.ToString());
        foreach (var name in new[] { "first", "net", "names", "user", "devices" })
            Assert.Equal(first[name]!.ToJsonString(), second[name]!.ToJsonString());
    }

    [Fact]
    public async Task TwoEnvironments_HaveANetworkEach()
    {
        await using var lambda = Pool();
        var version = lambda.Python(Reports.Replace("    return {", "    import time; time.sleep(1)\n    return {", StringComparison.Ordinal));
        var both = await Task.WhenAll(ReportAsync(lambda, version), ReportAsync(lambda, version));
        Assert.Equal(2, lambda.Pool.EnvironmentCount);
        Assert.NotEqual(both[0]["net"]!.ToString(), both[1]["net"]!.ToString());
    }

    [Fact]
    public async Task NetworkDies_TheNextProcessGetsANewEnvironment()
    {
        await using var lambda = Pool();
        var version = lambda.Python(Reports);
        var first = await ReportAsync(lambda, version, """{"writes":"a"}""");
        var pasta = ParentOf(ParentOf(Assert.Single(Holders(first))));
        var all = BoundsContract.Descendants(pasta);
        Libc.KillProcess(pasta);
        await BoundsContract.GoneAsync(all);
        await lambda.InvokeAsync(version, """{"exits":1}""");

        var second = await ReportAsync(lambda, version);
        Assert.Equal("python3", second["first"]!.ToString());
        Assert.NotEqual(first["net"]!.ToString(), second["net"]!.ToString());
        Assert.Equal("", second["kept"]!.ToString());
    }

    [Fact]
    public async Task VersionIsRetired_ItsNetworkGoes()
    {
        await using var lambda = Pool();
        var version = lambda.Python(Reports);
        var report = await ReportAsync(lambda, version);
        var holder = Assert.Single(Holders(report));
        var all = BoundsContract.Descendants(ParentOf(ParentOf(holder)));
        Assert.True(all.Count >= 3);

        await lambda.Pool.RetireAsync(version);

        await BoundsContract.GoneAsync(all);
    }

    private PoolFixture Pool() => new() { Sandbox = machine.Isolated, Options = LambdaPoolOptions.Default with { MaxEnvironments = 2 } };

    private static async Task<JsonNode> ReportAsync(PoolFixture lambda, FunctionVersion version, string @event = "{}") => JsonNode.Parse(await lambda.ResultAsync(version, @event))!;

    /// <summary>Of Brink's processes those in a function's network that are not the function's: it is a shell's child, and that pasta's.</summary>
    private static List<int> Holders(JsonNode report) =>
        [.. ProcessTree.Of(Environment.ProcessId).Where(pid => ProcessTree.Read($"/proc/{pid}/comm").Trim() == "sleep" && new FileInfo($"/proc/{pid}/ns/net").LinkTarget == report["net"]!.ToString())];

    private static int ParentOf(int pid) => int.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
}

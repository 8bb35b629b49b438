using System.Globalization;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

public sealed class DistributionFileTests : IDisposable
{
    private const string Rewrite = """{ "FunctionARN": "arn:aws:cloudfront::123456789012:function/rewrite", "EventType": "viewer-request" }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task TwoDistributions_HostChooses()
    {
        await using var origin = EchoOrigin.Start();
        var one = Write("one", origin, alias: "one.example", originPath: "/first");
        var two = Write("two", origin, alias: "*.two.example", originPath: "/second");
        await using var brink = BrinkDev.Start("--distribution", one, "--distribution", two);

        await brink.GetAsync("/x", ("Host", "one.example"));
        await brink.GetAsync("/x", ("Host", "www.two.example:8080"));
        var stranger = await brink.GetAsync("/x", ("Host", "three.example"));

        Assert.Equal(["/first/x", "/second/x"], (await origin.SeenAsync()).Select(request => request.Target));
        Assert.Equal(403, (int)stranger.StatusCode);
        Assert.Contains("Bad request.", await stranger.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FunctionAssociation_IsBoundByName()
    {
        await using var origin = EchoOrigin.Start();
        var file = Write("bound", origin, inBehavior: $$""", "FunctionAssociations": { "Quantity": 1, "Items": [{{Rewrite}}] }""");
        await using var brink = BrinkDev.Start("--distribution", file, "--function", "rewrite=" + new Samples.Sample("spa-rewrite").Functions["viewer-request"]);

        await brink.GetAsync("/docs/");

        Assert.Equal("/docs/index.html", Assert.Single(await origin.SeenAsync()).Target);
    }

    [Theory]
    [InlineData("function rewrite", $$""", "FunctionAssociations": { "Quantity": 1, "Items": [{{Rewrite}}] }""", "")]
    [InlineData("bind it with --lambda f=DIR", """, "LambdaFunctionAssociations": { "Quantity": 1, "Items": [{ "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:f:1", "EventType": "origin-request" }] }""", "")]
    [InlineData("ResponseHeadersPolicyId", """, "ResponseHeadersPolicyId": "11111111-2222-3333-4444-555555555555" """, "")]
    [InlineData("SmoothStreaming", """, "SmoothStreaming": true""", "")]
    [InlineData("WebACLId", "", """, "WebACLId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1" """)]
    [InlineData("NoSuchSetting", "", """, "NoSuchSetting": 1""")]
    [InlineData("$.WebACLid: there is no such setting. Did you mean WebACLId?", "", """, "WebACLid": 1""")]
    public async Task SettingThatIsNotSupported_IsRefusedByItsName(string name, string inBehavior, string inDistribution)
    {
        await using var origin = EchoOrigin.Start();
        var file = Write("refused", origin, inBehavior: inBehavior, inDistribution: inDistribution);

        await using var process = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", "--distribution", file]);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains(name, process.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("?.", process.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneMistake_MakesNoOthers()
    {
        await using var origin = EchoOrigin.Start();
        var file = Write("one", origin, inBehavior: $$""", "FunctionAssociations": { "Quantity": 1, "Items": [{{Rewrite}}] }, "LambdaFunctionAssociations": { "Quantity": 1, "Items": [{ "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:f:1", "EventType": "origin-request" }] }""");
        foreach (var (name, text) in new[] { ("rewrite.js", "import cf from 'cloudfront'; const kvs = cf.kvs(); function handler(event) { return event.request; }"), ("f.mjs", "export const handler = async () => null;"), ("store.json", "{") })
            File.WriteAllText(Path.Combine(_folder.FullName, name), text);

        await using var process = ChildProcess.Start(
            Repository.Executable, ["dev", "--http-port", "0", "--distribution", file, "--function", "rewrite=rewrite.js", "--lambda", "f=f.mjs", "--kvs", "store.json"], _folder.FullName);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains("store.json: The file is not JSON: line 1, byte 2: the end comes too soon; an object or a list is still open.\n", process.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("bind it with", process.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("kvs-not-associated", process.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FunctionsAndHttpsThatNothingUses_AreWarnedOf()
    {
        await using var origin = EchoOrigin.Start();
        File.WriteAllText(Path.Combine(_folder.FullName, "ghost.js"), "function handler(event) { return event.request; }");
        var file = Write("https", origin);
        File.WriteAllText(file, File.ReadAllText(file).Replace("allow-all", "redirect-to-https", StringComparison.Ordinal));
        await using var brink = BrinkDev.Start("--distribution", file, "--function", "ghost=" + Path.Combine(_folder.FullName, "ghost.js"));

        var warnings = brink.WaitFor("warning").GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("message").GetString()).ToList();

        Assert.Contains("no distribution associates a function ghost", warnings);
        Assert.Contains("the default behavior wants viewers to use HTTPS, and nothing listens for it: give --https-port", warnings);
    }

    private string Write(string name, EchoOrigin origin, string? alias = null, string originPath = "", string inBehavior = "", string inDistribution = "")
    {
        var aliases = alias is null ? """{ "Quantity": 0 }""" : $$"""{ "Quantity": 1, "Items": ["{{alias}}"] }""";
        var port = new Uri(origin.Url).Port.ToString(CultureInfo.InvariantCulture);
        var file = Path.Combine(_folder.FullName, name + ".json");
        File.WriteAllText(file, $$"""
            {
              "CallerReference": "{{name}}", "Comment": "", "Enabled": true,
              "Aliases": {{aliases}},
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "o", "DomainName": "127.0.0.1", "OriginPath": "{{originPath}}",
                "CustomOriginConfig": { "HTTPPort": {{port}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"{{inBehavior}} }{{inDistribution}}
            }
            """);
        return file;
    }
}

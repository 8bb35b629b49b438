using System.Globalization;
using System.Net;
using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>Private content with what others sign with: the aws command line, AWS's package for Node.js, and <c>brink sign</c>.</summary>
public sealed class PrivateContentTests : IDisposable
{
    private const string KeyId = "K2JCJMDEHXQW5F";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task WhatAwssToolsAndBrinkSign_OpensTheDistribution_UntilItEnds()
    {
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start("--distribution", WriteDistribution(new Uri(origin.Url).Port), "--resources", WriteResources());
        var site = brink.Url;
        var package = await NpmPackages.InstallAsync(PathTo("signer"));

        var unsigned = await brink.GetAsync("/a");
        Assert.Equal((HttpStatusCode.Forbidden, "text/xml"), (unsigned.StatusCode, unsigned.Content.Headers.ContentType!.MediaType));
        Assert.Contains("<Code>MissingKey</Code>", await unsigned.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var byAws = await RunAsync(
            "/usr/bin/aws", ["cloudfront", "sign", "--url", $"{site}/a?x=1", "--key-pair-id", KeyId, "--private-key", $"file://{PathTo("rsa.pem")}", "--date-less-than", "2099-01-01"]);
        var byBrink = await RunAsync(Repository.Executable, ["sign", $"{site}/a?x=1", "--key-pair-id", KeyId, "--private-key", PathTo("rsa.pem"), "--expires", "2099-01-01"]);
        Assert.Equal(byAws, byBrink);
        var byNode = await SignAsync(package, new { @as = "url", url = $"{site}/b", algorithm = "SHA256", ipAddress = "127.0.0.0/8", dateLessThan = "2099-01-01" });
        foreach (var url in new[] { byAws, byNode })
            Assert.Equal(HttpStatusCode.OK, (await brink.GetAsync(url[site.Length..])).StatusCode);

        var cookies = await SignAsync(package, new { @as = "cookies", policy = $"{{\"Statement\":[{{\"Resource\":\"{site}/c*\",\"Condition\":{{\"DateLessThan\":{{\"AWS:EpochTime\":4070908800}}}}}}]}}" });
        var own = await RunAsync(Repository.Executable, ["sign", $"{site}/c*", "--key-pair-id", KeyId, "--private-key", PathTo("rsa.pem"), "--expires", "4070908800", "--hash", "SHA256", "--cookies"]);
        foreach (var each in new[] { cookies, own })
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(brink, "/c/1?q", each));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(brink, "/d", each));
        }

        var ended = await RunAsync(Repository.Executable, ["sign", $"{site}/a", "--key-pair-id", KeyId, "--private-key", PathTo("rsa.pem"), "--expires", "2020-01-01"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await brink.GetAsync(ended[site.Length..])).StatusCode);
    }

    private static async Task<HttpStatusCode> StatusAsync(BrinkDev brink, string path, string cookies) => (await brink.GetAsync(path, ("Cookie", cookies))).StatusCode;

    private Task<string> SignAsync(string package, object options)
    {
        var given = JsonSerializer.SerializeToNode(options)!.AsObject();
        (given["privateKey"], given["keyPairId"]) = (File.ReadAllText(PathTo("rsa.pem")), KeyId);
        var file = Path.Combine(_folder.FullName, "options.json");
        File.WriteAllText(file, given.ToJsonString());
        return RunAsync("/bin/bash", ["-c", "exec node \"$0\" \"$1\" < \"$2\"", PathTo("signer/sign.mjs"), package, file]);
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments);
        var output = process.ReadToEnd();
        Assert.True(await process.WaitForExitAsync() == 0, process.ErrorText);
        return output.Trim();
    }

    private static string PathTo(string file) => Repository.PathTo("tests", "private-content", file);

    private string WriteResources()
    {
        var folder = _folder.CreateSubdirectory("resources").FullName;
        var pem = JsonSerializer.Serialize(File.ReadAllText(PathTo("rsa.pub.pem")));
        File.WriteAllText(Path.Combine(folder, "key.json"), $$"""{ "PublicKey": { "Id": "{{KeyId}}", "PublicKeyConfig": { "CallerReference": "r", "Name": "key", "EncodedKey": {{pem}} } } }""");
        File.WriteAllText(Path.Combine(folder, "group.json"), $$"""{ "KeyGroup": { "Id": "group", "KeyGroupConfig": { "Name": "group", "Items": ["{{KeyId}}"] } } }""");
        return folder;
    }

    private string WriteDistribution(int port)
    {
        var file = Path.Combine(_folder.FullName, "distribution.json");
        File.WriteAllText(file, $$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true,
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "o", "DomainName": "127.0.0.1", "CustomOriginConfig": { "HTTPPort": {{port.ToString(CultureInfo.InvariantCulture)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                "TrustedKeyGroups": { "Enabled": true, "Quantity": 1, "Items": ["group"] } }
            }
            """);
        return file;
    }
}

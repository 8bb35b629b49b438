namespace Brink.Tests.Settings;

/// <summary><c>--resources</c> and <c>--ignore</c> from outside: what is given by id, what is missing, what is left out.</summary>
public sealed class ResourcesTests
{
    private const string Id = "0d9c7e4a-3b5f-4b8e-9a57-1f2a3b4c5d6e";

    private const string Policy = """
        {
          "ETag": "E23ZP02F085DFQ",
          "CachePolicy": {
            "Id": "0d9c7e4a-3b5f-4b8e-9a57-1f2a3b4c5d6e", "LastModifiedTime": "2030-01-01T00:00:00+00:00",
            "CachePolicyConfig": {
              "Comment": "", "Name": "never", "DefaultTTL": 0, "MaxTTL": 0, "MinTTL": 0,
              "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": false, "EnableAcceptEncodingBrotli": false, "HeadersConfig": { "HeaderBehavior": "none" },
                "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" }
              }
            }
          }
        }
        """;

    [Fact]
    public async Task PolicyOfADistribution_ComesFromTheFolder_AndASaveTakesEffect()
    {
        await using var site = OfResources();
        site.Write("resources/any-name.json", Policy);
        await site.StartAsync();

        await site.Dev.AskAsync("/a");
        await site.Dev.AskAsync("/a");
        Assert.Equal(2, site.One.Requests.Count);

        site.Write("resources/any-name.json", Policy.Replace("\"MaxTTL\": 0", "\"MaxTTL\": 60", StringComparison.Ordinal).Replace("\"DefaultTTL\": 0", "\"DefaultTTL\": 60", StringComparison.Ordinal));
        await site.Dev.WaitForAsync("reloaded");
        await site.Dev.AskAsync("/b");
        await site.Dev.AskAsync("/b");
        Assert.Equal(3, site.One.Requests.Count);
    }

    [Fact]
    public async Task IdThatNothingGives_NamesTheFileAndTheCommand()
    {
        await using var site = OfResources();
        site.Set("DefaultCacheBehavior.OriginRequestPolicyId", "\"mine\"");

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"$.DefaultCacheBehavior.CachePolicyId: there is no cache policy '{Id}': it is neither managed nor given. Add its file to a folder of --resources: aws cloudfront get-cache-policy --id {Id} > {Id}.json.", errors, StringComparison.Ordinal);
        Assert.Contains("aws cloudfront get-origin-request-policy --id mine > mine.json", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BrokenFolder_IsNamedFileByFile()
    {
        await using var site = OfResources();
        site.Write("resources/a.json", Policy);
        site.Write("resources/b.json", Policy);
        site.Write("resources/c.json", "{ ");
        site.Write("resources/d.json", """{ "Name": "g", "Items": ["K404"] }""");
        site.Flags.AddRange(["--resources", site.In("nowhere")]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"a.json gives the cache policy {Id} already: leave one of them", errors, StringComparison.Ordinal);
        Assert.Contains("c.json", errors, StringComparison.Ordinal);
        Assert.Contains("the key group g has the public key K404, which is not given. Add its file to a folder of --resources: aws cloudfront get-public-key --id K404 > K404.json", errors, StringComparison.Ordinal);
        Assert.Contains("there is no such folder", errors, StringComparison.Ordinal);
    }

    /// <summary>To open it would be to wait for its writer.</summary>
    [Fact]
    public async Task PipeInTheFolder_IsNotOpened()
    {
        await using var site = OfResources();
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [site.In("resources/pipe.json")]))
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("pipe.json: this is a pipe or a device, not a file: take it out of the folder", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebAclThatIsLeftOut_IsSaidAgainEveryHour()
    {
        var time = new ManualTimeProvider();
        await using var site = Site.OfDistribution();
        site.Time = time;
        site.Set("WebACLId", "\"arn:aws:wafv2:us-east-1:123456789012:global/webacl/acl/1\"");
        site.Flags.AddRange(["--ignore", "WebACLId"]);
        await site.StartAsync();
        const string line = "WebACLId is left out (--ignore): what it would block gets through. A function on viewer-request can refuse requests instead";

        for (var i = 0; i < 3; i++)
        {
            var warning = (await site.Dev.WaitForAsync("warning")).GetProperty("warnings")[0].GetProperty("message").GetString();
            Assert.Equal(line, warning);
            time.Advance(TimeSpan.FromHours(1));
        }
    }

    [Theory]
    [InlineData("DefaultRootObject", "--ignore DefaultRootObject is enforced, or there is no such setting; AnycastIpListId")]
    [InlineData("WebACLId,Nope", "--ignore Nope is enforced, or there is no such setting")]
    public async Task WhatIsEnforcedOrUnknown_CannotBeLeftOut(string names, string mistake)
    {
        await using var site = Site.OfDistribution();
        site.Flags.AddRange(["--ignore", names]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(2, exitCode);
        Assert.Contains(mistake, errors, StringComparison.Ordinal);
    }

    private const string StoreArn = "arn:aws:cloudfront::123456789012:key-value-store/6ae8d4f8-2a9c-4c8b-9d53-1c7a4f1d2e3b";

    private const string TellsTheStore = "import cf from 'cloudfront'; async function handler(event) { return { statusCode: 200, headers: { 'x-told': { value: await cf.kvs().get('k') } } }; }";

    [Fact]
    public async Task FunctionOfTheFolder_AndItsStore_AreReadAgainOnASave()
    {
        await using var site = OfFunction();
        await site.StartAsync();
        Assert.Equal("one", (await site.Dev.AskAsync())["x-told"]);

        site.Write("resources/s.data.json", """{ "Items": [ { "Key": "k", "Value": "two" } ] }""");
        await site.Dev.WaitForAsync("reloaded");
        Assert.Equal("two", (await site.Dev.AskAsync())["x-told"]);

        site.Write("resources/f.js", "function handler(event) { return { statusCode: 200, headers: { 'x-told': { value: 'code' } } }; }");
        await site.Dev.WaitForAsync("reloaded");
        Assert.Equal("code", (await site.Dev.AskAsync())["x-told"]);

        // A save that breaks the keys leaves them serving.
        site.Write("resources/f.js", TellsTheStore);
        await site.Dev.WaitForAsync("reloaded");
        site.Write("resources/s.data.json", "{");
        await site.Dev.WaitForAsync("not-reloaded");
        Assert.Equal("two", (await site.Dev.AskAsync())["x-told"]);
    }

    [Fact]
    public async Task FlagsGoBeforeTheFolder()
    {
        // Other code, with the store of the description; and other keys for that store, by its id.
        await using var site = OfFunction();
        site.Flags.AddRange(["--function", $"f={site.Write("own.js", TellsTheStore.Replace("await cf.kvs().get('k')", "'own ' + await cf.kvs().get('k')", StringComparison.Ordinal))}"]);
        site.Flags.AddRange(["--kvs", $"{StoreArn[^36..]}={site.Write("own.json", """{ "data": [ { "key": "k", "value": "keys" } ] }""")}"]);
        await site.StartAsync();

        Assert.Equal("own keys", (await site.Dev.AskAsync())["x-told"]);
    }

    [Fact]
    public async Task KeysOfTheFlag_StandForAStoreThatIsNotGiven()
    {
        await using var site = OfFunction();
        File.Delete(site.In("resources/s.json"));
        File.Delete(site.In("resources/s.data.json"));
        site.Flags.AddRange(["--kvs", site.Write("own.json", """{ "data": [ { "key": "k", "value": "keys" } ] }""")]);
        await site.StartAsync();

        Assert.Equal("keys", (await site.Dev.AskAsync())["x-told"]);
    }

    [Theory]
    [InlineData("f.json", "the distribution associates the function f (arn:aws:cloudfront::123456789012:function/f): bind it with --function f=FILE. Or: Add its files to a folder of --resources: aws cloudfront describe-function --name f --stage LIVE > f.json, and aws cloudfront get-function --name f --stage LIVE f.js")]
    [InlineData("f.js", "the code of the function f is not beside it: aws cloudfront get-function --name f --stage LIVE ")]
    [InlineData("s.json", "these are the keys of a store that ")]
    [InlineData("s.data.json", "the keys of the key value store s are not beside it: aws cloudfront-keyvaluestore list-keys --kvs-arn " + StoreArn + " > ")]
    public async Task FileOfAFunctionThatIsMissing_IsNamedWithTheCommand(string file, string message)
    {
        await using var site = OfFunction();
        File.Delete(site.In($"resources/{file}"));

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "the code of the Lambda version f:3 is not beside it, neither ")]
    [InlineData(true, true, "are both the code of f:3: leave one of them")]
    public async Task CodeOfALambdaVersion_IsAZipOrAFolder(bool hasFolder, bool hasZip, string message)
    {
        await using var site = Site.OfDistribution();
        Directory.CreateDirectory(site.In("resources"));
        site.Set("DefaultCacheBehavior.LambdaFunctionAssociations", """{ "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:f:3", "EventType": "origin-request" } ] }""");
        site.Write("resources/f.json", """{ "FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f:3", "Version": "3" }""");
        if (hasFolder)
            Directory.CreateDirectory(site.In("resources/f"));
        if (hasZip)
            site.Write("resources/f.zip", "");
        site.Flags.AddRange(["--resources", site.In("resources"), "--unsafe-no-sandbox"]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("bind it with", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneMistake_MakesNoOthers()
    {
        await using var site = OfFunction();
        site.Set("DefaultCacheBehavior.LambdaFunctionAssociations", """{ "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:l:3", "EventType": "origin-request" } ] }""");
        Directory.CreateDirectory(site.In("resources/l"));
        site.Write("resources/l/index.mjs", "export const handler = async () => null;");
        site.Write("resources/l.json", """{ "FunctionName": "l", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:l:3", "Version": "3" }""");
        site.Write("resources/f.js", "function handler(event) { return");
        site.Flags.Add("--unsafe-no-sandbox");

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("f.js:1", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("bind it with", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PolicyOfAList_IsFound()
    {
        await using var site = OfResources();
        var policy = System.Text.Json.Nodes.JsonNode.Parse(Policy)!["CachePolicy"]!.ToJsonString();
        site.Write("resources/all.json", $$"""{ "CachePolicyList": { "MaxItems": 100, "Quantity": 1, "Items": [ { "Type": "custom", "CachePolicy": {{policy}} } ] } }""");
        await site.StartAsync();

        await site.Dev.AskAsync("/a");
        await site.Dev.AskAsync("/a");
        Assert.Equal(2, site.One.Requests.Count);
    }

    private static Site OfFunction()
    {
        var site = Site.OfDistribution();
        Directory.CreateDirectory(site.In("resources"));
        site.Set("DefaultCacheBehavior.FunctionAssociations", """{ "Quantity": 1, "Items": [ { "FunctionARN": "arn:aws:cloudfront::123456789012:function/f", "EventType": "viewer-request" } ] }""");
        site.Write("resources/f.json", $$"""{ "FunctionSummary": { "Name": "f", "FunctionConfig": { "Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": { "Quantity": 1, "Items": [ { "KeyValueStoreARN": "{{StoreArn}}" } ] } } } }""");
        site.Write("resources/f.js", TellsTheStore);
        site.Write("resources/s.json", $$"""{ "KeyValueStore": { "Name": "s", "Id": "{{StoreArn[^36..]}}", "ARN": "{{StoreArn}}" } }""");
        site.Write("resources/s.data.json", """{ "data": [ { "key": "k", "value": "one" } ] }""");
        site.Flags.AddRange(["--resources", site.In("resources")]);
        return site;
    }

    private static Site OfResources()
    {
        var site = Site.OfDistribution();
        Directory.CreateDirectory(site.In("resources"));
        site.Set("DefaultCacheBehavior.CachePolicyId", $"\"{Id}\"");
        site.Flags.AddRange(["--resources", site.In("resources")]);
        return site;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Tests.PrivateContent;

namespace Brink.Tests.Settings;

/// <summary>The fields of resources that have no flag of their own, each sent in a file of <c>--resources</c>.</summary>
internal static class ResourceCases
{
    private const string Function = "FunctionSummary.FunctionConfig.", Store = "KeyValueStore.";
    private const string OneId = "11111111-1111-4111-8111-111111111111", TwoId = "22222222-2222-4222-8222-222222222222";

    public static IReadOnlyDictionary<string, Case> PublicKey { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["CallerReference"] = Case.NoEffect(OfPublicKey, "CallerReference", "\"a\"", "\"b\"", DistributionCases.SignedForAsync),
        ["Name"] = Case.NoEffect(OfPublicKey, "Name", "\"a\"", "\"b\"", DistributionCases.SignedForAsync),
        ["EncodedKey"] = Case.Enforced(OfPublicKey, "EncodedKey", (Pem("rsa"), "200 InvalidKey"), (Pem("ec"), "AccessDenied InvalidKey"), DistributionCases.SignedForAsync),
        ["Comment"] = Case.NoEffect(OfPublicKey, "Comment", "\"a\"", "\"b\"", DistributionCases.SignedForAsync),
    };

    public static IReadOnlyDictionary<string, Case> KeyGroup { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Name"] = Case.NoEffect(OfKeyGroup, "Name", "\"a\"", "\"b\"", DistributionCases.SignedForAsync),
        ["Items"] = Case.Enforced(OfKeyGroup, "Items", ("""["KRSA"]""", "200 InvalidKey"), ("""["KEC"]""", "InvalidKey 200"), DistributionCases.SignedForAsync),
        ["Comment"] = Case.NoEffect(OfKeyGroup, "Comment", "\"a\"", "\"b\"", DistributionCases.SignedForAsync),
    };

    public static IReadOnlyDictionary<string, Case> OriginAccessControl { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Name"] = Case.NoEffect(OfOriginAccessControl, "Name", "\"a\"", "\"b\"", DistributionCases.SignatureAsync),
        ["Description"] = Case.NoEffect(OfOriginAccessControl, "Description", "\"a\"", "\"b\"", DistributionCases.SignatureAsync),
        ["SigningProtocol"] = Case.Refused(OfOriginAccessControl, "SigningProtocol", "\"sigv2\"", "'sigv2' is not one of sigv4"),
        ["SigningBehavior"] = Case.Enforced(OfOriginAccessControl, "SigningBehavior", ("\"always\"", "AWS4-HMAC-SHA256"), ("\"never\"", "none"), DistributionCases.SignatureAsync),
        ["OriginAccessControlOriginType"] = Case.Refused(OfOriginAccessControl, "OriginAccessControlOriginType", "\"lambda\"", "'lambda' is not supported yet"),
    };

    public static IReadOnlyDictionary<string, Case> OriginAccessIdentity { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["CallerReference"] = Case.NoEffect(OfOriginAccessIdentity, "CallerReference", "\"a\"", "\"b\"", DistributionCases.SignatureAsync),
        ["Comment"] = Case.NoEffect(OfOriginAccessIdentity, "Comment", "\"a\"", "\"b\"", DistributionCases.SignatureAsync),
    };

    public static IReadOnlyDictionary<string, Case> FunctionConfig { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Comment"] = Case.NoEffect(OfFunction, Function + "Comment", "\"a\"", "\"b\"", ToldAsync),
        ["Runtime"] = Case.Enforced(OfFunction, Function + "Runtime", ("\"cloudfront-js-1.0\"", "cloudfront-js-1.0"), ("\"cloudfront-js-2.0\"", "cloudfront-js-2.0"), RuntimeAsync, WithoutStore),
        ["KeyValueStoreAssociations.KeyValueStoreARN"] = Case.Enforced(
            OfFunction, Function + "KeyValueStoreAssociations.Items[0].KeyValueStoreARN", ($"\"{Arn(OneId)}\"", "one"), ($"\"{Arn(TwoId)}\"", "two"), ToldAsync),
    };

    public static IReadOnlyDictionary<string, Case> KeyValueStore { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Name"] = Case.NoEffect(OfStore, Store + "Name", "\"a\"", "\"b\"", ToldAsync),
        ["Id"] = new(Case.IsEnforced, async () =>
        {
            await using var site = OfStore();
            await site.StartAsync();
            Assert.Equal("one", await ToldAsync(site));

            await using var other = OfStore();
            other.Set(Store + "Id", $"\"{TwoId}\"");
            other.Set(Store + "ARN", $"\"{Arn(TwoId)}\"");
            Assert.Contains(
                $"the function f has the key value store {Arn(OneId)}, which is not given. Add its files to a folder of --resources, with the NAME that aws cloudfront list-key-value-stores prints: "
                + $"aws cloudfront describe-key-value-store --name NAME > NAME.json, and aws cloudfront-keyvaluestore list-keys --kvs-arn {Arn(OneId)} > NAME.data.json. Or give its keys with --kvs {OneId}=FILE",
                (await other.EndAsync()).Errors, StringComparison.Ordinal);
        }),
        ["Comment"] = Case.NoEffect(OfStore, Store + "Comment", "\"a\"", "\"b\"", ToldAsync),
        ["ARN"] = Case.NoEffect(OfStore, Store + "ARN", $"\"{Arn(OneId)}\"", $"\"{Arn(OneId).Replace("123456789012", "210987654321", StringComparison.Ordinal)}\"", ToldAsync),
        ["Status"] = Case.NoEffect(OfStore, Store + "Status", "\"READY\"", "\"PROVISIONING\"", ToldAsync),
        ["LastModifiedTime"] = Case.NoEffect(OfStore, Store + "LastModifiedTime", null, "\"2030-01-01T00:00:00Z\"", ToldAsync),
    };

    public static IReadOnlyDictionary<string, Case> LambdaVersion { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["FunctionName"] = new(Case.IsEnforced, async () =>
        {
            await using var site = OfLambda();
            site.Set("FunctionName", "\"g\"");
            Assert.Contains("the distribution associates the Lambda function f (arn:aws:lambda:us-east-1:123456789012:function:f:3): bind it", (await site.EndAsync()).Errors, StringComparison.Ordinal);
        }),
        ["Version"] = new(Case.IsEnforced, async () =>
        {
            await using var site = OfLambda();
            site.Set("Version", "\"2\"");
            var (exitCode, errors) = await site.EndAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains(
                "the distribution associates the Lambda function f (arn:aws:lambda:us-east-1:123456789012:function:f:3), and f:2 is given: bind it with --lambda f=DIR. Or: Add its files to a folder of --resources: "
                + "aws lambda get-function-configuration --region us-east-1 --function-name f --qualifier 3 > f.json, and its code in f.zip, or unpacked in a folder f: ", errors, StringComparison.Ordinal);
        }),
        ["Runtime"] = Case.Enforced(OfLambda, "Runtime", ("\"nodejs20.x\"", "nodejs20.x"), ("\"nodejs22.x\"", "nodejs22.x"), RuntimeAsync),
        ["Handler"] = Case.Enforced(OfLambda, "Handler", ("\"index.handler\"", "3 handler 128 5"), ("\"index.other\"", "3 other 128 5"), TextAsync),
        ["Timeout"] = Case.Enforced(OfLambda, "Timeout", ("5", "3 handler 128 5"), ("4", "3 handler 128 4"), TextAsync),
        ["MemorySize"] = Case.Enforced(OfLambda, "MemorySize", ("128", "3 handler 128 5"), ("256", "3 handler 256 5"), TextAsync),
        ["Environment.Variables"] = Refused("Environment", """{ "Variables": { "A": "b" } }""", "The function cannot have environment variables. Function: arn:aws:lambda:us-east-1:123456789012:function:f:3"),
        ["VpcConfig.SubnetIds"] = Refused("VpcConfig", """{ "SubnetIds": ["s"] }""", "a function at the edge has no VPC"),
        ["Layers"] = Refused("Layers", """[ { "Arn": "l" } ]""", "a function at the edge has no layers"),
        ["DeadLetterConfig.TargetArn"] = Refused("DeadLetterConfig", """{ "TargetArn": "q" }""", "a function at the edge has no dead letter queue"),
        ["TracingConfig.Mode"] = Refused("TracingConfig", """{ "Mode": "Active" }""", "a function at the edge has no X-Ray"),
        ["PackageType"] = Refused("PackageType", "\"Image\"", "a function at the edge is no container image"),
        ["Architectures"] = Refused("Architectures", """["arm64"]""", "a function at the edge is for x86_64"),
        ["EphemeralStorage.Size"] = Refused("EphemeralStorage", """{ "Size": 1024 }""", "a function at the edge has 512 MB in /tmp"),
    };

    // ---------------------------------------------------------------- sites

    /// <summary>A site whose distribution is as it is so far, and whose document is a file of the resources.</summary>
    private static Site OfResource(Site site, string file, string json)
    {
        Directory.CreateDirectory(site.In("resources"));
        site.Flags.RemoveRange(site.Flags.IndexOf("--distribution"), 2);
        site.Flags.AddRange(["--distribution", site.Write("distribution.json", site.Document!.ToJsonString())]);
        if (!site.Flags.Contains("--resources"))
            site.Flags.AddRange(["--resources", site.In("resources")]);
        site.Document = JsonNode.Parse(json)!.AsObject();
        site.DocumentFile = $"resources/{file}";
        return site;
    }

    private static Site OfPublicKey()
    {
        var site = OfPrivateContent("one");
        return OfResource(site, "KRSA.json", $$"""{ "CallerReference": "r", "Name": "n", "EncodedKey": {{Pem("rsa")}}, "Comment": "" }""");
    }

    private static Site OfKeyGroup()
    {
        var site = OfPrivateContent("g");
        return OfResource(site, "g.json", """{ "Name": "n", "Items": ["KRSA"], "Comment": "" }""");
    }

    private static Site OfPrivateContent(string group)
    {
        var site = Site.OfDistribution();
        DistributionCases.WithKeyGroups(site);
        site.Set("DefaultCacheBehavior.TrustedKeyGroups", $$"""{ "Enabled": true, "Quantity": 1, "Items": ["{{group}}"] }""");
        return site;
    }

    private static Site OfOriginAccessControl()
    {
        var site = Site.OfDistribution();
        DistributionCases.OnBucket(site);
        site.Set("Origins.Items[0].OriginAccessControlId", "\"oac\"");
        return OfResource(
            site, "oac.json", """{ "Name": "n", "Description": "", "SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3" }""");
    }

    private static Site OfOriginAccessIdentity()
    {
        var site = Site.OfDistribution();
        DistributionCases.OnBucket(site);
        site.Set("Origins.Items[0].S3OriginConfig.OriginAccessIdentity", "\"origin-access-identity/cloudfront/E1\"");
        return OfResource(site, "E1.json", """{ "CallerReference": "r", "Comment": "" }""");
    }

    private static Site OfFunction()
    {
        var site = WithFunction(Site.OfDistribution());
        WriteStore(site, "one", OneId);
        WriteStore(site, "two", TwoId);
        return OfResource(site, "f.json", Describe(OneId));
    }

    private static Site OfStore()
    {
        var site = WithFunction(Site.OfDistribution());
        site.Write("resources/f.json", Describe(OneId));
        WriteStore(site, "one", OneId);
        return OfResource(site, "one.json", File.ReadAllText(site.In("resources/one.json")));
    }

    private static void WithoutStore(Site site)
    {
        site.Set(Function + "KeyValueStoreAssociations", null);
        site.Write("resources/f.js", "function handler(event) { return { statusCode: 200 }; }");
    }

    private static Site WithFunction(Site site)
    {
        Directory.CreateDirectory(site.In("resources"));
        site.Set("DefaultCacheBehavior.FunctionAssociations", """{ "Quantity": 1, "Items": [ { "FunctionARN": "arn:aws:cloudfront::123456789012:function/f", "EventType": "viewer-request" } ] }""");
        site.Write("resources/f.js", """
            import cf from 'cloudfront';
            async function handler(event) { return { statusCode: 200, headers: { 'x-told': { value: await cf.kvs().get('k') } } }; }
            """);
        return site;
    }

    private static void WriteStore(Site site, string name, string id)
    {
        site.Write($"resources/{name}.json", $$"""{ "ETag": "E", "KeyValueStore": { "Name": "{{name}}", "Id": "{{id}}", "Comment": "", "ARN": "{{Arn(id)}}", "Status": "READY", "LastModifiedTime": "2030-01-01T00:00:00Z" } }""");
        site.Write($"resources/{name}.data.json", name == "one"
            ? $$"""{ "data": [ { "key": "k", "value": "{{name}}" } ] }"""
            : $$"""{ "Items": [ { "Key": "k", "Value": "{{name}}" } ] }""");
    }

    private static Site OfLambda()
    {
        var site = Site.OfDistribution();
        static string Association(string name, string type) => $$"""{ "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:{{name}}:3", "EventType": "{{type}}", "IncludeBody": false }""";
        site.Set("DefaultCacheBehavior.LambdaFunctionAssociations", $$"""{ "Quantity": 1, "Items": [ {{Association("f", "origin-request")}} ] }""");
        Directory.CreateDirectory(site.In("resources/f"));
        site.Write("resources/f/index.mjs", """
            const tell = name => async (event, context) => ({ status: '200', body: `${context.functionVersion} ${name} ${context.memoryLimitInMB} ${Math.ceil(context.getRemainingTimeInMillis() / 1000)}` });
            export const handler = tell('handler'), other = tell('other');
            """);
        site.Flags.Add("--unsafe-no-sandbox");
        return OfResource(site, "f.json", """
            {
              "FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f:3", "Runtime": "nodejs22.x", "Role": "arn:aws:iam::123456789012:role/edge", "Handler": "index.handler",
              "CodeSize": 300, "Description": "", "Timeout": 5, "LastModified": "2030-01-01T00:00:00.000+0000", "CodeSha256": "x", "Version": "3", "MemorySize": 128,
              "TracingConfig": { "Mode": "PassThrough" }, "RevisionId": "r", "State": "Active", "LastUpdateStatus": "Successful", "PackageType": "Zip", "Architectures": ["x86_64"],
              "EphemeralStorage": { "Size": 512 }, "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" }
            }
            """);
    }

    private static Case Refused(string path, string json, string sentence) => Case.Refused(OfLambda, path, json, sentence);

    private static string Describe(string storeId) => $$"""
        {
          "ETag": "E", "FunctionSummary": {
            "Name": "f", "Status": "DEPLOYED",
            "FunctionConfig": { "Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": { "Quantity": 1, "Items": [ { "KeyValueStoreARN": "{{Arn(storeId)}}" } ] } },
            "FunctionMetadata": { "FunctionARN": "arn:aws:cloudfront::123456789012:function/f", "Stage": "LIVE", "CreatedTime": "2030-01-01T00:00:00Z", "LastModifiedTime": "2030-01-01T00:00:00Z" }
          }
        }
        """;

    private static string Arn(string id) => $"arn:aws:cloudfront::123456789012:key-value-store/{id}";

    private static string Pem(string key) => JsonSerializer.Serialize(File.ReadAllText(SigningKeys.PathTo($"{key}.pub.pem")));

    private static async Task<string> ToldAsync(Site site) => (await site.Dev.AskAsync())["x-told"] ?? "none";

    private static async Task<string> TextAsync(Site site) => (await site.Dev.AskAsync()).Text;

    private static Task<string> RuntimeAsync(Site site) => Task.FromResult(site.Dev.Started.GetProperty("functions")[0].GetProperty("runtime").GetString()!);
}

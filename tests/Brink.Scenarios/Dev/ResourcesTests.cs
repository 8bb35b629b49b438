using System.Globalization;
using System.IO.Compression;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>A distribution as the aws command line prints it, with everything it names from one folder and no other flag.</summary>
public sealed class ResourcesTests : IDisposable
{
    private const string StoreId = "6ae8d4f8-2a9c-4c8b-9d53-1c7a4f1d2e3b", StoreArn = $"arn:aws:cloudfront::123456789012:key-value-store/{StoreId}";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public ResourcesTests()
    {
        foreach (var (file, text) in Resources)
            Write($"resources/{file}", text);
        using var zip = ZipFile.Open(Path.Combine(_folder.FullName, "resources", "stamp.zip"), ZipArchiveMode.Create);
        using var code = new StreamWriter(zip.CreateEntry("app.mjs").Open());
        code.Write("""
            export const stamp = async (event, context) => {
              const request = event.Records[0].cf.request;
              request.headers['x-stamp'] = [{ key: 'X-Stamp', value: `version ${context.functionVersion}, ${context.memoryLimitInMB} MB` }];
              return request;
            };
            """);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task WholeDistribution_ServesFromOneFolder()
    {
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start("--distribution", Write("distribution.json", Distribution(origin)), "--resources", Path.Combine(_folder.FullName, "resources"));

        var moved = await brink.GetAsync("/old");
        var page = await brink.GetAsync("/new?q=1&r=2");
        var again = await brink.GetAsync("/new?q=1&r=3");

        // The function moves what its store has; the version stamps what goes to the origin, with the header of the origin request policy.
        Assert.Equal((302, "/new"), ((int)moved.StatusCode, moved.Header("Location")));
        var asked = Assert.Single(await origin.SeenAsync());
        Assert.Equal("version 7, 256 MB", asked.Headers["X-Stamp"]);
        Assert.Equal("/new?q=1", asked.Target);
        Assert.Equal(("Miss from cloudfront", "Hit from cloudfront"), (page.Header("X-Cache"), again.Header("X-Cache")));
        Assert.Equal("yes", page.Header("X-From-Policy"));
        Assert.Equal(
            ["move cloudfront-js-2.0", "stamp nodejs22.x"],
            brink.Started.GetProperty("functions").EnumerateArray().Select(each => $"{each.GetProperty("name").GetString()} {each.GetProperty("runtime").GetString()}").Order());
    }

    [Fact]
    public async Task StagingDistribution_GetsWhatThePolicySays()
    {
        await using var origin = EchoOrigin.Start();
        Write("resources/deploy.json", """
            { "ETag": "E", "ContinuousDeploymentPolicy": { "Id": "deploy", "LastModifiedTime": "2030-01-01T00:00:00+00:00", "ContinuousDeploymentPolicyConfig": {
              "StagingDistributionDnsNames": { "Quantity": 1, "Items": ["d222222abcdef8.cloudfront.net"] }, "Enabled": true,
              "TrafficConfig": { "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "aws-cf-cd-staging", "Value": "yes" } } } } }
            """);
        var config = Distribution(origin);
        var primary = Write("primary.json", config.Replace("\"ContinuousDeploymentPolicyId\": \"\"", "\"ContinuousDeploymentPolicyId\": \"deploy\"", StringComparison.Ordinal));
        var staging = Write("staging.json", $$"""
            { "ETag": "E", "Distribution": { "Id": "E2STAGING", "ARN": "x", "Status": "Deployed", "DomainName": "d222222abcdef8.cloudfront.net", {{config.Replace("\"ETag\": \"E\",", "", StringComparison.Ordinal).Trim()[1..^1]
                .Replace("\"OriginPath\": \"\"", "\"OriginPath\": \"/next\"", StringComparison.Ordinal).Replace("\"Staging\": false", "\"Staging\": true", StringComparison.Ordinal)}} } }
            """);
        await using var brink = BrinkDev.Start("--distribution", primary, "--distribution", staging, "--resources", Path.Combine(_folder.FullName, "resources"));

        await brink.GetAsync("/new");
        await brink.GetAsync("/new", ("aws-cf-cd-staging", "yes"));
        var stranger = await brink.GetAsync("/new", ("Host", "d222222abcdef8.cloudfront.net"));

        Assert.Equal(["/new", "/next/new"], (await origin.SeenAsync()).Select(request => request.Target));
        Assert.Equal(403, (int)stranger.StatusCode);
        brink.WaitFor("request");
        Assert.Equal("E2STAGING", brink.WaitFor("request").GetProperty("distributionId").GetString());
    }

    private static readonly (string File, string Text)[] Resources =
    [
        ("move.json", $$"""
            { "ETag": "E", "FunctionSummary": { "Name": "move", "Status": "DEPLOYED",
              "FunctionConfig": { "Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": { "Quantity": 1, "Items": [ { "KeyValueStoreARN": "{{StoreArn}}" } ] } },
              "FunctionMetadata": { "FunctionARN": "arn:aws:cloudfront::123456789012:function/move", "Stage": "LIVE", "CreatedTime": "2030-01-01T00:00:00+00:00", "LastModifiedTime": "2030-01-01T00:00:00+00:00" } } }
            """),
        ("move.js", """
            import cf from 'cloudfront';
            async function handler(event) {
              try {
                return { statusCode: 302, headers: { location: { value: await cf.kvs().get(event.request.uri) } } };
              } catch (e) {
                return event.request;
              }
            }
            """),
        ("moves.json", $$"""{ "ETag": "E", "KeyValueStore": { "Name": "moves", "Id": "{{StoreId}}", "Comment": "", "ARN": "{{StoreArn}}", "Status": "READY", "LastModifiedTime": "2030-01-01T00:00:00+00:00" } }"""),
        ("moves.data.json", """{ "Items": [ { "Key": "/old", "Value": "/new" } ] }"""),
        ("stamp.json", """
            { "FunctionName": "stamp", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:stamp:7", "Runtime": "nodejs22.x", "Role": "arn:aws:iam::123456789012:role/edge", "Handler": "app.stamp",
              "CodeSize": 300, "Description": "", "Timeout": 5, "MemorySize": 256, "LastModified": "2030-01-01T00:00:00.000+0000", "CodeSha256": "x", "Version": "7", "TracingConfig": { "Mode": "PassThrough" },
              "RevisionId": "r", "State": "Active", "LastUpdateStatus": "Successful", "PackageType": "Zip", "Architectures": ["x86_64"], "EphemeralStorage": { "Size": 512 } }
            """),
        ("cache-policies.json", """
            { "CachePolicyList": { "MaxItems": 100, "Quantity": 1, "Items": [ { "Type": "custom", "CachePolicy": { "Id": "0d9c7e4a-3b5f-4b8e-9a57-1f2a3b4c5d6e", "LastModifiedTime": "2030-01-01T00:00:00+00:00", "CachePolicyConfig": {
              "Comment": "", "Name": "by-q", "DefaultTTL": 60, "MaxTTL": 60, "MinTTL": 60, "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": false, "EnableAcceptEncodingBrotli": false, "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" },
                "QueryStringsConfig": { "QueryStringBehavior": "whitelist", "QueryStrings": { "Quantity": 1, "Items": ["q"] } } } } } } ] } }
            """),
        ("c1a5f00d-0000-4000-8000-000000000001.json", """
            { "ETag": "E", "OriginRequestPolicyConfig": { "Comment": "", "Name": "none", "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } } }
            """),
        ("c1a5f00d-0000-4000-8000-000000000002.json", """
            { "Comment": "", "Name": "marks", "CustomHeadersConfig": { "Quantity": 1, "Items": [ { "Header": "X-From-Policy", "Value": "yes", "Override": true } ] } }
            """),
    ];

    private static string Distribution(EchoOrigin origin) => $$"""
        {
          "ETag": "E",
          "DistributionConfig": {
            "CallerReference": "c", "Aliases": { "Quantity": 0 }, "DefaultRootObject": "",
            "Origins": { "Quantity": 1, "Items": [ {
              "Id": "app", "DomainName": "127.0.0.1", "OriginPath": "", "CustomHeaders": { "Quantity": 0 },
              "CustomOriginConfig": {
                "HTTPPort": {{new Uri(origin.Url).Port.ToString(CultureInfo.InvariantCulture)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only",
                "OriginSslProtocols": { "Quantity": 1, "Items": ["TLSv1.2"] }, "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5 },
              "ConnectionAttempts": 3, "ConnectionTimeout": 10, "OriginShield": { "Enabled": false }, "OriginAccessControlId": "" } ] },
            "OriginGroups": { "Quantity": 0 },
            "DefaultCacheBehavior": {
              "TargetOriginId": "app", "TrustedSigners": { "Enabled": false, "Quantity": 0 }, "TrustedKeyGroups": { "Enabled": false, "Quantity": 0 }, "ViewerProtocolPolicy": "allow-all",
              "AllowedMethods": { "Quantity": 2, "Items": ["HEAD", "GET"], "CachedMethods": { "Quantity": 2, "Items": ["HEAD", "GET"] } },
              "SmoothStreaming": false, "Compress": false,
              "LambdaFunctionAssociations": { "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:stamp:7", "EventType": "origin-request", "IncludeBody": false } ] },
              "FunctionAssociations": { "Quantity": 1, "Items": [ { "FunctionARN": "arn:aws:cloudfront::123456789012:function/move", "EventType": "viewer-request" } ] },
              "FieldLevelEncryptionId": "", "CachePolicyId": "0d9c7e4a-3b5f-4b8e-9a57-1f2a3b4c5d6e", "OriginRequestPolicyId": "c1a5f00d-0000-4000-8000-000000000001",
              "ResponseHeadersPolicyId": "c1a5f00d-0000-4000-8000-000000000002", "GrpcConfig": { "Enabled": false }
            },
            "CacheBehaviors": { "Quantity": 0 }, "CustomErrorResponses": { "Quantity": 0 }, "Comment": "", "Logging": { "Enabled": false, "IncludeCookies": false, "Bucket": "", "Prefix": "" },
            "PriceClass": "PriceClass_All", "Enabled": true,
            "ViewerCertificate": { "CloudFrontDefaultCertificate": true, "SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1", "CertificateSource": "cloudfront" },
            "Restrictions": { "GeoRestriction": { "RestrictionType": "none", "Quantity": 0 } }, "WebACLId": "", "HttpVersion": "http2", "IsIPV6Enabled": true, "ContinuousDeploymentPolicyId": "", "Staging": false
          }
        }
        """;

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}

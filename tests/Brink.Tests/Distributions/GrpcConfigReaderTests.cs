using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Distributions;
using Brink.Resources;

namespace Brink.Tests.Distributions;

/// <summary>GrpcConfig, and what it needs beside it (distribution spec 2.4).</summary>
public sealed class GrpcConfigReaderTests
{
    private const string AllMethods = """{ "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] }""";

    private const string OnlyGet = """{ "Quantity": 2, "Items": ["GET", "HEAD"] }""";

    private const string Lambda =
        """{ "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:f:1", "EventType": "viewer-request" } ] }""";

    [Theory]
    [InlineData("https-only", "http2")]
    [InlineData("match-viewer", "http2and3")]
    [InlineData("match-viewer", "http3")]
    public void WithAllThatItNeeds_ItIsRead(string protocol, string version) => Assert.Empty(Mistakes(protocol: protocol, version: version));

    [Theory]
    [InlineData("http-only", "http1.1", OnlyGet)]
    public void Disabled_ItNeedsNothing(string protocol, string version, string methods) =>
        Assert.Empty(Mistakes(enabled: "false", protocol: protocol, version: version, methods: methods));

    [Theory]
    [InlineData(OnlyGet, "https-only", "http2", null, "gRPC needs POST, which the behavior does not allow")]
    [InlineData(AllMethods, "https-only", "http1.1", null, "gRPC needs HTTP/2, and HttpVersion is http1.1")]
    [InlineData(AllMethods, "http-only", "http2", null, "gRPC needs an origin over HTTPS, and the OriginProtocolPolicy of 'one' is http-only")]
    [InlineData(AllMethods, "https-only", "http2", Lambda, "Lambda@Edge functions do not run for gRPC, and the behavior has some")]
    public void WithoutSomethingThatItNeeds_ItIsAMistake(string methods, string protocol, string version, string? lambda, string rule)
    {
        var mistake = Assert.Single(Mistakes("true", methods, protocol, version, lambda));

        Assert.Equal("$.DefaultCacheBehavior.GrpcConfig.Enabled", mistake.Path);
        Assert.Equal(rule, mistake.Rule);
        Assert.NotEmpty(mistake.Fix);
    }

    [Fact]
    public void EachOriginOfAGroup_SpeaksHttps()
    {
        var mistakes = Mistakes(protocol: "http-only", target: "group");

        Assert.Equal(["one", "two"], mistakes.Select(mistake => mistake.Rule.Split('\'')[1]));
    }

    private static ImmutableArray<ConfigMistake> Mistakes(
        string enabled = "true", string methods = AllMethods, string protocol = "https-only", string version = "http2", string? lambda = null, string target = "one")
    {
        string Origin(string id) => $$"""
            { "Id": "{{id}}", "DomainName": "{{id}}.example.com", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "{{protocol}}" } }
            """;
        var read = DistributionConfigReader.Read($$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true, "HttpVersion": "{{version}}",
              "Origins": { "Quantity": 2, "Items": [ {{Origin("one")}}, {{Origin("two")}} ] },
              "OriginGroups": { "Quantity": 1, "Items": [ {
                "Id": "group", "FailoverCriteria": { "StatusCodes": { "Quantity": 1, "Items": [500] } },
                "Members": { "Quantity": 2, "Items": [ { "OriginId": "one" }, { "OriginId": "two" } ] } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "{{target}}", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "AllowedMethods": {{methods}},
                "LambdaFunctionAssociations": {{lambda ?? """{ "Quantity": 0 }"""}}, "GrpcConfig": { "Enabled": {{enabled}} } }
            }
            """, "E", "d.cloudfront.net", ResourceCatalog.Empty);
        if (read.Value is { } distribution)
            Assert.Equal(enabled == "true", distribution.DefaultCacheBehavior.AllowsGrpc);
        return read.Mistakes;
    }
}

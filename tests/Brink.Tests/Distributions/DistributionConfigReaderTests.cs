using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Brink.Configuration;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.Policies;
using Brink.Resources;

namespace Brink.Tests.Distributions;

public sealed class DistributionConfigReaderTests
{
    [Theory]
    [InlineData("""{ "Comment": "\ud800" }""")]
    [InlineData("""{ "\ud800": 1 }""")]
    public void HalfASurrogatePair_IsAMistakeLikeAnyOther(string json)
    {
        var result = DistributionConfigReader.Read(json, "E1", "d1.cloudfront.net", ResourceCatalog.Empty);

        Assert.Null(result.Value);
        Assert.Contains(result.Mistakes, mistake => mistake.ToString().Contains("surrogate pair", StringComparison.Ordinal));
    }

    // What `aws cloudfront get-distribution-config` gives back for a small distribution: every neutral setting is there.
    private const string Full = """
        {
          "CallerReference": "ref-1",
          "Aliases": { "Quantity": 2, "Items": ["www.Example.com", "*.example.org"] },
          "DefaultRootObject": "index.html",
          "Origins": { "Quantity": 1, "Items": [ {
            "Id": "app", "DomainName": "App.internal", "OriginPath": "/v1",
            "CustomHeaders": { "Quantity": 1, "Items": [ { "HeaderName": "X-Secret", "HeaderValue": "s" } ] },
            "CustomOriginConfig": {
              "HTTPPort": 8081, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only",
              "OriginSslProtocols": { "Quantity": 2, "Items": ["TLSv1.2", "TLSv1.1"] },
              "OriginReadTimeout": 60, "OriginKeepaliveTimeout": 7
            },
            "ConnectionAttempts": 2, "ConnectionTimeout": 4,
            "OriginShield": { "Enabled": false }, "OriginAccessControlId": ""
          } ] },
          "OriginGroups": { "Quantity": 0 },
          "DefaultCacheBehavior": {
            "TargetOriginId": "app",
            "TrustedSigners": { "Enabled": false, "Quantity": 0 },
            "TrustedKeyGroups": { "Enabled": false, "Quantity": 0 },
            "ViewerProtocolPolicy": "redirect-to-https",
            "AllowedMethods": {
              "Quantity": 7, "Items": ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"],
              "CachedMethods": { "Quantity": 3, "Items": ["HEAD", "GET", "OPTIONS"] }
            },
            "SmoothStreaming": false, "Compress": false,
            "LambdaFunctionAssociations": { "Quantity": 0 },
            "FunctionAssociations": { "Quantity": 2, "Items": [
              { "FunctionARN": "arn:aws:cloudfront::123456789012:function/f-1", "EventType": "viewer-request" },
              { "FunctionARN": "arn:aws:cloudfront::123456789012:function/g_2", "EventType": "viewer-response" } ] },
            "FieldLevelEncryptionId": "",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "OriginRequestPolicyId": "216adef6-5c7f-47e4-b989-5492eafa07d3",
            "GrpcConfig": { "Enabled": false }
          },
          "CacheBehaviors": { "Quantity": 1, "Items": [ {
            "PathPattern": "api/*", "TargetOriginId": "app", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "mine" } ] },
          "CustomErrorResponses": { "Quantity": 1, "Items": [
            { "ErrorCode": 404, "ResponsePagePath": "", "ResponseCode": "", "ErrorCachingMinTTL": 3 } ] },
          "Comment": "",
          "Logging": { "Enabled": false, "IncludeCookies": false, "Bucket": "", "Prefix": "" },
          "PriceClass": "PriceClass_All",
          "Enabled": true,
          "ViewerCertificate": {
            "CloudFrontDefaultCertificate": true, "SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1", "CertificateSource": "cloudfront" },
          "Restrictions": { "GeoRestriction": { "RestrictionType": "none", "Quantity": 0 } },
          "WebACLId": "", "HttpVersion": "http2", "IsIPV6Enabled": true, "ContinuousDeploymentPolicyId": "", "Staging": false
        }
        """;

    private static readonly ResourceCatalog Given = ResourceCatalog.Empty with
    {
        CachePolicies = ImmutableDictionary<string, CachePolicy>.Empty.Add("mine", ManagedPolicies.FindCachePolicy("CachingDisabled")! with { Name = "mine" }),
    };

    private static ConfigResult<Distribution> Read(string json) => DistributionConfigReader.Read(json, "E1", "d1.cloudfront.net", Given);

    [Fact]
    public void FullConfig_BecomesADistribution()
    {
        var (distribution, mistakes) = Read(Full);
        Assert.Empty(mistakes);
        Assert.NotNull(distribution);
        Assert.Equal(("E1", "d1.cloudfront.net", true), (distribution.Id, distribution.DomainName, distribution.Enabled));
        Assert.Equal(["www.example.com", "*.example.org"], distribution.Aliases);
        Assert.Equal("index.html", distribution.DefaultRootObject);
        Assert.Equal(TimeSpan.FromSeconds(3), distribution.ErrorCachingMinTtl[404]);

        var origin = Assert.IsType<CustomOrigin>(Assert.Single(distribution.Origins));
        Assert.Equal(("app", "app.internal", "/v1", 8081, 443), (origin.Id, origin.DomainName, origin.OriginPath, origin.HttpPort, origin.HttpsPort));
        Assert.Equal(OriginProtocolPolicy.HttpOnly, origin.ProtocolPolicy);
        Assert.Equal((60d, 7d, 4d, 2), (origin.ReadTimeout.TotalSeconds, origin.KeepaliveTimeout.TotalSeconds, origin.ConnectionTimeout.TotalSeconds, origin.ConnectionAttempts));
        Assert.Equal([new HeaderField("X-Secret", "s")], origin.CustomHeaders);
        Assert.Equal(["TLSv1.2", "TLSv1.1"], origin.SslProtocols);

        var behavior = distribution.DefaultCacheBehavior;
        Assert.Equal((ViewerProtocolPolicy.RedirectToHttps, AllowedMethods.All, true), (behavior.ViewerProtocolPolicy, behavior.AllowedMethods, behavior.CachesOptions));
        Assert.Equal("Managed-CachingOptimized", behavior.CachePolicy.Name);
        Assert.Equal("Managed-AllViewer", behavior.OriginRequestPolicy!.Name);
        Assert.Equal([EventType.ViewerRequest, EventType.ViewerResponse], behavior.FunctionAssociations.Select(each => each.EventType));

        var api = Assert.Single(distribution.CacheBehaviors);
        Assert.True(api.PathPattern.Matches("/api/x"));
        Assert.Equal(("mine", AllowedMethods.GetHead), (api.CachePolicy.Name, api.AllowedMethods));
    }

    [Theory]
    // What is wrong, and where it is said to be.
    [InlineData("Origins.Items[0].DomainName", "\"https://x.test\"", "Origins.Items[0].DomainName", "host name")]
    [InlineData("Origins.Items[0].DomainName", "\"x.test:80\"", "Origins.Items[0].DomainName", "host name")]
    [InlineData("Origins.Items[0].DomainName", "7", "Origins.Items[0].DomainName", "not a string")]
    [InlineData("Origins.Items[0].OriginPath", "\"v1/\"", "Origins.Items[0].OriginPath", "slash")]
    [InlineData("Origins.Items[0].ConnectionAttempts", "4", "Origins.Items[0].ConnectionAttempts", "between 1 and 3")]
    [InlineData("Origins.Items[0].ConnectionTimeout", "0", "Origins.Items[0].ConnectionTimeout", "between 1 and 10")]
    [InlineData("Origins.Items[0].ConnectionTimeout", "1.5", "Origins.Items[0].ConnectionTimeout", "whole number")]
    [InlineData("Origins.Items[0].ResponseCompletionTimeout", "59", "Origins.Items[0].ResponseCompletionTimeout", "shorter than OriginReadTimeout")]
    [InlineData("Origins.Items[0].CustomOriginConfig.HTTPPort", "81", "Origins.Items[0].CustomOriginConfig.HTTPPort", "1024")]
    [InlineData("Origins.Items[0].CustomOriginConfig.OriginReadTimeout", "121", "Origins.Items[0].CustomOriginConfig.OriginReadTimeout", "between 1 and 120")]
    [InlineData("Origins.Items[0].CustomOriginConfig.OriginSslProtocols.Items[0]", "\"TLSv1\"", "Origins.Items[0].CustomOriginConfig.OriginSslProtocols", "without TLSv1.2")]
    [InlineData("Origins.Items[0].CustomOriginConfig.OriginProtocolPolicy", "\"HTTP\"", "Origins.Items[0].CustomOriginConfig.OriginProtocolPolicy", "http-only")]
    [InlineData("Origins.Items[0].CustomHeaders.Items[0].HeaderName", "\"if-match\"", "Origins.Items[0].CustomHeaders.Items[0].HeaderName", "may not be")]
    [InlineData("Origins.Items[0].CustomHeaders.Items[0].HeaderName", "\"X-Amz-Meta\"", "Origins.Items[0].CustomHeaders.Items[0].HeaderName", "may not be")]
    [InlineData("Origins.Items[0].CustomHeaders.Items[0].HeaderValue", "\"a\\r\\nB: c\"", "Origins.Items[0].CustomHeaders.Items[0].HeaderValue", "header value")]
    [InlineData("Origins.Quantity", "2", "Origins.Quantity", "Items has 1")]
    [InlineData("Aliases.Items[0]", "\"a.*.test\"", "Aliases", "host name")]
    [InlineData("Aliases.Items[0]", "\"*.example.org\"", "Aliases", "twice")]
    [InlineData("Aliases.Items[0]", "\"-www.example.com\"", "Aliases", "host name")]
    [InlineData("Aliases.Items[0]", "\"www-.example.com\"", "Aliases", "host name")]
    [InlineData("DefaultRootObject", "\"/index.html\"", "DefaultRootObject", "slash")]
    [InlineData("DefaultRootObject", "\"a b\"", "DefaultRootObject", "character")]
    [InlineData("DefaultCacheBehavior.TargetOriginId", "\"nope\"", "DefaultCacheBehavior.TargetOriginId", "no origin or origin group has the id 'nope'")]
    [InlineData("DefaultCacheBehavior.ViewerProtocolPolicy", "\"http\"", "DefaultCacheBehavior.ViewerProtocolPolicy", "allow-all")]
    [InlineData("DefaultCacheBehavior.AllowedMethods.Items[0]", "\"GET\"", "DefaultCacheBehavior.AllowedMethods.Items", "three sets")]
    [InlineData("DefaultCacheBehavior.CachePolicyId", "\"nope\"", "DefaultCacheBehavior.CachePolicyId", "no cache policy 'nope'")]
    [InlineData("DefaultCacheBehavior.OriginRequestPolicyId", "\"nope\"", "DefaultCacheBehavior.OriginRequestPolicyId", "no origin request policy")]
    [InlineData("DefaultCacheBehavior.MinTTL", "0", "DefaultCacheBehavior.MinTTL", "beside CachePolicyId")]
    [InlineData("DefaultCacheBehavior.FunctionAssociations.Items[0].EventType", "\"origin-request\"", "DefaultCacheBehavior.FunctionAssociations.Items[0].EventType", "cannot run")]
    [InlineData("DefaultCacheBehavior.FunctionAssociations.Items[0].EventType", "\"viewer-response\"", "DefaultCacheBehavior.FunctionAssociations.Items[1].EventType", "two functions")]
    [InlineData("DefaultCacheBehavior.FunctionAssociations.Items[0].FunctionARN", "\"f\"", "DefaultCacheBehavior.FunctionAssociations.Items[0].FunctionARN", "ARN")]
    [InlineData("CacheBehaviors.Items[0].PathPattern", "\"a b\"", "CacheBehaviors.Items[0].PathPattern", "not allowed")]
    [InlineData("CustomErrorResponses.Items[0].ErrorCode", "401", "CustomErrorResponses.Items[0].ErrorCode", "cannot be configured")]
    [InlineData("CustomErrorResponses.Items[0].ResponsePagePath", "\"/404.html\"", "CustomErrorResponses.Items[0].ResponseCode", "no status to send with it")]
    [InlineData("CustomErrorResponses.Items[0].ResponseCode", "\"200\"", "CustomErrorResponses.Items[0].ResponsePagePath", "none is named")]
    [InlineData("CustomErrorResponses.Items[0].ResponseCode", "200", "CustomErrorResponses.Items[0].ResponseCode", "not a string")]
    [InlineData("CustomErrorResponses.Items[0].ResponseCode", "\"201\"", "CustomErrorResponses.Items[0].ResponseCode", "'201' cannot be sent")]
    [InlineData("CustomErrorResponses.Items[0].ResponseCode", "\"+200\"", "CustomErrorResponses.Items[0].ResponseCode", "'+200' cannot be sent")]
    [InlineData("CustomErrorResponses.Items[0].ResponsePagePath", "\"404.html\"", "CustomErrorResponses.Items[0].ResponsePagePath", "does not begin with a slash")]
    [InlineData("CustomErrorResponses.Items[0].ResponsePagePath", "\"/error?code=404\"", "CustomErrorResponses.Items[0].ResponsePagePath", "without a query")]
    [InlineData("CustomErrorResponses.Items[0].ResponsePagePath", "\"/not found.html\"", "CustomErrorResponses.Items[0].ResponsePagePath", "a URL cannot have")]
    [InlineData("CustomErrorResponses.Items[0].ResponsePagePath", "\"/\\u00fc.html\"", "CustomErrorResponses.Items[0].ResponsePagePath", "a URL cannot have")]
    [InlineData("CustomErrorResponses.Items[0].ResponsePagePath", "\"/a\\r\\nX: y\"", "CustomErrorResponses.Items[0].ResponsePagePath", "a URL cannot have")]
    [InlineData("CustomErrorResponses", "{\"Quantity\":2,\"Items\":[{\"ErrorCode\":404},{\"ErrorCode\":404,\"ResponsePagePath\":\"/a\",\"ResponseCode\":\"200\"}]}", "CustomErrorResponses.Items[1].ErrorCode", "configured twice")]
    [InlineData("PriceClass", "\"cheap\"", "PriceClass", "PriceClass_All")]
    [InlineData("Enabled", "\"true\"", "Enabled", "neither true nor false")]
    // What is not enforced yet is refused by its name.
    [InlineData("Origins.Items[0].S3OriginConfig", "{\"OriginAccessIdentity\":\"\"}", "Origins.Items[0].S3OriginConfig", "either S3OriginConfig or CustomOriginConfig")]
    [InlineData("Origins.Items[0].S3OriginConfig", "{\"OriginAccessIdentity\":\"E127\"}", "Origins.Items[0].S3OriginConfig.OriginAccessIdentity", "not an origin access identity")]
    [InlineData("Origins.Items[0].S3OriginConfig", "{\"OriginAccessIdentity\":\"origin-access-identity/cloudfront/\"}", "Origins.Items[0].S3OriginConfig.OriginAccessIdentity", "not an origin access identity")]
    [InlineData("Origins.Items[0].S3OriginConfig", "{}", "Origins.Items[0].S3OriginConfig.OriginAccessIdentity", "required")]
    [InlineData("Origins.Items[0].S3OriginConfig", "{\"OriginAccessIdentity\":\"\",\"OriginReadTimeout\":121}", "Origins.Items[0].S3OriginConfig.OriginReadTimeout", "between 1 and 120")]
    [InlineData("Origins.Items[0].S3OriginConfig", "{\"OriginAccessIdentity\":\"\",\"Bucket\":\"b\"}", "Origins.Items[0].S3OriginConfig.Bucket", "no such setting")]
    [InlineData("Origins.Items[0].S3OriginConfig", "true", "Origins.Items[0].S3OriginConfig", "not an object")]
    [InlineData("Origins.Items[0].VpcOriginConfig", "{\"VpcOriginId\":\"v\"}", "Origins.Items[0].VpcOriginConfig", "not supported")]
    [InlineData("Origins.Items[0].OriginAccessControlId", "\"E2\"", "Origins.Items[0].OriginAccessControlId", "not supported yet: requests are signed for S3 buckets only")]
    [InlineData("Origins.Items[0].OriginShield.Enabled", "true", "Origins.Items[0].OriginShield.OriginShieldRegion", "enabled without a region")]
    [InlineData("Origins.Items[0].OriginShield.OriginShieldRegion", "\"Ohio\"", "Origins.Items[0].OriginShield.OriginShieldRegion", "'Ohio' is not the code of a region")]
    [InlineData("Origins.Items[0].OriginShield", "{}", "Origins.Items[0].OriginShield.Enabled", "required")]
    [InlineData("DefaultCacheBehavior.Compress", "1", "DefaultCacheBehavior.Compress", "neither true nor false")]
    [InlineData("DefaultCacheBehavior.SmoothStreaming", "true", "DefaultCacheBehavior.SmoothStreaming", "not supported")]
    [InlineData("DefaultCacheBehavior.ResponseHeadersPolicyId", "\"x\"", "DefaultCacheBehavior.ResponseHeadersPolicyId", "there is no response headers policy 'x'")]
    [InlineData("DefaultCacheBehavior.GrpcConfig.Enabled", "1", "DefaultCacheBehavior.GrpcConfig.Enabled", "neither true nor false")]
    [InlineData("DefaultCacheBehavior.FieldLevelEncryptionId", "\"x\"", "DefaultCacheBehavior.FieldLevelEncryptionId", "not supported")]
    [InlineData("DefaultCacheBehavior.RealtimeLogConfigArn", "\"x\"", "DefaultCacheBehavior.RealtimeLogConfigArn", "is not the ARN")]
    [InlineData("DefaultCacheBehavior.RealtimeLogConfigArn", "\"arn:aws:cloudfront::123456789012:realtime-log-config/x\"", "DefaultCacheBehavior.RealtimeLogConfigArn", "there is no real-time log configuration 'x'")]
    [InlineData("DefaultCacheBehavior.TrustedKeyGroups", "{\"Enabled\":true,\"Quantity\":1,\"Items\":[\"k\"]}", "DefaultCacheBehavior.TrustedKeyGroups.Items", "there is no key group 'k'")]
    [InlineData("DefaultCacheBehavior.TrustedKeyGroups", "{\"Enabled\":true,\"Quantity\":0}", "DefaultCacheBehavior.TrustedKeyGroups.Items", "no key group is listed")]
    [InlineData("DefaultCacheBehavior.TrustedKeyGroups.Enabled", "1", "DefaultCacheBehavior.TrustedKeyGroups.Enabled", "neither true nor false")]
    [InlineData("DefaultCacheBehavior.TrustedSigners", "{\"Enabled\":true,\"Quantity\":1,\"Items\":[\"self\"]}", "DefaultCacheBehavior.TrustedSigners", "the keys of AWS accounts exist only at AWS")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":1,\"Items\":[{\"LambdaFunctionARN\":\"a\",\"EventType\":\"viewer-request\"}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].LambdaFunctionARN", "not the ARN of a Lambda function")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":1,\"Items\":[{\"LambdaFunctionARN\":\"arn:aws:lambda:eu-west-1:123456789012:function:f:1\",\"EventType\":\"origin-request\"}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].LambdaFunctionARN", "must be in region 'us-east-1'")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":1,\"Items\":[{\"LambdaFunctionARN\":\"arn:aws:lambda:us-east-1:123456789012:function:f\",\"EventType\":\"origin-request\"}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].LambdaFunctionARN", "specific function version")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":1,\"Items\":[{\"LambdaFunctionARN\":\"arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST\",\"EventType\":\"origin-request\"}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].LambdaFunctionARN", "specific function version")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":1,\"Items\":[{\"LambdaFunctionARN\":\"arn:aws:lambda:us-east-1:123456789012:function:f:live\",\"EventType\":\"origin-request\"}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].LambdaFunctionARN", "specific function version")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":2,\"Items\":[{\"LambdaFunctionARN\":\"arn:aws:lambda:us-east-1:123456789012:function:f:1\",\"EventType\":\"origin-request\"},{\"LambdaFunctionARN\":\"arn:aws:lambda:us-east-1:123456789012:function:f:1\",\"EventType\":\"origin-request\"}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[1].EventType", "two Lambda functions run on origin-request")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":1,\"Items\":[{\"LambdaFunctionARN\":\"arn:aws:lambda:us-east-1:123456789012:function:f:1\",\"EventType\":\"origin-response\",\"IncludeBody\":true}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].IncludeBody", "no body of a request")]
    [InlineData("DefaultCacheBehavior.LambdaFunctionAssociations", "{\"Quantity\":1,\"Items\":[{\"LambdaFunctionARN\":\"arn:aws:lambda:us-east-1:123456789012:function:f:1\",\"EventType\":\"middle\"}]}", "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].EventType", "not one of")]
    [InlineData("Logging", """{ "Enabled": true, "IncludeCookies": false, "Bucket": "logs", "Prefix": "" }""", "Logging.Bucket", "is not the host name of a bucket")]
    [InlineData("Logging", """{ "Enabled": true, "IncludeCookies": false, "Bucket": "logs.s3.amazonaws.com", "Prefix": "/a" }""", "Logging.Prefix", "begins with a slash")]
    [InlineData("Logging", """{ "Enabled": true, "IncludeCookies": false, "Bucket": "logs.s3.amazonaws.com", "Prefix": "a/../../b" }""", "Logging.Prefix", "has . or ..")]
    [InlineData("Logging", """{ "Enabled": true, "IncludeCookies": false, "Bucket": "logs.s3.amazonaws.com", "Prefix": "a\u0000" }""", "Logging.Prefix", "should not have")]
    [InlineData("WebACLId", "\"arn\"", "WebACLId", "not supported")]
    [InlineData("ContinuousDeploymentPolicyId", "\"p\"", "ContinuousDeploymentPolicyId", "there is no continuous deployment policy 'p'")]
    [InlineData("Staging", "1", "Staging", "neither true nor false")]
    [InlineData("HttpVersion", "\"http4\"", "HttpVersion", "'http4' is not one of http1.1, http2, http3, http2and3")]
    [InlineData("Restrictions.GeoRestriction.RestrictionType", "\"whitelist\"", "Restrictions.GeoRestriction.Items", "a whitelist of no country")]
    [InlineData("Restrictions.GeoRestriction", "{\"RestrictionType\":\"blacklist\",\"Quantity\":1,\"Items\":[\"XX\"]}", "Restrictions.GeoRestriction.Items", "'XX' is not an ISO 3166-1 alpha-2 code")]
    [InlineData("Restrictions.GeoRestriction", "{\"RestrictionType\":\"blacklist\",\"Quantity\":1,\"Items\":[\"de\"]}", "Restrictions.GeoRestriction.Items", "'de' is not an ISO 3166-1 alpha-2 code")]
    [InlineData("Restrictions.GeoRestriction", "{\"RestrictionType\":\"blacklist\",\"Quantity\":1,\"Items\":[\"DEU\"]}", "Restrictions.GeoRestriction.Items", "'DEU' is not an ISO 3166-1 alpha-2 code")]
    [InlineData("Restrictions.GeoRestriction", "{\"RestrictionType\":\"blacklist\",\"Quantity\":2,\"Items\":[\"DE\",\"DE\"]}", "Restrictions.GeoRestriction.Items", "listed twice")]
    [InlineData("Restrictions.GeoRestriction", "{\"RestrictionType\":\"blacklist\",\"Quantity\":2,\"Items\":[\"DE\"]}", "Restrictions.GeoRestriction.Quantity", "Quantity is 2")]
    [InlineData("Restrictions.GeoRestriction.RestrictionType", "\"some\"", "Restrictions.GeoRestriction.RestrictionType", "'some' is not one of none, blacklist, whitelist")]
    [InlineData("Restrictions.GeoRestriction", "{\"RestrictionType\":\"none\",\"Quantity\":1,\"Items\":[\"DE\"]}", "Restrictions.GeoRestriction.Items", "RestrictionType none uses none")]
    [InlineData("ViewerCertificate.CertificateSource", "\"own\"", "ViewerCertificate.CertificateSource", "'own' is not one of cloudfront, iam, acm")]
    [InlineData("ViewerCertificate.SSLSupportMethod", "\"static-ip\"", "ViewerCertificate.SSLSupportMethod", "'static-ip' is not supported yet")]
    [InlineData("ViewerCertificate.ACMCertificateArn", "\"arn:aws:acm:us-east-1:123456789012:certificate/1\"", "ViewerCertificate.CloudFrontDefaultCertificate", "true asks for the default certificate")]
    [InlineData("ViewerCertificate", """{ "ACMCertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1", "SSLSupportMethod": "sni-only" }""", "ViewerCertificate.ACMCertificateArn", "is not the ARN of a certificate in us-east-1")]
    [InlineData("ViewerCertificate", """{ "ACMCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1", "IAMCertificateId": "A", "SSLSupportMethod": "sni-only" }""", "ViewerCertificate.IAMCertificateId", "one certificate, of ACM or of IAM")]
    [InlineData("ViewerCertificate", """{ "IAMCertificateId": "A" }""", "ViewerCertificate.SSLSupportMethod", "a certificate of one's own needs it")]
    [InlineData("ViewerCertificate.CloudFrontDefaultCertificate", "false", "ViewerCertificate.CloudFrontDefaultCertificate", "none is named")]
    [InlineData("ConnectionMode", "\"tenant-only\"", "ConnectionMode", "'tenant-only' is not supported yet")]
    [InlineData("TenantConfig", "{}", "TenantConfig", "not supported")]
    [InlineData("Nonsense", "1", "Nonsense", "no such setting")]
    [InlineData("Origins.Items[0].Domainname", "\"x\"", "Origins.Items[0].Domainname", "no such setting")]
    public void Mistake_IsNamedWithItsPath(string changedPath, string json, string expectedPath, string expectedRule)
    {
        var (distribution, mistakes) = Read(Change(changedPath, json));
        Assert.Null(distribution);
        Assert.Contains(mistakes, each => each.Path == "$." + expectedPath && each.Rule.Contains(expectedRule, StringComparison.Ordinal));
    }

    [Fact]
    public void CustomErrorResponse_WithAPage_IsReadWhole()
    {
        var distribution = Read(Change("CustomErrorResponses", """
            { "Quantity": 2, "Items": [
              { "ErrorCode": 403, "ResponsePagePath": "/errors/403%20.html", "ResponseCode": "200", "ErrorCachingMinTTL": 0 },
              { "ErrorCode": 500, "ResponsePagePath": "/", "ResponseCode": "503" } ] }
            """)).Value!;

        Assert.Equal([new(403, "/errors/403%20.html", 200), new(500, "/", 503)], distribution.CustomErrorPages.Values.OrderBy(page => page.ErrorCode));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(10)), (distribution.ErrorCachingMinTtl[403], distribution.ErrorCachingMinTtl[500]));
    }

    [Theory]
    [InlineData("whitelist", "DE", true)]
    [InlineData("whitelist", "XK", true)]
    [InlineData("whitelist", "FR", false)]
    [InlineData("whitelist", null, true)]
    [InlineData("blacklist", "DE", false)]
    [InlineData("blacklist", "FR", true)]
    [InlineData("blacklist", null, true)]
    public void GeoRestriction_LetsInWhoIsListed_OrAllOthers_AndWhereIsNotKnown(string type, string? country, bool letsIn)
    {
        var distribution = Read(Change("Restrictions.GeoRestriction", $$"""{ "RestrictionType": "{{type}}", "Quantity": 2, "Items": ["DE", "XK"] }""")).Value!;

        Assert.Equal(letsIn, distribution.GeoRestriction!.Allows(country));
    }

    [Theory]
    [InlineData("uk", "Write GB.")]
    [InlineData("EL", "Write GR.")]
    [InlineData("de", "Write DE.")]
    [InlineData("Germany", "Use the two capitals of a country, such as DE.")]
    public void CountryThatIsNone_TheFixNamesTheOneThatIsMeant(string country, string fix)
    {
        var (_, mistakes) = Read(Change("Restrictions.GeoRestriction", $$"""{ "RestrictionType": "whitelist", "Quantity": 1, "Items": ["{{country}}"] }"""));

        Assert.EndsWith(fix, Assert.Single(mistakes).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "ACMCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1", "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021", "Certificate": "arn:aws:acm:us-east-1:123456789012:certificate/1", "CertificateSource": "acm", "CloudFrontDefaultCertificate": false }""", "arn:aws:acm:us-east-1:123456789012:certificate/1", SecurityPolicy.Tls12Of2021)]
    [InlineData("""{ "IAMCertificateId": "ASCA1", "SSLSupportMethod": "vip", "MinimumProtocolVersion": "SSLv3", "Certificate": "ASCA1", "CertificateSource": "iam" }""", "ASCA1", SecurityPolicy.Ssl3)]
    [InlineData("""{ "IAMCertificateId": "ASCA1", "SSLSupportMethod": "sni-only" }""", "ASCA1", SecurityPolicy.Tls1)]
    [InlineData("""{ "CloudFrontDefaultCertificate": true, "MinimumProtocolVersion": "TLSv1.3_2025" }""", null, SecurityPolicy.Tls1)]
    public void ViewerCertificate_IsNamedWithItsPolicy(string certificate, string? id, SecurityPolicy policy) =>
        Assert.Equal(new ViewerCertificate { Id = id, Policy = policy }, Read(Change("ViewerCertificate", certificate)).Value!.ViewerCertificate);

    [Theory]
    [InlineData("TLSv1.2_2021")]
    [InlineData("TLSv1.3_2025")]
    public void DefaultCertificate_IsItsOwnFloor_WhateverElseIsSaid(string minimum) =>
        Assert.Empty(Read(Change("ViewerCertificate.MinimumProtocolVersion", $"\"{minimum}\"")).Mistakes);

    [Theory]
    [InlineData("""{ "ETag": "E2QWRUHEXAMPLE", "DistributionConfig": CONFIG }""", "E1", "d1.cloudfront.net")]
    [InlineData("""{ "DistributionConfig": CONFIG, "Tags": { "Items": [] } }""", "E1", "d1.cloudfront.net")]
    [InlineData("""
        { "ETag": "E2QWRUHEXAMPLE", "Distribution": { "Id": "EDFDVBD6EXAMPLE", "ARN": "arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE", "Status": "Deployed",
          "LastModifiedTime": "2026-01-02T03:04:05.678000+00:00", "InProgressInvalidationBatches": 0, "DomainName": "D111111abcdef8.cloudfront.net",
          "ActiveTrustedSigners": { "Enabled": false, "Quantity": 0 }, "ActiveTrustedKeyGroups": { "Enabled": false, "Quantity": 0 }, "DistributionConfig": CONFIG,
          "AliasICPRecordals": [ { "CNAME": "www.example.com", "ICPRecordalStatus": "APPROVED" } ] } }
        """, "EDFDVBD6EXAMPLE", "d111111abcdef8.cloudfront.net")]
    public void WhatTheCommandLinePrints_IsRead(string form, string id, string domainName)
    {
        var (distribution, mistakes) = Read(form.Replace("CONFIG", Full, StringComparison.Ordinal));

        Assert.Empty(mistakes);
        Assert.Equal((id, domainName, "index.html"), (distribution!.Id, distribution.DomainName, distribution.DefaultRootObject));
    }

    [Theory]
    [InlineData("""{ "ETag": "E2QWRUHEXAMPLE", "DistributionConfig": { "Nonsense": 1 } }""", "$.DistributionConfig.Nonsense: there is no such setting")]
    [InlineData("""{ "Distribution": { "Id": "E1" } }""", "$.Distribution.DistributionConfig: the setting is required")]
    [InlineData("""{ "Distribution": { "Other": 1, "DistributionConfig": {} } }""", "$.Distribution.Other: there is no such setting")]
    [InlineData("""{ "DistributionConfig": {}, "Other": 1 }""", "$.Other: there is no such setting")]
    [InlineData("""{ "DistributionConfig": 1 }""", "$.DistributionConfig: the value is not an object")]
    public void WhatIsWrongInIt_IsNamedWithItsPlace(string json, string mistake) =>
        Assert.Contains(Read(json).Mistakes, each => each.ToString().StartsWith(mistake, StringComparison.Ordinal));

    /// <summary>The id is a part of the names of log files, and by a pattern of such names files are deleted.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("/../../E1")]
    [InlineData("*")]
    [InlineData("E1?")]
    [InlineData("E1\\t")]
    [InlineData("\u00c91")]
    [InlineData("E1234567890123456789012345678901234567890123456789012345678901234")]
    public void AnIdThatIsNone_IsRefused(string id) => Assert.Contains(
        Read($$"""{ "Distribution": { "Id": "{{id}}", "DomainName": "d1.cloudfront.net", "DistributionConfig": {{Full}} } }""").Mistakes,
        mistake => mistake.ToString().StartsWith("$.Distribution.Id: '", StringComparison.Ordinal)
            && mistake.ToString().Contains("is not the id of a distribution", StringComparison.Ordinal));

    [Theory]
    [InlineData("http1.1", "1.1", "1.1")]
    [InlineData("HTTP2", "1.1 2.0", "1.1 2.0")]
    [InlineData("http3", "1.1 3.0", "1.1 2.0")]
    [InlineData("http2and3", "1.1 2.0 3.0", "1.1 2.0")]
    public void HttpVersion_SaysWhatViewersMaySpeak(string version, string withHttp3, string without)
    {
        var distribution = Read(Change("HttpVersion", $"\"{version}\"")).Value!;

        string Spoken(bool speaksHttp3) => string.Join(' ', new[] { "1.1", "2.0", "3.0" }.Where(each => distribution.Allows(each, speaksHttp3)));
        Assert.Equal((withHttp3, without), (Spoken(speaksHttp3: true), Spoken(speaksHttp3: false)));
    }

    [Theory]
    [InlineData("viewer-request", "viewer-request", false)]
    [InlineData("viewer-request", "viewer-response", false)]
    [InlineData("viewer-response", "viewer-request", false)]
    [InlineData("viewer-response", "viewer-response", false)]
    [InlineData("viewer-request", "origin-request", true)]
    [InlineData("viewer-response", "origin-response", true)]
    public void BothKindsOfFunctionsInOneBehavior_AreRefusedOnViewerEventsInAnyPairing(string cloudFront, string lambda, bool isAccepted)
    {
        var json = Change(
            "DefaultCacheBehavior.FunctionAssociations", $$"""{"Quantity":1,"Items":[{"FunctionARN":"arn:aws:cloudfront::123456789012:function/one","EventType":"{{cloudFront}}"}]}""",
            Change("DefaultCacheBehavior.LambdaFunctionAssociations", $$"""{"Quantity":1,"Items":[{"LambdaFunctionARN":"arn:aws:lambda:us-east-1:123456789012:function:two:7","EventType":"{{lambda}}"}]}"""));

        var (distribution, mistakes) = Read(json);

        if (isAccepted)
        {
            Assert.Empty(mistakes);
            var association = Assert.Single(distribution!.DefaultCacheBehavior.LambdaFunctionAssociations);
            Assert.Equal(("two", lambda, false), (association.FunctionName, association.EventType.ToName(), association.IncludeBody));
            return;
        }
        var mistake = Assert.Single(mistakes);
        Assert.Equal("$.DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].EventType", mistake.Path);
        Assert.Contains($"cannot run on {lambda} where a CloudFront function runs on {cloudFront}", mistake.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyMistakes_AreToldAtOnce()
    {
        var json = Change("WebACLId", "\"x\"", Change("PriceClass", "3", Change("DefaultCacheBehavior.SmoothStreaming", "true")));
        Assert.Equal(
            ["$.DefaultCacheBehavior.SmoothStreaming", "$.PriceClass", "$.WebACLId"],
            Read(json).Mistakes.Select(mistake => mistake.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"Origins\": 1, \"Origins\": 2}")]
    [InlineData("{}")]
    public void DocumentThatIsNotAConfig_IsRefused(string json)
    {
        var (distribution, mistakes) = Read(json);
        Assert.Null(distribution);
        Assert.NotEmpty(mistakes);
    }

    [Fact]
    public void EveryPrefixAndEveryMissingProperty_IsHandled()
    {
        for (var i = 0; i < Full.Length; i += 7)
            Assert.Null(Read(Full[..i]).Value);
        foreach (var name in JsonNode.Parse(Full)!.AsObject().Select(property => property.Key).ToList())
        {
            foreach (var value in new[] { "null", "1", "\"x\"", "[]", "{}", "{\"Quantity\":1,\"Items\":[1]}" })
                Read(Change(name, value));
        }
    }

    [Fact]
    public void ForwardedValues_BecomePolicies()
    {
        var legacy = JsonNode.Parse(Full)!.AsObject();
        var behavior = legacy["DefaultCacheBehavior"]!.AsObject();
        behavior.Remove("CachePolicyId");
        behavior.Remove("OriginRequestPolicyId");
        behavior["ForwardedValues"] = JsonNode.Parse("""
            { "QueryString": true, "QueryStringCacheKeys": { "Quantity": 1, "Items": ["id"] },
              "Cookies": { "Forward": "whitelist", "WhitelistedNames": { "Quantity": 1, "Items": ["s"] } },
              "Headers": { "Quantity": 1, "Items": ["Accept"] } }
            """);
        behavior["MinTTL"] = 5;
        var (distribution, mistakes) = Read(legacy.ToJsonString());
        Assert.Empty(mistakes);
        var read = distribution!.DefaultCacheBehavior;
        Assert.Equal((5d, 86400d, 31536000d), (read.CachePolicy.MinTtl.TotalSeconds, read.CachePolicy.DefaultTtl.TotalSeconds, read.CachePolicy.MaxTtl.TotalSeconds));
        Assert.Equal(["id"], read.CachePolicy.QueryStrings.Names);
        var items = read.ForwardedItems;
        Assert.Equal("id=1&x=2", items.QueryString(new EdgeRequest { QueryString = "id=1&x=2" }));
        Assert.True(items.SendsHeader("accept"));
        Assert.True(items.SendsHeader("x-custom"));
        Assert.False(items.SendsHeader("Accept-Language"));
        Assert.False(items.SendsHeader("Host"));
    }

    private static string Change(string path, string json, string config = Full)
    {
        var root = JsonNode.Parse(config)!;
        var node = root;
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
            node = step[0] == '[' ? node[int.Parse(step[1..^1], System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!;
        var last = steps[^1];
        if (last[0] == '[')
            node[int.Parse(last[1..^1], System.Globalization.CultureInfo.InvariantCulture)] = JsonNode.Parse(json);
        else
            node[last] = JsonNode.Parse(json);
        return root.ToJsonString();
    }
}

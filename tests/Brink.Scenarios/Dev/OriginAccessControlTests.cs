using System.Globalization;
using System.Net;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>Origin access control in front of nginx, which serves only what AWS's own library (Debian's python3-botocore) finds rightly signed.</summary>
public sealed class OriginAccessControlTests : IAsyncDisposable
{
    private const string KeyId = "AKIDEXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Region = "eu-central-1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");
    private readonly ChildProcess _checker = ChildProcess.Start("/usr/bin/python3", ["-I", Repository.PathTo("tests", "tools", "signature-checker.py"), KeyId, Secret, Region]);

    public async ValueTask DisposeAsync()
    {
        await _checker.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task SignedRequests_AreServedByNginx_AndOnlyThose()
    {
        var checker = int.Parse(_checker.WaitForLine(line => line.Length > 0), CultureInfo.InvariantCulture);
        await using var nginx = Nginx.Start(
            $$"""
            location / { auth_request /_signed; }
            location = /_signed {
              internal; proxy_pass http://127.0.0.1:{{checker.ToString(CultureInfo.InvariantCulture)}}; proxy_method GET;
              proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header Host $http_host;
              proxy_set_header X-Original-Method $request_method; proxy_set_header X-Original-URI $request_uri;
            }
            """,
            [("pictures/a.txt", "a picture"), ("pictures/a b+ü.txt", "another")]);

        await using (var brink = Start(nginx.Port, Secret, "always"))
        {
            foreach (var target in new[] { "/a.txt", "/a%20b%2B%C3%BC.txt", "/a%20b+%c3%bc.txt", "/a.txt?x=1&b=%2F&a" })
            {
                using var answer = await brink.GetAsync(target, ("Authorization", "Basic of-the-viewer"));
                Assert.True(HttpStatusCode.OK == answer.StatusCode, $"{target}: {answer.StatusCode}");
                Assert.Equal(target.StartsWith("/a.txt", StringComparison.Ordinal) ? "a picture" : "another", await answer.TextAsync());
            }
            using var head = await brink.SendAsync("HEAD", "/a.txt?head");
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            using var part = await brink.GetAsync("/a.txt?part", ("Range", "bytes=2-4"));
            Assert.Equal((HttpStatusCode.PartialContent, "pic"), (part.StatusCode, await part.TextAsync()));
        }
        await using (var brink = Start(nginx.Port, "another-secret", "always"))
            Assert.Equal(HttpStatusCode.Forbidden, (await brink.GetAsync("/a.txt")).StatusCode);
        await using (var brink = Start(nginx.Port, Secret, "never"))
            Assert.Equal(HttpStatusCode.Forbidden, (await brink.GetAsync("/a.txt")).StatusCode);
    }

    private BrinkDev Start(int port, string secret, string behavior)
    {
        var resources = _folder.CreateSubdirectory("resources").FullName;
        File.WriteAllText(Path.Combine(resources, "E1.json"), $$"""
            { "OriginAccessControl": { "Id": "E1", "OriginAccessControlConfig": {
                "Name": "pictures", "SigningProtocol": "sigv4", "SigningBehavior": "{{behavior}}", "OriginAccessControlOriginType": "s3" } } }
            """);
        var s3 = Path.Combine(_folder.FullName, "s3.json");
        File.WriteAllText(s3, $$"""
            { "buckets": { "pictures.s3.{{Region}}.amazonaws.com": {
                "endpoint": "http://127.0.0.1:{{port.ToString(CultureInfo.InvariantCulture)}}", "pathStyle": true, "accessKeyId": "{{KeyId}}", "secretAccessKey": "{{secret}}" } } }
            """);
        var distribution = Path.Combine(_folder.FullName, "distribution.json");
        File.WriteAllText(distribution, $$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true,
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "o", "DomainName": "pictures.s3.{{Region}}.amazonaws.com", "OriginAccessControlId": "E1", "S3OriginConfig": { "OriginAccessIdentity": "" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all",
                "MinTTL": 0, "ForwardedValues": { "QueryString": true, "Cookies": { "Forward": "none" } } }
            }
            """);
        return BrinkDev.Start("--distribution", distribution, "--resources", resources, "--s3", s3);
    }
}

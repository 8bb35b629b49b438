using Brink.Configuration;
using Brink.Distributions;
using Brink.Resources;
using Brink.Signing;

namespace Brink.Tests.Distributions;

/// <summary>The file of <c>--s3</c>.</summary>
public sealed class S3SettingsReaderTests
{
    private static readonly SigningKeys Ambient = new("AMBIENT", "s");

    [Fact]
    public void Bucket_WithEverySetting_IsRead()
    {
        var place = ReadPlace("""{ "endpoint": "http://127.0.0.1:9000", "region": "garage", "pathStyle": false, "accessKeyId": "id", "secretAccessKey": "secret", "sessionToken": "token" }""");

        Assert.Equal((new S3Endpoint(false, "127.0.0.1", 9000), "garage", false), (place.Endpoint, place.Region, place.UsesPathStyle));
        Assert.Equal(("id", "secret", "token"), (place.Keys!.AccessKeyId, place.Keys.SecretAccessKey, place.Keys.SessionToken));
    }

    [Theory]
    [InlineData("http://storage.example.com", "http://storage.example.com", "storage.example.com", 80)]
    [InlineData("https://storage.example.com/", "https://storage.example.com", "storage.example.com", 443)]
    [InlineData("https://storage.example.com:9443", "https://storage.example.com:9443", "storage.example.com", 9443)]
    [InlineData("http://[::1]:9000", "http://[::1]:9000", "::1", 9000)]
    public void Endpoint_IsAServer(string url, string shown, string host, int port)
    {
        var endpoint = ReadPlace($$"""{ "endpoint": "{{url}}" }""").Endpoint!;

        Assert.Equal((shown, host, port), (endpoint.ToString(), endpoint.Host, endpoint.Port));
    }

    [Fact]
    public void Keys_ComeFromVariables_FromAProfile_OrFromAround()
    {
        Assert.Equal("value of ID", ReadPlace("""{ "accessKeyIdVariable": "ID", "secretAccessKeyVariable": "SECRET" }""", variable: name => "value-of-" + name).Keys!.AccessKeyId.Replace('-', ' '));
        Assert.Equal("of-dev", ReadPlace("""{ "profile": "dev" }""", profile: name => new SigningKeys("of-" + name, "s")).Keys!.AccessKeyId);
        var settings = Read("""{ "buckets": { "*.s3.amazonaws.com": {} } }""").Value!.Settings;
        Assert.Same(Ambient, settings.KeysFor("b.s3.amazonaws.com"));
        Assert.Same(Ambient, settings.KeysFor("elsewhere.test"));
    }

    [Theory]
    [InlineData("a.s3.eu-west-1.amazonaws.com", "exact")]
    [InlineData("b.s3.eu-west-1.amazonaws.com", "region")]
    [InlineData("a.b.s3.eu-west-1.amazonaws.com", "region")]
    [InlineData("a.s3.us-east-1.amazonaws.com", "all")]
    [InlineData("amazonaws.com", null)]
    [InlineData(".amazonaws.com", null)]
    [InlineData("a.test", null)]
    public void Place_IsTheMostExactOne(string host, string? region)
    {
        var settings = Read("""
            { "buckets": { "*.amazonaws.com": { "region": "all" }, "a.s3.eu-west-1.amazonaws.com": { "region": "exact" }, "*.s3.eu-west-1.amazonaws.com": { "region": "region" } } }
            """).Value!.Settings;

        Assert.Equal(region, settings.PlaceOf(host)?.Region);
    }

    [Theory]
    [InlineData("*.s3.eu-west-1.amazonaws.com", "my.bucket.s3.eu-west-1.amazonaws.com", "my.bucket")]
    [InlineData("*.media.internal", "a.b.media.internal", "a.b")]
    [InlineData("pictures.media.internal", "pictures.media.internal", "pictures")]
    [InlineData("*.media.internal", "other.s3.eu-west-1.amazonaws.com", "other")]
    [InlineData("*.media.internal", "www.example.com", "www.example.com")]
    public void BucketOfAHost_IsWhatThePatternLeavesOpen(string pattern, string host, string bucket) => Assert.Equal(bucket, new S3Place(pattern).BucketOf(host));

    [Fact]
    public void OriginAccessControls_AreDescribedById()
    {
        var controls = Read("""{ "originAccessControls": { "E1": { "signingBehavior": "no-override" }, "E2": { "signingBehavior": "never" } } }""").Value!.OriginAccessControls;

        Assert.Equal((SigningBehavior.NoOverride, SigningBehavior.Never), (controls["E1"].SigningBehavior, controls["E2"].SigningBehavior));
    }

    [Theory]
    [InlineData("""{ "endpoint": "127.0.0.1:9000" }""", ".endpoint: the text is not the URL of a server, http:// or https://. Write it like")]
    [InlineData("""{ "endpoint": "ftp://host" }""", ".endpoint: the text is not the URL of a server")]
    [InlineData("""{ "endpoint": "http://user:Pa55word@host" }""", ".endpoint: the URL has a user's name in it. Leave it out: keys have settings of their own")]
    [InlineData("""{ "endpoint": "http://host/bucket" }""", ".endpoint: the URL has a path or a query behind the server")]
    [InlineData("""{ "endpoint": "http://host", "region": "a/b" }""", ".region: the text is not the code of a region")]
    [InlineData("""{ "endpoint": "http://host", "region": "" }""", ".region: the text is not the code of a region")]
    [InlineData("""{ "pathStyle": true }""", ".pathStyle: without an endpoint nothing would use it")]
    [InlineData("""{ "pathStyle": "yes", "endpoint": "http://host" }""", ".pathStyle: the value is neither true nor false")]
    [InlineData("""{ "accessKeyId": "Pa55word" }""", ".secretAccessKey: accessKeyId and secretAccessKey go together. Add it.")]
    [InlineData("""{ "sessionToken": "Pa55word" }""", ".accessKeyId: accessKeyId and secretAccessKey go together")]
    [InlineData("""{ "accessKeyId": "id", "secretAccessKey": "Pa55word with blanks" }""", ".secretAccessKey: the value is empty, or has a blank")]
    [InlineData("""{ "accessKeyId": "", "secretAccessKey": "Pa55word" }""", ".accessKeyId: the value is empty, or has a blank")]
    [InlineData("""{ "accessKeyId": 5, "secretAccessKey": "Pa55word" }""", ".accessKeyId: the value is not a string")]
    [InlineData("""{ "accessKeyIdVariable": "A", "secretAccessKeyVariable": "Pa55word" }""", ".secretAccessKeyVariable: the environment variable that it names is not set. Set it where brink is started")]
    [InlineData("""{ "profile": "nobody" }""", ".profile: AWS's shared credentials file has no profile 'nobody' with aws_access_key_id")]
    [InlineData("""{ "profile": "p", "accessKeyId": "id", "secretAccessKey": "Pa55word" }""", ": the keys are given in more than one way")]
    [InlineData("""{ "secretKey": "Pa55word" }""", ".secretKey: there is no such setting. Check the spelling")]
    public void BrokenRule_IsNamedWithPlaceAndFix_AndNoSecretIsRepeated(string place, string mistake)
    {
        var (_, mistakes) = Read($$"""{ "buckets": { "b.s3.amazonaws.com": {{place}} } }""", variable: name => name == "A" ? "a" : null);

        Assert.Contains(mistakes, each => each.ToString().StartsWith("$.buckets.b.s3.amazonaws.com" + mistake, StringComparison.Ordinal));
        Assert.DoesNotContain(mistakes, each => each.ToString().Contains("Pa55word", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "buckets": { "B.s3.amazonaws.com": {} } }""", "$.buckets.B.s3.amazonaws.com: the name is not the host name of a bucket in lower case")]
    [InlineData("""{ "buckets": { "http://b": {} } }""", "$.buckets.http://b: the name is not the host name of a bucket")]
    [InlineData("""{ "buckets": { "a.*.b": {} } }""", "$.buckets.a.*.b: the name is not the host name of a bucket")]
    [InlineData("""{ "buckets": { "*": {} } }""", "$.buckets.*: the name is not the host name of a bucket")]
    [InlineData("""{ "buckets": [] }""", "$.buckets: the value is not an object")]
    [InlineData("""{ "bucket": {} }""", "$.bucket: there is no such setting")]
    [InlineData("""{ "originAccessControls": { "E1": {} } }""", "$.originAccessControls.E1.signingBehavior: the setting is required")]
    [InlineData("""{ "originAccessControls": { "E1": { "signingBehavior": "often" } } }""", "$.originAccessControls.E1.signingBehavior: 'often' is not one of always, never, no-override")]
    [InlineData("""{ "buckets": """, "$: not valid JSON: line 1")]
    public void FileThatIsWrong_IsRefused(string json, string mistake) =>
        Assert.Contains(Read(json).Mistakes, each => each.ToString().StartsWith(mistake, StringComparison.Ordinal));

    private static S3Place ReadPlace(string place, Func<string, string?>? variable = null, Func<string, SigningKeys?>? profile = null)
    {
        var (file, mistakes) = Read($$"""{ "buckets": { "b.s3.amazonaws.com": {{place}} } }""", variable, profile);
        Assert.Empty(mistakes);
        return Assert.Single(file!.Settings.Places);
    }

    private static ConfigResult<S3File> Read(string json, Func<string, string?>? variable = null, Func<string, SigningKeys?>? profile = null) =>
        new S3SettingsReader(variable ?? (_ => null), profile ?? (_ => null)).Read(json, Ambient);
}

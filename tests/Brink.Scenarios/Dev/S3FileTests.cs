using System.Globalization;
using System.Net;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary><c>brink dev --s3</c>: where buckets are, and which keys sign requests to them.</summary>
public sealed class S3FileTests : IDisposable
{
    private const string Secret = "Pa55word-of-the-bucket";

    private static readonly (string, string?)[] NoKeysAround =
        [("AWS_ACCESS_KEY_ID", null), ("AWS_SECRET_ACCESS_KEY", null), ("AWS_SESSION_TOKEN", null), ("AWS_PROFILE", null), ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SignedOriginWithoutKeys_IsRefusedAtTheStart_WithWhatToDo()
    {
        await using var process = StartProcess(NoKeysAround, "--distribution", Distribution());

        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Equal(
            $"{Distribution()}: the origin 'b' signs its requests (OriginAccessControlId E1), and there are no keys for b.s3.eu-central-1.amazonaws.com: name them in a file for --s3, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            process.ErrorText);
    }

    [Theory]
    [InlineData("""{ "buckets": { "b.s3.eu-central-1.amazonaws.com": { "endpoint": "127.0.0.1", "accessKeyId": "id", "secretAccessKey": "SECRET" } } }""", "$.buckets.b.s3.eu-central-1.amazonaws.com.endpoint: the text is not the URL of a server, http:// or https://. Write it like")]
    [InlineData("""{ "buckets": { "b.s3.eu-central-1.amazonaws.com": { "accessKeyId": "id", "secretAccessKey": "SECRET", } } }""", "$: not valid JSON: line 1")]
    [InlineData("""{ "buckets": { "b.s3.eu-central-1.amazonaws.com": { "secretAccessKey": "SECRET" } } }""", "$.buckets.b.s3.eu-central-1.amazonaws.com.accessKeyId: accessKeyId and secretAccessKey go together. Add it.")]
    [InlineData("""{ "buckets": { "b.s3.eu-central-1.amazonaws.com": { "profile": "dev" } } }""", "$.buckets.b.s3.eu-central-1.amazonaws.com.profile: AWS's shared credentials file has no profile 'dev'")]
    [InlineData(null, "there is no such file")]
    public async Task FileThatIsWrong_IsRefused_AndNoSecretIsShown(string? text, string sentence)
    {
        var file = text is null ? Path.Combine(_folder.FullName, "s3.json") : Write("s3.json", text.Replace("SECRET", Secret, StringComparison.Ordinal));
        await using var process = StartProcess(NoKeysAround, "--distribution", Distribution(), "--s3", file);

        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.StartsWith($"{file}: {sentence}", process.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, process.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("there are no keys", process.ErrorText, StringComparison.Ordinal); // which is only what follows
    }

    [Theory]
    [InlineData("file")]
    [InlineData("variables")]
    [InlineData("profile")]
    [InlineData("around")]
    [InlineData("profile around")]
    public async Task Keys_AreFoundWhereTheFileSays_OrWhereAwsToolsHaveThem(string where)
    {
        await using var origin = EchoOrigin.Start();
        var (keys, environment) = where switch
        {
            "file" => ($$""" "accessKeyId": "KEYID", "secretAccessKey": "{{Secret}}" """, NoKeysAround),
            "variables" => (""" "accessKeyIdVariable": "MY_ID", "secretAccessKeyVariable": "MY_SECRET" """, [.. NoKeysAround, ("MY_ID", "KEYID"), ("MY_SECRET", Secret)]),
            "profile" => (""" "profile": "dev" """, [.. NoKeysAround[..4], ("AWS_SHARED_CREDENTIALS_FILE", Credentials())]),
            "around" => ("", [.. NoKeysAround[2..], ("AWS_ACCESS_KEY_ID", "KEYID"), ("AWS_SECRET_ACCESS_KEY", Secret)]),
            _ => ("", new (string, string?)[] { NoKeysAround[0], NoKeysAround[1], NoKeysAround[2], ("AWS_PROFILE", "dev"), ("AWS_SHARED_CREDENTIALS_FILE", Credentials()) }),
        };
        await using var process = StartProcess(environment, "--distribution", Distribution(), "--s3", Settings(origin.Url, keys), "--json");
        var url = Url(process);
        using var viewer = new HttpClient();

        Assert.Equal("<p>from the origin</p>\n", await viewer.GetStringAsync(new Uri(url + "/x"), TestContext.Current.CancellationToken));

        var seen = Assert.Single(await origin.SeenAsync());
        Assert.Equal("/b/x", seen.Target);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=KEYID/", seen.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains("/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-cf-id;x-amz-content-sha256;x-amz-date, ", seen.Headers["Authorization"], StringComparison.Ordinal);
        process.Signal(15);
        Assert.DoesNotContain(Secret, process.ReadToEnd() + process.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SavedFile_TakesEffect_AndABrokenOneLeavesTheLast()
    {
        await using var first = EchoOrigin.Start();
        await using var second = EchoOrigin.Start();
        const string keys = """ "accessKeyId": "KEYID", "secretAccessKey": "s" """;
        var file = Settings(first.Url, keys);
        await using var brink = BrinkDev.Start("--distribution", Distribution(), "--s3", file);
        await brink.GetAsync("/one");

        Settings(second.Url, keys);
        brink.WaitFor("reloaded");
        await brink.GetAsync("/two");
        Write("s3.json", "{");
        Assert.Contains("not valid JSON", brink.WaitFor("not-reloaded").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await brink.GetAsync("/three")).StatusCode);

        Assert.Equal(["/b/one"], (await first.SeenAsync()).Select(seen => seen.Target));
        Assert.Equal(["/b/two", "/b/three"], (await second.SeenAsync()).Select(seen => seen.Target));
    }

    private static ChildProcess StartProcess((string, string?)[] environment, params string[] arguments) =>
        ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", .. arguments], environment: environment);

    private static string Url(ChildProcess process)
    {
        using var line = System.Text.Json.JsonDocument.Parse(process.WaitForLine(text => text.Contains("\"type\":\"started\"", StringComparison.Ordinal)));
        return line.RootElement.GetProperty("urls")[0].GetString()!;
    }

    private string Distribution() => Write("distribution.json", """
        { "CallerReference": "r", "Comment": "", "Enabled": true,
          "Origins": { "Quantity": 1, "Items": [ { "Id": "b", "DomainName": "b.s3.eu-central-1.amazonaws.com", "OriginAccessControlId": "E1", "S3OriginConfig": { "OriginAccessIdentity": "" } } ] },
          "DefaultCacheBehavior": { "TargetOriginId": "b", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" } }
        """);

    private string Settings(string endpoint, string keys) => Write("s3.json", string.Create(
        CultureInfo.InvariantCulture, $$"""{ "buckets": { "*.s3.eu-central-1.amazonaws.com": { "endpoint": "{{endpoint}}"{{(keys.Length > 0 ? "," : "")}}{{keys}} } } }"""));

    private string Credentials() => Write("credentials", $"""
        # keys of two profiles
        [default]
        aws_access_key_id = OTHER
        aws_secret_access_key = other
        [dev]
        aws_access_key_id=KEYID
        aws_secret_access_key = {Secret}
        """);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}

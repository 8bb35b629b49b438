using System.IO.Compression;
using System.Net;
using System.Text;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Lambda;

/// <summary>Packages and quotas as a developer meets them.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public PackageTests()
    {
        _folder.CreateSubdirectory("tmp");
        Write("site/index.html", "home");
    }

    private string Site => In("site");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Zip_Serves_AndTheNextOneTakesItsPlace_ABrokenOneDoesNot()
    {
        Zip("answer.zip", ("index.mjs", Answering("one")));
        await using var brink = Start("--viewer-request", In("answer.zip"));
        Assert.Equal("one", await (await brink.GetAsync("/")).TextAsync());

        Zip("answer.zip", ("index.mjs", Answering("two")));
        Assert.Equal(2, brink.WaitFor("replica").GetProperty("version").GetInt32());
        Assert.Equal("two", await (await brink.GetAsync("/")).TextAsync());

        Write("answer.zip", "no zip at all");
        var mistake = brink.WaitFor("not-reloaded").GetProperty("mistakes")[0];
        Assert.Equal(
            ("cannot be unpacked: it is no zip archive", "Lambda's answer: Could not unzip uploaded file. Please check your file, then try to upload again."),
            (mistake.GetProperty("message").GetString(), mistake.GetProperty("detail").GetString()));
        Assert.Equal("two", await (await brink.GetAsync("/")).TextAsync());
    }

    [Fact]
    public async Task ErrorInAZip_HasItsPlaceInTheZip()
    {
        Zip("broken.zip", ("index.js", "exports.handler = async () => { throw new TypeError('no such thing'); };"));
        await using var brink = Start("--origin-request", In("broken.zip"));
        Assert.Contains($"{In("broken.zip")}/index.js:1:", await (await brink.GetAsync("/")).TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ZipThatLeadsOut_StartsNothing_AndLeavesNothing()
    {
        Zip("evil.zip", ("index.mjs", Answering("fine")), ("../../evil.txt", "out"));

        var (exit, error) = await RunAsync("dev", "--http-port", "0", "--origin", Site, "--viewer-request", In("evil.zip"));
        Assert.Equal(1, exit);
        Assert.Contains($"{In("evil.zip")}: has an entry '../../evil.txt', which leads out of the package\n", error, StringComparison.Ordinal);

        Write("event.json", "{}");
        (exit, error) = await RunAsync("lambda", "invoke", In("evil.zip"), "--event", In("event.json"));
        Assert.Equal(1, exit);
        Assert.Contains($"{In("evil.zip")}: has an entry '../../evil.txt', which leads out of the package\n    Lambda's answer: Could not unzip", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.FullName, "evil.txt", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("tmp")));
    }

    [Fact]
    public async Task Zip_IsInvokedByHand_AndLeavesNothing()
    {
        Zip("shown.zip", ("lambda_function.py", "import os\ndef lambda_handler(event, context): return [os.listdir('/var/task'), event]\n"));
        Write("event.json", "[1]");
        await using var process = ChildProcess.Start(Repository.Executable, ["lambda", "invoke", In("shown.zip"), "--event", In("event.json")], _folder.FullName, In("tmp"));
        Assert.Equal("""[["lambda_function.py"], [1]]""", process.ReadToEnd());
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("tmp")));
    }

    [Fact]
    public async Task LinkOutOfTheFolder_IsRefused()
    {
        Write("function/index.mjs", Answering("fine"));
        File.CreateSymbolicLink(In("function/secret"), "/etc/passwd");
        Write("event.json", "{}");
        foreach (var arguments in new string[][] { ["dev", "--http-port", "0", "--origin", Site, "--viewer-request", In("function")], ["lambda", "invoke", In("function"), "--event", In("event.json")] })
        {
            var (exit, error) = await RunAsync(arguments);
            Assert.Equal(1, exit);
            Assert.Contains($"{In("function")}: has a link 'secret' to '/etc/passwd', outside of the package", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("function")]
    [InlineData("function.zip")]
    public async Task PackageOverTheQuota_IsRefusedOnViewerEvents_AndServesOnOriginEvents(string package)
    {
        var noise = new byte[1_200_000];
        new Random(5).NextBytes(noise);
        var text = Convert.ToBase64String(noise);
        Write("function/index.mjs", Answering("fine"));
        Write("function/model.bin", text);
        Zip("function.zip", ("index.mjs", Answering("fine")), ("model.bin", text));

        var (exit, error) = await RunAsync("dev", "--http-port", "0", "--origin", Site, "--viewer-request", In(package));
        Assert.Equal(1, exit);
        Assert.Contains($"{In(package)}: is larger than 1 MB as a zip, the most that the classic quotas allow on viewer-request", error, StringComparison.Ordinal);

        await using (var origin = Start("--origin-request", In(package)))
            Assert.Equal("fine", await (await origin.GetAsync("/")).TextAsync());
        await using (var current = Start("--viewer-request", In(package), "--quotas", "current"))
            Assert.Equal("fine", await (await current.GetAsync("/")).TextAsync());

        var own = Write("quotas.json", """{ "base": "current", "origin": { "codeBytes": 1000 } }""");
        (exit, error) = await RunAsync("dev", "--http-port", "0", "--origin", Site, "--origin-response", In(package), "--quotas", own);
        Assert.Equal(1, exit);
        Assert.Contains($"as a zip, the most that the {own} quotas allow on origin-response", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "base": "old" }""", "$.base: 'old' is not one of classic, current")]
    [InlineData("""{ "viewer": { "timeout": 901 } }""", "$.viewer.timeout: 901 is not between 1 and 900")]
    [InlineData("""{ "viewer": { "memoryMegabytes": 64 }, "origin": { "time": 1 } }""", "$.viewer.memoryMegabytes: 64 is not between 128 and 10240")]
    [InlineData("""{ "viewer": { "memoryMegabytes": 64 }, "origin": { "time": 1 } }""", "$.origin.time")]
    [InlineData("""{ "viewer": 1 }""", "$.viewer: the value is not an object")]
    [InlineData("""{""", "not valid JSON: line 1")]
    [InlineData("""[]""", "the document is not a JSON object")]
    public async Task QuotasThatAreNone_AreRefusedByName(string quotas, string expected)
    {
        var file = Write("quotas.json", quotas);
        var (exit, error) = await RunAsync("dev", "--http-port", "0", "--origin", Site, "--origin-request", Write("f.mjs", Answering("x")), "--quotas", file);
        Assert.Equal(2, exit);
        Assert.Contains($"--quotas {file}: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MemoryAndTimeout_AreTheFunctionsOwn()
    {
        Write("told/index.mjs", "export const handler = async (event, context) => ({ status: '200', body: `${context.memoryLimitInMB} ${Math.ceil(context.getRemainingTimeInMillis() / 1000)}` });");
        Write("other/index.mjs", File.ReadAllText(In("told/index.mjs")));
        await using var brink = Start("--viewer-request", In("told"), "--origin-request", In("other"), "--memory", "128", "--memory", "other=512", "--timeout", "4");
        Assert.Equal("128 4", await (await brink.GetAsync("/")).TextAsync());
        await using var origin = Start("--origin-request", In("other"), "--memory", "512", "--timeout", "other=9");
        Assert.Equal("512 9", await (await origin.GetAsync("/")).TextAsync());
    }

    [Theory]
    [InlineData("--viewer-request", "--memory", "129", "The function memory size is larger than the maximum allowed for functions that are triggered by a CloudFront event: 129 Max allowed: 128 Function: arn:aws:lambda:us-east-1:000000000000:function:f:1")]
    [InlineData("--viewer-request", "--timeout", "6", "The function timeout is larger than the maximum allowed for functions that are triggered by a CloudFront event: 6 Max allowed: 5 Function: arn:aws:lambda:us-east-1:000000000000:function:f:1")]
    [InlineData("--origin-request", "--timeout", "f=31", "31 Max allowed: 30")]
    public async Task MoreThanTheQuotasAllow_IsRefusedInCloudFrontsWords(string trigger, string flag, string value, string expected)
    {
        var (exit, error) = await RunAsync("dev", "--http-port", "0", "--origin", Site, trigger, Write("f.mjs", Answering("x")), flag, value);
        Assert.Equal(1, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("the classic quotas; --quotas current or a file of your own allows more", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--memory 127: 128 to 10240 MB", "--memory", "127")]
    [InlineData("--memory f=x: 128 to 10240 MB", "--memory", "f=x")]
    [InlineData("--memory =200: 128 to 10240 MB", "--memory", "=200")]
    [InlineData("--memory 200: that is said twice", "--memory", "128", "--memory", "200")]
    [InlineData("--timeout 0: 1 to 900 seconds", "--timeout", "0")]
    [InlineData("--timeout g: there is no Lambda@Edge function of that name; there is f", "--timeout", "g=3")]
    public async Task NumbersThatMakeNoSense_AreRefusedByName(string expected, params string[] arguments)
    {
        var (exit, error) = await RunAsync(["dev", "--http-port", "0", "--origin", Site, "--origin-request", Write("f.mjs", Answering("x")), .. arguments]);
        Assert.Equal(2, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IncludeBody_ShowsTheBodyOnRequestEvents()
    {
        var file = Write("body.mjs", "export const handler = async (event) => { const { body } = event.Records[0].cf.request; return { status: '200', body: body ? Buffer.from(body.data, 'base64').toString() : 'none' }; };");
        foreach (var (flags, expected) in new (string[], string)[] { (["--include-body"], "a=b"), ([], "none") })
        {
            await using var brink = Start(["--origin-request", file, .. flags]);
            using var content = new StringContent("a=b", Encoding.ASCII, "application/x-www-form-urlencoded");
            var answer = await brink.Viewer.PostAsync(new Uri(brink.Url + "/"), content, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, expected), (answer.StatusCode, await answer.TextAsync()));
        }
        var (exit, error) = await RunAsync("dev", "--http-port", "0", "--origin", Site, "--origin-response", file, "--include-body");
        Assert.Equal(2, exit);
        Assert.Contains("--include-body without a Lambda@Edge function on --viewer-request or --origin-request", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoFunctionsOfOneName_DoNotDisturbEachOther()
    {
        Write("one/edge.mjs", "export const handler = async (event) => { const { request } = event.Records[0].cf; request.headers['x-one'] = [{ value: 'one' }]; return request; };");
        Write("two/edge.mjs", "export const handler = async (event) => ({ status: '200', body: `two after ${event.Records[0].cf.request.headers['x-one'][0].value}` });");
        var policy = Write("policy.json", """
            { "Name": "x-one", "MinTTL": 0, "ParametersInCacheKeyAndForwardedToOrigin": { "EnableAcceptEncodingGzip": false, "HeadersConfig": { "HeaderBehavior": "whitelist",
              "Headers": { "Quantity": 1, "Items": ["x-one"] } }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } } }
            """);
        await using var brink = Start("--viewer-request", In("one/edge.mjs"), "--origin-request", In("two/edge.mjs"), "--cache-policy", policy);
        Assert.Equal("two after one", await (await brink.GetAsync("/")).TextAsync());
    }

    [Fact]
    public async Task AnotherBrinkThatStarts_LeavesTheFilesOfThisOne()
    {
        var file = Write("reads.mjs", "import fs from 'fs'; export const handler = async (event) => { if (event.Records[0].cf.request.uri === '/end') process.exit(1); return { status: '200', body: String(fs.readFileSync(import.meta.filename ?? '/var/task/reads.mjs').length > 0) }; };");
        await using var brink = Start("--viewer-request", file);
        Assert.Equal("true", await (await brink.GetAsync("/")).TextAsync());

        await using (var other = Start("--viewer-request", file))
            Assert.Equal("true", await (await other.GetAsync("/")).TextAsync());

        // A new process reads them again.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await brink.GetAsync("/end")).StatusCode);
        Assert.Equal("true", await (await brink.GetAsync("/")).TextAsync());
    }

    private static string Answering(string text) => $"export const handler = async () => ({{ status: '200', body: '{text}' }});";

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private BrinkDev Start(params string[] arguments) => BrinkDev.StartIn(_folder.FullName, In("tmp"), ["--origin", Site, .. arguments]);

    private async Task<(int Exit, string Error)> RunAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start(Repository.Executable, arguments, _folder.FullName, In("tmp"));
        process.ReadToEnd();
        return (await process.WaitForExitAsync(), process.ErrorText + "\n");
    }

    private string Write(string name, string text)
    {
        var path = In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private void Zip(string name, params (string Name, string Text)[] files)
    {
        // Under another name first, as zip tools do it.
        using (var zip = ZipFile.Open(In(name + ".new"), ZipArchiveMode.Create))
        {
            foreach (var (file, text) in files)
            {
                using var entry = new StreamWriter(zip.CreateEntry(file).Open());
                entry.Write(text);
            }
        }
        File.Move(In(name + ".new"), In(name), overwrite: true);
    }
}

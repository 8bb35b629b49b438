using System.Net;
using System.Text;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Lambda;

/// <summary>Lambda@Edge as a developer meets it: the executable, real Node.js and Python processes, HTTP.</summary>
public sealed class LambdaEdgeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public LambdaEdgeTests()
    {
        foreach (var (path, text) in new[]
        {
            ("site/images/small/cat.jpg", "small"), ("site/images/large/cat.jpg", "large"), ("site/v1/index.html", "one"), ("site/v2/index.html", "two"), ("site/index.html", "home"),
        })
            Write(path, text);
    }

    private string Site => Path.Combine(_folder.FullName, "site");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task ImageByDevice_IsCachedApart()
    {
        await using var brink = Start("--viewer-request", Sample("image-by-device"));

        foreach (var (agent, text, cache) in new[]
        {
            ("Desktop", "large", "Miss"), ("iPhone", "small", "Miss"), ("Desktop", "large", "Hit"), ("iPhone", "small", "Hit"),
        })
        {
            var answer = await brink.GetAsync("/images/cat.jpg", ("User-Agent", agent));
            Assert.Equal((text, $"{cache} from cloudfront"), (await answer.TextAsync(), answer.Header("X-Cache")));
        }
        var run = brink.WaitFor("request").GetProperty("lambda")[0];
        Assert.Equal(("viewer-request", "image-by-device:1"), (run.GetProperty("event").GetString(), run.GetProperty("function").GetString()));
    }

    [Fact]
    public async Task PythonAtTheOrigin_RoutesByHeader_AndAnswersFromATemplate()
    {
        await using var brink = Start("--origin-request", Sample("header-routing"), "--cache-policy", Path.Combine(Sample("header-routing"), "policy.json"));

        Assert.Equal("one", await (await brink.GetAsync("/index.html")).TextAsync());
        Assert.Equal("two", await (await brink.GetAsync("/index.html", ("X-Version", "v2"))).TextAsync());
        Assert.Equal("one", await (await brink.GetAsync("/index.html", ("X-Version", "../secret"))).TextAsync());
        var (first, second) = (await brink.GetAsync("/status", ("X-Version", "<v>")), await brink.GetAsync("/status", ("X-Version", "<v>")));
        Assert.Contains("<b>&lt;v&gt;</b>, answered by us-east-1.header-routing.", await first.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(("LambdaGeneratedResponse from cloudfront", "Hit from cloudfront"), (first.Header("X-Cache"), second.Header("X-Cache")));
    }

    [Fact]
    public async Task ErrorPage_TakesThePlaceOfTheOrigins()
    {
        await using var brink = Start("--origin-response", Sample("error-page"));

        var missing = await brink.GetAsync("/nowhere");

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("There is no /nowhere.", await missing.TextAsync(), StringComparison.Ordinal);
        Assert.Equal("text/html; charset=utf-8", missing.Header("Content-Type"));
        Assert.Equal("home", await (await brink.GetAsync("/index.html")).TextAsync());
    }

    [Fact]
    public async Task Form_IsRefusedOrRewritten_ByTheDistributionsFile()
    {
        await using var origin = EchoOrigin.Start();
        var file = Write("distribution.json", File.ReadAllText(Path.Combine(Sample("form-rewrite"), "distribution.json")).Replace("3000", new Uri(origin.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await using var brink = BrinkDev.Start("--distribution", file, "--lambda", $"form-rewrite={Sample("form-rewrite")}");

        var refused = await PostAsync(brink, "name=Ann");
        var accepted = await PostAsync(brink, "name=Ann&email=Ann%40Example.com");

        Assert.Equal((HttpStatusCode.BadRequest, "LambdaGeneratedResponse from cloudfront"), (refused.StatusCode, refused.Header("X-Cache")));
        Assert.True(accepted.IsSuccessStatusCode);
        var seen = Assert.Single(await origin.SeenAsync());
        Assert.Equal("email=ann%40example.com&name=Ann", seen.Body);
    }

    [Fact]
    public async Task Save_IsTheNextVersion_OnceItLoads_AndABrokenOneLeavesTheLast()
    {
        var file = Write("answer.mjs", Answering("one"));
        await using var brink = Start("--viewer-request", file);
        Assert.Equal("one", await (await brink.GetAsync("/")).TextAsync());

        Write("answer.mjs", Answering("two"));
        var replica = brink.WaitFor("replica");
        Assert.Equal((2, "us-east-1", true), (replica.GetProperty("version").GetInt32(), replica.GetProperty("region").GetString(), replica.GetProperty("ready").GetBoolean()));
        Assert.Equal("two", await (await brink.GetAsync("/")).TextAsync());

        Write("answer.mjs", "export const handler = );");
        var mistake = brink.WaitFor("not-reloaded").GetProperty("mistakes")[0];
        Assert.Equal("does not load", mistake.GetProperty("message").GetString());
        Assert.Contains("SyntaxError", mistake.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains($"    at {file}:1", mistake.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("^", mistake.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("two", await (await brink.GetAsync("/")).TextAsync());

        Write("answer.mjs", "export const handler = async () => null;\n  notThere.anything;");
        mistake = brink.WaitFor("not-reloaded").GetProperty("mistakes")[0];
        Assert.Equal($"ReferenceError: notThere is not defined\n    at {file}:2:3", mistake.GetProperty("detail").GetString());
        Assert.Equal("two", await (await brink.GetAsync("/")).TextAsync());

        Write("answer.mjs", Answering("three"));
        brink.WaitFor("reloaded");
        Assert.Equal(3, brink.WaitFor("replica").GetProperty("version").GetInt32());
        Assert.Equal("three", await (await brink.GetAsync("/")).TextAsync());
    }

    [Fact]
    public async Task HandlerThrows_TheViewerGetsThePage_AndTheDeveloperThePlaceInHisOwnFile()
    {
        var file = Write("broken.js", "exports.handler = async () => { throw new TypeError('no such thing'); };");
        await using var brink = Start("--origin-request", file);

        var answer = await brink.GetAsync("/");
        var text = await answer.TextAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "LambdaExecutionError from cloudfront"), (answer.StatusCode, answer.Header("X-Cache")));
        Assert.Contains("TypeError: no such thing", text, StringComparison.Ordinal);
        Assert.Contains($"{file}:1:", text, StringComparison.Ordinal);
        Assert.Equal("LambdaExecutionError", brink.WaitFor("request").GetProperty("resultType").GetString());
    }

    [Fact]
    public async Task PackagesAreNotInstalled_ThatIsSaid()
    {
        Write("api/package.json", """{ "dependencies": { "left-pad": "1.3.0" } }""");
        var folder = Path.GetDirectoryName(Write("api/index.mjs", "import 'left-pad';\nexport const handler = async () => null;"))!;
        const string hint = "its package.json asks for packages, and there is no node_modules: install them there (npm ci)";

        await using var dev = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", "--origin", Site, "--origin-request", folder]);
        Assert.Equal((1, ""), (await dev.WaitForExitAsync(), dev.ReadToEnd()));
        Assert.Contains($"{folder}: does not load: {hint}", dev.ErrorText, StringComparison.Ordinal);

        await using var invoke = ChildProcess.Start(Repository.Executable, ["lambda", "invoke", folder, "--event", Write("event.json", "{}")]);
        Assert.Contains("Cannot find package 'left-pad'", invoke.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal(1, await invoke.WaitForExitAsync());
        Assert.Contains($"{folder}: {hint}", invoke.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModuleThatSaysNowhereThatItIsOne_SaysWhatToWrite()
    {
        var folder = Path.GetDirectoryName(Write("module/index.js", "export const handler = async () => null;"))!;
        const string hint = "write \"type\": \"module\" into its package.json, or name the file .mjs";

        await using var dev = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", "--origin", Site, "--origin-request", folder, "--runtime", "nodejs22.x"]);
        Assert.Equal((1, ""), (await dev.WaitForExitAsync(), dev.ReadToEnd()));
        Assert.Matches($"{folder}: does not load: .*{hint}\n.*Unexpected token 'export'", dev.ErrorText);

        await using var invoke = ChildProcess.Start(Repository.Executable, ["lambda", "invoke", folder, "--event", Write("event.json", "{}"), "--runtime", "nodejs20.x"]);
        Assert.Contains("Unexpected token 'export'", invoke.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal(1, await invoke.WaitForExitAsync());
        Assert.Contains(hint, invoke.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LambdaInvoke_OfAFile_SaysHowToNameIt()
    {
        await using var invoke = ChildProcess.Start(Repository.Executable, ["lambda", "invoke", Write("greet.py", ""), "--event", Write("event.json", "{}")]);

        Assert.Equal(1, await invoke.WaitForExitAsync());
        Assert.Contains("give its folder, and the file as --handler greet.lambda_handler", invoke.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--runtime node: Brink runs", "--origin-request", "f.mjs", "--unsafe-no-sandbox", "--runtime", "node")]
    [InlineData("--quotas none: neither classic nor current", "--origin-request", "f.mjs", "--unsafe-no-sandbox", "--quotas", "none")]
    [InlineData("cannot both be on the viewer events", "--viewer-request", "f.mjs", "--viewer-response", "f.js", "--unsafe-no-sandbox")]
    [InlineData("--lambda binds names in --distribution files", "--lambda", "a=b", "--unsafe-no-sandbox")]
    [InlineData("--python without a Lambda@Edge function", "--python", "python3")]
    public async Task FlagsThatMakeNoSense_AreRefusedByName(string expected, params string[] arguments)
    {
        await using var process = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", "--origin", Site, .. arguments]);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(2, await process.WaitForExitAsync());
        Assert.Contains(expected, process.ErrorText, StringComparison.Ordinal);
    }

    private static string Answering(string text) => $"export const handler = async () => ({{ status: '200', body: '{text}' }});";

    private static string Sample(string name) => Repository.PathTo("samples", "lambda", name);

    private static async Task<HttpResponseMessage> PostAsync(BrinkDev brink, string form)
    {
        using var content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        return await brink.Viewer.PostAsync(new Uri(brink.Url + "/sign-up"), content, TestContext.Current.CancellationToken);
    }

    private BrinkDev Start(params string[] arguments) => BrinkDev.Start(["--origin", Site, .. arguments]);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}

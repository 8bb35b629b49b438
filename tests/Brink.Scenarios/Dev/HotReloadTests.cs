using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

public sealed class HotReloadTests : IDisposable
{
    private const string Teapot = "function handler(event) { return { statusCode: 418, statusDescription: 'REASON' }; }";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    private string FunctionFile => Path.Combine(_folder.FullName, "teapot.js");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task FunctionSaved_InPlaceAndByRename_TakesEffect()
    {
        Save("one");
        await using var brink = Start();
        Assert.Equal("one", (await brink.GetAsync("/")).ReasonPhrase);

        Save("two");
        brink.WaitFor("reloaded");
        Assert.Equal("two", (await brink.GetAsync("/")).ReasonPhrase);

        var other = Path.Combine(_folder.FullName, "teapot.js.tmp");
        File.WriteAllText(other, Teapot.Replace("REASON", "three", StringComparison.Ordinal));
        File.Move(other, FunctionFile, overwrite: true);
        brink.WaitFor("reloaded");
        Assert.Equal("three", (await brink.GetAsync("/")).ReasonPhrase);
    }

    [Fact]
    public async Task SavedFunctionDoesNotCompile_TheOldOneServesAndThePlaceIsShown()
    {
        Save("old");
        await using var brink = Start();

        File.WriteAllText(FunctionFile, "function handler(event) {\n    for (var x of []) {}\n}\n");
        var mistake = brink.WaitFor("not-reloaded").GetProperty("mistakes")[0];

        Assert.Contains("SyntaxError: Token \"of\" not supported in this version in 2", mistake.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("for (var x of []) {}", mistake.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("^", mistake.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("old", (await brink.GetAsync("/")).ReasonPhrase);

        Save("mended");
        brink.WaitFor("reloaded");
        Assert.Equal("mended", (await brink.GetAsync("/")).ReasonPhrase);
    }

    [Fact]
    public async Task SourceMapThatAppears_IsUsedAtOnce_AndABrokenOneIsAWarning()
    {
        const string code = "function handler(event) { return event.nothing.value; }";
        File.WriteAllText(FunctionFile, code);
        await using var brink = Start();
        await brink.GetAsync("/");
        Assert.Contains("teapot.js:1:34: TypeError", brink.WaitFor("request").GetProperty("error").GetString(), StringComparison.Ordinal);

        File.WriteAllText(FunctionFile + ".map", """{"version":3,"sources":["handler.ts"],"sourcesContent":["the original"],"names":[],"mappings":"AAAA"}""");
        brink.WaitFor("reloaded");
        await brink.GetAsync("/");
        Assert.Contains("handler.ts:1:1 (", brink.WaitFor("request").GetProperty("error").GetString(), StringComparison.Ordinal);

        File.WriteAllText(FunctionFile + ".map", "{}");
        var warning = brink.WaitFor("warning").GetProperty("warnings")[0].GetProperty("message").GetString();
        Assert.EndsWith("is not used: its version is not 3", warning, StringComparison.Ordinal);
        await brink.GetAsync("/");
        Assert.Contains("teapot.js:1:34: TypeError", brink.WaitFor("request").GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SavedFunctionIsEmpty_TheOldOneServes()
    {
        Save("old");
        await using var brink = Start();

        File.WriteAllText(FunctionFile, "\n");
        brink.WaitFor("not-reloaded");

        Assert.Equal("old", (await brink.GetAsync("/")).ReasonPhrase);
    }

    [Fact]
    public async Task ContentChanged_TheCacheForgets()
    {
        var page = Path.Combine(_folder.FullName, "page.html");
        File.WriteAllText(page, "first");
        await using var brink = BrinkDev.Start("--origin", _folder.FullName);
        Assert.Equal("first", await (await brink.GetAsync("/page.html")).TextAsync());
        Assert.Equal("Hit from cloudfront", (await brink.GetAsync("/page.html")).Header("X-Cache"));

        File.WriteAllText(page, "second");
        brink.WaitFor("reloaded");

        var reply = await brink.GetAsync("/page.html");
        Assert.Equal(("Miss from cloudfront", "second"), (reply.Header("X-Cache"), await reply.TextAsync()));
    }

    [Theory]
    [InlineData("function handler(event) {")]
    [InlineData("")]
    [InlineData("var answer = 42;")]
    public async Task FunctionSavedBroken_OrAsItWas_TheCacheKeepsWhatItHas(string broken)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "page.html"), "page");
        File.WriteAllText(FunctionFile, Marking("one"));
        await using var brink = BrinkDev.Start("--origin", _folder.FullName, "--viewer-response", FunctionFile);
        await brink.GetAsync("/page.html");

        File.WriteAllText(FunctionFile, Marking("one"));
        File.WriteAllText(FunctionFile, broken);
        brink.WaitFor("not-reloaded");
        var after = await brink.GetAsync("/page.html");
        Assert.Equal(("Hit from cloudfront", "one"), (after.Header("X-Cache"), after.Header("x-mark")));

        File.WriteAllText(FunctionFile, Marking("two"));
        brink.WaitFor("reloaded");
        after = await brink.GetAsync("/page.html");
        Assert.Equal(("Hit from cloudfront", "two"), (after.Header("X-Cache"), after.Header("x-mark"))); // it comes after the cache
    }

    [Fact]
    public async Task HiddenFile_IsNotServed_AndTheLineSaysWhy()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, ".env"), "SECRET=1");
        await using (var brink = BrinkDev.Start("--origin", _folder.FullName))
        {
            Assert.Equal(404, (int)(await brink.GetAsync("/.env")).StatusCode);
            Assert.Contains(".env is hidden", brink.WaitFor("request").GetProperty("originNote").GetString(), StringComparison.Ordinal);
        }
        await using (var brink = BrinkDev.Start("--origin", _folder.FullName, "--hidden-files"))
            Assert.Equal("SECRET=1", await (await brink.GetAsync("/.env")).TextAsync());
    }

    [Fact]
    public async Task StoreChanged_FunctionsReadTheNewValue()
    {
        var store = Path.Combine(_folder.FullName, "store.json");
        File.WriteAllText(store, """{"data":[{"key":"k","value":"v1"}]}""");
        File.WriteAllText(FunctionFile, """
            import cf from 'cloudfront';
            async function handler(event) {
                const value = await cf.kvs().get('k');
                return { statusCode: 200, headers: { 'x-value': { value: value } } };
            }
            """);
        await using var brink = BrinkDev.Start("--origin", _folder.FullName, "--viewer-request", FunctionFile, "--kvs", store);
        Assert.Equal("v1", (await brink.GetAsync("/")).Header("x-value"));

        File.WriteAllText(store, """{"data":[{"key":"k","value":"v2"}]}""");
        brink.WaitFor("reloaded");
        Assert.Equal("v2", (await brink.GetAsync("/")).Header("x-value"));

        File.WriteAllText(store, """{"data":[{"key":"k","value":"v3"},{"key":"k","value":"v4"}]}""");
        brink.WaitFor("not-reloaded");
        Assert.Equal("v2", (await brink.GetAsync("/")).Header("x-value"));
    }

    [Fact]
    public async Task FoldersDeletedAndMadeAgain_AreWatchedAgain()
    {
        var (functions, content) = (_folder.CreateSubdirectory("functions").FullName, _folder.CreateSubdirectory("site").FullName);
        var (function, page) = (Path.Combine(functions, "f.js"), Path.Combine(content, "a.txt"));
        File.WriteAllText(function, Marking("one"));
        File.WriteAllText(page, "first");
        await using var brink = BrinkDev.Start("--origin", content, "--viewer-response", function);

        Directory.Delete(functions, recursive: true);
        brink.WaitFor("not-reloaded");
        Directory.CreateDirectory(functions);
        File.WriteAllText(function, Marking("two"));
        brink.WaitFor("reloaded");
        Assert.Equal("two", (await brink.GetAsync("/a.txt")).Header("x-mark"));

        var other = _folder.CreateSubdirectory("other").FullName;
        File.WriteAllText(Path.Combine(other, "a.txt"), "second");
        Directory.Move(content, content + ".old");
        Directory.Move(other, content);
        brink.WaitFor("reloaded");
        Assert.Equal("second", await (await brink.GetAsync("/a.txt")).TextAsync());

        File.WriteAllText(page, "third");
        brink.WaitFor("reloaded");
        Assert.Equal("third", await (await brink.GetAsync("/a.txt")).TextAsync());
    }

    [Fact]
    public async Task FunctionIsALink_ASaveOfTheFileBehindItTakesEffect()
    {
        var target = Path.Combine(_folder.CreateSubdirectory("elsewhere").FullName, "real.js");
        File.WriteAllText(target, Teapot.Replace("REASON", "one", StringComparison.Ordinal));
        File.CreateSymbolicLink(FunctionFile, target);
        var site = _folder.CreateSubdirectory("site").FullName;
        await using var brink = BrinkDev.Start("--origin", site, "--viewer-request", FunctionFile);

        File.WriteAllText(target, Teapot.Replace("REASON", "two", StringComparison.Ordinal));
        brink.WaitFor("reloaded");

        Assert.Equal("two", (await brink.GetAsync("/")).ReasonPhrase);
    }

    [Fact]
    public async Task ContentChangesWhileAnotherFileIsBroken_TheCacheForgetsAllTheSame()
    {
        var store = Path.Combine(_folder.FullName, "store.json");
        var page = Path.Combine(_folder.FullName, "page.html");
        File.WriteAllText(store, """{"data":[]}""");
        File.WriteAllText(page, "first");
        await using var brink = BrinkDev.Start("--origin", _folder.FullName, "--kvs", store);
        Assert.Equal("first", await (await brink.GetAsync("/page.html")).TextAsync());

        File.Delete(store);
        brink.WaitFor("not-reloaded");
        File.WriteAllText(page, "second");
        brink.WaitFor("not-reloaded");

        Assert.Equal("second", await (await brink.GetAsync("/page.html")).TextAsync());
    }

    [Fact]
    public async Task AFileChangesWithoutAPause_TheOthersStillTakeEffect()
    {
        Save("one");
        await using var brink = Start();
        using var stop = new CancellationTokenSource();
        var noise = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    File.AppendAllText(Path.Combine(_folder.FullName, "app.log"), "line\n");
            },
            TestContext.Current.CancellationToken);

        Save("two");
        var files = brink.WaitFor("reloaded").GetProperty("files");
        while (files.GetArrayLength() == 0)
            files = brink.WaitFor("reloaded").GetProperty("files");

        Assert.Equal("two", (await brink.GetAsync("/")).ReasonPhrase);
        await stop.CancelAsync();
        await noise;
    }

    private static string Marking(string mark) =>
        $"function handler(event) {{ event.response.headers['x-mark'] = {{ value: '{mark}' }}; return event.response; }}";

    private BrinkDev Start() => BrinkDev.Start("--origin", _folder.FullName, "--viewer-request", FunctionFile);

    private void Save(string reason) => File.WriteAllText(FunctionFile, Teapot.Replace("REASON", reason, StringComparison.Ordinal));
}

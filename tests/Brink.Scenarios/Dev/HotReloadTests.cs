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

    private BrinkDev Start() => BrinkDev.Start("--origin", _folder.FullName, "--viewer-request", FunctionFile);

    private void Save(string reason) => File.WriteAllText(FunctionFile, Teapot.Replace("REASON", reason, StringComparison.Ordinal));
}

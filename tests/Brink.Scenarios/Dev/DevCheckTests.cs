using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary><c>brink dev</c> runs the check at start and on every save, and runs both dialects.</summary>
public sealed class DevCheckTests : IDisposable
{
    private const string Good = "function handler(event) { return { statusCode: 418 }; }";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    private string FunctionFile => Path.Combine(_folder.FullName, "teapot.js");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task StartAndSave_AreChecked_WithoutHoldingBackWhatServes()
    {
        File.WriteAllText(FunctionFile, Good);
        await using var brink = Start();
        Assert.Equal((0, 0), Counts(brink.WaitFor("checked")));

        File.WriteAllText(FunctionFile, "function handler(event) { event.request.headers.host = { value: 'a' }; return event.reqest; }");
        brink.WaitFor("reloaded");
        var report = brink.WaitFor("checked").GetProperty("report");
        Assert.Equal(["header-read-only", "event-property"], report.GetProperty("files")[0].GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("rule").GetString()));
        Assert.Equal(502, (int)(await brink.GetAsync("/")).StatusCode);

        File.WriteAllText(FunctionFile, Good + "\n");
        Assert.Equal((0, 0), Counts(brink.WaitFor("checked")));
        Assert.Equal(418, (int)(await brink.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task LambdaShapedFunction_OnAViewerEvent_IsSaidToBeOne()
    {
        File.WriteAllText(FunctionFile, "exports.handler = async (event) => event.Records[0].cf.request;");
        await using var brink = Start();

        var messages = brink.WaitFor("checked").GetProperty("report").GetProperty("files")[0].GetProperty("findings").EnumerateArray()
            .Select(finding => finding.GetProperty("message").GetString()!);

        Assert.Contains("exports.handler is not the entry point: that is the form of a Lambda@Edge function", messages);
    }

    [Theory]
    [InlineData("--viewer-request")]
    [InlineData("--origin-request")]
    public async Task TypeScript_IsNamedAsSuch(string flag)
    {
        var file = Path.Combine(_folder.FullName, "function.ts");
        File.WriteAllText(file, "const x: number = 1;");
        await using var brink = ChildProcess.Start(Repository.Executable, ["dev", "--origin", _folder.FullName, flag, file, "--http-port", "0"]);
        brink.ReadToEnd();

        Assert.Equal(1, await brink.WaitForExitAsync());
        Assert.Contains("is TypeScript, which neither AWS nor Brink runs: compile it first", brink.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runtime_ChoosesTheDialect_OfAllFunctionsOrOfOne()
    {
        // Runs in 1.0 only as long as it has no const; 2.0 alone has it.
        File.WriteAllText(FunctionFile, "const answer = 418; function handler(event) { return { statusCode: answer }; }");
        await using (var brink = Start("--runtime", "cloudfront-js-2.0"))
            Assert.Equal(418, (int)(await brink.GetAsync("/")).StatusCode);

        foreach (var runtime in (string[])["cloudfront-js-1.0", "teapot=cloudfront-js-1.0"])
        {
            await using var old = ChildProcess.Start(
                Repository.Executable, ["dev", "--origin", _folder.FullName, "--viewer-request", FunctionFile, "--runtime", runtime, "--http-port", "0"]);
            old.ReadToEnd();
            Assert.Equal(1, await old.WaitForExitAsync());
            Assert.Contains("const", old.ErrorText, StringComparison.Ordinal);
        }

        File.WriteAllText(FunctionFile, "function handler(event) { return { statusCode: 418 }; }");
        await using var one = Start("--runtime", "cloudfront-js-1.0");
        Assert.Equal("cloudfront-js-1.0", one.Started.GetProperty("functions")[0].GetProperty("runtime").GetString());
        Assert.Equal(418, (int)(await one.GetAsync("/")).StatusCode);
    }

    [Theory]
    [InlineData("--runtime cloudfront-js-3.0", "--runtime cloudfront-js-3.0: Brink runs cloudfront-js-1.0, cloudfront-js-2.0, ")]
    [InlineData("--runtime other=cloudfront-js-1.0", "--runtime other=...: there is no CloudFront Function of that name; there is teapot")]
    [InlineData("--runtime cloudfront-js-1.0 --runtime cloudfront-js-2.0", "--runtime cloudfront-js-2.0: the runtime is said twice")]
    [InlineData("--runtime nodejs22.x", "--runtime without a Lambda@Edge function: nothing would use it")]
    public async Task RuntimeThatMakesNoSense_IsRefused(string flags, string message)
    {
        File.WriteAllText(FunctionFile, Good);
        await using var brink = ChildProcess.Start(
            Repository.Executable, ["dev", "--origin", _folder.FullName, "--viewer-request", FunctionFile, "--http-port", "0", .. flags.Split(' ')]);
        brink.ReadToEnd();

        Assert.Equal(2, await brink.WaitForExitAsync());
        Assert.Contains(message, brink.ErrorText, StringComparison.Ordinal);
    }

    private static (int Errors, int Warnings) Counts(JsonElement line) =>
        (line.GetProperty("report").GetProperty("errors").GetInt32(), line.GetProperty("report").GetProperty("warnings").GetInt32());

    private BrinkDev Start(params string[] more) => BrinkDev.Start(["--origin", _folder.FullName, "--viewer-request", FunctionFile, .. more]);
}

using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;
using Brink.Scenarios.Samples;

namespace Brink.Scenarios.Documents;

/// <summary>The README's commands, executed as they stand there, in their order.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    // Outside tables and code. What is longer is no sentence.
    private const int LongestLine = 300;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task EveryCommand_RunAsWritten_Works()
    {
        await using var run = new DocumentRun(Repository.Root, new FreePorts(_folder.FullName));

        await run.RunAsync(File.ReadAllText(Repository.PathTo("README.md")));

        Assert.Collection(
            run.Outputs,
            first => Assert.Matches("(?s)^HTTP/1.1 200 OK.*X-Cache: Miss from cloudfront.*<h1>Documents</h1>", first),
            second => Assert.Matches("(?s)^HTTP/1.1 200 OK.*X-Cache: Hit from cloudfront.*<h1>Documents</h1>", second),
            test => Assert.Contains("/docs/index.html", test, StringComparison.Ordinal),
            check => Assert.Equal("samples/spa-rewrite/function.js: nothing found (cloudfront-js-2.0)", check),
            distribution => Assert.Matches("(?s)^HTTP/1.1 200 OK.*<h1>Home</h1>", distribution),
            lambda => Assert.Matches("(?s)^HTTP/1.1 200 OK.*X-Cache: LambdaGeneratedResponse from cloudfront", lambda));
    }

    [Fact]
    public void EveryLink_ToAFile_LeadsSomewhere()
    {
        foreach (var document in Documents())
        {
            foreach (Match link in FileLink().Matches(File.ReadAllText(document)))
            {
                var target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{document} links to {link.Groups[1].Value}, which is not there");
            }
        }
    }

    [Fact]
    public async Task Tutorial_EveryCommand_RunAsWritten_Works()
    {
        await using var run = new DocumentRun(_folder.FullName, new FreePorts(_folder.FullName));

        var path = DocumentRun.PathWithBrink(_folder.FullName);
        await run.RunAsync(File.ReadAllText(Repository.PathTo("docs", "tutorial.md")), path);
        // REPORT is written when the function has asked for its next event, which may be after the viewer has its answer.
        for (var i = 0; i < 50 && !run.Outputs.Any(output => output.Contains("REPORT RequestId:", StringComparison.Ordinal)); i++)
            await run.RunAsync("```sh\nbrink logs\n```", path);

        Assert.Contains(run.Outputs, output => output.Contains("\"FunctionErrorMessage\": \"\"", StringComparison.Ordinal));
        Assert.Contains(run.Outputs, output => output.Contains("REPORT RequestId:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Init_WritesAProject_WhoseCommandsWork()
    {
        var ports = new FreePorts(_folder.FullName);
        await using var run = new DocumentRun(_folder.FullName, ports);
        var path = DocumentRun.PathWithBrink(_folder.FullName);

        await run.RunAsync("```sh\nbrink init my-site\ncd my-site\n```", path);
        var project = Path.Combine(_folder.FullName, "my-site");
        var distribution = Path.Combine(project, "distribution.json");
        await File.WriteAllTextAsync(distribution, ports.Instead(await File.ReadAllTextAsync(distribution, TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
        await run.RunAsync(await File.ReadAllTextAsync(Path.Combine(project, "README.md"), TestContext.Current.CancellationToken), path);

        Assert.Contains(run.Outputs, output => output.EndsWith("nothing found (cloudfront-js-2.0)", StringComparison.Ordinal));
        foreach (var name in new[] { "redirect", "folder" })
        {
            var result = System.Text.Json.Nodes.JsonNode.Parse(run.Outputs.First(output => output.Contains("FunctionOutput", StringComparison.Ordinal) && output.Contains(name == "redirect" ? "302" : "index.html", StringComparison.Ordinal)))!;
            var actual = System.Text.Json.Nodes.JsonNode.Parse((string)result["TestResult"]!["FunctionOutput"]!);
            var expected = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(project, "events", $"{name}.expected.json"), TestContext.Current.CancellationToken));
            Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(expected, actual), $"{name}: {actual!.ToJsonString()}");
        }
    }

    [Fact]
    public async Task Init_OverwritesNothing()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "store.json"), "mine");
        await using var init = ChildProcess.Start(Repository.Executable, ["init"], _folder.FullName);

        Assert.Equal(1, await init.WaitForExitAsync());
        Assert.StartsWith("brink init: ./store.json: there already", init.ErrorText, StringComparison.Ordinal);
        Assert.Equal(["store.json"], Directory.EnumerateFileSystemEntries(_folder.FullName).Select(file => Path.GetFileName(file)));
    }

    [Fact]
    public void EveryLine_OfADocument_IsOneIdea()
    {
        var tooLong = new List<string>();
        foreach (var document in Documents())
        {
            var (number, isCode) = (0, false);
            foreach (var line in File.ReadLines(document))
            {
                number++;
                if (line.StartsWith("```", StringComparison.Ordinal))
                    isCode = !isCode;
                else if (!isCode && line.Length > LongestLine && line[0] != '|' && !line.StartsWith("    ", StringComparison.Ordinal))
                    tooLong.Add($"{Path.GetRelativePath(Repository.Root, document)}:{number} has {line.Length} characters");
            }
        }
        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(new[] { "docs", "samples", "src", "tests" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathTo(folder), "*.md", SearchOption.AllDirectories)))
            .Where(document => !document.Contains("/node_modules/", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex FileLink();
}

using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Documents;

/// <summary>The README's commands, executed as they stand there, in their order.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task EveryCommand_RunAsWritten_Works()
    {
        var outputs = new List<string>();
        ChildProcess? serving = null;
        try
        {
            foreach (var command in Commands())
            {
                if (command.StartsWith("./brink dev", StringComparison.Ordinal))
                {
                    if (serving is not null)
                        await serving.DisposeAsync();
                    serving = ChildProcess.Start("/bin/bash", ["-c", "exec " + command]);
                    serving.WaitForLine(line => line.StartsWith("Brink is serving", StringComparison.Ordinal));
                    continue;
                }
                await using var process = ChildProcess.Start("/bin/bash", ["-c", command]);
                outputs.Add(process.ReadToEnd());
                Assert.True(await process.WaitForExitAsync() == 0, $"{command}\n{process.ErrorText}");
            }
        }
        finally
        {
            if (serving is not null)
                await serving.DisposeAsync();
        }

        Assert.Collection(
            outputs,
            first => Assert.Matches("(?s)^HTTP/1.1 200 OK.*X-Cache: Miss from cloudfront.*<h1>Documents</h1>", first),
            second => Assert.Matches("(?s)^HTTP/1.1 200 OK.*X-Cache: Hit from cloudfront.*<h1>Documents</h1>", second),
            test => Assert.Contains("/docs/index.html", test, StringComparison.Ordinal),
            check => Assert.Equal("samples/spa-rewrite/function.js: nothing found (cloudfront-js-2.0)", check),
            lambda => Assert.Matches("(?s)^HTTP/1.1 200 OK.*X-Cache: LambdaGeneratedResponse from cloudfront", lambda));
    }

    [Fact]
    public void EveryLink_ToAFile_LeadsSomewhere()
    {
        var documents = Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Repository.PathTo("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.PathTo("samples"), "*.md", SearchOption.AllDirectories))
            .Where(document => !document.Contains("/node_modules/", StringComparison.Ordinal));
        foreach (var document in documents)
        {
            foreach (Match link in FileLink().Matches(File.ReadAllText(document)))
            {
                var target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{document} links to {link.Groups[1].Value}, which is not there");
            }
        }
    }

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex FileLink();

    /// <summary>The lines of the README's sh blocks.</summary>
    private static IEnumerable<string> Commands()
    {
        var inside = false;
        foreach (var line in File.ReadLines(Repository.PathTo("README.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```sh";
            else if (inside)
                yield return line;
        }
    }
}

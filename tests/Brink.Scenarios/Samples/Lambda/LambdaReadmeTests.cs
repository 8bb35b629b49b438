using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>
/// The commands of the READMEs in samples/lambda, as a reader copies them. Where one command serves all that a sample needs, each request shows what stands behind
/// it; where servers have configurations of their own, they start, up to and with <c>./brink dev</c>. Only the ports are free ones.
/// </summary>
public sealed partial class LambdaReadmeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string> Names() =>
        [.. Directory.EnumerateDirectories(Repository.PathTo("samples", "lambda")).Where(folder => File.Exists(Path.Combine(folder, "README.md"))).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ItsCommands_Work(string name)
    {
        var commands = SampleTests.Commands(File.ReadAllText(Repository.PathTo("samples", "lambda", name, "README.md")), "./brink ", "npm ", "node ", "python3 ", "curl ").ToList();
        Assert.Contains(commands, command => command.Contains("./brink ", StringComparison.Ordinal));
        var dev = commands.SingleOrDefault(command => command.Contains("./brink dev ", StringComparison.Ordinal));
        Assert.Equal(dev is not null, commands.Exists(command => command.StartsWith("curl ", StringComparison.Ordinal)));
        var before = commands.TakeWhile(command => command != dev).ToList();
        foreach (var command in before)
        {
            if (command.StartsWith("npm ", StringComparison.Ordinal))
                await NpmPackages.RunAsync(command);
            else if (command.StartsWith("./brink ", StringComparison.Ordinal))
                await RunAsync(command);
            else
                await LocalServer.Run(OnAnyPort(command)).DisposeAsync();
        }

        if (dev is null)
            return;
        if (before.TrueForAll(command => command.StartsWith("./brink ", StringComparison.Ordinal)))
        {
            var requests = commands.SkipWhile(command => command != dev).Skip(1).ToList();
            Assert.All(requests, request => Assert.Matches(DocumentRun.Effect(), request));
            await using var run = new DocumentRun(Repository.Root, new FreePorts(_folder.FullName));
            await run.RunAsync($"```sh\n{string.Join('\n', requests.Prepend(dev))}\n```");
            return;
        }
        await using var serving = ChildProcess.Start("/bin/bash", ["-c", $"exec {dev} --http-port 0"]);

        serving.WaitForLine(line => line.StartsWith("Brink is serving", StringComparison.Ordinal));
    }

    private static async Task RunAsync(string command)
    {
        await using var process = ChildProcess.Start("/bin/bash", ["-c", command]);
        Assert.True(await process.WaitForExitAsync() == 0, $"{command}\n{process.ErrorText}");
    }

    /// <summary>The sample's own servers take their port as the last argument, Python's in its middle. The reader's port may be in use here.</summary>
    private static string OnAnyPort(string command) =>
        command.StartsWith("python3 ", StringComparison.Ordinal) ? PortOfPython().Replace(command, "http.server 0 ") : PortAtTheEnd().Replace(command, "") + " 0";

    [GeneratedRegex(@"http\.server \d+ ")]
    private static partial Regex PortOfPython();

    [GeneratedRegex(@" \d+$")]
    private static partial Regex PortAtTheEnd();
}

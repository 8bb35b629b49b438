using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>The commands of the READMEs in samples/lambda, as a reader copies them, up to and with <c>./brink dev</c>. Only the ports are free ones.</summary>
public sealed partial class LambdaReadmeTests
{
    public static TheoryData<string> Names() =>
        [.. Directory.EnumerateDirectories(Repository.PathTo("samples", "lambda")).Where(folder => File.Exists(Path.Combine(folder, "README.md"))).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ItsCommands_Work(string name)
    {
        var commands = SampleTests.Commands(File.ReadAllText(Repository.PathTo("samples", "lambda", name, "README.md")), "./brink ", "npm ", "node ", "python3 ", "curl ").ToList();
        var dev = Assert.Single(commands, command => command.StartsWith("./brink dev ", StringComparison.Ordinal));
        Assert.Contains(commands, command => command.StartsWith("curl ", StringComparison.Ordinal));
        foreach (var command in commands.TakeWhile(command => command != dev))
        {
            if (command.StartsWith("npm ", StringComparison.Ordinal))
                await NpmPackages.RunAsync(command);
            else
                await LocalServer.Run(OnAnyPort(command)).DisposeAsync();
        }

        await using var serving = ChildProcess.Start("/bin/bash", ["-c", $"exec {dev} --http-port 0"]);

        serving.WaitForLine(line => line.StartsWith("Brink is serving", StringComparison.Ordinal));
    }

    /// <summary>The sample's own servers take their port as an argument, Python's in its middle. The reader's port may be in use here.</summary>
    private static string OnAnyPort(string command) =>
        command.StartsWith("python3 ", StringComparison.Ordinal) ? PortOfPython().Replace(command, "http.server 0 ") : command + " 0";

    [GeneratedRegex(@"http\.server \d+ ")]
    private static partial Regex PortOfPython();
}

using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>
/// The commands of the READMEs in samples/lambda, as a reader copies them: one serves all that the sample needs, each request shows what stands behind it, and with the
/// command everything ends. Only the ports are free ones.
/// </summary>
public sealed partial class LambdaReadmeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string> Names() =>
        [.. Directory.EnumerateDirectories(Repository.PathTo("samples", "lambda")).Where(folder => File.Exists(Path.Combine(folder, "README.md"))).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ItsCommands_ShowWhatTheySay_AndNothingListensAfterThem(string name)
    {
        var commands = SampleTests.Commands(File.ReadAllText(Repository.PathTo("samples", "lambda", name, "README.md")), "").ToList();
        Assert.All(commands, command => Assert.Matches(@"^(\./brink (dev|lambda) |python3 samples/with\.py .* -- *\./brink dev |curl -i |[A-Z]+=)", command));
        var ports = new FreePorts(_folder.FullName);
        foreach (var npm in commands.SelectMany(command => Npm().Matches(ports.Instead(command))).Select(match => match.Value).Distinct(StringComparer.Ordinal))
            await NpmPackages.RunAsync($"python3 samples/with.py {npm} -- true"); // the first time it takes longer than a start may
        await using var run = new DocumentRun(Repository.Root, ports);

        await run.RunAsync($"```sh\n{string.Join('\n', commands)}\n```");

        var requests = commands.Where(command => command.StartsWith("curl ", StringComparison.Ordinal)).ToList();
        Assert.All(requests, request => Assert.Matches(DocumentRun.Effect(), request));
        if (commands.Exists(command => command.Contains("./brink dev ", StringComparison.Ordinal)))
        {
            Assert.NotEmpty(requests);
            await run.EndAsync();
        }
    }

    [GeneratedRegex(@"'npm [^']+'")]
    private static partial Regex Npm();
}

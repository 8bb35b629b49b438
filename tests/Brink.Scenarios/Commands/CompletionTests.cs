using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Commands;

/// <summary>Completion in the shells themselves: a Tab is typed, and the shell says what it was given.</summary>
public sealed class CompletionTests : IDisposable
{
    private const string Typed = @"brink de\t--netw\teg\t--lambda x=la\t\nexit\n";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public CompletionTests() => File.WriteAllText(Path.Combine(_folder.FullName, "lambda.mjs"), "");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Bash_ATab_CompletesCommandsFlagsValuesAndFiles()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "rc"), $"eval \"$({Repository.Executable} completion bash)\"\nbrink() {{ echo \"typed: $*\"; }}\n");

        var shown = await Terminal.RunAsync("bash --noprofile --rcfile rc -i", Typed, _folder.FullName, ("INPUTRC", "/dev/null"));

        Assert.Contains("typed: dev --network egress --lambda x=lambda.mjs", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zsh_ATab_CompletesCommandsFlagsValuesAndFiles()
    {
        File.WriteAllText(
            Path.Combine(_folder.FullName, ".zshrc"), $"autoload -Uz compinit; compinit -u -D\nsource <({Repository.Executable} completion zsh)\nbrink() {{ echo \"typed: $*\" }}\n");

        var shown = await Terminal.RunAsync("zsh -d -i", Typed, _folder.FullName, ("ZDOTDIR", _folder.FullName));

        Assert.Contains("typed: dev --network egress --lambda x=lambda.mjs", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("brink de", "dev")]
    [InlineData("brink function te", "test")]
    [InlineData("brink dev --netw", "--network")]
    [InlineData("brink dev --network eg", "egress")]
    [InlineData("brink dev --lambda x=la", "x=lambda.mjs")]
    [InlineData("brink completion z", "zsh")]
    public async Task Fish_ItsOwnCompletion_KnowsThem(string written, string completed)
    {
        await using var fish = ChildProcess.Start(
            "/usr/bin/env", ["fish", "--no-config", "-c", $"{Repository.Executable} completion fish | source; complete -C '{written}'"], _folder.FullName, null, ("HOME", _folder.FullName));

        Assert.Contains(fish.ReadToEnd().Split('\n'), line => line.Split('\t')[0] == completed);
    }
}

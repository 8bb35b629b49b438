using System.CommandLine;
using System.CommandLine.Help;
using Brink.Host;
using Brink.Host.CommandLine;

namespace Brink.Tests.Host.CommandLine;

/// <summary>Help, completion and parser read one description: nothing that can be typed is missing in one of them.</summary>
public class DescriptionTests
{
    public static TheoryData<string> Paths() => [.. All(Program.Root()).Select(HelpText.PathOf)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void EveryFlag_StandsInTheHelpAndInEveryScript(string path)
    {
        var root = Program.Root();
        var command = All(root).Single(one => HelpText.PathOf(one) == path);
        var help = HelpText.Of(command, 100);
        var scripts = CompletionScript.Shells.Select(shell => CompletionScript.For(shell, root)).ToList();

        foreach (var option in command.Options)
        {
            Assert.Contains(option.Name, help, StringComparison.Ordinal);
            Assert.All(scripts, script => Assert.True(script.Contains(option.Name, StringComparison.Ordinal) || script.Contains($" -l {option.Name[2..]} ", StringComparison.Ordinal), option.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void EveryFlag_IsDescribed_InAwsWords(string path)
    {
        var command = All(Program.Root()).Single(one => HelpText.PathOf(one) == path);

        Assert.False(string.IsNullOrEmpty(command.Description));
        Assert.All(command.Options.Where(option => option is not (HelpOption or VersionOption)), option => Assert.EndsWith(".", option.Description, StringComparison.Ordinal));
        Assert.DoesNotContain("tier ", HelpText.Of(command, 100), StringComparison.Ordinal);
    }

    [Fact]
    public void FlagsOfDev_AllStandInAGroup()
    {
        var dev = Program.Root().Subcommands.Single(command => command.Name == "dev");

        Assert.Equal(["--help"], HelpText.GroupsOf(dev).Last().Options.Select(option => option.Name));
    }

    [Theory]
    [InlineData("--orign", "--origin")]
    [InlineData("--HTTP-port", "--http-port")]
    [InlineData("--viewer-reqeust", "--viewer-request")]
    [InlineData("--default-root", "--default-root-object")]
    [InlineData("--banana", null)]
    [InlineData("--x", null)]
    public void DidYouMean_TheNearest(string written, string? meant)
    {
        var dev = Program.Root().Subcommands.Single(command => command.Name == "dev");

        Assert.Equal(meant, Brink.Configuration.NearestWord.To(written, dev.Options.Select(option => option.Name)));
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}

using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Commands;

/// <summary>Command lines that make no sense: exit code 2, what is wrong with them, where help is.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("", "command", "brink --help")]
    [InlineData("serve", "'serve' is no command; there are dev, function, lambda and logs", "brink --help")]
    [InlineData("function tset", "'tset' is no command; there are test and check", "brink function --help")]
    [InlineData("function test x.js", "--event", "brink function test --help")]
    [InlineData("function check x.js --max-utilization abc --event e.json", "--max-utilization abc: a number from 1 to 100", "brink function check --help")]
    [InlineData("function check x.js --max-utilization 101 --event e.json", "--max-utilization 101: a number from 1 to 100", "brink function check --help")]
    [InlineData("function check x.js --max-utilization 50", "--max-utilization needs --event", "brink function check --help")]
    [InlineData("dev --origin . --http-port abc", "--http-port abc: a port is 0 to 65535", "brink dev --help")]
    [InlineData("dev --origin . --https-port 65536", "--https-port 65536: a port is 0 to 65535", "brink dev --help")]
    [InlineData("dev", "nothing to serve", "brink dev --help")]
    public async Task WrongUsage_SaysWhatIsWrongAndWhereHelpIs(string commandLine, string message, string help)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var output = brink.ReadToEnd();
        var ended = await brink.WaitForExitAsync();
        Assert.Equal(2, ended);
        Assert.Equal("", output);
        Assert.Contains(message, brink.ErrorText, StringComparison.Ordinal);
        Assert.Contains($"Try: {help}", brink.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", brink.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "brink [command] [options]")]
    [InlineData("dev --help", "brink dev [options]")]
    [InlineData("function test --help", "brink function test <FILE> [options]")]
    [InlineData("function check -h", "brink function check <FILE>... [options]")]
    public async Task Help_CallsTheCommandWhatUsersType(string commandLine, string usage)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, commandLine.Split(' '));
        var output = brink.ReadToEnd();
        Assert.Equal(0, await brink.WaitForExitAsync());
        Assert.Contains(usage, output, StringComparison.Ordinal);
    }
}

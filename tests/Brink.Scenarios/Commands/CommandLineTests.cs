using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Commands;

/// <summary>Command lines that make no sense: exit code 2, what is wrong with them, where help is.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("serve", "'serve' is no command; there are dev, function, lambda, logs, invalidate, cache, init, sign, trust, completion, version and help\n", "brink --help")]
    [InlineData("dve", "; did you mean dev?", "brink --help")]
    [InlineData("function tset", "'tset' is no command; there are test and check; did you mean test?", "brink function --help")]
    [InlineData("dev --orign site", "--orign is no flag of brink dev; did you mean --origin?", "brink dev --help")]
    [InlineData("dev --default-root", "--default-root is no flag of brink dev; did you mean --default-root-object?", "brink dev --help")]
    [InlineData("function check --jsn x.js", "--jsn is no flag of brink function check; did you mean --json?", "brink function check --help")]
    [InlineData("function check x.js --runtime cloudfront-js-2", "; did you mean cloudfront-js-2.0?", "brink function check --help")]
    [InlineData("lambda invoke . --event e.json --runtime nodejs22", "; did you mean nodejs22.x?", "brink lambda invoke --help")]
    [InlineData("dev --origin . --viewer-request x.mjs --network egres", "--network egres: shared, egress or none; did you mean egress?", "brink dev --help")]
    [InlineData("dev --origin . --viewer-request x.mjs --quotas clasic", "; did you mean classic?", "brink dev --help")]
    [InlineData("dev --origin . --compute-budget 1sm", "; did you mean 1ms?", "brink dev --help")]
    [InlineData("completion bsh", "completion bsh: bash, zsh or fish; did you mean bash?", "brink completion --help")]
    [InlineData("help fuction", "there is no command brink fuction; did you mean function?", "brink --help")]
    [InlineData("dev --origin", "--origin needs a value: --origin DIR-or-URL", "brink dev --help")]
    [InlineData("dev --origin . --origin .", "--origin is given 2 times; it has one value", "brink dev --help")]
    [InlineData("-v", "-v is no flag of brink; did you mean --version?", "brink --help")]
    [InlineData("logs -f", "-f is no flag of brink logs; did you mean --follow?", "brink logs --help")]
    [InlineData("dev /tmp", "'/tmp' is one word too many for brink dev; did you mean --origin /tmp?", "brink dev --help")]
    [InlineData("dev --distribution d.json --viewer-request f.js", "bind the name with --function NAME=f.js, or --lambda NAME=f.js", "brink dev --help")]
    [InlineData("dev extra", "'extra' is one word too many for brink dev", "brink dev --help")]
    [InlineData("dev --origin . --default-root-object /index.html", "--default-root-object /index.html: the name begins with a slash. Write 'index.html'", "brink dev --help")]
    [InlineData("dev --distribution x.json --default-root-object x", "--default-root-object and --distribution exclude each other", "brink dev --help")]
    [InlineData("function test x.js", "--event", "brink function test --help")]
    [InlineData("function check x.js --max-utilization abc --event e.json", "--max-utilization abc: a number from 1 to 100", "brink function check --help")]
    [InlineData("function check x.js --max-utilization 101 --event e.json", "--max-utilization 101: a number from 1 to 100", "brink function check --help")]
    [InlineData("function check x.js --max-utilization 50", "--max-utilization needs --event", "brink function check --help")]
    [InlineData("dev --origin . --http-port abc", "--http-port abc: a port is 0 to 65535", "brink dev --help")]
    [InlineData("dev --origin . --https-port 65536", "--https-port 65536: a port is 0 to 65535", "brink dev --help")]
    [InlineData("invalidate", "nothing to invalidate: name a PATH, a --tag TAG, or --all", "brink invalidate --help")]
    [InlineData("invalidate /a --all", "--all beside a path or a tag: it means them too", "brink invalidate --help")]
    [InlineData("invalidate a", "the path 'a' has no leading slash: write '/a'", "brink invalidate --help")]
    [InlineData("invalidate /a*b", "the path '/a*b' has a * before its end", "brink invalidate --help")]
    [InlineData("invalidate /\u00e4", "write it percent-encoded, '/%C3%A4'", "brink invalidate --help")]
    [InlineData("invalidate --all --admin localhost:8081", "--admin localhost:8081: the port is a URL such as http://127.0.0.1:8081", "brink invalidate --help")]
    [InlineData("cache explan", "'explan' is no command; there are explain, ls, export, stats and invalidations; did you mean explain?", "brink cache --help")]
    [InlineData("cache explain /a", "URL /a: a URL begins with http:// or https://", "brink cache explain --help")]
    [InlineData("cache explain http://h/ -H a", "-H a: a header is 'Name: value'", "brink cache explain --help")]
    [InlineData("cache ls --limit 0", "--limit 0: a number from 1 to 1000", "brink cache ls --help")]
    [InlineData("cache export --status 1", "--status 1: a status is 100 to 599", "brink cache export --help")]
    [InlineData("cache stats --every 0", "--every 0: a number from 1 to 86400", "brink cache stats --help")]
    [InlineData("cache invalidations --limit 0", "--limit 0: a number from 1 to 10000", "brink cache invalidations --help")]
    [InlineData("dev", "nothing to serve", "brink dev --help")]
    [InlineData("sign http://h/ --key-pair-id K --private-key k.pem", "--expires TIME is missing, or --policy FILE", "brink sign --help")]
    [InlineData("sign http://h/ --key-pair-id K --private-key k.pem --expires tomorrow", "--expires tomorrow: a time is 2030-01-31,", "brink sign --help")]
    [InlineData("sign http://h/ --key-pair-id K --private-key k.pem --policy p.json --ip 192.0.2.1", "--ip beside --policy: the policy says it", "brink sign --help")]
    [InlineData("sign http://h/ --key-pair-id K --private-key k.pem --expires 2030-01-01 --ip ::1", "--ip ::1: an address is 192.0.2.1 or 192.0.2.0/24", "brink sign --help")]
    [InlineData("sign h/a --key-pair-id K --private-key k.pem --expires 2030-01-01", "URL h/a: a URL begins with http:// or https://", "brink sign --help")]
    [InlineData("sign http://h/?Expires=1 --key-pair-id K --private-key k.pem --expires 2030-01-01", "it is signed already", "brink sign --help")]
    [InlineData("sign http://h/ --private-key k.pem --expires 2030-01-01", "--key-pair-id ID is missing", "brink sign --help")]
    public async Task WrongUsage_SaysWhatIsWrongAndWhereHelpIs(string commandLine, string message, string help)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var output = brink.ReadToEnd();
        var ended = await brink.WaitForExitAsync();
        Assert.Equal(2, ended);
        Assert.Equal("", output);
        Assert.Contains(message, brink.ErrorText + "\n", StringComparison.Ordinal);
        Assert.Contains($"Try: {help}", brink.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", brink.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("function")]
    [InlineData("lambda")]
    [InlineData("cache")]
    public async Task CommandsWithoutOne_AreAnsweredWithTheirHelp(string commandLine)
    {
        var (alone, exitCode) = await RunAsync(commandLine);
        var (help, _) = await RunAsync($"{commandLine} --help");
        var (asked, _) = await RunAsync($"help {commandLine}");

        Assert.Equal((0, help, help), (exitCode, alone, asked));
        Assert.Contains("Commands:", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_IsTheSameBothWays()
    {
        var (command, exitCode) = await RunAsync("version");
        var (flag, _) = await RunAsync("--version");

        Assert.Equal((0, flag), (exitCode, command));
        Assert.Matches(@"^brink \d+\.\d+\.\d+$", command);
    }

    [Fact]
    public async Task HelpOfDev_InGroups_WithAwsWords()
    {
        var (help, _) = await RunAsync("help dev");

        foreach (var title in new[] { "What is served:", "CloudFront Functions:", "Lambda@Edge:", "Ports and output:", "Examples:" })
            Assert.Contains($"\n{title}\n", help, StringComparison.Ordinal);
        Assert.DoesNotContain("tier ", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 100, line));
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

    private static async Task<(string Output, int ExitCode)> RunAsync(string commandLine)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var output = brink.ReadToEnd();
        return (output, await brink.WaitForExitAsync());
    }
}

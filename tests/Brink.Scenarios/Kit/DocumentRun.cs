using System.Text.RegularExpressions;
using Brink.Scenarios.Samples;

namespace Brink.Scenarios.Kit;

/// <summary>
/// The sh blocks of a document, executed as they stand there, in their order: what serves goes on until something else serves at its port, everything else must
/// succeed, and a request shows what stands behind it (<c># STATUS TEXT; NOTE</c>). Only the ports are free ones.
/// </summary>
internal sealed partial class DocumentRun(string folder, FreePorts ports) : IAsyncDisposable
{
    private readonly Dictionary<string, ChildProcess> _serving = new(StringComparer.Ordinal);
    private readonly List<string> _outputs = [];
    private string _folder = folder;

    /// <summary>What each command that is not one that serves has printed.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>A PATH on which brink is the executable under test.</summary>
    public static string PathWithBrink(string folder)
    {
        var bin = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName;
        if (!File.Exists(Path.Combine(bin, "brink")))
            File.CreateSymbolicLink(Path.Combine(bin, "brink"), Repository.Executable);
        return $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    public async Task RunAsync(string document, string? path = null)
    {
        foreach (var command in Commands(document))
        {
            if (command.StartsWith("cd ", StringComparison.Ordinal))
                _folder = Path.Combine(_folder, command[3..].Trim());
            else if (Dev().IsMatch(command))
                await ServeAsync(command, path);
            else
                await RunOneAsync(command, path);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _serving.Values)
            await process.DisposeAsync();
    }

    /// <summary>The lines of the sh blocks; one goes on after a backslash, and to the end of what it is given by &lt;&lt;'EOF'.</summary>
    public static IEnumerable<string> Commands(string document)
    {
        var (inside, command) = (false, "");
        foreach (var line in document.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = line == "```sh";
                continue;
            }
            if (!inside)
                continue;
            command += command.Length > 0 ? "\n" + line : line;
            if (command.EndsWith('\\') || (command.Contains("<<'EOF'", StringComparison.Ordinal) && line != "EOF"))
                continue;
            if (command.Trim().Length > 0)
                yield return command;
            command = "";
        }
    }

    private async Task ServeAsync(string command, string? path)
    {
        var port = HttpPort().Match(command) is { Success: true } given ? given.Groups[1].Value : "8080";
        if (_serving.Remove(port, out var before))
            await before.DisposeAsync();
        command = port == "8080" ? $"{ports.Instead(command)} --http-port {ports.Instead(" 8080").Trim()}" : ports.Instead(command);
        var process = Start($"exec {command}", path);
        _serving[port] = process;
        process.WaitForLine(line => line.StartsWith("Brink is serving", StringComparison.Ordinal));
    }

    private async Task RunOneAsync(string command, string? path)
    {
        await using var process = Start(ports.Instead(command), path);
        var output = process.ReadToEnd();
        Assert.True(await process.WaitForExitAsync() == 0, $"{command}\n{output}\n{process.ErrorText}");
        _outputs.Add(output);
        if (Effect().Match(command) is { Success: true } effect && command.StartsWith("curl ", StringComparison.Ordinal))
        {
            Assert.StartsWith($"HTTP/1.1 {effect.Groups[1].Value} ", output, StringComparison.Ordinal);
            Assert.Contains(effect.Groups[2].Value, output, StringComparison.Ordinal);
        }
    }

    private ChildProcess Start(string command, string? path) =>
        ChildProcess.Start("/bin/bash", ["-c", command], _folder, null, path is null ? [] : [("PATH", path)]);

    [GeneratedRegex(@"(^|[ /])brink dev ")]
    private static partial Regex Dev();

    [GeneratedRegex(@"--http-port (\d+)")]
    private static partial Regex HttpPort();

    /// <summary>What stands behind a request: a status, a part of the answer, a note for people.</summary>
    [GeneratedRegex(@"#\s(\d{3})\s?([^;]*?)(?:;.*)?$")]
    public static partial Regex Effect();
}

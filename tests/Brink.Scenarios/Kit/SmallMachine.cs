using System.Globalization;
using System.Text.Json;

namespace Brink.Scenarios.Kit;

/// <summary>
/// A machine of our own with a world around it, made of namespaces (machine.sh): what may not be reached is really there, and answers what gets through.
/// </summary>
internal static class SmallMachine
{
    // Not in use, as far as the tests know.
    private const string SomeUser = "1651698";

    /// <summary>Whom functions can be run as here: root is both, another user is only itself.</summary>
    public static TheoryData<string> Users => Environment.IsPrivilegedProcess ? ["0", SomeUser] : ["nested"];

    /// <summary>Runs <c>brink lambda invoke</c> on it and returns the result, and what was said beside it.</summary>
    public static async Task<(JsonElement Result, string Said)> InvokeAsync(string user, string nameServer, string function, object @event, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("brink-scenario-");
        try
        {
            // Another user must get to the file, and has a home there.
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
            var file = Path.Combine(folder.FullName, "event.json");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(@event), TestContext.Current.CancellationToken);
            string[] namespaces = Environment.IsPrivilegedProcess ? ["--net", "--mount"] : ["--user", "--map-root-user", "--net", "--mount"];
            await using var process = ChildProcess.Start("/usr/bin/unshare",
            [
                .. namespaces, "/bin/sh", Repository.PathTo("tests", "Brink.Scenarios", "Kit", "machine.sh"), folder.FullName, user, nameServer,
                "/usr/bin/env", $"HOME={folder.FullName}", $"TMPDIR={folder.FullName}",
                Repository.Executable, "lambda", "invoke", Path.GetFullPath(function), "--event", file, "--timeout", (ChildProcess.Patience.TotalSeconds - 5).ToString(CultureInfo.InvariantCulture), .. arguments,
            ], folder.FullName); // where that user may keep logs
            var output = process.ReadToEnd();
            Assert.True(await process.WaitForExitAsync() == 0, output + process.ErrorText);
            using var result = JsonDocument.Parse(output);
            return (result.RootElement.Clone(), process.ErrorText);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

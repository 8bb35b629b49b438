namespace Brink.Scenarios.Kit;

/// <summary>Chromium without a window, each time with a profile of its own.</summary>
internal static class Browser
{
    private const string Executable = "/usr/bin/chromium-headless-shell";

    /// <summary>Opens a page, lets its scripts come to rest, and gives what is then there as HTML.</summary>
    public static async Task<string> OpenAsync(string url, params string[] flags)
    {
        var profile = Directory.CreateTempSubdirectory("brink-browser-");
        try
        {
            // Its own sandbox does not start as root. Virtual time passes while nothing is under way, so timers need not be waited for.
            await using var process = ChildProcess.Start(
                Executable, ["--no-sandbox", "--disable-gpu", $"--user-data-dir={profile.FullName}", "--virtual-time-budget=20000", .. flags, "--dump-dom", url]);
            var html = process.ReadToEnd();
            Assert.Equal(0, await process.WaitForExitAsync());
            return html;
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }
}

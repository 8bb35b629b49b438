using System.Text.RegularExpressions;

namespace Brink.Scenarios.Kit;

/// <summary>A server of the outside world, in a process and on a port of its own. It says where it is in its first line.</summary>
internal sealed partial class LocalServer : IAsyncDisposable
{
    /// <summary>A line of bash that runs a server until its own input ends: it is closed when its parent is gone.</summary>
    public const string UntilInputEnds = "\"$@\" & cat > /dev/null; kill $!";
    private readonly ChildProcess _process;
    private readonly HttpClient _client = new();
    private int _asked;

    private LocalServer(ChildProcess process, string url)
    {
        _process = process;
        Url = url;
    }

    public string Url { get; }

    /// <summary>Starts a script of Node.js with these arguments.</summary>
    public static LocalServer Node(string script, params string[] arguments) => Start(["node", script, .. arguments]);

    /// <summary>Serves the files of a folder, with Last-Modified.</summary>
    public static LocalServer Files(string folder) => Start(["/usr/bin/python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder]);

    public Task<string> GetAsync(string target) => _client.GetStringAsync(new Uri(Url + target), TestContext.Current.CancellationToken);

    public async Task PostAsync(string target)
    {
        using var reply = await _client.PostAsync(new Uri(Url + target), null, TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>
    /// What a server of <see cref="Files"/> has logged. It writes before it answers, but is read later: the log is whole when a request of ours is in it.
    /// </summary>
    public async Task<string> LogAsync()
    {
        var marker = $"/_is-the-log-whole/{++_asked}";
        using var deadline = new CancellationTokenSource(ChildProcess.Patience);
        do
        {
            using var reply = await _client.GetAsync(new Uri(Url + marker), deadline.Token);
        }
        while (!_process.ErrorText.Contains(marker, StringComparison.Ordinal));
        return _process.ErrorText;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    /// <summary>Runs a command line.</summary>
    public static LocalServer Run(string command) => Start(["/bin/bash", "-c", "PYTHONUNBUFFERED=1 exec " + command]);

    private static LocalServer Start(string[] command)
    {
        var process = ChildProcess.Start("/bin/bash", ["-c", UntilInputEnds, "server", .. command]);
        var line = process.WaitForLine(text => AnyUrl().IsMatch(text));
        return new LocalServer(process, AnyUrl().Match(line).Value);
    }

    [GeneratedRegex(@"https?://[\w.]+:\d+")]
    private static partial Regex AnyUrl();
}

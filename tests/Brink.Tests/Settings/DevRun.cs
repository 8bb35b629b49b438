using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Brink.Host.Commands;
using Brink.Tests.Edge;

namespace Brink.Tests.Settings;

/// <summary><c>brink dev --json</c> in this process: the command line as it is typed, on a free port, without warming up.</summary>
internal sealed class DevRun : IAsyncDisposable
{
    /// <summary>One authority for every run of this process, in no folder of the user's.</summary>
    private static readonly string AuthorityFolder = Path.Combine(Directory.CreateTempSubdirectory("brink-test-authority-").FullName, "authority");

    private readonly CancellationTokenSource _stop = new();
    private readonly LineWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly Task<int> _running;
    private bool _isStopped;

    private DevRun(TimeProvider time, IEnumerable<string> arguments)
    {
        var command = DevCommand.Create((options, _) => DevCommand.RunAsync(options with { WarmUp = TimeSpan.Zero, AuthorityFolder = AuthorityFolder }, _output, _errors, time, _stop.Token));
        var parsed = command.Parse([.. arguments]);
        Assert.Empty(parsed.Errors);
        _running = parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>The line <c>started</c>.</summary>
    public JsonElement Started { get; private set; }

    public int Port => PortOf("http://127.0.0.1:") ?? PortOf("http://[::1]:") ?? throw new InvalidOperationException("no port for HTTP");

    public int HttpsPort => PortOf("https://127.0.0.1:") ?? throw new InvalidOperationException("no port for HTTPS");

    /// <summary>Every line so far.</summary>
    public string Output => _output.All;

    public static async Task<DevRun> StartAsync(IEnumerable<string> arguments, TimeProvider? time = null)
    {
        var run = new DevRun(time ?? TimeProvider.System, ["--json", .. arguments]);
        var started = run.WaitForAsync("started");
        if (await Task.WhenAny(started, run._running) == run._running)
            Assert.Fail($"brink dev ended with {await run._running}: {run._errors}");
        run.Started = await started;
        return run;
    }

    /// <summary>Runs what does not get as far as serving.</summary>
    public static async Task<(int ExitCode, string Errors)> EndAsync(IEnumerable<string> arguments)
    {
        await using var run = new DevRun(TimeProvider.System, arguments);
        var exitCode = await run._running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return (exitCode, run._errors.ToString());
    }

    /// <summary>The next line of that type; those before it are passed over.</summary>
    public async Task<JsonElement> WaitForAsync(string type)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var document = JsonDocument.Parse(await _output.Lines.ReadAsync(patience.Token));
            if (document.RootElement.GetProperty("type").GetString() == type)
                return document.RootElement.Clone();
        }
    }

    public Task<RawResponse> AskAsync(string target = "/", string method = "GET", string headers = "", string host = "test") =>
        RawViewer.AskAsync(Port, $"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n", method == "HEAD");

    /// <summary>Stops, as a signal does; twice is harmless.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(30));
        _stop.Dispose();
        await _errors.DisposeAsync();
        await _output.DisposeAsync();
    }

    private int? PortOf(string start)
    {
        foreach (var url in Started.GetProperty("urls").EnumerateArray())
        {
            if (url.GetString()!.StartsWith(start, StringComparison.Ordinal))
                return int.Parse(url.GetString()![start.Length..], System.Globalization.CultureInfo.InvariantCulture);
        }
        return null;
    }

    private sealed class LineWriter : TextWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private readonly StringBuilder _all = new();

        public ChannelReader<string> Lines => _lines.Reader;

        public string All
        {
            get
            {
                lock (_all)
                    return _all.ToString();
            }
        }

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteAsync(string? value)
        {
            lock (_all)
                _all.Append(value);
            foreach (var line in value!.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                _lines.Writer.TryWrite(line);
            return Task.CompletedTask;
        }
    }
}

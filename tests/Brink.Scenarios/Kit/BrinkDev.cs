using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Brink.Scenarios.Kit;

/// <summary>The published executable as <c>brink dev --json</c> on free ports, and a viewer that neither follows redirects nor keeps cookies.</summary>
internal sealed class BrinkDev : IAsyncDisposable
{
    private readonly Dictionary<string, HttpClient> _viewersElsewhere = new(StringComparer.Ordinal);

    private BrinkDev(ChildProcess process, JsonElement started)
    {
        Process = process;
        Started = started;
        Url = started.GetProperty("urls").EnumerateArray().Select(url => url.GetString()!).First(url => url.StartsWith("http://127.0.0.1", StringComparison.Ordinal));
    }

    public ChildProcess Process { get; }

    /// <summary>The first line: urls, distributions, functions, keyValueStoreId.</summary>
    public JsonElement Started { get; }

    public string Url { get; }

    public HttpClient Viewer { get; } = NewViewer(null);

    public static BrinkDev Start(params string[] arguments) => StartIn(null, null, arguments);

    /// <summary>In a folder of the test's own, where its data goes, and with a temporary folder of the test's own.</summary>
    public static BrinkDev StartIn(string? folder, string? temporaryFolder, params string[] arguments)
    {
        var process = ChildProcess.Start(Repository.Executable, ["dev", "--json", "--http-port", "0", .. arguments], folder, temporaryFolder);
        return new BrinkDev(process, Parse(process.WaitForLine(line => line.Contains("\"type\":\"started\"", StringComparison.Ordinal))));
    }

    /// <summary>The next line of that type.</summary>
    public JsonElement WaitFor(string type) => Parse(Process.WaitForLine(line => line.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal)));

    /// <summary>A viewer that connects from that address: all of 127.0.0.0/8 is this machine's own. Null: from 127.0.0.1.</summary>
    public HttpClient ViewerFrom(string? address)
    {
        if (address is null)
            return Viewer;
        if (!_viewersElsewhere.TryGetValue(address, out var viewer))
            _viewersElsewhere.Add(address, viewer = NewViewer(IPAddress.Parse(address)));
        return viewer;
    }

    public Task<HttpResponseMessage> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync("GET", target, headers);

    public Task<HttpResponseMessage> SendAsync(string method, string target, params (string Name, string Value)[] headers) => SendAsync(Viewer, method, target, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpClient viewer, string method, string target, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Url + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await viewer.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Viewer.Dispose();
        foreach (var viewer in _viewersElsewhere.Values)
            viewer.Dispose();
        await Process.DisposeAsync();
    }

    private static HttpClient NewViewer(IPAddress? from)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        if (from is not null)
        {
            handler.ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }
        return new HttpClient(handler);
    }

    private static JsonElement Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}

internal static class Responses
{
    /// <summary>The body as text.</summary>
    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>The value of a header of the message or its content, repeated ones joined by a comma; null if it is not there.</summary>
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}

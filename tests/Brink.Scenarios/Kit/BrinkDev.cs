using System.Text.Json;

namespace Brink.Scenarios.Kit;

/// <summary>The published executable as <c>brink dev --json</c> on free ports, and a viewer that neither follows redirects nor keeps cookies.</summary>
internal sealed class BrinkDev : IAsyncDisposable
{
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

    public HttpClient Viewer { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    public static BrinkDev Start(params string[] arguments)
    {
        var process = ChildProcess.Start(Repository.Executable, ["dev", "--json", "--http-port", "0", .. arguments]);
        return new BrinkDev(process, Parse(process.WaitForLine(line => line.Contains("\"type\":\"started\"", StringComparison.Ordinal))));
    }

    /// <summary>The next line of that type.</summary>
    public JsonElement WaitFor(string type) => Parse(Process.WaitForLine(line => line.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal)));

    public Task<HttpResponseMessage> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync("GET", target, headers);

    public async Task<HttpResponseMessage> SendAsync(string method, string target, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Url + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Viewer.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Viewer.Dispose();
        await Process.DisposeAsync();
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

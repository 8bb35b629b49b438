using System.Net.Http.Headers;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Lines to a server over HTTP: a POST for those that came together. Any status but 2xx is a failure, and they are sent again.
/// </summary>
/// <param name="address">Where they are posted to.</param>
public sealed class HttpLines(Uri address) : ILogDestination
{
    private readonly HttpClient _client = LogHttp.Create();

    /// <inheritdoc/>
    public DateTimeOffset? DueAt => null;

    /// <inheritdoc/>
    public long Lost => 0;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        using var body = new ReadOnlyMemoryContent(lines);
        body.Headers.ContentType = new MediaTypeHeaderValue("text/tab-separated-values");
        using var response = await _client.PostAsync(address, body, cancellationToken);
        LogHttp.Check(response);
    }

    /// <inheritdoc/>
    public ValueTask TendAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return default;
    }
}

/// <summary>How logs speak HTTP.</summary>
internal static class LogHttp
{
    /// <summary>A client whose waits are bounded by the tokens of its requests.</summary>
    public static HttpClient Create() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <exception cref="HttpRequestException">The status is none of 2xx.</exception>
    public static void Check(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"the server answers with {(int)response.StatusCode}");
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Brink.Distributions;
using Brink.Edge.Viewers;
using Brink.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Brink.Edge.Origins;

/// <summary>
/// One attempt at a custom origin, over pooled HTTP/1.1 connections. Bytes stream both ways; nothing of the target is decoded, normalised or
/// encoded anew.
/// </summary>
/// <remarks>Lost on the way back: the letter case of response names that .NET knows, and the order between fields of different names.</remarks>
internal sealed class HttpOriginClient(string via, TimeProvider time) : IDisposable
{
    private static readonly HttpRequestOptionsKey<OriginClock> ClockKey = new("brink.clock");

    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    // One pool of connections for each set of settings that a connection depends on. A changed distribution brings new records with the same
    // settings; their connections are found again. Sets that are out of use hold nothing once their connections have idled out.
    private readonly ConcurrentDictionary<PoolKey, HttpMessageInvoker> _pools = new();

    private sealed record PoolKey(string DomainName, TimeSpan ConnectionTimeout, TimeSpan KeepaliveTimeout);

    public async ValueTask<OriginOutcome> SendAsync(CustomOrigin origin, Exchange exchange, RequestBodyStream? body, CancellationToken cancellationToken)
    {
        var clock = new OriginClock(origin, time, cancellationToken);
        var keepClock = false;
        try
        {
            body?.RunAgainst(clock);
            clock.Expect(origin.ReadTimeout);
            var response = await PoolFor(origin).SendAsync(RequestFor(origin, exchange, body, clock), clock.Token);
            clock.Pause();
            var outcome = Read(response, exchange, clock);
            keepClock = outcome.Response is { Body: StreamBody };
            if (!keepClock)
                response.Dispose();
            return outcome;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ProblemOf(exception, origin, exchange, body, clock);
        }
        finally
        {
            if (!keepClock)
                clock.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Dispose();
        _pools.Clear();
    }

    private HttpRequestMessage RequestFor(CustomOrigin origin, Exchange exchange, RequestBodyStream? body, OriginClock clock)
    {
        var https = OriginRequestHeaders.UsesHttps(origin, exchange.Request.IsHttps);
        var request = new HttpRequestMessage(new HttpMethod(exchange.Request.Method), UrlFor(origin, exchange, https))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Options.Set(ClockKey, clock);
        if (body is not null)
        {
            request.Content = new StreamContent(body, 64 * 1024);
            if (long.TryParse(exchange.Request.Headers.Get("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                request.Content.Headers.ContentLength = length;
        }
        foreach (var field in OriginRequestHeaders.For(origin, exchange, via).AsSpan())
        {
            // .NET would write a line end in a value as it is.
            if (!FieldText.IsSafe(field.Value))
                continue;
            // .NET keeps the fields that describe a body with the body. Without one (Content-Type on a GET, say) they are not sent.
            if (!request.Headers.TryAddWithoutValidation(field.Name, field.Value))
                request.Content?.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }
        return request;
    }

    private static Uri UrlFor(CustomOrigin origin, Exchange exchange, bool https)
    {
        var url = new StringBuilder(https ? "https://" : "http://");
        if (origin.DomainName.Contains(':'))
            url.Append('[').Append(origin.DomainName).Append(']');
        else
            url.Append(origin.DomainName);
        url.Append(':').Append(https ? origin.HttpsPort : origin.HttpPort);
        AppendSafely(url, origin.OriginPath);
        AppendSafely(url, exchange.Request.Uri);
        if (Policies.ForwardedItems.Of(exchange.Behavior!.Behavior).QueryString(exchange.Request) is { } query)
        {
            url.Append('?');
            AppendSafely(url, query);
        }
        return new Uri(url.ToString(), AsGiven);
    }

    /// <summary>As it is, except for characters that no request line may contain: a function can put those into a URI. They are percent-encoded.</summary>
    private static void AppendSafely(StringBuilder url, string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\u0021', '\u007e'))
        {
            url.Append(text);
            return;
        }
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is > 0x20 and < 0x7f)
            {
                url.Append((char)rune.Value);
                continue;
            }
            // A char up to 0xFF stands for the byte that came over the wire; anything above came from a function, and goes out as UTF-8.
            var count = 1;
            if (rune.Value <= 0xff)
                bytes[0] = (byte)rune.Value;
            else
                count = rune.EncodeToUtf8(bytes);
            foreach (var value in bytes[..count])
                url.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }
    }

    private static OriginOutcome Read(HttpResponseMessage message, Exchange exchange, OriginClock clock)
    {
        var status = (int)message.StatusCode;
        if (status is < 200 or > 599)
            return Invalid($"the origin answered with status {status}");

        // The standard phrase is what null means; Kestrel writes it from a table, any other one letter by letter.
        var phrase = message.ReasonPhrase == ReasonPhrases.GetReasonPhrase(status) ? null : message.ReasonPhrase;
        var response = new EdgeResponse { StatusCode = status, StatusDescription = phrase };
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            foreach (var value in values)
            {
                if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && !value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                    return Invalid($"the origin sent Transfer-Encoding {value}; only chunked is understood");
                response.Headers.Add(name, value);
            }
        }
        foreach (var (name, values) in message.Content.Headers.NonValidated)
        {
            foreach (var value in values)
                response.Headers.Add(name, value);
        }

        long? length = null;
        if (response.Headers.IndexOf("Content-Length") is >= 0 and var first)
        {
            var text = response.Headers[first].Value;
            if (response.Headers.IndexOf("Content-Length", first + 1) >= 0 || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var said))
                return Invalid("the origin sent no single valid Content-Length");
            if (response.Headers.Contains("Transfer-Encoding"))
                return Invalid("the origin sent both Transfer-Encoding and Content-Length");
            length = said;
        }

        OriginResponseHeaders.Clean(response.Headers);
        if (exchange.Request.Method != "HEAD" && status is not (204 or 304))
            response.Body = new StreamBody(new OriginBodyStream(message, clock), length);
        return response;

        static OriginProblem Invalid(string detail) => new(OriginFailure.OriginInvalidResponseError, 502, ErrorPages.OriginInvalid, detail);
    }

    private static OriginProblem ProblemOf(Exception exception, CustomOrigin origin, Exchange exchange, RequestBodyStream? body, OriginClock clock)
    {
        var name = $"{origin.DomainName}:{(OriginRequestHeaders.UsesHttps(origin, exchange.Request.IsHttps) ? origin.HttpsPort : origin.HttpPort)}";
        if (body?.Failure is { } broken)
        {
            // Chunks that are none, or a viewer who left: in both cases the request, not the origin, is to blame.
            return new OriginProblem(OriginFailure.OriginWriteError, 400, ErrorPages.BadRequest, $"the body of the request broke off: {broken.Message}");
        }
        if (exception is OperationCanceledException)
        {
            return clock.IsConnecting || !clock.IsOver
                ? new OriginProblem(OriginFailure.OriginConnectError, 504, ErrorPages.OriginClosed, $"{name} accepted no connection within {origin.ConnectionTimeout.TotalSeconds} s", Retry.Connect)
                : new OriginProblem(OriginFailure.OriginReadError, 504, ErrorPages.OriginClosed, $"{name} did not answer within {origin.ReadTimeout.TotalSeconds} s", Retry.NoAnswer);
        }

        var detail = $"{name}: {(exception.InnerException ?? exception).Message}";
        return (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new(OriginFailure.OriginDnsError, 502, ErrorPages.OriginNotResolved, detail),
            HttpRequestError.ConnectionError => new(OriginFailure.OriginConnectError, 502, ErrorPages.OriginNotConnected, detail, Retry.Connect),
            HttpRequestError.SecureConnectionError => new(OriginFailure.OriginConnectError, 502, ErrorPages.OriginNotConnected, detail),
            HttpRequestError.ConfigurationLimitExceeded => new(OriginFailure.OriginHeaderTooBigError, 502, ErrorPages.OriginInvalid, detail),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => new(OriginFailure.OriginInvalidResponseError, 502, ErrorPages.OriginInvalid, detail),
            _ when body is { WasRead: true, IsAtEnd: false } => new(OriginFailure.OriginWriteError, 502, ErrorPages.OriginClosed, detail),
            _ => new(OriginFailure.OriginReadError, 502, ErrorPages.OriginClosed, detail, Retry.NoAnswer),
        };
    }

    private HttpMessageInvoker PoolFor(CustomOrigin origin) =>
        _pools.GetOrAdd(new PoolKey(origin.DomainName, origin.ConnectionTimeout, origin.KeepaliveTimeout), static key => new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = key.ConnectionTimeout,
            PooledConnectionIdleTimeout = key.KeepaliveTimeout,
            // Connections outlive a change of DNS by this much at most.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 32, // KB
            MaxResponseDrainSize = 64 * 1024,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, key.DomainName),
            },
        }));

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        context.InitialRequestMessage.Options.TryGetValue(ClockKey, out var clock);
        clock?.BeginConnect();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            clock?.EndConnect();
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The certificate must be trusted, and name the origin or the Host that was forwarded to it; .NET has checked the latter (spec 2.2).</summary>
    /// <exception cref="AuthenticationException">It is not: thrown, because a plain no would not say why.</exception>
    private static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, string domainName)
    {
        if (errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateNameMismatch && certificate is X509Certificate2 known && known.MatchesHostname(domainName)))
        {
            return true;
        }
        throw new AuthenticationException(errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? "its certificate is not one that this machine trusts (self-signed, expired, or of an unknown authority)"
            : "its certificate is for another name");
    }
}

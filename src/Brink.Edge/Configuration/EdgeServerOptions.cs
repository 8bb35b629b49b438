using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Brink.Functions;

namespace Brink.Edge.Configuration;

/// <summary>Where and how an edge listens. Changed with <c>with</c>.</summary>
public sealed record EdgeServerOptions
{
    /// <summary>The least of <see cref="CacheMemory"/>.</summary>
    public const long LeastCacheMemory = 1L << 20;

    /// <summary>The least of <see cref="CacheSize"/>: a few segments for each kind of record.</summary>
    public const long LeastCacheSize = 64L << 20;

    /// <summary>127.0.0.1 and ::1 on port 8080, no TLS.</summary>
    public static EdgeServerOptions Default { get; } = new();

    /// <summary>
    /// The addresses to bind, all on the same ports. Default 127.0.0.1 and ::1. An address that this machine does not have is left out as
    /// long as another one can be bound (a container without IPv6 has no ::1).
    /// </summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>
    /// The cleartext port: HTTP/1.1, and HTTP/2 by prior knowledge. 0 takes a free one; null listens without cleartext. Default 8080.
    /// </summary>
    public int? HttpPort { get; init; } = 8080;

    /// <summary>
    /// The TLS port: HTTP/1.1 and HTTP/2 by ALPN, TLS 1.2 and 1.3. 0 takes a free one; null listens without TLS. Default null.
    /// </summary>
    public int? HttpsPort { get; init; }

    /// <summary>
    /// The certificate with its private key; null makes a self-signed one for localhost that lives as long as the process. Default null.
    /// </summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The intermediate certificates sent along with a given <see cref="Certificate"/>. Default none.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>Authorities whose certificates origins may have, besides those that this machine trusts. Default none.</summary>
    public X509Certificate2Collection? OriginAuthorities { get; init; }

    /// <summary>Which threads run the requests. Default <see cref="EdgeScheduling.Inline"/> (decision 0008).</summary>
    public EdgeScheduling Scheduling { get; init; } = EdgeScheduling.Inline;

    /// <summary>
    /// How long the edge warms up before it listens, at most: it ends earlier when everything has run often enough. Zero, the default,
    /// leaves that to the first viewers, who wait 20 to 60 ms.
    /// </summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>How long a viewer may take to send the head of a request. Default 30 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an idle viewer connection is kept. Default 60 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What viewers may take at once, and how slow they may be.</summary>
    public DoorLimits Door { get; init; } = DoorLimits.Default;

    /// <summary>How long requests under way may go on after a stop. Default 10 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Proxies in front of this edge: what they say in X-Forwarded-For is believed, and the viewer's address is the right-most one there
    /// that is none of theirs. Default none: the viewer is what connects.
    /// </summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>
    /// Proxies whose connections begin with a header of the PROXY protocol, version 1 or 2, and are then those of the viewer which it
    /// names. Default none: no such header is read.
    /// </summary>
    public ImmutableArray<IPNetwork> ProxyProtocolPeers { get; init; } = [];

    /// <summary>
    /// Where this edge stands: functions read it as <c>cf.edgeLocation</c>, viewers the name in
    /// X-Amz-Cf-Pop. Default <c>LCL</c> in <c>us-east-1</c>.
    /// </summary>
    public EdgeLocation Location { get; init; } = EdgeLocation.Default;

    /// <summary>
    /// The location in X-Amz-Cf-Pop: letters, digits, a dash (spec 3.11). Default the name of <see cref="Location"/> and <c>50-C1</c>.
    /// </summary>
    public string Pop
    {
        get => field ?? $"{Location.Name}50-C1";
        init;
    }

    /// <summary>
    /// Caches in a row: 2 for an edge location and its regional edge cache, 1 for the edge location alone. Default 1.
    /// </summary>
    public int CacheTiers { get; init; } = 1;

    /// <summary>Bytes that all caches together keep in memory: bodies, headers and keys. At least 1 MiB; default 256 MiB.</summary>
    public long CacheMemory { get; init; } = 256L << 20;

    /// <summary>
    /// Whose rules of caching count. <see cref="HttpCachingRules.Rfc9111"/> is an extension: it does what CloudFront does not. Default
    /// <see cref="HttpCachingRules.CloudFront"/>.
    /// </summary>
    public HttpCachingRules HttpCaching { get; init; }

    /// <summary>
    /// Requests for objects that may be kept which one origin has at once, until the head of its answer is there; three
    /// fourths of them of one address. More wait. Default 512.
    /// </summary>
    public int FillsPerOrigin { get; init; } = 512;

    /// <summary>
    /// How many of them may wait for one origin, for 30 s at most; a fourth of them for one address. More get 503. Default 4,096.
    /// </summary>
    public int WaitingFillsPerOrigin { get; init; } = 4_096;

    /// <summary>
    /// The folder where objects are kept beside memory, so that they survive the process; it is made if it is not there, and is for this
    /// edge alone. Null, the default, keeps them in memory only.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Bytes that <see cref="CacheFolder"/> may take. At least 64 MiB; default 50 GiB.</summary>
    public long CacheSize { get; init; } = 50L << 30;

    /// <summary>
    /// Whether each request records what the edge did and decided about it, for the access log. It costs memory and
    /// time. Default false: then it costs nothing.
    /// </summary>
    public bool RecordsSteps { get; init; }

    /// <summary>
    /// The seed of what is chosen at random among requests: which responses get a Server-Timing, which viewers a staging distribution.
    /// Default 0.
    /// </summary>
    public long SamplingSeed { get; init; }

    /// <summary>
    /// Whether viewers on loopback get an explanation of the caches in place of an answer, when they ask with <c>X-Brink-Explain: 1</c>.
    /// To other viewers the field is one like any other. Default false: then it is that to all.
    /// </summary>
    public bool Explains { get; init; }

    /// <summary>Whether error pages tell viewers on loopback why. Other viewers never see a reason. Default false.</summary>
    public bool DeveloperErrors { get; init; }
}

/// <summary>Whose rules say what is stored, for how long, and which object answers a request.</summary>
public enum HttpCachingRules
{
    /// <summary>CloudFront's.</summary>
    CloudFront,

    /// <summary>
    /// Those of RFC 9111 for a shared cache, and CDN-Cache-Control (RFC 9213), within the TTLs and keys that the cache policies give.
    /// </summary>
    Rfc9111,
}

/// <summary>Which threads run the requests.</summary>
public enum EdgeScheduling
{
    /// <summary>The thread pool: one runaway request never holds up the socket threads.</summary>
    ThreadPool,

    /// <summary>
    /// The threads that poll the sockets. Cheaper for hits and at half load in most runs, not in all (decision 0008 lists them), but a
    /// request that blocks holds up every other connection of that thread: functions are bounded by their compute budget. Takes effect when
    /// this edge is what opens the process's first socket; after that it means the pool thread that received the socket's event.
    /// </summary>
    Inline,
}

/// <summary>The edge cannot listen. The message is one sentence for the person who started it.</summary>
public sealed class EndpointUnavailableException : Exception
{
    public EndpointUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The port that was asked for, where it is the port that cannot be had; else null.</summary>
    public int? Port { get; init; }
}

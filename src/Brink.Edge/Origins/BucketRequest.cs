using Brink.Distributions;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Signing;

namespace Brink.Edge.Origins;

/// <summary>
/// A request to an S3 bucket: which server is asked, under which Host, and what signs it (distribution spec 2.2). The bucket that
/// is asked is the one that Host names, as at S3: a function that changes the origin has to change Host as well. No viewer
/// chooses a bucket that the edge's keys open.
/// </summary>
internal sealed class BucketRequest
{
    private const string DefaultRegion = "us-east-1";

    private readonly string _host;
    private readonly SigningKeys? _keys;
    private readonly string _region;

    private BucketRequest(CustomOrigin server, string host, SigningKeys? keys, string region, string? otherHost)
    {
        (Server, _host, _keys, _region) = (server, host, keys, region);
        OtherHost = otherHost;
    }

    /// <summary>The server that is asked; the path prefix of a bucket that is named in the path is part of it.</summary>
    public CustomOrigin Server { get; }

    /// <summary>The Host that named another bucket than the origin's; null where it is the origin's own.</summary>
    public string? OtherHost { get; }

    /// <summary>Whether it is signed.</summary>
    public bool IsSigned => _keys is not null;

    /// <summary>The region that it is signed for.</summary>
    public string Region => _region;

    /// <summary>The request for this origin, or the problem there is with it.</summary>
    public static BucketRequest? For(S3Origin bucket, RegionalRequest asked, out OriginProblem? problem)
    {
        problem = null;
        var settings = asked.S3;
        var place = settings.PlaceOf(bucket.DomainName);
        SigningKeys? keys = null;
        if (bucket.Signs(SendsAuthorization(asked)))
        {
            keys = place?.Keys ?? settings.Keys;
            // A request that must be signed never goes out unsigned.
            if (keys is null)
                problem = Unsendable(bucket, "its requests are to be signed, and there are no keys for it: name them in the --s3 file");
        }
        var isAwsName = BucketName.TryParse(bucket.DomainName, out var name);
        // An identity is signed for the region that goes with it, which a function can change; an origin
        // access control for the region of the name.
        var region = place?.Region
            ?? (isAwsName && bucket.AuthMethod == S3AuthMethod.None ? name.Region
                : bucket.Region.Length > 0 ? bucket.Region
                : isAwsName ? name.Region
                : DefaultRegion);
        var given = HostOf(bucket, asked);
        if (keys is not null && given != bucket.DomainName
            && given.Equals(asked.Request.Headers.Get("Host"), StringComparison.OrdinalIgnoreCase))
        {
            problem = Unsendable(
                bucket,
                $"the policy forwards the viewer's Host, '{given}', and a bucket is asked by its Host: "
                    + "leave it out, as AllViewerExceptHostHeader does");
        }
        // A server, or a proxy before it, may resolve dots; with the bucket in the path that would lead out of it.
        if (place is { Endpoint: not null, UsesPathStyle: true } && HasDotSegments((asked.OriginRequest ?? asked.Request).Uri))
        {
            problem = new OriginProblem(
                OriginFailure.OriginInvalidResponseError, 400, ErrorPages.BadRequest,
                $"{bucket.DomainName}: a path with . or .. in it could lead out of the bucket, which is the first part of the path there");
        }
        if (problem is not null)
            return null;
        var server = Unplaced(bucket);
        var host = given;
        if (place?.Endpoint is { } endpoint)
        {
            var named = place.BucketOf(given);
            host = place.UsesPathStyle ? endpoint.Authority : $"{named}.{endpoint.Authority}";
            server = server with
            {
                DomainName = endpoint.Host,
                HttpPort = endpoint.IsHttps ? 80 : endpoint.Port,
                HttpsPort = endpoint.IsHttps ? endpoint.Port : 443,
                ProtocolPolicy = endpoint.IsHttps ? OriginProtocolPolicy.HttpsOnly : OriginProtocolPolicy.HttpOnly,
                OriginPath = place.UsesPathStyle ? $"/{named}{bucket.OriginPath}" : bucket.OriginPath,
            };
        }
        else if (isAwsName && name.Bucket.Contains('.', StringComparison.Ordinal))
        {
            // S3's certificates have one label before the service's name, and a bucket with dots more than one.
            server = server with { AllowedCertificateNames = [$"*.{name.ServiceName}", name.ServiceName] };
        }
        return new BucketRequest(server, host, keys, region, given == bucket.DomainName ? null : given);
    }

    private static OriginProblem Unsendable(S3Origin bucket, string reason) =>
        new(OriginFailure.OriginConnectError, 502, ErrorPages.OriginNotConnected, $"{bucket.DomainName}: {reason}");

    private static bool HasDotSegments(string uri)
    {
        if (!uri.Contains('.', StringComparison.Ordinal) && !uri.Contains('%', StringComparison.Ordinal))
            return false;
        foreach (var segment in UriEncoding.Path(uri).Split('/'))
        {
            if (segment is "." or "..")
                return true;
        }
        return false;
    }

    /// <summary>The bucket as a server like another, under its own name.</summary>
    public static CustomOrigin Unplaced(S3Origin bucket) => new()
    {
        Id = bucket.Id,
        DomainName = bucket.DomainName,
        OriginPath = bucket.OriginPath,
        CustomHeaders = bucket.CustomHeaders,
        ReadTimeout = bucket.ReadTimeout,
        ResponseCompletionTimeout = bucket.ResponseCompletionTimeout,
        ConnectionAttempts = bucket.ConnectionAttempts,
        ConnectionTimeout = bucket.ConnectionTimeout,
        SendsOwnHost = bucket.SendsOwnHost,
    };

    /// <summary>
    /// The header fields as they go out, with Host and, where it is signed, the signature. The target is
    /// encoded anew for that; it decodes to the same.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="headers">What would go to any server; left alone.</param>
    /// <param name="hasBody">Whether a body is sent.</param>
    /// <param name="target">Path and query, <c>?</c> before it.</param>
    /// <param name="now">The moment that is signed.</param>
    public (HeaderList Headers, string Target) Complete(
        string method, HeaderList headers, bool hasBody, (string Path, string? Query) target, DateTimeOffset now)
    {
        var own = headers.Clone();
        own.Set("Host", _host);
        if (_keys is not { } keys)
            return (own, target.Query is null ? target.Path : $"{target.Path}?{target.Query}");

        var (path, query) = (UriEncoding.Path(target.Path), UriEncoding.Query(target.Query ?? ""));
        // A body streams through, so that its hash is known only after the head has been sent.
        var payload = hasBody ? SigV4.UnsignedPayload : SigV4.EmptyPayload;
        var timestamp = SigV4.Timestamp(now);
        own.Remove("Authorization");
        own.Remove("X-Amz-Security-Token");
        own.Set("X-Amz-Date", timestamp);
        own.Set("X-Amz-Content-Sha256", payload);
        if (keys.SessionToken is { } token)
            own.Add("X-Amz-Security-Token", token);
        own.Add("Authorization", SigV4.Authorization(method, path, query, SignedFields(own, hasBody), payload, keys, _region, timestamp));
        return (own, query.Length == 0 ? path : $"{path}?{query}");
    }

    /// <summary>
    /// S3 wants Host, every X-Amz-* and the type of a body to be signed; fields that proxies in between may change are not.
    /// </summary>
    private static List<HeaderField> SignedFields(HeaderList headers, bool hasBody)
    {
        var signed = new List<HeaderField>();
        foreach (var field in headers.AsSpan())
        {
            var name = field.Name.ToLowerInvariant();
            // A value with a line end in it is not sent.
            if (!FieldText.IsSafe(field.Value) || !SignsField(name, hasBody))
                continue;
            // Fields of one name go out as one line.
            if (signed.FindIndex(each => each.Name == name) is >= 0 and var at)
                signed[at] = new HeaderField(name, $"{signed[at].Value}, {field.Value}");
            else
                signed.Add(new HeaderField(name, field.Value));
        }
        return signed;
    }

    private static bool SignsField(string name, bool hasBody) =>
        name == "host"
        || name.StartsWith("x-amz-", StringComparison.Ordinal)
        || (hasBody && name is "content-type" or "content-md5");

    private static string HostOf(S3Origin bucket, RegionalRequest asked)
    {
        if (asked.OriginRequest is { } seen)
            return seen.Headers.Get("Host") is { Length: > 0 } left ? left.ToLowerInvariant() : bucket.DomainName;
        return !bucket.SendsOwnHost
            && asked.Request.Headers.Get("Host") is { Length: > 0 } viewers
            && asked.Behavior.Behavior.ForwardedItems.SendsHeader("Host")
            ? viewers.ToLowerInvariant()
            : bucket.DomainName;
    }

    private static bool SendsAuthorization(RegionalRequest asked) => asked.OriginRequest is { } seen
        ? seen.Headers.Contains("Authorization")
        : asked.Request.Headers.Contains("Authorization")
            && asked.Behavior.Behavior.ForwardedItems.SendsHeader("Authorization", asked.Request.Method);
}

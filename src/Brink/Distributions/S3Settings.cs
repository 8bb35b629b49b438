using System.Collections.Immutable;
using Brink.Signing;

namespace Brink.Distributions;

/// <summary>How the buckets that distributions name are reached. Without settings a bucket is asked by its own name.</summary>
public sealed record S3Settings
{
    /// <summary>Every bucket by its own name, without keys.</summary>
    public static S3Settings Default { get; } = new();

    /// <summary>Where buckets are found instead, and with which keys.</summary>
    public ImmutableArray<S3Place> Places { get; init; } = [];

    /// <summary>What signs where no place has keys of its own; null for nothing. Default null.</summary>
    public SigningKeys? Keys { get; init; }

    /// <summary>
    /// The place of a bucket's host name, or null: an exact name before a pattern, a longer pattern before a shorter one.
    /// </summary>
    public S3Place? PlaceOf(string domainName)
    {
        S3Place? best = null;
        foreach (var place in Places)
        {
            if (place.Matches(domainName) && (best is null || place.Rank > best.Rank))
                best = place;
        }
        return best;
    }

    /// <summary>What signs requests to a bucket; null for nothing.</summary>
    public SigningKeys? KeysFor(string domainName) => PlaceOf(domainName)?.Keys ?? Keys;
}

/// <summary>Where the buckets of some host names are found.</summary>
/// <param name="Pattern">A host name in lower case, or <c>*.</c> and the end of some.</param>
public sealed record S3Place(string Pattern)
{
    /// <summary>The server; null for the bucket's own name.</summary>
    public S3Endpoint? Endpoint { get; init; }

    /// <summary>The region to sign for; null for the origin's own. Default null.</summary>
    public string? Region { get; init; }

    /// <summary>
    /// Whether the bucket is the first part of the path; else it is the first label of the Host. Default true, which every server
    /// understands.
    /// </summary>
    public bool UsesPathStyle { get; init; } = true;

    /// <summary>What signs; null for what signs everywhere.</summary>
    public SigningKeys? Keys { get; init; }

    internal int Rank => Pattern.StartsWith('*') ? Pattern.Length : int.MaxValue;

    /// <summary>Whether the host name is one of these.</summary>
    public bool Matches(string domainName) => Pattern.StartsWith('*')
        ? domainName.Length >= Pattern.Length && domainName.AsSpan().EndsWith(Pattern.AsSpan(1), StringComparison.Ordinal)
        : domainName == Pattern;

    /// <summary>The bucket of a host name: by AWS's rule, else what the pattern's star stands for, else the first label.</summary>
    public string BucketOf(string host)
    {
        if (BucketName.TryParse(host, out var name))
            return name.Bucket;
        if (!Matches(host))
            return host; // to S3, a foreign Host is the name of a bucket
        return Pattern.StartsWith('*') ? host[..^(Pattern.Length - 1)] : host[..Math.Max(host.IndexOf('.', StringComparison.Ordinal), 1)];
    }
}

/// <summary>A server that speaks S3.</summary>
/// <param name="IsHttps">Whether TLS is spoken.</param>
/// <param name="Host">Its name, or its address without brackets.</param>
/// <param name="Port">Its port.</param>
public sealed record S3Endpoint(bool IsHttps, string Host, int Port)
{
    /// <summary>As a Host field has it.</summary>
    public string Authority =>
        (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + (Port == (IsHttps ? 443 : 80) ? "" : $":{Port}");

    /// <inheritdoc/>
    public override string ToString() => $"{(IsHttps ? "https" : "http")}://{Authority}";
}

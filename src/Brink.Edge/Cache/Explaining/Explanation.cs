using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Edge.Logs;

namespace Brink.Edge.Cache.Explaining;

/// <summary>What the caches know of a request, and what they would do with it now.</summary>
public sealed record Explanation
{
    /// <summary>The id of the distribution.</summary>
    public required string Distribution { get; init; }

    /// <summary>The pattern of the behavior; <c>*</c> for the default one.</summary>
    public required string Behavior { get; init; }

    /// <summary>The name of the cache policy.</summary>
    public required string CachePolicy { get; init; }

    /// <summary>The name of the function on viewer-request, which has run; null for none.</summary>
    public string? ViewerRequest { get; init; }

    /// <summary>Why the caches are not asked: what answers before them. Null where they are.</summary>
    public string? AnsweredBefore { get; init; }

    /// <summary>The cache key, part by part.</summary>
    public ImmutableArray<KeyPart> Key { get; init; } = [];

    /// <summary>What of the request is not in the key, and why.</summary>
    public ImmutableArray<string> NotInKey { get; init; } = [];

    /// <summary>The TTLs of the policy.</summary>
    public required string Ttl { get; init; }

    /// <summary>Why an answer will not be stored, where that is certain before it comes; else null.</summary>
    public NotStoredReason? NotStored { get; init; }

    /// <summary>What each tier has, the edge location's first.</summary>
    public ImmutableArray<TierEntry> Tiers { get; init; } = [];

    /// <summary>What the next request like this one would do.</summary>
    public required string Next { get; init; }
}

/// <summary>A part of a cache key.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its text.</param>
/// <param name="From">Where it comes from, and which setting puts it there.</param>
public sealed record KeyPart(string Name, string Value, string From);

/// <summary>What a tier has of an object.</summary>
public enum EntryState
{
    /// <summary>Nothing.</summary>
    Absent,

    /// <summary>An object that answers.</summary>
    Fresh,

    /// <summary>An object that is asked about first.</summary>
    Stale,

    /// <summary>An object that is not served any more: an invalidation means it, or the policy caches nothing now.</summary>
    NotServed,
}

/// <summary>What a tier has.</summary>
public sealed record TierEntry
{
    /// <summary><c>edge</c>, <c>region</c> or <c>shield</c>.</summary>
    public required string Tier { get; init; }

    /// <summary>Whether there is an object, and of what use it is.</summary>
    public required EntryState State { get; init; }

    /// <summary>Whether a request for it is under way that others may join.</summary>
    public bool IsAskedFor { get; init; }

    /// <summary>Its status; null without an object, as all that follows.</summary>
    public int? Status { get; init; }

    /// <summary><c>memory</c>, or <c>disk</c> for what is read from there when it is asked for.</summary>
    public string? Where { get; init; }

    /// <summary>Its age in seconds.</summary>
    public long? Age { get; init; }

    /// <summary>Seconds until it is stale; negative since it is.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>For how many seconds it was fresh when it came.</summary>
    public long? Lifetime { get; init; }

    /// <summary>The rule that says so, by today's policy.</summary>
    public string? Rule { get; init; }

    /// <summary>Bytes of its body.</summary>
    public long? Length { get; init; }

    /// <summary>Bytes of memory that it is charged for, without its slices.</summary>
    public long? Memory { get; init; }

    /// <summary>Slices of 1 MiB that are there, and that it has; null where it is whole.</summary>
    public string? Slices { get; init; }

    /// <summary>Content-Encoding.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>Whether the edge compressed it.</summary>
    public bool? IsCompressedHere { get; init; }

    /// <summary>ETag.</summary>
    public string? ETag { get; init; }

    /// <summary>Last-Modified.</summary>
    public string? LastModified { get; init; }

    /// <summary>Its cache tags.</summary>
    public ImmutableArray<string>? Tags { get; init; }

    /// <summary>How many invalidations this tier had had when the object was asked for.</summary>
    public long? Revision { get; init; }
}

/// <summary>The explanation as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(StoredObject))]
[JsonSerializable(typeof(StoredObjects))]
public sealed partial class ExplanationJson : JsonSerializerContext
{
    private static ExplanationJson? s_readable, s_line;

    /// <summary>For people to read: quotation marks and the like as they are.</summary>
    public static ExplanationJson Readable =>
        s_readable ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The same on one line.</summary>
    public static ExplanationJson Line =>
        s_line ??= new(new JsonSerializerOptions(Readable.Options) { WriteIndented = false });
}

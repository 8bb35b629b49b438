using System.Globalization;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>How the origin sends a body.</summary>
internal enum BodyForm
{
    AtOnce,
    Streamed,
    Chunked,
}

/// <summary>What kind of entity tag a resource has.</summary>
internal enum TagForm
{
    Strong,
    Weak,
    None,
}

/// <summary>What the origin has at a path, and how it describes it.</summary>
internal sealed record Resource(int Version, int Length)
{
    public int Status { get; init; } = 200;

    public bool IsUnreachable { get; init; }

    public TagForm Tag { get; init; }

    public bool HasLastModified { get; init; } = true;

    public string? CacheControl { get; init; }

    public int? ExpiresIn { get; init; }

    public int? Age { get; init; }

    public int? DateAgo { get; init; }

    public bool VariesOnEverything { get; init; }

    public bool KnowsRanges { get; init; } = true;

    public BodyForm Form { get; init; }

    public string? ETag => Tag switch
    {
        TagForm.Strong => $"\"v{Version}\"",
        TagForm.Weak => $"W/\"v{Version}\"",
        _ => null,
    };

    /// <summary>Seconds since 1970.</summary>
    public long? LastModified => HasLastModified ? 1_700_000_000 + Version * 60L : null;

    public override string ToString()
    {
        if (IsUnreachable)
            return "is unreachable";
        var text = string.Create(CultureInfo.InvariantCulture, $"v{Version}, {Status}, {Length} bytes {Form}, ETag {ETag}, Last-Modified {LastModified}, Cache-Control {CacheControl}");
        Add(ExpiresIn, "Expires in");
        Add(Age, "Age");
        Add(DateAgo, "Date ago");
        return text + (VariesOnEverything ? ", Vary *" : "") + (KnowsRanges ? "" : ", knows no ranges");

        void Add(int? value, string name)
        {
            if (value is not null)
                text += string.Create(CultureInfo.InvariantCulture, $", {name} {value}");
        }
    }
}

/// <summary>An honest origin: what it has at each path, and what it answers to a question about it.</summary>
internal sealed class ModelOrigin(ReferenceWorld world)
{
    private readonly Dictionary<string, Resource> _resources = [];
    private readonly Dictionary<(string, int, int), byte[]> _bodies = [];

    public Resource this[string path]
    {
        get => _resources[path];
        set => _resources[path] = value;
    }

    public Reply Answer(Question asked)
    {
        var resource = _resources[asked.Path];
        if (resource.IsUnreachable)
            return new Reply(502) { Bytes = "no origin"u8.ToArray(), IsUnreachable = true };
        var reply = new Reply(resource.Status)
        {
            CacheControl = resource.CacheControl,
            Expires = resource.ExpiresIn is { } seconds ? (world.Now / 1000 + seconds) * 1000 : null,
            Date = resource.DateAgo is { } ago ? (world.Now / 1000 - ago) * 1000 : null,
            Age = resource.Age,
        };
        if (asked.Method is not ("GET" or "HEAD"))
            return reply with { Bytes = BodyOf(asked, resource, 50) };
        if (resource.Status != 200)
            return reply with { Bytes = asked.Method == "HEAD" ? [] : BodyOf(asked, resource, 30) };
        reply = reply with
        {
            ETag = resource.ETag,
            LastModified = resource.LastModified,
            VariesOnEverything = resource.VariesOnEverything,
            Streams = resource.Form != BodyForm.AtOnce,
            HasLength = resource.Form != BodyForm.Chunked,
        };
        if (IsUnchanged(asked, resource))
            return reply with { Status = 304, Streams = false };
        if (asked.Method == "HEAD")
            return reply with { Streams = false };
        reply = reply with { Bytes = BodyOf(asked, resource, resource.Length) };
        // Several parts are answered with the whole, as RFC 9110 14.2 allows.
        if (!resource.KnowsRanges || !reply.HasLength || Ranges.Of(asked, reply, resource.Length) is not { Length: < 2 } parts)
            return reply;
        return reply with { Status = parts.Length == 0 ? 416 : 206, Parts = parts };
    }

    private static bool IsUnchanged(Question asked, Resource resource)
    {
        var (tag, since) = asked.Copy is { } copy ? (copy.ETag, copy.LastModified) : (asked.IfNoneMatch, asked.IfModifiedSince);
        if (tag is not null)
            return tag == "*" || (resource.Tag != TagForm.None && tag.Replace("W/", "", StringComparison.Ordinal) == $"\"v{resource.Version}\"");
        return since is not null && resource.LastModified <= since;
    }

    // Every body is its own: of a path, a version, and the fields that are in the key.
    private byte[] BodyOf(Question asked, Resource resource, int length)
    {
        var seed = HashCode(asked.Path) + 31 * HashCode(asked.Method == "HEAD" ? "GET" : asked.Method) + resource.Version * 7919 + resource.Status;
        var policy = ReferencePolicy.Of(asked.Path);
        if (policy.HasQueryInKey)
            seed += HashCode(asked.Query) * 3;
        if (policy.HasKindInKey)
            seed += HashCode(asked.Kind) * 5;
        if (policy.SendsCookies)
            seed += HashCode(asked.Cookie) * 11;
        if (_bodies.TryGetValue((asked.Path, seed, length), out var known))
            return known;
        if (_bodies.Count > 200)
            _bodies.Clear();
        var body = new byte[length];
        new Random(seed).NextBytes(body);
        return _bodies[(asked.Path, seed, length)] = body;
    }

    // string.GetHashCode differs from process to process: a seed would not be one.
    private static int HashCode(string? text) => (text ?? "").Aggregate(17, (sum, each) => sum * 31 + each);
}

using System.Collections.Immutable;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>Whether a response is kept, and for how long (distribution spec 3.2-3.4, 3.13).</summary>
/// <param name="Lifetime">How long it is fresh here; null when it is not kept at all. Zero: kept, and asked about every time.</param>
/// <param name="StaleWhileRevalidate">How long after that it may be served while a refresh runs; null for not at all.</param>
/// <param name="StaleIfError">How long after that it stands in for a failing origin; null where nothing is said of it: without end.</param>
/// <param name="MaxTtl">The policy's MaxTTL: the age that bounds both directives.</param>
/// <param name="RevalidatesUnconditionally">
/// Vary: * with MinTTL 0: kept, yet every request asks the origin without conditions (spec 3.5).
/// </param>
internal readonly record struct Freshness(
    TimeSpan? Lifetime, TimeSpan? StaleWhileRevalidate, TimeSpan? StaleIfError, TimeSpan MaxTtl, bool RevalidatesUnconditionally)
{
    /// <summary>Why it is not kept; null where it is.</summary>
    public NotStoredReason? NotStored { get; private init; }

    /// <summary>Whether it is kept.</summary>
    public bool IsStorable => NotStored is null;

    /// <summary>Not to be kept, and why.</summary>
    public static Freshness Uncacheable(NotStoredReason reason) => new() { NotStored = reason };

    /// <summary>
    /// Whether requests that waited may have it. One that is stale at birth (no-cache, private, max-age=0 and the like with MinTTL 0)
    /// belongs to the viewer who asked (spec 3.7).
    /// </summary>
    public bool IsShareable => Lifetime > TimeSpan.Zero;

    /// <summary>Kept, and asked about with every request.</summary>
    public Freshness AskedEveryTime() => this with { Lifetime = TimeSpan.Zero, RevalidatesUnconditionally = true };

    /// <summary>
    /// Decides about a response to GET, HEAD or a cached OPTIONS that came at the age of <paramref name="age"/>. What the origin says of
    /// its freshness began to run where the response was made; what the policies say begins here.
    /// </summary>
    public static Freshness Of(
        CachePolicy policy,
        ImmutableDictionary<int, TimeSpan> errorCachingMinTtl,
        int statusCode,
        HeaderList headers,
        DateTimeOffset now,
        TimeSpan age)
    {
        if (statusCode >= 400)
            return OfError(policy, errorCachingMinTtl, statusCode, headers, now, age);
        // A part is not the whole, and a 304 without a stored object is an answer to the viewer's own question.
        if (statusCode is 206 or 304 || statusCode < 200)
            return Uncacheable(NotStoredReason.Status);
        if (policy.CachingDisabled)
            return Uncacheable(NotStoredReason.CachingDisabled);
        var control = CacheControl.Read(headers);
        if (Ttl(policy, control, headers, now, age) is not { } lifetime)
            return Uncacheable(NotStoredReason.CacheControl);
        var varyStar = policy.MinTtl == TimeSpan.Zero && VariesOnEverything(headers);
        return new Freshness(
            varyStar ? TimeSpan.Zero : lifetime,
            control.MustRevalidate ? null : control.StaleWhileRevalidate,
            StaleIfErrorOf(control),
            policy.MaxTtl,
            varyStar);
    }

    // RFC 9111 section 4.2.4 forbids stale answers after all three. One that is allowed by name is allowed all the same, except after
    // must-revalidate, which knows no exception.
    private static TimeSpan? StaleIfErrorOf(in CacheControl control)
    {
        if (control.MustRevalidate)
            return TimeSpan.Zero;
        return control.StaleIfError ?? (control.ProxyRevalidate || control.SharedMaxAge is not null ? TimeSpan.Zero : null);
    }

    /// <summary>The function of spec 3.3; null for not cacheable.</summary>
    private static TimeSpan? Ttl(CachePolicy policy, in CacheControl control, HeaderList headers, DateTimeOffset now, TimeSpan age)
    {
        if (control.ForbidsStoring)
            return policy.MinTtl == TimeSpan.Zero ? null : policy.MinTtl;
        if (Explicit(control, headers, now, age) is { } given)
            return Clamp(given, policy.MinTtl, policy.MaxTtl);
        return Max(policy.MinTtl, policy.DefaultTtl);
    }

    /// <summary>How long an error is kept, and how long a failing origin is left alone.</summary>
    internal static TimeSpan ErrorMinTtl(ImmutableDictionary<int, TimeSpan> errorCachingMinTtl, int statusCode) =>
        errorCachingMinTtl.TryGetValue(statusCode, out var configured) ? configured : Limits.ErrorCachingMinTtl;

    // The policy's MinTTL and DefaultTTL have no part in errors, and a CachingDisabled policy keeps them too.
    private static Freshness OfError(
        CachePolicy policy,
        ImmutableDictionary<int, TimeSpan> errorCachingMinTtl,
        int statusCode,
        HeaderList headers,
        DateTimeOffset now,
        TimeSpan age)
    {
        var control = CacheControl.Read(headers);
        var keeps = statusCode switch
        {
            404 or 414 or (>= 500 and <= 504) => true,
            400 or 403 or 405 or 412 or 415 => control.MaxAge is not null || control.SharedMaxAge is not null,
            _ => false,
        };
        if (!keeps)
            return Uncacheable(NotStoredReason.Status);
        var given = control.ForbidsStoring ? null : Explicit(control, headers, now, age);
        var lifetime = Max(
            ErrorMinTtl(errorCachingMinTtl, statusCode), Clamp(given ?? TimeSpan.Zero, TimeSpan.Zero, policy.MaxTtl));
        return lifetime == TimeSpan.Zero
            ? Uncacheable(NotStoredReason.ErrorCachingMinTtl)
            : new Freshness(lifetime, null, null, policy.MaxTtl, false);
    }

    // What is left of the lifetime that the origin states.
    private static TimeSpan? Explicit(in CacheControl control, HeaderList headers, DateTimeOffset now, TimeSpan age)
    {
        if ((control.SharedMaxAge ?? control.MaxAge) is { } given)
            return Max(TimeSpan.Zero, given - age);
        if (headers.Get("expires") is not { } text)
            return null;
        // A value that is no date, such as 0, means that it has expired (RFC 9111 section 5.3).
        if (!HttpDate.TryParse(text, now, out var expires))
            return TimeSpan.Zero;
        // By the origin's own clock, where it sends a Date.
        var made = HttpDate.TryParse(headers.Get("date"), now, out var date) ? date : now;
        return Max(TimeSpan.Zero, expires - made - age);
    }

    private static bool VariesOnEverything(HeaderList headers)
    {
        for (var i = headers.IndexOf("vary"); i >= 0; i = headers.IndexOf("vary", i + 1))
        {
            var value = headers[i].Value.AsSpan();
            foreach (var range in value.Split(','))
            {
                if (value[range].Trim() is "*")
                    return true;
            }
        }
        return false;
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan min, TimeSpan max) => value < min ? min : value > max ? max : value;
}

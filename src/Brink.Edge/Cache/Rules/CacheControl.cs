using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Cache.Rules;

/// <summary>
/// The response directives that decide about storing and compressing (RFC 9111 section 5.2.2,
/// distribution spec 3.3, 3.4, 3.8). What is not understood is skipped.
/// </summary>
internal readonly struct CacheControl
{
    /// <summary>no-cache, no-store or private in the bare form; with field names they say nothing about the body.</summary>
    public bool ForbidsStoring => NoCache || NoStore || Private;

    /// <summary>no-cache in the bare form.</summary>
    public bool NoCache { get; private init; }

    /// <summary>no-store.</summary>
    public bool NoStore { get; private init; }

    /// <summary>private in the bare form.</summary>
    public bool Private { get; private init; }

    /// <summary>public.</summary>
    public bool Public { get; private init; }

    /// <summary>must-understand: no-store does not count where the status code is known, and nothing is stored where it is not.</summary>
    public bool MustUnderstand { get; private init; }

    /// <summary>max-age. A value that is not a number counts as 0: it was meant to limit caching.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>s-maxage, which beats max-age here.</summary>
    public TimeSpan? SharedMaxAge { get; private init; }

    /// <summary>stale-while-revalidate.</summary>
    public TimeSpan? StaleWhileRevalidate { get; private init; }

    /// <summary>stale-if-error.</summary>
    public TimeSpan? StaleIfError { get; private init; }

    /// <summary>must-revalidate: never served stale, whatever else is said.</summary>
    public bool MustRevalidate { get; private init; }

    /// <summary>proxy-revalidate: the same for a shared cache such as this one, unless a stale directive says otherwise.</summary>
    public bool ProxyRevalidate { get; private init; }

    /// <summary>no-transform: the body stays as it is (RFC 9110 section 7.7).</summary>
    public bool ForbidsTransforming { get; private init; }

    /// <summary>no-cache="Set-Cookie": the cookie goes to the viewer who asked and is not replayed (spec 3.2).</summary>
    public bool KeepsNoSetCookie { get; private init; }

    /// <summary>Reads every Cache-Control field; of a directive that comes twice the first holds.</summary>
    public static CacheControl Read(HeaderList headers)
    {
        var result = default(CacheControl);
        for (var i = headers.IndexOf("cache-control"); i >= 0; i = headers.IndexOf("cache-control", i + 1))
        {
            var rest = headers[i].Value.AsSpan();
            while (!rest.IsEmpty)
            {
                var end = EndOfDirective(rest);
                result = result.With(rest[..end].Trim(" \t"));
                rest = end == rest.Length ? default : rest[(end + 1)..];
            }
        }
        return result;
    }

    private CacheControl With(ReadOnlySpan<char> directive)
    {
        var equals = directive.IndexOf('=');
        var name = (equals < 0 ? directive : directive[..equals]).TrimEnd(" \t");
        return With(name, equals < 0 ? default : directive[(equals + 1)..].TrimStart(" \t").Trim('"'), lastHolds: false);
    }

    /// <summary>With one more directive.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its argument, without quotes; empty for none.</param>
    /// <param name="lastHolds">Whether it takes the place of one that was there before.</param>
    public CacheControl With(ReadOnlySpan<char> name, ReadOnlySpan<char> value, bool lastHolds)
    {
        if (Is(name, "no-store"))
            return this with { NoStore = true };
        if (Is(name, "no-cache"))
        {
            if (value.Trim().IsEmpty)
                return this with { NoCache = true };
            return Names(value, "set-cookie") ? this with { KeepsNoSetCookie = true } : this;
        }
        if (Is(name, "private"))
            return value.Trim().IsEmpty ? this with { Private = true } : this;
        if (Is(name, "public"))
            return this with { Public = true };
        if (Is(name, "must-understand"))
            return this with { MustUnderstand = true };
        if (Is(name, "no-transform"))
            return this with { ForbidsTransforming = true };
        if (Is(name, "must-revalidate"))
            return this with { MustRevalidate = true };
        if (Is(name, "proxy-revalidate"))
            return this with { ProxyRevalidate = true };
        if (Is(name, "max-age"))
            return this with { MaxAge = Given(MaxAge, value, lastHolds) };
        if (Is(name, "s-maxage"))
            return this with { SharedMaxAge = Given(SharedMaxAge, value, lastHolds) };
        if (Is(name, "stale-while-revalidate"))
            return this with { StaleWhileRevalidate = Given(StaleWhileRevalidate, value, lastHolds) };
        if (Is(name, "stale-if-error"))
            return this with { StaleIfError = Given(StaleIfError, value, lastHolds) };
        return this;
    }

    private static bool Is(ReadOnlySpan<char> name, string directive) => name.Equals(directive, StringComparison.OrdinalIgnoreCase);

    private static bool Names(ReadOnlySpan<char> list, string field)
    {
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim().Equals(field, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    // A comma inside quotes belongs to the value.
    private static int EndOfDirective(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
                quoted = !quoted;
            else if (text[i] == '\\' && quoted)
                i++;
            else if (text[i] == ',' && !quoted)
                return i;
        }
        return text.Length;
    }

    private static TimeSpan Given(TimeSpan? before, ReadOnlySpan<char> value, bool lastHolds) =>
        before is { } first && !lastHolds ? first : Seconds(value);

    private static TimeSpan Seconds(ReadOnlySpan<char> digits) => DeltaSeconds.TryRead(digits, out var seconds) ? seconds : TimeSpan.Zero;
}

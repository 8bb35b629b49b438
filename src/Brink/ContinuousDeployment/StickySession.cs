using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Brink.Http;

namespace Brink.ContinuousDeployment;

/// <summary>
/// A viewer's session, as the viewer keeps it in a cookie (distribution spec 2.13). It is signed: a viewer can neither choose the staging
/// distribution nor make a session longer. A new key ends all sessions.
/// </summary>
/// <param name="IsStaging">Whether the staging distribution serves it.</param>
/// <param name="StartedAt">When it began, in seconds of Unix time.</param>
/// <param name="SeenAt">When its latest request came, likewise.</param>
public readonly record struct StickySession(bool IsStaging, long StartedAt, long SeenAt)
{
    /// <summary>The cookie's name. AWS's own is in no source that could be read.</summary>
    public const string CookieName = "aws-cf-cd-session";

    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Values of a request that are verified: a viewer has one, and more only cost time.</summary>
    private const int MostTries = 4;

    private const int FactBytes = 1 + sizeof(long) + sizeof(long), TagBytes = 16, Bytes = FactBytes + TagBytes;

    /// <summary>The session of a request's cookies; null where there is none that the key has signed.</summary>
    public static StickySession? Find(HeaderList headers, ReadOnlySpan<byte> key)
    {
        var tries = 0;
        for (var i = headers.IndexOf("cookie"); i >= 0; i = headers.IndexOf("cookie", i + 1))
        {
            var cookies = headers[i].Value.AsSpan();
            if (!cookies.Contains(CookieName, StringComparison.Ordinal))
                continue;
            foreach (var range in cookies.Split(';'))
            {
                var cookie = cookies[range].Trim(" \t");
                if (!IsCookieName(CookieFields.NameOf(cookie)))
                    continue;
                if (TryRead(cookie[(CookieName.Length + 1)..], key) is { } session)
                    return session;
                if (++tries == MostTries)
                    return null;
            }
        }
        return null;
    }

    /// <summary>Takes the cookie out of a request: it is in no cache key, and neither functions nor origins see it.</summary>
    public static void RemoveFrom(HeaderList headers) => CookieFields.Remove(headers, CookieName, IsCookieName);

    /// <summary>Whether it goes on at that moment.</summary>
    public bool IsAlive(SessionStickiness stickiness, long now) =>
        now - SeenAt < (long)stickiness.IdleTtl.TotalSeconds && now - StartedAt < (long)stickiness.MaximumTtl.TotalSeconds;

    /// <summary>The Set-Cookie field with which a viewer keeps it until it ends.</summary>
    public string ToSetCookie(SessionStickiness stickiness, ReadOnlySpan<byte> key)
    {
        var left = StartedAt + (long)stickiness.MaximumTtl.TotalSeconds - SeenAt;
        var age = Math.Min(left, (long)stickiness.IdleTtl.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{CookieName}={Write(key)}; Path=/; Max-Age={age}; HttpOnly");
    }

    /// <summary>The cookie's value.</summary>
    internal string Write(ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = IsStaging ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], StartedAt);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + sizeof(long))..], SeenAt);
        Sign(bytes[..FactBytes], key, bytes[FactBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    private static StickySession? TryRead(ReadOnlySpan<char> value, ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        Span<byte> tag = stackalloc byte[TagBytes];
        if (value.Length != Base64Url.GetEncodedLength(Bytes)
            || Base64Url.DecodeFromChars(value, bytes, out _, out var written) != OperationStatus.Done || written != Bytes)
            return null;
        Sign(bytes[..FactBytes], key, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, bytes[FactBytes..]))
            return null;
        return new StickySession(
            bytes[0] == 1, BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + sizeof(long))..]));
    }

    private static void Sign(ReadOnlySpan<byte> facts, ReadOnlySpan<byte> key, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, facts, whole);
        whole[..TagBytes].CopyTo(tag);
    }

    private static bool IsCookieName(ReadOnlySpan<char> name) => name.SequenceEqual(CookieName);
}

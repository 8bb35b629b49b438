using System.Buffers;
using System.Runtime.CompilerServices;
using Brink.Distributions;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>
/// What an object is cached under (distribution spec 3.1): distribution id, path, normalised Accept-Encoding, key headers, key cookies
/// sorted by name, key query parameters in the viewer's order, and OPTIONS.
/// </summary>
/// <remarks>
/// One text in a pooled buffer, so that building a key and looking it up allocates nothing; only an object that is stored
/// keeps a string. Each part carries a tag and its length, so that no value can pretend to be another part. Two keys are equal
/// when their whole texts are, never because a hash is. Handing a key to the cache hands over the buffer: use it once. One
/// that is never handed over is simply collected.
/// </remarks>
internal readonly partial struct CacheKey
{
    private const int PartHead = 3;

    private readonly char[] _buffer;
    private readonly int _length;

    private CacheKey(char[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    /// <summary>The whole key.</summary>
    public ReadOnlySpan<char> Text => _buffer.AsSpan(0, _length);

    /// <summary>The key of a request.</summary>
    public static CacheKey For(RegionalRequest request) =>
        For(request.Behavior.Behavior.CachePolicy, request.Distribution.Distribution.Id, request.Request);

    /// <summary>The key of a request as the viewer-request function left it, CloudFront-* headers of the edge included.</summary>
    public static CacheKey For(CachePolicy policy, string distributionId, EdgeRequest request) =>
        For(policy, distributionId, request, AcceptEncodingOffers.Read(policy, request));

    /// <summary>The key that the request would have with another Accept-Encoding.</summary>
    public static CacheKey For(CachePolicy policy, string distributionId, EdgeRequest request, AcceptEncodingOffer offer)
    {
        var writer = new Writer(256);
        writer.Part('D', distributionId);
        writer.Part('P', request.Uri);
        // Headers are taken in the policy's order, so the viewer's order means nothing. Names are in the key, not only values:
        // a policy may change under the objects that are stored.
        if (policy.Headers.Selection == ItemSelection.Whitelist)
        {
            foreach (var name in policy.Headers.Names)
                WriteHeader(ref writer, name, request.Headers);
        }
        // Explicitly listed as a key header, Accept-Encoding is a header like any other (spec 3.1).
        if (offer.KeyPart() is { } encoding)
            writer.Part('E', encoding);
        WriteCookies(ref writer, policy.Cookies, request.Headers);
        WriteQuery(ref writer, policy.QueryStrings, request.QueryString);
        if (request.Method == "OPTIONS")
            writer.Part('M', request.Method);
        return new CacheKey(writer.Buffer, writer.Length);
    }

    /// <summary>The key of the same object at the Origin Shield of an origin.</summary>
    public static CacheKey ForShield(RegionalRequest request, Origin origin)
    {
        var key = For(request);
        var writer = new Writer(key._length + 64);
        writer.Append(key.Text);
        key.Release();
        writer.Part('S', origin.ShieldRegion);
        writer.Part('O', origin.Id);
        return new CacheKey(writer.Buffer, writer.Length);
    }

    /// <summary>Gives the buffer back; the cache calls it once it needs the key no longer.</summary>
    public void Release()
    {
        if (_buffer is not null)
            ArrayPool<char>.Shared.Return(_buffer);
    }

    private static void WriteHeader(ref Writer writer, string name, HeaderList headers)
    {
        for (var i = headers.IndexOf(name); i >= 0; i = headers.IndexOf(name, i + 1))
        {
            writer.LowerCasePart('H', name);
            writer.Part('=', headers[i].Value);
        }
    }

    private static void WriteCookies(ref Writer writer, ItemSet selected, HeaderList headers)
    {
        if (selected.Selection == ItemSelection.None)
            return;
        using var pairs = new CookiePairs(headers, selected, null);
        foreach (ref readonly var pair in pairs.Sorted)
            writer.Part('C', pair.Text);
    }

    private static void WriteQuery(ref Writer writer, ItemSet selected, string? query)
    {
        if (selected.Selection == ItemSelection.None || string.IsNullOrEmpty(query))
            return;
        if (selected.Selection == ItemSelection.All)
        {
            writer.Part('Q', query);
            return;
        }
        var start = writer.Open('Q');
        var parameters = new QueryParameters(query);
        while (parameters.MoveNext())
        {
            if (!selected.Includes(parameters.CurrentName, StringComparison.Ordinal))
                continue;
            if (writer.Length > start)
                writer.Append("&");
            writer.Append(parameters.Current);
        }
        writer.Close(start);
    }

    private ref struct Writer(char[] buffer, int length)
    {
        public Writer(int capacity)
            : this(ArrayPool<char>.Shared.Rent(capacity), 0)
        {
        }

        public char[] Buffer { get; private set; } = buffer;

        public int Length { get; private set; } = length;

        public void Part(char tag, ReadOnlySpan<char> text)
        {
            var start = Open(tag);
            Append(text);
            Close(start);
        }

        public void LowerCasePart(char tag, ReadOnlySpan<char> text)
        {
            var start = Open(tag);
            Ensure(text.Length);
            text.ToLowerInvariant(Buffer.AsSpan(Length));
            Length += text.Length;
            Close(start);
        }

        /// <summary>Begins a part and returns where its text starts.</summary>
        public int Open(char tag)
        {
            Ensure(PartHead);
            Buffer[Length] = tag;
            Length += PartHead;
            return Length;
        }

        /// <summary>Ends the part; an empty one of a query leaves no trace.</summary>
        public void Close(int start)
        {
            var length = Length - start;
            if (length == 0 && Buffer[start - PartHead] == 'Q')
            {
                Length = start - PartHead;
                return;
            }
            Buffer[start - 2] = (char)length;
            Buffer[start - 1] = (char)(length >> 16);
        }

        public void Append(ReadOnlySpan<char> text)
        {
            Ensure(text.Length);
            text.CopyTo(Buffer.AsSpan(Length));
            Length += text.Length;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Ensure(int more)
        {
            if (Buffer.Length - Length < more)
                Grow(more);
        }

        private void Grow(int more)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(Buffer.Length * 2, Length + more));
            Buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<char>.Shared.Return(Buffer);
            Buffer = larger;
        }
    }
}

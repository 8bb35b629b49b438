using Brink.Http;

namespace Brink.Policies;

/// <summary>The normalised Accept-Encoding of distribution spec 3.1.</summary>
public enum AcceptEncodingOffer
{
    /// <summary>The policy enables no coding: an ordinary header.</summary>
    NotNormalised,
    /// <summary>The viewer sent no such header, or speaks HTTP/1.0: no key part, no header for the origin.</summary>
    NoHeader,
    /// <summary>The viewer accepts none of the enabled codings: no key part, <c>identity</c> for the origin.</summary>
    Identity,
    /// <summary><c>gzip</c>.</summary>
    Gzip,
    /// <summary><c>br</c>.</summary>
    Brotli,
    /// <summary><c>br,gzip</c>.</summary>
    BrotliGzip,
}

/// <summary>Reading Accept-Encoding.</summary>
public static class AcceptEncodingOffers
{
    /// <summary>What the viewer offers of the codings that the policy enables.</summary>
    public static AcceptEncodingOffer Read(CachePolicy policy, EdgeRequest request)
    {
        if (!policy.EnableAcceptEncodingGzip && !policy.EnableAcceptEncodingBrotli)
            return AcceptEncodingOffer.NotNormalised;
        var index = request.Headers.IndexOf("accept-encoding");
        if (index < 0 || request.HttpVersion == "1.0")
            return AcceptEncodingOffer.NoHeader;
        bool gzip = false, brotli = false;
        for (; index >= 0; index = request.Headers.IndexOf("accept-encoding", index + 1))
        {
            var value = request.Headers[index].Value.AsSpan();
            foreach (var range in value.Split(','))
                Note(value[range], ref gzip, ref brotli);
        }
        gzip &= policy.EnableAcceptEncodingGzip;
        brotli &= policy.EnableAcceptEncodingBrotli;
        return (brotli, gzip) switch
        {
            (true, true) => AcceptEncodingOffer.BrotliGzip,
            (true, false) => AcceptEncodingOffer.Brotli,
            (false, true) => AcceptEncodingOffer.Gzip,
            _ => AcceptEncodingOffer.Identity,
        };
    }

    /// <summary>The part of the key; null for none.</summary>
    public static string? KeyPart(this AcceptEncodingOffer offer) => offer switch
    {
        AcceptEncodingOffer.BrotliGzip => "br,gzip",
        AcceptEncodingOffer.Brotli => "br",
        AcceptEncodingOffer.Gzip => "gzip",
        _ => null,
    };

    /// <summary>
    /// The other offers that share a coding with this one: an object that is stored under the key of one of them, in a coding that this one
    /// includes, is an answer as good. The better coding first; of two that the viewer offers, CloudFront takes the one it has.
    /// </summary>
    public static ReadOnlySpan<AcceptEncodingOffer> OffersInCommon(this AcceptEncodingOffer offer) => offer switch
    {
        AcceptEncodingOffer.BrotliGzip => [AcceptEncodingOffer.Brotli, AcceptEncodingOffer.Gzip],
        AcceptEncodingOffer.Brotli or AcceptEncodingOffer.Gzip => [AcceptEncodingOffer.BrotliGzip],
        _ => [],
    };

    /// <summary>Whether the viewer offers this coding.</summary>
    public static bool Includes(this AcceptEncodingOffer offer, ReadOnlySpan<char> coding) => offer switch
    {
        AcceptEncodingOffer.BrotliGzip => IsBrotli(coding) || IsGzip(coding),
        AcceptEncodingOffer.Brotli => IsBrotli(coding),
        AcceptEncodingOffer.Gzip => IsGzip(coding),
        _ => false,
    };

    private static bool IsBrotli(ReadOnlySpan<char> coding) => coding.Equals("br", StringComparison.OrdinalIgnoreCase);

    // RFC 9110 section 8.4.1.3: x-gzip is the same.
    private static bool IsGzip(ReadOnlySpan<char> coding) =>
        coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase);

    private static void Note(ReadOnlySpan<char> item, ref bool gzip, ref bool brotli)
    {
        var semicolon = item.IndexOf(';');
        var coding = (semicolon < 0 ? item : item[..semicolon]).Trim();
        if (semicolon >= 0 && RefusesByWeight(item[(semicolon + 1)..]))
            return;
        gzip |= IsGzip(coding);
        brotli |= IsBrotli(coding);
    }

    // q=0, q=0.0, q=0.00, q=0.000: "not acceptable" (RFC 9110 section 12.4.2).
    private static bool RefusesByWeight(ReadOnlySpan<char> parameters)
    {
        parameters = parameters.Trim();
        if (parameters.Length < 3 || parameters[0] is not ('q' or 'Q') || parameters[1] != '=')
            return false;
        var weight = parameters[2..];
        return weight[0] == '0' && weight[1..].TrimStart('.').TrimStart('0').IsEmpty;
    }
}

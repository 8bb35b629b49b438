using Brink.Http;

namespace Brink.PrivateContent;

/// <summary>
/// What a request carries of a signature: the parameters of a signed URL, or signed cookies (distribution spec 2.12). Texts as they came;
/// empty for what is not there. Of a name that occurs twice the first one counts.
/// </summary>
public ref struct SignatureParts
{
    /// <summary>When a canned policy ends, in seconds of Unix time.</summary>
    public ReadOnlySpan<char> Expires { get; private set; }

    /// <summary>A custom policy, in base64.</summary>
    public ReadOnlySpan<char> Policy { get; private set; }

    /// <summary>The signature, in base64.</summary>
    public ReadOnlySpan<char> Signature { get; private set; }

    /// <summary>The id of the public key.</summary>
    public ReadOnlySpan<char> KeyPairId { get; private set; }

    /// <summary>The hash that was signed; empty for SHA-1.</summary>
    public ReadOnlySpan<char> HashAlgorithm { get; private set; }

    /// <summary>Whether one of the names that make a URL a signed one is there, be its value empty.</summary>
    private bool IsSigned { get; set; }

    /// <summary>The parts of a request: of its URL where that has any, else of its cookies.</summary>
    public static SignatureParts Of(EdgeRequest request)
    {
        var parts = OfQuery(request.QueryString);
        return parts.IsSigned ? parts : OfCookies(request.Headers);
    }

    /// <summary>Whether a query parameter is one of the five that belong to a signature.</summary>
    internal static bool IsName(ReadOnlySpan<char> name) =>
        name is "Expires" or "Policy" or "Signature" or "Key-Pair-Id" or "Hash-Algorithm";

    /// <summary>The same for a cookie.</summary>
    internal static bool IsCookieName(ReadOnlySpan<char> name) =>
        name.StartsWith(SignedCookies.Prefix, StringComparison.Ordinal) && IsName(name[SignedCookies.Prefix.Length..]);

    private static SignatureParts OfQuery(string? query)
    {
        var parts = new SignatureParts();
        var parameters = new QueryParameters(query);
        while (parameters.MoveNext())
        {
            var name = parameters.CurrentName;
            parts.Take(name, parameters.Current[Math.Min(name.Length + 1, parameters.Current.Length)..]);
        }
        return parts;
    }

    private static SignatureParts OfCookies(HeaderList headers)
    {
        var parts = new SignatureParts();
        for (var i = headers.IndexOf("cookie"); i >= 0; i = headers.IndexOf("cookie", i + 1))
        {
            var line = headers[i].Value.AsSpan();
            foreach (var range in line.Split(';'))
            {
                var cookie = line[range].Trim(" \t");
                var name = CookieFields.NameOf(cookie);
                if (IsCookieName(name))
                    parts.Take(name[SignedCookies.Prefix.Length..], cookie[(name.Length + 1)..]);
            }
        }
        return parts;
    }

    private void Take(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "Expires":
                Expires = Expires.IsEmpty ? value : Expires;
                break;
            case "Policy":
                Policy = Policy.IsEmpty ? value : Policy;
                break;
            case "Signature":
                Signature = Signature.IsEmpty ? value : Signature;
                break;
            case "Key-Pair-Id":
                KeyPairId = KeyPairId.IsEmpty ? value : KeyPairId;
                break;
            case "Hash-Algorithm":
                HashAlgorithm = HashAlgorithm.IsEmpty ? value : HashAlgorithm;
                return;
            default:
                return;
        }
        IsSigned = true;
    }
}

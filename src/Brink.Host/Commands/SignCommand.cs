using System.CommandLine;
using Brink.Host.CommandLine;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.PrivateContent;

namespace Brink.Host.Commands;

/// <summary>
/// <c>brink sign</c>: a signed URL, or signed cookies, for private content (distribution spec 2.12). What it prints is what
/// <c>aws cloudfront sign</c> prints for the same key, with the newer hash and key type where they are asked for.
/// </summary>
internal static class SignCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "The URL as viewers ask for it; with a * it is the pattern of a policy." };
        var keyPairId = new Option<string>("--key-pair-id")
        {
            Description = "The id of the public key, as its file in --resources has it.", HelpName = "ID", Required = true,
        };
        var privateKey = new Option<string>("--private-key")
        {
            Description = "The private key, PEM: RSA of 2048 bits, or ECDSA on P-256.", HelpName = "FILE", Required = true,
        };
        var expires = TimeOption.Create("--expires", "When it ends.");
        var starts = TimeOption.Create("--starts", "When it begins. Default: at once.");
        var ip = new Option<string?>("--ip")
        {
            Description = "The viewer's IPv4 address, or a range such as 192.0.2.0/24.", HelpName = "ADDRESS",
        };
        var policy = new Option<string?>("--policy")
        {
            Description = "A custom policy, JSON, which is signed as it is. It says the times itself.", HelpName = "FILE",
        };
        var cookies = new Option<bool>("--cookies") { Description = "Cookies in place of a URL, as curl --cookie takes them." };
        var hash = new Option<string>("--hash")
        {
            Description = "The hash that is signed.", HelpName = "NAME", DefaultValueFactory = _ => "SHA1",
        };
        hash.AcceptOnlyFromAmong("SHA1", "SHA256");
        var command = new DescribedCommand("sign", "Signs a URL or cookies for private content, as aws cloudfront sign does.")
        {
            url,
            { "The key", keyPairId, privateKey, hash },
            { "What is allowed", expires, starts, ip, policy },
            { "What is printed", cookies },
        };
        command.Examples =
        [
            (
                "brink sign http://localhost:8080/a.jpg --key-pair-id K2JCJMDEHXQW5F --private-key private.pem --expires 2030-01-31",
                "Prints the URL for brink dev that ends at that time."),
            (
                "curl --cookie \"$(brink sign 'http://localhost:8080/*' --key-pair-id K2JCJMDEHXQW5F --private-key private.pem "
                + "--expires 2030-01-31 --cookies)\" http://localhost:8080/a.jpg",
                "Asks with cookies that are good for every path."),
        ];
        command.Validators.Add(result =>
        {
            // Only presence is read: the value of an option that was refused cannot be.
            var isPolicyGiven = result.GetResult(policy) is not null;
            if (isPolicyGiven && (result.GetResult(expires) ?? result.GetResult(starts) ?? result.GetResult(ip)) is { } other)
                result.AddError($"{other.Option.Name} beside --policy: the policy says it");
            if (!isPolicyGiven && result.GetResult(expires) is null)
                result.AddError("--expires TIME is missing, or --policy FILE");
            if (result.GetValue(url) is { } text && WhyNotSignable(text, result.GetValue(cookies)) is { } why)
                result.AddError($"URL {text}: {why}");
            if (result.GetResult(ip) is { Tokens: [{ Value: var range }] } && !AddressRange.TryParse(range, out _))
                result.AddError($"--ip {range}: an address is 192.0.2.1 or 192.0.2.0/24; IPv6 is not known to policies");
        });
        command.SetAction(parsed => Run(
            parsed.GetValue(url)!,
            new Terms(parsed.GetValue(expires) ?? 0, parsed.GetValue(starts), parsed.GetValue(ip), parsed.GetValue(policy)),
            (parsed.GetValue(keyPairId)!, parsed.GetValue(privateKey)!),
            parsed.GetValue(hash) == "SHA256" ? SignatureHash.Sha256 : SignatureHash.Sha1,
            parsed.GetValue(cookies)));
        return command;
    }

    private static int Run(string url, Terms terms, (string Id, string File) key, SignatureHash hash, bool asCookies)
    {
        var reading = new Reading();
        var policy = PolicyFor(url, terms, reading);
        using var signer = reading.Text(key.File) is { } pem ? SignerFrom(pem, key, hash, reading) : null;
        if (signer is null || reading.Mistakes.Count > 0)
        {
            foreach (var mistake in reading.Mistakes)
                Console.Error.WriteLine($"brink: {mistake.File}: {mistake.Message}");
            return ExitCode.Failure;
        }
        Console.WriteLine((policy, asCookies) switch
        {
            (null, false) => signer.SignUrl(url, terms.Expires),
            (null, true) => signer.SignCookies(url, terms.Expires),
            (_, false) => signer.SignUrl(url, policy),
            (_, true) => signer.SignCookies(policy),
        });
        return ExitCode.Success;
    }

    private static PolicySigner? SignerFrom(string pem, (string Id, string File) key, SignatureHash hash, Reading reading)
    {
        var signer = PolicySigner.FromPem(pem, key.Id, hash, out var mistake);
        if (signer is null)
            reading.Unusable(key.File, mistake);
        return signer;
    }

    /// <summary>The custom policy; null where the canned one says it all.</summary>
    private static byte[]? PolicyFor(string url, Terms terms, Reading reading)
    {
        if (terms.PolicyFile is not { } file)
        {
            return terms is { Starts: null, SourceIp: null } && !url.Contains('*')
                ? null
                : PolicySigner.PolicyOf(url, terms.Expires, terms.Starts, terms.SourceIp);
        }
        if (reading.Bytes(file) is not { } bytes)
            return null;
        if (SignedPolicy.Read(bytes, out var mistake) is null)
            reading.Unusable(file, $"this is no policy that CloudFront takes: {mistake}");
        else if (UrlBase64.Encode(bytes).Length > Limits.SignedPolicyLength)
            reading.Unusable(file, $"the policy is longer than {Limits.SignedPolicyLength} characters in base64");
        return bytes;
    }

    private static string? WhyNotSignable(string url, bool isForCookies)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end ? url[..end] : "";
        if (scheme is not ("http" or "https") && !(isForCookies && scheme == "http*"))
            return "a URL begins with http:// or https://, with --cookies also with http*://";
        if (url.AsSpan().ContainsAnyExceptInRange('!', '~') || url.AsSpan().ContainsAny('"', '\\', '#'))
            return "white space, quotation marks, backslashes, # and what is not ASCII must be percent-encoded";
        var query = url.IndexOf('?') is >= 0 and var mark ? url[(mark + 1)..] : null;
        return SignedQuery.Without(query) == query ? null : "it is signed already: leave out Expires, Policy, Signature and Key-Pair-Id";
    }

    private sealed record Terms(long Expires, long? Starts, string? SourceIp, string? PolicyFile);
}

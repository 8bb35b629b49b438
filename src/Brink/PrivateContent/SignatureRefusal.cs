namespace Brink.PrivateContent;

/// <summary>
/// Why a request may not have private content: AWS's code and message, and words for the developer (distribution spec 2.12).
/// </summary>
/// <param name="Code">The code of the error document.</param>
/// <param name="Message">Its message.</param>
/// <param name="Detail">What is wrong, for the terminal and the log.</param>
public sealed record SignatureRefusal(string Code, string Message, string Detail)
{
    internal static SignatureRefusal MissingKey { get; } = new(
        "MissingKey", "Missing Key-Pair-Id query parameter or cookie value",
        "the behavior has TrustedKeyGroups, and neither the URL nor a cookie names a key");

    internal static SignatureRefusal UnknownKey(ReadOnlySpan<char> id) =>
        new("InvalidKey", "Unknown Key", $"no key group of the behavior has the key {id}");

    internal static SignatureRefusal MalformedPolicy(string detail) => new("MalformedPolicy", "Malformed Policy", detail);

    internal static SignatureRefusal MalformedSignature { get; } = new(
        "MalformedSignature", "Could not unencode Signature", "the signature is missing, or is not base64");

    /// <summary>
    /// Whether nothing was verified, because the viewer has sent too many wrong signatures: then the edge is full for it, and the answer is
    /// no error document of private content.
    /// </summary>
    public bool IsUnverified { get; private init; }

    internal static SignatureRefusal Unverified { get; } = new(
        "ServiceUnavailable", "", "the viewer's address has sent too many wrong signatures within this second: none is verified")
    {
        IsUnverified = true,
    };

    internal static SignatureRefusal AccessDenied(string detail) => new("AccessDenied", "Access denied", detail);
}

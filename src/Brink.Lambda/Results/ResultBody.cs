using System.Text.Json;
using Brink.Http;

namespace Brink.Lambda.Results;

/// <summary>Reads bodies that functions return (lambda-edge spec 1.4, 2.2, 2.3).</summary>
internal static class ResultBody
{
    /// <summary>The <c>body</c> and <c>bodyEncoding</c> of a response; null when it has none, or after a verdict.</summary>
    /// <param name="response">The response.</param>
    /// <param name="maxBytes">How many bytes it may be.</param>
    /// <param name="isGenerated">The headers count too: their bytes have been taken off the quota.</param>
    /// <param name="verdict">Where a broken rule is noted.</param>
    public static BytesBody? OfResponse(JsonElement response, long maxBytes, bool isGenerated, Verdict verdict)
    {
        var encoding = "text";
        if (ResultJson.Has(response, "bodyEncoding"u8, out var given) && EncodingOf(given, "response.bodyEncoding", verdict) is { } known)
            encoding = known;
        if (verdict.IsOver || !ResultJson.Has(response, "body"u8, out var body))
            return null;
        if (body.ValueKind != JsonValueKind.String)
        {
            verdict.Refuse(
                ResultTexts.Body, "response.body", $"must be a string, not {ResultJson.Kind(body)}",
                "Pass it through JSON.stringify or json.dumps, or encode it as base64");
            return null;
        }
        var bytes = BytesOf(body, encoding, "response.body", "response.bodyEncoding", verdict);
        if (bytes is null)
            return null;
        if (bytes.Length <= maxBytes)
            return new BytesBody(bytes);
        var rule = isGenerated
            ? "must not be over its quota, headers and decoded body together: "
                + $"{maxBytes:N0} bytes are left for a body of {bytes.Length:N0}"
            : $"must not be over {maxBytes:N0} bytes, and has {bytes.Length:N0}";
        verdict.Refuse(ResultTexts.Body, isGenerated ? "response" : "response.body", rule, "Shorten it, or let the origin serve it");
        return null;
    }

    /// <summary>The <c>body</c> of a request that a function replaced; null for the viewer's own, or after a verdict.</summary>
    public static BytesBody? OfRequest(JsonElement request, long maxBytes, Verdict verdict)
    {
        if (!ResultJson.Has(request, "body"u8, out var body))
            return null;
        if (body.ValueKind != JsonValueKind.Object)
        {
            verdict.Refuse(
                ResultTexts.Body, "request.body", $"must be an object, not {ResultJson.Kind(body)}",
                "Write it like { action: 'replace', encoding: 'text', data: '...' }");
            return null;
        }
        if (!ResultJson.Has(body, "action"u8, out var action) || IsText(action, "read-only"u8))
            return null;
        if (!IsText(action, "replace"u8))
        {
            verdict.Refuse(
                ResultTexts.BodyAction, "request.body.action", $"must be 'read-only' or 'replace', not {ResultJson.Shown(action)}",
                "Use 'replace' to send another body to the origin");
            return null;
        }
        var encoding = "base64";
        if (ResultJson.Has(body, "encoding"u8, out var given) && EncodingOf(given, "request.body.encoding", verdict) is { } known)
            encoding = known;
        if (verdict.IsOver)
            return null;
        if (!ResultJson.Has(body, "data"u8, out var data) || data.ValueKind != JsonValueKind.String)
        {
            verdict.Refuse(
                ResultTexts.Body, "request.body.data",
                data.ValueKind == JsonValueKind.Undefined ? "is missing" : $"must be a string, not {ResultJson.Kind(data)}",
                "Give the new body, '' for an empty one");
            return null;
        }
        var bytes = BytesOf(data, encoding, "request.body.data", "request.body.encoding", verdict);
        if (bytes is null)
            return null;
        if (bytes.Length <= maxBytes)
            return new BytesBody(bytes);
        verdict.Refuse(
            ResultTexts.Body, "request.body.data", $"must not be over {maxBytes:N0} bytes once decoded, and has {bytes.Length:N0}",
            "Shorten it");
        return null;
    }

    private static bool IsText(JsonElement value, ReadOnlySpan<byte> text) =>
        value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static string? EncodingOf(JsonElement encoding, string path, Verdict verdict)
    {
        if (encoding.ValueKind == JsonValueKind.String)
        {
            if (encoding.ValueEquals("text"u8))
                return "text";
            if (encoding.ValueEquals("base64"u8))
                return "base64";
        }
        verdict.Refuse(ResultTexts.BodyEncoding, path, $"must be 'text' or 'base64', not {ResultJson.Shown(encoding)}", "Use one of them");
        return null;
    }

    private static byte[]? BytesOf(JsonElement text, string encoding, string path, string encodingPath, Verdict verdict)
    {
        if (encoding == "text")
            return ResultJson.BytesOf(text);
        var bytes = ResultJson.Base64BytesOf(text);
        if (bytes is null)
        {
            verdict.Refuse(
                ResultTexts.BodyEncoding, path, "must be valid base64",
                $"Encode it with padding and without line ends, or say 'text' in {encodingPath}");
        }
        return bytes;
    }
}

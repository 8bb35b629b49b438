namespace Brink.Functions.Results;

/// <summary>
/// What is said of an invalid result. Two wordings are AWS's own (<see cref="CapitalsInHeaderNames"/>, <see cref="OriginRewrite"/>); the
/// others follow its pattern: the sentence, the path, the rule (functions spec 4.3).
/// </summary>
internal static class ValidationMessages
{
    private const string Sentence = FunctionTexts.InvalidValue;

    /// <summary>Of an origin function that was called with something it does not take: AWS's own wording, which names no rule.</summary>
    public const string OriginRewrite = "The CloudFront function returned an invalid value for origin rewrite.";

    public static string NotAnObject(string typeName, bool isViewerRequest) =>
        $"{Sentence}the result must be {(isViewerRequest ? "a request or a response" : "a response")} object, not {typeName}.";

    public static string IsTheEvent(bool isViewerRequest) =>
        $"{Sentence}the result must be {(isViewerRequest ? "event.request or a response object" : "event.response")}, "
            + "not the event itself.";

    public static string NeitherRequestNorResponse() =>
        $"{Sentence}the result must be a request or a response object; it has neither uri nor statusCode.";

    public static string NotAResponse() =>
        $"{Sentence}response.statusCode is missing: a viewer-response function must return a response object.";

    public static string StatusCode() => $"{Sentence}response.statusCode must be an integer from 200 to 599.";

    public static string StatusDescription() => $"{Sentence}response.statusDescription must be a string without control characters.";

    public static string NotAList(string path) => $"{Sentence}{path} must be an object.";

    public static string NotAListOrText(string path) => $"{Sentence}{path} must be an object or a string.";

    public static string NoValue(string path, string name) => $"{Sentence}{path}.{name} must be an object with a string value.";

    public static string MultiValue(string path, string name) =>
        $"{Sentence}{path}.{name}.multiValue must be an array of objects with a string value.";

    public static string Attributes(string path, string name) => $"{Sentence}{path}.{name}.attributes must be a string.";

    public static string CapitalsInHeaderNames(string path) => $"{Sentence}{path} must have header names in lower case.";

    public static string HeaderName(string path) => $"{Sentence}{path} must have header names that are HTTP tokens.";

    public static string Controls(string path, string name) => $"{Sentence}{path}.{name} must not have control characters.";

    public static string Disallowed(string path, string name) => $"{Sentence}{path}.{name} is a disallowed header.";

    public static string ReadOnly(string path, string name) => $"{Sentence}{path}.{name} is a read-only header.";

    public static string CookieHeader() => $"{Sentence}request.headers.cookie is not allowed; set request.cookies.";

    public static string Method() => $"{Sentence}request.method cannot be changed.";

    public static string Uri() => $"{Sentence}request.uri must be a string that begins with /.";

    public static string UriCharacters() => $"{Sentence}request.uri must not have spaces, control characters, ? or #.";

    public static string QueryCharacters() => $"{Sentence}request.querystring must not have spaces, control characters or #.";

    public static string UrlTooLong() =>
        $"{Sentence}request.uri and request.querystring together must be under {Limits.UrlBytes:N0} characters.";

    public static string TooLarge(string message) => $"{Sentence}{message} must not be over {Limits.HeadBytes:N0} bytes without its body.";

    public static string Body() => $"{Sentence}response.body must be a string or an object with encoding and data.";

    public static string BodyEncoding() => $"{Sentence}response.body.encoding must be text or base64.";

    public static string BodyBase64() => $"{Sentence}response.body.data must be valid base64.";

    public static string BodyTooLarge() => $"{Sentence}response.body must not be over {Limits.FunctionBodyBytes:N0} bytes.";

    /// <summary>What to do about a problem, for the developer; null where the sentence says it all.</summary>
    public static string? FixFor(string problem)
    {
        var fix = FixOf(problem);
        return fix is null ? null : "write instead: " + fix;
    }

    private static string? FixOf(string problem)
    {
        if (problem.EndsWith("must have header names in lower case.", StringComparison.Ordinal))
            return "headers['x-my-header'] = { value: '...' }; in capitals no header can be set";
        if (problem.EndsWith(" is a disallowed header.", StringComparison.Ordinal))
            return "a header with a name of your own: headers['x-my-header'] = { value: '...' };";
        if (problem.EndsWith("headers.host is a read-only header.", StringComparison.Ordinal))
            return "cf.updateRequestOrigin({ hostHeader: '...' }), or a copy in another header: "
                + "headers['x-forwarded-host'] = headers.host;";
        if (problem.EndsWith(" is a read-only header.", StringComparison.Ordinal))
            return "nothing: leave it as it came, and do not delete it";
        if (problem.EndsWith(" must be an object with a string value.", StringComparison.Ordinal))
            return "{ value: '...' }, with a string in it";
        if (problem.EndsWith("response.statusCode must be an integer from 200 to 599.", StringComparison.Ordinal))
            return "a number: statusCode: 302";
        if (problem.EndsWith("not the event itself.", StringComparison.Ordinal))
            return "return event.request; or return event.response;";
        if (problem.Contains("the result must be", StringComparison.Ordinal)
            || problem.EndsWith("it has neither uri nor statusCode.", StringComparison.Ordinal))
            return "return event.request; return event.response; or a response: "
                + "return { statusCode: 302, headers: { location: { value: '/' } } };";
        if (problem.EndsWith("request.method cannot be changed.", StringComparison.Ordinal))
            return "a copy in a header: headers['x-my-method'] = { value: '...' };";
        if (problem.EndsWith("request.uri must be a string that begins with /.", StringComparison.Ordinal))
            return "a path: request.uri = '/index.html'; to send the viewer elsewhere, return a response with a location header";
        if (problem.EndsWith("request.uri must not have spaces, control characters, ? or #.", StringComparison.Ordinal))
            return "encodeURI(path) for the path, and request.querystring for what follows ?";
        if (problem.EndsWith("response.body.encoding must be text or base64.", StringComparison.Ordinal))
            return "body: { encoding: 'text', data: '...' }";
        return null;
    }
}

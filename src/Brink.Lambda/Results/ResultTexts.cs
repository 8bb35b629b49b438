namespace Brink.Lambda.Results;

/// <summary>
/// What error pages say of an invalid result; tools match on it. The sentences of the first part are verified: each is CloudFront's own,
/// letter by letter, as viewers quoted it in public. Those of the second part are ours, by the pattern of the others: AWS publishes no
/// list. The detail tells which part of the result is meant.
/// </summary>
internal static class ResultTexts
{
    private const string Failed = "The Lambda function result failed validation: ";
    private const string Entry = "The Lambda function returned an invalid entry in the headers object: ";
    private const string OriginConfiguration = "The Lambda function returned an invalid origin configuration: ";

    // ---------------------------------------------------------------- verified: error pages quoted in public issues, questions and READMEs

    public const string NotParsable = "The Lambda function returned invalid JSON: The JSON output is not parsable.";
    public const string NotAnObject = "The Lambda function returned invalid JSON: The JSON output must be an object type.";
    public const string HeaderNotAnArray = Entry + "Each header entry in the headers object must be an array.";
    public const string ReadOnlyHeader = Failed + "The function tried to add, delete, or change a read-only header.";
    public const string DisallowedHeader = Failed + "The function tried to add a blacklisted header.";
    public const string Body = Failed + "The body is not a string, is not an object, or exceeds the maximum size.";
    public const string Uri = Failed + "The specified URI is in an invalid format.";
    public const string OriginHeaders = OriginConfiguration + "One or more HeaderName or HeaderValue values are invalid.";

    // ---------------------------------------------------------------- not verified: by the pattern of those above

    public const string TooLarge = Failed + "The result exceeds the maximum size.";
    public const string NoRequestOrResponse = Failed + "The result must be a request object or a response object.";
    public const string NoResponse = Failed + "The result must be a response object.";
    public const string MissingField = Failed + "A required field is missing.";
    public const string Headers = Failed + "The headers must be an object.";
    public const string HeaderEntry = Entry + "Each entry of a header must be an object with a string value.";
    public const string HeaderName = Entry + "A header name is not valid.";
    public const string HeaderValue = Entry + "A header value is not valid.";
    public const string HeadTooLarge = Failed + "The headers exceed the maximum size.";
    public const string Status = Failed + "The status must be a number from 200 to 599.";
    public const string StatusChanged = Failed + "The function tried to change the status in a viewer response event.";
    public const string StatusDescription = Failed + "The status description is not valid.";
    public const string NoContent = Failed + "A response with the status 204 must not have a body.";
    public const string BodyEncoding = Failed + "The body encoding is not valid, or the body does not match it.";
    public const string BodyAction = Failed + "The body action must be read-only or replace.";
    public const string ReadOnlyField = Failed + "The function tried to change a read-only field.";
    public const string QueryString = Failed + "The query string is not valid.";
    public const string Origin = OriginConfiguration + "The origin must be one custom or one s3 object.";

    /// <summary>Of a setting of the origin, <c>.custom.readTimeout</c> say. Verified is DomainName; the other names follow it.</summary>
    public static string OriginValue(string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..].Split('[')[0];
        return name.Length == 0 || path.LastIndexOf('.') == 0
            ? Origin
            : $"{OriginConfiguration}The value of {char.ToUpperInvariant(name[0])}{name[1..]} is invalid.";
    }
}

namespace Brink.Functions.Lambda.Results;

/// <summary>
/// What error pages say of an invalid result. The first five are CloudFront's own words as viewers reported them; the others follow their pattern. Which
/// part of the result it is, the detail says.
/// </summary>
internal static class ResultTexts
{
    private const string Failed = "The Lambda function result failed validation: ";
    private const string Entry = "The Lambda function returned an invalid entry in the headers object: ";

    public const string NotParsable = "The Lambda function returned invalid JSON: The JSON output is not parsable.";
    public const string NotAnObject = "The Lambda function returned invalid JSON: The JSON output must be an object type.";
    public const string HeaderNotAnArray = Entry + "Each header entry in the headers object must be an array.";
    public const string ReadOnlyHeader = Failed + "The function tried to add, delete, or change a read-only header.";
    public const string Body = Failed + "The body is not a string, is not an object, or exceeds the maximum size.";

    public const string TooLarge = Failed + "The result exceeds the maximum size.";
    public const string NoRequestOrResponse = Failed + "The result must be a request object or a response object.";
    public const string NoResponse = Failed + "The result must be a response object.";
    public const string MissingField = Failed + "A required field is missing.";
    public const string Headers = Failed + "The headers must be an object.";
    public const string HeaderEntry = Entry + "Each entry of a header must be an object with a string value.";
    public const string HeaderName = Entry + "A header name is not valid.";
    public const string HeaderValue = Entry + "A header value is not valid.";
    public const string DisallowedHeader = Failed + "The function tried to add a disallowed header.";
    public const string HeadTooLarge = Failed + "The headers exceed the maximum size.";
    public const string Status = Failed + "The status must be a number from 200 to 599.";
    public const string StatusChanged = Failed + "The function tried to change the status in a viewer response event.";
    public const string StatusDescription = Failed + "The status description is not valid.";
    public const string NoContent = Failed + "A response with the status 204 must not have a body.";
    public const string BodyEncoding = Failed + "The body encoding is not valid, or the body does not match it.";
    public const string BodyAction = Failed + "The body action must be read-only or replace.";
    public const string ReadOnlyField = Failed + "The function tried to change a read-only field.";
    public const string Uri = Failed + "The URI is not valid.";
    public const string QueryString = Failed + "The query string is not valid.";
    public const string Origin = Failed + "The origin is not valid.";
}

using System.Globalization;
using Brink.Events;
using Brink.Distributions;
using Brink.Http;

namespace Brink.Lambda.Results;

/// <summary>What a function changes of a request. Whatever it does not name keeps the bytes that came.</summary>
public sealed record RequestDifference
{
    /// <summary>Nothing.</summary>
    public static RequestDifference None { get; } = new();

    /// <summary>The new path, as it goes on the wire; null for the old one.</summary>
    public string? Uri { get; init; }

    /// <summary>The query is another.</summary>
    public bool ChangesQueryString { get; init; }

    /// <summary>The new query, as it goes on the wire; null for none.</summary>
    public string? QueryString { get; init; }

    /// <summary>The edits of the header fields.</summary>
    public ReadOnlyMemory<HeaderEdit> Headers { get; init; }

    /// <summary>
    /// The body that takes the place of the viewer's; null for the viewer's own, whole, however little of it the function saw.
    /// </summary>
    public BytesBody? Body { get; init; }

    /// <summary>
    /// The origin to ask in place of the other; null for the same. Only from origin-request. Host is what the headers say.
    /// </summary>
    public Origin? Origin { get; init; }

    /// <summary>
    /// Changes the request, but for <see cref="Body"/> and <see cref="Origin"/>, which are read when it is sent. Content-Length tells the
    /// length of the new body already.
    /// </summary>
    public void ApplyTo(EdgeRequest request)
    {
        if (Uri is not null)
            request.Uri = Uri;
        if (ChangesQueryString)
            request.QueryString = QueryString;
        request.Headers.Apply(Headers.Span);
        if (Body is null)
            return;
        request.Headers.Remove("Transfer-Encoding");
        if (Body.Bytes.Length > 0 || request.Headers.Contains("Content-Length"))
            request.Headers.Set("Content-Length", Body.Bytes.Length.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>What a function changes of a response. Whatever it does not name keeps the bytes that came.</summary>
public sealed record ResponseDifference
{
    /// <summary>Nothing.</summary>
    public static ResponseDifference None { get; } = new();

    /// <summary>The new status; null for the old one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The reason phrase is another.</summary>
    public bool ChangesStatusDescription { get; init; }

    /// <summary>The new reason phrase, as it goes on the wire; null for the standard one.</summary>
    public string? StatusDescription { get; init; }

    /// <summary>The edits of the header fields.</summary>
    public ReadOnlyMemory<HeaderEdit> Headers { get; init; }

    /// <summary>The body that takes the place of the origin's; null for the origin's own.</summary>
    public BytesBody? Body { get; init; }

    /// <summary>The function itself says how the new body is coded.</summary>
    internal bool SetsContentEncoding { get; init; }

    /// <summary>
    /// Changes the response. With a new body the fields that describe the old one on the wire go, Content-Encoding unless the function set
    /// it, and Content-Length tells the new length. The caller disposes of the old body.
    /// </summary>
    public void ApplyTo(EdgeResponse response)
    {
        if (StatusCode is { } status)
            response.StatusCode = status;
        if (ChangesStatusDescription)
            response.StatusDescription = StatusDescription;
        response.Headers.Apply(Headers.Span);
        if (Body is null)
            return;
        response.Body = Body;
        if (!SetsContentEncoding)
            response.Headers.Remove("Content-Encoding");
        BodyFraming.SetContentLength(response);
    }
}

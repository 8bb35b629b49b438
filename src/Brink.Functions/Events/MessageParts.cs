using Brink.Events;
using Brink.Http;

namespace Brink.Functions.Events;

/// <summary>Takes the parts of a message apart as functions see them (functions spec 2.2).</summary>
internal static class MessageParts
{
    /// <summary>
    /// The headers of a request that a function sees. CloudFront's own are shown where the behavior's policies list them.
    /// </summary>
    public static void ReadRequestHeaders(HeaderList fields, Func<string, bool>? showsCloudFrontHeader, NamedValues headers) =>
        ReadHeaders(fields, hidesCloudFront: true, showsCloudFrontHeader, headers);

    /// <summary>The headers of a response that a function sees.</summary>
    public static void ReadResponseHeaders(HeaderList fields, NamedValues headers) =>
        ReadHeaders(fields, hidesCloudFront: false, null, headers);

    private static void ReadHeaders(HeaderList fields, bool hidesCloudFront, Func<string, bool>? showsCloudFrontHeader, NamedValues headers)
    {
        var span = fields.AsSpan();
        for (var i = 0; i < span.Length; i++)
        {
            var rule = HeaderRules.For(span[i].Name, out var name);
            if ((rule & (HeaderRule.Disallowed | HeaderRule.Cookie | HeaderRule.SetCookie)) != 0)
                continue;
            if (hidesCloudFront && (rule & HeaderRule.CloudFront) != 0 && showsCloudFrontHeader?.Invoke(span[i].Name) != true)
                continue;
            var value = span[i].Value;
            var length = value.Length;
            if ((rule & HeaderRule.Host) != 0)
                (value, length) = ShownHost(value);
            headers.Add(name, 0, name.Length, value, 0, length, i, rule: rule);
        }
    }

    /// <summary>Host as shown: lower-case, without port and without a trailing dot.</summary>
    private static (string Text, int Length) ShownHost(string host)
    {
        var length = host.Length;
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && host.IndexOf(']', colon) < 0)
            length = colon;
        if (length > 0 && host[length - 1] == '.')
            length--;
        return (host.AsSpan().ContainsAnyInRange('A', 'Z') ? host.ToLowerInvariant() : host, length);
    }

    /// <summary>The cookies of an event's request.</summary>
    public static void ReadRequestCookies(TriggerEvent triggerEvent, NamedValues cookies)
    {
        if (triggerEvent.GivenCookies is { } given)
            ReadGiven(given, cookies);
        else
            ReadRequestCookies(triggerEvent.Request.Headers, cookies);
    }

    /// <summary>The parameters of an event's request.</summary>
    public static void ReadQuery(TriggerEvent triggerEvent, NamedValues parameters)
    {
        if (triggerEvent.GivenQuery is { } given)
            ReadGiven(given, parameters);
        else
            ReadQuery(triggerEvent.Request.QueryString, parameters);
    }

    private static void ReadGiven(IReadOnlyList<(string Name, string Value)> given, NamedValues values)
    {
        foreach (var (name, value) in given)
            values.Add(name, 0, name.Length, value, 0, value.Length, -1);
    }

    /// <summary>The cookies of a request: split at semicolons, the name ends at the first equals sign.</summary>
    public static void ReadRequestCookies(HeaderList fields, NamedValues cookies)
    {
        for (var i = fields.IndexOf("Cookie"); i >= 0; i = fields.IndexOf("Cookie", i + 1))
        {
            var text = fields[i].Value;
            for (var start = 0; start < text.Length;)
            {
                var end = text.IndexOf(';', start);
                if (end < 0)
                    end = text.Length;
                var (from, length) = Trimmed(text, start, end);
                if (length > 0)
                {
                    var equals = text.IndexOf('=', from, length);
                    if (equals < 0)
                        cookies.Add(text, from, length, text, from + length, 0, i);
                    else
                        cookies.Add(text, from, equals - from, text, equals + 1, from + length - equals - 1, i);
                }
                start = end + 1;
            }
        }
    }

    /// <summary>The cookies of a response: one for each Set-Cookie; attributes are all that follows the first semicolon.</summary>
    public static void ReadResponseCookies(HeaderList fields, NamedValues cookies)
    {
        for (var i = fields.IndexOf("Set-Cookie"); i >= 0; i = fields.IndexOf("Set-Cookie", i + 1))
        {
            var text = fields[i].Value;
            var semicolon = text.IndexOf(';');
            var (from, length) = Trimmed(text, 0, semicolon < 0 ? text.Length : semicolon);
            var attributes = -1;
            if (semicolon >= 0)
            {
                attributes = semicolon + 1;
                while (attributes < text.Length && text[attributes] is ' ' or '\t')
                    attributes++;
            }
            var equals = text.IndexOf('=', from, length);
            if (equals < 0)
                cookies.Add(text, from, length, text, from + length, 0, i, attributes);
            else
                cookies.Add(text, from, equals - from, text, equals + 1, from + length - equals - 1, i, attributes);
        }
    }

    /// <summary>The parameters of a query, raw: nothing is decoded, empty pieces are skipped.</summary>
    public static void ReadQuery(string? query, NamedValues parameters)
    {
        if (string.IsNullOrEmpty(query))
            return;
        for (var start = 0; start < query.Length;)
        {
            var end = query.IndexOf('&', start);
            if (end < 0)
                end = query.Length;
            if (end > start)
            {
                var equals = query.IndexOf('=', start, end - start);
                if (equals < 0)
                    parameters.Add(query, start, end - start, query, end, 0, -1);
                else
                    parameters.Add(query, start, equals - start, query, equals + 1, end - equals - 1, -1);
            }
            start = end + 1;
        }
    }

    private static (int From, int Length) Trimmed(string text, int start, int end)
    {
        while (start < end && text[start] is ' ' or '\t')
            start++;
        while (end > start && text[end - 1] is ' ' or '\t')
            end--;
        return (start, end - start);
    }
}

using System.Text.Json;
using Brink.Configuration;
using Brink.Events;
using Brink.Http;

namespace Brink.Functions.Testing;

/// <summary>
/// Reads an event object in TestFunction's own form (functions spec 2.1, 9.3) into the messages an edge would have had. Missing parts are
/// empty, unknown properties are ignored; what cannot be an event is refused with one sentence.
/// </summary>
internal static class TestEvent
{
    /// <summary>The event; a message instead when it is not one.</summary>
    public static TriggerEvent? Read(ReadOnlyMemory<byte> json, out string? problem)
    {
        problem = null;
        if (json.Length > Limits.TestEventBytes)
        {
            problem = $"The event object has {json.Length:N0} bytes; it has at most {Limits.TestEventBytes:N0}.";
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json);
            return Read(document.RootElement);
        }
        catch (JsonException mistake)
        {
            problem = $"The event object is not JSON: {JsonMistake.Of(mistake)}.";
        }
        catch (EventException mistake)
        {
            problem = mistake.Message;
        }
        catch (InvalidOperationException)
        {
            problem = "The event object is not UTF-8 text, or has half of a surrogate pair in a string.";
        }
        return null;
    }

    /// <summary>Leaves the reading with a sentence; never leaves this file.</summary>
    private sealed class EventException(string message) : Exception(message);

    private static TriggerEvent Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new EventException("The event object must be a JSON object.");
        var context = Part(root, "context", "context");
        var name = Text(context, "eventType", "context", null);
        if (name is null)
            throw new EventException("The event object must have context.eventType: viewer-request or viewer-response.");
        if (!EventTypeNames.TryParse(name, out var type) || type is not (EventType.ViewerRequest or EventType.ViewerResponse))
            throw new EventException($"context.eventType must be viewer-request or viewer-response, not \"{name}\".");
        if (!root.TryGetProperty("request", out _))
            throw new EventException("The event object must have request.");
        if (type == EventType.ViewerResponse && !root.TryGetProperty("response", out _))
            throw new EventException("A viewer-response event must have response.");

        var part = Part(root, "request", "request");
        var query = ReadQuery(part);
        var cookies = Values(Part(part, "cookies", "request.cookies"), "request.cookies").Select(Encoded).ToArray();
        var request = ReadRequest(part, query, cookies);
        request.ClientIp = Text(Part(root, "viewer", "viewer"), "ip", "viewer", "")!;
        request.RequestId = Text(context, "requestId", "context", "")!;
        return new TriggerEvent
        {
            EventType = type,
            Request = request,
            Response = type == EventType.ViewerResponse ? ReadResponse(Part(root, "response", "response")) : null,
            DistributionDomainName = Text(context, "distributionDomainName", "context", "")!,
            DistributionId = Text(context, "distributionId", "context", "")!,
            Endpoint = Text(context, "endpoint", "context", null),
            Tenant = ReadTenant(Part(context, "distributionTenant", "context.distributionTenant")),
            ShowsCloudFrontHeader = static _ => true,
            GivenQuery = query,
            GivenCookies = cookies,
        };
    }

    /// <summary>
    /// AWS's events have no place for a tenant; this one is ours, so that its functions can be tested: <c>{ "id": "dt_1", "parameters": {
    /// "name": "value" } }</c>.
    /// </summary>
    private static DistributionTenant? ReadTenant(JsonElement part)
    {
        const string path = "context.distributionTenant";
        if (part.ValueKind == JsonValueKind.Undefined)
            return null;
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = Part(part, "parameters", path + ".parameters");
        if (list.ValueKind == JsonValueKind.Object)
        {
            foreach (var parameter in list.EnumerateObject())
                parameters[parameter.Name] = Text(list, parameter.Name, path + ".parameters", null)!;
        }
        return new DistributionTenant(Text(part, "id", path, "")!, parameters);
    }

    /// <summary>The parameters of an object; null where the query is text.</summary>
    private static (string Name, string Value)[]? ReadQuery(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("querystring", out var query)
            && query.ValueKind == JsonValueKind.String
            ? null
            : [.. Values(Part(part, "querystring", "request.querystring"), "request.querystring").Select(Encoded)];

    private static (string Name, string Value) Encoded((string Name, string Value, string? Attributes) one) =>
        (WireText.Encode(one.Name), WireText.Encode(one.Value));

    private static EdgeRequest ReadRequest(JsonElement part, (string Name, string Value)[]? query, (string Name, string Value)[] cookies)
    {
        var request = new EdgeRequest
        {
            Method = Text(part, "method", "request", "GET")!,
            Uri = WireText.Encode(Text(part, "uri", "request", "/")!),
            IsHttps = true,
        };
        if (!request.Uri.StartsWith('/'))
            throw new EventException("request.uri must begin with /.");
        if (query is null)
            request.QueryString = WireText.Encode(part.GetProperty("querystring").GetString()!);
        else if (query.Length > 0)
            request.QueryString = Joined(query, "&");
        ReadHeaders(part, "request.headers", request.Headers);
        if (cookies.Length > 0)
            request.Headers.Add("Cookie", Joined(cookies, "; "));
        return request;
    }

    private static EdgeResponse ReadResponse(JsonElement part)
    {
        var response = new EdgeResponse { StatusDescription = Text(part, "statusDescription", "response", null) is { } description
            ? WireText.Encode(description)
            : null };
        if (part.TryGetProperty("statusCode", out var status))
        {
            if (status.ValueKind != JsonValueKind.Number || !status.TryGetInt32(out var code) || code is < 100 or > 599)
                throw new EventException("response.statusCode must be an integer from 100 to 599.");
            response.StatusCode = code;
        }
        ReadHeaders(part, "response.headers", response.Headers);
        foreach (var (name, value, attributes) in Values(Part(part, "cookies", "response.cookies"), "response.cookies"))
        {
            var cookie = $"{WireText.Encode(name)}={WireText.Encode(value)}";
            response.Headers.Add("Set-Cookie", attributes is null ? cookie : $"{cookie}; {WireText.Encode(attributes)}");
        }
        return response;
    }

    private static void ReadHeaders(JsonElement part, string path, HeaderList headers)
    {
        foreach (var (name, value, _) in Values(Part(part, "headers", path), path))
            headers.Add(name, WireText.Encode(value));
    }

    private static string Joined((string Name, string Value)[] values, string separator) =>
        string.Join(separator, values.Select(one => $"{one.Name}={one.Value}"));

    /// <summary>Every value of a list; those of multiValue where there are any.</summary>
    private static IEnumerable<(string Name, string Value, string? Attributes)> Values(JsonElement list, string path)
    {
        if (list.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var entry in list.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Object)
                throw new EventException($"{path}.{entry.Name} must be an object with a string value.");
            if (!entry.Value.TryGetProperty("multiValue", out var elements))
            {
                yield return One(entry.Name, entry.Value, path);
                continue;
            }
            if (elements.ValueKind != JsonValueKind.Array)
                throw new EventException($"{path}.{entry.Name}.multiValue must be an array.");
            foreach (var element in elements.EnumerateArray())
            {
                if (element.ValueKind != JsonValueKind.Object)
                    throw new EventException($"{path}.{entry.Name}.multiValue must be an array of objects with a string value.");
                yield return One(entry.Name, element, path);
            }
        }
    }

    private static (string Name, string Value, string? Attributes) One(string name, JsonElement holder, string path)
    {
        if (!holder.TryGetProperty("value", out var value) || value.ValueKind != JsonValueKind.String)
            throw new EventException($"{path}.{name} must be an object with a string value.");
        return (name, value.GetString()!, Text(holder, "attributes", $"{path}.{name}", null));
    }

    /// <summary>A part that is an object; an undefined element if it is missing.</summary>
    private static JsonElement Part(JsonElement holder, string name, string path)
    {
        if (holder.ValueKind != JsonValueKind.Object || !holder.TryGetProperty(name, out var part))
            return default;
        return part.ValueKind == JsonValueKind.Object ? part : throw new EventException($"{path} must be an object.");
    }

    private static string? Text(JsonElement holder, string name, string path, string? whenMissing)
    {
        if (holder.ValueKind != JsonValueKind.Object || !holder.TryGetProperty(name, out var text))
            return whenMissing;
        return text.ValueKind == JsonValueKind.String ? text.GetString() : throw new EventException($"{path}.{name} must be a string.");
    }
}

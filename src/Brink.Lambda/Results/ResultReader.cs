using System.Text.Json;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Events;
using Brink.Quotas;

namespace Brink.Lambda.Results;

/// <summary>
/// Reads what a Lambda@Edge function returned, and judges it by lambda-edge spec 2 and 3. The bytes are a stranger's: whatever they are,
/// the outcome is one of the four, and nothing has been changed yet.
/// </summary>
public sealed class ResultReader
{
    [ThreadStatic]
    private static ResultReader? s_kept;

    private readonly Verdict _verdict = new();
    private readonly HeaderMap _headers;

    private ResultReader() => _headers = new HeaderMap(_verdict);

    /// <summary>Reads a result.</summary>
    /// <param name="event">The event that the function was given, its messages still as they were.</param>
    /// <param name="json">What came back.</param>
    /// <param name="quotas">The quotas in force.</param>
    public static LambdaOutcome Read(LambdaEvent @event, ReadOnlyMemory<byte> json, LambdaQuotas quotas)
    {
        var reader = s_kept ?? new ResultReader();
        s_kept = null;
        reader._verdict.Begin();
        var outcome = reader.ReadAll(@event, json, quotas.For(@event.EventType));
        if (reader._verdict.Error is { } error)
            outcome = new LambdaOutcome.Fail(error);
        reader._headers.Forget();
        s_kept = reader;
        return outcome ?? throw new InvalidOperationException("a result was read without an outcome and without a broken rule");
    }

    private LambdaOutcome? ReadAll(LambdaEvent @event, ReadOnlyMemory<byte> json, LambdaTriggerQuotas quotas)
    {
        if (json.Length > LambdaTriggerQuotas.ResultBytes)
        {
            _verdict.Refuse(
                ResultTexts.TooLarge, "the result", $"must not be over {LambdaTriggerQuotas.ResultBytes:N0} bytes", "Return less");
            return null;
        }
        using var document = ResultJson.TryParse(json, out var problem);
        if (document is null)
        {
            _verdict.Refuse(ResultTexts.NotParsable, "the result", problem!, "Return an object that JSON can hold");
            return null;
        }
        var result = document.RootElement;
        if (result.ValueKind != JsonValueKind.Object)
        {
            _verdict.Refuse(
                ResultTexts.NotAnObject, "the result", $"must be an object, not {ResultJson.Kind(result)}",
                "Return the request or a response"
                    + (result.ValueKind == JsonValueKind.Null ? ", and wait for what is asynchronous before" : ""));
            return null;
        }
        if (!@event.IsRequestEvent)
            return ReadResponse(@event, result, quotas);
        return ResultJson.Has(result, "status"u8, out _) ? ReadGenerated(@event, result, quotas) : ReadRequest(@event, result, quotas);
    }

    // ---------------------------------------------------------------- a request

    private LambdaOutcome.ContinueRequest? ReadRequest(LambdaEvent @event, JsonElement result, LambdaTriggerQuotas quotas)
    {
        var hasUri = ResultJson.Has(result, "uri"u8, out var uri);
        var hasHeaders = ResultJson.Has(result, "headers"u8, out var map);
        if (!hasUri && !hasHeaders)
        {
            var wrapped = result.TryGetProperty("Records"u8, out _) || result.TryGetProperty("statusCode"u8, out _);
            _verdict.Refuse(
                ResultTexts.NoRequestOrResponse, "the result", "must have status, as a response has, or uri and headers, as a request has",
                "Return event.Records[0].cf.request" + (wrapped ? ", or a response with status (not statusCode)" : " or a response"));
            return null;
        }
        if (!hasUri && result.TryGetProperty("statusCode"u8, out _))
        {
            _verdict.Refuse(
                ResultTexts.MissingField, "the result",
                "has statusCode, which a response of CloudFront Functions has; one of Lambda@Edge has status, as text",
                "Write status: '302' for statusCode: 302, and headers as { location: [{ value: '/' }] }");
            return null;
        }
        if (!hasUri || !hasHeaders)
        {
            _verdict.Refuse(
                ResultTexts.MissingField, hasUri ? "request.headers" : "request.uri", "is missing",
                "Return all of event.Records[0].cf.request");
            return null;
        }
        var request = @event.Request;
        CheckSame(result, "method"u8, "request.method", request.Method);
        CheckSame(result, "clientIp"u8, "request.clientIp", request.ClientIp);
        var newUri = ReadUri(uri, request.Uri);
        var newQuery = ReadQuery(result, request.QueryString, out var changesQuery);
        var url = (newUri ?? request.Uri).Length + ((changesQuery ? newQuery : request.QueryString) is { } query ? 1 + query.Length : 0);
        if ((newUri is not null || changesQuery) && url >= Limits.UrlBytes)
        {
            _verdict.Refuse(
                ResultTexts.Uri, "request.uri and request.querystring",
                $"must be under {Limits.UrlBytes:N0} characters together, and have {url:N0}", "Shorten them");
        }
        if (_verdict.IsOver)
            return null;

        _headers.Begin(@event, request.Headers, "request.headers");
        _headers.Read(map);
        if (_verdict.IsOver)
            return null;
        var edits = _headers.ToEdits();
        var head = request.Method.Length + url + _headers.Size;
        if (edits.Length > 0 && head > Limits.HeadBytes)
        {
            _verdict.Refuse(
                ResultTexts.HeadTooLarge, "the request",
                $"must not be over {Limits.HeadBytes:N0} bytes without its body, and has {head:N0}", "Return fewer or shorter headers");
        }

        var body = _verdict.IsOver ? null : ResultBody.OfRequest(result, quotas.ReplacedBodyBytes, _verdict);
        var origin = _verdict.IsOver || !ResultJson.Has(result, "origin"u8, out var given) ? null : ReadOrigin(@event, given);
        if (_verdict.IsOver)
            return null;
        if (newUri is null && !changesQuery && edits.Length == 0 && body is null && origin is null)
            return LambdaOutcome.ContinueRequest.Unchanged;
        return new(new RequestDifference
        {
            Uri = newUri,
            ChangesQueryString = changesQuery,
            QueryString = newQuery,
            Headers = edits,
            Body = body,
            Origin = origin,
        });
    }

    private void CheckSame(JsonElement result, ReadOnlySpan<byte> name, string path, string original)
    {
        if (!ResultJson.Has(result, name, out var value) || value.ValueKind == JsonValueKind.String && value.ValueEquals(original))
            return;
        _verdict.Refuse(
            ResultTexts.ReadOnlyField, path, $"is read-only and is '{original}', not {ResultJson.Shown(value)}",
            "Leave it as the event has it");
    }

    /// <summary>The new path as it goes on the wire; null for the one that came.</summary>
    private string? ReadUri(JsonElement uri, string original)
    {
        if (_verdict.IsOver)
            return null;
        if (uri.ValueKind != JsonValueKind.String)
        {
            _verdict.Refuse(ResultTexts.Uri, "request.uri", $"must be a string, not {ResultJson.Kind(uri)}", "Write it like '/path'");
            return null;
        }
        if (IsSame(uri, original))
            return null;
        if (ResultJson.RawLength(uri) >= 6 * Limits.UrlBytes)
        {
            _verdict.Refuse(ResultTexts.Uri, "request.uri", $"must be under {Limits.UrlBytes:N0} characters", "Shorten it");
            return null;
        }
        var text = uri.GetString()!;
        if (!text.StartsWith('/'))
        {
            _verdict.Refuse(
                ResultTexts.Uri, "request.uri", $"must begin with a slash, and is '{Verdict.Shown(text)}'",
                "Put a slash in front; to ask another server change request.origin, to send the viewer elsewhere return a redirect");
        }
        else if (text.Contains('?'))
        {
            _verdict.Refuse(
                ResultTexts.Uri, "request.uri", "must not have a question mark",
                "Put what follows it into request.querystring, or write %3F");
        }
        else if (WireText.IsUnfitForTarget(text))
        {
            _verdict.Refuse(ResultTexts.Uri, "request.uri", "must not have spaces, control characters or #", "Percent-encode them");
        }
        return WireText.Encode(text);
    }

    private string? ReadQuery(JsonElement result, string? original, out bool isChanged)
    {
        isChanged = false;
        if (_verdict.IsOver || !ResultJson.Has(result, "querystring"u8, out var query))
            return null;
        if (query.ValueKind != JsonValueKind.String)
        {
            _verdict.Refuse(
                ResultTexts.QueryString, "request.querystring", $"must be a string, not {ResultJson.Kind(query)}",
                "Pass it through querystring.stringify or urlencode");
            return null;
        }
        if (IsSame(query, original ?? ""))
            return null;
        isChanged = true;
        if (ResultJson.RawLength(query) >= 6 * Limits.UrlBytes)
        {
            _verdict.Refuse(ResultTexts.QueryString, "request.querystring", $"must be under {Limits.UrlBytes:N0} characters", "Shorten it");
            return null;
        }
        var text = query.GetString()!;
        if (WireText.IsUnfitForTarget(text))
        {
            _verdict.Refuse(
                ResultTexts.QueryString, "request.querystring", "must not have spaces, control characters or #", "Percent-encode them");
        }
        return text.Length == 0 ? null : WireText.Encode(text);
    }

    private Brink.Distributions.Origin? ReadOrigin(LambdaEvent @event, JsonElement given)
    {
        if (@event is { EventType: EventType.OriginRequest, Origin: { } original })
            return new OriginChange(_headers, _verdict, original, @event.Request).Read(given);
        _verdict.Refuse(
            ResultTexts.Origin, "request.origin", $"cannot be set in {@event.EventType.ToName()}", "Choose the origin in origin-request");
        return null;
    }

    private static bool IsSame(JsonElement value, string wire) =>
        WireText.DecodeUnlessAscii(wire) is { } decoded ? value.ValueEquals(decoded) : value.ValueEquals(wire);

    // ---------------------------------------------------------------- a response

    private LambdaOutcome.Respond? ReadGenerated(LambdaEvent @event, JsonElement result, LambdaTriggerQuotas quotas)
    {
        var status = ReadStatus(result);
        var description = ReadDescription(result);
        _headers.Begin(@event, null, "response.headers");
        if (!_verdict.IsOver && ResultJson.Has(result, "headers"u8, out var map))
            _headers.Read(map);
        if (_verdict.IsOver)
            return null;
        var left = quotas.GeneratedResponseBytes - _headers.Size;
        if (left < 0 || _headers.Size > Limits.HeadBytes)
        {
            _verdict.Refuse(
                ResultTexts.HeadTooLarge, "response.headers",
                $"must not be over {Math.Min(Limits.HeadBytes, quotas.GeneratedResponseBytes):N0} bytes, and have {_headers.Size:N0}",
                "Return fewer or shorter headers");
        }
        var body = _verdict.IsOver ? null : ResultBody.OfResponse(result, left, isGenerated: true, _verdict);
        CheckNoContent(status, body);
        if (_verdict.IsOver)
            return null;
        var response = new EdgeResponse { StatusCode = status, StatusDescription = description, Body = body ?? MessageBody.Empty };
        _headers.ApplyTo(response.Headers);
        BodyFraming.SetContentLength(response);
        return new(response);
    }

    private LambdaOutcome.ContinueResponse? ReadResponse(LambdaEvent @event, JsonElement result, LambdaTriggerQuotas quotas)
    {
        var response = @event.Response ?? throw new ArgumentException("a response event without a response", nameof(@event));
        if (!ResultJson.Has(result, "status"u8, out _))
        {
            _verdict.Refuse(
                ResultTexts.NoResponse, "response.status", $"is missing: a function for {@event.EventType.ToName()} returns a response",
                "Return event.Records[0].cf.response");
            return null;
        }
        var isViewer = @event.EventType == EventType.ViewerResponse;
        var status = ReadStatus(result, response.StatusCode);
        if (isViewer && status != response.StatusCode)
        {
            _verdict.Refuse(
                ResultTexts.StatusChanged, "response.status",
                $"cannot be changed in viewer-response, and is {response.StatusCode}, not {status}", "Change it in origin-response");
        }
        var changesDescription = ChangesDescription(result, response);
        if (isViewer && changesDescription)
        {
            _verdict.Refuse(
                ResultTexts.StatusChanged, "response.statusDescription", "cannot be changed in viewer-response",
                "Leave it as the event has it");
        }
        // The phrase of the old status does not belong to a new one, unless the function says so.
        changesDescription |= status != response.StatusCode;
        var description = changesDescription ? ReadDescription(result) : null;
        if (_verdict.IsOver)
            return null;

        _headers.Begin(@event, response.Headers, "response.headers");
        // A response without headers leaves them as they are: only a map can remove some.
        if (ResultJson.Has(result, "headers"u8, out var map))
            _headers.Read(map);
        if (_verdict.IsOver)
            return null;
        var edits = _headers.ToEdits();
        if (edits.Length > 0 && _headers.Size > Limits.HeadBytes)
        {
            _verdict.Refuse(
                ResultTexts.HeadTooLarge, "response.headers", $"must not be over {Limits.HeadBytes:N0} bytes, and have {_headers.Size:N0}",
                "Return fewer or shorter headers");
        }

        // A viewer-response function has not seen the body: one that it returns is ignored.
        var body = isViewer || _verdict.IsOver
            ? null
            : ResultBody.OfResponse(result, quotas.ReplacedBodyBytes, isGenerated: false, _verdict);
        CheckNoContent(status, body);
        if (_verdict.IsOver)
            return null;
        if (!changesDescription && edits.Length == 0 && body is null)
            return LambdaOutcome.ContinueResponse.Unchanged;
        return new(new ResponseDifference
        {
            StatusCode = status == response.StatusCode ? null : status,
            ChangesStatusDescription = changesDescription,
            StatusDescription = description,
            Headers = edits,
            Body = body,
            SetsContentEncoding = _headers.SetsContentEncoding,
        });
    }

    /// <summary>A text of three digits, or a number.</summary>
    /// <param name="result">What the function returned.</param>
    /// <param name="before">The status as it was, which may stay: the 101 of a WebSocket is none that a function may choose.</param>
    private int ReadStatus(JsonElement result, int? before = null)
    {
        result.TryGetProperty("status"u8, out var status);
        var number = 0;
        var isRead = status.ValueKind switch
        {
            JsonValueKind.Number => status.TryGetInt32(out number),
            JsonValueKind.String when ResultJson.RawLength(status) <= 18 && status.GetString() is { Length: 3 } text =>
                WireNumber.TryRead(text, 599, out number),
            _ => false,
        };
        if (!isRead || (number is < 200 or > 599 && number != before))
        {
            _verdict.Refuse(
                ResultTexts.Status, "response.status",
                $"must be a string of three digits, or an integer, from 200 to 599, not {ResultJson.Shown(status)}", "Write it like '200'");
        }
        return number;
    }

    private static bool ChangesDescription(JsonElement result, EdgeResponse response)
    {
        if (!ResultJson.Has(result, "statusDescription"u8, out var given))
            return false;
        return given.ValueKind != JsonValueKind.String
            || !IsSame(given, response.StatusDescription ?? StatusPhrases.For(response.StatusCode));
    }

    private string? ReadDescription(JsonElement result)
    {
        if (_verdict.IsOver || !ResultJson.Has(result, "statusDescription"u8, out var given))
            return null;
        if (given.ValueKind == JsonValueKind.String && ResultJson.RawLength(given) <= 6 * 512
            && given.GetString() is { Length: <= 512 } text && !WireText.HasControls(text))
        {
            return WireText.Encode(text);
        }
        _verdict.Refuse(
            ResultTexts.StatusDescription, "response.statusDescription",
            "must be a string of at most 512 characters, none of them a control character", "Write it like 'OK', or leave it out");
        return null;
    }

    private void CheckNoContent(int status, BytesBody? body)
    {
        if (status == 204 && body?.Bytes.Length > 0)
        {
            _verdict.Refuse(
                ResultTexts.NoContent, "response.body", "must be empty when the status is 204", "Leave it out, or use the status 200");
        }
    }
}

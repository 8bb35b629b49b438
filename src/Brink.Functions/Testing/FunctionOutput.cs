using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Brink.Events;
using Brink.Functions.Events;
using Brink.Functions.Results;
using Brink.Http;

namespace Brink.Functions.Testing;

/// <summary>The normalised output of a test (functions spec 9.3): every list present, unknown properties gone.</summary>
internal static class FunctionOutput
{
    /// <summary>
    /// A function that returns the query string as text, as AWS's own sample does, gets it back as text: the output is what the function
    /// returned. No output of that sample has been published (functions spec 9.3).
    /// </summary>
    private const bool ShowsQueryTextAsText = true;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What the reading of the result told, as far as the messages do not show it.</summary>
    /// <param name="IsResponse">A response came out.</param>
    /// <param name="ShowsContentLength">The function's response had a Content-Length; otherwise it is one that we computed, and no part of
    /// the output.</param>
    /// <param name="QueryText">The query string as the function gave it in place of the object; null if it gave none.</param>
    /// <param name="Query">The query string as an object that the function changed; null if it did not. On its way to a text a value could
    /// become two.</param>
    /// <param name="Cookies">The cookies as the function changed them; null if it did not.</param>
    /// <param name="BodyEncoding">How the function gave its body; null if it set none.</param>
    /// <param name="BodyData">The body as the function gave it.</param>
    public sealed record Facts(bool IsResponse, bool ShowsContentLength, string? QueryText, NamedValues? Query, NamedValues? Cookies,
        string? BodyEncoding, string BodyData)
    {
        public static Facts Of(ResultEdit edit, TriggerEvent triggerEvent) => new(
            edit.IsResponse,
            edit.SetsContentLength || (!edit.IsGenerated && triggerEvent.Response?.Headers.Contains("Content-Length") == true),
            edit.QueryText,
            edit.ReturnedQuery,
            edit.ReturnedCookies,
            edit.Body.IsSet ? edit.Body.Encoding : null,
            edit.Body.Data);
    }

    public static string Write(Facts facts, TriggerEvent triggerEvent, EdgeResponse? response)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (facts.IsResponse)
                WriteResponse(json, response!, facts);
            else
                WriteRequest(json, triggerEvent, facts);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteRequest(Utf8JsonWriter json, TriggerEvent triggerEvent, Facts facts)
    {
        var request = triggerEvent.Request;
        json.WriteStartObject("request");
        WriteList(json, "headers", Filled(values => MessageParts.ReadRequestHeaders(request.Headers, static _ => true, values)));
        json.WriteString("method", request.Method);
        if (ShowsQueryTextAsText && facts.QueryText is { } text)
            json.WriteString("querystring", text);
        else
            WriteList(json, "querystring", facts.Query ?? Filled(values => MessageParts.ReadQuery(triggerEvent, values)));
        json.WriteString("uri", WireText.Decode(request.Uri));
        WriteList(json, "cookies", facts.Cookies ?? Filled(values => MessageParts.ReadRequestCookies(triggerEvent, values)));
        json.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter json, EdgeResponse response, Facts facts)
    {
        json.WriteStartObject("response");
        var headers = response.Headers.Clone();
        if (!facts.ShowsContentLength)
            headers.Remove("Content-Length");
        WriteList(json, "headers", Filled(values => MessageParts.ReadResponseHeaders(headers, values)));
        json.WriteString("statusDescription", WireText.Decode(ResponseView.DescriptionOf(response)));
        WriteList(json, "cookies", facts.Cookies ?? Filled(values => MessageParts.ReadResponseCookies(headers, values)));
        json.WriteNumber("statusCode", response.StatusCode);
        if (facts.BodyEncoding is not null)
        {
            json.WriteStartObject("body");
            json.WriteString("encoding", facts.BodyEncoding);
            json.WriteString("data", facts.BodyData);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static NamedValues Filled(Action<NamedValues> fill)
    {
        var values = new NamedValues();
        fill(values);
        return values;
    }

    private static void WriteList(Utf8JsonWriter json, string name, NamedValues values)
    {
        json.WriteStartObject(name);
        for (var i = 0; i < values.NameCount; i++)
        {
            json.WriteStartObject(values.NameAt(i));
            WriteValue(json, values, values.FirstItem(i));
            if (values.CountAt(i) > 1)
            {
                json.WriteStartArray("multiValue");
                for (var item = values.FirstItem(i); item >= 0; item = values.NextItem(item))
                {
                    json.WriteStartObject();
                    WriteValue(json, values, item);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, NamedValues values, int item)
    {
        json.WriteString("value", WireText.Decode(values.WireValue(item).ToString()));
        if (values.HasAttributes(item))
            json.WriteString("attributes", WireText.Decode(values.WireAttributes(item).ToString()));
    }
}

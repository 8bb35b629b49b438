using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;

namespace Brink.Lambda.Events;

/// <summary>
/// Writes the event of a trigger as JSON, straight from the edge's messages (lambda-edge spec 1). Text that came as UTF-8 is shown as it
/// is, all other bytes as ISO-8859-1.
/// </summary>
public static class EventWriter
{
    private const int Ordinary = 4096;

    private static readonly JsonWriterOptions Options = new()
    {
        // The event goes to a program, never into a page: quotes and non-ASCII text stay readable in logs.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    [ThreadStatic]
    private static NamedValues? s_headers;

    /// <summary>The JSON of the event. Dispose it.</summary>
    public static EventPayload Write(LambdaEvent @event)
    {
        var payload = new EventPayload(
            Ordinary + (@event.Body is { } body ? System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(body.Bytes.Length) : 0));
        var writer = s_writer ??= new Utf8JsonWriter(payload, Options);
        writer.Reset(payload);
        writer.WriteStartObject();
        writer.WriteStartArray(Names.Records);
        writer.WriteStartObject();
        writer.WriteStartObject(Names.Cf);
        WriteConfig(writer, @event);
        WriteRequest(writer, @event);
        if (@event.Response is { } response && !@event.IsRequestEvent)
            WriteResponse(writer, response);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return payload;
    }

    private static void WriteConfig(Utf8JsonWriter writer, LambdaEvent @event)
    {
        writer.WriteStartObject(Names.Config);
        writer.WriteString(Names.DistributionDomainName, @event.DistributionDomainName);
        writer.WriteString(Names.DistributionId, @event.DistributionId);
        writer.WriteString(Names.EventType, @event.EventType.ToName());
        writer.WriteString(Names.RequestId, @event.Request.RequestId);
        writer.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter writer, LambdaEvent @event)
    {
        var request = @event.Request;
        writer.WriteStartObject(Names.Request);
        writer.WriteString(Names.ClientIp, request.ClientIp);
        WriteHeaders(writer, request.Headers, @event.ShowsCloudFrontHeader);
        WriteText(writer, Names.Method, request.Method);
        if (@event.Origin is { } origin && @event.EventType is EventType.OriginRequest or EventType.OriginResponse)
            WriteOrigin(writer, origin, request.IsHttps);
        WriteText(writer, Names.QueryString, request.QueryString);
        WriteText(writer, Names.Uri, request.Uri);
        if (@event.Body is { } body && @event.IsRequestEvent)
        {
            writer.WriteStartObject(Names.Body);
            writer.WriteBoolean(Names.InputTruncated, body.IsTruncated);
            writer.WriteString(Names.Action, "read-only");
            writer.WriteString(Names.Encoding, "base64");
            writer.WriteBase64String(Names.Data, body.Bytes.Span);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter writer, EdgeResponse response)
    {
        writer.WriteStartObject(Names.Response);
        WriteHeaders(writer, response.Headers, null);
        Span<char> status = stackalloc char[11];
        response.StatusCode.TryFormat(status, out var length, default, CultureInfo.InvariantCulture);
        writer.WriteString(Names.Status, status[..length]);
        WriteText(writer, Names.StatusDescription, response.StatusDescription ?? StatusPhrases.For(response.StatusCode));
        writer.WriteEndObject();
    }

    private static void WriteHeaders(Utf8JsonWriter writer, HeaderList fields, Func<string, bool>? showsCloudFrontHeader)
    {
        var shown = s_headers ??= new NamedValues();
        shown.Clear();
        ShownHeaders.Read(fields, showsCloudFrontHeader, shown);
        writer.WriteStartObject(Names.Headers);
        for (var name = 0; name < shown.NameCount; name++)
        {
            writer.WriteStartArray(shown.NameSpanAt(name));
            for (var item = shown.FirstItem(name); item >= 0; item = shown.NextItem(item))
            {
                var field = fields[shown.FieldOf(item)];
                WriteEntry(writer, field);
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        shown.Clear();
    }

    private static void WriteEntry(Utf8JsonWriter writer, HeaderField field)
    {
        writer.WriteStartObject();
        writer.WriteString(Names.Key, field.Name);
        WriteText(writer, Names.Value, field.Value);
        writer.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter writer, Origin origin, bool viewerIsHttps)
    {
        writer.WriteStartObject(Names.Origin);
        switch (origin)
        {
            case CustomOrigin server:
                WriteServer(writer, server, viewerIsHttps);
                break;
            case S3Origin bucket:
                WriteBucket(writer, bucket);
                break;
            case DirectoryOrigin folder:
                WriteBucket(writer, ShownOrigin.BucketFor(folder));
                break;
            default:
                throw new ArgumentException($"an event cannot show an origin of type {origin.GetType().Name}", nameof(origin));
        }
        writer.WriteEndObject();
    }

    private static void WriteServer(Utf8JsonWriter writer, CustomOrigin origin, bool viewerIsHttps)
    {
        writer.WriteStartObject(Names.Custom);
        WriteCustomHeaders(writer, origin.CustomHeaders);
        writer.WriteString(Names.DomainName, origin.DomainName);
        writer.WriteNumber(Names.KeepaliveTimeout, (int)origin.KeepaliveTimeout.TotalSeconds);
        writer.WriteString(Names.Path, origin.OriginPath);
        writer.WriteNumber(Names.Port, ShownOrigin.PortOf(origin, viewerIsHttps));
        writer.WriteString(Names.Protocol, ShownOrigin.ProtocolOf(origin, viewerIsHttps));
        writer.WriteNumber(Names.ReadTimeout, (int)origin.ReadTimeout.TotalSeconds);
        writer.WriteStartArray(Names.SslProtocols);
        foreach (var protocol in origin.SslProtocols)
            writer.WriteStringValue(protocol);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteBucket(Utf8JsonWriter writer, S3Origin origin)
    {
        writer.WriteStartObject(Names.S3);
        writer.WriteString(Names.AuthMethod, ShownOrigin.NameOf(origin.AuthMethod));
        WriteCustomHeaders(writer, origin.CustomHeaders);
        writer.WriteString(Names.DomainName, origin.DomainName);
        writer.WriteString(Names.Path, origin.OriginPath);
        writer.WriteString(Names.Region, origin.Region);
        writer.WriteEndObject();
    }

    private static void WriteCustomHeaders(Utf8JsonWriter writer, ImmutableArray<HeaderField> fields)
    {
        writer.WriteStartObject(Names.CustomHeaders);
        // A configuration has each name once, whatever its letter case.
        foreach (var field in fields)
        {
            HeaderRules.For(field.Name, out var name);
            writer.WriteStartArray(name);
            WriteEntry(writer, field);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    /// <summary>Wire text as a function sees it: see <see cref="WireText.Decode"/>, here without a string in between.</summary>
    private static void WriteText(Utf8JsonWriter writer, JsonEncodedText name, ReadOnlySpan<char> wire)
    {
        if (Ascii.IsValid(wire))
        {
            writer.WriteString(name, wire);
            return;
        }
        var bytes = ArrayPool<byte>.Shared.Rent(wire.Length);
        var count = Encoding.Latin1.GetBytes(wire, bytes);
        if (System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, count)))
            writer.WriteString(name, bytes.AsSpan(0, count));
        else
            writer.WriteString(name, wire);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>The names of the event, encoded once.</summary>
    private static class Names
    {
        public static readonly JsonEncodedText Records = JsonEncodedText.Encode("Records");
        public static readonly JsonEncodedText Cf = JsonEncodedText.Encode("cf");
        public static readonly JsonEncodedText Config = JsonEncodedText.Encode("config");
        public static readonly JsonEncodedText DistributionDomainName = JsonEncodedText.Encode("distributionDomainName");
        public static readonly JsonEncodedText DistributionId = JsonEncodedText.Encode("distributionId");
        public static readonly JsonEncodedText EventType = JsonEncodedText.Encode("eventType");
        public static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("requestId");
        public static readonly JsonEncodedText Request = JsonEncodedText.Encode("request");
        public static readonly JsonEncodedText Response = JsonEncodedText.Encode("response");
        public static readonly JsonEncodedText ClientIp = JsonEncodedText.Encode("clientIp");
        public static readonly JsonEncodedText Method = JsonEncodedText.Encode("method");
        public static readonly JsonEncodedText Uri = JsonEncodedText.Encode("uri");
        public static readonly JsonEncodedText QueryString = JsonEncodedText.Encode("querystring");
        public static readonly JsonEncodedText Headers = JsonEncodedText.Encode("headers");
        public static readonly JsonEncodedText Key = JsonEncodedText.Encode("key");
        public static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
        public static readonly JsonEncodedText Body = JsonEncodedText.Encode("body");
        public static readonly JsonEncodedText InputTruncated = JsonEncodedText.Encode("inputTruncated");
        public static readonly JsonEncodedText Action = JsonEncodedText.Encode("action");
        public static readonly JsonEncodedText Encoding = JsonEncodedText.Encode("encoding");
        public static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText StatusDescription = JsonEncodedText.Encode("statusDescription");
        public static readonly JsonEncodedText Origin = JsonEncodedText.Encode("origin");
        public static readonly JsonEncodedText Custom = JsonEncodedText.Encode("custom");
        public static readonly JsonEncodedText S3 = JsonEncodedText.Encode("s3");
        public static readonly JsonEncodedText CustomHeaders = JsonEncodedText.Encode("customHeaders");
        public static readonly JsonEncodedText DomainName = JsonEncodedText.Encode("domainName");
        public static readonly JsonEncodedText KeepaliveTimeout = JsonEncodedText.Encode("keepaliveTimeout");
        public static readonly JsonEncodedText Path = JsonEncodedText.Encode("path");
        public static readonly JsonEncodedText Port = JsonEncodedText.Encode("port");
        public static readonly JsonEncodedText Protocol = JsonEncodedText.Encode("protocol");
        public static readonly JsonEncodedText ReadTimeout = JsonEncodedText.Encode("readTimeout");
        public static readonly JsonEncodedText SslProtocols = JsonEncodedText.Encode("sslProtocols");
        public static readonly JsonEncodedText AuthMethod = JsonEncodedText.Encode("authMethod");
        public static readonly JsonEncodedText Region = JsonEncodedText.Encode("region");
    }
}

using System.Text;
using Brink.Events;
using Brink.Functions;
using Brink.Http;

namespace Brink.Edge.WarmingUp;

/// <summary>Messages like those of a browser and of an ordinary origin.</summary>
internal static class WarmUpEvents
{
    private static readonly (string Name, string Value)[] RequestFields =
    [
        ("Host", "warm-up.example"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept-Language", "en-GB,en;q=0.9,de;q=0.7"),
        ("Accept-Encoding", "gzip, br"),
        ("Cookie", "session=b1946ac92492d2347c6235b4d2611184; theme=dark"),
        ("X-Own", "1"),
    ];

    private const string Uri = "/products/42/list";
    private const string Query = "utm_source=mail&b=2&a=1&A=3";

    /// <summary>The request on the wire.</summary>
    public static ReadOnlyMemory<byte> Request { get; } = Encoding.ASCII.GetBytes(
        $"GET {Uri}?{Query} HTTP/1.1\r\n{string.Concat(RequestFields.Select(field => $"{field.Name}: {field.Value}\r\n"))}\r\n");

    /// <summary>What an origin answers.</summary>
    public static EdgeResponse Response(MessageBody body)
    {
        var response = new EdgeResponse { Body = body };
        response.Headers.Add("Content-Type", "text/html; charset=utf-8");
        response.Headers.Add("Cache-Control", "public, max-age=3600");
        response.Headers.Add("ETag", "\"33a64df551425fcc\"");
        response.Headers.Add("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        response.Headers.Add("Server", "origin");
        response.Headers.Add("Set-Cookie", "seen=1; Path=/");
        response.Headers.Add("X-Own", "1");
        return response;
    }

    /// <summary>An event of that type.</summary>
    public static TriggerEvent Next(EventType type)
    {
        var request = new EdgeRequest
        {
            Uri = Uri,
            QueryString = Query,
            ClientIp = "203.0.113.7",
            ClientPort = 50_000,
            RequestId = new string('A', 54) + "==",
        };
        foreach (var (name, value) in RequestFields)
            request.Headers.Add(name, value);
        return new TriggerEvent
        {
            EventType = type,
            Request = request,
            Response = type == EventType.ViewerResponse ? Response(MessageBody.Empty) : null,
            DistributionDomainName = "warm-up.cloudfront.net",
            DistributionId = "EWARMUP0000000",
        };
    }
}

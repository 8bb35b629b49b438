using System.Globalization;
using System.Text;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Tests.Edge.Cache;

/// <summary>An origin with one large object, whose every byte says where it stands and of which version it is.</summary>
internal sealed class LargeOrigin(int length)
{
    private readonly Lock _gate = new();
    private int _version = 1;

    public bool KnowsRanges { get; init; } = true;

    public bool HasVersion { get; init; } = true;

    public string CacheControl { get; init; } = "max-age=1000";

    public int? BreaksAt { get; set; }

    public long BytesSent { get; private set; }

    public string Text { get; private set; } = Make(length, 1);

    public List<string?> Ranges { get; } = [];

    public List<string?> IfRanges { get; } = [];

    public void Change() => Text = Make(length, ++_version);

    public ValueTask<FetchResult> Answer(RegionalRequest asked, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var headers = asked.Request.Headers;
            var tag = $"\"{_version}\"";
            Ranges.Add(headers.Get("range"));
            IfRanges.Add(headers.Get("if-range"));
            if (asked.Revalidation?.ETag == tag)
                return Reply(304, "", ("ETag", tag));
            var isPart = KnowsRanges && headers.Get("range") is not null && (headers.Get("if-range") ?? tag) == tag;
            if (!isPart)
                return Reply(200, Text, ("ETag", tag));
            var ends = headers.Get("range")!["bytes=".Length..].Split('-');
            var from = int.Parse(ends[0], CultureInfo.InvariantCulture);
            var to = ends[1].Length == 0 ? length : Math.Min(length, int.Parse(ends[1], CultureInfo.InvariantCulture) + 1);
            return Reply(206, Text[from..to], ("ETag", tag), ("Content-Range", $"bytes {from}-{to - 1}/{length}"));
        }
    }

    private ValueTask<FetchResult> Reply(int status, string body, params (string Name, string Value)[] headers)
    {
        var sent = Encoding.Latin1.GetBytes(body);
        BytesSent += sent.Length;
        var stream = new ScriptedStream();
        for (var i = 0; i < sent.Length && !(BreaksAt <= i); i += 10_000)
            stream.Send(sent[i..Math.Min(Math.Min(sent.Length, BreaksAt ?? int.MaxValue), i + 10_000)]);
        _ = BreaksAt is null ? stream.Finish() : stream.Break();
        var response = new EdgeResponse { StatusCode = status, Body = status == 304 ? MessageBody.Empty : new StreamBody(stream, sent.Length) };
        response.Headers.Add("Cache-Control", CacheControl);
        foreach (var (name, value) in headers)
        {
            if (HasVersion || name != "ETag")
                response.Headers.Add(name, value);
        }
        return ValueTask.FromResult(new FetchResult(response, null));
    }

    private static string Make(int length, int version) => string.Create(length, version, static (text, version) =>
    {
        for (var i = 0; i < text.Length; i++)
            text[i] = (char)(33 + (i / 97 + i * 31 + version * 7) % 90);
    });
}

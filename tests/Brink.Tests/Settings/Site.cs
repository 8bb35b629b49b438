using System.Globalization;
using System.Text.Json.Nodes;
using Brink.Tests.Edge;

namespace Brink.Tests.Settings;

/// <summary>A small site in front of which <c>brink dev</c> is started with one setting: two origins, a document that says the setting, flags.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nCache-Control: max-age=60\r\n\r\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-test-");
    private readonly List<IAsyncDisposable> _others = [];
    private DevRun? _dev;

    public ScriptedOrigin One { get; } = new ScriptedOrigin().Reply(Ok + "one");

    public ScriptedOrigin Two { get; } = new ScriptedOrigin().Reply(Ok + "two");

    /// <summary>What the setting stands in; null where flags say everything.</summary>
    public JsonObject? Document { get; set; }

    /// <summary>Its file.</summary>
    public string DocumentFile { get; set; } = "document.json";

    public List<string> Flags { get; } = [];

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public DevRun Dev => _dev ?? throw new InvalidOperationException("the site is not served");

    /// <summary>A DistributionConfig with origin one, CachingOptimized, and a second origin that no behavior asks.</summary>
    public static Site OfDistribution()
    {
        var site = new Site();
        string Origin(string id, int port) => $$"""
            { "Id": "{{id}}", "DomainName": "127.0.0.1", "ConnectionAttempts": 1, "CustomOriginConfig": { "HTTPPort": {{port}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } }
            """;
        site.Document = JsonNode.Parse($$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true,
              "Origins": { "Quantity": 2, "Items": [ {{Origin("one", site.One.Port)}}, {{Origin("two", site.Two.Port)}} ] },
              "DefaultCacheBehavior": { "TargetOriginId": "one", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" }
            }
            """)!.AsObject();
        site.Flags.AddRange(["--distribution", site.In("document.json")]);
        return site;
    }

    /// <summary>A cache policy that keeps what origins let it keep, and nothing in the key.</summary>
    public static Site OfCachePolicy() => OfPolicy("--cache-policy", """
        {
          "Name": "mine", "MinTTL": 0,
          "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": false, "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" }
          }
        }
        """);

    /// <summary>An origin request policy that sends nothing.</summary>
    public static Site OfOriginRequestPolicy() => OfPolicy("--origin-request-policy", """
        { "Name": "mine", "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } }
        """);

    /// <summary>A response headers policy that does nothing.</summary>
    public static Site OfResponseHeadersPolicy() => OfPolicy("--response-headers-policy", """{ "Name": "mine" }""");

    /// <summary>Nothing but flags.</summary>
    public static Site OfFlags() => new();

    public string In(string file) => Path.Combine(_folder.FullName, file);

    public string Write(string file, string text)
    {
        File.WriteAllText(In(file), text);
        return In(file);
    }

    /// <summary>Something that goes with the site.</summary>
    public T Keep<T>(T other)
        where T : IAsyncDisposable
    {
        _others.Add(other);
        return other;
    }

    /// <summary>Sets what a path such as <c>Origins.Items[0].Id</c> leads to; null takes it away.</summary>
    public void Set(string path, string? json)
    {
        JsonNode node = Document!;
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
            node = step[0] == '[' ? node[int.Parse(step[1..^1], CultureInfo.InvariantCulture)]! : node[step] ?? (node[step] = new JsonObject());
        if (json is null)
            node.AsObject().Remove(steps[^1]);
        else if (steps[^1][0] == '[')
            node[int.Parse(steps[^1][1..^1], CultureInfo.InvariantCulture)] = JsonNode.Parse(json);
        else
            node[steps[^1]] = JsonNode.Parse(json);
    }

    public async Task StartAsync() => _dev = await DevRun.StartAsync(Arguments(), Time);

    public Task<(int ExitCode, string Errors)> EndAsync() => DevRun.EndAsync(Arguments());

    /// <summary>All that a viewer and the origin see of one request, but for what differs from run to run.</summary>
    public async Task<string> TrafficAsync()
    {
        var answer = await Dev.AskAsync("/a?b=c", headers: "X-A: 1\r\nCookie: c=d\r\nAccept-Encoding: gzip, br\r\n");
        string[] changing = ["X-Amz-Cf-Id", "Via", "Date"];
        string Lines(IEnumerable<(string Name, string Value)> fields) =>
            string.Join('\n', fields.Where(field => !changing.Contains(field.Name, StringComparer.OrdinalIgnoreCase)).Select(field => $"{field.Name}: {field.Value}"));
        var asked = One.Requests[0];
        return $"{answer.StatusLine}\n{Lines(answer.Headers)}\n\n{answer.Text}\n\n{asked.Line}\n{Lines(asked.Headers)}".Replace($":{One.Port}", ":ORIGIN", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_dev is not null)
            await _dev.DisposeAsync();
        await One.DisposeAsync();
        await Two.DisposeAsync();
        foreach (var other in _others)
            await other.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static Site OfPolicy(string flag, string json)
    {
        var site = new Site { Document = JsonNode.Parse(json)!.AsObject() };
        site.Flags.AddRange(["--origin", $"http://127.0.0.1:{site.One.Port}", flag, site.In("document.json")]);
        return site;
    }

    private List<string> Arguments()
    {
        if (Document is not null)
            Write(DocumentFile, Document.ToJsonString());
        return Flags.Contains("--http-port") ? Flags : ["--http-port", "0", .. Flags];
    }
}

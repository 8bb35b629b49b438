using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Tests.Edge;

namespace Brink.Tests.Settings;

/// <summary>Whole configurations, as their tools make them, in front of origins of this machine: tests/configurations.</summary>
public sealed class ConfigurationsTests
{
    private static readonly string Root = Path.Combine(Repository.Root, "tests", "configurations");

    public static TheoryData<string> Names => [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Configuration_AnswersAsItsRequestsSay(string name)
    {
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Root, name, "requests.json"), TestContext.Current.CancellationToken));
        await using var origin = new ScriptedOrigin().Script(AnswerAsync);
        var work = Directory.CreateTempSubdirectory("brink-test-");
        try
        {
            await using var dev = await DevRun.StartAsync(Arguments(name, file.RootElement, origin, work.FullName));
            var number = 0;
            foreach (var request in file.RootElement.GetProperty("requests").EnumerateArray())
            {
                var before = origin.Requests.Count;
                var found = await AskAsync(dev, request);
                Check(request, $"{name}, request {++number}: {request.GetProperty("ask")}", found, [.. origin.Requests.Skip(before)], dev);
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>Every path is a page of 2,000 bytes that says who was asked for what.</summary>
    private static Task AnswerAsync(OriginConversation conversation)
    {
        var request = conversation.Request;
        var path = request.Target.Split('?')[0];
        if (path.Contains("/missing", StringComparison.Ordinal))
            return conversation.SayAsync("HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: 7\r\n\r\n<Error>");
        if (path.Split("/status/") is [_, var status])
            return conversation.SayAsync($"HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n");
        var body = $"{request["Host"]} {path}\n".PadRight(2000, '.');
        var type = path.EndsWith(".js", StringComparison.Ordinal) ? "application/javascript" : "text/html";
        return conversation.SayAsync(
            $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nETag: \"one\"\r\nCache-Control: max-age=60\r\nX-Powered-By: a test\r\nContent-Length: 2000\r\n\r\n"
            + (request.Line.StartsWith("HEAD ", StringComparison.Ordinal) ? "" : body));
    }

    private static List<string> Arguments(string name, JsonElement file, ScriptedOrigin origin, string work)
    {
        var folder = Path.Combine(Root, name);
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "distribution.json")))!;
        foreach (var item in (document["DistributionConfig"] ?? document)["Origins"]!["Items"]!.AsArray())
        {
            if (item!["CustomOriginConfig"] is not { } custom)
                continue;
            item["DomainName"] = "127.0.0.1";
            (custom["HTTPPort"], custom["OriginProtocolPolicy"]) = (origin.Port, "http-only");
        }
        var distribution = Path.Combine(work, "distribution.json");
        File.WriteAllText(distribution, document.ToJsonString());
        var s3 = Path.Combine(work, "s3.json");
        File.WriteAllText(s3, $$"""
            { "buckets": { "*.s3.us-east-1.amazonaws.com": { "endpoint": "http://127.0.0.1:{{origin.Port}}", "pathStyle": false, "accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "secret" } } }
            """);
        var flags = file.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!
            .Replace("{folder}", folder, StringComparison.Ordinal).Replace("{work}", work, StringComparison.Ordinal));
        var resources = Path.Combine(folder, "resources");
        return
        [
            "--distribution", distribution, "--s3", s3, "--http-port", "0", "--https-port", "0",
            .. Directory.Exists(resources) ? ["--resources", resources] : Array.Empty<string>(), .. flags,
        ];
    }

    private static async Task<(HttpResponseMessage Response, string Body, string? Certificate)> AskAsync(DevRun dev, JsonElement request)
    {
        var words = request.GetProperty("ask").GetString()!.Split(' ');
        var url = new Uri(words[1]);
        string? certificate = null;
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, url.Scheme == "https" ? dev.HttpsPort : dev.Port, cancellationToken);
                return client.GetStream();
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => (certificate = shown?.Subject) is not null,
            },
        };
        using var invoker = new HttpMessageInvoker(handler);
        // The port is in Host, as a browser at a development server has it.
        var asked = new UriBuilder(url) { Port = url.Scheme == "https" ? dev.HttpsPort : dev.Port }.Uri;
        using var message = new HttpRequestMessage(new HttpMethod(words[0]), asked);
        if (request.TryGetProperty("send", out var fields))
        {
            foreach (var field in fields.EnumerateObject())
                Assert.True(message.Headers.TryAddWithoutValidation(field.Name, field.Value.GetString()));
        }
        var response = await invoker.SendAsync(message, TestContext.Current.CancellationToken);
        return (response, Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)), certificate);
    }

    private static void Check(
        JsonElement request, string what, (HttpResponseMessage Response, string Body, string? Certificate) found, List<OriginRequest> asked, DevRun dev)
    {
        var (response, body, certificate) = found;
        string? Field(string name) =>
            response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

        Assert.True(request.GetProperty("status").GetInt32() == (int)response.StatusCode, $"{what}: status {(int)response.StatusCode}\n{response}");
        var expected = request.GetProperty("asked").EnumerateArray().Select(each => each.GetString()!).ToList();
        Assert.True(expected.SequenceEqual(asked.Select(each => $"{each.Line.Split(' ')[0]} {each.Target}")), $"{what}: asked {string.Join(", ", asked.Select(each => each.Line))}");
        foreach (var (field, value) in Members(request, "headers"))
        {
            var wanted = value.Replace("{https}", dev.HttpsPort.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
            Assert.True(Field(field)?.StartsWith(wanted, StringComparison.Ordinal) == true, $"{what}: {field} is {Field(field)}");
        }
        foreach (var name in Texts(request, "without"))
            Assert.True(Field(name) is null, $"{what}: {name} is {Field(name)}");
        foreach (var (field, value) in Members(request, "sent"))
            Assert.True(asked[^1][field]?.StartsWith(value, StringComparison.Ordinal) == true, $"{what}: the origin got {field}: {asked[^1][field]}");
        foreach (var name in Texts(request, "absent"))
            Assert.True(asked[^1][name] is null, $"{what}: the origin got {name}: {asked[^1][name]}");
        if (request.TryGetProperty("body", out var begins))
            Assert.True(body.Split('\n')[0].EndsWith(begins.GetString()!, StringComparison.Ordinal), $"{what}: body {body.Split('\n')[0]}");
        if (request.TryGetProperty("certificate", out var subject))
            Assert.Equal(subject.GetString(), certificate);
    }

    private static IEnumerable<(string Name, string Value)> Members(JsonElement request, string name) =>
        request.TryGetProperty(name, out var members) ? members.EnumerateObject().Select(member => (member.Name, member.Value.GetString()!)) : [];

    private static IEnumerable<string> Texts(JsonElement request, string name) =>
        request.TryGetProperty(name, out var texts) ? texts.EnumerateArray().Select(each => each.GetString()!) : [];
}

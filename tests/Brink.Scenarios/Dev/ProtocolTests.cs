using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>WebSocket, gRPC and the PROXY protocol with what others speak: npm's ws and @grpc/grpc-js, Chromium, HAProxy.</summary>
public sealed class ProtocolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WebSocket_OfNpmsWs_BothAsClientAndAsServer(bool secure)
    {
        var package = await NpmPackages.InstallAsync(PathTo(""));
        var files = PemFiles.ForLocalhost(_folder);
        await using var origin = LocalServer.Node(PathTo("websocket-server.mjs"), secure ? [package, files.Key, files.Certificate] : [package]);
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--origin-request-policy", "AllViewerExceptHostHeader", "--https-port", "0", "--origin-ca", files.Certificate);

        var seen = await RunAsync("websocket-client.mjs", package, (secure ? SecureUrl(brink) : brink.Url).Replace("http", "ws", StringComparison.Ordinal));

        Assert.Equal(("Miss from cloudfront", "chat", "permessage-deflate"), (Text(seen, "xCache"), Text(seen, "protocol"), Text(seen, "extensions")));
        Assert.All(seen.GetProperty("sizes").EnumerateArray().Prepend(seen.GetProperty("text")), same => Assert.True(same.GetBoolean()));
        Assert.Equal(("are you there", "4000 enough", 403), (Text(seen, "pong"), Text(seen, "close"), seen.GetProperty("refused").GetInt32()));
        var line = brink.WaitFor("request");
        Assert.Equal((101, "Miss", secure ? "wss" : "ws"), (line.GetProperty("status").GetInt32(), line.GetProperty("resultType").GetString(), line.GetProperty("protocol").GetString()));
        Assert.InRange(line.GetProperty("receivedBytes").GetInt64(), 21_000_000, 22_000_000);
        Assert.InRange(line.GetProperty("bodyBytes").GetInt64(), 21_000_000, 22_000_000);
    }

    [Fact]
    public async Task WebSocket_OfAPageThatCameOverHttp2_InABrowser()
    {
        var package = await NpmPackages.InstallAsync(PathTo(""));
        await using var origin = LocalServer.Node(PathTo("websocket-server.mjs"), package);
        await using var brink = BrinkDev.Start(
            "--origin", origin.Url, "--cache-policy", "CachingDisabled", "--origin-request-policy", "AllViewerExceptHostHeader", "--https-port", "0");

        var html = await Browser.OpenAsync($"{SecureUrl(brink)}/", "--ignore-certificate-errors");

        Assert.Contains("seen: from the page by chat.", html, StringComparison.Ordinal);
        Assert.Equal("2.0", brink.WaitFor("request").GetProperty("httpVersion").GetString());
    }

    [Fact]
    public async Task Grpc_OfGrpcJs_BothAsClientAndAsServer()
    {
        var package = await NpmPackages.InstallAsync(PathTo(""));
        var files = PemFiles.ForLocalhost(_folder);
        await using var origin = ChildProcess.Start("node", [PathTo("grpc-server.mjs"), package, files.Key, files.Certificate]);
        var port = new Uri(origin.WaitForLine(line => line.StartsWith("https://", StringComparison.Ordinal))).Port;
        await using var brink = BrinkDev.Start("--distribution", WriteDistribution(port), "--https-port", "0", "--origin-ca", files.Certificate);
        var authority = brink.Started.GetProperty("localAuthority").GetString()!;

        var seen = await RunAsync("grpc-client.mjs", package, $"localhost:{new Uri(SecureUrl(brink)).Port}", authority);

        Assert.Equal(("hello for me 0001fe", "before", "behind 00ff", 0), (Text(seen, "unary"), Text(seen, "head"), Text(seen, "tail"), seen.GetProperty("status").GetInt32()));
        Assert.Equal((1_000_000, 500), (seen.GetProperty("collected").GetInt32(), seen.GetProperty("counted").GetInt32()));
        Assert.Equal(["one!", "two!", "three!"], seen.GetProperty("talk").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal((0, "5 no such thing: ü", "4", 1, 50), (
            seen.GetProperty("talkStatus").GetInt32(), Text(seen, "failed"), Text(seen, "deadline"), seen.GetProperty("cancelled").GetInt32(), seen.GetProperty("many").GetInt32()));
        // The origin learns what the client gave up.
        origin.WaitForLine(line => line == "cancelled wait");
        origin.WaitForLine(line => line == "cancelled talk");
        var first = brink.WaitFor("request");
        Assert.Equal(("2.0", "grpcs", "Miss"), (first.GetProperty("httpVersion").GetString(), first.GetProperty("protocol").GetString(), first.GetProperty("resultType").GetString()));
    }

    [Fact]
    public async Task ProxyProtocol_OfHAProxy_OnBothPorts()
    {
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--https-port", "0", "--cache-policy", "CachingDisabled", "--proxy-protocol", "127.0.0.1");
        var ports = Enumerable.Range(0, 3).Select(_ => FreePort()).ToArray();
        var configuration = Path.Combine(_folder.FullName, "haproxy.cfg");
        await File.WriteAllTextAsync(configuration, $"""
            defaults
              mode tcp
              timeout connect 10s
              timeout client 30s
              timeout server 30s
            listen v1
              bind 127.0.0.1:{ports[0]}
              server brink 127.0.0.1:{new Uri(brink.Url).Port} send-proxy check
            listen v2
              bind 127.0.0.1:{ports[1]}
              server brink 127.0.0.1:{new Uri(brink.Url).Port} send-proxy-v2 proxy-v2-options unique-id,crc32c
              unique-id-format %rt
            listen secure
              bind 127.0.0.1:{ports[2]}
              server brink 127.0.0.1:{new Uri(SecureUrl(brink)).Port} send-proxy-v2

            """, TestContext.Current.CancellationToken);
        await using var haproxy = ChildProcess.Start("/usr/sbin/haproxy", ["-db", "-f", configuration]);
        foreach (var port in ports)
            await Listeners.WaitUntilAsync(answers: true, "127.0.0.1", port.ToString(CultureInfo.InvariantCulture));

        foreach (var (port, flags) in new[] { (ports[0], Array.Empty<string>()), (ports[1], []), (ports[1], ["--http2-prior-knowledge"]), (ports[2], ["--insecure"]), (ports[2], ["--insecure", "--http1.1"]) })
        {
            await using var curl = ChildProcess.Start(
                "curl", ["-sS", "--interface", "127.0.0.7", .. flags, $"{(port == ports[2] ? "https" : "http")}://127.0.0.1:{port}/{Guid.NewGuid():N}"]);
            Assert.True(await curl.WaitForExitAsync() == 0, curl.ErrorText);
            Assert.Equal("127.0.0.7", brink.WaitFor("request").GetProperty("viewerIp").GetString());
        }
        Assert.All(await origin.SeenAsync(), asked => Assert.Equal("127.0.0.7", asked.Headers["X-Forwarded-For"]));

        // From another address there is no header, and none is read.
        var direct = brink.ViewerFrom("127.0.0.8");
        Assert.Equal(HttpStatusCode.OK, (await brink.SendAsync(direct, "GET", "/")).StatusCode);
        Assert.Equal("127.0.0.8", brink.WaitFor("request").GetProperty("viewerIp").GetString());
    }

    private static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        await using var client = ChildProcess.Start("node", [PathTo(script), .. arguments]);
        var output = client.ReadToEnd();
        Assert.True(await client.WaitForExitAsync() == 0, client.ErrorText);
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement seen, string name) => seen.GetProperty(name).GetString()!;

    private static string PathTo(string file) => Repository.PathTo("tests", "protocols", file);

    private static string SecureUrl(BrinkDev brink) =>
        brink.Started.GetProperty("urls").EnumerateArray().Select(url => url.GetString()!).First(url => url.StartsWith("https://127.0.0.1", StringComparison.Ordinal));

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private string WriteDistribution(int port)
    {
        var file = Path.Combine(_folder.FullName, "distribution.json");
        File.WriteAllText(file, $$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true, "HttpVersion": "http2",
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "o", "DomainName": "localhost", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": {{port.ToString(CultureInfo.InvariantCulture)}}, "OriginProtocolPolicy": "https-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
                "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
                "AllowedMethods": { "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] },
                "GrpcConfig": { "Enabled": true } }
            }
            """);
        return file;
    }
}

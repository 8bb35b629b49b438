using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Brink.Edge.Configuration;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>What origins learn of viewers' TLS: OpenSSL's own client, which shows the ClientHello that it sends.</summary>
public sealed partial class TlsHeadersTests
{
    private const string Tls = "CloudFront-Viewer-TLS", Ja3 = "CloudFront-Viewer-JA3-Fingerprint", Ja4 = "CloudFront-Viewer-JA4-Fingerprint";

    [Fact]
    public async Task Tls13_FullHandshake_ThenReused_ThenResumed()
    {
        await using var origin = Origin();
        await using var edge = await StartAsync(origin, Tls);
        var session = Path.Combine(Directory.CreateTempSubdirectory("brink-test-").FullName, "session");
        var suite = "TLSv1.3:TLS_AES_128_GCM_SHA256:";

        await OpenSslAsync(edge, requests: 2, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256", "-sess_out", session);
        await OpenSslAsync(edge, requests: 2, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256", "-sess_in", session);

        Assert.Equal(
            [suite + "fullHandshake", suite + "connectionReused", suite + "sessionResumed", suite + "connectionReused"], origin.Requests.Select(request => request[Tls]));
    }

    [Fact]
    public async Task Tls12_HasOpenSslsNames()
    {
        await using var origin = Origin();
        await using var edge = await StartAsync(origin, Tls);

        await OpenSslAsync(edge, requests: 1, "-tls1_2");

        Assert.Matches("^TLSv1\\.2:ECDHE-(RSA|ECDSA)-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305):fullHandshake$", origin.Requests[0][Tls]);
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, "ECDHE-ECDSA-AES256-SHA384")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305")]
    [InlineData(TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, "AES128-GCM-SHA256")]
    [InlineData(TlsCipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA, "AES256-SHA")]
    public void CipherSuites_ByTheirNames(TlsCipherSuite suite, string name) => Assert.Equal(name, TlsSession.NameOf(suite));

    [Fact]
    public async Task Fingerprints_AreThoseOfTheHelloThatWasSent()
    {
        await using var origin = Origin();
        await using var edge = await StartAsync(origin, Ja3, Ja4);

        var hello = HelloIn(await OpenSslAsync(edge, requests: 1, "-msg", "-alpn", "http/1.1"));

        Assert.Equal(Ja3Of(hello), origin.Requests[0][Ja3]);
        Assert.Matches("^t13d[0-9]{4}h1_[0-9a-f]{12}_[0-9a-f]{12}$", origin.Requests[0][Ja4]);
    }

    [Fact]
    public async Task WithoutTls_AndWhatAViewerMakesUp_IsAbsent()
    {
        await using var origin = Origin();
        await using var edge = await StartAsync(origin, Tls, Ja3, Ja4);

        await RawViewer.AskAsync(edge.Port, $"GET / HTTP/1.1\r\nHost: test\r\n{Tls}: a\r\n{Ja3}: b\r\n{Ja4}: c\r\n\r\n");

        Assert.All([Tls, Ja3, Ja4], name => Assert.Null(origin.Requests[0][name]));
    }

    [Theory]
    [InlineData(ViewerQuestions.None)]
    [InlineData(ViewerQuestions.Any, "CloudFront-Viewer-City")]
    [InlineData(ViewerQuestions.Any | ViewerQuestions.TlsSession, Tls)]
    [InlineData(ViewerQuestions.Any | ViewerQuestions.Fingerprints, Ja3)]
    [InlineData(ViewerQuestions.Any | ViewerQuestions.Fingerprints, Ja4)]
    [InlineData(ViewerQuestions.Any | ViewerQuestions.TlsSession | ViewerQuestions.Fingerprints, Tls, Ja4)]
    [InlineData(ViewerQuestions.Any | ViewerQuestions.HeaderOrder, "CloudFront-Viewer-Header-Count")]
    internal void ASnapshot_AsksForWhatItsPoliciesList(ViewerQuestions asked, params string[] names)
    {
        var snapshot = TestEdge.SnapshotOf(TestEdge.ToPort(1), behavior => behavior with { OriginRequestPolicy = Listing(names) });

        Assert.Equal(asked, snapshot.Questions);
    }

    private static ScriptedOrigin Origin() => new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    private static Task<TestEdge> StartAsync(ScriptedOrigin origin, params string[] names) => TestEdge.StartAsync(
        TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = Listing(names) }, options: options => options with { HttpsPort = 0 });

    private static OriginRequestPolicy Listing(string[] names) =>
        new() { Id = "id", Name = "n", Headers = names.Length == 0 ? ItemSet.None : ItemSet.Whitelist([.. names]), Cookies = ItemSet.None, QueryStrings = ItemSet.All };

    private static async Task<string> OpenSslAsync(TestEdge edge, int requests, params string[] flags)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/openssl", ["s_client", "-connect", $"127.0.0.1:{edge.HttpsPort}", "-servername", "a.test", "-ign_eof", .. flags])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (var i = 1; i <= requests; i++)
            await process.StandardInput.WriteAsync($"GET /{i} HTTP/1.1\r\nHost: test\r\n{(i == requests ? "Connection: close\r\n" : "")}\r\n");
        process.StandardInput.Close();
        return await said;
    }

    /// <summary>The ClientHello that OpenSSL shows, without the message's head.</summary>
    private static byte[] HelloIn(string said)
    {
        var dump = ShownHello().Match(said).Groups[1].Value;
        return [.. dump.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(octet => Convert.ToByte(octet, 16)).Skip(4)];
    }

    /// <summary>JA3, taken apart in another way than the edge does it. OpenSSL makes nothing up.</summary>
    private static string Ja3Of(byte[] hello)
    {
        int Two(int at) => hello[at] << 8 | hello[at + 1];
        IEnumerable<int> List(int at, int bytes) => Enumerable.Range(0, bytes / 2).Select(i => Two(at + 2 * i));
        var suites = 35 + hello[34];
        var extensions = suites + 2 + Two(suites) + 1 + hello[suites + 2 + Two(suites)];
        var found = new Dictionary<int, int>();
        for (var at = extensions + 2; at < hello.Length; at += 4 + Two(at + 2))
            found.Add(Two(at), at + 4);
        var groups = List(found[10] + 2, Two(found[10]));
        var formats = hello[(found[11] + 1)..(found[11] + 1 + hello[found[11]])];
        var text = $"{Two(0)},{string.Join('-', List(suites + 2, Two(suites)))},{string.Join('-', found.Keys)},{string.Join('-', groups)},{string.Join('-', formats)}";
#pragma warning disable CA5351 // what JA3 is
        return Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(text)));
#pragma warning restore CA5351
    }

    [GeneratedRegex(@"ClientHello\s*((?:[0-9a-f]{2}\s+)+)")]
    private static partial Regex ShownHello();
}

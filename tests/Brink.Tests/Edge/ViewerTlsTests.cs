using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Brink.Distributions;
using Brink.Edge.Configuration;

namespace Brink.Tests.Edge;

/// <summary>Handshakes by the distribution that the viewer names: certificate, versions, cipher suites, sessions.</summary>
public sealed class ViewerTlsTests
{
    private static readonly TestAuthority Authority = new();

    [Theory]
    [InlineData("a.test", "CN=a.test")]
    [InlineData("b.test", "CN=b.test")]
    [InlineData("x.wild.test", "CN=b.test")]
    [InlineData("unknown.test", "CN=localhost")]
    [InlineData("", "CN=localhost")]
    public async Task NameChoosesTheCertificate(string name, string subject)
    {
        await using var edge = await StartAsync();

        await using var tls = await HandshakeAsync(edge, name, SslProtocols.None);

        Assert.Equal(subject, tls.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task AnotherSnapshot_ChangesTheCertificate_AndNoConnectionBreaks()
    {
        await using var edge = await StartAsync();
        await using var before = await HandshakeAsync(edge, "a.test", SslProtocols.None);
        var old = edge.State.Current;

        edge.State.Swap(new EdgeSnapshot { Distributions = [old.Distributions[0] with { Certificate = Of("CN=new") }, old.Distributions[1]] });

        await using var after = await HandshakeAsync(edge, "a.test", SslProtocols.None);
        Assert.Equal("CN=new", after.RemoteCertificate!.Subject);
        await before.WriteAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.True(await before.ReadAsync(new byte[1], TestContext.Current.CancellationToken) > 0);
    }

    [Theory]
    [InlineData("a.test", SslProtocols.Tls12, true)]
    [InlineData("a.test", SslProtocols.Tls13, true)]
    [InlineData("b.test", SslProtocols.Tls12, false)]
    [InlineData("b.test", SslProtocols.Tls13, true)]
    public async Task PolicyChoosesTheVersions(string name, SslProtocols offered, bool succeeds)
    {
        await using var edge = await StartAsync();

        var failure = await Record.ExceptionAsync(async () => await (await HandshakeAsync(edge, name, offered)).DisposeAsync());

        Assert.Equal(succeeds, failure is null);
    }

    [Theory]
    [InlineData(SecurityPolicy.Tls12Of2021, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true)]
    [InlineData(SecurityPolicy.Tls12Of2021, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, false)]
    [InlineData(SecurityPolicy.Tls12Of2019, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, true)]
    [InlineData(SecurityPolicy.Tls12Of2019, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, false)]
    [InlineData(SecurityPolicy.Tls1, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, true)]
    public async Task PolicyChoosesTheCipherSuites(SecurityPolicy policy, TlsCipherSuite suite, bool succeeds)
    {
        await using var edge = await StartAsync(policy);
        var failure = await Record.ExceptionAsync(async () =>
        {
            await using var tls = await HandshakeAsync(edge, "a.test", SslProtocols.Tls12, new CipherSuitesPolicy([suite]));
            Assert.Equal(suite, tls.NegotiatedCipherSuite);
        });

        Assert.Equal(succeeds, failure is null);
    }

    [Fact]
    public async Task Session_IsResumed()
    {
        await using var edge = await StartAsync();
        var session = Path.Combine(Directory.CreateTempSubdirectory("brink-test-").FullName, "session");

        Assert.Contains("New, TLSv1.3", await OpenSslAsync(edge, "-sess_out", session), StringComparison.Ordinal);
        Assert.Contains("Reused, TLSv1.3", await OpenSslAsync(edge, "-sess_in", session), StringComparison.Ordinal);
    }

    /// <summary>OpenSSL calls an end without close_notify an unexpected one.</summary>
    [Fact]
    public async Task End_IsSaidBefore()
    {
        await using var edge = await StartAsync();

        var said = await OpenSslAsync(edge, "-state");

        Assert.Contains("403 Forbidden", said, StringComparison.Ordinal);
        Assert.Contains("SSL3 alert read:warning:close notify", said, StringComparison.Ordinal);
    }

    /// <summary>Two distributions: a.test for TLS 1.2 and 1.3 with the policy, b.test and *.wild.test for TLS 1.3 alone.</summary>
    private static async Task<TestEdge> StartAsync(SecurityPolicy policy = SecurityPolicy.Tls12Of2021) => await TestEdge.StartAsync(
        TestEdge.ToPort(1),
        options: options => options with { HttpsPort = 0 },
        snapshot: one => new EdgeSnapshot
        {
            Distributions =
            [
                With(one.Distributions[0], "a.test", policy, ["a.test"]), With(one.Distributions[0], "b.test", SecurityPolicy.Tls13Of2025, ["b.test", "*.wild.test"]),
            ],
        });

    private static LiveDistribution With(LiveDistribution live, string name, SecurityPolicy policy, string[] aliases) => live with
    {
        Distribution = live.Distribution with { Id = name, DomainName = $"{name}.cloudfront.net", Aliases = [.. aliases], ViewerCertificate = new ViewerCertificate { Id = name, Policy = policy } },
        Certificate = Of($"CN={name}"),
    };

    private static TlsCertificate Of(string subject) => new(Authority.IssueAs(subject));

    private static async Task<SslStream> HandshakeAsync(TestEdge edge, string name, SslProtocols protocols, CipherSuitesPolicy? suites = null)
    {
        var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, edge.HttpsPort, TestContext.Current.CancellationToken);
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, EnabledSslProtocols = protocols, CipherSuitesPolicy = suites }, TestContext.Current.CancellationToken);
        return tls;
    }

    /// <summary>One request by OpenSSL's own client, and what it says of the session.</summary>
    private static async Task<string> OpenSslAsync(TestEdge edge, params string[] flags)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/openssl", ["s_client", "-connect", $"127.0.0.1:{edge.HttpsPort}", "-servername", "a.test", "-tls1_3", .. flags, "-ign_eof"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var states = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync("GET / HTTP/1.1\r\nHost: nothing.test\r\nConnection: close\r\n\r\n");
        process.StandardInput.Close();
        return await said + await states;
    }
}

using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Brink.Distributions;
using Brink.Functions;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>HTTPS origins with certificates made here: what is asked for in the handshake, and which certificates are accepted.</summary>
public sealed class SecureOriginTests
{
    private static readonly TestAuthority Authority = new();

    [Theory]
    // The origin's own name; the Host that goes to it; the name asked for.
    [InlineData(null, null, "localhost")]
    [InlineData("host.test", null, "host.test")]
    [InlineData(null, "sni.test", "sni.test")]
    [InlineData("host.test", "sni.test", "sni.test")]
    public async Task NameAskedFor_IsSni_ThenHostHeader_ThenDomainName(string? hostHeader, string? sni, string asked)
    {
        await using var origin = new ScriptedOrigin();
        await using var front = new TlsFront(origin, Authority.Issue(asked));
        await using var edge = await StartAsync(To(front) with { HostHeader = hostHeader, Sni = sni });

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
        Assert.Equal([asked], front.Names);
        Assert.Equal(hostHeader ?? $"localhost:{front.Port}", Assert.Single(origin.Requests)["Host"]);
    }

    [Fact]
    public async Task ForwardedHost_IsAskedFor_AndMayBeInTheCertificate()
    {
        await using var origin = new ScriptedOrigin();
        await using var front = new TlsFront(origin, Authority.Issue("test"));
        await using var edge = await StartAsync(
            To(front), behavior => behavior with { OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("216adef6-5c7f-47e4-b989-5492eafa07d3") });

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
        Assert.Equal(["test"], front.Names);
    }

    [Theory]
    [InlineData("localhost", "", true)]                                 // the origin's name, though another was asked for
    [InlineData("asked.name.test", "", true)]
    [InlineData("*.name.test", "", true)]
    [InlineData("other.test", "", false)]
    [InlineData("other.test", "other.test", true)]
    [InlineData("other.test", "third.test other.test", true)]
    [InlineData("asked.name.test", "other.test", false)]                     // a list replaces the usual names
    [InlineData("localhost", "other.test", false)]
    [InlineData("a.example.test", "*.example.test", true)]
    [InlineData("*.example.test", "*.example.test", true)]
    [InlineData("*.example.test", "b.example.test", true)]
    [InlineData("a.b.example.test", "*.example.test", false)]
    [InlineData("example.test", "*.example.test", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    public async Task Certificate_MustHaveAnAcceptedName(string inCertificate, string allowed, bool accepted)
    {
        await using var origin = new ScriptedOrigin();
        await using var front = new TlsFront(origin, Authority.Issue(inCertificate));
        await using var edge = await StartAsync(To(front) with { Sni = "asked.name.test", AllowedCertificateNames = [.. allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries)] });

        Assert.Equal(accepted ? 200 : 502, (await edge.GetAsync("/")).Status);
        if (accepted)
            return;
        var entry = await edge.Log.NextAsync();
        Assert.Equal("OriginConnectError", entry.DetailedResultType);
        Assert.Contains($"its certificate is for {(allowed.Length > 0 ? "" : "another name: ")}{inCertificate}", entry.ErrorDetail, StringComparison.Ordinal);
        Assert.Empty(origin.Requests);
        Assert.Single(front.Names);                                     // not tried again: the certificate will not change
    }

    [Fact]
    public async Task Authority_ThatNobodyGave_IsNotTrusted()
    {
        await using var origin = new ScriptedOrigin();
        await using var front = new TlsFront(origin, Authority.Issue("localhost"));
        await using var edge = await StartAsync(To(front), authorities: new TestAuthority().Roots);

        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        Assert.Contains("not one that this machine trusts", (await edge.Log.NextAsync()).ErrorDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SelfSignedCertificate_IsTrustedWhenItIsGivenItself()
    {
        await using var origin = new ScriptedOrigin();
        await using var secure = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0, Certificate = SelfSigned });
        await using var edge = await StartAsync(
            new CustomOrigin { Id = "origin", DomainName = "localhost", HttpsPort = secure.HttpsPort, ProtocolPolicy = OriginProtocolPolicy.HttpsOnly },
            authorities: [X509CertificateLoader.LoadCertificate(SelfSigned.RawData)]);

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Tls12And13_AreSpoken(SslProtocols protocol)
    {
        await using var origin = new ScriptedOrigin();
        await using var front = new TlsFront(origin, Authority.Issue("localhost"), protocol);
        await using var edge = await StartAsync(To(front));

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Connection_IsKept_AndNotSharedBetweenOriginsWithOtherNames()
    {
        await using var origin = new ScriptedOrigin();
        await using var front = new TlsFront(origin, Authority.Issue("a.test", "b.test"));
        var next = 0;
        string[] names = ["a.test", "a.test", "b.test", "a.test", "b.test"];
        await using var edge = await StartAsync(To(front), viewerRequest: new ScriptedFunction(_ =>
            new FunctionOutcome.Continue { Target = To(front) with { Sni = names[next++] } }));

        foreach (var _ in names)
            Assert.Equal(200, (await edge.GetAsync("/")).Status);

        Assert.Equal(["a.test", "b.test"], front.Names);
    }

    private static X509Certificate2 SelfSigned { get; } = Brink.Edge.Listening.SelfSignedCertificate.Create(TimeProvider.System);

    private static CustomOrigin To(TlsFront front) =>
        new() { Id = "origin", DomainName = "localhost", HttpsPort = front.Port, ProtocolPolicy = OriginProtocolPolicy.HttpsOnly };

    private static Task<TestEdge> StartAsync(
        CustomOrigin origin, Func<CacheBehavior, CacheBehavior>? behavior = null, ScriptedFunction? viewerRequest = null, X509Certificate2Collection? authorities = null) =>
        TestEdge.StartAsync(origin, behavior, viewerRequest, options: options => options with { OriginAuthorities = authorities ?? Authority.Roots });
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>samples/lambda/jwks-auth against a real issuer that publishes its keys over HTTP and HTTPS.</summary>
public sealed class JwksAuthTests : IAsyncLifetime
{
    private readonly SampleCopy _sample = new("jwks-auth");
    private readonly EchoOrigin _origin = EchoOrigin.Start();
    private LocalServer? _issuer;
    private BrinkDev? _brink;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_brink is not null)
            await _brink.DisposeAsync();
        if (_issuer is not null)
            await _issuer.DisposeAsync();
        await _origin.DisposeAsync();
        _sample.Dispose();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task TokenOfTheIssuer_Passes_AndIsCheckedForEachViewer(string algorithm)
    {
        Start();
        var (ann, bob) = (await TokenAsync($"alg={algorithm}&sub=ann"), await TokenAsync($"alg={algorithm}&sub=bob"));

        Assert.Equal("Miss from cloudfront", (await AskAsync("/max-age/60", ann, ("X-Subject", "root"))).Header("X-Cache"));
        Assert.Equal("Hit from cloudfront", (await AskAsync("/max-age/60", bob)).Header("X-Cache"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("/max-age/60", null)).StatusCode);

        var seen = Assert.Single(await _origin.SeenAsync());
        Assert.False(seen.Headers.ContainsKey("Authorization"));
        Assert.Equal("1", await AskedAsync());
    }

    [Fact]
    public async Task SubjectGoesToTheOrigin_AsWeSayIt()
    {
        Start("--cache-policy", "CachingDisabled", "--origin-request-policy", "AllViewer");

        await AskAsync("/", await TokenAsync("sub=Zo%C3%AB"), ("X-Subject", "root"));

        Assert.Equal("Zo%C3%AB", Assert.Single(await _origin.SeenAsync()).Headers["X-Subject"]);
    }

    [Fact]
    public async Task TokensThatAreWrong_AreRefused_EachWithItsReason()
    {
        Start();
        var good = await TokenAsync("");
        foreach (var (reason, token) in new[]
        {
            ("not a token", "a.b"),
            ("not a token", "a.b.c"),
            ("of another issuer", await TokenAsync("iss=https://elsewhere.example")),
            ("for another audience", await TokenAsync("aud=somebody-else")),
            ("expired", await TokenAsync("exp=1000000000")),
            ("not valid yet", await TokenAsync("nbf=9999999999")),
            ("the signature does not fit", good[..^8] + "AAAAAAAA"),
            ("the key is for another algorithm", await TokenAsync("alg=RS256&kid=ES256-1")),
            ("not an algorithm that is accepted", WithHead(good, """{"alg":"none","kid":"RS256-1"}""")),
            ("not an algorithm that is accepted", WithHead(good, """{"alg":"HS256","kid":"RS256-1"}""")),
        })
        {
            var refused = await AskAsync("/", token);
            Assert.Equal((HttpStatusCode.Unauthorized, reason + "\n"), (refused.StatusCode, await refused.TextAsync()));
            Assert.Equal($"Bearer error=\"invalid_token\", error_description=\"{reason}\"", refused.Header("WWW-Authenticate"));
        }
        Assert.Empty(await _origin.SeenAsync());
    }

    [Fact]
    public async Task NewKey_WorksAtOnce_AndMadeUpOnesAreNotAskedForAgainAndAgain()
    {
        Start();
        var old = await TokenAsync("");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/", old)).StatusCode);

        await _issuer!.PostAsync("/rotate");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/", await TokenAsync(""))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/", old)).StatusCode);
        Assert.Equal("2", await AskedAsync());

        var forged = await TokenAsync("kid=made-up");
        for (var i = 0; i < 5; i++)
        {
            var refused = await AskAsync("/", forged);
            Assert.Equal((HttpStatusCode.Unauthorized, "signed with an unknown key\n"), (refused.StatusCode, await refused.TextAsync()));
        }
        Assert.Equal("2", await AskedAsync());
    }

    [Fact]
    public async Task KeyThatTheIssuerDrops_IsRefused_OnceTheKeysAreOld()
    {
        Start();
        var old = await TokenAsync("");
        await _issuer!.PostAsync("/max-age?seconds=0");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/", old)).StatusCode);

        await _issuer.PostAsync("/rotate");
        await _issuer.PostAsync("/forget");

        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("/", old)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/", await TokenAsync(""))).StatusCode);
    }

    [Fact]
    public async Task IssuerGoesAway_ItsKeysServeOn()
    {
        Start();
        var token = await TokenAsync("");
        await _issuer!.PostAsync("/max-age?seconds=0");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/", token)).StatusCode);

        await _issuer.DisposeAsync();

        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/", token)).StatusCode);
        var request = _brink!.WaitFor("request");
        Assert.DoesNotContain("could not be fetched", request.ToString(), StringComparison.Ordinal);
        Assert.Contains("could not be fetched", _brink.WaitFor("request").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IssuerIsAwayFromTheStart_TheViewerIsAskedToComeBack()
    {
        Start();
        var token = await TokenAsync("");
        await _issuer!.DisposeAsync();

        var refused = await AskAsync("/", token);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5", "the issuer cannot be asked\n"), (refused.StatusCode, refused.Header("Retry-After"), await refused.TextAsync()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("/", null)).StatusCode);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.ServiceUnavailable)]
    public async Task IssuerOverHttps_IsAskedOnlyWithACertificateThatTheFunctionKnows(bool isKnown, HttpStatusCode expected)
    {
        var certificate = WriteCertificate();
        _issuer = LocalServer.Node(_sample["issuer.mjs"], "0", certificate, _sample["key.pem"]);
        if (isKnown)
        {
            File.Copy(certificate, _sample["function/ca.pem"]);
            _sample.Configure("function/config.json", ("ca", "ca.pem"));
        }
        StartEdge();

        // The issuer makes the token on this machine; whether its certificate is good is the function's question, not the test's.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler);
        var token = (await client.GetStringAsync(new Uri(_issuer.Url + "/token"), TestContext.Current.CancellationToken)).Trim();

        Assert.Equal(expected, (await AskAsync("/", token)).StatusCode);
    }

    private void Start(params string[] flags)
    {
        _issuer = LocalServer.Node(_sample["issuer.mjs"], "0");
        StartEdge(flags);
    }

    private void StartEdge(params string[] flags)
    {
        // A busy machine is no issuer that is away: nothing here waits for either limit.
        _sample.Configure("function/config.json", ("issuer", _issuer!.Url), ("jwks", _issuer.Url + "/jwks"), ("timeoutMilliseconds", 20_000));
        File.WriteAllText(_sample["quotas.json"], """{ "base": "classic", "viewer": { "timeout": 30 } }""");
        _brink = BrinkDev.Start(["--origin", _origin.Url, "--viewer-request", _sample["function"], "--quotas", _sample["quotas.json"], .. flags]);
    }

    private async Task<string> TokenAsync(string query) => (await _issuer!.GetAsync("/token?" + query)).Trim();

    private async Task<string> AskedAsync() => (await _issuer!.GetAsync("/asked")).Trim();

    private Task<HttpResponseMessage> AskAsync(string target, string? token, params (string Name, string Value)[] headers) =>
        _brink!.GetAsync(target, token is null ? headers : [.. headers, ("Authorization", $"Bearer {token}")]);

    private static string WithHead(string token, string head) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(head)) + token[token.IndexOf('.', StringComparison.Ordinal)..];

    /// <summary>A certificate for 127.0.0.1 that is its own authority; its key is beside it.</summary>
    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=issuer", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(_sample["key.pem"], key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_sample["certificate.pem"], certificate.ExportCertificatePem());
        return _sample["certificate.pem"];
    }
}

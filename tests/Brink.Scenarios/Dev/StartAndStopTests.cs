using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

public sealed class StartAndStopTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(2, "nothing to serve", "dev")]
    [InlineData(2, "--viewer-country germany", "dev", "--origin", ".", "--viewer-country", "germany")]
    [InlineData(2, "--edge-location fra", "dev", "--origin", ".", "--edge-location", "fra")]
    [InlineData(2, "--edge-region Frankfurt", "dev", "--origin", ".", "--edge-region", "Frankfurt")]
    [InlineData(1, "/dev/null: the file has no certificate", "dev", "--origin", ".", "--origin-ca", "/dev/null")]
    [InlineData(1, "no-such-ca.pem: the file cannot be used as authorities", "dev", "--origin", ".", "--origin-ca", "no-such-ca.pem")]
    [InlineData(2, "--listen nowhere", "dev", "--origin", ".", "--listen", "nowhere")]
    [InlineData(2, "--http-port 70000", "dev", "--origin", ".", "--http-port", "70000")]
    [InlineData(2, "exclude each other", "dev", "--origin", ".", "--distribution", "x.json")]
    [InlineData(2, "--no-such-flag", "dev", "--no-such-flag")]
    [InlineData(1, "no/such/folder: this is neither a folder nor a URL", "dev", "--origin", "no/such/folder")]
    [InlineData(1, "no-such-file.js: there is no such file", "dev", "--origin", ".", "--viewer-request", "no-such-file.js")]
    [InlineData(1, "no-such-policy", "dev", "--origin", ".", "--cache-policy", "no-such-policy")]
    [InlineData(1, "no-such-event.json", "function", "test", "samples/spa-rewrite/function.js", "--event", "no-such-event.json")]
    [InlineData(2, "A value on the command line is empty.", "dev", "--origin", ".", "--viewer-request", "")]
    [InlineData(2, "A value on the command line is empty.", "dev", "--distribution=")]
    [InlineData(2, "A value on the command line is empty.", "function", "test", "samples/spa-rewrite/function.js", "--event", "")]
    [InlineData(1, "/dev/zero: the file is larger than", "function", "test", "samples/spa-rewrite/function.js", "--event", "/dev/zero")]
    [InlineData(2, "--event", "function", "test", "samples/spa-rewrite/function.js")]
    public async Task ACommandLineThatCannotWork_OneSentenceAndItsExitCode(int exitCode, string sentence, params string[] arguments)
    {
        await using var process = ChildProcess.Start(Repository.Executable, arguments);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(exitCode, await process.WaitForExitAsync());
        Assert.Contains(sentence, process.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Brink.", process.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OriginIsAnIPv6Address_ItIsAsked()
    {
        await using var brink = BrinkDev.Start("--origin", "http://[::1]:1");

        var reply = await brink.GetAsync("/");

        Assert.Equal(HttpStatusCode.BadGateway, reply.StatusCode);
        Assert.Contains("wasn't able to connect to the origin", await reply.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CertificateOfTheOriginIsNotTrusted_ThePageSaysSo()
    {
        await using var origin = BrinkDev.Start("--origin", _folder.FullName, "--https-port", "0");
        var url = origin.Started.GetProperty("urls").EnumerateArray().Select(u => u.GetString()!).First(u => u.StartsWith("https://127", StringComparison.Ordinal));
        await using var brink = BrinkDev.Start("--origin", url);

        var reply = await brink.GetAsync("/");

        Assert.Equal(HttpStatusCode.BadGateway, reply.StatusCode);
        Assert.Contains("its certificate is not one that this machine trusts", await reply.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthorityOfTheOriginIsGiven_ItsCertificateIsTrusted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=origin", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(_folder.FullName, "origin.pem"), Path.Combine(_folder.FullName, "origin.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        await using var origin = BrinkDev.Start("--origin", Content(), "--https-port", "0", "--certificate", certificateFile, "--private-key", keyFile);
        var port = new Uri(origin.Started.GetProperty("urls").EnumerateArray().Select(u => u.GetString()!).First(u => u.StartsWith("https://127", StringComparison.Ordinal))).Port;

        await using var brink = BrinkDev.Start("--origin", $"https://localhost:{port}", "--origin-ca", certificateFile, "--edge-location", "FRA");
        var reply = await brink.GetAsync("/a.txt");

        Assert.Equal(("content", "FRA50-C1"), (await reply.TextAsync(), reply.Header("X-Amz-Cf-Pop")));
    }

    [Fact]
    public async Task CertificateFileHasAChain_ViewersGetIt()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=root", rootKey).CreateSelfSigned(now.AddDays(-1), now.AddDays(9));
        using var middle = Authority("CN=middle", middleKey).Create(root, now.AddDays(-1), now.AddDays(8), [1]).CopyWithPrivateKey(middleKey);
        using var leaf = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256).Create(middle, now.AddDays(-1), now.AddDays(7), [2]);
        var (certificate, key) = (Path.Combine(_folder.FullName, "chain.pem"), Path.Combine(_folder.FullName, "key.pem"));
        File.WriteAllText(certificate, leaf.ExportCertificatePem() + "\n" + middle.ExportCertificatePem() + "\n");
        File.WriteAllText(key, leafKey.ExportPkcs8PrivateKeyPem());
        await using var brink = BrinkDev.Start("--origin", _folder.FullName, "--https-port", "0", "--certificate", certificate, "--private-key", key);
        var port = new Uri(brink.Started.GetProperty("urls").EnumerateArray().Select(u => u.GetString()!).First(u => u.StartsWith("https://127", StringComparison.Ordinal))).Port;

        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        var sent = new List<string>();
        await using var tls = new SslStream(connection.GetStream(), false, (_, _, chain, _) =>
        {
            sent.AddRange(chain!.ChainPolicy.ExtraStore.Select(one => one.Subject));
            return true;
        });
        await tls.AuthenticateAsClientAsync("leaf");

        Assert.Contains("CN=middle", sent);

        static CertificateRequest Authority(string name, ECDsa key)
        {
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            return request;
        }
    }

    [Fact]
    public async Task FunctionDoesNotCompile_TheLineWithACaret()
    {
        var file = Path.Combine(_folder.FullName, "broken.js");
        File.WriteAllText(file, "function handler(event) {\n    return event.request?.uri;\n}\n");

        await using var process = ChildProcess.Start(Repository.Executable, ["dev", "--origin", _folder.FullName, "--viewer-request", file]);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains("SyntaxError", process.ErrorText, StringComparison.Ordinal);
        Assert.Contains("return event.request?.uri;", process.ErrorText, StringComparison.Ordinal);
        Assert.Contains("^", process.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortInUse_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        await using var process = ChildProcess.Start(Repository.Executable, ["dev", "--origin", _folder.FullName, "--http-port", port]);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains(port, process.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task Signal_RequestsUnderWayFinish(int signal)
    {
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start("--origin", origin.Url);
        var underWay = brink.GetAsync("/slow/1.5");
        await origin.WaitUntilAskedAsync();

        brink.Process.Signal(signal);

        brink.WaitFor("draining");
        Assert.Equal(HttpStatusCode.OK, (await underWay).StatusCode);
        Assert.Equal(0, await brink.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task SecondSignal_EndsAtOnce()
    {
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start("--origin", origin.Url);
        var underWay = brink.GetAsync("/slow/60");
        await origin.WaitUntilAskedAsync();

        brink.Process.Signal(2);
        brink.WaitFor("draining");
        brink.Process.Signal(2);

        Assert.NotEqual(0, await brink.Process.WaitForExitAsync());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => underWay);
    }

    [Fact]
    public async Task Https_ServesHttp2WithACertificateOfTheLocalAuthority()
    {
        await using var brink = BrinkDev.Start("--origin", Content(), "--https-port", "0");

        var (reply, subject) = await GetOverTlsAsync(brink, "/a.txt");

        Assert.Equal((HttpVersion.Version20, "content", "CN=localhost"), (reply.Version, await reply.TextAsync(), subject));
    }

    [Fact]
    public async Task Https_WithAGivenCertificate_ServesThatOne()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=given.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(_folder.FullName, "given.pem"), Path.Combine(_folder.FullName, "given.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        await using var brink = BrinkDev.Start("--origin", Content(), "--https-port", "0", "--certificate", certificateFile, "--private-key", keyFile);

        var (_, subject) = await GetOverTlsAsync(brink, "/a.txt");

        Assert.Equal("CN=given.example", subject);
    }

    [Fact]
    public async Task CertificateThatIsNone_SaysSo()
    {
        var file = Path.Combine(_folder.FullName, "no.pem");
        File.WriteAllText(file, "not a certificate");

        await using var process = ChildProcess.Start(
            Repository.Executable, ["dev", "--origin", _folder.FullName, "--http-port", "0", "--https-port", "0", "--certificate", file, "--private-key", file]);

        Assert.Equal("", process.ReadToEnd());
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains("no.pem: the file cannot be used as a certificate", process.ErrorText, StringComparison.Ordinal);
    }

    private string Content()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "content");
        return _folder.FullName;
    }

    private static async Task<(HttpResponseMessage Reply, string Subject)> GetOverTlsAsync(BrinkDev brink, string target)
    {
        var url = brink.Started.GetProperty("urls").EnumerateArray().Select(u => u.GetString()!).First(u => u.StartsWith("https://127", StringComparison.Ordinal));
        var subject = "";
        using var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (subject = certificate?.Subject ?? "").Length > 0,
            },
        };
        using var viewer = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        return (await viewer.GetAsync(new Uri(url + target), TestContext.Current.CancellationToken), subject);
    }
}

using System.Security.Cryptography.X509Certificates;
using Brink.Host.Commands;
using Brink.Host.Development;

namespace Brink.Tests.Host;

public sealed class LocalAuthorityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-test-");
    private readonly ManualTimeProvider _time = new();

    private string Folder => Path.Combine(_folder.FullName, "authority");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void CertificatesAreForTheirNames_AndLeadToTheAuthority()
    {
        using var authority = LocalAuthority.Open(Folder, _time);

        var certificate = authority.For(["www.example.com", "*.example.org", "localhost"]).Certificate;

        Assert.All(["www.example.com", "a.example.org", "localhost", "127.0.0.1", "::1"], name => Assert.True(certificate.MatchesHostname(name), name));
        Assert.False(certificate.MatchesHostname("example.com"));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(authority.File!));
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().DateTime;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.True(chain.Build(certificate));
    }

    [Fact]
    public void SameNames_GetTheSameCertificate_UntilItsTimeIsNearlyOver()
    {
        using var authority = LocalAuthority.Open(Folder, _time);
        var first = authority.For(["a.test"]);

        Assert.Same(first, authority.For(["a.test"]));
        Assert.NotSame(first, authority.For(["b.test"]));
        _time.Advance(TimeSpan.FromDays(396));
        Assert.NotSame(first, authority.For(["a.test"]));
    }

    [Fact]
    public void NextStart_HasTheSameAuthority_AndItsKeyIsTheUsersAlone()
    {
        string Fingerprint()
        {
            using var authority = LocalAuthority.Open(Folder, _time);
            return X509CertificateLoader.LoadCertificateFromFile(authority.File!).Thumbprint;
        }
        var first = Fingerprint();

        Assert.Equal(first, Fingerprint());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, "authority.key")));
        Assert.True(File.GetUnixFileMode(Path.Combine(Folder, "authority.pem")).HasFlag(UnixFileMode.OtherRead));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));

        _time.Advance(TimeSpan.FromDays(3653 - 397));
        Assert.NotEqual(first, Fingerprint());
    }

    [Fact]
    public void FolderThatHoldsSomethingElse_IsSaid()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "authority.pem"), "not a certificate");

        Assert.StartsWith($"{Folder} cannot hold the authority for certificates: ", Assert.ThrowsAny<IOException>(() => LocalAuthority.Open(Folder, _time)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trust_NamesTheFileThatIsThere()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(0, TrustCommand.Run(Folder, output, errors, _time));

        Assert.Contains($"curl --cacert '{Path.Combine(Folder, "authority.pem")}'", output.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Folder, "authority.pem")));
        Assert.Empty(errors.ToString());
    }
}

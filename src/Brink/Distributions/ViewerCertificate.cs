namespace Brink.Distributions;

/// <summary>With what viewers' TLS begins (distribution spec 2.11).</summary>
public sealed record ViewerCertificate
{
    /// <summary>The certificate for the distribution's own <c>cloudfront.net</c> name, with the widest policy.</summary>
    public static ViewerCertificate Default { get; } = new();

    /// <summary>The ARN of ACM or the id of IAM; null for the default certificate.</summary>
    public string? Id { get; init; }

    /// <summary>Which versions and cipher suites viewers may use. Default TLSv1, which is what the default certificate has.</summary>
    public SecurityPolicy Policy { get; init; } = SecurityPolicy.Tls1;
}

/// <summary>
/// MinimumProtocolVersion: which versions and cipher suites of TLS viewers may use. Nothing below TLS 1.2 is ever spoken, whatever the
/// policy allows.
/// </summary>
public enum SecurityPolicy
{
    /// <summary>SSLv3.</summary>
    Ssl3,
    /// <summary>TLSv1.</summary>
    Tls1,
    /// <summary>TLSv1_2016.</summary>
    Tls1Of2016,
    /// <summary>TLSv1.1_2016.</summary>
    Tls11Of2016,
    /// <summary>TLSv1.2_2018.</summary>
    Tls12Of2018,
    /// <summary>TLSv1.2_2019.</summary>
    Tls12Of2019,
    /// <summary>TLSv1.2_2021.</summary>
    Tls12Of2021,
    /// <summary>TLSv1.2_2025.</summary>
    Tls12Of2025,
    /// <summary>TLSv1.3_2025: TLS 1.3 alone.</summary>
    Tls13Of2025,
}

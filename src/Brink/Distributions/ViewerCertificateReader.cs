using Brink.Configuration;

namespace Brink.Distributions;

/// <summary>The ViewerCertificate of a DistributionConfig (distribution spec 2.11).</summary>
internal static class ViewerCertificateReader
{
    /// <summary>In the order of <see cref="SecurityPolicy"/>.</summary>
    private static readonly string[] Policies =
    [
        "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025",
    ];

    public static ViewerCertificate Read(ConfigObject root)
    {
        if (root.Object("ViewerCertificate") is not { } certificate)
            return ViewerCertificate.Default;
        var isDefault = certificate.Flag("CloudFrontDefaultCertificate");
        var ofAcm = certificate.Text("ACMCertificateArn") ?? "";
        var ofIam = certificate.Text("IAMCertificateId") ?? "";
        // Both repeat one of the others, for clients of long ago.
        certificate.Ignore("Certificate");
        certificate.OneOf("CertificateSource", required: false, "cloudfront", "iam", "acm");
        var support = certificate.OneOf("SSLSupportMethod", required: false, ["sni-only", "vip"], ["static-ip"]);
        var policy = certificate.OneOf("MinimumProtocolVersion", required: false, Policies);

        if (ofAcm.Length > 0 && ofIam.Length > 0)
            certificate.Mistake("IAMCertificateId", "a distribution has one certificate, of ACM or of IAM", "Leave one of them");
        var id = ofAcm.Length > 0 ? ofAcm : ofIam;
        if (id.Length > 0 && isDefault == true)
            certificate.Mistake(
                "CloudFrontDefaultCertificate", "true asks for the default certificate, and another one is named", "Set it to false");
        if (id.Length == 0 && isDefault == false)
            certificate.Mistake(
                "CloudFrontDefaultCertificate", "false asks for another certificate, and none is named",
                "Name one with ACMCertificateArn, or set it to true");
        if (ofAcm.Length > 0 && !IsAcmArn(ofAcm))
            certificate.Mistake(
                "ACMCertificateArn", $"'{ofAcm}' is not the ARN of a certificate in us-east-1",
                "Write it like arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012");
        if (id.Length > 0 && support is null && !certificate.Has("SSLSupportMethod"))
            certificate.Mistake("SSLSupportMethod", "a certificate of one's own needs it", "Set it to sni-only");
        certificate.Close();
        // With the default certificate the policy is TLSv1 at AWS, whatever is said.
        return id.Length == 0
            ? ViewerCertificate.Default
            : new ViewerCertificate { Id = id, Policy = (SecurityPolicy)Array.IndexOf(Policies, policy ?? "TLSv1") };
    }

    private static bool IsAcmArn(string arn) =>
        arn.Split(':') is ["arn", var partition, "acm", "us-east-1", { Length: 12 } account, var resource]
        && partition.StartsWith("aws", StringComparison.Ordinal)
        && !account.AsSpan().ContainsAnyExceptInRange('0', '9')
        && resource.StartsWith("certificate/", StringComparison.Ordinal) && resource.Length > "certificate/".Length;
}

namespace Brink.Resources;

/// <summary>A certificate that distributions name: its id, and what a document of the aws command line says of it.</summary>
/// <param name="Id">The ARN of ACM, or the id of IAM.</param>
/// <param name="Pem">The certificate and its chain; null where the document has none, as with <c>aws acm describe-certificate</c>.</param>
public sealed record CertificateResource(string Id, string? Pem);

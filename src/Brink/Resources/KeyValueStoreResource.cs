namespace Brink.Resources;

/// <summary>A key value store as <c>aws cloudfront describe-key-value-store</c> prints it. Its keys are a file of their own.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Arn">Its ARN.</param>
public sealed record KeyValueStoreResource(string Id, string Name, string Arn);

namespace Brink.Resources;

/// <summary>A CloudFront Function as <c>aws cloudfront describe-function</c> prints it. Its code is a file of its own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Runtime">The dialect, such as <c>cloudfront-js-2.0</c>.</param>
/// <param name="KeyValueStoreArn">The store that is associated with it; null for none.</param>
public sealed record FunctionResource(string Name, string Runtime, string? KeyValueStoreArn)
{
    /// <summary>The id in the ARN of a key value store.</summary>
    public static string StoreIdOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];
}

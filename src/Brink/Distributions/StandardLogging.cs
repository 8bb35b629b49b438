namespace Brink.Distributions;

/// <summary>The standard log of a distribution: Logging, where it is enabled (distribution spec 2.14).</summary>
/// <param name="Bucket">The bucket by its host name: <c>logs.s3.amazonaws.com</c>.</param>
/// <param name="Prefix">What the names of files begin with: empty, or with a slash at the end.</param>
/// <param name="IncludesCookies">Whether the log has the cookies of requests.</param>
public sealed record StandardLogging(string Bucket, string Prefix, bool IncludesCookies);

namespace Brink.JavaScript;

/// <summary>The two dialects of CloudFront Functions (functions spec 5.1).</summary>
public enum Runtime
{
    /// <summary>cloudfront-js-1.0: ES 5.1 with a few later pieces.</summary>
    CloudFrontJs10,
    /// <summary>cloudfront-js-2.0: with const, let, async, Buffer and the cloudfront module.</summary>
    CloudFrontJs20,
}

/// <summary>The spelling of runtimes in the API.</summary>
public static class RuntimeNames
{
    /// <summary><c>cloudfront-js-1.0</c> or <c>cloudfront-js-2.0</c>.</summary>
    public static string ToName(this Runtime runtime) => runtime == Runtime.CloudFrontJs10 ? "cloudfront-js-1.0" : "cloudfront-js-2.0";

    /// <summary>The runtime of that name; false for any other text.</summary>
    public static bool TryParse(string? name, out Runtime runtime)
    {
        runtime = name == "cloudfront-js-1.0" ? Runtime.CloudFrontJs10 : Runtime.CloudFrontJs20;
        return name is "cloudfront-js-1.0" or "cloudfront-js-2.0";
    }
}

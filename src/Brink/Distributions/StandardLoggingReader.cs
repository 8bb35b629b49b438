using System.Buffers;
using Brink.Configuration;

namespace Brink.Distributions;

/// <summary>Logging of a DistributionConfig (distribution spec 2.14).</summary>
internal static class StandardLoggingReader
{
    private const int LongestPrefix = 256;

    private static readonly SearchValues<char> InPrefix =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!-_.*'()/=+@:,$ ");

    public static StandardLogging? Read(ConfigObject root)
    {
        if (root.Object("Logging") is not { } logging)
            return null;
        var isEnabled = logging.Flag("Enabled") == true;
        var includesCookies = logging.Flag("IncludeCookies") == true;
        var bucket = (logging.Text("Bucket") ?? "").ToLowerInvariant();
        var prefix = logging.Text("Prefix") ?? "";
        logging.Close();
        if (!isEnabled)
            return null;
        if (!BucketName.TryParse(bucket, out _))
            logging.Mistake(
                "Bucket", $"'{bucket}' is not the host name of a bucket", "Write BUCKET.s3.amazonaws.com, with the bucket's own name");
        if (prefix.Length > LongestPrefix || prefix.AsSpan().ContainsAnyExcept(InPrefix))
            logging.Mistake(
                "Prefix", $"'{prefix}' is longer than {LongestPrefix}, or holds a character that keys of S3 should not have",
                "Use letters, digits and ! - _ . * ' ( ) / = + @ : , $");
        // Files of a mapped bucket are below its folder, wherever the prefix leads.
        else if (prefix.StartsWith('/') || prefix.Split('/') is var parts && (parts.Contains("..") || parts.Contains(".")))
            logging.Mistake("Prefix", $"'{prefix}' begins with a slash, or has . or .. as a part", "Write it like cdn/site/");
        if (prefix.Length > 0 && !prefix.EndsWith('/'))
            prefix += "/";
        return new StandardLogging(bucket, prefix, includesCookies);
    }
}

namespace Brink.Distributions;

/// <summary>What the host name of an S3 bucket says.</summary>
/// <param name="Bucket">The bucket, which may have dots.</param>
/// <param name="Region">Its region: <c>us-east-1</c> where the name has none, as S3 means it.</param>
/// <param name="ServiceName">The rest of the name: <c>s3.eu-central-1.amazonaws.com</c>.</param>
public readonly record struct BucketName(string Bucket, string Region, string ServiceName)
{
    private const string OldestRegion = "us-east-1";

    private static readonly string[] Partitions = [".amazonaws.com", ".amazonaws.com.cn"];

    /// <summary>
    /// Reads <c>bucket.s3.region.amazonaws.com</c> and its older forms: without a region, with a dash before it, with <c>dualstack</c>.
    /// False for every other name, those of website endpoints included: they are servers of their own.
    /// </summary>
    public static bool TryParse(string host, out BucketName name)
    {
        name = default;
        foreach (var partition in Partitions)
        {
            if (!host.EndsWith(partition, StringComparison.Ordinal))
                continue;
            var rest = host.AsSpan(0, host.Length - partition.Length);
            if (rest.Length > 3 && rest.EndsWith(".s3", StringComparison.Ordinal))
            {
                name = new BucketName(rest[..^3].ToString(), OldestRegion, host[(rest.Length - 2)..]);
                return true;
            }
            // The last one: a bucket may be called a.s3.b.
            var at = Math.Max(rest.LastIndexOf(".s3.", StringComparison.Ordinal), rest.LastIndexOf(".s3-", StringComparison.Ordinal));
            if (at <= 0)
                return false;
            var region = rest[(at + 4)..];
            if (region.StartsWith("dualstack.", StringComparison.Ordinal))
                region = region["dualstack.".Length..];
            if (!OriginRules.LooksLikeRegion(region.ToString()) || region.StartsWith("website", StringComparison.Ordinal))
                return false;
            name = new BucketName(rest[..at].ToString(), region.ToString(), host[(at + 1)..]);
            return true;
        }
        return false;
    }

    /// <summary>Whether it is the name of a bucket's website, which an origin can ask only as a custom origin.</summary>
    public static bool IsWebsite(string host) =>
        Array.Exists(Partitions, partition => host.EndsWith(partition, StringComparison.Ordinal))
            && host.Contains(".s3-website", StringComparison.Ordinal);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Host.Files;
using Brink.Host.Options;

namespace Brink.Host.Development;

/// <summary>
/// What objects in the cache were made under: the command line, and the files that it names. A cache on disk outlives the process, and what
/// changed meanwhile was seen by no watch.
/// </summary>
internal static class CacheFingerprint
{
    /// <summary>A text that is another one when anything is.</summary>
    public static string Of(DevOptions options, WatchedFiles watched)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in OfFlags(options).Concat(watched.Files.SelectMany(OfFile)))
            Add(hash, part);
        foreach (var folder in watched.CodeFolders.Concat(watched.ContentFolders))
        {
            if (!Directory.Exists(folder))
                continue;
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                foreach (var part in OfFile(file))
                    Add(hash, part);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // What changes answers. Where the edge listens and how it prints does not.
    private static IEnumerable<string?> OfFlags(DevOptions options) =>
    [
        options.Origin, options.DefaultRootObject, options.HiddenFiles.ToString(), options.ViewerRequest, options.ViewerResponse,
        options.OriginRequest, options.OriginResponse, options.Handler, options.Node, options.Python, options.Quotas,
        options.IncludeBody.ToString(), options.CachePolicy, options.OriginRequestPolicy, options.ResponseHeadersPolicy,
        options.KeyValueStore, options.S3, options.EdgeLocation, options.EdgeRegion, options.ViewerCountry, options.HttpCaching,
        .. options.Distributions, "", .. options.Lambdas, "", .. options.Functions, "", .. options.Runtimes, "", .. options.Resources, "",
        .. options.GeoDatabases, "", .. options.Ignore, "", .. options.Memory, "", .. options.Timeout,
    ];

    private static IEnumerable<string?> OfFile(string path)
    {
        var file = new FileInfo(path);
        yield return path;
        if (!file.Exists)
            yield break;
        yield return file.Length.ToString(CultureInfo.InvariantCulture);
        yield return file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture);
    }

    private static void Add(IncrementalHash hash, string? part)
    {
        hash.AppendData(part is null ? "-"u8 : Encoding.UTF8.GetBytes("+" + part));
        hash.AppendData("\0"u8);
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Distributions;
using Brink.Edge;
using Brink.Functions;
using Brink.Policies;

namespace Brink.Host.Development;

/// <summary>
/// Turns the files of the command line into a snapshot, again and again. It remembers the last good version of every function, so that a broken save
/// leaves the old one serving; a mistake in any other file leaves the whole old configuration.
/// </summary>
internal sealed class DevConfigurationReader(DevOptions options, TimeProvider time)
{
    private const string DefaultCachePolicy = "CachingOptimized";

    private readonly FunctionFiles _functionFiles = new(Commands.ComputeBudgetOption.Limits(options.ComputeBudget), time);
    private Dictionary<string, byte[]> _before = [];

    /// <summary>Reads every file anew.</summary>
    /// <param name="mistakes">What cannot be used, all at once; a function in here that has a last good version does not keep the rest from serving.</param>
    /// <returns>Null when there is nothing that could be served.</returns>
    public DevConfiguration? Read(out IReadOnlyList<DevMistake> mistakes)
    {
        var reading = new Reading();
        mistakes = reading.Mistakes;

        var store = options.KeyValueStore is { } storeFile && reading.Bytes(storeFile) is { } storeBytes
            ? _functionFiles.ReadKeyValueStore(storeFile, storeBytes, reading.Mistakes)
            : null;
        var live = options.Distributions.IsEmpty ? FromFlags(reading) : FromFiles(reading);
        if (reading.IsUnusable || live.IsEmpty || (options.KeyValueStore is not null && store is null))
            return null;

        var changed = _before.Count == 0
            ? []
            : reading.Files.Where(file => !_before.TryGetValue(file.Key, out var old) || !old.AsSpan().SequenceEqual(file.Value)).Select(file => file.Key).ToImmutableArray();
        _before = reading.Files;
        return new DevConfiguration
        {
            Snapshot = new EdgeSnapshot { Distributions = live, AnyHostIsTheOnlyDistribution = true, ViewerCountry = options.ViewerCountry },
            Files = [.. reading.Files.Keys.Concat(reading.MissingFiles).Select(Path.GetFullPath)],
            Warnings = [.. reading.Warnings],
            Folders = [.. live.SelectMany(one => one.Distribution.Origins).OfType<DirectoryOrigin>().Select(origin => origin.Directory).Distinct(StringComparer.Ordinal)],
            ChangedFiles = changed,
            Functions = [.. reading.Functions],
            Distributions = [.. live.Select(one => new DevDistribution(
                one.Distribution.Id, one.Distribution.DomainName, one.Distribution.Aliases, string.Join(", ", one.Distribution.Origins.Select(Describe))))],
            KeyValueStoreId = store?.Id,
        };
    }

    /// <summary>One distribution from --origin, the two functions and the two policies.</summary>
    private ImmutableArray<LiveDistribution> FromFlags(Reading reading)
    {
        var origin = ReadOrigin(options.Origin!, reading);
        var cachePolicy = PolicyFiles.ReadCachePolicy(options.CachePolicy ?? DefaultCachePolicy, reading);
        var originRequestPolicy = options.OriginRequestPolicy is { } policy ? PolicyFiles.ReadOriginRequestPolicy(policy, reading) : null;
        var viewerRequest = ReadFunction(options.ViewerRequest, reading);
        var viewerResponse = ReadFunction(options.ViewerResponse, reading);
        if (origin is null || cachePolicy is null || reading.IsUnusable)
            return [];

        var behavior = new CacheBehavior
        {
            TargetOriginId = origin.Id,
            CachePolicy = cachePolicy,
            OriginRequestPolicy = originRequestPolicy,
            AllowedMethods = AllowedMethods.All,        // a development server stands in front of whole applications
        };
        var (id, domainName) = NamesFor("flags");
        var distribution = new Distribution { Id = id, DomainName = domainName, Origins = [origin], DefaultCacheBehavior = behavior };
        return [new LiveDistribution(distribution, new LiveBehavior(behavior, origin, viewerRequest, viewerResponse), [])];
    }

    private ImmutableArray<LiveDistribution> FromFiles(Reading reading)
    {
        var functions = new Dictionary<string, IEdgeFunction>(StringComparer.Ordinal);
        foreach (var binding in options.Functions)
        {
            var at = binding.IndexOf('=', StringComparison.Ordinal);
            if (ReadFunction(binding[(at + 1)..], reading, binding[..at]) is { } function)
                functions[binding[..at]] = function;
        }

        var live = ImmutableArray.CreateBuilder<LiveDistribution>();
        foreach (var file in options.Distributions)
        {
            var (id, domainName) = NamesFor(Path.GetFullPath(file));
            if (DistributionFiles.Read(file, id, domainName, reading) is not { } distribution)
                continue;
            var bound = true;
            LiveBehavior Bind(CacheBehavior behavior) => new(
                behavior, distribution.TargetById(behavior.TargetOriginId),
                BoundFunction(behavior, EventType.ViewerRequest, functions, file, reading, ref bound),
                BoundFunction(behavior, EventType.ViewerResponse, functions, file, reading, ref bound));
            var one = new LiveDistribution(distribution, Bind(distribution.DefaultCacheBehavior), [.. distribution.CacheBehaviors.Select(Bind)]);
            if (bound)
                live.Add(one);
        }
        return reading.IsUnusable ? [] : live.ToImmutable();
    }

    private static IEdgeFunction? BoundFunction(
        CacheBehavior behavior, EventType type, Dictionary<string, IEdgeFunction> functions, string file, Reading reading, ref bool bound)
    {
        var arn = behavior.FunctionAssociations.FirstOrDefault(association => association.EventType == type)?.FunctionArn;
        if (arn is null)
            return null;
        var name = arn[(arn.LastIndexOf('/') + 1)..];
        if (functions.TryGetValue(name, out var function))
            return function;
        bound = false;
        // A function that does not compile has been reported already.
        if (!reading.FailedFunctions.Contains(name))
            reading.Unusable(file, $"associates the function {name} ({arn}): bind it with --function {name}=FILE");
        return null;
    }

    private IEdgeFunction? ReadFunction(string? file, Reading reading, string? name = null)
    {
        if (file is null)
            return null;
        name ??= NameFromFile.Of(file);
        if (reading.Bytes(file) is not { } source)
            return null;
        var function = _functionFiles.Read(name, file, source, reading, out var description);
        if (function is null)
        {
            reading.FailedFunctions.Add(name);
            reading.IsUnusable = true;
            return null;
        }
        reading.Functions.Add(description);
        return function;
    }

    private static Origin? ReadOrigin(string text, Reading reading)
    {
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            {
                reading.Unusable(text, "is not the URL of an origin: scheme, host, port and path, no more");
                return null;
            }
            var secure = url.Scheme == Uri.UriSchemeHttps;
            return new CustomOrigin
            {
                Id = "origin",
                DomainName = url.IdnHost, // without the brackets of an IPv6 address, and in the form that DNS takes
                HttpPort = secure ? 80 : url.Port,
                HttpsPort = secure ? url.Port : 443,
                ProtocolPolicy = secure ? OriginProtocolPolicy.HttpsOnly : OriginProtocolPolicy.HttpOnly,
                OriginPath = url.AbsolutePath.TrimEnd('/'),
            };
        }
        if (!Directory.Exists(text))
        {
            reading.Unusable(text, File.Exists(text) ? "is a file; an origin is a folder or a URL" : "is neither a folder nor a URL (http://...)");
            return null;
        }
        return new DirectoryOrigin { Id = "origin", Directory = Path.GetFullPath(text) };
    }

    private static string Describe(Origin origin) => origin switch
    {
        DirectoryOrigin folder => folder.Directory,
        CustomOrigin { ProtocolPolicy: OriginProtocolPolicy.HttpsOnly } server => string.Create(CultureInfo.InvariantCulture, $"https://{server.DomainName}:{server.HttpsPort}{server.OriginPath}"),
        CustomOrigin server => string.Create(CultureInfo.InvariantCulture, $"http://{server.DomainName}:{server.HttpPort}{server.OriginPath}"),
        _ => origin.Id,
    };

    /// <summary>An id and a name in CloudFront's form, the same every time for the same file.</summary>
    private static (string Id, string DomainName) NamesFor(string what)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(what));
        var text = string.Create(13, hash, static (characters, bytes) =>
        {
            for (var i = 0; i < characters.Length; i++)
                characters[i] = letters[bytes[i] % letters.Length];
        });
        return ("E" + text, $"d{text.ToLowerInvariant()}.cloudfront.net");
    }
}

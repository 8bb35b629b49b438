using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Configuration;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Host.Files;
using Brink.Host.Logs;
using Brink.Host.Options;
using Brink.Host.Output;
using Brink.Lambda;
using Brink.Quotas;
using Brink.Resources;

namespace Brink.Host.Development;

/// <summary>
/// Turns the files of the command line into a snapshot, at the start and after each change. It remembers the last good version of every
/// function, so that a broken save leaves the old one serving; a mistake in any other file leaves the whole old configuration.
/// </summary>
internal sealed class DevConfigurationReader(DevOptions options, LocalAuthority? authority, TimeProvider time) : IAsyncDisposable
{
    private const string DefaultCachePolicy = "CachingOptimized";

    private readonly StoreFiles _storeFiles = new(time);
    private readonly FunctionFiles _functionFiles = new(ComputeBudgetOption.Limits(options.ComputeBudget), time);
    private readonly LambdaFiles? _lambdaFiles = options.UsesLambda ? new LambdaFiles(options, Quotas(options), time) : null;
    private readonly GeoFiles _geoFiles = new();
    private readonly FunctionRuntimes _runtimes = options.GivenRuntimes([]);
    private Dictionary<string, byte[]> _serving = [];
    private Dictionary<string, byte[]> _readLast = [];
    private EdgeSnapshot? _servingSnapshot;
    private EdgeSnapshot? _snapshotReadLast;

    private readonly Dictionary<(string Name, string? File), FunctionSource> _newFunctions = [];
    private readonly IgnoredSettings _ignored = options.IgnoredSettings([]);
    private ImmutableDictionary<string, ImmutableArray<string>> _leftOut = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>CloudFront Functions whose code is new since the last call, also those that cannot be used.</summary>
    public ImmutableArray<FunctionSource> TakeNewFunctions()
    {
        ImmutableArray<FunctionSource> taken = [.. _newFunctions.Values];
        _newFunctions.Clear();
        return taken;
    }

    /// <summary>The ids of the distributions, as read last, that have a setting which is left out.</summary>
    public IEnumerable<string> IdsThatLeaveOut(string setting) =>
        _leftOut.Where(distribution => distribution.Value.Contains(setting)).Select(distribution => distribution.Key);

    /// <summary>The logs of distributions.</summary>
    public DevLogs Logs { get; } = new(options.Logs, time);

    /// <summary>Processes of Lambda@Edge functions that there are just now.</summary>
    public int LambdaEnvironments => _lambdaFiles?.EnvironmentCount ?? 0;

    /// <summary>After the configuration read last has been swapped in.</summary>
    public void SwappedIn()
    {
        (_serving, _servingSnapshot) = (_readLast, _snapshotReadLast);
        _lambdaFiles?.RetireReplaced();
    }

    public async ValueTask DisposeAsync()
    {
        if (_lambdaFiles is not null)
            await _lambdaFiles.DisposeAsync();
        await Logs.DisposeAsync();
    }

    private static LambdaQuotas Quotas(DevOptions options) =>
        options.Quotas is null
            ? LambdaQuotas.Classic
            : QuotasFile.Read(options.Quotas, out _) ?? throw new InvalidOperationException("quotas that have been refused are used");

    /// <summary>Reads every file anew.</summary>
    /// <returns>
    /// The configuration, null when nothing can be served; and everything that cannot be used. A function with a last good version does not
    /// keep the rest from serving.
    /// </returns>
    public async Task<(DevConfiguration? Configuration, IReadOnlyList<FileMistake> Mistakes)> ReadAsync()
    {
        var reading = new Reading();
        return (await ReadAsync(reading), reading.Mistakes);
    }

    private async Task<DevConfiguration?> ReadAsync(Reading reading)
    {
        var store = options.KeyValueStore is { } kvs ? _storeFiles.ReadGiven(kvs, reading) : null;
        var s3 = S3Files.Read(options.S3, reading);
        var builder = new SnapshotBuilder
        {
            AnyHostIsTheOnlyDistribution = true,
            ViewerCountry = options.ViewerCountry,
            Places = _geoFiles.Read(options.GeoDatabases, reading),
            Before = _servingSnapshot,
            S3 = s3.Settings,
        };
        var given = ResourceFiles.Read(options.Resources, builder.Certificates, time, reading);
        var controls = given.Catalog.OriginAccessControls.SetItems(s3.OriginAccessControls);
        given = given with { Catalog = given.Catalog with { OriginAccessControls = controls } };
        var functions = new FunctionBinder(_functionFiles, _storeFiles, _runtimes, store, given, reading);
        Logs.Bind(builder, s3.Settings);
        builder.CertificateInstead = authority is null ? null : distribution => authority.For(NamesOf(distribution));
        var files = new Dictionary<Distribution, string>(ReferenceEqualityComparer.Instance);
        if (options.Distributions.IsEmpty)
            await AddFromFlagsAsync(builder, given.Catalog, functions, reading);
        else
            await AddFromFilesAsync(builder, s3, given, functions, files, reading);
        var snapshot = builder.Build();
        if (!reading.IsUnusable)
            DeploymentNotes.Add(snapshot, builder.DeploymentMistakes, files, reading);
        var live = snapshot.AllDistributions.ToImmutableArray();
        foreach (var function in reading.NewFunctions)
            _newFunctions[(function.Name, function.FileName)] = function;
        if (reading.IsUnusable || live.IsEmpty || (options.KeyValueStore is not null && store is null))
            return null;

        _snapshotReadLast = snapshot;
        // A function with a mistake keeps its last good version, and the bytes that it is compared with.
        var mistaken = reading.Mistakes.Select(mistake => mistake.File).ToHashSet(StringComparer.Ordinal);
        _readLast = new Dictionary<string, byte[]>(reading.Files.Where(file => !mistaken.Contains(file.Key)), StringComparer.Ordinal);
        foreach (var (file, bytes) in _serving)
        {
            if (mistaken.Contains(file))
                _readLast[file] = bytes;
        }
        var changed = _serving.Count == 0
            ? []
            : _readLast.Keys.Union(_serving.Keys, StringComparer.Ordinal)
                .Where(file => !IsTheSame(_readLast.GetValueOrDefault(file), _serving.GetValueOrDefault(file))).ToImmutableArray();
        return new DevConfiguration
        {
            Snapshot = snapshot,
            Watched = new WatchedFiles
            {
                Files = [.. reading.Files.Keys.Concat(reading.MissingFiles).Select(Path.GetFullPath)],
                CodeFolders = [.. reading.WatchedFolders.Distinct(StringComparer.Ordinal)],
                ContentFolders =
                [
                    .. live.SelectMany(one => one.Distribution.Origins).OfType<DirectoryOrigin>()
                        .Select(origin => origin.Directory).Distinct(StringComparer.Ordinal),
                ],
                IsServed = path => options.HiddenFiles || DirectoryOrigin.HiddenName(path) is null,
            },
            Warnings = [.. reading.Warnings],
            Acknowledgements = [.. reading.Acknowledgements],
            ChangedFiles = changed,
            TouchedDistributions = TouchedCaches.Between(
                _servingSnapshot,
                snapshot,
                changed,
                reading.Functions.SelectMany(function => new[] { function.File, function.File + ".map" }).ToHashSet(StringComparer.Ordinal),
                files.DistinctBy(each => each.Value).ToDictionary(each => each.Value, each => each.Key.Id, StringComparer.Ordinal)),
            Functions = [.. reading.Functions],
            Distributions = [.. live.Select(one => new DevDistribution(
                one.Distribution.Id, one.Distribution.DomainName, one.Distribution.Aliases,
                string.Join(", ", one.Distribution.Origins.Select(origin => Describe(origin, s3.Settings))))
            {
                Staging = one.Distribution.Staging ? true : null,
                Ignored = _leftOut.TryGetValue(one.Distribution.Id, out var leftOut) && !leftOut.IsEmpty ? leftOut : null,
            })],
            KeyValueStoreId = store?.Id,
            DefaultRootObject = options.Distributions.IsEmpty && live[0].Distribution.DefaultRootObject is { Length: > 0 } root
                ? root
                : null,
        };
    }

    private static bool IsTheSame(byte[]? one, byte[]? other) => one is null == other is null && one.AsSpan().SequenceEqual(other);

    /// <summary>One distribution from --origin, the two functions and the three policies.</summary>
    private async Task AddFromFlagsAsync(SnapshotBuilder builder, ResourceCatalog resources, FunctionBinder functions, Reading reading)
    {
        var origin = ReadOrigin(options.Origin!, options.HiddenFiles, reading);
        var cachePolicy = PolicyFiles.ReadCachePolicy(options.CachePolicy ?? DefaultCachePolicy, resources, reading);
        var originRequestPolicy = options.OriginRequestPolicy is { } policy
            ? PolicyFiles.ReadOriginRequestPolicy(policy, resources, reading)
            : null;
        var responseHeadersPolicy = options.ResponseHeadersPolicy is { } headers
            ? PolicyFiles.ReadResponseHeadersPolicy(headers, resources, reading)
            : null;
        var lambdas = options.LambdaTriggers.ToArray();
        var triggers = BehaviorTriggers.None;
        // A flag of a viewer event names a CloudFront function or a Lambda@Edge function.
        string? UnlessLambda(EventType type, string? file) => lambdas.Any(trigger => trigger.Event == type) ? null : file;
        triggers = triggers
            .With(EventType.ViewerRequest, functions.Read(UnlessLambda(EventType.ViewerRequest, options.ViewerRequest)))
            .With(EventType.ViewerResponse, functions.Read(UnlessLambda(EventType.ViewerResponse, options.ViewerResponse)));
        // One path on several events is one function.
        foreach (var group in lambdas.GroupBy(trigger => trigger.Path, StringComparer.Ordinal))
        {
            EventType[] events = [.. group.Select(trigger => trigger.Event)];
            if (await _lambdaFiles!.ReadAsync(DevOptions.NameOf(group.Key), group.Key, events, reading) is not { } function)
                continue;
            foreach (var type in events)
            {
                var includeBody = options.IncludeBody && type is (EventType.ViewerRequest or EventType.OriginRequest);
                triggers = triggers.With(type, new LambdaTrigger(function, includeBody));
            }
        }
        if (origin is null || cachePolicy is null || reading.IsUnusable)
            return;

        var behavior = new CacheBehavior
        {
            TargetOriginId = origin.Id,
            CachePolicy = cachePolicy,
            OriginRequestPolicy = originRequestPolicy,
            ResponseHeadersPolicy = responseHeadersPolicy,
            AllowedMethods = AllowedMethods.All,        // a development server stands in front of whole applications
        };
        var (id, domainName) = NamesFor("flags");
        var distribution = new Distribution
        {
            Id = id, DomainName = domainName, Origins = [origin], DefaultCacheBehavior = behavior,
            DefaultRootObject = options.DefaultRootObject ?? IndexPageOf(origin),
        };
        builder.Add(distribution, triggers);
        SettingNotes.Add("brink dev", builder.Distributions[^1], builder.Places, options, reading);
    }

    private async Task AddFromFilesAsync(
        SnapshotBuilder builder, S3File s3, GivenResources given, FunctionBinder functions, Dictionary<Distribution, string> files,
        Reading reading)
    {
        foreach (var binding in options.Functions)
        {
            var at = binding.IndexOf('=', StringComparison.Ordinal);
            if (functions.Read(binding[(at + 1)..], binding[..at]) is { } function)
                builder.Functions[binding[..at]] = function;
        }

        var distributions = new List<(string File, Distribution Distribution)>();
        var allLeftOut = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var file in options.Distributions)
        {
            var (id, domainName) = NamesFor(Path.GetFullPath(file));
            if (DistributionFiles.Read(file, id, domainName, given.Catalog, _ignored, reading, out var leftOut) is not { } distribution)
                continue;
            allLeftOut[distribution.Id] = leftOut;
            foreach (var setting in leftOut)
                reading.Warn(file, $"{setting} is left out (--ignore): {IgnoredNote(setting)}");
            distributions.Add((file, distribution));
            files[distribution] = file;
            if (distribution.ViewerCertificate.Id is { } named && builder.Certificates.TryGetValue(named, out var certificate))
                CertificateFiles.CheckNames(file, distribution, certificate, reading);
            if (options.S3 is null || !reading.FailedFiles.Contains(options.S3))
            {
                S3Files.CheckKeys(file, distribution, s3.Settings, reading);
                Logs.Check(file, distribution, s3.Settings, reading);
            }
        }
        DistributionFiles.CheckTogether(distributions, reading);
        _leftOut = allLeftOut.ToImmutable();
        // Where nothing can serve no process is started: functions bound with --lambda are then not read.
        WarnOfUnusedFunctions(distributions.Select(one => one.Distribution), builder.Functions.Keys, reading);
        functions.AddGiven(builder.Functions, distributions.Select(one => one.Distribution));
        if (!reading.IsUnusable)
            await ReadLambdasAsync(builder, distributions.Select(one => one.Distribution), given, reading);

        foreach (var (file, distribution) in distributions)
        {
            var unbound = builder.Add(distribution);
            foreach (var function in unbound)
                Refuse(function, file, given.Catalog, reading);
            if (unbound.IsEmpty)
                SettingNotes.Add(file, builder.Distributions[^1], builder.Places, options, reading);
        }
    }

    /// <summary>What a local certificate of a distribution is for: its aliases first, and what it is asked by on this machine.</summary>
    private static string[] NamesOf(Distribution distribution) =>
        [.. distribution.Aliases, .. DevServer.LocalNames, distribution.DomainName];

    private static string IgnoredNote(string setting) =>
        setting == WebAcl.Setting ? WebAcl.Consequence : "traffic is another than at AWS";

    /// <summary>Says how a function is bound that is not, unless its mistake has been told already.</summary>
    private void Refuse(UnboundFunction function, string file, ResourceCatalog resources, Reading reading)
    {
        var (name, arn) = (function.Name, function.Arn);
        if (reading.FailedFunctions.Contains(name))
            return;
        if (!function.IsLambda)
        {
            reading.Unusable(
                file,
                $"the distribution associates the function {name} ({arn}): bind it with --function {name}=FILE. Or: "
                + resources.HowToGive(ResourceKind.Function, name));
            return;
        }
        var id = $"{name}:{arn[(arn.LastIndexOf(':') + 1)..]}";
        // Not read, because something else cannot be used.
        if (resources.LambdaVersions.ContainsKey(id) || options.Lambdas.Any(binding => binding.Split('=')[0] == name))
            return;
        var others = resources.LambdaVersions.Values.Where(version => version.Name == name).Select(version => version.Id).ToList();
        var given = others.Count > 0 ? $", and {string.Join(", ", others)} is given" : "";
        reading.Unusable(
            file,
            $"the distribution associates the Lambda function {name} ({arn}){given}: bind it with --lambda {name}=DIR. Or: "
            + resources.HowToGive(ResourceKind.LambdaVersion, id));
    }

    private static void WarnOfUnusedFunctions(IEnumerable<Distribution> distributions, IEnumerable<string> functions, Reading reading)
    {
        if (reading.IsUnusable)
            return;
        var associated = distributions.SelectMany(distribution => distribution.CacheBehaviors.Prepend(distribution.DefaultCacheBehavior))
            .SelectMany(behavior => behavior.FunctionAssociations)
            .Select(association => SnapshotBuilder.NameOf(association.FunctionArn)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in functions.Where(name => !associated.Contains(name)))
            reading.Warn($"--function {name}", $"no distribution associates a function {name}");
    }

    /// <summary>The functions of --lambda and of --resources, each for the events that the distributions bind it to.</summary>
    private async Task ReadLambdasAsync(
        SnapshotBuilder builder, IEnumerable<Distribution> distributions, GivenResources given, Reading reading)
    {
        var all = distributions
            .SelectMany(distribution => distribution.CacheBehaviors.Prepend(distribution.DefaultCacheBehavior))
            .SelectMany(behavior => behavior.LambdaFunctionAssociations).ToList();
        var associations = all.ToLookup(
            association => association.FunctionName, association => association.EventType, StringComparer.Ordinal);
        foreach (var binding in options.Lambdas)
        {
            var at = binding.IndexOf('=', StringComparison.Ordinal);
            var (name, path) = (binding[..at], binding[(at + 1)..]);
            if (!associations.Contains(name))
                reading.Warn(path, $"no distribution associates a Lambda function {name}");
            else if (await _lambdaFiles!.ReadAsync(name, path, [.. associations[name].Distinct()], reading) is { } function)
                builder.Lambdas[name] = function;
        }
        foreach (var version in all.Where(each => !options.Lambdas.Any(binding => binding.Split('=')[0] == each.FunctionName))
            .GroupBy(each => each.VersionId, each => each.EventType, StringComparer.Ordinal))
        {
            if (!given.Catalog.LambdaVersions.TryGetValue(version.Key, out var described))
                continue;
            var document = given.DocumentOf(ResourceKind.LambdaVersion, version.Key);
            if (_lambdaFiles is null)
            {
                reading.FailedFunctions.Add(described.Name);
                reading.Unusable(document, $"{version.Key} is the first Lambda function since brink dev was started: start it again");
            }
            else if (ResourceFiles.CodeOf(described, document, reading) is not { } code)
                reading.FailedFunctions.Add(described.Name);
            else if (await _lambdaFiles.ReadAsync(described.Name, code, [.. version.Distinct()], reading, described) is { } function)
                builder.Lambdas[version.Key] = function;
        }
    }

    private static Origin? ReadOrigin(string text, bool hiddenFiles, Reading reading)
    {
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
                || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            {
                reading.Unusable($"--origin {text}", "this is not the URL of an origin: scheme, host, port and path, no more");
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
            reading.Unusable(
                $"--origin {text}",
                File.Exists(text) ? "this is a file; an origin is a folder or a URL" : "this is neither a folder nor a URL (http://...)");
            return null;
        }
        return new DirectoryOrigin { Id = "origin", Directory = Path.GetFullPath(text), ServesHiddenFiles = hiddenFiles };
    }

    /// <summary>A folder with an index page shows it at /, as every development server does.</summary>
    private static string IndexPageOf(Origin origin) =>
        origin is DirectoryOrigin folder && File.Exists(Path.Combine(folder.Directory, "index.html")) ? "index.html" : "";

    private static string Describe(Origin origin, S3Settings s3) => origin switch
    {
        S3Origin bucket => bucket.DomainName
            + (s3.PlaceOf(bucket.DomainName)?.Endpoint is { } endpoint ? $" at {endpoint}" : "") + (bucket.Signs(false) ? ", signed" : ""),
        DirectoryOrigin folder => folder.Directory,
        CustomOrigin { ProtocolPolicy: OriginProtocolPolicy.HttpsOnly } server => string.Create(
            CultureInfo.InvariantCulture, $"https://{server.DomainName}:{server.HttpsPort}{server.OriginPath}"),
        CustomOrigin server => string.Create(
            CultureInfo.InvariantCulture, $"http://{server.DomainName}:{server.HttpPort}{server.OriginPath}"),
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

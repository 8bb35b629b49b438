using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Brink.Configuration;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Events;
using Brink.Host.CommandLine;
using Brink.Lambda;
using Brink.Lambda.Logs;
using Brink.Lambda.Packages;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Host.Options;

/// <summary>What the command line of <c>brink dev</c> says. Null or empty where it says nothing.</summary>
internal sealed record DevOptions
{
    /// <summary>Node.js's own.</summary>
    public const int DefaultInspectPort = 9229;

    public string? Origin { get; init; }

    /// <summary>Each request says what the edge did and decided.</summary>
    public bool Steps { get; init; }

    /// <summary>The folder's hidden files are served too.</summary>
    public bool HiddenFiles { get; init; }

    /// <summary>The object that / is; empty for none. Null: index.html where the folder has one.</summary>
    public string? DefaultRootObject { get; init; }

    public string? ViewerRequest { get; init; }

    public string? ViewerResponse { get; init; }

    public string? OriginRequest { get; init; }

    public string? OriginResponse { get; init; }

    /// <summary>Each <c>NAME=DIR</c>.</summary>
    public ImmutableArray<string> Lambdas { get; init; } = [];

    /// <summary><c>--runtime</c>, each time it is there: <c>RUNTIME</c> or <c>NAME=RUNTIME</c>.</summary>
    public ImmutableArray<string> Runtimes { get; init; } = [];

    public string? Handler { get; init; }

    public string? Node { get; init; }

    public string? Python { get; init; }

    public string? Quotas { get; init; }

    /// <summary>Each <c>MB</c> or <c>NAME=MB</c>.</summary>
    public ImmutableArray<string> Memory { get; init; } = [];

    /// <summary>Each <c>S</c> or <c>NAME=S</c>.</summary>
    public ImmutableArray<string> Timeout { get; init; } = [];

    /// <summary>Lambda@Edge functions on request events see the body.</summary>
    public bool IncludeBody { get; init; }

    /// <summary>Debuggers may attach to Lambda@Edge functions.</summary>
    public bool Inspect { get; init; }

    /// <summary>Their code is loaded only when a debugger has attached.</summary>
    public bool InspectBreak { get; init; }

    /// <summary>The port of the first function's debugger; those of the others follow. Null: 9229.</summary>
    public int? InspectPort { get; init; }

    public bool UnsafeNoSandbox { get; init; }

    public NetworkOption.Given Network { get; init; } = new(null, []);

    /// <summary>Environments that each version of a Lambda@Edge function has from the start.</summary>
    public int? Prewarm { get; init; }

    /// <summary>Invocations of Lambda@Edge functions at once.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Idle environments of Lambda@Edge functions are frozen.</summary>
    public bool Freeze { get; init; }

    /// <summary>Where Lambda@Edge functions run; the command opens it. Null where there are none.</summary>
    public IProcessSandbox? Sandbox { get; init; }

    /// <summary>Where the logs of Lambda@Edge functions go; the command opens it, the server ends it. Null where there are none.</summary>
    public LambdaLogFile? Log { get; init; }

    public string? CachePolicy { get; init; }

    public string? OriginRequestPolicy { get; init; }

    public string? ResponseHeadersPolicy { get; init; }

    public ImmutableArray<string> Distributions { get; init; } = [];

    /// <summary>Folders with what distributions and flags name by an id.</summary>
    public ImmutableArray<string> Resources { get; init; } = [];

    /// <summary>Settings of distributions that are left out; each may be several, with commas between them.</summary>
    public ImmutableArray<string> Ignore { get; init; } = [];

    /// <summary>Each <c>NAME=FILE</c>.</summary>
    public ImmutableArray<string> Functions { get; init; } = [];

    public string? KeyValueStore { get; init; }

    public string? ViewerCountry { get; init; }

    /// <summary>Files that say where addresses are, the first one first.</summary>
    public ImmutableArray<string> GeoDatabases { get; init; } = [];

    /// <summary>Each a network or an address, or several with commas.</summary>
    public ImmutableArray<string> TrustedProxies { get; init; } = [];

    /// <summary>Likewise: whose connections begin with a header of the PROXY protocol.</summary>
    public ImmutableArray<string> ProxyProtocol { get; init; } = [];

    /// <summary>A preset's name or a number of units; null for AWS's budget.</summary>
    public string? ComputeBudget { get; init; }

    /// <summary>The name of rules; null for CloudFront's.</summary>
    public string? HttpCaching { get; init; }

    public string? EdgeLocation { get; init; }

    public string? EdgeRegion { get; init; }

    public string? OriginAuthorities { get; init; }

    /// <summary>The file with endpoints and keys of S3 buckets.</summary>
    public string? S3 { get; init; }

    /// <summary>Where the logs of distributions go.</summary>
    public LogOptions Logs { get; init; } = new();

    /// <summary>The port of the operator's requests, on this machine alone.</summary>
    public int? AdminPort { get; init; }

    /// <summary>Where the cache keeps objects beside memory.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Bytes that <see cref="CacheFolder"/> may take.</summary>
    public long? CacheSize { get; init; }

    /// <summary>Bytes that the cache keeps in memory.</summary>
    public long? CacheMemory { get; init; }

    /// <summary>Requests for cacheable objects that one origin has at once. Null for the default.</summary>
    public int? FillsPerOrigin { get; init; }

    /// <summary>Requests that may wait for one origin. Null for the default.</summary>
    public int? WaitingFillsPerOrigin { get; init; }

    /// <summary>Caches in a row.</summary>
    public int? Tiers { get; init; }

    public string? Listen { get; init; }

    public int HttpPort { get; init; } = 8080;

    public int? HttpsPort { get; init; }

    public string? Certificate { get; init; }

    public string? PrivateKey { get; init; }

    public bool Json { get; init; }

    /// <summary>What <see cref="DoorOptions"/> say, as changes of the edge's options.</summary>
    public Func<EdgeServerOptions, EdgeServerOptions> Door { get; init; } = static edge => edge;

    /// <summary>
    /// Where the authority is that makes certificates for names which have none. No flag changes it. Null: the user's own.
    /// </summary>
    public string? AuthorityFolder { get; init; }

    /// <summary>How long the edge warms up before it serves. No flag changes it.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(180);

    /// <summary>The path of each event that is a Lambda@Edge function.</summary>
    public IEnumerable<(EventType Event, string Path)> LambdaTriggers =>
        new[]
        {
            (EventType.ViewerRequest, ViewerRequest), (EventType.OriginRequest, OriginRequest), (EventType.OriginResponse, OriginResponse),
            (EventType.ViewerResponse, ViewerResponse),
        }
        .Where(trigger => trigger.Item2 is not null && IsLambda(trigger.Item1, trigger.Item2))
        .Select(trigger => (trigger.Item1, trigger.Item2!));

    /// <summary>The functions of --resources that distributions associate. The command finds them.</summary>
    public ResourceFunctions ResourceFunctions { get; init; } = ResourceFunctions.None;

    /// <summary>Whether Lambda@Edge is used at all.</summary>
    public bool UsesLambda => !Lambdas.IsEmpty || LambdaTriggers.Any() || !ResourceFunctions.Lambdas.IsEmpty;

    /// <summary>The names of all Lambda@Edge functions.</summary>
    public IEnumerable<string> LambdaNames =>
        LambdaTriggers.Select(trigger => NameOf(trigger.Path)).Concat(Lambdas.Select(binding => binding.Split('=')[0]))
            .Concat(ResourceFunctions.Lambdas.Select(version => version.Name));

    /// <summary>The names of all CloudFront Functions.</summary>
    public IEnumerable<string> CloudFrontFunctionNames =>
        new[] { (EventType.ViewerRequest, ViewerRequest), (EventType.ViewerResponse, ViewerResponse) }
            .Where(trigger => trigger.Item2 is not null && !IsLambda(trigger.Item1, trigger.Item2))
            .Select(trigger => NameFromFile.Of(trigger.Item2!))
            .Concat(Functions.Select(binding => binding.Split('=')[0]))
            .Concat(ResourceFunctions.CloudFront);

    /// <summary>What <c>--runtime</c> says.</summary>
    public FunctionRuntimes GivenRuntimes(List<string> mistakes) => FunctionRuntimes.Read(Runtimes, mistakes);

    /// <summary>Where the code of each Lambda@Edge function is, with the runtime that was named for it or null.</summary>
    public IEnumerable<(string Path, string? Runtime)> LambdaPaths
    {
        get
        {
            var runtimes = GivenRuntimes([]);
            return LambdaTriggers.Select(trigger => (NameOf(trigger.Path), trigger.Path))
                .Concat(Lambdas.Select(binding => binding.Split('=', 2) is [var name, var path] ? (name, path) : default))
                .Select(each => (each.Item2, runtimes.OfLambda(each.Item1)))
                .Concat(ResourceFunctions.Lambdas.Where(version => version.Path is not null)
                    .Select(version => (version.Path!, runtimes.OfLambda(version.Name) ?? version.Runtime)));
        }
    }

    /// <summary>What <c>--ignore</c> says.</summary>
    public IgnoredSettings IgnoredSettings(List<string> mistakes) =>
        Configuration.IgnoredSettings.Read(
            Ignore.SelectMany(each => each.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), mistakes);

    /// <summary>What <c>--trusted-proxies</c> says.</summary>
    public ImmutableArray<IPNetwork> TrustedNetworks(List<string> mistakes) => NetworksOf("--trusted-proxies", TrustedProxies, mistakes);

    /// <summary>What <c>--proxy-protocol</c> says.</summary>
    public ImmutableArray<IPNetwork> ProxyProtocolPeers(List<string> mistakes) => NetworksOf("--proxy-protocol", ProxyProtocol, mistakes);

    private static ImmutableArray<IPNetwork> NetworksOf(string flag, ImmutableArray<string> given, List<string> mistakes)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var text in given.SelectMany(each => each.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (IPAddress.TryParse(text, out var address))
                networks.Add(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            else if (!IPNetwork.TryParse(text, out var network))
                mistakes.Add($"{flag} {text}: a network such as 10.0.0.0/8 or 2001:db8::/32, or an address");
            else if (network.PrefixLength == 0)
                mistakes.Add($"{flag} {text}: that trusts every viewer, and each could say any address; name the proxies");
            else
                networks.Add(network);
        }
        return networks.ToImmutable();
    }

    /// <summary>What <c>--memory</c> says.</summary>
    public PerFunction MemoryMegabytes(List<string> mistakes) =>
        PerFunction.Read("--memory", Memory, FunctionVersion.MemoryRange.Smallest, FunctionVersion.MemoryRange.Largest, "MB", mistakes);

    /// <summary>What <c>--timeout</c> says.</summary>
    public PerFunction TimeoutSeconds(List<string> mistakes) =>
        PerFunction.Read("--timeout", Timeout, 1, (int)FunctionVersion.LongestTimeout.TotalSeconds, "seconds", mistakes);

    /// <summary>A folder, and every kind of file that CloudFront Functions cannot be; on origin events there is only Lambda@Edge.</summary>
    public static bool IsLambda(EventType type, string path) =>
        type is EventType.OriginRequest or EventType.OriginResponse
            || Directory.Exists(path) || FunctionPackage.IsZip(path) || Path.GetExtension(path) is ".mjs" or ".cjs" or ".py";

    /// <summary>What a Lambda@Edge function is called when only its path is given.</summary>
    public static string NameOf(string path) => NameFromFile.Of(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    /// <summary>What cannot be meant, before any file is read; one sentence each.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        if (Distributions.IsEmpty)
        {
            if (Origin is null)
                mistakes.Add("nothing to serve: give --origin DIR-or-URL, or --distribution FILE");
            if (!Ignore.IsEmpty)
                mistakes.Add("--ignore without --distribution: it leaves out settings of such a file");
            if (!Functions.IsEmpty)
                mistakes.Add("--function binds names in --distribution files; without one use --viewer-request and --viewer-response");
            if (!Lambdas.IsEmpty)
                mistakes.Add(
                    "--lambda binds names in --distribution files; without one use --viewer-request, --origin-request, "
                    + "--origin-response and --viewer-response");
        }
        else
        {
            foreach (var (flag, value) in new[]
            {
                ("--origin", Origin), ("--default-root-object", DefaultRootObject), ("--viewer-request", ViewerRequest),
                ("--viewer-response", ViewerResponse), ("--origin-request", OriginRequest), ("--origin-response", OriginResponse),
                ("--cache-policy", CachePolicy),
                ("--origin-request-policy", OriginRequestPolicy), ("--response-headers-policy", ResponseHeadersPolicy),
            })
            {
                if (value is null)
                    continue;
                var instead = flag switch
                {
                    "--viewer-request" or "--viewer-response" or "--origin-request" or "--origin-response" =>
                        $"the file associates functions by name; bind the name with --function NAME={value}, or --lambda NAME={value}",
                    "--origin" => "the file lists its origins",
                    "--default-root-object" => "the file has DefaultRootObject",
                    "--cache-policy" => "the file has CachePolicyId",
                    "--response-headers-policy" => "the file has ResponseHeadersPolicyId",
                    _ => "the file has OriginRequestPolicyId",
                };
                mistakes.Add($"{flag} and --distribution exclude each other: {instead}");
            }
        }
        var ignoreMistakes = new List<string>();
        IgnoredSettings(ignoreMistakes);
        mistakes.AddRange(ignoreMistakes.Select(mistake => $"--ignore {mistake}"));
        if (HiddenFiles && (Origin is null || Origin.Contains("://", StringComparison.Ordinal)))
            mistakes.Add("--hidden-files without a folder as --origin: nothing would use it");
        foreach (var binding in Functions)
        {
            if (binding.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at) || at == binding.Length - 1)
                mistakes.Add($"--function {binding}: write NAME=FILE");
        }
        mistakes.AddRange(LambdaMistakes());
        foreach (var (rootProblem, fix) in RootObjectName.Mistakes(DefaultRootObject ?? ""))
            mistakes.Add($"--default-root-object {DefaultRootObject}: {rootProblem}. {fix}");
        if (ViewerCountry is { } country && !(country.Length == 2 && country.All(char.IsAsciiLetterUpper)))
            mistakes.Add($"--viewer-country {country}: two capitals, an ISO 3166-1 alpha-2 code such as DE");
        TrustedNetworks(mistakes);
        ProxyProtocolPeers(mistakes);
        if (ComputeBudget is { } budget && !Brink.Functions.Metering.ComputeBudget.TryParse(budget, out _, out var problem))
            mistakes.Add($"--compute-budget {problem}");
        if (EdgeLocation is { } location && !(location.Length == 3 && location.All(char.IsAsciiLetterUpper)))
            mistakes.Add($"--edge-location {location}: three capitals, the IATA code of an airport such as FRA");
        if (EdgeRegion is { } region && !IsRegion(region))
            mistakes.Add($"--edge-region {region}: the code of an AWS region such as eu-central-1");
        if (Listen is not null && !IPAddress.TryParse(Listen, out _))
            mistakes.Add($"--listen {Listen}: an IP address, without port");
        if (CacheSize is not null && CacheFolder is null)
            mistakes.Add("--cache-size without --cache-dir: nothing would use it; --cache-memory is for memory");
        if (HttpsPort is { } https && https != 0 && https == HttpPort)
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--http-port and --https-port are both {https}"));
        if (AdminPort is { } admin && admin != 0 && (admin == HttpPort || admin == HttpsPort))
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--admin-port {admin} is a port of viewers: choose another one"));
        mistakes.AddRange(Logs.Mistakes(hasDistribution: !Distributions.IsEmpty));
        if (Certificate is null != PrivateKey is null)
            mistakes.Add("--certificate and --private-key go together");
        if (Certificate is not null && HttpsPort is null)
            mistakes.Add("--certificate without --https-port: nothing would use it");
        return mistakes;
    }

    private IEnumerable<string> LambdaMistakes()
    {
        foreach (var binding in Lambdas)
        {
            if (binding.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at) || at == binding.Length - 1)
                yield return $"--lambda {binding}: write NAME=DIR";
        }
        if (ViewerRequest is not null && ViewerResponse is not null
            && IsLambda(EventType.ViewerRequest, ViewerRequest) != IsLambda(EventType.ViewerResponse, ViewerResponse))
        {
            yield return $"--viewer-request {ViewerRequest} and --viewer-response {ViewerResponse}: a CloudFront function "
                + "and a Lambda function cannot both be on the viewer events of a behavior; "
                + "move one to an origin event, or write both as the same kind";
        }
        if (!UsesLambda && !ResourceFunctions.IsIncomplete)
        {
            foreach (var (flag, isGiven) in new[]
            {
                ("--handler", Handler is not null), ("--node", Node is not null), ("--python", Python is not null),
                ("--quotas", Quotas is not null), ("--memory", !Memory.IsEmpty), ("--timeout", !Timeout.IsEmpty),
                ("--unsafe-no-sandbox", UnsafeNoSandbox),
                ("--prewarm", Prewarm is not null), ("--concurrency", Concurrency is not null), ("--freeze", Freeze),
                ("--inspect", Inspect), ("--inspect-brk", InspectBreak),
                (NetworkOption.Name, Network.Name is not null), (NetworkOption.BlockName, Network.Blocked.Count > 0),
            })
            {
                if (isGiven)
                    yield return $"{flag} without a Lambda@Edge function: nothing would use it";
            }
        }
        if (InspectPort is not null && !Inspect && !InspectBreak)
            yield return "--inspect-port without --inspect or --inspect-brk: no debugger would come";
        if ((Inspect || InspectBreak) && (Prewarm is > 1 || Freeze))
        {
            yield return $"{(Freeze ? "--freeze" : "--prewarm")} and --inspect exclude each other: "
                + "a debugger looks at one process of each function, which must not be held still";
        }
        if (IncludeBody && !LambdaTriggers.Any(trigger => trigger.Event is EventType.ViewerRequest or EventType.OriginRequest))
        {
            yield return Distributions.IsEmpty
                ? "--include-body without a Lambda@Edge function on --viewer-request or --origin-request: nothing would see the body"
                : "--include-body and --distribution exclude each other: the distribution's own file says IncludeBody for each association";
        }
        foreach (var mistake in NumberMistakes().Concat(Network.Mistakes(UnsafeNoSandbox)))
            yield return mistake;
        foreach (var mistake in RuntimeMistakes())
            yield return mistake;
    }

    private List<string> RuntimeMistakes()
    {
        var mistakes = new List<string>();
        var runtimes = GivenRuntimes(mistakes);
        if (ResourceFunctions.IsIncomplete)
            return mistakes;
        var cloudFront = CloudFrontFunctionNames.ToHashSet(StringComparer.Ordinal);
        var lambda = LambdaNames.ToHashSet(StringComparer.Ordinal);
        if (runtimes.NamesCloudFront && cloudFront.Count == 0)
            mistakes.Add("--runtime cloudfront-js without a CloudFront Function: nothing would use it");
        if (runtimes.NamesLambda && lambda.Count == 0)
            mistakes.Add("--runtime without a Lambda@Edge function: nothing would use it");
        AddUnknown(runtimes.CloudFrontNames, cloudFront, "CloudFront Function");
        AddUnknown(runtimes.LambdaNames, lambda, "Lambda@Edge function");
        return mistakes;

        void AddUnknown(IEnumerable<string> names, HashSet<string> known, string what)
        {
            foreach (var name in names.Where(name => known.Count > 0 && !known.Contains(name)))
                mistakes.Add($"--runtime {name}=...: there is no {what} of that name; {Listed(known)}");
        }
    }

    private List<string> NumberMistakes()
    {
        var mistakes = new List<string>();
        var names = LambdaNames.ToHashSet(StringComparer.Ordinal);
        foreach (var (flag, numbers) in new[] { ("--memory", MemoryMegabytes(mistakes)), ("--timeout", TimeoutSeconds(mistakes)) })
        {
            foreach (var name in numbers.Names.Where(name => !names.Contains(name) && !ResourceFunctions.IsIncomplete))
                mistakes.Add($"{flag} {name}: there is no Lambda@Edge function of that name; {Listed(names)}");
        }
        return mistakes;
    }

    private static string Listed(HashSet<string> names) =>
        $"there {(names.Count == 1 ? "is" : "are")} {string.Join(", ", names.Order(StringComparer.Ordinal))}";

    private static bool IsRegion(string text) =>
        text.Length is > 0 and <= 32
            && char.IsAsciiDigit(text[^1]) && text.Count(c => c == '-') >= 2
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

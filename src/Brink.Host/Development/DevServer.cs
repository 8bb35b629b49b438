using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Functions;
using Brink.Host.Admin;
using Brink.Host.Checking;
using Brink.Host.CommandLine;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Host.Output;

namespace Brink.Host.Development;

/// <summary>The action of <c>brink dev</c>: configuration, edge, watch on the files, signals.</summary>
/// <param name="options">What the command line says.</param>
/// <param name="authority">Makes certificates for names that have none; null without TLS, or where the command line gives one.</param>
/// <param name="output">Standard output.</param>
/// <param name="errors">Standard error.</param>
/// <param name="time">The clock.</param>
internal sealed class DevServer(DevOptions options, LocalAuthority? authority, TextWriter output, TextWriter errors, TimeProvider time)
    : IAsyncDisposable
{
    private readonly EdgeState _state = new();
    private readonly LocalAuthority? _authority = authority;
    private readonly DevConfigurationReader _reader = new(options, authority, time);
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDevOutput _output = options.Json
        ? new JsonOutput(output, errors)
        : new TextOutput(
            output, errors, ReferenceEquals(output, Console.Out) ? Colors.OfOutput : new Colors(AreOn: false), time.LocalTimeZone);
    private EdgeServer? _edge;
    private AdminServer? _admin;
    private bool _isDraining;
    private readonly CancellationTokenSource _ended = new();
    private FunctionChecks? _checks;

    private Colors ErrorColors => ReferenceEquals(errors, Console.Error) ? Colors.OfErrors : new Colors(AreOn: false);

    private FunctionChecks Checks => _checks ??= new FunctionChecks(options, _output);
    private int _signals;

    /// <summary>Serves until a signal comes. The result is the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (configuration, mistakes) = await _reader.ReadAsync();
        if (configuration is null || mistakes.Count > 0)
        {
            var code = await FailAsync(mistakes);
            await errors.WriteAsync(TextReport.Write(Checks.ReportsOn(_reader.TakeNewFunctions(), mistakes), ErrorColors));
            return code;
        }
        _state.Swap(configuration.Snapshot);
        _reader.SwappedIn();

        EdgeServerOptions edgeOptions;
        try
        {
            edgeOptions = EdgeOptions();
        }
        // ArgumentException: the key of another certificate
        catch (Exception exception)
            when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            var message = $"the file cannot be used as a certificate with {options.PrivateKey}: {exception.Message}";
            return await FailAsync([new FileMistake(options.Certificate!, message)]);
        }
        if (options.OriginAuthorities is { } bundle)
        {
            if (ReadAuthorities(bundle, out var mistake) is not { } authorities)
                return await FailAsync([mistake!]);
            edgeOptions = edgeOptions with { OriginAuthorities = authorities };
        }
        if (options.CacheFolder is { } cache && configuration.Watched.FolderWith(cache) is { } watched)
        {
            var message = $"{Path.GetFullPath(cache)} is in {watched}, which is served and watched: give a folder elsewhere";
            return await FailAsync([new FileMistake("--cache-dir", message)]);
        }
        _reader.Logs.Tell = sentence => _output.Warned([new FileMistake("brink dev", sentence)]);
        try
        {
            _edge = new EdgeServer(edgeOptions, _state, _output, time);
            if (options.CacheFolder is not null)
                _edge.CacheIsMadeUnder(CacheFingerprint.Of(options, configuration.Watched));
            await _edge.StartAsync(cancellationToken);
            if (options.AdminPort is { } port)
                _admin = await StartAdminAsync(port, _edge);
        }
        catch (CacheFolderException unusable)
        {
            return await FailAsync([new FileMistake("--cache-dir", unusable.Message)]);
        }
        catch (EndpointUnavailableException unavailable)
        {
            return await FailAsync([new FileMistake("brink dev", unavailable.Message.TrimEnd('.') + Otherwise(unavailable))]);
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var watch = Watch(configuration, out var problem);
        using var webAcl = WebAcl.RemindOf(_reader, _output, time);
        _output.Started(configuration.Summary(Urls(_edge)) with
        {
            LocalAuthority = _authority?.File,
            Admin = _admin is null ? null : string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_admin.Port}"),
            HttpCaching = options.HttpCaching,
        });
        if (!configuration.Warnings.IsEmpty)
            _output.Warned(configuration.Warnings);
        if (problem is not null)
            _output.Refused([problem]);
        Checks.Begin(_reader.TakeNewFunctions(), mistakes);

        await _stopRequested.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _output.Draining();
        _admin?.Drain();
        if (_isDraining)
            await _edge.DrainAsync(_ended.Token);
        else
            await _edge.StopAsync(CancellationToken.None);
        return ExitCode.Success;
    }

    private Task<AdminServer> StartAdminAsync(int port, EdgeServer edge)
    {
        edge.Counters.AddGauge(
            "brink_lambda_environments", "Processes of Lambda@Edge functions that there are.", () => _reader.LambdaEnvironments);
        _reader.Logs.CountIn(edge.Counters);
        return AdminServer.StartAsync(port, new PrometheusText(edge.Counters), () =>
        {
            _isDraining = true;
            _stopRequested.TrySetResult();
        }, new CachePages(edge, _state));
    }

    public async ValueTask DisposeAsync()
    {
        if (_edge is not null)
            await _edge.DisposeAsync();
        if (_admin is not null)
            await _admin.DisposeAsync();
        _authority?.Dispose();
        if (_checks is not null)
            await _checks.DisposeAsync();
        await _reader.DisposeAsync();
        await _output.DisposeAsync();
        _ended.Dispose();
    }

    private EdgeServerOptions EdgeOptions()
    {
        var edge = EdgeServerOptions.Default with
        {
            Addresses = options.Listen is { } address ? [IPAddress.Parse(address)] : EdgeServerOptions.Default.Addresses,
            HttpPort = options.HttpPort,
            HttpsPort = options.HttpsPort,
            DeveloperErrors = true,
            Explains = true,
            RecordsSteps = options.Steps,
            TrustedProxies = options.TrustedNetworks([]),
            ProxyProtocolPeers = options.ProxyProtocolPeers([]),
            WarmUp = options.WarmUp,
            HttpCaching = HttpCachingOption.Of(options.HttpCaching),
            CacheTiers = options.Tiers ?? 2,
            CacheMemory = options.CacheMemory ?? EdgeServerOptions.Default.CacheMemory,
            FillsPerOrigin = options.FillsPerOrigin ?? EdgeServerOptions.Default.FillsPerOrigin,
            WaitingFillsPerOrigin = options.WaitingFillsPerOrigin ?? EdgeServerOptions.Default.WaitingFillsPerOrigin,
            CacheFolder = options.CacheFolder,
            CacheSize = options.CacheSize ?? EdgeServerOptions.Default.CacheSize,
            Location = new EdgeLocation(
                options.EdgeLocation ?? EdgeLocation.Default.Name, options.EdgeRegion ?? EdgeLocation.Default.Region),
        };
        edge = options.Door(edge);
        if (_authority is not null)
            return edge with { Certificate = _authority.For(LocalNames).Certificate };
        if (options.Certificate is not { } file)
            return edge;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        // The first certificate of the file is the server's own; the others lead to a root that viewers trust.
        return edge with
        {
            Certificate = X509Certificate2.CreateFromPemFile(file, options.PrivateKey),
            CertificateChain = [.. chain.Skip(1)],
        };
    }

    /// <summary>What every local certificate is for, beside a distribution's own names.</summary>
    internal static string[] LocalNames { get; } = ["localhost", "*.localhost"];

    /// <summary>The flag for another port.</summary>
    private string Otherwise(EndpointUnavailableException unavailable) => unavailable.Port is { } port
        ? $": choose another with {FlagOf(port)}, where 0 takes a free one"
        : "";

    private string FlagOf(int port) =>
        port == options.HttpsPort ? "--https-port" : port == options.AdminPort ? "--admin-port" : "--http-port";

    private static X509Certificate2Collection? ReadAuthorities(string file, out FileMistake? mistake)
    {
        mistake = null;
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            if (authorities.Count > 0)
                return authorities;
            mistake = new FileMistake(file, "the file has no certificate: --origin-ca takes PEM, -----BEGIN CERTIFICATE-----");
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            mistake = new FileMistake(file, $"the file cannot be used as authorities for origins: {exception.Message}");
        }
        return null;
    }

    /// <summary>The watch on the files; null, with the reason, when the system allows none: then Brink serves without reloading.</summary>
    private FileWatch? Watch(DevConfiguration configuration, out FileMistake? problem)
    {
        try
        {
            problem = null;
            var reloads = new Reloads(_reader, _state, ids => Forget(ids, configuration), _output, Checks, time)
            {
                Warned = configuration.Warnings,
            };
            return new FileWatch(configuration.Watched, reloads.LookAsync, time);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            problem = new FileMistake("brink dev", $"changes of files will not be seen: {exception.Message}");
            return null;
        }
    }

    private void Forget(ImmutableArray<string>? distributionIds, DevConfiguration configuration)
    {
        _edge!.Cache.InvalidateEverything(distributionIds, "reload");
        if (options.CacheFolder is not null)
            _edge.CacheHoldsUnder(CacheFingerprint.Of(options, configuration.Watched));
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1)
            return;                                     // the second one ends the process at once, by the system's default
        context.Cancel = true;
        _ended.Cancel();                                // connections that a drain waits for
        _stopRequested.TrySetResult();
    }

    private async Task<int> FailAsync(IReadOnlyList<FileMistake> mistakes)
    {
        var text = new StringBuilder();
        foreach (var mistake in mistakes)
            mistake.AppendTo(text, ErrorColors);
        await errors.WriteAsync(text.ToString());
        return ExitCode.Failure;
    }

    private static List<string> Urls(EdgeServer edge)
    {
        var urls = new List<string>();
        foreach (var (scheme, port) in new[] { ("http", edge.HttpPort), ("https", edge.HttpsPort) })
        {
            if (port is null)
                continue;
            foreach (var address in edge.Addresses)
            {
                var host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
                urls.Add(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}"));
            }
        }
        return urls;
    }
}

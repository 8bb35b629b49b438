using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Brink.Host.Development;

/// <summary>What <c>brink dev</c> was asked for. Null and empty where the command line is silent.</summary>
internal sealed record DevOptions
{
    public string? Origin { get; init; }

    public string? ViewerRequest { get; init; }

    public string? ViewerResponse { get; init; }

    public string? CachePolicy { get; init; }

    public string? OriginRequestPolicy { get; init; }

    public ImmutableArray<string> Distributions { get; init; } = [];

    /// <summary>Each <c>NAME=FILE</c>.</summary>
    public ImmutableArray<string> Functions { get; init; } = [];

    public string? KeyValueStore { get; init; }

    public string? ViewerCountry { get; init; }

    /// <summary>A preset's name or a number of units; null for AWS's budget.</summary>
    public string? ComputeBudget { get; init; }
    public string? EdgeLocation { get; init; }

    public string? EdgeRegion { get; init; }

    public string? OriginAuthorities { get; init; }

    public string? Listen { get; init; }

    public int HttpPort { get; init; } = 8080;

    public int? HttpsPort { get; init; }

    public string? Certificate { get; init; }

    public string? PrivateKey { get; init; }

    public bool Json { get; init; }

    /// <summary>What makes no sense in itself, before any file is read; one sentence each.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        if (Distributions.IsEmpty)
        {
            if (Origin is null)
                mistakes.Add("nothing to serve: give --origin DIR-or-URL, or --distribution FILE");
            if (!Functions.IsEmpty)
                mistakes.Add("--function binds names in --distribution files; without one use --viewer-request and --viewer-response");
        }
        else
        {
            foreach (var (flag, value) in new[]
            {
                ("--origin", Origin), ("--viewer-request", ViewerRequest), ("--viewer-response", ViewerResponse), ("--cache-policy", CachePolicy),
                ("--origin-request-policy", OriginRequestPolicy),
            })
            {
                if (value is not null)
                    mistakes.Add($"{flag} and --distribution exclude each other: the distribution's own file says it");
            }
        }
        foreach (var binding in Functions)
        {
            if (binding.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at) || at == binding.Length - 1)
                mistakes.Add($"--function {binding}: write NAME=FILE");
        }
        if (ViewerCountry is { } country && !(country.Length == 2 && country.All(char.IsAsciiLetterUpper)))
            mistakes.Add($"--viewer-country {country}: two capitals, an ISO 3166-1 alpha-2 code such as DE");
        if (ComputeBudget is { } budget && !Brink.Functions.Metering.ComputeBudget.TryParse(budget, out _, out var problem))
            mistakes.Add($"--compute-budget {problem}");
        if (EdgeLocation is { } location && !(location.Length == 3 && location.All(char.IsAsciiLetterUpper)))
            mistakes.Add($"--edge-location {location}: three capitals, the IATA code of an airport such as FRA");
        if (EdgeRegion is { } region && !IsRegion(region))
            mistakes.Add($"--edge-region {region}: the code of an AWS region such as eu-central-1");
        if (Listen is not null && !IPAddress.TryParse(Listen, out _))
            mistakes.Add($"--listen {Listen}: an IP address, without port");
        if (HttpsPort is { } https && https != 0 && https == HttpPort)
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--http-port and --https-port are both {https}"));
        if (Certificate is null != PrivateKey is null)
            mistakes.Add("--certificate and --private-key go together");
        if (Certificate is not null && HttpsPort is null)
            mistakes.Add("--certificate without --https-port: nothing would use it");
        return mistakes;
    }

    private static bool IsRegion(string text) =>
        text.Length is > 0 and <= 32 && char.IsAsciiDigit(text[^1]) && text.Count(c => c == '-') >= 2 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

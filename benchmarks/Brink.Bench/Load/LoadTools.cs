using System.Globalization;
using System.Text.RegularExpressions;

namespace Brink.Bench.Load;

/// <summary>The two load generators: wrk for as fast as it goes, h2load for a given rate with the time of every single request.</summary>
internal static partial class LoadTools
{
    private static readonly string[] Headers =
    [
        "User-Agent: Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
        "Accept: */*",
        "Accept-Language: en-GB,en;q=0.9,de;q=0.7",
        "Accept-Encoding: gzip, br",
    ];

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();

    /// <summary>Requests answered while connections asked as fast as they could.</summary>
    public static async Task<long> SaturateAsync(string cores, string url, int seconds, int connections = 64, params IEnumerable<string> moreHeaders)
    {
        var output = await LoadedProcess.RunAsync(cores, "wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", .. Headers.Concat(moreHeaders).SelectMany(header => new[] { "-H", header }), url]);
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
            throw new InvalidOperationException($"wrk had errors:\n{output}");
        return long.Parse(Requests().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The milliseconds of every request that was answered with <paramref name="status"/>, at a steady rate over some connections.</summary>
    public static async Task<double[]> PaceAsync(string cores, string url, double rate, int connections, int seconds, int status, params IEnumerable<string> moreHeaders)
    {
        var log = Path.GetTempFileName();
        try
        {
            File.Delete(log);
            var each = Math.Max(1, (int)Math.Round(rate / connections));
            await LoadedProcess.RunAsync(cores, "h2load",
                ["--h1", "-t1", $"-c{connections}", $"-D{seconds}", $"--rps={each}", $"--log-file={log}", .. Headers.Concat(moreHeaders).SelectMany(header => new[] { "-H", header }), url]);
            var wanted = status.ToString(CultureInfo.InvariantCulture);
            return [.. File.ReadLines(log).Select(line => line.Split('\t', ' ')).Where(fields => fields[1] == wanted)
                .Select(fields => double.Parse(fields[2], CultureInfo.InvariantCulture) / 1000)];
        }
        finally
        {
            File.Delete(log);
        }
    }
}

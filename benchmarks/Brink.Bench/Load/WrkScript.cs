using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Brink.Bench.Load;

/// <summary>A POST of given bytes, for wrk, which prints counts and percentiles at its end.</summary>
internal sealed partial class WrkScript : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"brink-bench-{Path.GetRandomFileName()}.lua");

    public WrkScript(ReadOnlyMemory<byte> body)
    {
        var escaped = new StringBuilder();
        foreach (var each in body.Span)
            escaped.Append(CultureInfo.InvariantCulture, $"\\{each:000}");
        File.WriteAllText(_file, $$"""
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = "{{escaped}}"
            function done(summary, latency)
              local e = summary.errors
              print(string.format("RESULT %d %d %d %d", summary.requests, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout + e.status))
            end
            """);
    }

    /// <summary>Requests answered, and their times in µs.</summary>
    public async Task<(long Requests, double P50, double P99)> RunAsync(string cores, string url, int connections, int seconds)
    {
        var output = await LoadedProcess.RunAsync(cores, "wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "-s", _file, url]);
        var numbers = Result().Match(output).Groups.Values.Skip(1).Select(group => long.Parse(group.Value, CultureInfo.InvariantCulture)).ToArray();
        return numbers is [var requests, var p50, var p99, 0] ? (requests, p50, p99) : throw new InvalidOperationException($"wrk had errors:\n{output}");
    }

    public void Dispose() => File.Delete(_file);

    [GeneratedRegex(@"RESULT (\d+) (\d+) (\d+) (\d+)")]
    private static partial Regex Result();
}

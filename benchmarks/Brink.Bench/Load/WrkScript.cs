using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Brink.Bench.Load;

/// <summary>What wrk asks for, other than by its arguments: a POST of given bytes, or a GET with many header fields. It prints counts and percentiles at its end.</summary>
internal sealed partial class WrkScript : IDisposable
{
    private const string Done = """
        function done(summary, latency)
          local e = summary.errors
          print(string.format("RESULT %d %d %d %d %d %d", summary.requests, latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
            e.connect + e.read + e.write + e.timeout + e.status))
        end
        """;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"brink-bench-{Path.GetRandomFileName()}.lua");

    private WrkScript(string script) => File.WriteAllText(_file, script + Done);

    public static WrkScript Post(ReadOnlyMemory<byte> body)
    {
        var escaped = new StringBuilder();
        foreach (var each in body.Span)
            escaped.Append(CultureInfo.InvariantCulture, $"\\{each:000}");
        return new WrkScript($"""
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = "{escaped}"

            """);
    }

    public static WrkScript Get(IEnumerable<string> headers) =>
        new(string.Concat(headers.Select(header => header.Split(": ", 2)).Select(parts => $"wrk.headers[\"{parts[0]}\"] = \"{parts[1]}\"\n")));

    /// <summary>Requests answered, and their times.</summary>
    public async Task<WrkResult> RunAsync(string cores, string url, int connections, int seconds)
    {
        var output = await LoadedProcess.RunAsync(cores, "wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "-s", _file, url]);
        var numbers = Result().Match(output).Groups.Values.Skip(1).Select(group => long.Parse(group.Value, CultureInfo.InvariantCulture)).ToArray();
        return numbers is [var requests, var p50, var p99, var p999, var max, 0]
            ? new WrkResult(requests, p50, p99, p999, max)
            : throw new InvalidOperationException($"wrk had errors:\n{output}");
    }

    public void Dispose() => File.Delete(_file);

    [GeneratedRegex(@"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)")]
    private static partial Regex Result();
}

/// <summary>Requests answered, and their times in µs.</summary>
internal sealed record WrkResult(long Requests, double P50, double P99, double P999, double Max);

using Brink.Edge.Metrics;
using Brink.Host.Admin;
using Brink.Tests.Edge;

namespace Brink.Tests.Host;

/// <summary>The operator's port.</summary>
public sealed class AdminServerTests
{
    private readonly EdgeCounters _counters = new();
    private int _drains;

    [Theory]
    [InlineData("GET /health", "", 200, "ok\n")]
    [InlineData("GET /ready", "", 200, "ready\n")]
    [InlineData("GET /", "", 404, "there are /health, /ready, /drain, /metrics, /invalidations, /cache/explain, /cache/objects, /cache/export and /cache/stats\n")]
    [InlineData("GET /drain", "", 405, "/drain takes POST\n")]
    [InlineData("POST /metrics", "", 405, "/metrics takes GET\n")]
    [InlineData("POST /drain", "Origin: http://evil.test\r\n", 403, "requests of web pages are refused\n")]
    [InlineData("GET /metrics", "Sec-Fetch-Site: none\r\n", 403, "requests of web pages are refused\n")]
    public async Task Path_AnswersAsItsTableSays(string target, string field, int status, string text)
    {
        await using var admin = await StartAsync();

        var answer = await RawViewer.AskAsync(admin.Port, $"{target} HTTP/1.1\r\nHost: 127.0.0.1:{admin.Port}\r\n{field}Content-Length: 0\r\n\r\n");

        Assert.Equal((status, text), (answer.Status, answer.Text));
        Assert.Equal(0, _drains);
    }

    [Fact]
    public async Task NameOfAnotherServer_IsRefused()
    {
        await using var admin = await StartAsync();

        Assert.Equal(403, (await RawViewer.AskAsync(admin.Port, "GET /metrics HTTP/1.1\r\nHost: rebound.test\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Drain_IsBegunOnce_AndReadySaysNo()
    {
        await using var admin = await StartAsync();

        foreach (var _ in new[] { 1, 2 })
            Assert.Equal(202, (await RawViewer.AskAsync(admin.Port, "POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")).Status);

        Assert.Equal(1, _drains);
        Assert.Equal(503, (await RawViewer.AskAsync(admin.Port, "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n")).Status);
        Assert.Equal(200, (await RawViewer.AskAsync(admin.Port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")).Status);
    }

    /// <summary>Every line is one of Prometheus' text format: HELP and TYPE before their samples, a number behind each name.</summary>
    [Fact]
    public async Task Metrics_ArePrometheusText()
    {
        await using var admin = await StartAsync();
        _counters.ConnectionsAccepted.Add(3);
        _counters.OriginSeconds.Add(1_500_000);
        _counters.Add("brink_test_total", "Things \"of\" a test.", ("kind", "a\"\\\nb")).Increment();

        foreach (var _ in new[] { 1, 2 })
        {
            var text = (await RawViewer.AskAsync(admin.Port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).Text;

            var typed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                    Assert.True(typed.Add(line.Split(' ')[2]), $"two TYPE lines: {line}");
                else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
                    Assert.Contains(System.Text.RegularExpressions.Regex.Match(line, """^([a-z_:]+)(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? [-+0-9.eE]+$""").Groups[1].Value, typed);
            }
            Assert.Contains("\nbrink_connections_accepted_total 3\n", text, StringComparison.Ordinal);
            Assert.Contains("\nbrink_origin_answer_seconds_total 1.5\n", text, StringComparison.Ordinal);
            Assert.Contains("""brink_test_total{kind="a\"\\\nb"} 1""", text, StringComparison.Ordinal);
        }
    }

    private Task<AdminServer> StartAsync() => AdminServer.StartAsync(0, new PrometheusText(_counters), () => _drains++);
}

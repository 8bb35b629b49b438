using System.Globalization;
using Brink.Edge.Logs;
using Brink.Edge.Logs.Delivery;
using Brink.Resources;

namespace Brink.Tests.Edge.Logs;

/// <summary>Real-time logs: which fields, in which order, of which requests (distribution spec 2.14).</summary>
public sealed class RealtimeLogTests
{
    [Fact]
    public async Task EveryField_StandsInItsPlace_WhateverOrderTheConfigurationHas()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 5\r\n\r\nhello");
        var (log, memory, delivery) = Log(100, [.. RealtimeLogFields.All.Reverse()]);
        await using var _ = delivery;
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), snapshot: snapshot => MemoryLog.In(null, log)(snapshot));
        const string request = "GET /a?b=c&CMCD=br%3D3200%2Csid%3D%22s%2C1%22%2Cbs HTTP/1.1\r\nHost: www.test\r\nUser-Agent: mine\r\nAccept: text/css\r\nAccept-Encoding: gzip\r\nCookie: c=1\r\n\r\n";

        var answer = await edge.AskAsync(request);

        var values = RealtimeLogFields.All.Zip(await memory.NextAsync()).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        Assert.Equal(RealtimeLogFields.All.Length, values.Count);
        Assert.Matches("^[0-9]{10}\\.[0-9]{3}$", values["timestamp"]);
        Assert.Equal(("127.0.0.1", "127.0.0.1", "IPv4"), (values["c-ip"], values["s-ip"], values["c-ip-version"]));
        Assert.Equal(("www.test", "d111111abcdef8.cloudfront.net"), (values["cs-host"], values["x-host-header"])); // swapped against the standard log
        Assert.Equal("/a?b=c&CMCD=br%253D3200%252Csid%253D%2522s%252C1%2522%252Cbs", values["cs-uri-stem"]);
        Assert.Equal(("3200", "s,1", "true", "-"), (values["cmcd-encoded-bitrate"], values["cmcd-session-id"], values["cmcd-buffer-starvation"], values["cmcd-version"]));
        Assert.Equal(("text/css", "gzip", "c=1", "mine"), (values["cs-accept"], values["cs-accept-encoding"], values["cs-cookie"], values["cs-user-agent"]));
        Assert.Equal("Host%0AUser-Agent%0AAccept%0AAccept-Encoding%0ACookie%0A", values["cs-header-names"]);
        Assert.StartsWith("Host:www.test%0AUser-Agent:mine%0A", values["cs-headers"], StringComparison.Ordinal);
        Assert.Equal("5", values["cs-headers-count"]);
        Assert.Equal(("*", "EDFDVBD6EXAMPLE"), (values["cache-behavior-path-pattern"], values["primary-distribution-id"]));
        Assert.Equal(("Miss", "Miss", "Miss"), (values["x-edge-result-type"], values["x-edge-response-result-type"], values["x-edge-detailed-result-type"]));
        Assert.Matches("^[0-9]+\\.[0-9]{3}$", values["origin-fbl"]);
        Assert.Equal(request.Length.ToString(CultureInfo.InvariantCulture), values["cs-bytes"]);
        Assert.Equal(answer["X-Amz-Cf-Id"], values["x-edge-request-id"]);
        Assert.All(["origin-lbl", "fle-status", "r-host", "sr-reason", "x-edge-mqcs", "distribution-tenant-id", "connection-id", "c-country", "asn"], name => Assert.Equal("-", values[name]));
    }

    [Fact]
    public async Task LongLists_AreCut()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var (log, memory, delivery) = Log(100, ["cs-cookie"]);
        await using var _ = delivery;
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), snapshot: snapshot => MemoryLog.In(null, log)(snapshot));

        await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\nCookie: {new string('c', 900)}\r\n\r\n");

        Assert.Equal(new string('c', 800), Assert.Single(await memory.NextAsync()));
    }

    [Fact]
    public async Task SamplingRate_TakesThatShare()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var (log, memory, delivery) = Log(20, ["cs-method"]);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), snapshot: snapshot => MemoryLog.In(null, log)(snapshot));

        for (var i = 0; i < 500; i++)
            await edge.GetAsync("/");
        await edge.DisposeAsync();
        await delivery.DisposeAsync();

        Assert.InRange(memory.Count, 60, 140);
    }

    private static (RealtimeLog Log, MemoryLog Memory, LogDelivery Delivery) Log(int rate, string[] fields)
    {
        var memory = new MemoryLog();
        var delivery = new LogDelivery("a test", memory, 1 << 20, TimeProvider.System, static _ => { });
        return (new RealtimeLog(new RealtimeLogConfig("hits", rate, "arn:aws:kinesis:us-east-1:1:stream/s", [.. fields]), seed: 1, delivery), memory, delivery);
    }
}

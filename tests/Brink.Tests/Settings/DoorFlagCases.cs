using System.Net;
using System.Net.Sockets;
using Brink.Tests.Edge;
using Brink.Tests.PrivateContent;
using static Brink.Tests.Edge.Http2Frames;

namespace Brink.Tests.Settings;

/// <summary>The flags of <c>brink dev</c> for limits at the door: each with the least that it takes, and without it.</summary>
internal static class DoorFlagCases
{
    private const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n", Ended = "ended", Served = "served";

    private static readonly string GetFrame = Frame(
        Headers, EndHeaders | EndStream, Block((":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/")));

    public static IReadOnlyDictionary<string, Case> All { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["--max-connections"] = Limit("--max-connections", "1", ("503", "200"), SecondConnectionAsync),
        ["--max-connections-per-address"] = Limit("--max-connections-per-address", "1", ("503", "200"), SecondConnectionAsync),
        ["--max-requests-per-connection"] = Limit("--max-requests-per-connection", "1", ("close", "none"), async site => (await site.Dev.AskAsync())["Connection"] ?? "none"),
        ["--max-handshakes"] = Limit("--max-handshakes", "1", (Ended, Served), async site =>
        {
            using var stalled = await RawViewer.ConnectAsync(site.Dev.HttpsPort);
            await stalled.SendAsync("\u0016");
            var outcome = Served;
            for (var i = 0; i < 20 && outcome == Served; i++) // the first ones may overtake the one that stalls
            {
                outcome = await OutcomeAsync(async () =>
                {
                    using var viewer = await RawViewer.ConnectSecurelyAsync(site.Dev.HttpsPort);
                });
            }
            return outcome;
        }),
        ["--max-heads"] = Limit("--max-heads", "1", ("503", "200"), site => OneOfTwoAsync(site, "--max-heads", Get[..^2], Get[^2..])),
        ["--max-bodies"] = Limit(
            "--max-bodies", "1", ("503", "200"), site => OneOfTwoAsync(site, "--max-bodies", "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\n", "x")),
        ["--max-streams"] = Limit("--max-streams", "7", ("7", "128"), async site =>
        {
            using var viewer = await RawViewer.ConnectAsync(site.Dev.Port);
            await viewer.SendAsync(Start);
            await viewer.ReadUntilAsync("\0\u0003"); // SETTINGS_MAX_CONCURRENT_STREAMS
            return (await viewer.ReadBytesAsync(4))[3].ToString(System.Globalization.CultureInfo.InvariantCulture);
        }),
        ["--max-resets"] = Limit("--max-resets", "1", (Ended, Served), site => FloodAsync(site, stream => Frame(ResetStream, 0, Number(8), stream))),
        ["--max-control-frames"] = Limit("--max-control-frames", "1", (Ended, Served), site => FloodAsync(site, _ => Frame(Ping, 0, "12345678", stream: 0))),
        ["--max-wrong-signatures"] = new(Case.IsEnforced, async () =>
        {
            foreach (var (flags, seen) in new[] { (new[] { "--max-wrong-signatures", "1" }, 503), ([], 403) })
            {
                await using var site = Site.OfDistribution();
                site.Time = new ManualTimeProvider();
                DistributionCases.WithKeyGroups(site);
                site.Set("DefaultCacheBehavior.TrustedKeyGroups", """{ "Enabled": true, "Quantity": 1, "Items": ["one"] }""");
                site.Flags.AddRange(flags);
                await site.StartAsync();
                using var signer = SigningKeys.Signer("rsa", id: "KRSA");
                var query = new Uri(signer.SignUrl("http://test/another", 4102444800)).Query;
                await site.Dev.AskAsync("/one" + query);
                Assert.Equal(seen, (await site.Dev.AskAsync("/two" + query)).Status);
            }
        }),
        ["--head-timeout"] = Limit("--head-timeout", "1", (Ended, Served), site => EndedInTimeAsync(site, "GET")),
        ["--idle-timeout"] = Limit("--idle-timeout", "1", (Ended, Served), site => EndedInTimeAsync(site, Get)),
        ["--min-download-rate"] = Limit("--min-download-rate", "10000000", (Ended, Served), async site =>
        {
            const int length = 16 * 1024 * 1024;
            site.One.Reply($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}");
            // From the cache the second time: an origin has times of its own.
            using var first = await AskForMuchAsync(site);
            Assert.True(await CountAsync(first, length) > length);
            await site.Dev.WaitForAsync("request");
            using var viewer = await AskForMuchAsync(site);
            if (site.Flags.Contains("--min-download-rate"))
            {
                var over = site.Dev.WaitForAsync("request");
                while (!over.IsCompleted)
                    await PassAsync(site);
            }
            else
            {
                ((ManualTimeProvider)site.Time).AdvanceSeconds(60);
            }
            return await CountAsync(viewer, length) > length ? Served : Ended;
        }),
        // 30 s pass, on a clock that no test can move: the slow upload ends, while the same one goes on where it is fast enough.
        ["--min-upload-rate"] = new(Case.IsEnforced, async () =>
        {
            await using var strict = Site.OfDistribution();
            await using var lenient = Site.OfDistribution();
            strict.Flags.AddRange(["--min-upload-rate", "10000000"]);
            var viewers = new List<RawViewer>();
            foreach (var site in new[] { strict, lenient })
            {
                site.Set(
                    "DefaultCacheBehavior.AllowedMethods", """{ "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] }""");
                await site.StartAsync();
                viewers.Add(await RawViewer.ConnectAsync(site.Dev.Port));
                await viewers[^1].SendAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100001\r\n\r\n{new string('x', 100_000)}");
            }
            await viewers[0].WaitForEndAsync(TimeSpan.FromSeconds(60));
            await viewers[1].SendAsync("x");
            Assert.Equal(200, (await viewers[1].ReceiveAsync()).Status);
            viewers.ForEach(viewer => viewer.Dispose());
        }),
    };

    private static Case Limit(string flag, string least, (string With, string Without) seen, Func<Site, Task<string>> probe)
    {
        Action<Site> Say(params string[] flags) => site =>
        {
            site.Flags.AddRange(["--origin", $"http://127.0.0.1:{site.One.Port}", .. flags]);
            if (flag == "--max-handshakes")
                site.Flags.AddRange(["--https-port", "0"]);
            else
                site.Time = new ManualTimeProvider();
        };
        return Case.Enforced(Site.OfFlags, probe, (Say(flag, least), seen.With), (Say(), seen.Without));
    }

    private static string Status(RawResponse answer) => answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string> SecondConnectionAsync(Site site)
    {
        using var first = await RawViewer.ConnectAsync(site.Dev.Port);
        await first.SendAsync(Get);
        await first.ReceiveAsync();
        using var second = await RawViewer.ConnectAsync(site.Dev.Port);
        if (!site.Flags.Contains("1"))
            await second.SendAsync(Get);
        return Status(await second.ReceiveAsync());
    }

    /// <summary>Of two requests that come in part one is refused, in either order; without the limit both are answered when the rest has come.</summary>
    private static async Task<string> OneOfTwoAsync(Site site, string flag, string part, string rest)
    {
        using var one = await RawViewer.ConnectAsync(site.Dev.Port);
        using var other = await RawViewer.ConnectAsync(site.Dev.Port);
        RawViewer[] both = [one, other];
        foreach (var viewer in both)
            await viewer.SendAsync(part);
        var answers = both.Select(viewer => viewer.ReceiveAsync()).ToList();
        if (site.Flags.Contains(flag))
        {
            var refused = await await Task.WhenAny(answers);
            return Status(refused);
        }
        foreach (var viewer in both)
            await viewer.SendAsync(rest);
        return Status((await Task.WhenAll(answers))[1]);
    }

    private static async Task<string> OutcomeAsync(Func<Task> ask) =>
        await Record.ExceptionAsync(ask) is { } failure ? failure is IOException or SocketException ? Ended : failure.Message : Served;

    /// <summary>What is said is followed by silence, as long as the edge allows it or ten seconds.</summary>
    private static async Task<string> EndedInTimeAsync(Site site, string said)
    {
        using var viewer = await RawViewer.ConnectAsync(site.Dev.Port);
        await viewer.SendAsync(said);
        if (said == Get)
            await viewer.ReceiveAsync();
        var time = (ManualTimeProvider)site.Time;
        if (!site.Flags.Contains("1"))
        {
            time.AdvanceSeconds(10);
            await viewer.SendAsync(Get[(said.Length % Get.Length)..]);
            return (await viewer.ReceiveAsync()).Status == 200 ? Served : Ended;
        }
        var ended = viewer.ReadToTheEndAsync();
        while (!ended.IsCompleted)
            await PassAsync(site);
        return Ended;
    }

    private static async Task<NetworkStream> AskForMuchAsync(Site site)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, site.Dev.Port);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(Get));
        return stream;
    }

    /// <summary>How many bytes come, until there are more than so many or the end.</summary>
    private static async Task<int> CountAsync(NetworkStream stream, int enough)
    {
        var (bytes, count) = (new byte[256 * 1024], 0);
        try
        {
            while (count <= enough && await stream.ReadAsync(bytes, TestContext.Current.CancellationToken) is > 0 and var read)
                count += read;
        }
        catch (IOException)
        {
            // reset
        }
        return count;
    }

    /// <summary>Time passes for the edge, which does something meanwhile that is no request.</summary>
    private static async Task PassAsync(Site site)
    {
        ((ManualTimeProvider)site.Time).AdvanceSeconds(11);
        Assert.Equal(400, (await RawViewer.AskAsync(site.Dev.Port, "GET / HTTP/1.1\r\n\r\n")).Status);
    }

    private static Task<string> FloodAsync(Site site, Func<int, string> frame) => OutcomeAsync(async () =>
    {
        using var viewer = await RawViewer.ConnectAsync(site.Dev.Port);
        await viewer.SendAsync(Start);
        for (var stream = 1; stream < 20; stream += 2)
            await viewer.SendAsync(Frame(Headers, GetFrame[4], GetFrame[9..], stream) + frame(stream));
        await viewer.SendAsync(Frame(Ping, 0, "the last", stream: 0));
        await viewer.ReadUntilAsync("the last");
    });
}

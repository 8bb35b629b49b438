using System.Security.Cryptography;
using System.Text;

namespace Brink.Tests.Edge;

/// <summary>Viewers that take their answer slowly, or not at all. The edge's clock is the test's: it looks at it once a second.</summary>
public sealed class SlowTakersTests
{
    /// <summary>More than the buffers of both sides hold.</summary>
    private const int Length = 12 * 1024 * 1024;

    private const int Step = 4 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OneThatTakesNothing_IsCutOff_AndOneThatTakesSteadilyIsNot(bool secure)
    {
        var body = Bytes();
        var time = new ManualTimeProvider();
        await using var origin = new ScriptedOrigin();
        origin.Reply($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\nCache-Control: max-age=86400\r\n\r\n{Encoding.Latin1.GetString(body)}");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0 }, time: time);
        using var steady = await AskAsync(edge, secure);
        using var still = await AskAsync(edge, secure);
        await steady.ReadUntilAsync("\r\n\r\n");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        var left = Length;
        for (; edge.Server.Door.SlowReaders == 0; left -= Step)
        {
            Assert.True(left > Step, "the viewer that takes nothing was not cut off");
            hash.AppendData(await steady.ReadBytesAsync(Step));
            time.Advance(TimeSpan.FromMilliseconds(250));
            await edge.AskAsync("HEAD /large HTTP/1.1\r\nHost: test\r\n\r\n", head: true); // real time passes, too
        }

        for (; left > 0; left -= Step)
            hash.AppendData(await steady.ReadBytesAsync(Step));
        Assert.Equal(SHA256.HashData(body), hash.GetHashAndReset());
        Assert.Equal(1, edge.Server.Door.SlowReaders);
        Assert.InRange((await still.ReadToTheEndAsync()).Length, 1, Length);
    }

    private static async Task<RawViewer> AskAsync(TestEdge edge, bool secure)
    {
        var viewer = secure ? await RawViewer.ConnectSecurelyAsync(edge.HttpsPort) : await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync("GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
        return viewer;
    }

    private static byte[] Bytes()
    {
        var bytes = new byte[Length];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}

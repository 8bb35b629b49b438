using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Brink.Scenarios.Kit;

/// <summary>An origin whose every body follows from its path: what comes out of a cache can be told to be right. It knows ranges.</summary>
internal sealed class HashedOrigin : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _asked;

    private HashedOrigin(WebApplication server) => _server = server;

    public string Url => _server.Urls.First();

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static async Task<HashedOrigin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var origin = new HashedOrigin(builder.Build());
        origin._server.Run(origin.AnswerAsync);
        await origin._server.StartAsync(TestContext.Current.CancellationToken);
        return origin;
    }

    /// <summary>The body of a path. Every eighth is of some megabytes, and comes in slices.</summary>
    public static byte[] BodyOf(string path)
    {
        var seed = SHA256.HashData(Encoding.ASCII.GetBytes(path));
        var random = new Random(BitConverter.ToInt32(seed));
        var body = new byte[random.Next(8) == 0 ? (1 << 20) + random.Next(3 << 20) : random.Next(20_000)];
        random.NextBytes(body);
        return body;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _asked);
        var body = BodyOf(context.Request.Path);
        context.Response.Headers.CacheControl = "max-age=3600";
        context.Response.Headers.ETag = $"\"{Convert.ToHexString(SHA256.HashData(body))[..16]}\"";
        var (from, to) = (0, body.Length);
        if (context.Request.GetTypedHeaders().Range?.Ranges is { Count: 1 } ranges)
        {
            from = (int)(ranges.First().From ?? 0);
            to = (int)Math.Min(body.Length, (ranges.First().To ?? int.MaxValue - 1) + 1);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to - 1}/{body.Length}");
        }
        context.Response.ContentLength = to - from;
        return context.Response.Body.WriteAsync(body.AsMemory(from, to - from)).AsTask();
    }
}

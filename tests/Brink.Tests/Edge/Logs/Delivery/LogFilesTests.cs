using System.Net;
using System.Net.Sockets;
using System.Text;
using Brink.Distributions;
using Brink.Edge.Logs.Delivery;
using Brink.Signing;
using Brink.Tests.Settings;

namespace Brink.Tests.Edge.Logs.Delivery;

/// <summary>Where lines end up: files with CloudFront's names, plain files, buckets, servers.</summary>
public sealed class LogFilesTests : IDisposable
{
    private static readonly byte[] Head = "#Version: 1.0\n#Fields: date\n"u8.ToArray();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-test-");
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Folder_NamesOfFilesAreCloudFronts_AndEachBeginsWithItsHead()
    {
        await using (var folder = Gzip("cdn/site/"))
        {
            await folder.WriteAsync("one\n"u8.ToArray(), 1, Token);
            Assert.Empty(Ended("cdn/site")); // it is hidden while lines are added
            await folder.WriteAsync("two\n"u8.ToArray(), 1, Token);
            _time.AdvanceSeconds(301);
            await folder.TendAsync(Token);
            await folder.WriteAsync("three\n"u8.ToArray(), 1, Token);
        }

        var files = Ended("cdn/site").OrderBy(file => new FileInfo(file).Length).ToList();
        Assert.All(files, file => Assert.Matches("/cdn/site/E1\\.[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}\\.[0-9a-f]{8}\\.gz$", file));
        Assert.Equal(["#Version: 1.0\n#Fields: date\none\ntwo\n", "#Version: 1.0\n#Fields: date\nthree\n"], files.Select(LogCases.Unzip).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder.FullName, ".*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Folder_AnHourEnds_SoDoesItsFile()
    {
        var limits = LogFileLimits.Default with { Age = TimeSpan.FromHours(5) };
        await using var folder = new GzipFolder(_folder.FullName, new LogFileName("", "E1"), Head, limits, _time);

        await folder.WriteAsync("one\n"u8.ToArray(), 1, Token);

        Assert.Equal(0, folder.DueAt!.Value.Minute);
        Assert.InRange(folder.DueAt.Value - _time.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    /// <summary>What a killed process leaves is whole up to its last batch, and gets its name with the next one's first file.</summary>
    [Fact]
    public async Task Folder_WhatAKilledProcessLeft_IsTakenUp()
    {
        var killed = Gzip("");
        await killed.WriteAsync("one\n"u8.ToArray(), 1, Token);
        var left = Assert.Single(Directory.GetFiles(_folder.FullName, ".*"));
        await using var next = Gzip("");
        await next.WriteAsync("two\n"u8.ToArray(), 1, Token);
        Assert.Empty(Ended("")); // the first one still holds its file
        await killed.DisposeAsync();
        File.Move(Assert.Single(Ended("")), left);

        await using var third = Gzip("");
        await third.WriteAsync("three\n"u8.ToArray(), 1, Token);

        Assert.Equal("#Version: 1.0\n#Fields: date\none\n", LogCases.Unzip(Assert.Single(Ended(""))));
    }

    [Fact]
    public async Task LineFile_IsPutAsideBySizeAndAge_AndOldOnesGo()
    {
        var path = Path.Combine(_folder.FullName, "hits.log");
        var limits = LogFileLimits.Default with { Bytes = 10, KeptBytes = 25 };
        await using var file = new LineFile(path, limits, _time);

        foreach (var line in new[] { "one1234567\n", "two1234567\n", "three12345\n" })
            await file.WriteAsync(Encoding.ASCII.GetBytes(line), 1, Token);
        await file.WriteAsync("four\n"u8.ToArray(), 1, Token);

        Assert.Equal("four\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFiles(_folder.FullName, "hits.log.2*").Length);
        _time.AdvanceSeconds(301);
        await file.TendAsync(Token);
        Assert.False(File.Exists(path));
    }

    /// <summary>No pipe is opened, which would wait for a reader; no device is put aside.</summary>
    [Fact]
    public async Task LineFile_WhatIsNoFile_IsLeftAlone()
    {
        var pipe = Path.Combine(_folder.FullName, "pipe");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            await mkfifo.WaitForExitAsync(Token);

        foreach (var path in new[] { pipe, "/dev/full", _folder.FullName })
        {
            await using var file = new LineFile(path, LogFileLimits.Default, _time);
            var failure = await Assert.ThrowsAsync<IOException>(async () => await file.WriteAsync("one\n"u8.ToArray(), 1, Token));
            Assert.Equal($"{path} is a folder, a pipe or a device, and not a file", failure.Message);
        }
    }

    [Fact]
    public async Task Bucket_GetsASignedObject_AndAFailureIsTriedAgain()
    {
        await using var server = new ScriptedOrigin().Reply("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
        await using var bucket = Bucket(server.Port);
        await bucket.WriteAsync("one\n"u8.ToArray(), 1, Token);
        _time.AdvanceSeconds(301);

        await Assert.ThrowsAsync<HttpRequestException>(async () => await bucket.TendAsync(Token));
        server.Reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await bucket.TendAsync(Token);

        Assert.Equal(2, server.Requests.Count);
        Assert.Matches("^PUT /logs/cdn/E1\\.[0-9-]{13}\\.[0-9a-f]{8}\\.gz HTTP/1.1$", server.Requests[1].Line);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", server.Requests[1]["Authorization"], StringComparison.Ordinal);
        Assert.Null(bucket.DueAt);
    }

    [Fact]
    public async Task BucketThatFailsAtTheEnd_LosesItsLines()
    {
        await using var server = new ScriptedOrigin().Reply("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
        var told = new List<string>();
        var delivery = new LogDelivery("the log", Bucket(server.Port), 1 << 20, TimeProvider.System, told.Add);

        delivery.Post("one\n"u8);
        delivery.Post("two\n"u8);
        await delivery.DisposeAsync();

        Assert.Equal(2, delivery.Lost);
        Assert.Equal("the log: the server answers with 500; 2 lines are lost", told[^1]);
    }

    [Fact]
    public async Task TcpServerThatNeverReads_HoldsNothingUp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var tcp = new TcpLines("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        using var patience = new CancellationTokenSource();
        var writing = tcp.WriteAsync(new byte[64 * 1024 * 1024], 1, patience.Token);
        using var accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writing);
    }

    [Fact]
    public async Task TcpServer_GetsLines_AndANewConnectionAfterABreak()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var tcp = new TcpLines("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);

        await tcp.WriteAsync("one\n"u8.ToArray(), 1, Token);
        using (var first = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
        {
            using var reader = new StreamReader(first.GetStream());
            Assert.Equal("one", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            first.LingerState = new LingerOption(enable: true, 0);
        }
        // The system learns of the end a moment later: then a write fails, and the next one connects anew.
        while (!listener.Pending())
        {
            try
            {
                await tcp.WriteAsync("two\n"u8.ToArray(), 1, Token);
            }
            catch (SocketException)
            {
            }
        }
        using var second = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var again = new StreamReader(second.GetStream());
        Assert.Equal("two", await again.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task HttpServer_GetsLines_AndAnotherStatusIsAFailure()
    {
        await using var server = new ScriptedOrigin().Reply("HTTP/1.1 204 No Content\r\n\r\n");
        await using var http = new HttpLines(new Uri($"http://127.0.0.1:{server.Port}/hits"));

        await http.WriteAsync("one\ntwo\n"u8.ToArray(), 2, Token);
        Assert.Equal("POST /hits HTTP/1.1", server.Requests[0].Line);

        server.Reply("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        var failure = await Assert.ThrowsAsync<HttpRequestException>(async () => await http.WriteAsync("three\n"u8.ToArray(), 1, Token));
        Assert.Equal("the server answers with 302", failure.Message);
    }

    private GzipFolder Gzip(string prefix) => new(_folder.FullName, new LogFileName(prefix, "E1"), Head, LogFileLimits.Default, _time);

    private LogBucket Bucket(int port)
    {
        var place = new S3Place("logs.s3.amazonaws.com") { Endpoint = new S3Endpoint(false, "127.0.0.1", port), Keys = new SigningKeys("AKIDEXAMPLE", "secret") };
        var settings = S3Settings.Default with { Places = [place] };
        return new LogBucket("logs.s3.amazonaws.com", () => settings, new LogFileName("cdn/", "E1"), Head, LogFileLimits.Default, _time);
    }

    private string[] Ended(string below) => [.. Directory.GetFiles(Path.Combine(_folder.FullName, below), "*.gz").Where(file => !Path.GetFileName(file).StartsWith('.'))];
}

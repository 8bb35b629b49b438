using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Brink.Distributions;

namespace Brink.Tests.Edge;

public sealed class LocalDirectoryTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("brink-test-").FullName;
    private readonly string _folder;
    private readonly DirectoryOrigin _origin;

    public LocalDirectoryTests()
    {
        _folder = Path.Combine(_outside, "site");
        Directory.CreateDirectory(Path.Combine(_folder, "docs"));
        File.WriteAllText(Path.Combine(_outside, "secret.txt"), "secret");
        File.WriteAllText(Path.Combine(_folder, "index.html"), "<h1>home</h1>");
        File.WriteAllText(Path.Combine(_folder, "docs", "a b.txt"), "0123456789");
        File.WriteAllText(Path.Combine(_folder, "empty.bin"), "");
        _origin = new DirectoryOrigin { Id = "site", Directory = _folder };
    }

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Fact]
    public async Task File_IsServedWithTypeAndValidators()
    {
        await using var edge = await TestEdge.StartAsync(_origin);

        var answer = await edge.GetAsync("/index.html");

        Assert.Equal((200, "<h1>home</h1>"), (answer.Status, answer.Text));
        Assert.Equal("text/html; charset=utf-8", answer["Content-Type"]);
        Assert.Equal("13", answer["Content-Length"]);
        Assert.Matches("^\"[0-9a-f]+-[0-9a-f]+\"$", answer["ETag"]!);
        Assert.True(DateTime.TryParseExact(answer["Last-Modified"], "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    [Theory]
    [InlineData("/docs/a%20b.txt", 200)]
    [InlineData("/empty.bin", 200)]
    [InlineData("/nothing", 404)]
    [InlineData("/", 404)]
    [InlineData("/docs", 404)]
    [InlineData("/docs/", 404)]
    [InlineData("//index.html", 404)]
    [InlineData("/index.html/", 404)]
    [InlineData("/docs/../index.html", 404)]
    [InlineData("/../secret.txt", 404)]
    [InlineData("/%2e%2e/secret.txt", 404)]
    [InlineData("/..%2fsecret.txt", 404)]
    [InlineData("/docs/%2e%2e/%2e%2e/secret.txt", 404)]
    [InlineData("/..%5csecret.txt", 404)]
    [InlineData("/a%zz", 400)]
    [InlineData("/a%", 400)]
    [InlineData("/a%4", 400)]
    [InlineData("/%ff", 400)]
    public async Task Path_IsAFileOfTheFolderOrNothing(string path, int status)
    {
        await using var edge = await TestEdge.StartAsync(_origin);

        var answer = await edge.GetAsync(path);

        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain("secret", answer.Text);
    }

    [Fact]
    public async Task Links_StayInsideOrAreNothing()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "out.txt"), Path.Combine(_outside, "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "up"), "..");
        File.CreateSymbolicLink(Path.Combine(_folder, "home.html"), "index.html");
        File.CreateSymbolicLink(Path.Combine(_folder, "loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(_folder, "twice.txt"), "up/secret.txt");
        await using var edge = await TestEdge.StartAsync(_origin);

        foreach (var (path, status) in new[] { ("/out.txt", 404), ("/up/secret.txt", 404), ("/twice.txt", 404), ("/loop", 404), ("/home.html", 200) })
            Assert.True((await edge.GetAsync(path)).Status == status, path);
    }

    [Fact]
    public async Task WhatIsNoFileWithContents_IsNothing_AndIsNeverOpened()
    {
        Assert.True(MakeNode("pipe", "p"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "socket")));
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "pipe");
        var paths = new List<string> { "/pipe", "/socket", "/link", "/docs" };
        // That is /dev/zero, which has no end. Making one takes rights.
        if (MakeNode("device", "c", "1", "5"))
            paths.Add("/device");
        await using var edge = await TestEdge.StartAsync(_origin);

        foreach (var path in paths)
        {
            foreach (var request in new[] { $"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n", $"GET {path} HTTP/1.1\r\nHost: test\r\nRange: bytes=0-1\r\n\r\n" })
            {
                Assert.Equal(404, (await edge.AskAsync(request)).Status);
                Assert.Null((await edge.Log.NextAsync()).OriginNote);
            }
        }
    }

    [Theory]
    [InlineData("/.env", ".env")]
    [InlineData("/.git/config", ".git")]
    [InlineData("/docs/.draft/a.txt", ".draft")]
    [InlineData("/%2eenv", ".env")]
    [InlineData("/shown.txt", ".env")]
    [InlineData("/.well-known/.secret", ".secret")]
    public async Task HiddenFile_IsAsIfItWereNotThere_UnlessTheOriginSaysSo(string path, string name)
    {
        WriteHiddenFiles();
        await using var careful = await TestEdge.StartAsync(_origin);
        await using var open = await TestEdge.StartAsync(_origin with { ServesHiddenFiles = true });

        var refused = await careful.GetAsync(path);
        Assert.Contains($"{name} is hidden", (await careful.Log.NextAsync()).OriginNote, StringComparison.Ordinal);
        var missing = await careful.GetAsync("/nothing");
        Assert.Null((await careful.Log.NextAsync()).OriginNote);
        var served = await open.GetAsync(path);

        Assert.Equal((404, missing.Text), (refused.Status, refused.Text));
        Assert.Equal((200, "hidden"), (served.Status, served.Text));
    }

    [Fact]
    public async Task WellKnown_IsServed_AndAHiddenNameWithNothingBehindIsNotNoted()
    {
        WriteHiddenFiles();
        await using var edge = await TestEdge.StartAsync(_origin);

        Assert.Equal(200, (await edge.GetAsync("/.well-known/acme.txt")).Status);
        await edge.Log.NextAsync();
        Assert.Equal(404, (await edge.GetAsync("/.aws/credentials")).Status);
        Assert.Null((await edge.Log.NextAsync()).OriginNote);
    }

    [Fact]
    public async Task FolderThatIsHiddenItself_IsServed()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_outside, ".site")).FullName;
        File.WriteAllText(Path.Combine(folder, "a.txt"), "a");
        await using var edge = await TestEdge.StartAsync(_origin with { Directory = folder });

        Assert.Equal(200, (await edge.GetAsync("/a.txt")).Status);
    }

    [Fact]
    public async Task Conditions_Get304()
    {
        await using var edge = await TestEdge.StartAsync(_origin);
        var first = await edge.GetAsync("/index.html");

        async Task<int> AskAsync(string condition) => (await edge.AskAsync($"GET /index.html HTTP/1.1\r\nHost: test\r\n{condition}\r\n\r\n")).Status;

        Assert.Equal(304, await AskAsync($"If-None-Match: {first["ETag"]}"));
        Assert.Equal(304, await AskAsync($"If-None-Match: \"x\", W/{first["ETag"]}"));
        Assert.Equal(304, await AskAsync("If-None-Match: *"));
        Assert.Equal(200, await AskAsync("If-None-Match: \"x\""));
        Assert.Equal(304, await AskAsync($"If-Modified-Since: {first["Last-Modified"]}"));
        Assert.Equal(200, await AskAsync("If-Modified-Since: Mon, 01 Jan 1990 00:00:00 GMT"));
        Assert.Equal(200, await AskAsync($"If-None-Match: \"x\"\r\nIf-Modified-Since: {first["Last-Modified"]}"));
        Assert.Equal(412, await AskAsync("If-Match: \"x\""));
    }

    [Theory]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=8-", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-99", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=5-99", 206, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=3-1", 200, "0123456789", null)]
    [InlineData("bytes=a-b", 200, "0123456789", null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    [InlineData("bytes=0-1,3-4", 200, "0123456789", null)]
    [InlineData("bytes=99999999999999999999-", 416, null, "bytes */10")]
    [InlineData("bytes=8-99999999999999999999", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-99999999999999999999", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=+1-2", 200, "0123456789", null)]
    [InlineData("bytes=1-2 3", 200, "0123456789", null)]
    public async Task Range_IsAPart(string range, int status, string? body, string? contentRange)
    {
        await using var edge = await TestEdge.StartAsync(_origin);

        var answer = await edge.AskAsync($"GET /docs/a%20b.txt HTTP/1.1\r\nHost: test\r\nRange: {range}\r\n\r\n");

        Assert.Equal((status, contentRange), (answer.Status, answer["Content-Range"]));
        if (body is not null)
            Assert.Equal(body, answer.Text);
    }

    [Fact]
    public async Task LargeFile_StreamsWhole()
    {
        var bytes = new byte[1_000_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(_folder, "large.bin"), bytes);
        await using var edge = await TestEdge.StartAsync(_origin);

        var answer = await edge.GetAsync("/large.bin");

        Assert.Equal("application/octet-stream", answer["Content-Type"]);
        Assert.True(bytes.AsSpan().SequenceEqual(answer.Body));
    }

    [Fact]
    public async Task Head_HasTheLengthAndNoBody()
    {
        await using var edge = await TestEdge.StartAsync(_origin);

        var answer = await edge.AskAsync("HEAD /index.html HTTP/1.1\r\nHost: test\r\n\r\n", head: true);

        Assert.Equal((200, "13"), (answer.Status, answer["Content-Length"]));
    }

    [Fact]
    public async Task OtherMethods_AreRefused()
    {
        await using var edge = await TestEdge.StartAsync(_origin);

        var answer = await edge.AskAsync("PUT /index.html HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc");

        Assert.Equal(405, answer.Status);
        Assert.Equal("<h1>home</h1>", File.ReadAllText(Path.Combine(_folder, "index.html")));
    }

    [Fact]
    public async Task OriginPath_IsASubfolder()
    {
        await using var edge = await TestEdge.StartAsync(_origin with { OriginPath = "/docs" });

        Assert.Equal("0123456789", (await edge.GetAsync("/a%20b.txt")).Text);
    }

    private void WriteHiddenFiles()
    {
        foreach (var name in new[] { ".env", ".git/config", "docs/.draft/a.txt", ".well-known/acme.txt", ".well-known/.secret" })
        {
            var path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "hidden");
        }
        File.CreateSymbolicLink(Path.Combine(_folder, "shown.txt"), ".env");
    }

    private bool MakeNode(string name, params string[] kind)
    {
        using var process = Process.Start(new ProcessStartInfo("mknod", [Path.Combine(_folder, name), .. kind]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

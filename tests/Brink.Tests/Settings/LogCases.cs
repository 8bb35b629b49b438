using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Brink.Tests.Settings;

/// <summary>Settings and flags of logs: what ends up in the files.</summary>
internal static class LogCases
{
    public const string StreamArn = "arn:aws:kinesis:us-east-1:123456789012:stream/hits";

    private const string Logging = """{ "Enabled": true, "IncludeCookies": false, "Bucket": "logs.s3.amazonaws.com", "Prefix": "" }""";

    /// <summary>Without a place for the bucket it is refused; with one there is a file; without Enabled there is none.</summary>
    public static async Task EnabledAsync()
    {
        await using (var refused = Site.OfDistribution())
        {
            refused.Set("Logging", Logging);
            var (exitCode, errors) = await refused.EndAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains("its bucket logs.s3.amazonaws.com is not mapped: give --log-bucket logs=DIR", errors, StringComparison.Ordinal);
        }
        Assert.Empty(await FilesAsync("Enabled", "false"));
        Assert.Single(await FilesAsync("Enabled", "true"));
    }

    /// <summary>The same request with one value and the other.</summary>
    public static Task DiffersAsync(string member, string one, string oneSeen, string other, string otherSeen, Func<string[], string> probe) =>
        DiffersAsync(member, one, oneSeen, other, otherSeen, (line, _) => probe(line));

    public static async Task DiffersAsync(string member, string one, string oneSeen, string other, string otherSeen, Func<string[], string, string> probe)
    {
        Assert.NotEqual(oneSeen, otherSeen);
        foreach (var (json, seen) in new[] { (one, oneSeen), (other, otherSeen) })
        {
            var (file, line) = Assert.Single(await FilesAsync(member, json));
            Assert.Equal(seen, probe(line, file));
        }
    }

    /// <summary>Without a place for the stream it is refused; with one there is a line of what the configuration lists.</summary>
    public static async Task RealtimeAsync()
    {
        await using var site = WithRealtimeLog(100);
        var (exitCode, errors) = await site.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains($"which is not mapped: give --kinesis {StreamArn}=file:PATH", errors, StringComparison.Ordinal);

        site.Flags.AddRange(["--kinesis", $"{StreamArn}=file:{site.In("hits.log")}"]);
        await site.StartAsync();
        await site.Dev.AskAsync("/a?b=c");
        await site.Dev.DisposeAsync();

        Assert.Equal("GET\t/a?b=c\n", await File.ReadAllTextAsync(site.In("hits.log"), TestContext.Current.CancellationToken));
    }

    /// <summary>A site with a real-time log of method and path.</summary>
    public static Site WithRealtimeLog(int samplingRate)
    {
        var site = Site.OfDistribution();
        site.Set("DefaultCacheBehavior.RealtimeLogConfigArn", "\"arn:aws:cloudfront::123456789012:realtime-log-config/hits\"");
        Directory.CreateDirectory(site.In("resources"));
        site.Write("resources/hits.json", $$"""
            {
              "RealtimeLogConfig": {
                "ARN": "arn:aws:cloudfront::123456789012:realtime-log-config/hits", "Name": "hits", "SamplingRate": {{samplingRate}},
                "EndPoints": [ { "StreamType": "Kinesis", "KinesisStreamConfig": { "RoleARN": "arn:aws:iam::123456789012:role/r", "StreamARN": "{{StreamArn}}" } } ],
                "Fields": ["cs-uri-stem", "cs-method"]
              }
            }
            """);
        site.Flags.AddRange(["--resources", site.In("resources")]);
        return site;
    }

    /// <summary>A site with a standard log.</summary>
    public static Site WithStandardLog()
    {
        var site = Site.OfDistribution();
        site.Set("Logging", Logging);
        site.Flags.AddRange(["--log-bucket", $"logs={site.In("logs")}", "--log-bucket", $"others={site.In("others")}"]);
        return site;
    }

    /// <summary>The files below the folders of buckets, each with its last line.</summary>
    public static List<(string File, string[] Line)> FilesOf(Site site) =>
        [.. Directory.GetFiles(site.In(""), "*.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(site.In(""), file).Replace('\\', '/'), Unzip(file).TrimEnd('\n').Split('\n')[^1].Split('\t')))];

    /// <summary>The text of a file.</summary>
    public static string Unzip(string file)
    {
        using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.ASCII);
        return reader.ReadToEnd();
    }

    /// <summary>The text of <c>/metrics</c>, or what another path of the operator's port answers.</summary>
    public static async Task<(int Status, string Text)> AdminAsync(JsonElement started, string path, HttpMethod? method = null, string? body = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, started.GetProperty("admin").GetString() + path) { Content = body is null ? null : new StringContent(body) };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>How many files a log has that gets a line, and another one five minutes later.</summary>
    public static async Task<string> FilesAfterFiveMinutesAsync(Site site, int days)
    {
        await site.Dev.AskAsync();
        await UntilAsync(site, () => Directory.Exists(site.In("logs"))
            && Directory.GetFiles(site.In("logs"), ".*.part") is [var file] && new FileInfo(file).Length > 0);
        ((ManualTimeProvider)site.Time).AdvanceSeconds(301);
        await site.Dev.AskAsync();
        await site.Dev.DisposeAsync();
        return FilesOf(site).Count.ToString(CultureInfo.InvariantCulture);
    }

    // A file may get its last name between the two looks.
    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } there ? there.Length : 0;

    /// <summary>How many files a log has that gets more than a megabyte, and another line.</summary>
    public static async Task<string> FilesOfAMegabyteAsync(Site site, int days)
    {
        var random = new Random(1);
        var bytes = new byte[3800];
        for (var i = 0; i < 400; i++)
        {
            random.NextBytes(bytes);
            Assert.Equal(200, (await site.Dev.AskAsync("/?" + Convert.ToHexString(bytes))).Status);
        }
        await UntilAsync(site, () => Directory.GetFiles(site.In("logs")).Sum(LengthOf) > 1024 * 1024);
        await site.Dev.AskAsync();
        await site.Dev.DisposeAsync();
        return FilesOf(site).Count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether an ended file of two megabytes and so many days is there when the next one has ended.</summary>
    public static async Task<string> OldFileAsync(Site site, int days)
    {
        var id = site.Dev.Started.GetProperty("distributions")[0].GetProperty("id").GetString();
        Directory.CreateDirectory(site.In("logs"));
        var old = site.In($"logs/{id}.2020-01-01-00.0123abcd.gz");
        var another = site.In("logs/another.2020-01-01-00.0123abcd.gz");
        foreach (var file in new[] { old, another })
        {
            await File.WriteAllBytesAsync(file, new byte[2 * 1024 * 1024], TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(file, (TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(days) - TimeSpan.FromMinutes(1)).UtcDateTime);
        }
        await site.Dev.AskAsync();
        await site.Dev.DisposeAsync();
        Assert.True(File.Exists(another)); // it is another log's
        return File.Exists(old) ? "kept" : "gone";
    }

    /// <summary>Looks whenever something changes in the site's folder.</summary>
    private static async Task UntilAsync(Site site, Func<bool> holds)
    {
        using var changes = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(site.In("")) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Size };
        watcher.Created += (_, _) => changes.Release();
        watcher.Changed += (_, _) => changes.Release();
        watcher.Renamed += (_, _) => changes.Release();
        watcher.EnableRaisingEvents = true;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
            await changes.WaitAsync(patience.Token);
    }

    private static async Task<List<(string File, string[] Line)>> FilesAsync(string member, string json)
    {
        await using var site = WithStandardLog();
        site.Set("Logging." + member, json);
        await site.StartAsync();
        await site.Dev.AskAsync("/a?b=c", headers: "Cookie: c=d\r\n");
        await site.Dev.DisposeAsync();
        return FilesOf(site);
    }
}

using System.Globalization;
using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>Logs as others read them: <c>zcat</c> and npm's <c>cloudfront-log-parser</c>. And a disk that is full.</summary>
public sealed class LogsTests : IDisposable
{
    private const string StreamArn = "arn:aws:kinesis:us-east-1:123456789012:stream/hits";

    private const int Terminate = 15;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task BothLogs_ReadAsCloudFronts()
    {
        await using var origin = EchoOrigin.Start();
        var package = await NpmPackages.InstallAsync(Repository.PathTo("tests", "logs", "parser"));
        string id;
        await using (var brink = BrinkDev.Start(
            "--distribution", WriteDistribution(new Uri(origin.Url).Port), "--resources", WriteResources(), "--log-bucket", $"logs={In("logs")}", "--kinesis", $"{StreamArn}=file:{In("hits.log")}",
            "--viewer-country", "SE", "--admin-port", "0"))
        {
            foreach (var _ in new[] { 1, 2 })
                await brink.GetAsync("/a?b=c", ("User-Agent", "Agent 1"), ("Cookie", "c=1"), ("Referer", "http://r.test/"));
            await brink.GetAsync("/status/503");
            await brink.SendAsync("DELETE", "/a");
            using var operatorsClient = new HttpClient();
            var metrics = await operatorsClient.GetStringAsync(brink.Started.GetProperty("admin").GetString() + "/metrics", TestContext.Current.CancellationToken);
            id = brink.Started.GetProperty("distributions")[0].GetProperty("id").GetString()!;
            Assert.Contains($"brink_requests_total{{distribution=\"{id}\",result_type=\"Hit\",status=\"2xx\"}} 1", metrics, StringComparison.Ordinal);
            brink.Process.Signal(Terminate);
            Assert.Equal(0, await brink.Process.WaitForExitAsync());
        }

        var file = Assert.Single(Directory.GetFiles(In("logs"), "*", SearchOption.AllDirectories));
        Assert.Matches($"/logs/cdn/{id}\\.[0-9]{{4}}(-[0-9]{{2}}){{3}}\\.[0-9a-f]{{8}}\\.gz$", file);
        var lines = await ReadAsync($"zcat {file}", package, "web");
        Assert.Equal(["Miss", "Hit", "Error", "Error"], lines.Select(line => line.GetProperty("x-edge-result-type").GetString()));
        Assert.Equal(["200", "200", "503", "403"], lines.Select(line => line.GetProperty("sc-status").GetString()));
        var first = lines[0];
        Assert.Equal(33, first.EnumerateObject().Count());
        Assert.Equal(("Agent 1", "c=1", "b=c"), (Text(first, "cs-user-agent"), Text(first, "cs-cookie"), Text(first, "cs-uri-query")));
        Assert.Equal(("http://r.test/", "HTTP/1.1", "http"), (Text(first, "cs-referer"), Text(first, "cs-protocol-version"), Text(first, "cs-protocol")));

        var records = await ReadAsync($"cat {In("hits.log")}", package, "kinesis");
        Assert.Equal(["Miss", "Hit", "Error", "Error"], records.Select(line => Text(line, "x-edge-result-type")));
        Assert.Equal(("/a?b=c", "*", "SE"), (Text(records[0], "cs-uri-stem"), Text(records[0], "cache-behavior-path-pattern"), Text(records[0], "c-country")));
        Assert.Equal(Text(first, "x-edge-request-id"), Text(records[0], "x-edge-request-id"));
    }

    /// <summary>A log on a file system without room: requests go on, and it is said.</summary>
    [Fact]
    public async Task DiskIsFull_ServingGoesOn()
    {
        await using var origin = EchoOrigin.Start();
        var full = Directory.CreateDirectory(In("full")).FullName;
        var arguments = string.Join(
            ' ', Repository.Executable, "dev", "--json", "--http-port", "0", "--distribution", WriteDistribution(new Uri(origin.Url).Port), "--resources", WriteResources(), "--log-bucket", $"logs={full}",
            "--kinesis", $"{StreamArn}=file:{full}/hits.log");
        await using var process = ChildProcess.Start(
            "/usr/bin/unshare",
            [.. Environment.IsPrivilegedProcess ? ["--mount"] : new[] { "--user", "--map-root-user", "--mount" }, "/bin/sh", "-c", $"mount -t tmpfs -o size=8k none {full} && head -c 4096 /dev/zero > {full}/filler && exec {arguments}"]);
        using var started = JsonDocument.Parse(process.WaitForLine(line => line.Contains("\"type\":\"started\"", StringComparison.Ordinal)));
        var url = started.RootElement.GetProperty("urls")[0].GetString();
        using var viewer = new HttpClient();
        var random = new Random(1);
        var bytes = new byte[1000];
        for (var i = 0; i < 100; i++)
        {
            random.NextBytes(bytes);
            using var answer = await viewer.GetAsync($"{url}/a?{Convert.ToHexString(bytes)}", TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)answer.StatusCode);
        }
        process.WaitForLine(line => line.Contains("\"type\":\"warning\"", StringComparison.Ordinal) && line.Contains("the standard log of", StringComparison.Ordinal) && line.Contains("No space left", StringComparison.Ordinal));
        process.Signal(Terminate);
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    /// <summary>Requests under way come to their end, the operator's port says no meanwhile, and the process ends by itself.</summary>
    [Fact]
    public async Task Drain_EndsWithTheLastRequest()
    {
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--admin-port", "0");
        var admin = brink.Started.GetProperty("admin").GetString();
        using var client = new HttpClient();
        var slow = brink.GetAsync("/slow/1");
        await origin.WaitUntilAskedAsync();

        using var drained = await client.PostAsync($"{admin}/drain", null, TestContext.Current.CancellationToken);
        using var ready = await client.GetAsync($"{admin}/ready", TestContext.Current.CancellationToken);

        Assert.Equal((202, 503), ((int)drained.StatusCode, (int)ready.StatusCode));
        Assert.Equal(200, (int)(await slow).StatusCode);
        Assert.Equal(0, await brink.Process.WaitForExitAsync());
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private static string? Text(JsonElement line, string field) => line.GetProperty(field).GetString();

    private static async Task<List<JsonElement>> ReadAsync(string log, string package, string format)
    {
        await using var process = ChildProcess.Start("/bin/bash", ["-c", $"set -o pipefail; {log} | exec node {Repository.PathTo("tests", "logs", "parser", "read.mjs")} {package} {format}"]);
        var output = process.ReadToEnd();
        Assert.True(await process.WaitForExitAsync() == 0, process.ErrorText);
        using var document = JsonDocument.Parse(output);
        return [.. document.RootElement.EnumerateArray().Select(line => line.Clone())];
    }

    /// <summary>All fields that the parser knows, listed backwards.</summary>
    private string WriteResources()
    {
        string[] fields =
        [
            "timestamp", "c-ip", "time-to-first-byte", "sc-status", "sc-bytes", "cs-method", "cs-protocol", "cs-host", "cs-uri-stem", "cs-bytes", "x-edge-location", "x-edge-request-id", "x-host-header",
            "time-taken", "cs-protocol-version", "c-ip-version", "cs-user-agent", "cs-referer", "cs-cookie", "cs-uri-query", "x-edge-response-result-type", "x-forwarded-for", "ssl-protocol", "ssl-cipher",
            "x-edge-result-type", "fle-encrypted-fields", "fle-status", "sc-content-type", "sc-content-len", "sc-range-start", "sc-range-end", "c-port", "x-edge-detailed-result-type", "c-country",
            "cs-accept-encoding", "cs-accept", "cache-behavior-path-pattern", "cs-headers", "cs-header-names", "cs-headers-count",
        ];
        var folder = _folder.CreateSubdirectory("resources").FullName;
        File.WriteAllText(Path.Combine(folder, "hits.json"), $$"""
            {
              "RealtimeLogConfig": {
                "ARN": "arn:aws:cloudfront::123456789012:realtime-log-config/hits", "Name": "hits", "SamplingRate": 100,
                "EndPoints": [ { "StreamType": "Kinesis", "KinesisStreamConfig": { "RoleARN": "arn:aws:iam::123456789012:role/r", "StreamARN": "{{StreamArn}}" } } ],
                "Fields": {{JsonSerializer.Serialize(fields.Reverse())}}
              }
            }
            """);
        return folder;
    }

    private string WriteDistribution(int port)
    {
        File.WriteAllText(In("distribution.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true,
              "Origins": { "Quantity": 1, "Items": [ { "Id": "echo", "DomainName": "127.0.0.1", "CustomOriginConfig": { "HTTPPort": {{port}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "echo", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                "RealtimeLogConfigArn": "arn:aws:cloudfront::123456789012:realtime-log-config/hits"
              },
              "Logging": { "Enabled": true, "IncludeCookies": true, "Bucket": "logs.s3.amazonaws.com", "Prefix": "cdn" }
            }
            """));
        return In("distribution.json");
    }
}

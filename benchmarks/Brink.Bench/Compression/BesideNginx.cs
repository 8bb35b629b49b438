using System.Globalization;
using System.Net;
using Brink.Bench.Load;

namespace Brink.Bench.Compression;

/// <summary>
/// What compressing a body for each request costs over the wire: the edge beside nginx with its gzip and with the Brotli module, at the level of theirs whose size is
/// nearest to the edge's. CPU of the server for a request with a coding, less that of one without, for a megabyte of body.
/// </summary>
internal static class BesideNginx
{
    // With more connections the encoders of what is not stored take more memory than the edge gives them, and some bodies stay plain.
    private const int NginxPort = 18954, EdgePort = 18956, HighestLevel = 9, Connections = 2;

    private static readonly string[] Codings = ["gzip", "br"];

    public static async Task<MarkdownTable> MeasureAsync(IReadOnlyList<string> files, int windows, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("brink-bench");
        try
        {
            foreach (var file in files)
                File.Copy(file, Path.Combine(folder.FullName, NameOf(file)));
            using var origin = StartNginx(folder, "origin", NginxPort, "1");
            await origin.ListensAsync(NginxPort);
            using var nginx = StartNginx(folder, "server", NginxPort + 1, "0");
            await nginx.ListensAsync(NginxPort + 1);
            using var edge = LoadedProcess.Start("0", Environment.ProcessPath!, ["serve", "--http-port", Text(EdgePort), "--resources", WriteResources(folder), WriteDistribution(folder)]);
            await edge.ListensAsync(EdgePort);

            var table = new MarkdownTable("file", "coding", "Brink: size", "Brink: ms/MB", "nginx: level", "nginx: size", "nginx: ms/MB");
            foreach (var file in files)
            {
                var (path, length) = ("/" + NameOf(file), new FileInfo(file).Length);
                foreach (var coding in Codings)
                {
                    await Console.Error.WriteLineAsync($"{NameOf(file)}, {coding} ...");
                    var size = await SizeAsync(EdgePort, path, coding);
                    var (level, theirs) = await NearestLevelAsync(path, coding, size);
                    var ours = await CostAsync(edge, EdgePort, path, path, coding, length, windows, seconds);
                    var others = await CostAsync(nginx, NginxPort + 1, path, $"/{coding}{Text(level)}{path}", coding, length, windows, seconds);
                    string Percent(long bytes) => (100.0 * bytes / length).ToString("0.0", CultureInfo.InvariantCulture) + " %";
                    table.Add(NameOf(file), coding, Percent(size), Number(ours), Text(level), Percent(theirs), Number(others));
                }
            }
            return table;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> CostAsync(
        LoadedProcess server, int port, string plain, string coded, string coding, long length, int windows, int seconds)
    {
        async Task<double> RequestAsync(string path, string offer)
        {
            var before = server.Cpu();
            var requests = await LoadTools.SaturateAsync("1", $"http://127.0.0.1:{Text(port)}{path}", seconds, Connections, offer);
            return (server.Cpu() - before) / requests;
        }
        var offer = $"Accept-Encoding: {coding}";
        await RequestAsync(coded, offer);
        var costs = new List<double>();
        for (var i = 0; i < windows; i++)
            costs.Add(await RequestAsync(coded, offer) - await RequestAsync(plain, "Accept-Encoding: identity"));
        return Statistics.Median(costs) / 1000 / (length / 1e6);
    }

    private static async Task<(int Level, long Size)> NearestLevelAsync(string path, string coding, long size)
    {
        var sizes = new List<(int Level, long Size)>();
        for (var level = 1; level <= HighestLevel; level++)
            sizes.Add((level, await SizeAsync(NginxPort + 1, $"/{coding}{Text(level)}{path}", coding)));
        return sizes.MinBy(each => Math.Abs(each.Size - size));
    }

    private static async Task<long> SizeAsync(int port, string path, string coding)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{Text(port)}{path}"));
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        using var answer = await client.SendAsync(request);
        if (!answer.Content.Headers.ContentEncoding.Contains(coding))
            throw new InvalidOperationException($"{path} does not come compressed with {coding} from port {Text(port)}: {answer.StatusCode}");
        return (await answer.Content.ReadAsByteArrayAsync()).Length;
    }

    /// <summary>Plain at /, and below a folder for each coding and level. Nothing may be kept: each request is compressed anew.</summary>
    private static LoadedProcess StartNginx(DirectoryInfo folder, string name, int port, string core)
    {
        var locations = from coding in Codings from level in Enumerable.Range(1, HighestLevel) select Location(coding, level);
        var work = folder.CreateSubdirectory(name).FullName;
        var file = Path.Combine(work, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; master_process off; pid {{work}}/pid; error_log {{work}}/errors;
            load_module /usr/lib/nginx/modules/ngx_http_brotli_filter_module.so;
            events { worker_connections 512; }
            http {
              access_log off; keepalive_requests 100000000; sendfile on; tcp_nopush on;
              client_body_temp_path {{work}}/b; proxy_temp_path {{work}}/p; fastcgi_temp_path {{work}}/f; uwsgi_temp_path {{work}}/u; scgi_temp_path {{work}}/s;
              types { text/html html; text/css css; application/javascript js; application/json json; }
              default_type text/plain;
              gzip_types *; brotli_types *; brotli_window 512k;
              server {
                listen 127.0.0.1:{{Text(port)}}; root {{folder.FullName}}; add_header Cache-Control no-store; etag off;
                {{string.Join('\n', locations)}}
              }
            }
            """);
        return LoadedProcess.Start(core, "/usr/sbin/nginx", ["-p", work, "-e", $"{work}/errors", "-c", file]);
    }

    private static string Location(string coding, int level) => coding == "gzip"
        ? $"location /gzip{Text(level)}/ {{ rewrite ^/[^/]+(/.*)$ $1 break; gzip on; gzip_comp_level {Text(level)}; }}"
        : $"location /br{Text(level)}/ {{ rewrite ^/[^/]+(/.*)$ $1 break; brotli on; brotli_comp_level {Text(level)}; }}";

    private static string WriteResources(DirectoryInfo folder)
    {
        var resources = folder.CreateSubdirectory("resources").FullName;
        File.WriteAllText(Path.Combine(resources, "policy.json"), """
            { "CachePolicy": { "Id": "policy", "CachePolicyConfig": { "Name": "policy", "MinTTL": 0,
                "ParametersInCacheKeyAndForwardedToOrigin": { "EnableAcceptEncodingGzip": true, "EnableAcceptEncodingBrotli": true,
                  "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } } } } }
            """);
        return resources;
    }

    private static string WriteDistribution(DirectoryInfo folder)
    {
        var file = Path.Combine(folder.FullName, "distribution.json");
        File.WriteAllText(file, $$"""
            {
              "CallerReference": "nginx", "Comment": "", "Enabled": true, "Aliases": { "Quantity": 1, "Items": ["127.0.0.1"] },
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "origin", "DomainName": "127.0.0.1", "CustomOriginConfig": { "HTTPPort": {{Text(NginxPort)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": { "TargetOriginId": "origin", "ViewerProtocolPolicy": "allow-all", "Compress": true, "CachePolicyId": "policy" }
            }
            """);
        return file;
    }

    private static string NameOf(string file) => Path.GetFileName(file);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

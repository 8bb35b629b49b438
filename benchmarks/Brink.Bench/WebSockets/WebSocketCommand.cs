using System.CommandLine;
using System.Globalization;
using Brink.Bench.Load;

namespace Brink.Bench.WebSockets;

/// <summary>
/// <c>./bench websocket</c>: an echo over WebSockets through Brink and through nginx, in alternated windows on the same core. Judged by the ratio of CPU per
/// message (there and back) within each pair of windows.
/// </summary>
internal static class WebSocketCommand
{
    private const int OriginPort = 18055, EdgePort = 18953, NginxPort = 18954;

    private static readonly int[] Sizes = [64, 4096, 65536];

    public static Command Create()
    {
        var windows = new Option<int>("--windows") { Description = "Pairs of windows for each size.", DefaultValueFactory = _ => 8 };
        var seconds = new Option<int>("--seconds") { Description = "Length of one window.", DefaultValueFactory = _ => 2 };
        var connections = new Option<int>("--connections") { Description = "WebSockets, each with one message under way.", DefaultValueFactory = _ => 64 };
        var command = new Command("websocket", "An echo over WebSockets, beside nginx.") { windows, seconds, connections };
        command.SetAction(async parsed =>
        {
            Machine.WarnIfBusy();
            await RunAsync(parsed.GetValue(windows), parsed.GetValue(seconds), parsed.GetValue(connections));
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(int windows, int seconds, int connections)
    {
        var folder = Directory.CreateTempSubdirectory("brink-bench");
        try
        {
            using var origin = LoadedProcess.Start("1", Environment.ProcessPath!, ["websocket-echo", Text(OriginPort)]);
            await origin.ListensAsync(OriginPort);
            using var edge = LoadedProcess.Start("0", Environment.ProcessPath!, ["serve", "--origin", $"http://127.0.0.1:{Text(OriginPort)}", "--http-port", Text(EdgePort)]);
            await edge.ListensAsync(EdgePort);
            using var nginx = LoadedProcess.Start("0", "/usr/sbin/nginx", ["-c", await WriteConfigurationAsync(folder), "-e", "stderr"]);
            await nginx.ListensAsync(NginxPort);

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {Machine.Load():0.0} (ours included)"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Servers on core 0, load and origin on core 1; {connections} WebSockets; {windows} pairs of windows of {seconds} s, alternated; µs of CPU per message, there and back.\n"));
            var table = new MarkdownTable("bytes of a message", "nginx", "Brink", "Brink / nginx: median", "least to most");
            foreach (var size in Sizes)
            {
                Task<double> OfBrinkAsync(int length) => MeasureAsync(edge, EdgePort, connections, length, size);
                Task<double> OfNginxAsync(int length) => MeasureAsync(nginx, NginxPort, connections, length, size);
                await OfBrinkAsync(8);
                await OfNginxAsync(2);
                var pairs = new List<(double Nginx, double Brink)>();
                for (var i = 0; i < windows; i++)
                {
                    var brink = i % 2 == 0 ? 0 : await OfBrinkAsync(seconds);
                    var other = await OfNginxAsync(seconds);
                    pairs.Add((other, i % 2 == 0 ? await OfBrinkAsync(seconds) : brink));
                }
                var ratios = pairs.Select(pair => pair.Brink / pair.Nginx).Order().ToArray();
                table.Add(Text(size), Number(Statistics.Median(pairs.Select(pair => pair.Nginx)), "0.0"), Number(Statistics.Median(pairs.Select(pair => pair.Brink)), "0.0"),
                    Number(Statistics.Median(ratios), "0.00"), $"{Number(ratios[0], "0.00")} to {Number(ratios[^1], "0.00")}");
            }
            Console.WriteLine(table);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One process, so that its CPU time is all there is; buffers as nginx has them by default.</summary>
    private static async Task<string> WriteConfigurationAsync(DirectoryInfo folder)
    {
        var file = Path.Combine(folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off;
            master_process off;
            pid {{folder.FullName}}/nginx.pid;
            events { worker_connections 4096; }
            http {
              access_log off;
              server {
                listen 127.0.0.1:{{Text(NginxPort)}};
                location / {
                  proxy_pass http://127.0.0.1:{{Text(OriginPort)}};
                  proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection Upgrade;
                }
              }
            }
            """);
        return file;
    }

    private static async Task<double> MeasureAsync(LoadedProcess server, int port, int connections, int seconds, int size)
    {
        var before = server.Cpu();
        var messages = await LoadedProcess.RunAsync("1", Environment.ProcessPath!, ["websocket-load", Text(port), Text(connections), Text(seconds), Text(size)]);
        return (server.Cpu() - before) / long.Parse(messages, CultureInfo.InvariantCulture);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

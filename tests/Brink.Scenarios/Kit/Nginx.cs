using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Brink.Scenarios.Kit;

/// <summary>nginx as an origin, in a process and on a port of its own (Debian's nginx-light), with a folder of files.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _client = new();
    private ChildProcess? _process;
    private int _marks;

    private Nginx(DirectoryInfo folder) => _folder = folder;

    public int Port { get; private set; }

    /// <summary>Starts one.</summary>
    /// <param name="server">What its configuration says of the server, beside where it listens.</param>
    /// <param name="files">Names and contents of its files; a type is by the end of a name.</param>
    /// <param name="types">More types, as <c>types</c> takes them.</param>
    public static Nginx Start(string server, IEnumerable<(string Name, string Text)> files, string types = "")
    {
        var nginx = new Nginx(Directory.CreateTempSubdirectory("brink-nginx-"));
        nginx.Port = FreePort();
        foreach (var (name, text) in files)
        {
            var file = Path.Combine(nginx._folder.FullName, "www", name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        string InFolder(string name) => Path.Combine(nginx._folder.FullName, name);
        File.WriteAllText(InFolder("nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid {{InFolder("pid")}};
            error_log /dev/stdout notice;
            events { worker_connections 256; }
            http {
              log_format run escape=json '$request|$http_x_run';
              access_log {{InFolder("requests")}} run;
              client_body_temp_path {{InFolder("body")}}; proxy_temp_path {{InFolder("proxy")}}; fastcgi_temp_path {{InFolder("fastcgi")}};
              uwsgi_temp_path {{InFolder("uwsgi")}}; scgi_temp_path {{InFolder("scgi")}};
              types { text/plain txt; text/html html; image/png png; application/json json; {{types}} }
              server {
                listen 127.0.0.1:{{nginx.Port.ToString(CultureInfo.InvariantCulture)}};
                root {{InFolder("www")}};
                {{server}}
              }
            }
            """);
        nginx._process = ChildProcess.Start(
            "/bin/bash", ["-c", LocalServer.UntilInputEnds, "server", "/usr/sbin/nginx", "-p", nginx._folder.FullName, "-e", "/dev/stdout", "-c", InFolder("nginx.conf")]);
        nginx._process.WaitForLine(line => line.Contains("event method", StringComparison.Ordinal)); // said once it listens
        return nginx;
    }

    /// <summary>The requests so far, each as its line and its X-Run. nginx writes them after it has answered: they are whole when one of ours is there.</summary>
    public async Task<string[]> RequestsAsync()
    {
        var mark = $"/_mark/{(++_marks).ToString(CultureInfo.InvariantCulture)}";
        using var deadline = new CancellationTokenSource(ChildProcess.Patience);
        string[] lines;
        do
        {
            using var reply = await _client.GetAsync(new Uri($"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}{mark}"), deadline.Token);
            lines = await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "requests"), deadline.Token);
        }
        while (!lines.Any(line => line.Contains(mark, StringComparison.Ordinal)));
        return [.. lines.Where(line => !line.Contains("/_mark/", StringComparison.Ordinal))];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A port at which nothing listens.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Brink.Bench.Load;

namespace Brink.Bench.Starting;

/// <summary>
/// What the first viewers of a new process wait for: the published server is started again and again, and asked one request after the other on one connection. Once
/// without a function and once with one, so that the difference is the function's.
/// </summary>
internal static class FirstCallCommand
{
    private const int Port = 18_920;
    private const int Requests = 100;

    private static string Root => Environment.GetEnvironmentVariable("BRINK_ROOT") ?? Directory.GetCurrentDirectory();

    public static Command Create()
    {
        var starts = new Option<int>("--starts") { Description = "Processes for each row.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var command = new Command("first-call", "The first requests of a fresh server process, and the memory of 1,000 functions (1 minute).") { starts };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(starts)));
        return command;
    }

    private static async Task<int> RunAsync(int starts)
    {
        var folder = Directory.CreateTempSubdirectory("brink-first-call");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "index.html"), new string('x', 1024));
            var table = new MarkdownTable("fresh server, ms", "first request", "most", "second", "100th");
            table.Add(await RowAsync("no function", folder.FullName, null, starts));
            foreach (var (name, file) in new[] { ("J1 request", "peers/j1-request.js"), ("J3 JWT", "peers/j3-request.js"), ("f1 headers", "engine/f1-headers.js") })
                table.Add(await RowAsync(name, folder.FullName, Path.Combine(Root, "benchmarks", file), starts));
            Console.Out.WriteLine(table);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        Console.Out.WriteLine(await LoadedProcess.RunAsync("0", Environment.ProcessPath!, ["loaded-functions"]));
        return 0;
    }

    private static async Task<string[]> RowAsync(string name, string folder, string? function, int starts)
    {
        var samples = new List<double[]>();
        for (var i = 0; i < starts; i++)
        {
            string[] arguments = ["serve", "--http-port", Port.ToString(CultureInfo.InvariantCulture), "--origin", folder, .. function is null ? (string[])[] : ["--viewer-request", function]];
            using var server = LoadedProcess.Start("0", Environment.ProcessPath!, arguments);
            samples.Add(await AskAsync());
        }
        string Of(Func<double[], double> which) => Statistics.Median(samples.Select(which)).ToString("0.00", CultureInfo.InvariantCulture);
        return [name, Of(one => one[0]), samples.Max(one => one[0]).ToString("0.00", CultureInfo.InvariantCulture), Of(one => one[1]), Of(one => one[Requests - 1])];
    }

    /// <summary>Milliseconds of each request. Nothing has talked to the server before: what waits until it listens is the connection that carries the requests.</summary>
    private static async Task<double[]> AskAsync()
    {
        using var socket = await ConnectAsync();
        // The answer of a 401 or 200 alike: what is timed is the way there and back.
        var request = Encoding.ASCII.GetBytes("GET /index.html HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14) Mobile\r\nAccept-Language: en-GB,en;q=0.9\r\n"
            + "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA\r\n\r\n");
        var buffer = new byte[16 * 1024];
        var times = new double[Requests];
        for (var i = 0; i < Requests; i++)
        {
            var start = Stopwatch.GetTimestamp();
            socket.Send(request);
            if (socket.Receive(buffer) == 0)
                throw new InvalidOperationException("the server ended the connection");
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Drain(socket, buffer);
        }
        return times;
    }

    /// <summary>Whatever of the answer comes in a second piece.</summary>
    private static void Drain(Socket socket, byte[] buffer)
    {
        while (socket.Poll(TimeSpan.FromMilliseconds(1), SelectMode.SelectRead))
        {
            if (socket.Receive(buffer) == 0)
                throw new InvalidOperationException("the server ended the connection");
        }
    }

    private static async Task<Socket> ConnectAsync()
    {
        for (var i = 0; i < 2000; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(5);
            }
        }
        throw new TimeoutException($"nothing listens on port {Port}");
    }
}

using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Brink.Scenarios.Kit;

/// <summary>A debugger for Python, as editors are: the debug adapter protocol over a socket.</summary>
internal sealed class PythonDebugger : IAsyncDisposable
{
    private readonly TcpClient _socket = new();
    private readonly Queue<JsonObject> _events = new();
    private int _lastNumber;

    /// <summary>Attaches and sets one breakpoint.</summary>
    public static async Task<PythonDebugger> AttachAsync(string address, string file, int line)
    {
        var debugger = new PythonDebugger();
        var (host, port) = (address.Split(':')[0], int.Parse(address.Split(':')[1], CultureInfo.InvariantCulture));
        await debugger._socket.ConnectAsync(host, port);
        await debugger.CallAsync("initialize", new JsonObject { ["adapterID"] = "tests", ["clientID"] = "tests", ["pathFormat"] = "path", ["linesStartAt1"] = true });
        // It answers when all is configured.
        var attach = await debugger.SendAsync("attach", new JsonObject { ["justMyCode"] = false });
        await debugger.WaitForAsync("initialized");
        var breakpoints = await debugger.CallAsync("setBreakpoints", new JsonObject
        {
            ["source"] = new JsonObject { ["path"] = file }, ["breakpoints"] = new JsonArray(new JsonObject { ["line"] = line }),
        });
        Assert.Equal(line, breakpoints["breakpoints"]![0]!["line"]!.GetValue<int>());
        await debugger.CallAsync("configurationDone");
        await debugger.AnswerAsync(attach);
        return debugger;
    }

    /// <summary>Waits until the function stands at the breakpoint; the thread that does.</summary>
    public async Task<int> StoppedAsync()
    {
        var stopped = await WaitForAsync("stopped");
        Assert.Equal("breakpoint", stopped["reason"]!.GetValue<string>());
        return stopped["threadId"]!.GetValue<int>();
    }

    /// <summary>The value of an expression where the function stands.</summary>
    public async Task<string> EvaluateAsync(int thread, string expression)
    {
        var stack = await CallAsync("stackTrace", new JsonObject { ["threadId"] = thread });
        var frame = stack["stackFrames"]![0]!["id"]!.GetValue<int>();
        return (await CallAsync("evaluate", new JsonObject { ["expression"] = expression, ["frameId"] = frame, ["context"] = "watch" }))["result"]!.GetValue<string>();
    }

    public Task ResumeAsync(int thread) => CallAsync("continue", new JsonObject { ["threadId"] = thread });

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    private async Task<JsonObject> CallAsync(string command, JsonObject? arguments = null) => await AnswerAsync(await SendAsync(command, arguments));

    private async Task<int> SendAsync(string command, JsonObject? arguments = null)
    {
        var number = ++_lastNumber;
        var body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["seq"] = number, ["type"] = "request", ["command"] = command, ["arguments"] = arguments ?? [] });
        await _socket.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"), .. body]);
        return number;
    }

    private async Task<JsonObject> AnswerAsync(int number)
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if (message["type"]!.GetValue<string>() == "response" && message["request_seq"]!.GetValue<int>() == number)
            {
                Assert.True(message["success"]!.GetValue<bool>(), message.ToJsonString());
                return message["body"]?.AsObject() ?? [];
            }
            _events.Enqueue(message);
        }
    }

    private async Task<JsonObject> WaitForAsync(string name)
    {
        while (true)
        {
            var message = _events.Count > 0 ? _events.Dequeue() : await ReceiveAsync();
            if (message["event"]?.GetValue<string>() == name)
                return message["body"]?.AsObject() ?? [];
        }
    }

    private async Task<JsonObject> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(ChildProcess.Patience);
        var stream = _socket.GetStream();
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            await stream.ReadExactlyAsync(one, deadline.Token);
            head.Append((char)one[0]);
        }
        var body = new byte[int.Parse(head.ToString().Split(':')[1], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, deadline.Token);
        return JsonNode.Parse(body)!.AsObject();
    }
}

using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Brink.Scenarios.Kit;

/// <summary>A debugger for Node.js, as browsers and editors are: the inspector protocol over a WebSocket.</summary>
internal sealed class NodeInspector : IAsyncDisposable
{
    /// <summary>Nothing here takes longer unless it hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<JsonObject> _events = new();
    private int _lastId;

    /// <summary>Looks up the only target behind a port, as browsers do, and attaches to it.</summary>
    public static async Task<NodeInspector> AttachAsync(string address)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var browser = new HttpClient();
        var targets = JsonNode.Parse(await browser.GetStringAsync(new Uri($"http://{address}/json/list"), deadline.Token))!.AsArray();
        var url = Assert.Single(targets)!["webSocketDebuggerUrl"]!.GetValue<string>();
        Assert.StartsWith($"ws://{address}/", url, StringComparison.Ordinal);
        var inspector = new NodeInspector();
        await inspector._socket.ConnectAsync(new Uri(url), deadline.Token);
        await inspector.CallAsync("Runtime.enable");
        await inspector.CallAsync("Debugger.enable");
        return inspector;
    }

    /// <summary>The same, as soon as the port is open.</summary>
    public static async Task<NodeInspector> AttachWhenOpenAsync(string address)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await AttachAsync(address);
            }
            catch (HttpRequestException) when (!deadline.IsCancellationRequested)
            {
                await Task.Yield();     // brink is about to open its door
            }
        }
    }

    /// <summary>The result of a method; events that come before it are kept.</summary>
    public async Task<JsonObject> CallAsync(string method, JsonObject? parameters = null)
    {
        var id = await SendAsync(method, parameters);
        while (true)
        {
            var message = await ReceiveAsync();
            if (message["id"]?.GetValue<int>() == id)
                return message["result"]?.AsObject() ?? throw new InvalidOperationException($"{method}: {message.ToJsonString()}");
            _events.Enqueue(message);
        }
    }

    /// <summary>Calls a method whose answer may never come: after it the process runs, and may end first.</summary>
    /// <returns>The id of the answer.</returns>
    public async Task<int> SendAsync(string method, JsonObject? parameters = null)
    {
        var request = new JsonObject { ["id"] = ++_lastId, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(request), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        return _lastId;
    }

    /// <summary>The next event of that name; those before it are dropped.</summary>
    public async Task<JsonObject> WaitForAsync(string method)
    {
        while (true)
        {
            var message = _events.Count > 0 ? _events.Dequeue() : await ReceiveAsync();
            if (message["method"]?.GetValue<string>() == method)
                return message["params"]!.AsObject();
        }
    }

    /// <summary>The value of an expression where the function stands.</summary>
    public async Task<string> EvaluateAsync(JsonObject paused, string expression)
    {
        var frame = paused["callFrames"]![0]!["callFrameId"]!.GetValue<string>();
        var result = await CallAsync("Debugger.evaluateOnCallFrame", new JsonObject { ["callFrameId"] = frame, ["expression"] = expression, ["returnByValue"] = true });
        return result["result"]!["value"]!.ToString();
    }

    /// <summary>Returns when the process has let go of us.</summary>
    public async Task WaitForEndAsync()
    {
        try
        {
            while (true)
                await ReceiveAsync();
        }
        catch (WebSocketException)
        {
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    private async Task<JsonObject> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), deadline.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new WebSocketException("closed");
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonNode.Parse(message.ToArray())!.AsObject();
        }
    }
}

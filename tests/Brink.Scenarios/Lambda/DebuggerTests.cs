using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Lambda;

/// <summary>Debuggers as browsers and editors attach them: a breakpoint, a variable, and the viewer gets its answer.</summary>
public sealed class DebuggerTests : IDisposable
{
    // Longer than the function's timeout, in the function's own time.
    private const string NodeWaits = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1600)";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public DebuggerTests()
    {
        _folder.CreateSubdirectory("tmp");
        Write("site/index.html", "home");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task BreakpointInNode_HoldsTheViewer_PastTheTimeout_AndLetsItGo()
    {
        Write("fn/index.js", NodeFunction("answer"));
        await using var brink = Start("--viewer-request", In("fn"), "--timeout", "1", "--inspect", "--inspect-port", Port());
        await using var inspector = await NodeInspector.AttachAsync(Debugger(brink, 0));
        await BreakAsync(inspector, line: 2);

        var answer = brink.GetAsync("/held");
        var other = brink.GetAsync("/other");      // one process: it waits, however long that takes
        var paused = await inspector.WaitForAsync("Debugger.paused");
        var uri = await inspector.EvaluateAsync(paused, "uri");
        await inspector.EvaluateAsync(paused, NodeWaits);
        Assert.False(answer.IsCompleted);
        await inspector.CallAsync("Debugger.resume");
        await inspector.WaitForAsync("Debugger.paused");
        await inspector.CallAsync("Debugger.resume");

        string[] texts = [await (await answer).TextAsync(), await (await other).TextAsync()];
        Assert.Contains(uri, (string[])["/held", "/other"]);
        Assert.Equal(["answer /held", "answer /other"], texts);
        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    [Fact]
    public async Task WithoutADebugger_TimeRunsOutAsAlways()
    {
        Write("fn/index.js", "exports.handler = () => new Promise(() => setInterval(() => {}, 1000))");
        await using var brink = Start("--viewer-request", In("fn"), "--timeout", "1", "--inspect", "--inspect-port", Port());
        var answer = await brink.GetAsync("/");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "LambdaExecutionError from cloudfront"), (answer.StatusCode, answer.Header("X-Cache")));
        Assert.Contains("Task timed out after 1.", await answer.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DebuggerThatLeaves_LeavesTimeRunning()
    {
        Write("fn/index.js", "exports.handler = async (event) => { if (event.Records[0].cf.request.uri === '/stays') await new Promise(() => setInterval(() => {}, 1000)); return { status: '200', body: 'ok' } }");
        await using var brink = Start("--viewer-request", In("fn"), "--timeout", "1", "--inspect", "--inspect-port", Port());
        Task<HttpResponseMessage> answer;
        await using (await NodeInspector.AttachAsync(Debugger(brink, 0)))
            answer = brink.GetAsync("/stays");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).StatusCode);
        // The next process is behind the same door.
        Assert.Equal("ok", await (await brink.GetAsync("/")).TextAsync());
        await using var again = await NodeInspector.AttachAsync(Debugger(brink, 0));
        Assert.Equal("3", (await again.CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = "1 + 2" }))["result"]!["value"]!.ToString());
    }

    [Fact]
    public async Task Save_LetsTheDebuggerGo_AndTheNextVersionIsBehindTheSamePort()
    {
        Write("fn/index.js", NodeFunction("one"));
        await using var brink = Start("--viewer-request", In("fn"), "--inspect", "--inspect-port", Port());
        await using (var first = await NodeInspector.AttachAsync(Debugger(brink, 0)))
        {
            Write("fn/index.js", NodeFunction("two"));
            await first.WaitForEndAsync();
        }
        Assert.Equal(2, brink.WaitFor("replica").GetProperty("version").GetInt32());
        await using var second = await NodeInspector.AttachAsync(Debugger(brink, 0));
        await BreakAsync(second, line: 2);
        var answer = brink.GetAsync("/x");
        var paused = await second.WaitForAsync("Debugger.paused");
        Assert.Equal("two", await second.EvaluateAsync(paused, "text"));
        await second.CallAsync("Debugger.resume");
        Assert.Equal("two /x", await (await answer).TextAsync());
    }

    [Fact]
    public async Task BreakpointInPython_HoldsTheViewer_PastTheTimeout_AndLetsItGo()
    {
        Write("fn/lambda_function.py", """
            def lambda_handler(event, context):
                uri = event['Records'][0]['cf']['request']['uri']
                return {'status': '200', 'body': 'python ' + uri}
            """);
        Write("second/index.js", NodeFunction("second"));
        await using var brink = Start("--viewer-request", In("fn"), "--origin-request", In("second"), "--timeout", "1", "--inspect", "--inspect-port", Port());
        await using var debugger = await PythonDebugger.AttachAsync(Debugger(brink, 0), "/var/task/lambda_function.py", 3);

        var answer = brink.GetAsync("/held");
        var thread = await debugger.StoppedAsync();
        Assert.Equal("'/held'", await debugger.EvaluateAsync(thread, "uri"));
        await debugger.EvaluateAsync(thread, "__import__('time').sleep(1.6)");
        Assert.False(answer.IsCompleted);
        await debugger.ResumeAsync(thread);

        Assert.Equal((HttpStatusCode.OK, "python /held"), ((await answer).StatusCode, await (await answer).TextAsync()));
        // Each function has a port of its own.
        await using var other = await NodeInspector.AttachAsync(Debugger(brink, 1));
        Assert.Equal("3", (await other.CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = "1 + 2" }))["result"]!["value"]!.ToString());
    }

    [Fact]
    public async Task InvokeByHand_WaitsForTheDebugger_BeforeItLoadsTheCode()
    {
        Write("fn/index.js", "const loaded = 'at load';\nexports.handler = async (event) => loaded + event.text;\n");
        Write("event.json", """{"text":"!"}""");
        var port = Port();
        await using var process = ChildProcess.Start(Repository.Executable, ["lambda", "invoke", In("fn"), "--event", In("event.json"), "--timeout", "1", "--inspect", "--inspect-port", port], _folder.FullName, In("tmp"));
        await using var inspector = await NodeInspector.AttachWhenOpenAsync($"127.0.0.1:{port}");
        await BreakAsync(inspector, line: 1);
        await inspector.CallAsync("Runtime.runIfWaitingForDebugger");
        await inspector.WaitForAsync("Debugger.paused");       // at the first line of what loads it
        await inspector.CallAsync("Debugger.resume");

        var paused = await inspector.WaitForAsync("Debugger.paused");
        Assert.Equal("at load", await inspector.EvaluateAsync(paused, "loaded"));
        await inspector.EvaluateAsync(paused, NodeWaits);
        await inspector.SendAsync("Debugger.resume");

        Assert.Equal("\"at load!\"", process.ReadToEnd());
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Contains($"brink: fn waits for a debugger at 127.0.0.1:{port} before its code is loaded", process.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("tmp")));
    }

    [Fact]
    public async Task PortThatIsTaken_IsASentence()
    {
        Write("fn/index.js", NodeFunction("x"));
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var process = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", "--origin", In("site"), "--viewer-request", In("fn"), "--inspect", "--inspect-port", $"{port}"], _folder.FullName, In("tmp"));
        process.ReadToEnd();
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains($"{In("fn")}: port {port} of 127.0.0.1 cannot be had for its debugger", process.ErrorText, StringComparison.Ordinal);
        Assert.Contains("name another one with --inspect-port", process.ErrorText, StringComparison.Ordinal);
        taken.Dispose();
    }

    [Fact]
    public async Task PythonWithoutDebugpy_IsASentence()
    {
        Write("fn/lambda_function.py", "def lambda_handler(event, context): return event\n");
        await using (var venv = ChildProcess.Start("/usr/bin/python3", ["-m", "venv", "--without-pip", In("venv")]))
        {
            venv.ReadToEnd();
            Assert.Equal(0, await venv.WaitForExitAsync());
        }
        await using var process = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", "--origin", In("site"), "--viewer-request", In("fn"), "--inspect", "--inspect-port", Port(), "--python", In("venv/bin/python3")], _folder.FullName, In("tmp"));
        process.ReadToEnd();
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains("a debugger for Python needs debugpy: install it (Debian: apt-get install python3-debugpy), or put it into the package", process.ErrorText, StringComparison.Ordinal);
    }

    private static string NodeFunction(string text) => $$"""
        exports.handler = async (event) => {
          const text = '{{text}}', { uri } = event.Records[0].cf.request;
          return { status: '200', body: `${text} ${uri}` };
        };
        """;

    private static string Debugger(BrinkDev brink, int function) => brink.Started.GetProperty("functions")[function].GetProperty("debugger").GetString()!;

    private static async Task BreakAsync(NodeInspector inspector, int line)
    {
        var set = await inspector.CallAsync("Debugger.setBreakpointByUrl", new JsonObject { ["lineNumber"] = line, ["url"] = "file:///var/task/index.js" });
        Assert.NotNull(set["breakpointId"]);
    }

    /// <summary>Two in a row that are free, as far as can be told.</summary>
    private static string Port()
    {
        while (true)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            using var second = new TcpListener(IPAddress.Loopback, port < 65535 ? port + 1 : 0);
            try
            {
                second.Start();
                return $"{port}";
            }
            catch (SocketException)
            {
            }
        }
    }

    private BrinkDev Start(params string[] arguments) => BrinkDev.StartIn(_folder.FullName, In("tmp"), ["--origin", In("site"), .. arguments]);

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text)
    {
        var path = In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

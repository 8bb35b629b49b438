using System.Net;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Lambda;

/// <summary>What goes wrong in functions: the viewer's answer, the reason in the log, and that nothing else is disturbed.</summary>
public sealed class FaultTests : IDisposable
{
    private const string Execution = "LambdaExecutionError from cloudfront", Validation = "LambdaValidationError from cloudfront", Generated = "LambdaGeneratedResponse from cloudfront";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public FaultTests() => _folder.CreateSubdirectory("tmp");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public Task FaultsInNode_CostTheirOwnRequestOnly()
    {
        Write("faulty/index.js", """
            const { execFileSync, spawn } = require('child_process');
            const wait = (ms) => new Promise((done) => setTimeout(done, ms));
            const ok = (body) => ({ status: '200', body });
            const faults = {
              throws: () => { throw new TypeError('thrown at once') },
              rejects: async () => { await wait(1); throw new RangeError('thrown later') },
              callback: (event, callback) => callback(new Error('called back')),
              unhandled: () => { Promise.reject(new Error('unhandled')); return wait(500) },
              uncaught: () => { setTimeout(() => { throw new Error('from a timer') }, 1); return wait(500) },
              never: () => wait(60000),
              spins: () => { for (;;) {} },
              late: () => wait(4600).then(() => ok('too late')),
              exits: () => process.exit(3),
              aborts: () => process.abort(),
              memory: async () => { const held = []; for (;;) { held.push(Buffer.alloc(32e6, 1)); await wait(0) } },
              tmp: () => { for (let i = 0; ; i++) execFileSync('fallocate', ['-l', '300M', '/tmp/fill' + i]) },
              forks: async () => { for (;;) { spawn('sleep', ['60'], { stdio: 'ignore' }); await wait(0) } },
              prints: async () => { const line = 'x'.repeat(1023) + '\n'; for (let i = 0; i < 8000; i++) process.stdout.write(line); return ok('printed') },
              twice: (event, callback) => { callback(null, ok('first')); callback(null, ok('second')); callback(new Error('third')) },
              garbage: async () => 'neither a request nor a response',
              header: async () => ({ status: '200', headers: { 'transfer-encoding': [{ value: 'chunked' }] } }),
              imports: async () => require('not-there'),
              fine: async () => ok('fine'),
            };
            exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; return faults[event.Records[0].cf.request.uri.split('/').pop()](event, callback) };
            """);
        return RunAsync(
            ("throws", 503, Execution, "TypeError: thrown at once"),
            ("rejects", 503, Execution, "RangeError: thrown later"),
            ("callback", 503, Execution, "Error: called back"),
            ("unhandled", 503, Execution, "Runtime.UnhandledPromiseRejection: Error: unhandled"),
            ("uncaught", 503, Execution, "Error: from a timer"),
            ("never", 503, Execution, "Task timed out after 4."),
            ("spins", 503, Execution, "Task timed out after 4."),
            ("late", 503, Execution, "Task timed out after 4."),
            ("exits", 503, Execution, "Runtime exited with error: exit status 3"),
            ("aborts", 503, Execution, "Runtime exited with error: "),
            ("memory", 503, Execution, "Runtime exited with error: signal: killed"),
            ("tmp", 503, Execution, ""),
            ("forks", 503, Execution, ""),
            ("prints", 200, Generated, "printed"),
            ("twice", 200, Generated, "first"),
            ("garbage", 502, Validation, ""),
            ("header", 502, Validation, "transfer-encoding"),
            ("imports", 503, Execution, "Cannot find module"),
            ("fine", 200, Generated, "fine"));
    }

    [Fact]
    public Task FaultsInPython_CostTheirOwnRequestOnly()
    {
        Write("faulty/lambda_function.py", """
            import http.client, os, sys, time

            def ok(body): return {'status': '200', 'body': body}

            def post(context, body):
                connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
                connection.request('POST', f'/2018-06-01/runtime/invocation/{context.aws_request_id}/response', body)
                return connection.getresponse().status

            def forks(context):
                while True:
                    if os.fork() == 0:
                        time.sleep(60)
                        os._exit(0)

            def fills(context):
                held = []
                while True:
                    held.append(bytearray(b'x' * 4000000))

            def tmp(context):
                for number in range(1000):
                    with open(f'/tmp/fill{number}', 'wb') as file:
                        os.posix_fallocate(file.fileno(), 0, 300000000)

            def spins(context):
                while True: pass

            def prints(context):
                for number in range(8000): print('x' * 1023)
                return ok('printed')

            def twice(context):
                post(context, '{"status":"200","body":"first"}')
                return ok('second')

            def raw(context):
                post(context, 'this is {no JSON')
                return ok('second')

            def throws(context): raise KeyError('thrown')
            def imports(context): import not_there
            def sysexit(context): sys.exit(4)
            def exits(context): os._exit(5)
            def never(context): time.sleep(60)
            def bytes_(context): return ok(b'no text')
            def garbage(context): return [1, 2]
            def fine(context): return ok('fine')

            def lambda_handler(event, context):
                return globals()[event['Records'][0]['cf']['request']['uri'].split('/')[-1]](context)
            """);
        return RunAsync(
            ("throws", 503, Execution, "KeyError: 'thrown'"),
            ("imports", 503, Execution, "No module named 'not_there'"),
            ("sysexit", 503, Execution, "Runtime exited with error: exit status 4"),
            ("exits", 503, Execution, "Runtime exited with error: exit status 5"),
            ("never", 503, Execution, "Task timed out after 4."),
            ("spins", 503, Execution, "Task timed out after 4."),
            ("fills", 503, Execution, ""),
            ("tmp", 503, Execution, ""),
            ("forks", 503, Execution, ""),
            ("prints", 200, Generated, "printed"),
            ("twice", 200, Generated, "first"),
            ("raw", 502, Validation, ""),
            ("bytes_", 503, Execution, "Runtime.MarshalError"),
            ("garbage", 502, Validation, ""),
            ("fine", 200, Generated, "fine"));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python3")]
    public async Task EnvironmentsKilledUnderLoad_OnlyTheirOwnInvocationFails(string interpreter)
    {
        const int viewers = 4, requestsEach = 60, requestsPerKill = 12;
        if (interpreter == "node")
            Write("load/index.js", "exports.handler = async (event) => { await new Promise((done) => setTimeout(done, 4)); return { status: '200', body: event.Records[0].cf.request.querystring } }");
        else
            Write("load/lambda_function.py", "import time\ndef lambda_handler(event, context):\n    time.sleep(0.004)\n    return {'status': '200', 'body': event['Records'][0]['cf']['request']['querystring']}\n");
        Write("site/index.html", "home");
        await using var brink = BrinkDev.StartIn(_folder.FullName, In("tmp"), "--origin", In("site"), "--viewer-request", In("load"));
        var (random, gate) = (new Random(11), new Lock());
        var (answered, kills, failures) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, viewers).Select(async viewer =>
        {
            for (var number = 0; number < requestsEach; number++)
            {
                var answer = await brink.GetAsync($"/?v{viewer}n{number}");
                var text = await answer.TextAsync();
                lock (gate)
                {
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        Assert.Equal($"v{viewer}n{number}", text);
                    }
                    else
                    {
                        failures++;
                        Assert.Equal((HttpStatusCode.ServiceUnavailable, Execution), (answer.StatusCode, answer.Header("X-Cache")));
                        Assert.Contains("Runtime exited", text, StringComparison.Ordinal);
                    }
                    // Not with the last ones: what was killed is seen to be gone a moment later.
                    if (++answered % requestsPerKill == 0 && answered <= (viewers * requestsEach) - requestsPerKill)
                    {
                        var environments = Functions(brink.Process.Id, interpreter).ToArray();
                        if (environments.Length > 0 && ProcessTree.Kill(environments[random.Next(environments.Length)].Pid))
                            kills++;
                    }
                }
            }
        }));

        Assert.Equal(viewers * requestsEach, answered);
        Assert.InRange(kills, 10, (viewers * requestsEach / requestsPerKill) - 1);
        // One that was killed while it rested costs nothing.
        Assert.InRange(failures, 0, kills);
        for (var number = 0; number < 10; number++)
            Assert.Equal($"after{number}", await (await brink.GetAsync($"/?after{number}")).TextAsync());
        await AssertNothingStaysAsync(brink);
    }

    [Theory]
    [InlineData("index.js", "require('not-there'); exports.handler = async () => 1", "Runtime.ImportModuleError: Error: Cannot find module 'not-there'")]
    [InlineData("index.js", "exports.handler = (", "Runtime.UserCodeSyntaxError")]
    [InlineData("index.js", "exports.other = async () => 1", "Runtime.HandlerNotFound: index.handler is undefined or not exported")]
    [InlineData("index.js", "throw new Error('at load')", "Error: at load")]
    [InlineData("index.js", "process.exit(7)", "Runtime exited with error: exit status 7")]
    [InlineData("index.js", "const held = []; for (;;) held.push(Buffer.alloc(4e6, 1))", "Runtime exited with error: signal: killed")]
    [InlineData("lambda_function.py", "import not_there", "Runtime.ImportModuleError: Unable to import module 'lambda_function': No module named 'not_there'")]
    [InlineData("lambda_function.py", "def lambda_handler(", "Runtime.UserCodeSyntaxError")]
    [InlineData("lambda_function.py", "x = 1", "Runtime.HandlerNotFound: Handler 'lambda_handler' missing on module 'lambda_function'")]
    [InlineData("bootstrap", "#!/bin/sh\nexit 9\n", "Runtime exited with error: exit status 9")]
    public async Task CodeThatDoesNotLoad_StartsNothing_AndLeavesNothing(string file, string code, string reason)
    {
        Write("site/index.html", "home");
        Write($"fn/{file}", code);
        File.SetUnixFileMode(In($"fn/{file}"), (UnixFileMode)0b111_101_101);
        await using var process = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", "--origin", In("site"), "--origin-request", In("fn")], _folder.FullName, In("tmp"));
        process.ReadToEnd();
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains($"{In("fn")}: does not load\n", process.ErrorText, StringComparison.Ordinal);
        Assert.Contains(reason, process.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("tmp")));
    }

    /// <summary>The processes of functions. Python's zygote and the keepers that it forks have the interpreter's name too; a function is below both, and runs nothing itself.</summary>
    private static IEnumerable<(int Pid, string Name, string Started)> Functions(int root, string interpreter) =>
        ProcessTree.Below(root).Where(process => process.Name == interpreter && (interpreter == "node" || ProcessTree.Below(process.Pid).Count == 0));

    /// <summary>Asks for every fault in turn, and between them another function, which must not notice.</summary>
    private async Task RunAsync(params (string Fault, int Status, string Cache, string Reason)[] faults)
    {
        Write("steady/index.mjs", "const born = Math.random(); export const handler = async () => ({ status: '200', body: String(born) });");
        await using var brink = BrinkDev.StartIn(_folder.FullName, In("tmp"), "--distribution", Write("distribution.json", Distribution), "--lambda", $"faulty={In("faulty")}", "--lambda", $"steady={In("steady")}", "--timeout", "faulty=4");
        var born = await (await brink.GetAsync("/steady/")).TextAsync();

        foreach (var (fault, status, cache, reason) in faults)
        {
            var answer = await brink.GetAsync($"/{fault}");
            var text = WebUtility.HtmlDecode(await answer.TextAsync());
            Assert.True((status, cache) == ((int)answer.StatusCode, answer.Header("X-Cache")) && text.Contains(reason, StringComparison.Ordinal), $"{fault}: {(int)answer.StatusCode} {answer.Header("X-Cache")}\n{text}");
            if (status >= 500)
                Assert.Contains($"<H1>{status} ERROR</H1>", text, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(born, await (await brink.GetAsync("/steady/")).TextAsync());
        }

        await AssertNothingStaysAsync(brink);
        var log = await File.ReadAllTextAsync(In(".brink/logs/functions.jsonl"), TestContext.Current.CancellationToken);
        foreach (var (fault, _, cache, reason) in faults.Where(fault => fault.Cache == Execution))
            Assert.True(log.Contains(reason.Replace("'", "\\u0027", StringComparison.Ordinal), StringComparison.Ordinal) || log.Contains(reason.Split(": ")[^1], StringComparison.Ordinal), $"{fault}: the log does not say '{reason}'");
    }

    /// <summary>Stops Brink: neither a process nor a file is left, nor was there more than the functions' own while it ran.</summary>
    private async Task AssertNothingStaysAsync(BrinkDev brink)
    {
        var processes = ProcessTree.Below(brink.Process.Id);
        brink.Process.Signal(15);
        Assert.Equal(0, await brink.Process.WaitForExitAsync());
        // Its guard sees that it is gone, and ends then; the kernel takes a moment with the others' memory and namespaces.
        foreach (var (pid, name, started) in processes)
            Assert.True(await ProcessTree.HasEndedAsync(pid, started), $"{name} is left");
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("tmp")));
    }

    private const string Distribution = """
        {
          "CallerReference": "faults", "Comment": "", "Enabled": true,
          "Origins": { "Quantity": 1, "Items": [ { "Id": "none", "DomainName": "127.0.0.1", "CustomOriginConfig": { "HTTPPort": 1025, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
          "DefaultCacheBehavior": {
            "TargetOriginId": "none", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            "LambdaFunctionAssociations": { "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:faulty:1", "EventType": "viewer-request" } ] } },
          "CacheBehaviors": { "Quantity": 1, "Items": [ {
            "PathPattern": "/steady/*", "TargetOriginId": "none", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            "LambdaFunctionAssociations": { "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:steady:1", "EventType": "viewer-request" } ] } } ] }
        }
        """;

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, string text)
    {
        var path = In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}

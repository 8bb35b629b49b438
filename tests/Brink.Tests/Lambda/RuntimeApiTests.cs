using System.Text;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>The Runtime API as a client sees it, also one that means harm (lambda spec 6.1, 6.2).</summary>
public sealed class RuntimeApiTests : IAsyncDisposable
{
    private readonly ScriptedRuntime _runtime = new();
    private readonly ManualTimeProvider _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("brink-test-").FullName;
    private readonly LambdaPool _pool;
    private readonly FunctionVersion _version;

    public RuntimeApiTests()
    {
        File.WriteAllText(Path.Combine(_folder, "bootstrap"), "");
        File.SetUnixFileMode(Path.Combine(_folder, "bootstrap"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.True(LambdaRuntime.TryParse("provided.al2023", out var provided));
        _version = new FunctionVersion { Name = "scripted", Number = 7, CodeFolder = _folder, Runtime = provided, Handler = "x" };
        _pool = new LambdaPool(LambdaPoolOptions.Default with { TemporaryFolder = _folder }, _runtime, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<Invocation> InvokeAsync(string json = """{"e":1}""") =>
        _pool.InvokeAsync(_version, Region.Home, Encoding.UTF8.GetBytes(json), InvocationLimits.Default, TestContext.Current.CancellationToken).AsTask();

    /// <summary>An invocation under way, and the connection that has its event.</summary>
    private async Task<(Task<Invocation> Invocation, RuntimeClient Client, string Id, ScriptedProcess Process)> BeginAsync()
    {
        var invocation = InvokeAsync();
        var process = await _runtime.NextProcessAsync();
        var client = await process.ConnectAsync();
        await client.SendAsync(RuntimeClient.Next);
        var (_, headers, _) = await client.ReceiveAsync();
        return (invocation, client, headers["Lambda-Runtime-Aws-Request-Id"], process);
    }

    [Fact]
    public async Task Next_BringsTheEventWithEveryHeader()
    {
        var invocation = InvokeAsync();
        var process = await _runtime.NextProcessAsync();
        using var client = await process.ConnectAsync();
        await client.SendAsync(RuntimeClient.Next);
        var (status, headers, body) = await client.ReceiveAsync();
        Assert.Equal(200, status);
        Assert.Equal("""{"e":1}""", body);
        Assert.Equal("application/json", headers["Content-Type"]);
        Assert.True(Guid.TryParse(headers["Lambda-Runtime-Aws-Request-Id"], out _));
        Assert.Equal(_time.GetUtcNow().AddSeconds(3).ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture), headers["Lambda-Runtime-Deadline-Ms"]);
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:us-east-1.scripted:7", headers["Lambda-Runtime-Invoked-Function-Arn"]);
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$", headers["Lambda-Runtime-Trace-Id"]);

        _time.AdvanceSeconds(0.1234);
        await client.SendAsync(RuntimeClient.Post($"invocation/{headers["Lambda-Runtime-Aws-Request-Id"]}/response", "{}"));
        Assert.Equal((202, """{"status":"OK"}"""), ((await client.ReceiveAsync()) is var answer ? (answer.Status, answer.Body) : default));
        var done = await invocation;
        Assert.Equal("{}", PoolFixture.Result(done));
        Assert.Equal(TimeSpan.FromSeconds(0.1234), done.Duration);
        Assert.Equal(124, done.BilledMilliseconds);
        Assert.Equal($"REPORT RequestId: {done.RequestId}\tDuration: 123.40 ms\tBilled Duration: 124 ms\tMemory Size: 128 MB\tMax Memory Used: 42 MB\tInit Duration: 0.00 ms\t", done.LogLines[^1]);
    }

    [Fact]
    public async Task AnswerAndNextInOnePiece_AreAnsweredTogetherWithTheNextEvent()
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", "1") + RuntimeClient.Next);
        Assert.Equal("1", PoolFixture.Result(await invocation));
        var second = InvokeAsync("2");
        Assert.Equal(202, (await client.ReceiveAsync()).Status);
        var next = await client.ReceiveAsync();
        Assert.Equal((200, "2"), (next.Status, next.Body));
        Assert.NotEqual(id, next.Headers["Lambda-Runtime-Aws-Request-Id"]);
        await client.SendAsync(RuntimeClient.Post($"invocation/{next.Headers["Lambda-Runtime-Aws-Request-Id"]}/response", "22"));
        Assert.Equal("22", PoolFixture.Result(await second));
        client.Dispose();
    }

    [Fact]
    public async Task AnswerByteByByte_IsTaken()
    {
        var (invocation, client, id, _) = await BeginAsync();
        foreach (var c in RuntimeClient.Post($"invocation/{id}/response", "\"slow\""))
            await client.SendAsync(c.ToString());
        Assert.Equal("\"slow\"", PoolFixture.Result(await invocation));
    }

    [Fact]
    public async Task AnswerInChunks_IsTaken()
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync($"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n\"ab\r\n");
        await client.SendAsync("2\r\nc");
        await client.SendAsync("\"\r\n0\r\nTrailer: x\r\n\r\n");
        Assert.Equal(202, (await client.ReceiveAsync()).Status);
        Assert.Equal("\"abc\"", PoolFixture.Result(await invocation));
    }

    [Fact]
    public async Task ExpectContinue_IsContinued()
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync($"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
        Assert.Equal(100, (await client.ReceiveAsync()).Status);
        await client.SendAsync("5");
        Assert.Equal("5", PoolFixture.Result(await invocation));
    }

    [Fact]
    public async Task UnknownId_Is400()
    {
        var (_, client, _, _) = await BeginAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{Guid.NewGuid()}/response", "1"));
        var answer = await client.ReceiveAsync();
        Assert.Equal((400, """{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task AnswerTwice_TheFirstCounts_TheSecondIs403()
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", "1") + RuntimeClient.Post($"invocation/{id}/response", "2"));
        Assert.Equal(202, (await client.ReceiveAsync()).Status);
        var second = await client.ReceiveAsync();
        Assert.Equal(403, second.Status);
        Assert.Contains("InvalidStateTransition", second.Body, StringComparison.Ordinal);
        Assert.Equal("1", PoolFixture.Result(await invocation));
    }

    [Theory]
    [InlineData("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n")]
    [InlineData("POST /2018-06-01/runtime/init/error HTTP/1.1\r\nContent-Length: 0\r\n\r\n")]
    public async Task OutOfPlaceDuringAnInvocation_Is403(string request)
    {
        var (_, client, _, _) = await BeginAsync();
        await client.SendAsync(request);
        Assert.Equal(403, (await client.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task SecondQuestionWhileOneWaits_Is403()
    {
        var warming = _pool.PrewarmAsync(_version, Region.Home, 1);
        var process = await _runtime.NextProcessAsync();
        using var first = await process.ConnectAsync();
        await first.SendAsync(RuntimeClient.Next);
        Assert.Null(await warming);
        using var second = await process.ConnectAsync();
        await second.SendAsync(RuntimeClient.Next);
        Assert.Equal(403, (await second.ReceiveAsync()).Status);
    }

    [Theory]
    [InlineData("GET /2018-06-01/ping HTTP/1.1\r\n\r\n", 200)]
    [InlineData("GET /2018-06-01/nothing HTTP/1.1\r\n\r\n", 404)]
    [InlineData("POST /2018-06-01/runtime/invocation/x HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404)]
    [InlineData("rubbish\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: -0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: 1\0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413)]
    public async Task Request_HasItsStatus_AndTheInvocationGoesOn(string request, int status)
    {
        var (invocation, client, id, process) = await BeginAsync();
        using (var other = await process.ConnectAsync())
        {
            await other.SendAsync(request);
            Assert.Equal(status, (await other.ReceiveAsync()).Status);
        }
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", "1"));
        Assert.Equal("1", PoolFixture.Result(await invocation));
    }

    [Fact]
    public async Task BodyOverTheLimit_Is413_AndEndsTheInvocation()
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync($"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nContent-Length: 6291557\r\n\r\n");
        await client.SendAsync(new byte[6291557]);
        await client.SendAsync(RuntimeClient.Next);
        var answer = await client.ReceiveAsync();
        Assert.Equal((413, """{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}"""), (answer.Status, answer.Body));
        var error = Assert.IsType<InvocationOutcome.FunctionError>((await invocation).Outcome);
        Assert.Equal(("Function.ResponseSizeTooLarge", "Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes)."), (error.ErrorType, error.ErrorMessage));
        var next = InvokeAsync("3");
        Assert.Equal("3", (await client.ReceiveAsync()).Body);
        client.Dispose();
        _time.AdvanceSeconds(3);
        await next;
    }

    [Fact]
    public async Task BodyAtTheLimit_IsTaken()
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", new string('1', 6291556)));
        Assert.Equal(6291556, PoolFixture.Result(await invocation).Length);
    }

    [Fact]
    public async Task ErrorWithAHugeCauseHeader_IsTaken()
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/error", """{"errorType":"Mine","errorMessage":"m","stackTrace":["a","b"]}""",
            $"Lambda-Runtime-Function-Error-Type: Runtime.Other\r\nLambda-Runtime-Function-XRay-Error-Cause: {new string('x', 1024 * 1024)}\r\n"));
        Assert.Equal(202, (await client.ReceiveAsync()).Status);
        var error = Assert.IsType<InvocationOutcome.FunctionError>((await invocation).Outcome);
        Assert.Equal(("Mine", "m"), (error.ErrorType, error.ErrorMessage));
        Assert.Equal(["a", "b"], error.Trace);
    }

    [Fact]
    public async Task HeadWithoutEnd_IsRefused()
    {
        var (_, _, _, process) = await BeginAsync();
        using var other = await process.ConnectAsync();
        // The refusal may come, and the connection close, before all of it has been sent.
        await Record.ExceptionAsync(() => other.SendAsync($"GET / HTTP/1.1\r\nX: {new string('x', 1_200_000)}"));
        Assert.Equal(400, (await other.ReceiveAsync()).Status);
        await other.ShouldCloseAsync();
    }

    [Theory]
    [InlineData("""{"errorMessage":"m"}""", "Runtime.MyError", "Runtime.MyError", "m")]
    [InlineData("""{"errorMessage":"m"}""", "nonsense", "Runtime.Unknown", "m")]
    [InlineData("""{"errorMessage":"m"}""", "Function.not right", "Function.Unknown", "m")]
    [InlineData("not json", "", "Runtime.Unknown", "not json")]
    [InlineData("[1]", "", "Runtime.Unknown", "")]
    [InlineData("""{"errorType":5,"errorMessage":{"a":1},"trace":[1,null]}""", "", "5", """{"a":1}""")]
    public async Task ErrorBody_IsReadAsFarAsItGoes(string body, string header, string type, string message)
    {
        var (invocation, client, id, _) = await BeginAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/error", body, header.Length > 0 ? $"Lambda-Runtime-Function-Error-Type: {header}\r\n" : ""));
        var error = Assert.IsType<InvocationOutcome.FunctionError>((await invocation).Outcome);
        Assert.Equal((type, message), (error.ErrorType, error.ErrorMessage));
    }

    [Fact]
    public async Task InitError_IsTriedOnceMore_ThenReported()
    {
        var invocation = InvokeAsync();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var process = await _runtime.NextProcessAsync();
            using var client = await process.ConnectAsync();
            await client.SendAsync(RuntimeClient.Post("init/error", $$"""{"errorType":"Runtime.Mine","errorMessage":"attempt {{attempt}}"}"""));
            Assert.Equal(202, (await client.ReceiveAsync()).Status);
            // It may not ask for an event any more.
            await client.SendAsync(RuntimeClient.Next);
            Assert.Equal(403, (await client.ReceiveAsync()).Status);
            process.End(1);
        }
        var error = Assert.IsType<InvocationOutcome.InitFailed>((await invocation).Outcome);
        Assert.Equal(("Runtime.Mine", "attempt 2"), (error.ErrorType, error.ErrorMessage));
    }

    [Fact]
    public async Task NoAnswerByTheDeadline_TimesOut_AndTheConnectionCloses()
    {
        var (invocation, client, id, process) = await BeginAsync();
        _time.AdvanceSeconds(2.9);
        Assert.False(invocation.IsCompleted);
        _time.AdvanceSeconds(0.2);
        var outcome = Assert.IsType<InvocationOutcome.TimedOut>((await invocation).Outcome);
        Assert.EndsWith($"{id} Task timed out after 3.00 seconds", outcome.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(9, (await process.Exit).Signal);
        await client.ShouldCloseAsync();
    }

    [Fact]
    public async Task AnswersButNeverAsksAgain_KeepsItsResult_AndLosesItsProcess()
    {
        var (invocation, client, id, process) = await BeginAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", "1"));
        Assert.Equal("1", PoolFixture.Result(await invocation));
        _time.AdvanceSeconds(3);
        Assert.Equal(9, (await process.Exit).Signal);
    }

    [Fact]
    public async Task TalksOnWhileItWaits_LosesItsConnection()
    {
        var warming = _pool.PrewarmAsync(_version, Region.Home, 1);
        var process = await _runtime.NextProcessAsync();
        using var client = await process.ConnectAsync();
        await client.SendAsync(RuntimeClient.Next);
        Assert.Null(await warming);
        await client.SendAsync("more");
        await client.ShouldCloseAsync();
    }

    [Fact]
    public async Task ConnectionLostWhileItWaits_CanBeReplaced()
    {
        var warming = _pool.PrewarmAsync(_version, Region.Home, 1);
        var process = await _runtime.NextProcessAsync();
        using (var first = await process.ConnectAsync())
        {
            await first.SendAsync(RuntimeClient.Next);
            Assert.Null(await warming);
        }
        using var second = await process.ConnectAsync();
        var refused = 0;
        while (true)
        {
            // Until Brink has seen the first one go, the second is one too many.
            await second.SendAsync(RuntimeClient.Next);
            var asked = second.ReceiveAsync();
            var invocation = refused == 0 && !asked.IsCompleted ? null : InvokeAsync();
            if (await Task.WhenAny(asked, Task.Delay(100, TestContext.Current.CancellationToken)) == asked && (await asked).Status == 403)
            {
                refused++;
                Assert.True(refused < 100_000);
                continue;
            }
            invocation ??= InvokeAsync("9");
            var next = await asked;
            await second.SendAsync(RuntimeClient.Post($"invocation/{next.Headers["Lambda-Runtime-Aws-Request-Id"]}/response", "8"));
            Assert.Equal("8", PoolFixture.Result(await invocation));
            return;
        }
    }

    [Fact]
    public async Task ManyConnections_AreClosed()
    {
        var (invocation, client, id, process) = await BeginAsync();
        var others = new List<RuntimeClient>();
        for (var count = 0; count < 20; count++)
            others.Add(await process.ConnectAsync());
        await others[^1].ShouldCloseAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", "1"));
        Assert.Equal("1", PoolFixture.Result(await invocation));
        others.ForEach(other => other.Dispose());
    }

    [Fact]
    public async Task ExitBeforeTheFirstQuestion_IsAnInitError_AndExitDuringAnInvocationAnExit()
    {
        var invocation = InvokeAsync();
        (await _runtime.NextProcessAsync()).End(4);
        var process = await _runtime.NextProcessAsync();
        using var client = await process.ConnectAsync();
        await client.SendAsync(RuntimeClient.Next);
        await client.ReceiveAsync();
        process.Print("half a line");
        process.End(5);
        var done = await invocation;
        Assert.Equal(5, Assert.IsType<InvocationOutcome.Exited>(done.Outcome).Exit.Code);
        Assert.Contains("half a line", done.LogLines);
        Assert.Contains(done.LogLines, line => line.StartsWith("INIT_REPORT", StringComparison.Ordinal) && line.EndsWith("Status: error\tError Type: Runtime.ExitError", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReservedVariables_AreGiven_AndTheTcpDoorIsOpen()
    {
        var invocation = InvokeAsync();
        var process = await _runtime.NextProcessAsync();
        var variables = process.Start.Environment.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal("us-east-1.scripted", variables["AWS_LAMBDA_FUNCTION_NAME"]);
        Assert.Equal("on-demand", variables["AWS_LAMBDA_INITIALIZATION_TYPE"]);
        var parts = variables["AWS_LAMBDA_RUNTIME_API"].Split(':');
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
        using var client = new RuntimeClient(socket);
        await client.SendAsync(RuntimeClient.Next);
        var next = await client.ReceiveAsync();
        await client.SendAsync(RuntimeClient.Post($"invocation/{next.Headers["Lambda-Runtime-Aws-Request-Id"]}/response", "7"));
        Assert.Equal("7", PoolFixture.Result(await invocation));
    }
}

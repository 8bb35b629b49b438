using Brink.Lambda.Environments;

namespace Brink.Tests.Lambda;

/// <summary>What Python handlers may look like, and what they get (lambda spec 6.5, 6.7).</summary>
public sealed class PythonTests(PoolFixture lambda) : IClassFixture<PoolFixture>
{
    [Theory]
    [InlineData("def lambda_handler(event, context): return {'got': event['a']}", """{"got": 1}""")]
    [InlineData("def lambda_handler(event, context): pass", "null")]
    [InlineData("from decimal import Decimal\ndef lambda_handler(event, context): return Decimal('1.5')", "1.5")]
    [InlineData("class H:\n  def __call__(self, event, context): return 'callable'\nlambda_handler = H()", "\"callable\"")]
    [InlineData("def lambda_handler(event, context): return 5000 < context.get_remaining_time_in_millis() <= 10000", "true")]
    [InlineData("def lambda_handler(event, c): return [c.function_version, c.memory_limit_in_mb, c.client_context, c.identity.cognito_identity_id, len(c.aws_request_id)]", """["1", "256", null, null, 36]""")]
    public async Task Handler_Answers(string code, string expected)
    {
        Assert.Equal(expected, await lambda.ResultAsync(lambda.Python(code), """{"a":1}"""));
    }

    [Theory]
    [InlineData("python3.11", "\"\\u00fc\"")]
    [InlineData("python3.13", "\"ü\"")]
    public async Task TextBeyondAscii_IsEscapedBeforePython312(string runtime, string expected)
    {
        Assert.Equal(expected, await lambda.ResultAsync(lambda.Python("def lambda_handler(event, context): return 'ü'", runtime)));
    }

    [Fact]
    public async Task HandlerInAFolder_IsFound()
    {
        Assert.Equal("\"nested\"", await lambda.ResultAsync(
            lambda.Function("python3.12", "src/api.main", 10, 256, ("src/api.py", "import helper\ndef main(event, context): return helper.word"), ("helper.py", "word = 'nested'"))));
    }

    [Theory]
    [InlineData("def lambda_handler(event, context): raise ValueError('bad')", "ValueError", "bad")]
    [InlineData("def lambda_handler(event, context): return b'bytes'", "Runtime.MarshalError", null)]
    [InlineData("def lambda_handler(event, context): return {1, 2}", "Runtime.MarshalError", null)]
    [InlineData("def lambda_handler(event): return 1", "TypeError", null)]
    [InlineData("class Mine(BaseException): pass\ndef lambda_handler(event, context): raise Mine()", "Mine", "")]
    public async Task HandlerThatFails_IsAFunctionError(string code, string type, string? message)
    {
        var invocation = await lambda.InvokeAsync(lambda.Python(code));
        var error = Assert.IsType<InvocationOutcome.FunctionError>(invocation.Outcome);
        Assert.Equal(type, error.ErrorType);
        if (message is not null)
            Assert.Equal(message, error.ErrorMessage);
    }

    [Fact]
    public async Task Exception_HasItsStackAndIsLoggedInOneEntry()
    {
        var invocation = await lambda.InvokeAsync(lambda.Python("def inner():\n    raise KeyError('k')\ndef lambda_handler(event, context):\n    inner()"));
        var error = Assert.IsType<InvocationOutcome.FunctionError>(invocation.Outcome);
        Assert.Equal(["lambda_handler", "inner"], error.Trace.Select(frame => frame.Split(" in ")[1].Split('\n')[0]));
        var logged = Assert.Single(invocation.LogLines, line => line.StartsWith("[ERROR] KeyError: 'k'\rTraceback (most recent call last):\r", StringComparison.Ordinal));
        Assert.Contains("\r\u00a0\u00a0File \"", logged, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import nope", "Runtime.ImportModuleError", "Unable to import module 'lambda_function': No module named 'nope'")]
    [InlineData("def lambda_handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'lambda_function'")]
    [InlineData("other = 1", "Runtime.HandlerNotFound", "Handler 'lambda_handler' missing on module 'lambda_function'")]
    [InlineData("raise RuntimeError('at the top')", "RuntimeError", "at the top")]
    [InlineData("import sys; sys.exit(7)", "Runtime.ExitError", "exit status 7")]
    public async Task CodeThatDoesNotLoad_IsAnInitError(string code, string type, string message)
    {
        var error = Assert.IsType<InvocationOutcome.InitFailed>((await lambda.InvokeAsync(lambda.Python(code))).Outcome);
        Assert.Equal(type, error.ErrorType);
        Assert.Contains(message, error.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lambda_function", "Runtime.MalformedHandlerName")]
    [InlineData("sys.exit", "Runtime.BuiltInModuleConflict")]
    public async Task HandlerNameThatCannotBe_IsAnInitError(string handler, string type)
    {
        var invocation = await lambda.InvokeAsync(lambda.Python("def lambda_handler(event, context): pass", handler: handler));
        Assert.Equal(type, Assert.IsType<InvocationOutcome.InitFailed>(invocation.Outcome).ErrorType);
    }

    [Fact]
    public async Task Logging_WritesAwsLines_AndPrintGoesThrough()
    {
        var invocation = await lambda.InvokeAsync(lambda.Python("""
            import logging, sys
            logging.getLogger().setLevel(logging.INFO)
            def lambda_handler(event, context):
                print("plain"); logging.info("said %s", 1); print("to stderr", file=sys.stderr)
            """));
        var id = invocation.RequestId;
        Assert.Contains("plain", invocation.LogLines);
        Assert.Contains("to stderr", invocation.LogLines);
        Assert.Contains(invocation.LogLines, line => System.Text.RegularExpressions.Regex.IsMatch(line, $@"^\[INFO\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{id}\tsaid 1$"));
    }

    [Fact]
    public async Task SysExitInTheHandler_EndsTheProcess()
    {
        var invocation = await lambda.InvokeAsync(lambda.Python("import sys\ndef lambda_handler(event, context): print('last words', end=''); sys.exit(5)"));
        Assert.Equal(5, Assert.IsType<InvocationOutcome.Exited>(invocation.Outcome).Exit.Code);
        Assert.Contains("last words", invocation.LogLines);
    }

    [Fact]
    public async Task SecondInvocation_IsInTheSameProcess()
    {
        var version = lambda.Python("calls = 0\ndef lambda_handler(event, context):\n    global calls\n    calls += 1\n    return [calls, len(event)]");
        Assert.Equal("[1, 2]", await lambda.ResultAsync(version, "[0,0]"));
        Assert.Equal("[2, 300000]", await lambda.ResultAsync(version, $"\"{new string('x', 300_000)}\""));
    }
}

using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>What Node.js handlers may look like, and what they get (lambda spec 6.5, 6.6).</summary>
public sealed class NodeTests(PoolFixture lambda) : IClassFixture<PoolFixture>
{
    [Theory]
    [InlineData("exports.handler = async (event) => ({ got: event.a })", """{"got":1}""")]
    [InlineData("exports.handler = (event, context, callback) => callback(null, { got: event.a })", """{"got":1}""")]
    [InlineData("exports.handler = (event, context) => context.succeed({ got: event.a })", """{"got":1}""")]
    [InlineData("exports.handler = (event, context) => context.done(null, { got: event.a })", """{"got":1}""")]
    [InlineData("exports.handler = (event, context, callback) => { callback(null, 'first'); callback(null, 'second'); context.succeed('third') }", "\"first\"")]
    [InlineData("exports.handler = async (event, context, callback) => { callback(null, 'called back'); return 'returned' }", "\"returned\"")]
    [InlineData("exports.handler = () => {}", "null")]
    [InlineData("exports.handler = async () => {}", "null")]
    [InlineData("exports.handler = async () => () => {}", "null")]
    [InlineData("exports.handler = async () => 'ümlaut 日本 \\u{1F600}'", "\"ümlaut 日本 😀\"")]
    [InlineData("exports.handler = () => ({ then(resolve) { resolve('thenable') } })", "\"thenable\"")]
    [InlineData("exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 60000); callback(null, 'at once') }", "\"at once\"")]
    [InlineData("let late = 'early'; exports.handler = (event, context, callback) => { const result = {}; setTimeout(() => { result.late = true }, 20); callback(null, result) }", """{"late":true}""")]
    [InlineData("exports.handler = (event, context) => { setInterval(() => {}, 60000); context.succeed('does not wait') }", "\"does not wait\"")]
    [InlineData("exports.handler = async (event, context) => { const t = context.getRemainingTimeInMillis(); return t > 5000 && t <= 10000 }", "true")]
    [InlineData("exports.handler = async (event, c) => [c.functionVersion, c.memoryLimitInMB, typeof c.awsRequestId, c.callbackWaitsForEmptyEventLoop]", """["1","256","string",true]""")]
    public async Task Handler_Answers(string code, string expected)
    {
        Assert.Equal(expected, await lambda.ResultAsync(lambda.Node(code), """{"a":1}"""));
    }

    [Theory]
    [InlineData("index.mjs", "export const handler = async () => 'module'", "index.handler")]
    [InlineData("index.cjs", "exports.handler = async () => 'module'", "index.handler")]
    [InlineData("src/api/main.js", "exports.handler = async () => 'module'", "src/api/main.handler")]
    [InlineData("index.js", "exports.a = { b: { c: async () => 'module' } }", "index.a.b.c")]
    [InlineData("index.mjs", "export default { handler: async () => 'module' }", "index.handler")]
    [InlineData("index", "exports.handler = async () => 'module'", "index.handler")]
    [InlineData("index.mjs", "const later = await new Promise((resolve) => setTimeout(resolve, 5, 'module')); export const handler = async () => later", "index.handler")]
    public async Task Module_IsFound(string file, string code, string handler)
    {
        Assert.Equal("\"module\"", await lambda.ResultAsync(lambda.Node(code, handler: handler, file: file)));
    }

    [Fact]
    public async Task PackageOfTypeModule_IsImported()
    {
        var version = lambda.Function("nodejs20.x", "index.handler", 10, 256,
            ("package.json", """{"type":"module"}"""), ("index.js", "import { word } from './word.js'; export const handler = async () => word"), ("word.js", "export const word = 'imported'"));
        Assert.Equal("\"imported\"", await lambda.ResultAsync(version));
    }

    /// <summary>Node.js would find out by itself what such a file is; Lambda turns that off.</summary>
    [Theory]
    [InlineData("nodejs20.x", "export const handler = async () => 1", "Unexpected token 'export'")]
    [InlineData("nodejs22.x", "export const handler = async () => 1", "Unexpected token 'export'")]
    [InlineData("nodejs20.x", "import fs from 'fs'; export const handler = async () => 1", "Cannot use import statement outside a module")]
    [InlineData("nodejs22.x", "import fs from 'fs'; export const handler = async () => 1", "Cannot use import statement outside a module")]
    [InlineData("nodejs22.x", "const fs = await Promise.resolve(1); exports.handler = async () => 1", "await is only valid in async functions and the top level bodies of modules")]
    public async Task ModuleThatSaysNowhereThatItIsOne_DoesNotLoad_AsAtAws(string runtime, string code, string error)
    {
        var version = lambda.Node(code, runtime);
        var failed = Assert.IsType<InvocationOutcome.InitFailed>((await lambda.InvokeAsync(version)).Outcome);
        Assert.Equal(("Runtime.UserCodeSyntaxError", $"SyntaxError: {error}"), (failed.ErrorType, failed.ErrorMessage));
        Assert.Contains("write \"type\": \"module\" into its package.json, or name the file .mjs", LoadHints.HintFor(version.CodeFolder, failed.ErrorMessage), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodejs20.x")]
    [InlineData("nodejs22.x")]
    public async Task RequireOfAModule_IsAnError_AsAtAws(string runtime)
    {
        var version = lambda.Function(runtime, "index.handler", 10, 256,
            ("index.js", "exports.handler = async () => { try { return require('./word.mjs').word } catch (error) { return error.code } }"), ("word.mjs", "export const word = 'required'"));
        Assert.Equal("\"ERR_REQUIRE_ESM\"", await lambda.ResultAsync(version));
    }

    [Fact]
    public async Task ImportOfAModuleThatSaysNowhereThatItIsOne_IsAnErrorOnNodejs22()
    {
        var version = lambda.Function("nodejs22.x", "index.handler", 10, 256,
            ("index.mjs", "export const handler = () => import('./word.js').then((found) => found.word, (error) => error.name)"), ("word.js", "export const word = 'imported'"));
        Assert.Equal("\"SyntaxError\"", await lambda.ResultAsync(version));
    }

    /// <summary>What Lambda leaves on stays on: by the runtime, not by the interpreter.</summary>
    [Theory]
    [InlineData("nodejs20.x")]
    [InlineData("nodejs24.x")]
    public async Task ImportOfAModuleThatSaysNowhereThatItIsOne_WorksWhereLambdaLetsIt(string runtime)
    {
        var installed = new Interpreters().InstalledVersion(RuntimeFamily.Node);
        Assert.SkipUnless(installed >= new Version(20, 19), "Node.js finds out what a file is from 20.19 on");
        var version = lambda.Function(runtime, "index.handler", 10, 256,
            ("index.mjs", "export const handler = () => import('./word.js').then((found) => found.word, (error) => error.name)"), ("word.js", "export const word = 'imported'"));
        Assert.Equal("\"imported\"", await lambda.ResultAsync(version));
    }

    [Theory]
    [InlineData("exports.handler = (event, context, callback) => callback(null, 1)", "Runtime.CallbackHandlerDeprecated")]
    [InlineData("exports.handler = async (event, context) => [typeof context.done, typeof context.succeed, typeof context.fail]", null)]
    public async Task Nodejs24_HasNoCallbacks(string code, string? initError)
    {
        var invocation = await lambda.InvokeAsync(lambda.Node(code, runtime: "nodejs24.x"));
        if (initError is null)
            Assert.Equal("""["undefined","undefined","undefined"]""", PoolFixture.Result(invocation));
        else
            Assert.Equal(initError, Assert.IsType<InvocationOutcome.InitFailed>(invocation.Outcome).ErrorType);
    }

    [Theory]
    [InlineData("exports.handler = async () => { throw new TypeError('bad') }", "TypeError", "bad")]
    [InlineData("exports.handler = () => { throw new RangeError('sync') }", "RangeError", "sync")]
    [InlineData("exports.handler = () => Promise.reject('text')", "string", "text")]
    [InlineData("exports.handler = (event, context, callback) => callback(new Error('called'))", "Error", "called")]
    [InlineData("exports.handler = (event, context, callback) => callback('just text')", "string", "just text")]
    [InlineData("exports.handler = (event, context) => context.fail(new Error('failed'))", "Error", "failed")]
    [InlineData("exports.handler = async () => { class Mine extends Error { get name() { return 'Mine' } } throw new Mine('own\\u007f') }", "Mine", "own%7F")]
    [InlineData("exports.handler = async () => new Promise(() => {})", "Runtime.NodeJsExit", null)]
    [InlineData("exports.handler = async () => { const a = {}; a.a = a; return a }", "TypeError", null)]
    [InlineData("exports.handler = (event, context, callback) => { setTimeout(() => { throw new Error('late') }, 5) }", "Error", "late")]
    [InlineData("exports.handler = (event, context, callback) => { Promise.reject(new Error('lost')); setTimeout(callback, 5000) }", "Runtime.UnhandledPromiseRejection", "Error: lost")]
    public async Task HandlerThatFails_IsAFunctionError(string code, string type, string? message)
    {
        var invocation = await lambda.InvokeAsync(lambda.Node(code));
        var error = Assert.IsType<InvocationOutcome.FunctionError>(invocation.Outcome);
        Assert.Equal(type, error.ErrorType);
        if (message is not null)
            Assert.Equal(message, error.ErrorMessage);
        Assert.DoesNotContain(error.Trace, line => line.Contains("bootstrap.cjs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("require('nope')", "Runtime.ImportModuleError", "Cannot find module 'nope'")]
    [InlineData("let x = ;", "Runtime.UserCodeSyntaxError", "Unexpected token")]
    [InlineData("exports.other = 1", "Runtime.HandlerNotFound", "index.handler is undefined or not exported")]
    [InlineData("exports.handler = 1", "Runtime.HandlerNotFound", "index.handler is not a function")]
    [InlineData("throw new Error('at the top')", "Error", "at the top")]
    [InlineData("process.exit(7)", "Runtime.ExitError", "exit status 7")]
    public async Task CodeThatDoesNotLoad_IsAnInitError(string code, string type, string message)
    {
        var invocation = await lambda.InvokeAsync(lambda.Node(code));
        var error = Assert.IsType<InvocationOutcome.InitFailed>(invocation.Outcome);
        Assert.Equal(type, error.ErrorType);
        Assert.Contains(message, error.ErrorMessage, StringComparison.Ordinal);
        // Tried once ahead, and once within the invocation.
        Assert.Equal(2, invocation.LogLines.Count(line => line.StartsWith("INIT_START", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("../index.handler")]
    [InlineData("index")]
    [InlineData("index.")]
    public async Task MalformedHandlerName_IsAnInitError(string handler)
    {
        var invocation = await lambda.InvokeAsync(lambda.Node("exports.handler = 1", handler: handler));
        Assert.Equal("Runtime.MalformedHandlerName", Assert.IsType<InvocationOutcome.InitFailed>(invocation.Outcome).ErrorType);
    }

    [Fact]
    public async Task Console_WritesAwsLines()
    {
        var invocation = await lambda.InvokeAsync(lambda.Node("""
            console.log('loading');
            exports.handler = async () => { console.log('a %d', 1, { b: 2 }); console.error('two\nlines'); process.stdout.write('raw\n'); }
            """));
        var id = invocation.RequestId;
        Assert.Collection(invocation.LogLines,
            line => Assert.StartsWith("INIT_START Runtime Version: nodejs:22", line, StringComparison.Ordinal),
            line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\tundefined\tINFO\tloading$", line),
            line => Assert.Equal($"START RequestId: {id} Version: 1", line),
            line => Assert.EndsWith($"\t{id}\tINFO\ta 1 {{ b: 2 }}", line, StringComparison.Ordinal),
            line => Assert.EndsWith($"\t{id}\tERROR\ttwo\rlines", line, StringComparison.Ordinal),
            line => Assert.Equal("raw", line),
            line => Assert.Equal($"END RequestId: {id}", line),
            line => Assert.Matches($@"^REPORT RequestId: {id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: [1-9]\d* MB\tInit Duration: \d+\.\d\d ms\t$", line));
    }

    [Fact]
    public async Task Environment_IsLambdas()
    {
        var version = lambda.Node("exports.handler = async (event, context) => ({ env: process.env, cwd: process.cwd(), arn: context.invokedFunctionArn, group: context.logGroupName, stream: context.logStreamName })");
        var invocation = await lambda.InvokeAsync(version);
        using var json = System.Text.Json.JsonDocument.Parse(PoolFixture.Result(invocation));
        var env = json.RootElement.GetProperty("env");
        string? Variable(string name) => env.TryGetProperty(name, out var value) ? value.GetString() : null;
        Assert.Equal("index.handler", Variable("_HANDLER"));
        Assert.Equal("us-east-1", Variable("AWS_REGION"));
        Assert.Equal("AWS_Lambda_nodejs22.x", Variable("AWS_EXECUTION_ENV"));
        Assert.Equal($"us-east-1.{version.Name}", Variable("AWS_LAMBDA_FUNCTION_NAME"));
        Assert.Equal("256", Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"));
        Assert.Equal("1", Variable("AWS_LAMBDA_FUNCTION_VERSION"));
        Assert.Equal(":UTC", Variable("TZ"));
        Assert.StartsWith("Root=1-", Variable("_X_AMZN_TRACE_ID"), StringComparison.Ordinal);
        Assert.Equal(version.CodeFolder, Variable("LAMBDA_TASK_ROOT"));
        Assert.Equal(version.CodeFolder, json.RootElement.GetProperty("cwd").GetString());
        Assert.Equal($"arn:aws:lambda:us-east-1:000000000000:function:us-east-1.{version.Name}:1", json.RootElement.GetProperty("arn").GetString());
        Assert.Equal($"/aws/lambda/us-east-1.{version.Name}", json.RootElement.GetProperty("group").GetString());
        Assert.Matches(@"^\d{4}/\d\d/\d\d/\[1\][0-9a-f]{32}$", json.RootElement.GetProperty("stream").GetString());
        Assert.Equal(invocation.LogStream, json.RootElement.GetProperty("stream").GetString());
        // Nothing of Brink's own environment comes through.
        Assert.Null(Variable("HOME"));
        Assert.Null(Variable("BRINK_RUNTIME_API_SOCKET"));
    }

    [Fact]
    public async Task LargeEventAndResult_GoThrough()
    {
        var big = new string('x', 2_000_000);
        Assert.Equal($"\"{big}ü\"", await lambda.ResultAsync(lambda.Node("exports.handler = async (event) => event + 'ü'"), $"\"{big}\""));
    }

    [Fact]
    public async Task ResultOverThePayloadLimit_IsTooLarge_AndTheEnvironmentLives()
    {
        // One environment: the second invocation waits for it, and does not start another.
        await using var lambda = new PoolFixture { Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var version = lambda.Node("let calls = 0; exports.handler = async (event) => { calls++; return event.big ? 'x'.repeat(7 * 1024 * 1024) : calls }");
        var invocation = await lambda.InvokeAsync(version, """{"big":true}""");
        Assert.Equal("Function.ResponseSizeTooLarge", Assert.IsType<InvocationOutcome.FunctionError>(invocation.Outcome).ErrorType);
        Assert.Equal("2", await lambda.ResultAsync(version));
    }
}

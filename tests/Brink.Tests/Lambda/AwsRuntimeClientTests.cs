using Brink.Lambda.Environments;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>AWS's own runtime client for Node.js, unmodified, as a client of our Runtime API. ./test ric builds it and says where it is.</summary>
public sealed class AwsRuntimeClientTests(PoolFixture lambda) : IClassFixture<PoolFixture>
{
    private static readonly string? Client = Environment.GetEnvironmentVariable("BRINK_AWS_LAMBDA_RIC");

    [Theory]
    [InlineData("exports.handler = async (event) => ({ got: event.a })", """{"got":1}""")]
    [InlineData("exports.handler = (event, context, callback) => callback(null, { got: event.a })", """{"got":1}""")]
    [InlineData("exports.handler = (event, context) => context.succeed({ got: event.a })", """{"got":1}""")]
    [InlineData("exports.handler = (event, context, callback) => { setTimeout(() => {}, 20); callback(null, 'waited') }", "\"waited\"")]
    [InlineData("exports.handler = async () => {}", "null")]
    [InlineData("exports.handler = async () => 'x'.repeat(100000).length", "100000")]
    public async Task Handler_Answers(string code, string expected)
    {
        var version = Function(code);
        Assert.Equal(expected, await lambda.ResultAsync(version, """{"a":1}"""));
        Assert.Equal(expected, await lambda.ResultAsync(version, """{"a":1}"""));
    }

    [Theory]
    [InlineData("exports.handler = async () => { throw new TypeError('bad') }", "TypeError", "bad")]
    [InlineData("exports.handler = (event, context, callback) => callback('text')", "string", "text")]
    public async Task Failure_IsAFunctionError(string code, string type, string message)
    {
        var error = Assert.IsType<InvocationOutcome.FunctionError>((await lambda.InvokeAsync(Function(code))).Outcome);
        Assert.Equal((type, message), (error.ErrorType, error.ErrorMessage));
    }

    [Theory]
    [InlineData("require('nope')", "Runtime.ImportModuleError")]
    [InlineData("exports.other = 1", "Runtime.HandlerNotFound")]
    public async Task CodeThatDoesNotLoad_IsAnInitError(string code, string type)
    {
        var error = Assert.IsType<InvocationOutcome.InitFailed>((await lambda.InvokeAsync(Function(code))).Outcome);
        Assert.Equal(type, error.ErrorType);
    }

    [Fact]
    public async Task Console_HasTheLinesOfOurBootstrap()
    {
        const string code = "exports.handler = async () => { console.log('a', { b: 1 }); console.warn('two\\nlines') }";
        var theirs = await lambda.InvokeAsync(Function(code));
        var ours = await lambda.InvokeAsync(lambda.Node(code));
        Assert.Equal(Lines(ours), Lines(theirs));

        static string[] Lines(Invocation invocation) => [.. invocation.LogLines.Where(line => line.Contains(invocation.RequestId + "\t", StringComparison.Ordinal) && !line.StartsWith("REPORT", StringComparison.Ordinal)).Select(line => line[24..].Replace(invocation.RequestId, "ID", StringComparison.Ordinal))];
    }

    private FunctionVersion Function(string code)
    {
        Assert.SkipWhen(Client is null, "needs npm's aws-lambda-ric: run ./test ric");
        return lambda.Function("provided.al2023", "index.handler", 20, 512, ("index.js", code), ("bootstrap", $"#!/bin/sh\nexec node {Client}/bin/index.mjs \"$_HANDLER\"\n"));
    }
}

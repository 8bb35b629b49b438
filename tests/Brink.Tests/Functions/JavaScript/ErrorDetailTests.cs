using Brink.Events;
using Brink.Functions;

namespace Brink.Tests.Functions.JavaScript;

/// <summary>What a developer is told of a failed run: the place, the line, the calls.</summary>
public class ErrorDetailTests
{
    private static FunctionError ErrorOf(string code) =>
        Assert.IsType<FunctionOutcome.Fail>(FunctionFixture.Run(FunctionFixture.Compile(code), EventType.ViewerRequest, FunctionFixture.Request(), null).Outcome).Error;

    [Fact]
    public void Throw_ShowsLineCaretAndCalls()
    {
        var error = ErrorOf("function inner(o) {\n  return o.a.b;\n}\nfunction handler(event) {\n\treturn inner({});\n}");

        Assert.Equal("""
            under-test.js:2:10: TypeError: cannot get property "b" of undefined
                return o.a.b;
                       ^
                at inner (under-test.js:2:10)
                at handler (under-test.js:5:9)
            """.ReplaceLineEndings("\n"), error.Detail);
        Assert.Equal("The CloudFront function associated with the CloudFront distribution is invalid or could not run. TypeError: cannot get property \"b\" of undefined", error.Message);
    }

    [Fact]
    public void ThrowInACallback_ShowsTheNativeThatCalled()
    {
        var error = ErrorOf("function handler(event) {\n  [1].forEach(function (x) {\n    null.a;\n  });\n}");

        Assert.Contains("    at anonymous (under-test.js:3:5)\n    at forEach (native)\n    at handler (under-test.js:2:3)", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ThrowOfANative_ShowsIt()
    {
        var error = ErrorOf("function handler(event) {\n  return JSON.parse('x');\n}");

        Assert.StartsWith("under-test.js:2:10: SyntaxError: ", error.Detail, StringComparison.Ordinal);
        Assert.EndsWith("    at parse (native)\n    at handler (under-test.js:2:10)", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ThrowAfterAnAwait_ShowsWhoWaits()
    {
        var error = ErrorOf("async function deep() {\n  await 0;\n  throw new Error('late');\n}\nasync function middle() {\n  await deep();\n}\nasync function handler(event) {\n  await middle();\n}");

        Assert.Equal("""
            under-test.js:3:3: Error: late
                throw new Error('late');
                ^
                at deep (under-test.js:3:3)
                at async middle (under-test.js:6:3)
                at async handler (under-test.js:9:3)
            """.ReplaceLineEndings("\n"), error.Detail);
    }

    [Fact]
    public void UnhandledRejection_ShowsWhereItWasMade()
    {
        var error = ErrorOf("function lose() {\n  Promise.reject(new Error('lost'));\n}\nfunction handler(event) {\n  lose();\n  return event.request;\n}");

        Assert.StartsWith("under-test.js:2:3: Error: unhandled promise rejection: Error: lost\n    Promise.reject(new Error('lost'));", error.Detail, StringComparison.Ordinal);
        Assert.Contains("at lose (under-test.js:2:3)", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void RejectedPromiseAsResult_ShowsWhereItWasRejected()
    {
        var error = ErrorOf("function handler(event) {\n  return Promise.reject('no');\n}");

        Assert.StartsWith("under-test.js:2:10: ", error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("function spin() {\n  var i = 0;\n  while (true) { i = Math.abs(i + 1); }\n}\nfunction handler(event) {\n  spin();\n}", "the compute budget was used up")]
    [InlineData("function spin() {\n  var i = 0;\n  while (true) { i = i + 1; }\n}\nfunction handler(event) {\n  spin();\n}", "the compute budget was used up")]
    [InlineData("function spin() {\n  var i = 0;\n  while (true) {}\n}\nfunction handler(event) {\n  spin();\n}", "the compute budget was used up")]
    [InlineData("function spin() {\n  var t = 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx';\n  /(x+x+)+y/.test(t); for (;\n;) {}}\nfunction handler(event) {\n  spin();\n}", "the compute budget was used up")]
    [InlineData("function spin() {\n  var s = 'x';\n  for (;;) { s = s.repeat(2); }\n}\nfunction handler(event) {\n  spin();\n}", "the memory limit of 2 MB was reached")]
    public void RunThatWasStopped_ShowsWhereItWas(string code, string reason)
    {
        var error = ErrorOf(code);

        Assert.StartsWith("under-test.js:3:", error.Detail, StringComparison.Ordinal);
        Assert.Contains(reason, error.Detail, StringComparison.Ordinal);
        Assert.Contains("    at spin (under-test.js:3:", error.Detail, StringComparison.Ordinal);
        Assert.EndsWith("    at handler (under-test.js:6:3)", error.Detail, StringComparison.Ordinal);
        Assert.Equal(3, error.Place!.Line);
    }

    [Fact]
    public void EndlessRecursion_ShowsTheInnermostCallsOnly()
    {
        var error = ErrorOf("function again() {\n  return again();\n}\nfunction handler(event) {\n  return again();\n}");

        Assert.InRange(error.Detail!.Split('\n').Length, 10, 20);
        Assert.EndsWith("\n    ...", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ResultThatIsNotValid_HasTheFixInItsDetail()
    {
        var error = ErrorOf("function handler(event) { event.request.headers['X-A'] = { value: '1' }; return event.request; }");

        Assert.Equal("The CloudFront function returned an invalid value: request.headers must have header names in lower case.", error.Message);
        Assert.Equal("write instead: headers['x-my-header'] = { value: '...' }; in capitals no header can be set", error.Detail);
    }

    [Fact]
    public void PlacesOfACall_AreForgottenByTheNext()
    {
        var function = FunctionFixture.Compile("function handler(event) {\n  if (event.request.uri === '/a') { Promise.reject(new Error('x')); }\n  return event.request.uri === '/b' ? Promise.reject(7) : event.request;\n}");

        FunctionFixture.Run(function, EventType.ViewerRequest, FunctionFixture.Request("/a"), null);
        var error = Assert.IsType<FunctionOutcome.Fail>(FunctionFixture.Run(function, EventType.ViewerRequest, FunctionFixture.Request("/b"), null).Outcome).Error;

        Assert.StartsWith("under-test.js:3:", error.Detail, StringComparison.Ordinal);
    }
}

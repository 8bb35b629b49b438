using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>Every rule (docs/function-check.md lists the same ones; a test compares).</summary>
public static class CheckRules
{
    // Syntax (functions spec 5.2).
    internal static readonly CheckRule Syntax = new(
        SyntaxRules.Syntax, "not a script of this runtime", "AWS accepts and publishes such code, and answers every request with 503.");

    internal static readonly CheckRule ConstAssignment = new(
        "const-assignment", "a constant is assigned to", "It throws a TypeError when it is reached. Declare the variable with let.");
    internal static readonly CheckRule UndeclaredAssignment = new("undeclared-assignment", "a name that is not declared is assigned to",
        "Strict mode is always on: it throws a ReferenceError. Declare it with var, let or const.");
    internal static readonly CheckRule NotDefined = new(
        "not-defined", "a name is not defined", "It throws a ReferenceError when it is reached.");

    // Built-ins (5.3, 5.4, 5.6).
    internal static readonly CheckRule AbsentGlobal = new(
        "absent-global", "a global that the runtime does not have", "It throws a ReferenceError when it is reached.");
    internal static readonly CheckRule AbsentMember = new("absent-member", "a method or property that the runtime does not have",
        "It is undefined: calling it throws a TypeError. A warning where the check cannot know the kind of the value.");
    internal static readonly CheckRule DynamicCode = new("dynamic-code", "code made from text", "eval and the Function constructor throw.");
    internal static readonly CheckRule NoSuchModule = new("no-such-module", "a module that does not exist",
        "There are crypto and querystring, and in cloudfront-js-2.0 cloudfront, which can only be imported.");
    internal static readonly CheckRule UnsupportedArgument = new(
        "unsupported-argument", "an algorithm, encoding or flag that is not supported", "It throws when it is reached.");

    // The entry point and what it returns (4.1, 4.2).
    internal static readonly CheckRule HandlerMissing = new("handler-missing", "no function named handler at the top level",
        "The entry point must be a global function named exactly handler.");
    internal static readonly CheckRule HandlerNotFunction = new(
        "handler-not-function", "handler is not a function", "The entry point must be a global function named exactly handler.");
    internal static readonly CheckRule HandlerParameters = new("handler-parameters", "handler takes more than the event",
        "It is called with one argument; there is no context and no callback. Return the result.");
    internal static readonly CheckRule ReturnsEvent = new(
        "returns-event", "handler returns the event", "The result must be event.request, event.response or a response object: 502.");
    internal static readonly CheckRule ReturnsInvalid = new("returns-invalid", "handler returns what is neither a request nor a response",
        "Anything but a request or response object is a validation error: 502.");
    internal static readonly CheckRule ReturnsNothing = new(
        "returns-nothing", "handler returns nothing", "undefined is a validation error: 502. A warning when only some paths do.");
    internal static readonly CheckRule LambdaEdge = new("lambda-edge", "the form of Lambda@Edge",
        "CloudFront Functions have another event: event.request, and statusCode instead of status.");
    internal static readonly CheckRule EventProperty = new(
        "event-property", "a property that the event does not have", "It is always undefined.");
    internal static readonly CheckRule RequestBody = new(
        "request-body", "the body of a message is read", "Functions are never given a body.");

    // Messages (2.3, 2.4, 3, 4.3).
    internal static readonly CheckRule HeaderReadOnly = new(
        "header-read-only", "a read-only header is changed", "Adding, editing or deleting it is a validation error: 502.");
    internal static readonly CheckRule HeaderDisallowed = new(
        "header-disallowed", "a header that functions may not set", "Adding it is a validation error: 502.");
    internal static readonly CheckRule HeaderNameCase = new("header-name-case", "a header name with capitals",
        "Names are lower-case in the event, and must be in the result: 502 when written, undefined when read.");
    internal static readonly CheckRule HeaderValue = new(
        "header-value", "a header, cookie or parameter that is not { value: ... }", "Each must be an object with a string value: 502.");
    internal static readonly CheckRule CookieHeader = new(
        "cookie-header", "cookies in headers", "Cookies are in request.cookies and response.cookies.");
    internal static readonly CheckRule StatusCode = new("status-code", "statusCode is not an integer from 200 to 599",
        "A string, a fraction or a number outside is a validation error: 502.");
    internal static readonly CheckRule MethodReadOnly = new(
        "method-read-only", "request.method is changed", "The method cannot be changed: 502.");
    internal static readonly CheckRule Uri = new(
        "uri", "request.uri does not begin with /", "It is a path, without scheme, host and query: 502.");
    internal static readonly CheckRule QueryString = new("query-string", "request.querystring is neither an object nor the text of a query",
        "A list, a number or null, spaces and # are validation errors: 502. A ? at the beginning of a text goes on as part of it.");
    internal static readonly CheckRule Body = new(
        "body", "a body of another form", "A string, or { encoding: 'text' or 'base64', data: a string }: 502.");

    // Key value stores (6.1).
    internal static readonly CheckRule KvsNotAssociated = new("kvs-not-associated", "a key value store is used and none is given",
        "cf.kvs() throws unless a store is associated with the function. Give --kvs FILE to check with one.");
    internal static readonly CheckRule KvsOtherId = new(
        "kvs-other-id", "a key value store is asked for by another id than the associated one has",
        "cf.kvs(id) throws for the id of any other store. cf.kvs() takes the associated one; --kvs ID=FILE gives the file the id.");
    internal static readonly CheckRule KvsNotAwaited = new(
        "kvs-not-awaited", "a promise of the key value store is used as a value", "get, exists and meta return promises.");

    // Flow.
    internal static readonly CheckRule EndlessLoop = new(
        "endless-loop", "a loop without an end", "It is stopped when the compute budget is used up: 503.");
    internal static readonly CheckRule Unreachable = new(
        "unreachable", "code that cannot be reached", "It counts for the size of the function and does nothing.");

    // The file, and its runs on events (8).
    internal static readonly CheckRule Size = new(
        "size", "over 10,240 bytes",
        "The size of a function is not adjustable. A minifier, or a table moved to a key value store, makes it smaller. "
            + "A warning above 95 percent.");
    internal static readonly CheckRule Encoding = new("encoding", "not UTF-8", "The code must be UTF-8 text.");
    public static readonly CheckRule EventFailed = new(
        "event-failed", "the function fails on an event that was given", "What TestFunction would report.");
    public static readonly CheckRule Utilization = new("utilization", "compute utilization over the maximum that was given",
        "Compute utilization is the share of the compute budget that a run takes (docs/metering.md).");

    private static readonly CheckRule[] SyntaxTable =
    [
        Syntax,
        new(SyntaxRules.ForOf, "for...of", "Not supported in either runtime."),
        new(SyntaxRules.ForAwait, "for await", "Not supported in either runtime."),
        new(SyntaxRules.Class, "class", "Not supported in either runtime."),
        new(SyntaxRules.Generator, "generator function", "Not supported in either runtime."),
        new(SyntaxRules.NewTarget, "new.target", "Not supported in either runtime."),
        new(SyntaxRules.Destructuring, "destructuring",
            "Not supported in either runtime: not in declarations, parameters, loops or assignments."),
        new(SyntaxRules.DefaultParameter, "default value of a parameter", "Not supported in either runtime."),
        new(SyntaxRules.Spread, "spread", "Not supported in either runtime, in calls, arrays or objects. Rest parameters are."),
        new(SyntaxRules.OptionalChaining, "optional chaining", "Not supported in either runtime."),
        new(SyntaxRules.LogicalAssignment, "logical assignment", "Not supported in either runtime."),
        new(SyntaxRules.CatchWithoutBinding, "catch without a name", "Not supported in either runtime."),
        new(SyntaxRules.BigInt, "BigInt literal", "Not supported in either runtime."),
        new(SyntaxRules.OctalLiteral, "number that begins with 0", "Strict mode is always on."),
        new(SyntaxRules.DeleteName, "delete of a variable", "Strict mode is always on."),
        new(SyntaxRules.Import, "import in another form than the default one",
            "Only import name from 'module'; is supported, at the top level."),
        new(SyntaxRules.Export, "export", "A function is a script, not a module: the entry point is found by its name."),
        new(SyntaxRules.AwaitInArguments, "await inside of an argument list", "Not supported: f(await g()) does not compile."),
        new(SyntaxRules.AwaitOutsideAsync, "await outside of an async function", "There is no top-level await."),
        new(SyntaxRules.RegExpFlags, "flag of a regular expression", "Supported are g, i, m, and in cloudfront-js-2.0 y."),
        new(SyntaxRules.ConstLet, "const or let in cloudfront-js-1.0", "Only cloudfront-js-2.0 has them."),
        new(SyntaxRules.Async, "async or await in cloudfront-js-1.0", "Only cloudfront-js-2.0 has them."),
        new(SyntaxRules.NumericSeparator, "separator in a number in cloudfront-js-1.0", "Only cloudfront-js-2.0 has them."),
    ];

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<CheckRule> All { get; } =
    [
        .. SyntaxTable,
        ConstAssignment, UndeclaredAssignment, NotDefined,
        AbsentGlobal, AbsentMember, DynamicCode, NoSuchModule, UnsupportedArgument,
        HandlerMissing, HandlerNotFunction, HandlerParameters, ReturnsEvent, ReturnsInvalid, ReturnsNothing, LambdaEdge,
        EventProperty, RequestBody,
        HeaderReadOnly, HeaderDisallowed, HeaderNameCase, HeaderValue, CookieHeader, StatusCode, MethodReadOnly, Uri, QueryString, Body,
        KvsNotAssociated, KvsOtherId, KvsNotAwaited,
        EndlessLoop, Unreachable,
        Size, Encoding, EventFailed, Utilization,
    ];

    internal static CheckRule OfSyntax(string id) => Array.Find(SyntaxTable, rule => rule.Id == id)!;
}

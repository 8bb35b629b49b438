using Brink.Configuration;
using Brink.Events;
using Brink.JavaScript;
using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>
/// What a script does to headers, cookies, query and the other parts of messages, where names and values are written out (functions spec 2,
/// 3, 4.3).
/// </summary>
internal static class MessageChecks
{
    /// <summary>What runs a function of the other tier.</summary>
    public const string RunAsLambda = "to run it as Lambda@Edge, give its folder, or a file that ends in .cjs or .mjs";

    private static readonly Dictionary<ValueKind, Shape> Shapes = new()
    {
        [ValueKind.Event] = new("the event", "event", ["context", "viewer", "request", "response", "version"]),
        [ValueKind.Context] = new(
            "the context", "event.context", ["distributionDomainName", "distributionId", "endpoint", "eventType", "requestId"]),
        [ValueKind.Viewer] = new("the viewer", "event.viewer", ["ip"]),
        [ValueKind.Request] = new("a request", "request", ["method", "uri", "querystring", "headers", "cookies", "rawQueryString"]),
        [ValueKind.Response] = new("a response", "response", ["statusCode", "statusDescription", "headers", "cookies", "body"]),
    };

    /// <summary>Properties that one of the event's objects has (functions spec 2.1), besides those of every object.</summary>
    private sealed record Shape(string What, string Path, string[] Parts)
    {
        public bool Has(string name) => Parts.Contains(name)
            || name is "hasOwnProperty" or "propertyIsEnumerable" or "isPrototypeOf" or "toString" or "valueOf" or "constructor";
    }

    public static void Run(CheckContext context)
    {
        foreach (var node in context.Facts.Nodes)
        {
            switch (node)
            {
                case AssignmentExpression assignment:
                    CheckAssignment(context, assignment);
                    break;
                case UnaryExpression { Operator: UnaryOperator.Delete } delete:
                    CheckDelete(context, delete);
                    break;
                case ObjectLiteral literal when IsResponse(literal):
                    CheckResponse(context, literal);
                    break;
                case MemberExpression or IndexExpression:
                    CheckRead(context, (Expression)node);
                    break;
            }
        }
    }

    /// <summary>A response written out: what else has a status code and headers?</summary>
    private static bool IsResponse(ObjectLiteral literal) =>
        literal.Properties.Any(property => property.Name == "statusCode") && (literal.Properties.Count == 1
            || literal.Properties.Any(property => property.Name is "statusDescription" or "headers" or "body" or "cookies"));

    // ---------------------------------------------------------------- writing

    private static void CheckAssignment(CheckContext context, AssignmentExpression assignment)
    {
        if (ScriptFacts.NameOf(assignment.Target, out var holder) is not { } name)
        {
            if (assignment is { Operator: null, Target: IndexExpression computed })
                CheckValue(context, context.Kinds.Of(computed.Object), null, assignment.Value);
            return;
        }
        var kind = context.Kinds.Of(holder!);
        switch (kind)
        {
            case ValueKind.RequestHeaders or ValueKind.ResponseHeaders:
                CheckHeaderName(context, assignment.Target, name, kind);
                if (assignment.Operator is null)
                    CheckValue(context, kind, name, assignment.Value);
                break;
            case ValueKind.RequestCookies or ValueKind.ResponseCookies or ValueKind.QueryString when assignment.Operator is null:
                CheckValue(context, kind, name, assignment.Value);
                break;
            case ValueKind.NamedValue when ScriptFacts.NameOf(holder!, out var list) is { } header
                && context.Kinds.Of(list!) is var of and (ValueKind.RequestHeaders or ValueKind.ResponseHeaders):
                CheckHeaderName(context, holder!, header, of);
                break;
            case ValueKind.Request:
                CheckRequestPart(context, assignment, name);
                break;
            case ValueKind.Response when assignment.Operator is null:
                CheckResponsePart(context, name, assignment.Value, assignment);
                break;
        }
    }

    private static void CheckRequestPart(CheckContext context, AssignmentExpression assignment, string name)
    {
        switch (name)
        {
            case "method":
                context.Error(CheckRules.MethodReadOnly, assignment, "request.method cannot be changed", null);
                break;
            case "uri" when assignment is { Operator: null, Value: StringLiteral uri } && !uri.Value.StartsWith('/'):
                context.Error(CheckRules.Uri, assignment.Value, $"request.uri must begin with /, not \"{Short(uri.Value)}\"",
                    UriAdvice(uri.Value));
                break;
            case "headers" when assignment.Operator is null:
                CheckListOf(context, assignment.Value, ValueKind.RequestHeaders);
                break;
            case "cookies" when assignment.Operator is null:
                CheckListOf(context, assignment.Value, ValueKind.RequestCookies);
                break;
            case "querystring" when assignment is { Operator: null, Value: ObjectLiteral query }:
                CheckList(context, query, ValueKind.QueryString);
                break;
            case "querystring" when assignment.Operator is null:
                CheckQueryString(context, assignment.Value);
                break;
            default:
                CheckSet(context, ValueKind.Request, name, assignment.Target);
                break;
        }
    }

    private static void CheckQueryString(CheckContext context, Expression value)
    {
        if (value is NumberLiteral or BooleanLiteral or NullLiteral or RegExpLiteral or FunctionExpression
            || context.Kinds.Of(value) is ValueKind.Array or ValueKind.Number)
        {
            context.Error(CheckRules.QueryString, value, "request.querystring must be an object or a string",
                "'a=1&b=2', or { a: { value: '1' } }");
            return;
        }
        var first = value;
        while (first is BinaryExpression { Operator: BinaryOperator.Add } sum)
            first = sum.Left;
        var text = first switch { StringLiteral literal => literal.Value, TemplateLiteral template => template.Strings[0], _ => "" };
        if (text.StartsWith('?'))
            context.Warning(
                CheckRules.QueryString, value, "request.querystring has no ? at its beginning: it becomes part of the first name",
                value is StringLiteral whole ? $"'{Short(whole.Value[1..])}'" : null);
        else if (text.AsSpan().IndexOfAny(" #\t\n") >= 0)
            context.Error(CheckRules.QueryString, value, "request.querystring must not have spaces, control characters or #",
                "encodeURIComponent(...) for each name and value");
    }

    /// <summary>A property that is set and that nothing reads: neither AWS nor, it seems, the script.</summary>
    private static void CheckSet(CheckContext context, ValueKind kind, string name, Node at)
    {
        var shape = Shapes[kind];
        if (!shape.Has(name) && Meant(kind, name).Instead is { } instead
            && !context.Facts.Nodes.OfType<Expression>()
                .Any(access => ScriptFacts.NameOf(access, out _) == name && !context.Facts.IsWritten(access)))
        {
            context.Warning(
                CheckRules.EventProperty, at, $"{shape.What} has no property {Short(name)}: setting it changes nothing", instead);
        }
    }

    private static string UriAdvice(string uri) =>
        uri.Contains("://", StringComparison.Ordinal)
            ? "a response { statusCode: 302, headers: { location: { value: ... } } } sends the viewer to another host"
            : $"'/{Short(uri)}'";

    private static void CheckResponse(CheckContext context, ObjectLiteral literal)
    {
        foreach (var property in literal.Properties)
        {
            if (property is { Name: { } name, Kind: PropertyKind.Value })
                CheckResponsePart(context, name, property.Value, property);
        }
    }

    private static void CheckResponsePart(CheckContext context, string name, Expression value, Node at)
    {
        switch (name)
        {
            case "statusCode":
                CheckStatusCode(context, value, at);
                break;
            case "statusDescription" when value is NumberLiteral or BooleanLiteral or NullLiteral or ObjectLiteral or ArrayLiteral:
                context.Error(CheckRules.HeaderValue, value, "response.statusDescription must be a string", null);
                break;
            case "headers":
                CheckListOf(context, value, ValueKind.ResponseHeaders);
                break;
            case "cookies":
                CheckListOf(context, value, ValueKind.ResponseCookies);
                break;
            case "body":
                CheckBody(context, value);
                break;
            default:
                CheckSet(context, ValueKind.Response, name, at is AssignmentExpression assignment ? assignment.Target : at);
                break;
        }
    }

    private static void CheckStatusCode(CheckContext context, Expression value, Node at)
    {
        if (value is StringLiteral text)
        {
            var digits = text.Value.Trim();
            context.Error(CheckRules.StatusCode, at, "statusCode must be an integer, not a string",
                digits.Length == 3 && digits.All(char.IsAsciiDigit) ? $"statusCode: {digits}" : null);
        }
        else if (value is NumberLiteral number && (number.Value is < 200 or > 599 || number.Value != Math.Floor(number.Value)))
        {
            var shown = number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            context.Error(CheckRules.StatusCode, at, $"statusCode must be an integer from 200 to 599, not {shown}", null);
        }
        else if (value is BooleanLiteral or NullLiteral or TemplateLiteral or ObjectLiteral or ArrayLiteral)
        {
            context.Error(CheckRules.StatusCode, at, "statusCode must be an integer from 200 to 599", null);
        }
    }

    private static void CheckBody(CheckContext context, Expression value)
    {
        if (value is NumberLiteral or BooleanLiteral or ArrayLiteral)
        {
            context.Error(CheckRules.Body, value, "response.body must be a string or an object with encoding and data",
                "JSON.stringify(...)");
            return;
        }
        if (value is not ObjectLiteral literal || literal.Properties.Any(property => property.Name is null))
            return;
        if (literal.Properties.FirstOrDefault(property => property.Name == "encoding") is not { } encoding)
            context.Error(CheckRules.Body, value, "response.body must be a string or an object with encoding and data",
                "JSON.stringify(...)");
        else if (encoding.Value is StringLiteral text && text.Value is not ("text" or "base64"))
            context.Error(CheckRules.Body, encoding, $"response.body.encoding must be text or base64, not \"{Short(text.Value)}\"",
                "encoding: 'text'");
    }

    /// <summary>What is to be the headers or cookies of a message.</summary>
    private static void CheckListOf(CheckContext context, Expression value, ValueKind kind)
    {
        if (value is ObjectLiteral list)
            CheckList(context, list, kind);
        else if (value is StringLiteral or TemplateLiteral or NumberLiteral or BooleanLiteral or NullLiteral or ArrayLiteral
            or FunctionExpression)
            context.Error(CheckRules.HeaderValue, value, $"{PathOf(kind)} must be an object",
                kind is ValueKind.RequestHeaders or ValueKind.ResponseHeaders
                    ? "{ 'x-name': { value: 'text' } }"
                    : "{ name: { value: 'text' } }");
    }

    private static string PathOf(ValueKind kind) => kind switch
    {
        ValueKind.RequestHeaders => "request.headers",
        ValueKind.ResponseHeaders => "response.headers",
        ValueKind.RequestCookies => "request.cookies",
        ValueKind.ResponseCookies => "response.cookies",
        _ => "request.querystring",
    };

    private static void CheckList(CheckContext context, ObjectLiteral list, ValueKind kind)
    {
        foreach (var property in list.Properties)
        {
            if (property.Kind != PropertyKind.Value)
                continue;
            if (property.Name is { } name && kind is ValueKind.RequestHeaders or ValueKind.ResponseHeaders && property.Name is { } header)
                CheckHeaderName(context, property, header, kind);
            if (property.Name is not null || !ReferenceEquals(property.ComputedName, property.Value))
                CheckValue(context, kind, property.Name, property.Value);
        }
    }

    /// <summary>A header that is added or edited.</summary>
    private static void CheckHeaderName(CheckContext context, Node at, string name, ValueKind kind)
    {
        var isRequest = kind == ValueKind.RequestHeaders;
        var path = isRequest ? "request.headers" : "response.headers";
        if (HeaderRules.HasCapitals(name))
            context.Error(CheckRules.HeaderNameCase, at, $"{path} must have header names in lower case, not \"{Short(name)}\"",
                $"'{name.ToLowerInvariant()}'");
        else if (!HeaderRules.IsLowerCaseToken(name))
            context.Error(CheckRules.HeaderNameCase, at, $"\"{Short(name)}\" cannot be the name of a header", null);
        var rule = HeaderRules.For(name, out var lower);
        if ((rule & HeaderRule.Disallowed) != 0)
            context.Error(CheckRules.HeaderDisallowed, at, $"{lower} is a header that functions may not set",
                "a name of your own: 'x-my-name'");
        else if ((rule & (isRequest ? HeaderRule.ReadOnlyInRequest : HeaderRule.ReadOnlyInResponse)) != 0)
            context.Error(CheckRules.HeaderReadOnly, at, $"{lower} is read-only in {(isRequest ? "viewer-request" : "viewer-response")}",
                ReadOnlyAdvice(context, lower));
        else if (isRequest && (rule & HeaderRule.Cookie) != 0)
            context.Error(CheckRules.CookieHeader, at, "cookies of a request are not in its headers",
                "request.cookies['name'] = { value: '...' };");
        else if (!isRequest && (rule & HeaderRule.SetCookie) != 0)
            context.Warning(CheckRules.CookieHeader, at, "cookies of a response are not in its headers",
                "response.cookies['name'] = { value: '...', attributes: 'Path=/; Secure' };");
    }

    private static string? ReadOnlyAdvice(CheckContext context, string name) => name == "host"
        ? context.Runtime == Runtime.CloudFrontJs20
            ? "cf.updateRequestOrigin({ hostHeader: '...' }), or a copy: headers['x-forwarded-host']"
            : "a copy: headers['x-forwarded-host']"
        : null;

    /// <summary>What stands for a header, cookie or parameter must be an object with a string value.</summary>
    private static void CheckValue(CheckContext context, ValueKind kind, string? name, Expression value)
    {
        if (kind is not (ValueKind.RequestHeaders or ValueKind.ResponseHeaders or ValueKind.RequestCookies or ValueKind.ResponseCookies
            or ValueKind.QueryString))
            return;
        var path = PathOf(kind);
        var what = name is null ? $"an entry of {path}" : $"{path}['{Short(name)}']";
        switch (value)
        {
            case StringLiteral text:
                context.Error(CheckRules.HeaderValue, value, $"{what} must be an object with a string value",
                    $"{{ value: '{Short(text.Value)}' }}");
                break;
            case NumberLiteral number:
                context.Error(CheckRules.HeaderValue, value, $"{what} must be an object with a string value",
                    $"{{ value: '{number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)}' }}");
                break;
            case ArrayLiteral array:
                var isLambda = array.Elements.Any(element => element is ObjectLiteral { Properties: { } properties }
                    && properties.Any(property => property.Name == "key"));
                context.Error(CheckRules.HeaderValue, value, $"{what} must be an object with a string value" + (isLambda
                    ? "; a list of key and value is the form of Lambda@Edge"
                    : ""), "{ value: '...' }, or { value: '...', multiValue: [{ value: '...' }, ...] }");
                break;
            case BooleanLiteral or TemplateLiteral or RegExpLiteral or FunctionExpression:
                context.Error(CheckRules.HeaderValue, value, $"{what} must be an object with a string value", "{ value: ... }");
                break;
            case ObjectLiteral literal:
                CheckValueObject(context, literal, what);
                break;
            default:
                if (context.Kinds.Of(value) is ValueKind.String or ValueKind.Number or ValueKind.Array)
                    context.Error(CheckRules.HeaderValue, value, $"{what} must be an object with a string value",
                        $"{{ value: {ScriptFacts.TextOf(value) ?? "..."} }}");
                break;
        }
    }

    private static void CheckValueObject(CheckContext context, ObjectLiteral literal, string what)
    {
        if (literal.Properties.Any(property => property.Name is null))
            return;                                         // computed: anything may be there
        var value = literal.Properties.FirstOrDefault(property => property.Name == "value");
        if (value is null && !literal.Properties.Any(property => property.Name == "multiValue"))
            context.Error(CheckRules.HeaderValue, literal, $"{what} must be an object with a string value", "{ value: '...' }");
        else if (value?.Value is NumberLiteral number)
            context.Error(CheckRules.HeaderValue, value.Value, $"the value of {what} must be a string",
                $"'{number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)}'");
        else if (value?.Value is BooleanLiteral flag)
            context.Error(CheckRules.HeaderValue, value.Value, $"the value of {what} must be a string",
                $"'{(flag.Value ? "true" : "false")}'");
        else if (value is not null && (value.Value is NullLiteral or ArrayLiteral or ObjectLiteral
            || context.Kinds.Of(value.Value) is ValueKind.Number or ValueKind.Array or ValueKind.NamedValue))
            context.Error(CheckRules.HeaderValue, value.Value, $"the value of {what} must be a string",
                context.Kinds.Of(value.Value) == ValueKind.NamedValue
                    ? $"{ScriptFacts.TextOf(value.Value) ?? "..."}.value"
                    : "String(...)");
    }

    private static void CheckDelete(CheckContext context, UnaryExpression delete)
    {
        if (ScriptFacts.NameOf(delete.Operand, out var holder) is not { } name)
            return;
        var kind = context.Kinds.Of(holder!);
        if (kind is not (ValueKind.RequestHeaders or ValueKind.ResponseHeaders))
            return;
        var rule = HeaderRules.For(name, out var lower);
        if (HeaderRules.HasCapitals(name))
        {
            context.Warning(
                CheckRules.HeaderNameCase, delete, $"no header is called \"{Short(name)}\": names are lower-case", $"'{lower}'");
            return;
        }
        var isRequest = kind == ValueKind.RequestHeaders;
        if ((rule & (isRequest ? HeaderRule.ReadOnlyInRequest : HeaderRule.ReadOnlyInResponse)) == 0)
            return;
        // Only host is in every request; of the others it depends.
        context.Add(
            CheckRules.HeaderReadOnly, lower == "host" ? CheckSeverity.Error : CheckSeverity.Warning, delete.Position,
            $"{lower} is read-only in {(isRequest ? "viewer-request" : "viewer-response")}, and deleting it fails when it is there", null);
    }

    // ---------------------------------------------------------------- reading

    private static void CheckRead(CheckContext context, Expression access)
    {
        if (ScriptFacts.NameOf(access, out var holder) is not { } name || context.Facts.IsWritten(access)
            || context.Facts.ParentOf(access) is UnaryExpression { Operator: UnaryOperator.Delete })
        {
            return;
        }
        var kind = context.Kinds.Of(holder!);
        if (kind is ValueKind.RequestHeaders or ValueKind.ResponseHeaders)
        {
            // An edit of a part (headers.X.value = ...) has been looked at as a write.
            if (context.Facts.ParentOf(access) is Expression outer && context.Facts.IsWritten(outer))
                return;
            if (HeaderRules.HasCapitals(name) && !context.Facts.OwnProperties.Contains(name) && !context.BuiltIns.IsOnAnyPrototype(name))
                context.Warning(CheckRules.HeaderNameCase, access, $"no header is called \"{Short(name)}\": names are lower-case",
                    $"['{name.ToLowerInvariant()}']");
            else if (kind == ValueKind.RequestHeaders && name == "cookie")
                context.Warning(CheckRules.CookieHeader, access, "cookies of a request are not in its headers", "request.cookies['name']");
            else if (kind == ValueKind.ResponseHeaders && name == "set-cookie")
                context.Warning(
                    CheckRules.CookieHeader, access, "cookies of a response are not in its headers", "response.cookies['name']");
            return;
        }
        if (context.Facts.OwnProperties.Contains(name) && kind is not ValueKind.Event)
            return;
        switch (kind)
        {
            case ValueKind.Event when name is "Records":
                context.Error(CheckRules.LambdaEdge, access, "event.Records is the form of Lambda@Edge",
                    $"event.request, event.response; {RunAsLambda}");
                break;
            case ValueKind.Request or ValueKind.Response when name is "body":
                context.ErrorIfDereferenced(
                    CheckRules.RequestBody, access, "functions are never given a body", "Lambda@Edge, if the body must be read");
                break;
            case ValueKind.Request when name is "rawQueryString" && context.Runtime == Runtime.CloudFrontJs10:
                context.ErrorIfDereferenced(
                    CheckRules.EventProperty, access, "rawQueryString is cloudfront-js-2.0's", "request.querystring");
                break;
            default:
                if (Shapes.TryGetValue(kind, out var shape) && !shape.Has(name))
                    ReportAbsent(context, access, kind, name);
                break;
        }
    }

    private static void ReportAbsent(CheckContext context, Expression access, ValueKind kind, string name)
    {
        var (question, instead) = Meant(kind, name);
        var message = $"{Shapes[kind].What} has no property {Short(name)}{question}";
        if (kind != ValueKind.Event)
            context.ErrorIfDereferenced(CheckRules.EventProperty, access, message, instead);
        else if (question.Length > 0)           // a typing mistake: what was meant is missing
            context.ErrorUnlessCaught(CheckRules.EventProperty, access, message, instead);
        else
            context.Warning(CheckRules.EventProperty, access, message, instead);
    }

    /// <summary>What was meant by a property that does not exist: by another name for it, or by one that is nearly the same.</summary>
    private static (string Question, string? Instead) Meant(ValueKind kind, string name)
    {
        var otherName = kind switch
        {
            ValueKind.Event => EventAdvice(name),
            ValueKind.Request => RequestAdvice(name),
            ValueKind.Response => ResponseAdvice(name),
            _ => null,
        };
        if (otherName is not null)
            return ("", otherName);
        return NearestWord.To(name, Shapes[kind].Parts) is { } part
            ? ($": did you mean {part}?", $"{Shapes[kind].Path}.{part}")
            : ("", null);
    }

    /// <summary>An absent property is undefined; using that as an object throws.</summary>
    private static void ErrorIfDereferenced(this CheckContext context, CheckRule rule, Expression access, string message, string? instead)
    {
        var isDereferenced = context.Facts.ParentOf(access) switch
        {
            MemberExpression member => ReferenceEquals(member.Object, access),
            IndexExpression index => ReferenceEquals(index.Object, access),
            CallExpression call => ReferenceEquals(call.Callee, access),
            _ => false,
        };
        if (isDereferenced && !IsAsked(context, access))
            context.ErrorUnlessCaught(rule, access, message, instead);
        else
            context.Warning(rule, access, message, instead);
    }

    /// <summary><c>x.body &amp;&amp; x.body.data</c> looks out for itself.</summary>
    private static bool IsAsked(CheckContext context, Node access)
    {
        for (var at = context.Facts.ParentOf(access); at is not null and not FunctionNode; at = context.Facts.ParentOf(at))
        {
            if (at is LogicalExpression or IfStatement or ConditionalExpression)
                return true;
        }
        return false;
    }

    private static string? EventAdvice(string name) => name switch
    {
        "ip" or "clientIp" => "event.viewer.ip",
        "headers" or "uri" or "querystring" or "cookies" or "method" => $"event.request.{name}",
        "statusCode" => "event.response.statusCode",
        "eventType" or "requestId" or "distributionId" or "distributionDomainName" => $"event.context.{name}",
        "path" or "url" or "rawPath" => "event.request.uri",
        _ => null,
    };

    private static string? RequestAdvice(string name) => name switch
    {
        "path" or "url" or "pathname" or "rawPath" => "request.uri",
        "query" or "queryString" or "queryStringParameters" or "searchParams" or "params" => "request.querystring",
        "ip" or "clientIp" or "clientIP" => "event.viewer.ip",
        "host" or "hostname" => "request.headers.host.value",
        "origin" => "cf.updateRequestOrigin({ ... })",
        _ => null,
    };

    private static string? ResponseAdvice(string name) => name switch
    {
        "status" or "code" => "response.statusCode",
        "statusText" or "reason" or "reasonPhrase" => "response.statusDescription",
        "bodyEncoding" or "isBase64Encoded" => "body: { encoding: 'base64', data: '...' }",
        _ => null,
    };

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";
}

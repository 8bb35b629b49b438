using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>The function named handler, and what it returns (functions spec 4.1, 4.2).</summary>
internal static class EntryPointChecks
{
    public static void Run(CheckContext context)
    {
        var facts = context.Facts;
        if (facts.HandlerVariable is not { } variable)
        {
            ReportMissing(context);
            return;
        }
        if (facts.Handler is not { } handler)
        {
            if (facts.ValueOf(variable) is { } value && value is StringLiteral or NumberLiteral or BooleanLiteral or NullLiteral
                or ObjectLiteral or ArrayLiteral or TemplateLiteral or RegExpLiteral)
                context.Error(CheckRules.HandlerNotFunction, value, "handler is not a function", "function handler(event) { ... }");
            return;
        }
        CheckParameters(context, handler);
        foreach (var (result, at) in ResultsOf(facts, handler))
            CheckResult(context, result, at);
        if (handler.ExpressionBody is null && FlowChecks.CanEnd(handler.Body))
            ReportEnd(context, handler);
    }

    private static void ReportMissing(CheckContext context)
    {
        foreach (var node in context.Facts.Nodes)
        {
            switch (node)
            {
                case FunctionDeclaration { Variable.Name: "handler" }:
                case Declarator { Variable.Name: "handler", Initializer: FunctionExpression }:
                    context.Error(CheckRules.HandlerMissing, node, "handler is not at the top level",
                        "the function outside of every other function and block");
                    return;
                case AssignmentExpression { Target: MemberExpression { Name: "handler" } target } assignment:
                    context.Error(CheckRules.HandlerMissing, assignment,
                        $"{ScriptFacts.TextOf(target) ?? "a property named handler"} is not the entry point: "
                            + "that is the form of a Lambda@Edge function",
                        $"function handler(event) {{ ... }}; {MessageChecks.RunAsLambda}");
                    return;
                case Identifier { Name: "handler", Variable: null } name when context.Facts.IsWritten(name):
                    context.Error(CheckRules.HandlerMissing, name, "handler is not declared", "function handler(event) { ... }");
                    return;
            }
        }
        var function = context.Facts.Program.Body.OfType<FunctionDeclaration>()
            .FirstOrDefault(declaration => declaration.Variable.Name is "main" or "Handler" or "index" or "default" or "onRequest")
            ?? (context.Facts.Program.Body.OfType<FunctionDeclaration>().ToArray() is [var only] ? only : null);
        if (function is not null)
            context.Error(CheckRules.HandlerMissing, function, "there is no function named handler at the top level",
                $"function handler(event) instead of {function.Variable.Name}");
        else
            context.Add(CheckRules.HandlerMissing, CheckSeverity.Error, new Position(0, 1, 1),
                "there is no function named handler at the top level", "function handler(event) { ... }");
    }

    private static void CheckParameters(CheckContext context, FunctionNode handler)
    {
        if (handler.Parameters.Count < 2)
            return;
        var extra = handler.Parameters.Skip(1).ToArray();
        var call = context.Facts.Nodes.OfType<CallExpression>()
            .FirstOrDefault(call => call.Callee is Identifier { Variable: { } variable } && extra.Contains(variable));
        if (call is not null)
            context.ErrorUnlessCaught(
                CheckRules.HandlerParameters, call, $"{((Identifier)call.Callee).Name} is undefined: there is no callback",
                call.Arguments is [.., var last] && ScriptFacts.TextOf(last) is { } result
                    ? $"return {result};"
                    : "return the request or response");
        else
        {
            var names = string.Join(", ", extra.Select(parameter => parameter.Name));
            context.Warning(
                CheckRules.HandlerParameters, handler,
                $"handler is called with the event only: {names} {(extra.Length == 1 ? "is" : "are")} undefined",
                "function handler(event) { ... }");
        }
    }

    // ---------------------------------------------------------------- results

    private static IEnumerable<(Expression? Result, Node At)> ResultsOf(ScriptFacts facts, FunctionNode handler)
    {
        if (handler.ExpressionBody is { } body)
            return [(body, body)];
        return facts.Nodes.OfType<ReturnStatement>().Where(statement => ReferenceEquals(facts.FunctionAround(statement), handler))
            .Select(statement => (statement.Argument, (Node)statement));
    }

    private static void CheckResult(CheckContext context, Expression? result, Node at)
    {
        switch (result)
        {
            case null:
            case Identifier { Variable: null, Name: "undefined" }:
                context.Error(CheckRules.ReturnsNothing, at, "handler returns undefined here", $"return {Usual(context)};");
                return;
            case NullLiteral or BooleanLiteral or NumberLiteral or StringLiteral or TemplateLiteral or ArrayLiteral or FunctionExpression:
                context.Error(CheckRules.ReturnsInvalid, result, "handler must return a request or a response object",
                    $"return {Usual(context)};");
                return;
            case ConditionalExpression conditional:
                CheckResult(context, conditional.Then, conditional.Then);
                CheckResult(context, conditional.Else, conditional.Else);
                return;
            case ObjectLiteral literal when !literal.Properties.Any(property => property.Name is null or "statusCode" or "uri"):
                CheckPlainObject(context, literal);
                return;
        }
        var kind = context.Kinds.Of(result);
        if (kind == ValueKind.Event)
            context.Error(CheckRules.ReturnsEvent, at, "handler returns the event itself", $"return {Usual(context)};");
        else if (kind is ValueKind.RequestHeaders or ValueKind.ResponseHeaders or ValueKind.String or ValueKind.Array or ValueKind.Number
            or ValueKind.NamedValue)
            context.Error(CheckRules.ReturnsInvalid, at, "handler must return a request or a response object", $"return {Usual(context)};");
        else if (kind == ValueKind.Request && UsesResponse(context) && !AsksForType(context))
            context.Warning(CheckRules.ReturnsInvalid, at, "a viewer-response function must return a response", "return event.response;");
    }

    private static void CheckPlainObject(CheckContext context, ObjectLiteral literal)
    {
        if (literal.Properties.FirstOrDefault(property => property.Name == "status") is { } status)
        {
            var code = status.Value switch
            {
                StringLiteral text => text.Value,
                NumberLiteral number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _ => "..."
            };
            context.Error(CheckRules.LambdaEdge, status, "status is the form of Lambda@Edge; a response has statusCode",
                $"statusCode: {code}");
        }
        else if (literal.Properties.Any(property => property.Name is "request" or "response"))
        {
            context.Error(CheckRules.ReturnsInvalid, literal, "the result is the request or response itself, not an object that holds it",
                $"return {Usual(context)};");
        }
        else
        {
            context.Error(CheckRules.ReturnsInvalid, literal,
                "the result is a request or a response object; this one has neither uri nor statusCode", $"return {Usual(context)};");
        }
    }

    private static void ReportEnd(CheckContext context, FunctionNode handler)
    {
        var hasResult = ResultsOf(context.Facts, handler).Any();
        if (hasResult)
            context.Warning(CheckRules.ReturnsNothing, handler, "handler returns undefined on some paths: its end can be reached",
                $"return {Usual(context)}; at its end");
        else
            context.Error(CheckRules.ReturnsNothing, handler, "handler returns nothing", $"return {Usual(context)};");
    }

    /// <summary>What such a handler ought to return, with the names of the script.</summary>
    private static string Usual(CheckContext context)
    {
        var name = context.Facts.Event?.Name ?? "event";
        var kind = UsesResponse(context) ? ValueKind.Response : ValueKind.Request;
        var variable = context.Facts.Handler?.Scope.Variables.Find(
            variable => context.Facts.ValueOf(variable) is MemberExpression value && context.Kinds.Of(value) == kind);
        return variable?.Name ?? (kind == ValueKind.Response ? $"{name}.response" : $"{name}.request");
    }

    private static bool UsesResponse(CheckContext context) =>
        context.Facts.Nodes.OfType<MemberExpression>()
            .Any(member => member.Name == "response" && context.Kinds.Of(member.Object) == ValueKind.Event);

    private static bool AsksForType(CheckContext context) =>
        context.Facts.Nodes.OfType<MemberExpression>().Any(member => member.Name is "eventType");
}

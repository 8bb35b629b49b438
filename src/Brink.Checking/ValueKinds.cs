using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>What a value is for certain, as far as looking at the script tells.</summary>
internal enum ValueKind
{
    Unknown, Event, Context, Viewer, Request, Response, RequestHeaders, ResponseHeaders, RequestCookies, ResponseCookies,
    QueryString, NamedValue,
    String, Array, Number, CloudFront, KeyValueStore, Crypto, QueryStringModule, BufferModule,
}

/// <summary>Finds the kind of expressions by following variables, parameters and the event's properties.</summary>
internal sealed class ValueKinds(ScriptFacts facts)
{
    private const int MaxSteps = 24;

    public ValueKind Of(Expression expression) => Of(expression, 0);

    private ValueKind Of(Expression? expression, int steps)
    {
        if (expression is null || steps > MaxSteps)
            return ValueKind.Unknown;
        steps++;
        switch (expression)
        {
            case Identifier { Variable: { } variable }:
                return OfVariable(variable, steps);
            case StringLiteral or TemplateLiteral:
                return ValueKind.String;
            case NumberLiteral:
                return ValueKind.Number;
            case ArrayLiteral:
                return ValueKind.Array;
            case ObjectLiteral literal:
                return literal.Properties.Any(property => property.Name == "statusCode") ? ValueKind.Response : ValueKind.Unknown;
            case MemberExpression or IndexExpression:
                var name = ScriptFacts.NameOf(expression, out var holder);
                holder ??= (expression as IndexExpression)?.Object;
                return OfProperty(Of(holder, steps), name);
            case AssignmentExpression { Operator: null } assignment:
                return Of(assignment.Value, steps);
            case LogicalExpression { Operator: not LogicalOperator.And } logical:
                return Of(logical.Left, steps) is var left and not ValueKind.Unknown ? left : ValueKind.Unknown;
            case ConditionalExpression conditional:
                return Of(conditional.Then, steps) is var then && then == Of(conditional.Else, steps) ? then : ValueKind.Unknown;
            case BinaryExpression { Operator: BinaryOperator.Add } sum:
                return IsString(sum.Left, steps) || IsString(sum.Right, steps) ? ValueKind.String : ValueKind.Unknown;
            case CallExpression call:
                return OfCall(call, steps);
            default:
                return ValueKind.Unknown;
        }
    }

    private bool IsString(Expression side, int steps) => Of(side, steps) == ValueKind.String;

    private ValueKind OfVariable(Variable variable, int steps)
    {
        if (ReferenceEquals(variable, facts.Event))
            return ValueKind.Event;
        if (facts.Imports.TryGetValue(variable, out var module))
            return OfModule(module);
        if (!facts.IsParameter(variable))
            return Of(facts.ValueOf(variable), steps);
        if (facts.ArgumentsFor(variable) is not { } values)
            return ValueKind.Unknown;
        var kind = Of(values[0], steps);
        return values.All(value => Of(value, steps) == kind) ? kind : ValueKind.Unknown;
    }

    private static ValueKind OfModule(string module) => module switch
    {
        "cloudfront" => ValueKind.CloudFront,
        "crypto" => ValueKind.Crypto,
        "querystring" => ValueKind.QueryStringModule,
        "buffer" => ValueKind.BufferModule,
        _ => ValueKind.Unknown,
    };

    private static ValueKind OfProperty(ValueKind holder, string? name) => (holder, name) switch
    {
        (ValueKind.Event, "request") => ValueKind.Request,
        (ValueKind.Event, "response") => ValueKind.Response,
        (ValueKind.Event, "context") => ValueKind.Context,
        (ValueKind.Event, "viewer") => ValueKind.Viewer,
        (ValueKind.Context, "eventType" or "requestId" or "distributionId" or "distributionDomainName") => ValueKind.String,
        (ValueKind.Viewer, "ip") => ValueKind.String,
        (ValueKind.Request, "headers") => ValueKind.RequestHeaders,
        (ValueKind.Request, "cookies") => ValueKind.RequestCookies,
        (ValueKind.Request, "querystring") => ValueKind.QueryString,
        (ValueKind.Request, "uri" or "method") => ValueKind.String,
        (ValueKind.Response, "headers") => ValueKind.ResponseHeaders,
        (ValueKind.Response, "cookies") => ValueKind.ResponseCookies,
        (ValueKind.RequestHeaders or ValueKind.ResponseHeaders or ValueKind.RequestCookies or ValueKind.ResponseCookies
            or ValueKind.QueryString, _) => ValueKind.NamedValue,
        (ValueKind.NamedValue, "value" or "attributes") => ValueKind.String,
        (ValueKind.NamedValue, "multiValue") => ValueKind.Array,
        (ValueKind.Array or ValueKind.String, "length") => ValueKind.Number,
        _ => ValueKind.Unknown,
    };

    private ValueKind OfCall(CallExpression call, int steps)
    {
        if (call.Callee is Identifier { Variable: null } global)
        {
            return global.Name switch
            {
                "String" or "encodeURIComponent" or "decodeURIComponent" or "encodeURI" or "decodeURI" or "atob"
                    or "btoa" => ValueKind.String,
                "require" when call.Arguments is [StringLiteral module] => OfModule(module.Value),
                _ => ValueKind.Unknown,
            };
        }
        if (call.Callee is not MemberExpression method)
            return ValueKind.Unknown;
        if (method.Object is Identifier { Variable: null } holder)
        {
            return (holder.Name, method.Name) switch
            {
                ("Object", "keys" or "values" or "entries" or "getOwnPropertyNames") or ("Array", "from" or "of") => ValueKind.Array,
                ("JSON", "stringify") or ("String", "fromCharCode" or "fromCodePoint") => ValueKind.String,
                _ => ValueKind.Unknown,
            };
        }
        var of = Of(method.Object, steps);
        if (of == ValueKind.CloudFront)
            return method.Name == "kvs" ? ValueKind.KeyValueStore : ValueKind.Unknown;
        return method.Name switch
        {
            "split" when of == ValueKind.String => ValueKind.Array,
            "map" or "filter" or "splice" or "reverse" or "sort" when of == ValueKind.Array => ValueKind.Array,
            "slice" or "concat" => of is ValueKind.Array or ValueKind.String ? of : ValueKind.Unknown,
            "join" when of == ValueKind.Array => ValueKind.String,
            "toLowerCase" or "toUpperCase" or "trim" or "trimStart" or "trimEnd" or "replace" or "replaceAll" or "substring" or "substr"
                or "padStart" or "padEnd"
                or "repeat" or "charAt" when of == ValueKind.String => ValueKind.String,
            "toFixed" or "toISOString" => ValueKind.String,
            _ => ValueKind.Unknown,
        };
    }
}

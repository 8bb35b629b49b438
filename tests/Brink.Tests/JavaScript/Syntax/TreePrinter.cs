using System.Globalization;
using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

/// <summary>
/// The tree on one line, for golden rows. A name that resolved to nothing is <c>#name</c>; a captured one <c>name^</c>;
/// one that needs its initialization check <c>name!</c>.
/// </summary>
internal static class TreePrinter
{
    public static string Print(ProgramNode program) => string.Join(' ', program.Body.Select(Print));

    private static string List(string head, params IEnumerable<string?> parts) =>
        $"({string.Join(' ', parts.Where(p => p is not null).Prepend(head))})";

    private static string List(IEnumerable<Statement> body) => List("do", body.Select(Print));

    private static string Name(Variable variable) =>
        variable.Name + (variable.IsCaptured ? "^" : "") + (variable.NeedsInitializationCheck ? "!" : "");

    private static string Print(Statement statement) => statement switch
    {
        VariableDeclaration d => List(
            d.Kind.ToString().ToLowerInvariant(),
            d.Declarators.Select(x => x.Initializer is null ? Name(x.Variable) : $"({Name(x.Variable)} {Print(x.Initializer)})")),
        FunctionDeclaration d => List("declare", Name(d.Variable), Print(d.Function)),
        ImportDeclaration d => List("import", Name(d.Variable), d.Module),
        ExpressionStatement s => Print(s.Expression),
        BlockStatement s => List("block", s.Body.Select(Print)),
        EmptyStatement => "()",
        IfStatement s => List("if", Print(s.Test), Print(s.Then), s.Else is null ? null : Print(s.Else)),
        ForStatement s => List(
            "for", s.Initializer is null ? "_" : Print(s.Initializer), s.Test is null ? "_" : Print(s.Test),
            s.Update is null ? "_" : Print(s.Update), Print(s.Body)),
        ForInStatement s => List("for-in", s.Declared is null ? Print(s.Target!) : Name(s.Declared), Print(s.Object), Print(s.Body)),
        WhileStatement s => List("while", Print(s.Test), Print(s.Body)),
        DoWhileStatement s => List("do-while", Print(s.Body), Print(s.Test)),
        ReturnStatement s => List("return", s.Argument is null ? null : Print(s.Argument)),
        BreakStatement s => List("break", s.Label),
        ContinueStatement s => List("continue", s.Label),
        ThrowStatement s => List("throw", Print(s.Argument)),
        TryStatement s => List(
            "try", Print(s.Block), s.Handler is null ? null : List("catch", Name(s.CatchParameter!), Print(s.Handler)),
            s.Finalizer is null ? null : List("finally", Print(s.Finalizer))),
        SwitchStatement s => List(
            "switch", s.Cases.Select(c => List(c.Test is null ? "default" : $"case {Print(c.Test)}", c.Body.Select(Print))).Prepend(Print(s.Discriminant))),
        LabeledStatement s => List("label", s.Label, Print(s.Body)),
        _ => throw new ArgumentException(statement.GetType().Name),
    };

    private static string Print(FunctionNode f) => List(
        (f.IsAsync ? "async-" : "") + f.Kind.ToString().ToLowerInvariant(),
        f.Name ?? "_",
        $"[{string.Join(' ', f.Parameters.Select(Name).Concat(f.Rest is null ? [] : ["..." + Name(f.Rest)]))}]",
        f.Arguments is null ? null : "+" + Name(f.Arguments),
        f.SelfName is null ? null : "+" + Name(f.SelfName),
        f.ThisIsCaptured ? "+this^" : null,
        f.ExpressionBody is { } body ? Print(body) : List(f.Body));

    private static string Print(Expression expression) => expression switch
    {
        NumberLiteral e => e.Value.ToString(CultureInfo.InvariantCulture),
        StringLiteral e => $"'{e.Value}'",
        BooleanLiteral e => e.Value ? "true" : "false",
        NullLiteral => "null",
        RegExpLiteral e => $"/{e.Pattern}/{e.Flags}",
        TemplateLiteral e => List(
            "template", e.Strings.Select((s, i) => i < e.Expressions.Count ? $"'{s}' {Print(e.Expressions[i])}" : $"'{s}'")),
        TaggedTemplate e => List("tag", Print(e.Tag), Print(e.Template)),
        Identifier e => e.Variable is null ? "#" + e.Name : Name(e.Variable),
        ThisExpression => "this",
        ArrayLiteral e => List("array", e.Elements.Select(x => x is null ? "_" : Print(x))),
        ObjectLiteral e => List("object", e.Properties.Select(Print)),
        FunctionExpression e => Print(e.Function),
        UnaryExpression e => List(e.Operator.ToString().ToLowerInvariant(), Print(e.Operand)),
        UpdateExpression e => List((e.IsPrefix ? "pre" : "post") + (e.Delta > 0 ? "++" : "--"), Print(e.Target)),
        BinaryExpression e => List(Symbol(e.Operator), Print(e.Left), Print(e.Right)),
        LogicalExpression e => List(
            e.Operator switch { LogicalOperator.And => "&&", LogicalOperator.Or => "||", _ => "??" }, Print(e.Left), Print(e.Right)),
        AssignmentExpression e => List((e.Operator is { } o ? Symbol(o) : "") + "=", Print(e.Target), Print(e.Value)),
        ConditionalExpression e => List("?", Print(e.Test), Print(e.Then), Print(e.Else)),
        CallExpression e => List("call", e.Arguments.Select(Print).Prepend(Print(e.Callee))),
        NewExpression e => List("new", e.Arguments.Select(Print).Prepend(Print(e.Callee))),
        MemberExpression e => $"{Print(e.Object)}.{e.Name}",
        IndexExpression e => $"{Print(e.Object)}[{Print(e.Index)}]",
        SequenceExpression e => List(",", e.Expressions.Select(Print)),
        AwaitExpression e => List("await", Print(e.Argument)),
        _ => throw new ArgumentException(expression.GetType().Name),
    };

    private static string Print(PropertyNode p) => List(
        p.IsPrototypeSetter ? "proto" : p.Kind == PropertyKind.Value ? "=" : p.Kind == PropertyKind.Getter ? "get" : "set",
        p.Name ?? $"[{Print(p.ComputedName!)}]",
        Print(p.Value));

    internal static string Symbol(BinaryOperator o) => o switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Remainder => "%",
        BinaryOperator.Power => "**",
        BinaryOperator.ShiftLeft => "<<",
        BinaryOperator.ShiftRight => ">>",
        BinaryOperator.ShiftRightUnsigned => ">>>",
        BinaryOperator.BitwiseAnd => "&",
        BinaryOperator.BitwiseOr => "|",
        BinaryOperator.BitwiseXor => "^",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.StrictEqual => "===",
        BinaryOperator.StrictNotEqual => "!==",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.In => "in",
        _ => "instanceof",
    };
}

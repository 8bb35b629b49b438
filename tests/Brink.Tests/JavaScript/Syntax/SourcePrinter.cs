using System.Globalization;
using System.Text;
using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

/// <summary>
/// A tree as source that parses to the same tree. Every expression stands in parentheses. A function expression keeps its name only if it uses it: the tree
/// does not tell a name of its own from one that it was given by what it is assigned to.
/// </summary>
internal static class SourcePrinter
{
    public static string Print(ProgramNode program) => Body(program.Body);

    private static string Body(IEnumerable<Statement> body) => string.Concat(body.Select(statement => Print(statement) + "\n"));

    private static string Block(IEnumerable<Statement> body) => $"{{\n{Body(body)}}}";

    private static string Print(Statement statement) => statement switch
    {
        VariableDeclaration s => Declaration(s) + ";",
        FunctionDeclaration s => Function(s.Function, s.Variable.Name),
        ImportDeclaration s => $"import {s.Variable.Name} from {Quoted(s.Module)};",
        ExpressionStatement s => Print(s.Expression) + ";",
        BlockStatement s => Block(s.Body),
        EmptyStatement => ";",
        IfStatement s => $"if {Print(s.Test)} {Print(s.Then)}{(s.Else is null ? "" : $" else {Print(s.Else)}")}",
        ForStatement s => $"for ({Head(s.Initializer)}; {Optional(s.Test)}; {Optional(s.Update)}) {Print(s.Body)}",
        ForInStatement s => $"for ({(s.Declared is { } declared ? $"{Word(declared.Kind)} {declared.Name}" : Target(s.Target!))} in {Print(s.Object)}) {Print(s.Body)}",
        WhileStatement s => $"while {Print(s.Test)} {Print(s.Body)}",
        DoWhileStatement s => $"do {Print(s.Body)} while {Print(s.Test)};",
        ReturnStatement s => s.Argument is null ? "return;" : $"return {Print(s.Argument)};",
        BreakStatement s => s.Label is null ? "break;" : $"break {s.Label};",
        ContinueStatement s => s.Label is null ? "continue;" : $"continue {s.Label};",
        ThrowStatement s => $"throw {Print(s.Argument)};",
        TryStatement s => $"try {Print(s.Block)}{(s.Handler is null ? "" : $" catch ({s.CatchParameter!.Name}) {Print(s.Handler)}")}{(s.Finalizer is null ? "" : $" finally {Print(s.Finalizer)}")}",
        SwitchStatement s => $"switch {Print(s.Discriminant)} {{\n{string.Concat(s.Cases.Select(c => $"{(c.Test is null ? "default" : $"case {Print(c.Test)}")}:\n{Body(c.Body)}"))}}}",
        LabeledStatement s => $"{s.Label}: {Print(s.Body)}",
        _ => throw new ArgumentException(statement.GetType().Name),
    };

    private static string Word(VariableKind kind) => kind switch { VariableKind.Let => "let", VariableKind.Const => "const", _ => "var" };

    private static string Declaration(VariableDeclaration declaration) =>
        $"{Word(declaration.Kind)} {string.Join(", ", declaration.Declarators.Select(d => d.Variable.Name + (d.Initializer is null ? "" : $" = {Print(d.Initializer)}")))}";

    private static string Head(Statement? initializer) => initializer switch
    {
        null => "",
        VariableDeclaration declaration => Declaration(declaration),
        ExpressionStatement statement => Print(statement.Expression),
        _ => throw new ArgumentException(initializer.GetType().Name),
    };

    private static string Optional(Expression? expression) => expression is null ? "" : Print(expression);

    private static string Parameters(FunctionNode function) =>
        string.Join(", ", function.Parameters.Select(p => p.Name).Concat(function.Rest is { } rest ? ["..." + rest.Name] : []));

    private static string Function(FunctionNode function, string? name) =>
        $"{(function.IsAsync ? "async " : "")}function {name ?? ""}({Parameters(function)}) {Block(function.Body)}";

    private static string FunctionExpression(FunctionNode function)
    {
        if (function.Kind != FunctionKind.Arrow)
            return Function(function, function.SelfName is null ? null : function.Name);
        return $"{(function.IsAsync ? "async " : "")}({Parameters(function)}) => {(function.ExpressionBody is { } body ? Print(body) : Block(function.Body))}";
    }

    private static string Print(Expression expression) => $"({Bare(expression)})";

    private static string Arguments(IEnumerable<Expression> arguments) => string.Join(", ", arguments.Select(Print));

    private static string Target(Expression expression) => expression is Identifier name ? name.Name : Bare(expression);

    /// <summary>What is called keeps its form: in parentheses it would be called without its object.</summary>
    private static string Callee(Expression callee) => callee is MemberExpression or IndexExpression ? Bare(callee) : Print(callee);

    private static string Bare(Expression expression) => expression switch
    {
        NumberLiteral e => e.Value.ToString("R", CultureInfo.InvariantCulture).Replace("∞", "1e999", StringComparison.Ordinal),
        StringLiteral e => Quoted(e.Value),
        BooleanLiteral e => e.Value ? "true" : "false",
        NullLiteral => "null",
        RegExpLiteral e => $"/{e.Pattern}/{e.Flags}",
        TemplateLiteral e => Template(e),
        TaggedTemplate e => Callee(e.Tag) + Template(e.Template),
        Identifier e => e.Name,
        ThisExpression => "this",
        ArrayLiteral e => $"[{string.Concat(e.Elements.Select(x => (x is null ? "" : Print(x)) + ","))}]",
        ObjectLiteral e => $"{{{string.Join(", ", e.Properties.Select(Property))}}}",
        FunctionExpression e => FunctionExpression(e.Function),
        UnaryExpression e => $"{Symbol(e.Operator)} {Print(e.Operand)}",
        UpdateExpression e => e.IsPrefix ? $"{(e.Delta > 0 ? "++" : "--")}{Target(e.Target)}" : $"{Target(e.Target)}{(e.Delta > 0 ? "++" : "--")}",
        BinaryExpression e => $"{Print(e.Left)} {Symbol(e.Operator)} {Print(e.Right)}",
        LogicalExpression e => $"{Print(e.Left)} {e.Operator switch { LogicalOperator.And => "&&", LogicalOperator.Or => "||", _ => "??" }} {Print(e.Right)}",
        AssignmentExpression e => $"{Target(e.Target)} {(e.Operator is { } o ? Symbol(o) : "")}= {Print(e.Value)}",
        ConditionalExpression e => $"{Print(e.Test)} ? {Print(e.Then)} : {Print(e.Else)}",
        CallExpression e => $"{Callee(e.Callee)}({Arguments(e.Arguments)})",
        NewExpression e => $"new {Print(e.Callee)}({Arguments(e.Arguments)})",
        MemberExpression e => $"{Print(e.Object)}.{e.Name}",
        IndexExpression e => $"{Print(e.Object)}[{Print(e.Index)}]",
        SequenceExpression e => Arguments(e.Expressions),
        AwaitExpression e => $"await {Print(e.Argument)}",
        _ => throw new ArgumentException(expression.GetType().Name),
    };

    private static string Template(TemplateLiteral template)
    {
        var text = new StringBuilder("`");
        for (var i = 0; i < template.Raw.Count; i++)
        {
            text.Append(template.Raw[i]);
            if (i < template.Expressions.Count)
                text.Append("${").Append(Print(template.Expressions[i])).Append('}');
        }
        return text.Append('`').ToString();
    }

    private static string Property(PropertyNode property)
    {
        var key = property.IsPrototypeSetter ? "__proto__" : property.Name is { } name ? Quoted(name) : $"[{Print(property.ComputedName!)}]";
        return property.Value is FunctionExpression { Function: { Kind: FunctionKind.Method or FunctionKind.Getter or FunctionKind.Setter } function }
            ? $"{(function.IsAsync ? "async " : "")}{function.Kind switch { FunctionKind.Getter => "get ", FunctionKind.Setter => "set ", _ => "" }}{key}({Parameters(function)}) {Block(function.Body)}"
            : $"{key}: {Print(property.Value)}";
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (c is < ' ' or '\u2028' or '\u2029')
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    private static string Symbol(UnaryOperator o) => o switch
    {
        UnaryOperator.Minus => "-",
        UnaryOperator.Plus => "+",
        UnaryOperator.Not => "!",
        UnaryOperator.BitwiseNot => "~",
        UnaryOperator.TypeOf => "typeof",
        UnaryOperator.Void => "void",
        _ => "delete",
    };

    private static string Symbol(BinaryOperator o) => TreePrinter.Symbol(o);
}

using Brink.JavaScript.Syntax;

namespace Brink.JavaScript.Compilation;

/// <summary>
/// Whether evaluating an expression assigns to a name that lives in a register. Inner functions need no look: what they assign to is
/// captured and lives in a cell.
/// </summary>
internal static class AssignmentSearch
{
    public static bool Assigns(Expression? expression, Variable variable) => expression switch
    {
        null or NumberLiteral or StringLiteral or BooleanLiteral or NullLiteral or Identifier or ThisExpression or FunctionExpression
            or RegExpLiteral => false,
        AssignmentExpression e => IsName(e.Target, variable) || Assigns(e.Target, variable) || Assigns(e.Value, variable),
        UpdateExpression e => IsName(e.Target, variable) || Assigns(e.Target, variable),
        MemberExpression e => Assigns(e.Object, variable),
        IndexExpression e => Assigns(e.Object, variable) || Assigns(e.Index, variable),
        UnaryExpression e => Assigns(e.Operand, variable),
        BinaryExpression e => Assigns(e.Left, variable) || Assigns(e.Right, variable),
        LogicalExpression e => Assigns(e.Left, variable) || Assigns(e.Right, variable),
        ConditionalExpression e => Assigns(e.Test, variable) || Assigns(e.Then, variable) || Assigns(e.Else, variable),
        CallExpression e => Assigns(e.Callee, variable) || Any(e.Arguments, variable),
        NewExpression e => Assigns(e.Callee, variable) || Any(e.Arguments, variable),
        SequenceExpression e => Any(e.Expressions, variable),
        TemplateLiteral e => Any(e.Expressions, variable),
        TaggedTemplate e => Assigns(e.Tag, variable) || Any(e.Template.Expressions, variable),
        ArrayLiteral e => Any(e.Elements, variable),
        ObjectLiteral e => e.Properties.Any(p => Assigns(p.ComputedName, variable) || Assigns(p.Value, variable)),
        AwaitExpression e => Assigns(e.Argument, variable),
        _ => true,
    };

    private static bool Any(IReadOnlyList<Expression?> expressions, Variable variable)
    {
        foreach (var expression in expressions)
        {
            if (Assigns(expression, variable))
                return true;
        }
        return false;
    }

    private static bool IsName(Expression expression, Variable variable) =>
        expression is Identifier identifier && identifier.Variable == variable;
}

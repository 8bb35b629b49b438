using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>Loops that cannot end and code that cannot be reached, where that is certain.</summary>
internal static class FlowChecks
{
    public static void Run(CheckContext context)
    {
        foreach (var node in context.Facts.Nodes)
        {
            if (IsEndless(node) && !context.Facts.IsCaught(node) && !Leaves(node))
                context.Error(CheckRules.EndlessLoop, node, "this loop has no end", "a condition, or break");
            CheckList(context, node switch
            {
                ProgramNode program => program.Body,
                FunctionNode function => function.Body,
                BlockStatement block => block.Body,
                SwitchCase one => one.Body,
                _ => [],
            });
        }
    }

    private static void CheckList(CheckContext context, IReadOnlyList<Statement> list)
    {
        for (var i = 0; i + 1 < list.Count; i++)
        {
            if (CanComplete(list[i]))
                continue;
            // Functions and names are hoisted: they count where they stand.
            var next = list.Skip(i + 1).FirstOrDefault(statement => statement is not (FunctionDeclaration or EmptyStatement)
                && !(statement is BreakStatement) && !(statement is VariableDeclaration { Kind: VariableKind.Var } names
                    && names.Declarators.All(name => name.Initializer is null)));
            if (next is not null)
                context.Warning(CheckRules.Unreachable, next, "this is never reached", null);
            return;
        }
    }

    /// <summary>Whether control can reach the end of a function's body.</summary>
    public static bool CanEnd(IReadOnlyList<Statement> body) => body.All(CanComplete);

    private static bool CanComplete(Statement statement) => statement switch
    {
        ReturnStatement or ThrowStatement or BreakStatement or ContinueStatement => false,
        BlockStatement block => block.Body.All(CanComplete),
        IfStatement { Else: { } otherwise } choice => CanComplete(choice.Then) || CanComplete(otherwise),
        TryStatement attempt => (attempt.Finalizer is null || CanComplete(attempt.Finalizer))
            && (CanComplete(attempt.Block) || attempt.Handler is not null && CanComplete(attempt.Handler)),
        SwitchStatement choice => CanComplete(choice),
        LabeledStatement labeled => CanComplete(labeled.Body) || HasBreak(labeled.Body, labeled.Label, inner: false),
        WhileStatement or ForStatement or DoWhileStatement => !IsEndless(statement) || HasBreak(BodyOf(statement), null, inner: false),
        _ => true,
    };

    private static bool CanComplete(SwitchStatement choice) =>
        choice.Cases.Count == 0 || choice.Cases.All(one => one.Test is not null) || choice.Cases[^1].Body.All(CanComplete)
        || choice.Cases.Any(one => one.Body.Any(statement => HasBreak(statement, null, inner: false)));

    /// <summary>Whether a break in it leaves what is around it: one without a label, or with that label.</summary>
    private static bool HasBreak(Node node, string? label, bool inner)
    {
        if (node is BreakStatement jump)
            return jump.Label is null ? label is null && !inner : label is null || jump.Label == label;
        if (node is FunctionNode)
            return false;
        var isInner = inner || node is SwitchStatement or WhileStatement or DoWhileStatement or ForStatement or ForInStatement;
        return Tree.ChildrenOf(node).Any(child => HasBreak(child, label, isInner));
    }

    private static bool IsEndless(Node node) => node switch
    {
        WhileStatement loop => IsTrue(loop.Test),
        DoWhileStatement loop => IsTrue(loop.Test),
        ForStatement loop => loop.Test is null || IsTrue(loop.Test),
        _ => false,
    };

    private static bool IsTrue(Expression test) =>
        test is BooleanLiteral { Value: true } or NumberLiteral { Value: not 0 } or StringLiteral { Value.Length: > 0 };

    private static Statement BodyOf(Node loop) => loop switch
    {
        WhileStatement one => one.Body,
        DoWhileStatement one => one.Body,
        _ => ((ForStatement)loop).Body,
    };

    private static bool Leaves(Node loop) => Tree.ChildrenOf(loop).Any(LeavesIn);

    private static bool LeavesIn(Node node) => node switch
    {
        ReturnStatement or ThrowStatement or AwaitExpression or BreakStatement or ContinueStatement { Label: not null } => true,
        FunctionNode => false,
        _ => Tree.ChildrenOf(node).Any(LeavesIn),
    };
}

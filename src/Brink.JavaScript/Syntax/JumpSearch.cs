namespace Brink.JavaScript.Syntax;

/// <summary>Whether a loop's body leaves it, or waits in it: then it cannot become the body of a callback.</summary>
internal static class JumpSearch
{
    public static bool IsIn(Node node) => node switch
    {
        BreakStatement or ContinueStatement or ReturnStatement or AwaitExpression => true,
        FunctionNode => false,
        _ => Tree.ChildrenOf(node).Any(IsIn),
    };
}

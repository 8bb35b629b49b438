namespace Brink.JavaScript.Syntax;

/// <summary>Walking over a tree, for looking at scripts without running them.</summary>
internal static class Tree
{
    /// <summary>The nodes right below, in the order of the source.</summary>
    public static IEnumerable<Node> ChildrenOf(Node node)
    {
        IEnumerable<Node?> children = node switch
        {
            ProgramNode program => program.Body,
            FunctionNode { ExpressionBody: { } body } => [body],
            FunctionNode function => function.Body,
            VariableDeclaration declaration => declaration.Declarators,
            Declarator declarator => [declarator.Initializer],
            FunctionDeclaration declaration => [declaration.Function],
            ExpressionStatement statement => [statement.Expression],
            BlockStatement block => block.Body,
            IfStatement statement => [statement.Test, statement.Then, statement.Else],
            ForStatement loop => [loop.Initializer, loop.Test, loop.Update, loop.Body],
            ForInStatement loop => [loop.Target, loop.Object, loop.Body],
            WhileStatement loop => [loop.Test, loop.Body],
            DoWhileStatement loop => [loop.Body, loop.Test],
            ReturnStatement statement => [statement.Argument],
            ThrowStatement statement => [statement.Argument],
            TryStatement statement => [statement.Block, statement.Handler, statement.Finalizer],
            SwitchStatement statement => [statement.Discriminant, .. statement.Cases],
            SwitchCase one => [one.Test, .. one.Body],
            LabeledStatement statement => [statement.Body],
            TemplateLiteral template => template.Expressions,
            TaggedTemplate template => [template.Tag, template.Template],
            ArrayLiteral array => array.Elements,
            ObjectLiteral literal => literal.Properties,
            PropertyNode property => ReferenceEquals(property.ComputedName, property.Value)
                ? [property.Value]
                : [property.ComputedName, property.Value],
            FunctionExpression expression => [expression.Function],
            UnaryExpression unary => [unary.Operand],
            UpdateExpression update => [update.Target],
            BinaryExpression binary => [binary.Left, binary.Right],
            LogicalExpression logical => [logical.Left, logical.Right],
            AssignmentExpression assignment => [assignment.Target, assignment.Value],
            ConditionalExpression conditional => [conditional.Test, conditional.Then, conditional.Else],
            CallExpression call => [call.Callee, .. call.Arguments],
            NewExpression made => [made.Callee, .. made.Arguments],
            MemberExpression member => [member.Object],
            IndexExpression index => [index.Object, index.Index],
            SequenceExpression sequence => sequence.Expressions,
            AwaitExpression wait => [wait.Argument],
            _ => [],
        };
        return children.OfType<Node>();
    }
}

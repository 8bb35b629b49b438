using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>What can be said of a script by looking: parents, what variables hold, which names it makes itself, its entry point.</summary>
internal sealed class ScriptFacts
{
    private readonly Dictionary<Node, Node> _parents = [];
    private readonly Dictionary<Variable, List<Expression?>> _values = [];
    private readonly Dictionary<Variable, FunctionNode> _declared = [];
    private readonly Dictionary<Variable, (FunctionNode Function, int Index)> _parameters = [];
    private readonly Dictionary<FunctionNode, List<CallExpression>> _calls = [];
    private readonly Dictionary<Variable, int> _uses = [];

    /// <param name="program">The script.</param>
    /// <param name="destructured">What its variables get by destructuring; the tree does not show it.</param>
    public ScriptFacts(ProgramNode program, IReadOnlyList<(Variable Variable, Expression Value)> destructured)
    {
        Program = program;
        Collect(program);
        foreach (var node in Nodes)
            Note(node);
        foreach (var (variable, value) in destructured)
        {
            AddValue(variable, value);
            Nodes.Add(value);
        }
        foreach (var node in Nodes)
        {
            if (node is CallExpression { Callee: Identifier { Variable: { } callee } } call && FunctionOf(callee) is { } function)
                (_calls.TryGetValue(function, out var calls) ? calls : _calls[function] = []).Add(call);
        }
        FindHandler();
    }

    public ProgramNode Program { get; }

    /// <summary>Every node, outer before inner.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>Names of properties that the script makes or assigns: a method of that name may be its own.</summary>
    public HashSet<string> OwnProperties { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that a <c>typeof</c> asks for: the script knows that they may be missing.</summary>
    public HashSet<string> AskedFor { get; } = new(StringComparer.Ordinal);

    public Dictionary<Variable, string> Imports { get; } = [];

    /// <summary>The variable named handler at the top level, or null.</summary>
    public Variable? HandlerVariable { get; private set; }

    /// <summary>The function it holds; null if that cannot be said.</summary>
    public FunctionNode? Handler { get; private set; }

    /// <summary>The parameter that is the event, unless it is assigned to.</summary>
    public Variable? Event { get; private set; }

    public Node? ParentOf(Node node) => _parents.GetValueOrDefault(node);

    /// <summary>The one value that a variable ever gets; null if there is none or there are several.</summary>
    public Expression? ValueOf(Variable variable) => _values.TryGetValue(variable, out var values) && values is [var only] ? only : null;

    /// <summary>The function that a variable holds for good.</summary>
    public FunctionNode? FunctionOf(Variable variable)
    {
        if (_declared.TryGetValue(variable, out var function) && !_values.ContainsKey(variable))
            return function;
        return (ValueOf(variable) as FunctionExpression)?.Function;
    }

    /// <summary>All values that a parameter gets, when the function is only ever called by its name; null else.</summary>
    public IReadOnlyList<Expression?>? ArgumentsFor(Variable parameter)
    {
        if (!_parameters.TryGetValue(parameter, out var place) || _values.ContainsKey(parameter)
            || !_calls.TryGetValue(place.Function, out var calls))
            return null;
        var variable = (calls[0].Callee as Identifier)!.Variable!;
        if (_uses.GetValueOrDefault(variable) != calls.Count)
            return null;                                    // passed on as a value: it may be called from anywhere
        return [.. calls.Select(call => place.Index < call.Arguments.Count ? call.Arguments[place.Index] : null)];
    }

    /// <summary>Whether it is a parameter by itself, and not a name in the pattern of one.</summary>
    public bool IsParameter(Variable variable) => _parameters.ContainsKey(variable);

    /// <summary>The function around a node; null at the top level.</summary>
    public FunctionNode? FunctionAround(Node node)
    {
        for (var at = ParentOf(node); at is not null; at = ParentOf(at))
        {
            if (at is FunctionNode function)
                return function;
        }
        return null;
    }

    /// <summary>Whether what it throws is caught in the script.</summary>
    public bool IsCaught(Node node)
    {
        for (var (at, child) = (ParentOf(node), node); at is not null; (at, child) = (ParentOf(at), at))
        {
            if (at is TryStatement { Handler: not null } attempt && ReferenceEquals(attempt.Block, child))
                return true;
        }
        return false;
    }

    /// <summary>Whether it is the target of an assignment, and not read.</summary>
    public bool IsWritten(Node node) => ParentOf(node) switch
    {
        AssignmentExpression { Operator: null } assignment => ReferenceEquals(assignment.Target, node),
        ForInStatement loop => ReferenceEquals(loop.Target, node),
        _ => false,
    };

    /// <summary>The property name of <c>a.name</c> or <c>a['name']</c>.</summary>
    public static string? NameOf(Expression access, out Expression? holder)
    {
        switch (access)
        {
            case MemberExpression member:
                holder = member.Object;
                return member.Name;
            case IndexExpression { Index: StringLiteral name } index:
                holder = index.Object;
                return name.Value;
            default:
                holder = null;
                return null;
        }
    }

    /// <summary>A path of names as the script spells it; null for anything else.</summary>
    public static string? TextOf(Expression expression) => expression switch
    {
        Identifier identifier => identifier.Name,
        MemberExpression member => TextOf(member.Object) is { } holder ? $"{holder}.{member.Name}" : null,
        IndexExpression { Index: StringLiteral name } index => TextOf(index.Object) is { } holder ? $"{holder}['{name.Value}']" : null,
        _ => null,
    };

    private void Collect(ProgramNode program)
    {
        // Not by recursion: a tree may be high.
        var stack = new Stack<Node>();
        stack.Push(program);
        while (stack.TryPop(out var node))
        {
            Nodes.Add(node);
            foreach (var child in Tree.ChildrenOf(node).Reverse())
            {
                _parents[child] = node;
                stack.Push(child);
            }
        }
    }

    private void Note(Node node)
    {
        switch (node)
        {
            case ImportDeclaration import:
                Imports[import.Variable] = import.Module;
                break;
            case FunctionDeclaration declaration:
                _declared[declaration.Variable] = declaration.Function;
                break;
            case FunctionNode function:
                for (var i = 0; i < function.Parameters.Count; i++)
                    _parameters[function.Parameters[i]] = (function, i);
                break;
            case Declarator { Initializer: { } value } declarator:
                AddValue(declarator.Variable, value);
                break;
            case AssignmentExpression { Target: Identifier { Variable: { } target } } assignment:
                AddValue(target, assignment.Operator is null ? assignment.Value : null);
                break;
            case UpdateExpression { Target: Identifier { Variable: { } counted } }:
                AddValue(counted, null);
                break;
            case ForInStatement loop when (loop.Declared ?? (loop.Target as Identifier)?.Variable) is { } key:
                AddValue(key, null);
                AddValue(key, null);                        // each round another
                break;
            case AssignmentExpression assignment when NameOf(assignment.Target, out _) is { } made:
                OwnProperties.Add(made);
                break;
            case PropertyNode { Name: { } name }:
                OwnProperties.Add(name);
                break;
            case UnaryExpression { Operator: UnaryOperator.TypeOf, Operand: { } operand } when TextOf(operand) is { } asked:
                AskedFor.Add(asked);
                break;
        }
        if (node is Identifier { Variable: { } used })
            _uses[used] = _uses.GetValueOrDefault(used) + 1;
    }

    private void AddValue(Variable variable, Expression? value) =>
        (_values.TryGetValue(variable, out var values) ? values : _values[variable] = []).Add(value);

    private void FindHandler()
    {
        HandlerVariable = Program.Scope.Variables.Find(variable => variable.Name == "handler");
        // The entry point of another platform is none here, but its code is checked too.
        Handler = HandlerVariable is not null ? FunctionOf(HandlerVariable)
            : Nodes.OfType<AssignmentExpression>()
                .Select(assignment => assignment is { Target: MemberExpression { Name: "handler" }, Value: FunctionExpression value }
                    ? value.Function
                    : null)
                .FirstOrDefault(function => function is not null);
        if (Handler is null && HandlerVariable is not null && ValueOf(HandlerVariable) is Identifier { Variable: { } other })
            Handler = FunctionOf(other);
        if (Handler is { Parameters: [var first, ..] } && !_values.ContainsKey(first))
            Event = first;
    }
}

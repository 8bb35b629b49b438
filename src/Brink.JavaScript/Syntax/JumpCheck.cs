namespace Brink.JavaScript.Syntax;

/// <summary>
/// Jumps that the engine refuses while it compiles a function. Break and continue need a target: a loop, a switch, or a statement whose
/// label counts. And a try block has one way out for break and return and one for continue: where the ways of two jumps differ, the
/// function is refused. A jump that an inner try block was left by counts for the outer one too, but only against those that follow it.
/// </summary>
internal sealed class JumpCheck
{
    private const string Return = "@return";

    /// <summary>What a jump can lead to or must pass on its way.</summary>
    [Flags]
    private enum Kinds { None, Loop = 1, Switch = 2, Block = 4, Try = 8 }

    private sealed class Place(Kinds kind, string? label)
    {
        public Kinds Kind { get; } = kind;

        public string? Label { get; } = label;

        /// <summary>The last break (its label, empty for none) or return out of this try block; null for none.</summary>
        public string? Exit { get; set; }

        /// <summary>The same for continue.</summary>
        public string? Continuation { get; set; }
    }

    // From outside in.
    private readonly List<Place> _places = [];
    private readonly bool _isRuntime20;

    private JumpCheck(Runtime runtime) => _isRuntime20 = runtime == Runtime.CloudFrontJs20;

    private SyntaxProblem? _problem;

    /// <summary>The first problem in the statements of a function or module, without the functions in it; null for none.</summary>
    public static SyntaxProblem? ProblemIn(IReadOnlyList<Statement> body, Runtime runtime)
    {
        var check = new JumpCheck(runtime);
        check.Visit(body);
        return check._problem;
    }

    // ---------------------------------------------------------------- statements

    private void Visit(IReadOnlyList<Statement> statements)
    {
        foreach (var statement in statements)
            Visit(statement, null);
    }

    /// <param name="statement">The statement, or null.</param>
    /// <param name="label">The first of its labels; the engine forgets the others.</param>
    private void Visit(Statement? statement, string? label)
    {
        switch (statement)
        {
            case LabeledStatement s:
                Visit(s.Body, label ?? s.Label);
                break;
            case BlockStatement s:
                Open(Kinds.Block, label);
                Visit(s.Body);
                Close();
                break;
            case IfStatement s:
                // 1.0 loses the label of an if.
                Open(Kinds.Block, _isRuntime20 ? label : null);
                Visit(s.Then, null);
                Visit(s.Else, null);
                Close();
                break;
            case ForStatement s:
                VisitLoop(s.Body, label);
                break;
            case ForInStatement s:
                VisitLoop(s.Body, label);
                break;
            case WhileStatement s:
                VisitLoop(s.Body, label);
                break;
            case DoWhileStatement s:
                VisitLoop(s.Body, label);
                break;
            case SwitchStatement s:
                Open(Kinds.Switch, label);
                foreach (var one in s.Cases)
                    Visit(one.Body);
                Close();
                break;
            case TryStatement s:
                Visit(s);
                break;
            case BreakStatement s:
                Break(s);
                break;
            case ContinueStatement s:
                Continue(s);
                break;
            case ReturnStatement s:
                Leave(Return, s);
                break;
        }
    }

    private void VisitLoop(Statement body, string? label)
    {
        Open(Kinds.Loop, label);
        Visit(body, null);
        Close();
    }

    private void Visit(TryStatement statement)
    {
        var block = Open(Kinds.Try, null);
        Visit(statement.Block.Body);
        Close();
        if (statement.Finalizer is null)
        {
            Visit(statement.Handler!.Body);
            Pass(block.Exit, block.Continuation);
            return;
        }

        // With finally the catch block has its ways out too, and they must be those of the try block.
        Place? handler = null;
        if (statement.Handler is not null)
        {
            handler = Open(Kinds.Try, null);
            Visit(statement.Handler.Body);
            Close();
        }
        Visit(statement.Finalizer.Body);
        Compare("try continue", block.Continuation, handler?.Continuation, Kinds.Loop, _places.Count, statement);
        Compare("try break/return", block.Exit, handler?.Exit, Kinds.Loop | Kinds.Switch | Kinds.Try, _places.Count, statement);
        Pass(block.Exit ?? handler?.Exit, block.Continuation ?? handler?.Continuation);
    }

    private Place Open(Kinds kind, string? label)
    {
        var place = new Place(kind, label);
        _places.Add(place);
        return place;
    }

    private void Close() => _places.RemoveAt(_places.Count - 1);

    // ---------------------------------------------------------------- jumps

    private void Break(BreakStatement statement)
    {
        var label = statement.Label ?? "";
        if (TargetOf(label, ExitsOf(label), _places.Count) is null)
            Refuse("SyntaxError", $"Illegal break statement in {statement.Position.Line}", statement);
        Leave(label, statement);
    }

    private void Continue(ContinueStatement statement)
    {
        var label = statement.Label ?? "";
        if (TargetOf(label, Kinds.Loop, _places.Count) is null)
            Refuse("SyntaxError", $"Illegal continue statement in {statement.Position.Line}", statement);
        var passed = TryBefore(label, Kinds.Loop);
        if (passed < 0)
            return;
        Compare("continue", _places[passed].Continuation, label, Kinds.Loop, passed, statement);
        _places[passed].Continuation = label;
    }

    private void Leave(string label, Statement statement)
    {
        var passed = TryBefore(label, ExitsOf(label));
        if (passed < 0)
            return;
        Compare("break/return", _places[passed].Exit, label, Kinds.Loop | Kinds.Switch, passed, statement);
        _places[passed].Exit = label;
    }

    /// <summary>What a try block was left by is a jump out of the one around it.</summary>
    private void Pass(string? exit, string? continuation)
    {
        if (exit is not null && TryBefore(exit, ExitsOf(exit)) is >= 0 and var outer)
            _places[outer].Exit = exit;
        if (continuation is not null && TryBefore(continuation, Kinds.Loop) is >= 0 and var around)
            _places[around].Continuation = continuation;
    }

    private static Kinds ExitsOf(string label) =>
        label.Length == 0 ? Kinds.Loop | Kinds.Switch : Kinds.Loop | Kinds.Switch | Kinds.Block;

    /// <summary>Whether two ways end at the same place; the engine does not tell blocks with labels from one another here.</summary>
    private void Compare(string jumps, string? first, string? second, Kinds kinds, int count, Statement statement)
    {
        if (first is null || second is null || TargetOf(first, kinds, count) == TargetOf(second, kinds, count))
            return;
        Refuse("InternalError", $"{jumps} instructions with different labels (\"{first}\" vs \"{second}\") "
            + "from try-catch block are not supported", statement);
    }

    /// <summary>The innermost of the first <paramref name="count"/> places that a label means; for return, the try block around.</summary>
    private Place? TargetOf(string label, Kinds kinds, int count)
    {
        var isReturn = label == Return;
        for (var i = count - 1; i >= 0; i--)
        {
            var place = _places[i];
            if (isReturn ? place.Kind == Kinds.Try : (place.Kind & kinds) != 0 && (label.Length == 0 || place.Label == label))
                return place;
        }
        return null;
    }

    /// <summary>The innermost try block that a jump passes before it arrives, or -1.</summary>
    private int TryBefore(string label, Kinds kinds)
    {
        if (TargetOf(label, kinds, _places.Count) is not { } target)
            return -1;
        for (var i = _places.Count - 1; i >= 0; i--)
        {
            if (_places[i].Kind == Kinds.Try)
                return i;
            if (_places[i] == target)
                return -1;
        }
        return -1;
    }

    private void Refuse(string kind, string message, Statement statement) =>
        _problem ??= new SyntaxProblem(kind, message, statement.Position, kind == "InternalError" ? Rewrites.TryJumps : null);
}

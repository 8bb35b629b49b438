using System.Runtime.CompilerServices;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Compilation;

/// <summary>Statements.</summary>
internal sealed partial class FunctionCompiler
{
    /// <summary>A statement that break, continue or return may leave.</summary>
    private sealed class Exit(Exit? outer)
    {
        public Exit? Outer { get; } = outer;

        public List<string> Labels { get; } = [];

        public Label? Break { get; init; }

        public Label? Continue { get; init; }

        /// <summary>A plain <c>break</c> ends it: loops and switch.</summary>
        public bool IsBreakable { get; init; }

        /// <summary>Not null for the part of a try statement that its finally block follows.</summary>
        public FinallyBlock? Finally { get; init; }
    }

    /// <summary>
    /// A finally block is compiled once. Who comes there leaves in <see cref="Kind"/> how to go on: 0 falls out of the end, 1 throws
    /// <see cref="Value"/> on, others are jumps out of the statement, in order of <see cref="Ways"/>.
    /// </summary>
    private sealed class FinallyBlock
    {
        public required int Kind { get; init; }

        public required int Value { get; init; }

        public Label Start { get; } = new();

        public List<Way> Ways { get; } = [];
    }

    private sealed record Way(bool IsReturn, Label? Target, Exit? Owner);

    private const int FallThrough = 0;
    private const int ThrowOn = 1;
    private const int FirstWay = 2;

    private Exit? _exit;
    private List<string>? _labels;

    private void CompileStatements(IReadOnlyList<Statement> statements)
    {
        foreach (var statement in statements)
            CompileStatement(statement);
    }

    private void CompileStatement(Statement statement)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        _code.At(statement);
        var mark = _top;
        switch (statement)
        {
            case ExpressionStatement s:
                CompileForEffect(s.Expression);
                break;
            case VariableDeclaration s:
                CompileDeclaration(s);
                break;
            case BlockStatement s:
                CompileBlock(s);
                break;
            case IfStatement s:
                CompileIf(s);
                break;
            case ReturnStatement s:
                CompileReturn(s);
                break;
            case ForStatement s:
                CompileFor(s);
                break;
            case ForInStatement s:
                CompileForIn(s);
                break;
            case WhileStatement s:
                CompileWhile(s);
                break;
            case DoWhileStatement s:
                CompileDoWhile(s);
                break;
            case BreakStatement s:
                CompileBreak(s);
                break;
            case ContinueStatement s:
                CompileContinue(s);
                break;
            case ThrowStatement s:
                var thrown = CompileAny(s.Argument);
                _code.At(s);
                _code.Emit(Op.Throw, thrown);
                break;
            case TryStatement s:
                CompileTry(s);
                break;
            case SwitchStatement s:
                CompileSwitch(s);
                break;
            case LabeledStatement s:
                CompileLabeled(s);
                break;
            case FunctionDeclaration or ImportDeclaration or EmptyStatement:
                break;                                                      // hoisted, or nothing
            default:
                throw new InvalidOperationException($"a statement of type {statement.GetType().Name} has no code");
        }
        Release(mark);
    }

    private void CompileDeclaration(VariableDeclaration declaration)
    {
        foreach (var declarator in declaration.Declarators)
        {
            _code.At(declarator);
            var mark = _top;
            var variable = declarator.Variable;
            if (declarator.Initializer is { } initializer)
            {
                var (place, index) = Locate(variable);
                if (place == Place.Register && (!variable.NeedsInitializationCheck && WritesTargetLast(initializer)))
                    CompileTo(initializer, index);
                else
                    InitializeVariable(variable, CompileAny(initializer));
            }
            else if (declaration.Kind != VariableKind.Var)
            {
                // A loop comes by again: let x; is undefined each time.
                var (place, index) = Locate(variable);
                if (place == Place.Register)
                {
                    _code.Emit(Op.LoadUndefined, index);
                }
                else
                {
                    var undefined = Temporary();
                    _code.Emit(Op.LoadUndefined, undefined);
                    InitializeVariable(variable, undefined);
                }
            }
            Release(mark);
        }
    }

    private void CompileBlock(BlockStatement block)
    {
        EnterScope(block.Scope);
        CompileStatements(block.Body);
    }

    private void CompileIf(IfStatement statement)
    {
        var otherwise = new Label();
        CompileCondition(statement.Test, otherwise, jumpIf: false);
        CompileStatement(statement.Then);
        if (statement.Else is null)
        {
            _code.Mark(otherwise);
            return;
        }
        var end = new Label();
        _code.Jump(end);
        _code.Mark(otherwise);
        CompileStatement(statement.Else);
        _code.Mark(end);
    }

    // ---------------------------------------------------------------- loops

    private Exit EnterLoop(Label @break, Label @continue)
    {
        var exit = new Exit(_exit) { Break = @break, Continue = @continue, IsBreakable = true };
        TakeLabels(exit);
        _exit = exit;
        return exit;
    }

    private void TakeLabels(Exit exit)
    {
        if (_labels is null)
            return;
        exit.Labels.AddRange(_labels);
        _labels = null;
    }

    /// <summary>What <see cref="Op.JumpToNextPlace"/> stands in front of: add one, length, compare.</summary>
    public const int NextPlaceLength = 3;

    private void CompileFor(ForStatement loop)
    {
        var labels = _labels;
        _labels = null;
        EnterScope(loop.Scope);
        if (loop.Initializer is { } initializer)
            CompileStatement(initializer);
        _labels = labels;
        Label end = new(), next = new(), test = new(), body = new();
        EnterLoop(end, next);
        if (loop.Test is not null)
            _code.Jump(test);
        _code.Mark(body);
        CompileStatement(loop.Body);
        _code.Mark(next);
        foreach (var variable in loop.Scope.Variables)
        {
            if (variable.IsCaptured)
                _code.Emit(Op.CopyCell, variable.Slot);                   // closures of this round keep their own
        }
        if (loop.Update is { } update)
        {
            if (IsNextPlace(loop, out var index, out var sequence))
            {
                _code.KeepTogether([Op.JumpToNextPlace, Op.Increment, Op.GetLength, Op.JumpIfLess]);
                _code.CompareAndJump(Op.JumpToNextPlace, index, sequence, body);
            }
            var mark = _top;
            CompileForEffect(update);
            Release(mark);
        }
        _code.Mark(test);
        if (loop.Test is { } condition)
        {
            _code.At(condition);
            CompileCondition(condition, body, jumpIf: true);
        }
        else
        {
            _code.Jump(body);
        }
        _code.Mark(end);
        _exit = _exit!.Outer;
    }

    /// <summary><c>i &lt; s.length; i++</c> of plain names, which compiles to <see cref="NextPlaceLength"/> instructions.</summary>
    private bool IsNextPlace(ForStatement loop, out int index, out int sequence)
    {
        index = sequence = -1;
        if (loop is not
            {
                Update: UpdateExpression { Delta: > 0, Target: Identifier { Variable: { } variable } counter },
                Test: BinaryExpression { Operator: BinaryOperator.Less, Left: Identifier compared,
                    Right: MemberExpression { Name: "length" } length },
            } || compared.Variable != variable || IsConstant(variable))
        {
            return false;
        }
        index = PlainRegister(counter);
        sequence = PlainRegister(length.Object);
        return index >= 0 && sequence >= 0;
    }

    private void CompileWhile(WhileStatement loop)
    {
        Label end = new(), next = new(), body = new();
        EnterLoop(end, next);
        _code.Jump(next);
        _code.Mark(body);
        CompileStatement(loop.Body);
        _code.Mark(next);
        _code.At(loop.Test);
        CompileCondition(loop.Test, body, jumpIf: true);
        _code.Mark(end);
        _exit = _exit!.Outer;
    }

    private void CompileDoWhile(DoWhileStatement loop)
    {
        Label end = new(), next = new(), body = new();
        EnterLoop(end, next);
        _code.Mark(body);
        CompileStatement(loop.Body);
        _code.Mark(next);
        _code.At(loop.Test);
        CompileCondition(loop.Test, body, jumpIf: true);
        _code.Mark(end);
        _exit = _exit!.Outer;
    }

    private void CompileForIn(ForInStatement loop)
    {
        var labels = _labels;
        _labels = null;
        EnterScope(loop.Scope);                                         // the object cannot see what the loop declares yet
        var enumeration = Temporary();
        var key = Temporary();
        _code.Emit(Op.ForInStart, enumeration, CompileAny(loop.Object));
        Release(key + 1);
        _labels = labels;
        if (loop.Target is Identifier { Variable: null } global && program.Intrinsics.Runtime == Runtime.CloudFrontJs10)
            LoadGlobal(global.Name, Temporary());                       // there it must exist, whatever the loop finds
        Label end = new(), next = new(), test = new();
        EnterLoop(end, next);
        _code.Mark(test);
        _code.At(loop);
        _code.CompareAndJump(Op.ForInNext, enumeration, key, end);
        var mark = _top;
        if (loop.Declared is { } declared)
            InitializeVariable(declared, key);
        else
            AssignTo(loop.Target!, key);
        CompileStatement(loop.Body);
        Release(mark);
        _code.Mark(next);
        foreach (var variable in loop.Scope.Variables)
        {
            if (variable.IsCaptured)
                _code.Emit(Op.NewCell, variable.Slot);                   // closures of this round keep their own
        }
        _code.Jump(test);
        _code.Mark(end);
        _exit = _exit!.Outer;
    }

    private void CompileLabeled(LabeledStatement labeled)
    {
        (_labels ??= []).Add(labeled.Label);
        if (labeled.Body is ForStatement or ForInStatement or WhileStatement or DoWhileStatement or LabeledStatement or SwitchStatement)
        {
            CompileStatement(labeled.Body);
            _labels = null;
            return;
        }
        var end = new Label();
        var exit = new Exit(_exit) { Break = end };
        TakeLabels(exit);
        _exit = exit;
        CompileStatement(labeled.Body);
        _code.Mark(end);
        _exit = exit.Outer;
    }

    private void CompileSwitch(SwitchStatement statement)
    {
        var end = new Label();
        var exit = new Exit(_exit) { Break = end, IsBreakable = true };
        TakeLabels(exit);
        _exit = exit;
        var value = Temporary();
        CompileTo(statement.Discriminant, value);
        EnterScope(statement.Scope);
        var labels = new Label[statement.Cases.Count];
        Label? otherwise = null;
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = new Label();
            if (statement.Cases[i].Test is not { } test)
            {
                otherwise = labels[i];
                continue;
            }
            _code.At(test);
            var mark = _top;
            if (ConstantOf(test) is { } constant)
                _code.CompareAndJump(Op.JumpIfStrictEqualConstant, value, _code.Constant(constant), labels[i]);
            else
                _code.CompareAndJump(Op.JumpIfStrictEqual, value, CompileAny(test), labels[i]);
            Release(mark);
        }
        _code.Jump(otherwise ?? end);
        for (var i = 0; i < labels.Length; i++)
        {
            _code.Mark(labels[i]);
            CompileStatements(statement.Cases[i].Body);
        }
        _code.Mark(end);
        _exit = exit.Outer;
    }

    // ---------------------------------------------------------------- leaving

    private void CompileBreak(BreakStatement statement)
    {
        for (var exit = _exit; exit is not null; exit = exit.Outer)
        {
            if (exit.Break is not null && (statement.Label is null ? exit.IsBreakable : exit.Labels.Contains(statement.Label)))
            {
                LeaveTo(exit.Break, exit);
                return;
            }
        }
        throw new InvalidOperationException("the parser has checked that break has a target");
    }

    private void CompileContinue(ContinueStatement statement)
    {
        for (var exit = _exit; exit is not null; exit = exit.Outer)
        {
            if (exit.Continue is not null && (statement.Label is null || exit.Labels.Contains(statement.Label)))
            {
                LeaveTo(exit.Continue, exit);
                return;
            }
        }
        throw new InvalidOperationException("the parser has checked that continue has a target");
    }

    /// <summary>Jumps out to a statement, through the innermost finally block on the way if there is one.</summary>
    private void LeaveTo(Label target, Exit owner)
    {
        for (var exit = _exit; exit != owner; exit = exit!.Outer)
        {
            if (exit!.Finally is { } block)
            {
                GoThrough(block, new Way(false, target, owner));
                return;
            }
        }
        _code.Jump(target);
    }

    private void CompileReturn(ReturnStatement statement)
    {
        if (statement.Argument is null && InnermostFinally() is null)
        {
            _code.Emit(Op.ReturnUndefined);
            return;
        }
        int value;
        if (statement.Argument is { } argument)
        {
            value = CompileAny(argument);
        }
        else
        {
            value = Temporary();
            _code.Emit(Op.LoadUndefined, value);
        }
        _code.At(statement);
        LeaveWith(value);
    }

    private FinallyBlock? InnermostFinally()
    {
        for (var exit = _exit; exit is not null; exit = exit.Outer)
        {
            if (exit.Finally is { } block)
                return block;
        }
        return null;
    }

    private void LeaveWith(int value)
    {
        if (InnermostFinally() is not { } block)
        {
            _code.Emit(Op.Return, value);
            return;
        }
        _code.Emit(Op.Move, block.Value, value);
        GoThrough(block, new Way(true, null, null));
    }

    private void GoThrough(FinallyBlock block, Way way)
    {
        var index = block.Ways.IndexOf(way);
        if (index < 0)
        {
            index = block.Ways.Count;
            block.Ways.Add(way);
        }
        _code.EmitWide(Op.LoadInteger, block.Kind, FirstWay + index);
        _code.Jump(block.Start);
    }

    private void CompileTry(TryStatement statement)
    {
        if (statement.Finalizer is null)
        {
            CompileTryCatch(statement);
            return;
        }
        var block = new FinallyBlock { Kind = Temporary(), Value = Temporary() };
        _exit = new Exit(_exit) { Finally = block };
        var start = _code.Count;
        if (statement.Handler is null)
            CompileStatement(statement.Block);
        else
            CompileTryCatch(statement);
        var end = _code.Count;
        _exit = _exit.Outer;
        _code.EmitWide(Op.LoadInteger, block.Kind, FallThrough);
        _code.Jump(block.Start);
        var thrown = _code.Count;
        _code.EmitWide(Op.LoadInteger, block.Kind, ThrowOn);
        _code.Handlers.Add(new HandlerRange(start, end, thrown, block.Value));
        _code.Mark(block.Start);
        CompileStatement(statement.Finalizer);

        var done = new Label();
        _code.At(statement.Finalizer);
        _code.CompareAndJump(Op.JumpIfStrictEqualConstant, block.Kind, _code.Constant(Value.Number(FallThrough)), done);
        for (var i = 0; i < block.Ways.Count; i++)
        {
            var skip = new Label();
            _code.CompareAndJump(Op.JumpIfStrictNotEqualConstant, block.Kind, _code.Constant(Value.Number(FirstWay + i)), skip);
            if (block.Ways[i].IsReturn)
                LeaveWith(block.Value);
            else
                LeaveTo(block.Ways[i].Target!, block.Ways[i].Owner!);
            _code.Mark(skip);
        }
        _code.Emit(Op.Rethrow, block.Value);
        _code.Mark(done);
    }

    private void CompileTryCatch(TryStatement statement)
    {
        var exception = Temporary();
        var start = _code.Count;
        CompileStatement(statement.Block);
        var end = _code.Count;
        var done = new Label();
        _code.Jump(done);
        _code.Handlers.Add(new HandlerRange(start, end, _code.Count, exception));
        EnterScope(statement.CatchScope!);
        if (statement.CatchParameter is { } parameter)
            InitializeVariable(parameter, exception);
        CompileStatement(statement.Handler!);
        _code.Mark(done);
    }
}

using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Compilation;

/// <summary>A place that jumps go to, known now or later.</summary>
internal sealed class Label
{
    public int Target = -1;

    public List<int>? Uses;
}

/// <summary>The script cannot be compiled; it never leaves the compiler's door.</summary>
internal sealed class ScriptRefusedException(SyntaxProblem problem) : Exception(problem.Message)
{
    public SyntaxProblem Problem { get; } = problem;

    /// <summary>Larger than the format holds: 65,535 registers or constants in a function, 32,767 instructions in a jump.</summary>
    public static ScriptRefusedException TooLarge(Position position) =>
        new(new SyntaxProblem("SyntaxError", "the function is too large to compile", position));
}

/// <summary>Collects the parts of one function: instructions, jumps, constants, property sites, positions.</summary>
internal sealed class CodeBuilder
{
    private readonly List<Instruction> _code = [];
    private readonly List<Value> _constants = [];
    private readonly Dictionary<(Cell?, long), int> _constantIndex = [];
    private readonly List<CodePosition> _positions = [];
    private Position _position;
    private int _unpaid;

    public List<PropertySite> Sites { get; } = [];

    public List<HandlerRange> Handlers { get; } = [];

    public int Count => _code.Count;

    /// <summary>The finished code, each instruction with what it pays.</summary>
    public Instruction[] Code
    {
        get
        {
            Instruction[] code = [.. _code];
            BlockPayments.Distribute(code);
            return code;
        }
    }

    public Value[] Constants => [.. _constants];

    public CodePosition[] Positions => [.. _positions];

    /// <summary>What is emitted from here on belongs to that place in the source.</summary>
    public void At(Node node) => _position = node.Position;

    public void Emit(Op op, int a = 0, int b = 0, int c = 0)
    {
        Check(a | b | c);
        MarkPosition();
        PayAhead(op);
        _code.Add(new Instruction(op, a, b, c));
    }

    public void EmitWide(Op op, int a, int wide)
    {
        Check(a);
        MarkPosition();
        PayAhead(op);
        _code.Add(new Instruction(op, a, wide));
    }

    /// <summary>A payment has one byte: before more than that is owed, an instruction that only pays.</summary>
    private void PayAhead(Op op)
    {
        if (!BlockPayments.Fits(_unpaid, op))
        {
            _code.Add(new Instruction(Op.Pay, 0, 0));
            _unpaid = 0;
        }
        _unpaid = BlockPayments.UnpaidAfter(_unpaid, op);
    }

    /// <summary>Pays first if the operations that come next, in a row, would not fit: then nothing pays between them.</summary>
    public void KeepTogether(ReadOnlySpan<Op> next)
    {
        var unpaid = _unpaid;
        foreach (var op in next)
        {
            if (!BlockPayments.Fits(unpaid, op))
            {
                _code.Add(new Instruction(Op.Pay, 0, 0));
                _unpaid = 0;
                return;
            }
            unpaid = BlockPayments.UnpaidAfter(unpaid, op);
        }
    }

    /// <summary>An operation with one signed operand in C.</summary>
    public void EmitSigned(Op op, int a, int b, short c) => Emit(op, a, b, (ushort)c);

    private void Check(int operand)
    {
        if ((operand & ~0xFFFF) != 0)
            throw ScriptRefusedException.TooLarge(_position);
    }

    private void MarkPosition()
    {
        if (_positions.Count > 0 && _positions[^1] is var last && last.Line == _position.Line && last.Column == _position.Column)
            return;
        _positions.Add(new CodePosition(_code.Count, _position.Line, _position.Column));
    }

    /// <summary>Jump, JumpIfTrue and the others whose distance is <see cref="Instruction.Wide"/>.</summary>
    public void Jump(Op op, int a, Label label)
    {
        EmitWide(op, a, 0);
        Link(label);
    }

    public void Jump(Label label) => Jump(Op.Jump, 0, label);

    /// <summary>The compare-and-jump operations, whose distance is C.</summary>
    public void CompareAndJump(Op op, int a, int b, Label label)
    {
        Emit(op, a, b, 0);
        Link(label);
    }

    private void Link(Label label)
    {
        if (label.Target >= 0)
            Patch(_code.Count - 1, label.Target);
        else
            (label.Uses ??= []).Add(_code.Count - 1);
    }

    public void Mark(Label label)
    {
        label.Target = _code.Count;
        if (label.Uses is null)
            return;
        foreach (var use in label.Uses)
            Patch(use, label.Target);
    }

    private void Patch(int at, int target)
    {
        var instruction = _code[at];
        var distance = target - (at + 1);
        if (instruction.Op is Op.Jump)
            _code[at] = new Instruction(distance < 0 ? Op.JumpBack : Op.Jump, instruction.A, distance);
        else if (instruction.Op is Op.JumpIfTrue or Op.JumpIfFalse or Op.JumpIfNullish or Op.JumpIfNotNullish)
            _code[at] = new Instruction(instruction.Op, instruction.A, distance);
        else if (distance == (short)distance)
            _code[at] = new Instruction(instruction.Op, instruction.A, instruction.B, (ushort)(short)distance);
        else
            throw ScriptRefusedException.TooLarge(_position);
    }

    public int Constant(in Value value)
    {
        var key = (value.Reference, value.Bits);
        if (_constantIndex.TryGetValue(key, out var index))
            return index;
        index = _constants.Count;
        _constants.Add(value);
        _constantIndex.Add(key, index);
        return index;
    }

    /// <summary>Two constants side by side: the place of the first.</summary>
    public int ConstantPair(in Value first, in Value second)
    {
        _constants.Add(first);
        _constants.Add(second);
        return _constants.Count - 2;
    }

    public int Site(Atom key)
    {
        Sites.Add(new PropertySite(key));
        return Sites.Count - 1;
    }
}

using System.Runtime.CompilerServices;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Compilation;

/// <summary>Expressions: <see cref="CompileAny"/> says where the result is, <see cref="CompileTo"/> puts it where it is wanted.</summary>
internal sealed partial class FunctionCompiler
{
    /// <summary>The register of the result: a name's own, or a new temporary.</summary>
    private int CompileAny(Expression expression)
    {
        var plain = PlainRegister(expression);
        if (plain >= 0)
            return plain;
        var target = Temporary();
        CompileTo(expression, target);
        return target;
    }

    /// <summary>As <see cref="CompileAny"/>, but a copy when what is evaluated after it assigns to the name: <c>x + (x = 2)</c>.</summary>
    private int CompileOperand(Expression expression, Expression? later, Expression? evenLater = null)
    {
        var plain = PlainRegister(expression);
        if (plain < 0)
            return CompileAny(expression);
        var variable = ((Identifier)expression).Variable!;
        if (!AssignmentSearch.Assigns(later, variable) && !AssignmentSearch.Assigns(evenLater, variable))
            return plain;
        var copy = Temporary();
        _code.Emit(Op.Move, copy, plain);
        return copy;
    }

    /// <summary>Whether the code of the expression writes its target only when it is done with everything else.</summary>
    private static bool WritesTargetLast(Expression expression) => expression is
        NumberLiteral or StringLiteral or BooleanLiteral or NullLiteral or Identifier or ThisExpression or BinaryExpression
        or UnaryExpression or CallExpression or NewExpression or MemberExpression or IndexExpression or FunctionExpression
        or TemplateLiteral or AwaitExpression;

    private static Value? ConstantOf(Expression expression, ProgramCompiler program) => expression switch
    {
        NumberLiteral n => Value.Number(n.Value),
        StringLiteral s => program.Text(s.Value),
        BooleanLiteral b => Value.Boolean(b.Value),
        NullLiteral => Value.Null,
        UnaryExpression { Operator: UnaryOperator.Minus, Operand: NumberLiteral n } => Value.Number(-n.Value),
        Identifier { Variable: null, Name: "undefined" } => Value.Undefined,
        _ => null,
    };

    private Value? ConstantOf(Expression expression) => ConstantOf(expression, program);

    private static bool IsSmallInteger(Expression expression, out short integer)
    {
        var number = expression switch
        {
            NumberLiteral n => n.Value,
            UnaryExpression { Operator: UnaryOperator.Minus, Operand: NumberLiteral { Value: not 0 } n } => -n.Value,
            _ => double.NaN,
        };
        integer = double.IsNaN(number) || Math.Abs(number) > short.MaxValue ? (short)0 : (short)number;
        return integer == number;
    }

    private void CompileForEffect(Expression expression)
    {
        switch (expression)
        {
            case AssignmentExpression assignment:
                CompileAssignment(assignment, -1);
                break;
            case UpdateExpression update:
                CompileUpdate(update, -1);
                break;
            case SequenceExpression sequence:
                foreach (var part in sequence.Expressions)
                {
                    var mark = _top;
                    CompileForEffect(part);
                    Release(mark);
                }
                break;
            default:
                CompileTo(expression, Temporary());
                break;
        }
    }

    private void CompileTo(Expression expression, int target)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();                // a + a + a ... is a deep tree without being deeply nested text
        _code.At(expression);
        var mark = _top;
        switch (expression)
        {
            case NumberLiteral e:
                LoadNumber(e.Value, target);
                break;
            case StringLiteral e:
                _code.EmitWide(Op.LoadConstant, target, _code.Constant(program.Text(e.Value)));
                break;
            case BooleanLiteral e:
                _code.Emit(e.Value ? Op.LoadTrue : Op.LoadFalse, target);
                break;
            case NullLiteral:
                _code.Emit(Op.LoadNull, target);
                break;
            case ThisExpression:
                _code.Emit(Op.LoadThis, target);
                break;
            case Identifier e:
                if (e.Variable is { } variable)
                    LoadVariable(variable, target);
                else
                    LoadGlobal(e.Name, target);
                break;
            case TemplateLiteral e:
                CompileTemplate(e, target);
                break;
            case TaggedTemplate e:
                CompileTaggedTemplate(e, target);
                break;
            case RegExpLiteral e:
                CompileRegExp(e, target);
                break;
            case ArrayLiteral e:
                CompileArray(e, target);
                break;
            case ObjectLiteral e:
                CompileObject(e, target);
                break;
            case FunctionExpression e:
                EmitClosure(e.Function, target);
                break;
            case UnaryExpression e:
                CompileUnary(e, target);
                break;
            case UpdateExpression e:
                CompileUpdate(e, target);
                break;
            case BinaryExpression e:
                CompileBinary(e, target);
                break;
            case LogicalExpression e:
                CompileLogical(e, target);
                break;
            case AssignmentExpression e:
                CompileAssignment(e, target);
                break;
            case ConditionalExpression e:
                CompileConditional(e, target);
                break;
            case CallExpression e:
                CompileCall(e, target);
                break;
            case NewExpression e:
                CompileNew(e, target);
                break;
            case MemberExpression e:
                GetMember(CompileAny(e.Object), e.Name, target, e);
                break;
            case IndexExpression e:
                CompileIndex(e, target);
                break;
            case SequenceExpression e:
                for (var i = 0; i < e.Expressions.Count - 1; i++)
                {
                    CompileForEffect(e.Expressions[i]);
                    Release(mark);
                }
                CompileTo(e.Expressions[^1], target);
                break;
            case AwaitExpression e:
                var awaited = CompileAny(e.Argument);
                _code.At(e);
                _code.Emit(Op.Await, target, awaited);
                break;
            default:
                throw new InvalidOperationException($"an expression of type {expression.GetType().Name} has no code");
        }
        Release(mark);
    }

    /// <summary>
    /// A literal as the receiver of <c>test</c> or <c>exec</c>, or as the pattern of a method of strings: while built-ins are unchanged
    /// nothing else gets hold of the object, and one serves all evaluations within a call. Flags that make lastIndex matter while the other
    /// operands are evaluated do not qualify.
    /// </summary>
    private static bool IsKeptReceiver(Expression receiver, string method) =>
        receiver is RegExpLiteral literal && method is "test" or "exec" && !literal.Flags.AsSpan().ContainsAny('g', 'y');

    private static bool IsKeptPattern(CallExpression call) =>
        call.Callee is MemberExpression { Name: "replace" or "split" or "match" or "search" }
            && call.Arguments is [RegExpLiteral literal, ..] && !literal.Flags.Contains('y')
        && (call.Arguments.Count == 1 || call.Arguments is [_, StringLiteral or FunctionExpression or Identifier]);

    /// <param name="literal">The literal.</param>
    /// <param name="target">Takes the object.</param>
    /// <param name="receiver">For a pattern of a string's method: where the string is; <paramref name="target"/> for a receiver; -1 for a
    /// literal that may be kept anywhere.</param>
    private void CompileRegExp(RegExpLiteral literal, int target, int receiver = -1)
    {
        var pattern = TextFacts.Permanent(literal.Pattern);
        switch (RegExpCompiler.Compile(pattern.View, literal.Flags, program.Intrinsics.Runtime))
        {
            case RegExpCompileOutcome.Compiled compiled:
                _regExps.Add(new RegExpSite(
                    literal.Pattern, literal.Flags, compiled.Program, receiver < 0 ? -1 : program.KeptRegExpCount++));
                if (receiver < 0)
                    _code.EmitWide(Op.NewRegExp, target, _regExps.Count - 1);
                else
                    _code.Emit(Op.KeepRegExp, target, _regExps.Count - 1, receiver);
                break;
            case RegExpCompileOutcome.Refused refused:
                throw new ScriptRefusedException(
                    new SyntaxProblem("SyntaxError", $"{refused.Message} in {literal.Position.Line}", literal.Position));
        }
    }

    private void LoadNumber(double number, int target)
    {
        if (number == (int)number && !(number == 0 && double.IsNegative(number)))
            _code.EmitWide(Op.LoadInteger, target, (int)number);
        else
            _code.EmitWide(Op.LoadConstant, target, _code.Constant(Value.Number(number)));
    }

    /// <summary>
    /// A built-in is a constant while no built-in was changed; a global object of the host is made once per call; the rest is looked up.
    /// </summary>
    private void LoadGlobal(string name, int target)
    {
        if (name == "undefined")
        {
            _code.Emit(Op.LoadUndefined, target);
            return;
        }
        var key = program.Atoms.Intern(name);
        if (program.Environment.Globals.ContainsKey(name))
        {
            _code.Emit(Op.LoadHostGlobal, target, program.HostGlobal(name), _code.Site(key));
            return;
        }
        if (IntrinsicOf(name) is { } builtIn)
        {
            _code.Emit(Op.LoadIntrinsic, target, _code.Constant(builtIn), _code.Site(key));
            return;
        }
        _code.Emit(Op.LoadGlobal, target, _code.Site(key));
    }

    private void GetMember(int @object, string name, int target, Node at)
    {
        _code.At(at);
        _code.Emit(name == "length" ? Op.GetLength : Op.GetProperty, target, @object, _code.Site(program.Atoms.Intern(name)));
    }

    /// <summary><c>o['name']</c> is <c>o.name</c>.</summary>
    private static bool IsName(Expression index, out string name)
    {
        name = index is StringLiteral literal ? literal.Value : "";
        return index is StringLiteral && !(name.Length > 0 && char.IsAsciiDigit(name[0]));
    }

    private void CompileIndex(IndexExpression expression, int target)
    {
        if (IsName(expression.Index, out var name))
        {
            GetMember(CompileAny(expression.Object), name, target, expression);
            return;
        }
        var @object = CompileOperand(expression.Object, expression.Index);
        var index = CompileAny(expression.Index);
        _code.At(expression);
        _code.Emit(Op.GetElement, target, @object, index);
    }

    // ---------------------------------------------------------------- operators

    private void CompileUnary(UnaryExpression expression, int target)
    {
        switch (expression.Operator)
        {
            case UnaryOperator.Delete:
                CompileDelete(expression.Operand, target);
                return;
            case UnaryOperator.TypeOf when expression.Operand is Identifier { Variable: null, Name: not "undefined" } global
                && !program.Environment.Globals.ContainsKey(global.Name):
                _code.Emit(Op.TypeOfGlobal, target, _code.Site(program.Atoms.Intern(global.Name)));
                return;
            case UnaryOperator.Void:
                CompileForEffect(expression.Operand);
                _code.Emit(Op.LoadUndefined, target);
                return;
            case UnaryOperator.Minus when expression.Operand is NumberLiteral number:
                LoadNumber(-number.Value, target);
                return;
        }
        var operand = CompileAny(expression.Operand);
        _code.At(expression);
        _code.Emit(expression.Operator switch
        {
            UnaryOperator.Minus => Op.Negate,
            UnaryOperator.Plus => Op.ToNumber,
            UnaryOperator.Not => Op.Not,
            UnaryOperator.BitwiseNot => Op.BitwiseNot,
            _ => Op.TypeOf,
        }, target, operand);
    }

    private void CompileDelete(Expression operand, int target)
    {
        switch (operand)
        {
            case MemberExpression e:
                var @object = CompileAny(e.Object);
                _code.At(e);
                _code.Emit(Op.DeleteProperty, target, @object, _code.Site(program.Atoms.Intern(e.Name)));
                break;
            case IndexExpression e:
                var holder = CompileOperand(e.Object, e.Index);
                var index = CompileAny(e.Index);
                _code.At(e);
                _code.Emit(Op.DeleteElement, target, holder, index);
                break;
            default:
                CompileForEffect(operand);
                _code.Emit(Op.LoadTrue, target);
                break;
        }
    }

    private void CompileBinary(BinaryExpression expression, int target)
    {
        var left = CompileOperand(expression.Left, expression.Right);
        if (IsSmallInteger(expression.Right, out var integer))
        {
            var op = expression.Operator switch
            {
                BinaryOperator.Add => Op.AddInteger,
                BinaryOperator.Subtract => Op.SubtractInteger,
                BinaryOperator.BitwiseAnd => Op.BitwiseAndInteger,
                BinaryOperator.ShiftLeft => Op.ShiftLeftInteger,
                BinaryOperator.ShiftRight => Op.ShiftRightInteger,
                _ => Op.None,
            };
            if (op != Op.None)
            {
                _code.At(expression);
                _code.EmitSigned(op, target, left, integer);
                return;
            }
        }
        var right = CompileAny(expression.Right);
        _code.At(expression);
        _code.Emit(OperationOf(expression.Operator), target, left, right);
    }

    private static Op OperationOf(BinaryOperator @operator) => @operator switch
    {
        BinaryOperator.Add => Op.Add,
        BinaryOperator.Subtract => Op.Subtract,
        BinaryOperator.Multiply => Op.Multiply,
        BinaryOperator.Divide => Op.Divide,
        BinaryOperator.Remainder => Op.Remainder,
        BinaryOperator.Power => Op.Power,
        BinaryOperator.ShiftLeft => Op.ShiftLeft,
        BinaryOperator.ShiftRight => Op.ShiftRight,
        BinaryOperator.ShiftRightUnsigned => Op.ShiftRightUnsigned,
        BinaryOperator.BitwiseAnd => Op.BitwiseAnd,
        BinaryOperator.BitwiseOr => Op.BitwiseOr,
        BinaryOperator.BitwiseXor => Op.BitwiseXor,
        BinaryOperator.Equal => Op.Equal,
        BinaryOperator.NotEqual => Op.NotEqual,
        BinaryOperator.StrictEqual => Op.StrictEqual,
        BinaryOperator.StrictNotEqual => Op.StrictNotEqual,
        BinaryOperator.Less => Op.Less,
        BinaryOperator.LessOrEqual => Op.LessOrEqual,
        BinaryOperator.Greater => Op.Greater,
        BinaryOperator.GreaterOrEqual => Op.GreaterOrEqual,
        BinaryOperator.In => Op.In,
        _ => Op.InstanceOf,
    };

    private void CompileLogical(LogicalExpression expression, int target)
    {
        var end = new Label();
        CompileTo(expression.Left, target);
        _code.Jump(expression.Operator switch
        {
            LogicalOperator.And => Op.JumpIfFalse,
            LogicalOperator.Or => Op.JumpIfTrue,
            _ => Op.JumpIfNotNullish,
        }, target, end);
        CompileTo(expression.Right, target);
        _code.Mark(end);
    }

    private void CompileConditional(ConditionalExpression expression, int target)
    {
        Label otherwise = new(), end = new();
        CompileCondition(expression.Test, otherwise, jumpIf: false);
        CompileTo(expression.Then, target);
        _code.Jump(end);
        _code.Mark(otherwise);
        CompileTo(expression.Else, target);
        _code.Mark(end);
    }

    // ---------------------------------------------------------------- literals

    private void CompileTemplate(TemplateLiteral template, int target)
    {
        if (template.Expressions.Count == 0)
        {
            _code.EmitWide(Op.LoadConstant, target, _code.Constant(program.Text(template.Strings[0])));
            return;
        }
        var first = _top;
        for (var i = 0; i < template.Strings.Count; i++)
        {
            if (template.Strings[i].Length > 0)
                _code.EmitWide(Op.LoadConstant, Temporary(), _code.Constant(program.Text(template.Strings[i])));
            if (i == template.Expressions.Count)
                continue;
            var part = Temporary();
            CompileTo(template.Expressions[i], part);
            _code.At(template.Expressions[i]);
            _code.Emit(Op.ToText, part, part);
        }
        _code.Emit(Op.JoinTexts, target, first, _top - first);
    }

    private void CompileTaggedTemplate(TaggedTemplate expression, int target)
    {
        var callee = Temporaries(2);
        var isMethod = CompileCallee(expression.Tag, callee);
        var template = expression.Template;
        _templates.Add(new TemplateSite(
            program.TemplateCount++, [.. template.Strings.Select(program.Text)], [.. template.Raw.Select(program.Text)]));
        _code.EmitWide(Op.LoadTemplate, Temporary(), _templates.Count - 1);
        foreach (var value in template.Expressions)
            CompileTo(value, Temporary());
        _code.At(expression);
        _code.Emit(isMethod ? Op.CallMethod : Op.Call, callee, template.Expressions.Count + 1, target);
    }

    private void CompileArray(ArrayLiteral literal, int target)
    {
        var array = Temporary();
        _code.EmitWide(Op.NewArray, array, literal.Elements.Count);
        foreach (var element in literal.Elements)
        {
            var mark = _top;
            if (element is null)
                _code.Emit(Op.AppendHole, array);
            else
                _code.Emit(Op.AppendElement, array, CompileAny(element));
            Release(mark);
        }
        _code.Emit(Op.Move, target, array);
    }

    private void CompileObject(ObjectLiteral literal, int target)
    {
        var @object = Temporary();
        _code.Emit(Op.NewObject, @object);
        foreach (var property in literal.Properties)
        {
            var mark = _top;
            _code.At(property);
            if (property.IsPrototypeSetter)
            {
                _code.Emit(Op.InitPrototype, @object, CompileAny(property.Value));
            }
            else if (property is { Kind: PropertyKind.Value, Name: { } name })
            {
                var value = CompileAny(property.Value);
                _code.At(property);
                _code.Emit(Op.InitProperty, @object, value, _code.Site(program.Atoms.Intern(name)));
            }
            else
            {
                var key = Temporary();
                if (property.ComputedName is { } computed)
                {
                    CompileTo(computed, key);
                    _code.At(property);
                    _code.Emit(Op.ToKey, key, @object);
                }
                else
                {
                    _code.EmitWide(Op.LoadConstant, key, _code.Constant(program.Text(property.Name!)));
                }
                var value = CompileAny(property.Value);
                _code.At(property);
                if (property is { Kind: PropertyKind.Value, Value: FunctionExpression }
                    && program.Intrinsics.Runtime == Runtime.CloudFrontJs20)
                {
                    _code.Emit(Op.NameFunction, value, key);
                }
                _code.Emit(property.Kind switch
                {
                    PropertyKind.Getter => Op.InitGetter,
                    PropertyKind.Setter => Op.InitSetter,
                    _ => Op.InitElement,
                }, @object, key, value);
            }
            Release(mark);
        }
        _code.Emit(Op.Move, target, @object);
    }

    // ---------------------------------------------------------------- calls

    /// <summary>What <see cref="Op.CharacterAt"/> jumps over: method and receiver, argument, call.</summary>
    public const int GenericCallLength = 3;

    private void CompileCall(CallExpression call, int target)
    {
        if (call is { Callee: MemberExpression { Name: "charAt" or "charCodeAt" } member, Arguments: [var place] }
            && PlainRegister(member.Object) is >= 0 and var text && PlainRegister(place) is >= 0 and var index)
        {
            _code.At(call);
            _code.KeepTogether([Op.CharacterAt, Op.GetMethodOf, Op.Move, Op.CallMethod]);
            _code.Emit(member.Name == "charAt" ? Op.CharacterAt : Op.CharacterCodeAt, text, index, target);
            var start = _code.Count;
            CompileGenericCall(call, target);
            System.Diagnostics.Debug.Assert(_code.Count - start == GenericCallLength);
            return;
        }
        CompileGenericCall(call, target);
    }

    private void CompileGenericCall(CallExpression call, int target)
    {
        var callee = Temporaries(2);
        var isMethod = CompileCallee(call.Callee, callee);
        var keepsPattern = IsKeptPattern(call);
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            if (i == 0 && keepsPattern)
                CompileRegExp((RegExpLiteral)call.Arguments[0], Temporary(), callee + 1);
            else
                CompileTo(call.Arguments[i], Temporary());
        }
        _code.At(call);
        _code.Emit(isMethod ? Op.CallMethod : Op.Call, callee, call.Arguments.Count, target);
    }

    /// <summary>Function and this into two registers; whether this came with it.</summary>
    private bool CompileCallee(Expression callee, int register)
    {
        switch (callee)
        {
            case MemberExpression e:
                CompileMethod(e, e.Object, e.Name, register);
                return true;
            case IndexExpression e when IsName(e.Index, out var name):
                CompileMethod(e, e.Object, name, register);
                return true;
            case IndexExpression e:
                CompileTo(e.Object, register + 1);
                var mark = _top;
                var index = CompileAny(e.Index);
                _code.At(e);
                _code.Emit(Op.GetElementMethod, register, index);
                Release(mark);
                return true;
            default:
                CompileTo(callee, register);
                return false;
        }
    }

    /// <summary>A method by name and its object; the usual objects of one instruction come with the method.</summary>
    private void CompileMethod(Expression member, Expression @object, string name, int register)
    {
        var key = program.Atoms.Intern(name);
        if (IsKeptReceiver(@object, name))
        {
            CompileRegExp((RegExpLiteral)@object, register + 1, register + 1);
        }
        else if (PlainRegister(@object) is >= 0 and var plain)
        {
            _code.At(member);
            _code.Emit(Op.GetMethodOf, register, plain, _code.Site(key));
            return;
        }
        else if (@object is Identifier { Variable: null } global && IntrinsicOf(global.Name) is { IsObject: true } holder
            && PermanentOf(holder.AsObject, key) is { IsCallable: true } method)
        {
            _code.At(member);
            var site = _code.Site(key);
            _code.Site(program.Atoms.Intern(global.Name));
            _code.Emit(Op.GetIntrinsicMethod, register, _code.ConstantPair(holder, method), site);
            return;
        }
        else
        {
            CompileTo(@object, register + 1);
        }
        _code.At(member);
        _code.Emit(Op.GetMethod, register, 0, _code.Site(key));
    }

    /// <summary>The built-in of a global name; null if there is none, or the host has that name.</summary>
    private Value? IntrinsicOf(string name) =>
        name == "undefined" || program.Environment.Globals.ContainsKey(name)
            ? null
            : PermanentOf(program.Intrinsics.Global, program.Atoms.Intern(name));

    /// <summary>What a property of a built-in is while no built-in is changed; null for accessors and what is not there.</summary>
    private static Value? PermanentOf(JsObject builtIn, Atom key) =>
        builtIn.Table is { } table && table.IndexOf(key) is >= 0 and var place && table.EntryAt(place) is { Flags: var flags } entry
            && (flags & PropertyFlags.Accessor) == 0
            ? entry.Value
            : null;

    private void CompileNew(NewExpression expression, int target)
    {
        var callee = Temporaries(2);
        // a member that is no function is refused by its name; the object's place becomes the instance's
        CompileCallee(expression.Callee, callee);
        foreach (var argument in expression.Arguments)
            CompileTo(argument, Temporary());
        _code.At(expression);
        _code.Emit(Op.New, callee, expression.Arguments.Count, target);
    }
}

using Brink.JavaScript.Syntax;

namespace Brink.JavaScript.Compilation;

/// <summary>Conditions become jumps; comparing and jumping is one instruction.</summary>
internal sealed partial class FunctionCompiler
{
    /// <summary>Jumps to the label if the truth of the expression is <paramref name="jumpIf"/>, else goes on.</summary>
    private void CompileCondition(Expression expression, Label label, bool jumpIf)
    {
        var mark = _top;
        switch (expression)
        {
            case UnaryExpression { Operator: UnaryOperator.Not } not:
                CompileCondition(not.Operand, label, !jumpIf);
                break;
            case BooleanLiteral literal:
                if (literal.Value == jumpIf)
                    _code.Jump(label);
                break;
            case LogicalExpression { Operator: LogicalOperator.And or LogicalOperator.Or } logical:
                // a && b jumps on false if either is false; on true only if both are: the other label is the end.
                if (logical.Operator == LogicalOperator.And == jumpIf)
                {
                    var end = new Label();
                    CompileCondition(logical.Left, end, !jumpIf);
                    CompileCondition(logical.Right, label, jumpIf);
                    _code.Mark(end);
                }
                else
                {
                    CompileCondition(logical.Left, label, jumpIf);
                    CompileCondition(logical.Right, label, jumpIf);
                }
                break;
            case BinaryExpression binary when TryCompileComparison(binary, label, jumpIf):
                break;
            default:
                var value = CompileAny(expression);
                _code.Jump(jumpIf ? Op.JumpIfTrue : Op.JumpIfFalse, value, label);
                break;
        }
        Release(mark);
    }

    private bool TryCompileComparison(BinaryExpression binary, Label label, bool jumpIf)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual:
                CompileOrderComparison(binary, label, jumpIf);
                return true;
            case BinaryOperator.StrictEqual or BinaryOperator.StrictNotEqual or BinaryOperator.Equal or BinaryOperator.NotEqual:
                CompileEquality(binary, label, jumpIf);
                return true;
            default:
                return false;
        }
    }

    private void CompileOrderComparison(BinaryExpression binary, Label label, bool jumpIf)
    {
        var left = CompileOperand(binary.Left, binary.Right);
        var isSmall = IsSmallInteger(binary.Right, out var integer);
        var op = binary.Operator switch
        {
            BinaryOperator.Less => isSmall ? Op.JumpIfLessInteger : Op.JumpIfLess,
            BinaryOperator.LessOrEqual => isSmall ? Op.JumpIfLessOrEqualInteger : Op.JumpIfLessOrEqual,
            BinaryOperator.Greater => isSmall ? Op.JumpIfGreaterInteger : Op.JumpIfGreater,
            _ => isSmall ? Op.JumpIfGreaterOrEqualInteger : Op.JumpIfGreaterOrEqual,
        };
        if (!jumpIf)
            op++;                                                       // the negations follow their operations
        var right = isSmall ? (ushort)integer : CompileAny(binary.Right);
        _code.At(binary);
        _code.CompareAndJump(op, left, right, label);
    }

    private void CompileEquality(BinaryExpression binary, Label label, bool jumpIf)
    {
        var isStrict = binary.Operator is BinaryOperator.StrictEqual or BinaryOperator.StrictNotEqual;
        var jumpIfEqual = jumpIf == binary.Operator is BinaryOperator.StrictEqual or BinaryOperator.Equal;
        var (first, second) = ConstantOf(binary.Left) is null ? (binary.Left, binary.Right) : (binary.Right, binary.Left);
        var constant = ConstantOf(second);
        if (constant is { IsString: true } word && first is UnaryExpression { Operator: UnaryOperator.TypeOf } typeOf
            && !IsGlobalName(typeOf.Operand))
        {
            var operand = CompileAny(typeOf.Operand);
            _code.At(binary);
            _code.CompareAndJump(jumpIfEqual ? Op.JumpIfTypeOf : Op.JumpIfNotTypeOf, operand, _code.Constant(word), label);
            return;
        }
        if (constant is { IsNullish: true } && !isStrict)
        {
            var operand = CompileAny(first);
            _code.At(binary);
            _code.Jump(jumpIfEqual ? Op.JumpIfNullish : Op.JumpIfNotNullish, operand, label);
            return;
        }
        if (constant is { } value && isStrict)
        {
            var operand = CompileAny(first);
            _code.At(binary);
            _code.CompareAndJump(
                jumpIfEqual ? Op.JumpIfStrictEqualConstant : Op.JumpIfStrictNotEqualConstant, operand, _code.Constant(value), label);
            return;
        }
        var left = CompileOperand(binary.Left, binary.Right);
        var right = CompileAny(binary.Right);
        _code.At(binary);
        _code.CompareAndJump((isStrict, jumpIfEqual) switch
        {
            (true, true) => Op.JumpIfStrictEqual,
            (true, false) => Op.JumpIfStrictNotEqual,
            (false, true) => Op.JumpIfEqual,
            _ => Op.JumpIfNotEqual,
        }, left, right, label);
    }

    private static bool IsGlobalName(Expression expression) => expression is Identifier { Variable: null };
}

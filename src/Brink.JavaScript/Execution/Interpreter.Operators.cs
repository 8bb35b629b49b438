using System.Runtime.CompilerServices;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Operators on anything but numbers, by instruction: the loop decides the common cases and shares one way to here.</summary>
internal sealed partial class Interpreter
{
    /// <summary>The result of an arithmetic instruction, or the threw marker.</summary>
    private Value Arithmetic(in Instruction i, ref Value registers)
    {
        ref readonly var left = ref Unsafe.Add(ref registers, i.B);
        switch (i.Op)
        {
            case Op.AddInteger:
                return _realm.Add(left, Value.Number(i.ShortC));
            case Op.SubtractInteger:
                return _realm.Arithmetic(Op.Subtract, left, Value.Number(i.ShortC));
            case Op.ShiftLeftInteger:
                return _realm.Arithmetic(Op.ShiftLeft, left, Value.Number(i.ShortC));
            case Op.ShiftRightInteger:
                return _realm.Arithmetic(Op.ShiftRight, left, Value.Number(i.ShortC));
            case Op.BitwiseAndInteger:
                return _realm.Arithmetic(Op.BitwiseAnd, left, Value.Number(i.ShortC));
            case Op.Negate or Op.ToNumber or Op.BitwiseNot or Op.Increment or Op.Decrement:
                if (!_realm.ToNumber(left, out var number))
                    return Value.Threw;
                return Value.Number(i.Op switch
                {
                    Op.Negate => -number,
                    Op.BitwiseNot => ~Realm.ToInt32(number),
                    Op.Increment => number + 1,
                    Op.Decrement => number - 1,
                    _ => number,
                });
            default:
                return _realm.Arithmetic(i.Op, left, Unsafe.Add(ref registers, i.C));
        }
    }

    /// <summary>True, false, or the threw marker.</summary>
    private Value Test(in Instruction i, in Value left, in Value right)
    {
        bool result;
        var ok = i.Op switch
        {
            Op.Equal or Op.NotEqual => _realm.LooseEquals(left, right, out result),
            Op.In => _realm.In(left, right, out result),
            Op.InstanceOf => _realm.InstanceOf(left, right, out result),
            _ => _realm.Compare(i.Op, left, right, out result),
        };
        return ok ? Value.Boolean(result != (i.Op == Op.NotEqual)) : Value.Threw;
    }

    /// <summary>Whether a comparing jump is taken, or the threw marker.</summary>
    private Value TestToJump(in Instruction i, ref Value registers)
    {
        ref readonly var left = ref Unsafe.Add(ref registers, i.A);
        var right = i.Op is >= Op.JumpIfLessInteger and <= Op.JumpIfNotGreaterOrEqualInteger
            ? Value.Number(i.ShortB)
            : Unsafe.Add(ref registers, i.B);
        bool result;
        var ok = i.Op switch
        {
            Op.JumpIfEqual or Op.JumpIfNotEqual => _realm.LooseEquals(left, right, out result),
            Op.JumpIfLess or Op.JumpIfNotLess or Op.JumpIfLessInteger or Op.JumpIfNotLessInteger =>
                _realm.Compare(Op.Less, left, right, out result),
            Op.JumpIfLessOrEqual or Op.JumpIfNotLessOrEqual or Op.JumpIfLessOrEqualInteger or Op.JumpIfNotLessOrEqualInteger =>
                _realm.Compare(Op.LessOrEqual, left, right, out result),
            Op.JumpIfGreater or Op.JumpIfNotGreater or Op.JumpIfGreaterInteger or Op.JumpIfNotGreaterInteger =>
                _realm.Compare(Op.Greater, left, right, out result),
            _ => _realm.Compare(Op.GreaterOrEqual, left, right, out result),
        };
        return ok ? Value.Boolean(result != IsNegated(i.Op)) : Value.Threw;
    }

    private static bool IsNegated(Op op) => op is Op.JumpIfNotEqual
        or Op.JumpIfNotLess or Op.JumpIfNotLessOrEqual or Op.JumpIfNotGreater or Op.JumpIfNotGreaterOrEqual
        or Op.JumpIfNotLessInteger or Op.JumpIfNotLessOrEqualInteger or Op.JumpIfNotGreaterInteger or Op.JumpIfNotGreaterOrEqualInteger;
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// The dispatch loop. Calls between functions of the script push a frame and go on in the same loop; only natives that call back, getters and
/// conversions run a loop inside of a loop (decision 0001). Everything that is not the common case of an instruction is a method elsewhere.
/// </summary>
internal sealed partial class Interpreter(Realm realm)
{
    private readonly Realm _realm = realm;
    private readonly Dictionary<int, Value> _templates = [];

    /// <summary>Module bindings and host globals of this call, by slot. Longer than the program needs, maybe.</summary>
    public Value[] Module = [];

    public ProgramCode Program = null!;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Value At(ref Value registers, int index) => ref Unsafe.Add(ref registers, index);

    /// <summary>A number into a register that probably holds one: then no reference is written, and the collector need not know.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetNumber(ref Value target, double number)
    {
        if (target.IsNumber)
            Unsafe.AsRef(in target.Bits) = BitConverter.DoubleToInt64Bits(number);
        else
            target = Value.Number(number);
    }

    private static VariableCell CellOf(in Value register) => Unsafe.As<VariableCell>(register.Reference!);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Truth(in Value value) => value.IsBoolean ? value.AsBoolean : Realm.ToBoolean(value);

    private static bool IsTypeOf(in Value value, in Value name) => Realm.TypeOf(value).IsSame(name);

    private Value CallNative(NativeFunction native, ref Value callee, int count)
    {
        _realm.Charge(1);
        return native.Code(_realm, At(ref callee, 1), MemoryMarshal.CreateReadOnlySpan(ref At(ref callee, 2), count));
    }

    /// <summary>Runs the frame on top, and all that it calls, until it returns.</summary>
    [SkipLocalsInit]
    private Value Execute(bool isThrowing)
    {
        var realm = _realm;
        var frame = _frames[_depth];
        var pc = frame.Pc;
        ref var code = ref MemoryMarshal.GetArrayDataReference(frame.Code.Code);
        ref var r = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(frame.Stack), frame.Base);
        Value result;
        bool taken;
        if (isThrowing)
            goto Throw;

    Reload:
        frame = _frames[_depth];
        pc = frame.Pc;
        code = ref MemoryMarshal.GetArrayDataReference(frame.Code.Code);
        r = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(frame.Stack), frame.Base);

        for (; ; )
        {
            var i = Unsafe.Add(ref code, pc++);
            switch (i.Op)
            {
                case Op.Move:
                    At(ref r, i.A) = At(ref r, i.B);
                    continue;

                case Op.LoadConstant:
                    At(ref r, i.A) = frame.Code.Constants[i.Wide];
                    continue;

                case Op.LoadInteger:
                    SetNumber(ref At(ref r, i.A), i.Wide);
                    continue;

                case Op.LoadUndefined:
                    At(ref r, i.A) = default;
                    continue;

                case Op.LoadNull:
                    At(ref r, i.A) = Value.Null;
                    continue;

                case Op.LoadTrue:
                    At(ref r, i.A) = Value.True;
                    continue;

                case Op.LoadFalse:
                    At(ref r, i.A) = Value.False;
                    continue;

                case Op.LoadUninitialized:
                    At(ref r, i.A) = Value.Uninitialized;
                    continue;

                case Op.LoadThis:
                    At(ref r, i.A) = At(ref r, -1);
                    continue;

                case Op.LoadCallee:
                    At(ref r, i.A) = At(ref r, -2);
                    continue;

                case Op.CheckInitialized:
                    if (At(ref r, i.A).IsUninitialized)
                        goto Uninitialized;
                    continue;

                case Op.ThrowConstant:
                    realm.ThrowTypeError("assignment to constant variable");
                    goto Throw;

                case Op.LoadModule:
                    At(ref r, i.A) = Module[i.B];
                    continue;

                case Op.LoadModuleChecked:
                    result = Module[i.B];
                    if (result.IsUninitialized)
                        goto Uninitialized;
                    At(ref r, i.A) = result;
                    continue;

                case Op.StoreModule:
                    Module[i.B] = At(ref r, i.A);
                    continue;

                case Op.StoreModuleChecked:
                    if (Module[i.B].IsUninitialized)
                        goto Uninitialized;
                    Module[i.B] = At(ref r, i.A);
                    continue;

                case Op.NewCell:
                    realm.Allocate(VariableCell.Cost);
                    At(ref r, i.A) = Value.Internal(new VariableCell(i.B == 0 ? default : Value.Uninitialized));
                    continue;

                case Op.WrapCell:
                    realm.Allocate(VariableCell.Cost);
                    At(ref r, i.A) = Value.Internal(new VariableCell(At(ref r, i.A)));
                    continue;

                case Op.CopyCell:
                    realm.Allocate(VariableCell.Cost);
                    At(ref r, i.A) = Value.Internal(new VariableCell(CellOf(At(ref r, i.A)).Content));
                    continue;

                case Op.LoadCell:
                    At(ref r, i.A) = CellOf(At(ref r, i.B)).Content;
                    continue;

                case Op.LoadCellChecked:
                    result = CellOf(At(ref r, i.B)).Content;
                    if (result.IsUninitialized)
                        goto Uninitialized;
                    At(ref r, i.A) = result;
                    continue;

                case Op.StoreCell:
                    CellOf(At(ref r, i.B)).Content = At(ref r, i.A);
                    continue;

                case Op.StoreCellChecked:
                    if (CellOf(At(ref r, i.B)).Content.IsUninitialized)
                        goto Uninitialized;
                    CellOf(At(ref r, i.B)).Content = At(ref r, i.A);
                    continue;

                case Op.LoadCaptured:
                    At(ref r, i.A) = frame.Function.Captures[i.B].Content;
                    continue;

                case Op.LoadCapturedChecked:
                    result = frame.Function.Captures[i.B].Content;
                    if (result.IsUninitialized)
                        goto Uninitialized;
                    At(ref r, i.A) = result;
                    continue;

                case Op.StoreCaptured:
                    frame.Function.Captures[i.B].Content = At(ref r, i.A);
                    continue;

                case Op.StoreCapturedChecked:
                    if (frame.Function.Captures[i.B].Content.IsUninitialized)
                        goto Uninitialized;
                    frame.Function.Captures[i.B].Content = At(ref r, i.A);
                    continue;

                case Op.LoadIntrinsic:
                    if (!realm.HasPatchedIntrinsics)
                    {
                        At(ref r, i.A) = frame.Code.Constants[i.B];
                        continue;
                    }
                    frame.Pc = pc;
                    result = LoadGlobal(frame.Code.Sites[i.C]);
                    goto Result;

                case Op.LoadGlobal:
                    frame.Pc = pc;
                    result = LoadGlobal(frame.Code.Sites[i.B]);
                    goto Result;

                case Op.StoreGlobal:
                    frame.Pc = pc;
                    if (!StoreGlobal(frame.Code.Sites[i.B], At(ref r, i.A)))
                        goto Throw;
                    continue;

                case Op.TypeOfGlobal:
                    frame.Pc = pc;
                    result = TypeOfGlobal(frame.Code.Sites[i.B]);
                    goto Result;

                case Op.LoadHostGlobal:
                    frame.Pc = pc;
                    result = LoadHostGlobal(i.B, frame.Code.Sites[i.C]);
                    goto Result;

                case Op.Import:
                    frame.Pc = pc;
                    result = Import(frame.Code.Constants[i.Wide]);
                    goto Result;

                case Op.Add:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber + At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Add(At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.AddInteger:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber + i.ShortC);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Add(At(ref r, i.B), Value.Number(i.ShortC));
                    goto Result;

                case Op.Subtract:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber - At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.Subtract, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.SubtractInteger:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber - i.ShortC);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.Subtract, At(ref r, i.B), Value.Number(i.ShortC));
                    goto Result;

                case Op.Multiply:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber * At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.Multiply, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.Divide:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber / At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.Divide, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.Remainder:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.Remainder(At(ref r, i.B).AsNumber, At(ref r, i.C).AsNumber));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.Remainder, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.Power:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.Power(At(ref r, i.B).AsNumber, At(ref r, i.C).AsNumber));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.Power, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.ShiftLeft:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) << (Realm.ToInt32(At(ref r, i.C).AsNumber) & 31));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.ShiftLeft, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.ShiftRight:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) >> (Realm.ToInt32(At(ref r, i.C).AsNumber) & 31));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.ShiftRight, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.ShiftRightUnsigned:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), (uint)Realm.ToInt32(At(ref r, i.B).AsNumber) >> (Realm.ToInt32(At(ref r, i.C).AsNumber) & 31));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.ShiftRightUnsigned, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.BitwiseAnd:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) & Realm.ToInt32(At(ref r, i.C).AsNumber));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.BitwiseAnd, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.BitwiseOr:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) | Realm.ToInt32(At(ref r, i.C).AsNumber));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.BitwiseOr, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.BitwiseXor:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) ^ Realm.ToInt32(At(ref r, i.C).AsNumber));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.BitwiseXor, At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.ShiftLeftInteger:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) << (i.ShortC & 31));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.ShiftLeft, At(ref r, i.B), Value.Number(i.ShortC));
                    goto Result;

                case Op.ShiftRightInteger:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) >> (i.ShortC & 31));
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.ShiftRight, At(ref r, i.B), Value.Number(i.ShortC));
                    goto Result;

                case Op.BitwiseAndInteger:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), Realm.ToInt32(At(ref r, i.B).AsNumber) & i.ShortC);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.Arithmetic(Op.BitwiseAnd, At(ref r, i.B), Value.Number(i.ShortC));
                    goto Result;

                case Op.Negate:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), -At(ref r, i.B).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.ToNumber(At(ref r, i.B), out var negated))
                        goto Throw;
                    At(ref r, i.A) = Value.Number(-negated);
                    continue;

                case Op.ToNumber:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.ToNumber(At(ref r, i.B), out var converted))
                        goto Throw;
                    At(ref r, i.A) = Value.Number(converted);
                    continue;

                case Op.BitwiseNot:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), ~Realm.ToInt32(At(ref r, i.B).AsNumber));
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.ToNumber(At(ref r, i.B), out var inverted))
                        goto Throw;
                    At(ref r, i.A) = Value.Number(~Realm.ToInt32(inverted));
                    continue;

                case Op.Increment:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber + 1);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.ToNumber(At(ref r, i.B), out var incremented))
                        goto Throw;
                    At(ref r, i.A) = Value.Number(incremented + 1);
                    continue;

                case Op.Decrement:
                    if (At(ref r, i.B).IsNumber)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).AsNumber - 1);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.ToNumber(At(ref r, i.B), out var decremented))
                        goto Throw;
                    At(ref r, i.A) = Value.Number(decremented - 1);
                    continue;

                case Op.Not:
                    At(ref r, i.A) = Value.Boolean(!Truth(At(ref r, i.B)));
                    continue;

                case Op.TypeOf:
                    At(ref r, i.A) = Realm.TypeOf(At(ref r, i.B));
                    continue;

                case Op.Equal:
                    frame.Pc = pc;
                    if (!realm.LooseEquals(At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(taken);
                    continue;

                case Op.NotEqual:
                    frame.Pc = pc;
                    if (!realm.LooseEquals(At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(!taken);
                    continue;

                case Op.StrictEqual:
                    At(ref r, i.A) = Value.Boolean(realm.StrictEquals(At(ref r, i.B), At(ref r, i.C)));
                    continue;

                case Op.StrictNotEqual:
                    At(ref r, i.A) = Value.Boolean(!realm.StrictEquals(At(ref r, i.B), At(ref r, i.C)));
                    continue;

                case Op.Less:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        At(ref r, i.A) = Value.Boolean(At(ref r, i.B).AsNumber < At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Less, At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(taken);
                    continue;

                case Op.LessOrEqual:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        At(ref r, i.A) = Value.Boolean(At(ref r, i.B).AsNumber <= At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.LessOrEqual, At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(taken);
                    continue;

                case Op.Greater:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        At(ref r, i.A) = Value.Boolean(At(ref r, i.B).AsNumber > At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Greater, At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(taken);
                    continue;

                case Op.GreaterOrEqual:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.C).IsNumber)
                    {
                        At(ref r, i.A) = Value.Boolean(At(ref r, i.B).AsNumber >= At(ref r, i.C).AsNumber);
                        continue;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.GreaterOrEqual, At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(taken);
                    continue;

                case Op.In:
                    frame.Pc = pc;
                    if (!realm.In(At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(taken);
                    continue;

                case Op.InstanceOf:
                    frame.Pc = pc;
                    if (!realm.InstanceOf(At(ref r, i.B), At(ref r, i.C), out taken))
                        goto Throw;
                    At(ref r, i.A) = Value.Boolean(taken);
                    continue;

                case Op.Jump:
                    pc += i.Wide;
                    continue;

                case Op.JumpBack:
                    pc += i.Wide;
                    realm.Charge(LoopCost(i.Wide));
                    continue;

                case Op.JumpIfTrue:
                    if (Truth(At(ref r, i.A)))
                    {
                        pc += i.Wide;
                        if (i.Wide < 0)
                            realm.Charge(LoopCost(i.Wide));
                    }
                    continue;

                case Op.JumpIfFalse:
                    if (!Truth(At(ref r, i.A)))
                    {
                        pc += i.Wide;
                        if (i.Wide < 0)
                            realm.Charge(LoopCost(i.Wide));
                    }
                    continue;

                case Op.JumpIfNullish:
                    if (At(ref r, i.A).IsNullish)
                    {
                        pc += i.Wide;
                        if (i.Wide < 0)
                            realm.Charge(LoopCost(i.Wide));
                    }
                    continue;

                case Op.JumpIfNotNullish:
                    if (!At(ref r, i.A).IsNullish)
                    {
                        pc += i.Wide;
                        if (i.Wide < 0)
                            realm.Charge(LoopCost(i.Wide));
                    }
                    continue;

                case Op.JumpIfLess:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber < At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Less, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotLess:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber < At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Less, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfLessOrEqual:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber <= At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.LessOrEqual, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotLessOrEqual:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber <= At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.LessOrEqual, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfGreater:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber > At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Greater, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotGreater:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber > At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Greater, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfGreaterOrEqual:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber >= At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.GreaterOrEqual, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotGreaterOrEqual:
                    if (At(ref r, i.A).IsNumber && At(ref r, i.B).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber >= At(ref r, i.B).AsNumber);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.GreaterOrEqual, At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfLessInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber < i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Less, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotLessInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber < i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Less, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfLessOrEqualInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber <= i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.LessOrEqual, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotLessOrEqualInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber <= i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.LessOrEqual, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfGreaterInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber > i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Greater, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotGreaterInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber > i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.Greater, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfGreaterOrEqualInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = (At(ref r, i.A).AsNumber >= i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.GreaterOrEqual, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotGreaterOrEqualInteger:
                    if (At(ref r, i.A).IsNumber)
                    {
                        taken = !(At(ref r, i.A).AsNumber >= i.ShortB);
                        goto Branch;
                    }
                    frame.Pc = pc;
                    if (!realm.Compare(Op.GreaterOrEqual, At(ref r, i.A), Value.Number(i.ShortB), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfStrictEqual:
                    taken = realm.StrictEquals(At(ref r, i.A), At(ref r, i.B));
                    goto Branch;

                case Op.JumpIfStrictNotEqual:
                    taken = !realm.StrictEquals(At(ref r, i.A), At(ref r, i.B));
                    goto Branch;

                case Op.JumpIfStrictEqualConstant:
                    taken = realm.StrictEquals(At(ref r, i.A), frame.Code.Constants[i.B]);
                    goto Branch;

                case Op.JumpIfStrictNotEqualConstant:
                    taken = !realm.StrictEquals(At(ref r, i.A), frame.Code.Constants[i.B]);
                    goto Branch;

                case Op.JumpIfEqual:
                    frame.Pc = pc;
                    if (!realm.LooseEquals(At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    goto Branch;

                case Op.JumpIfNotEqual:
                    frame.Pc = pc;
                    if (!realm.LooseEquals(At(ref r, i.A), At(ref r, i.B), out taken))
                        goto Throw;
                    taken = !taken;
                    goto Branch;

                case Op.JumpIfTypeOf:
                    taken = IsTypeOf(At(ref r, i.A), frame.Code.Constants[i.B]);
                    goto Branch;

                case Op.JumpIfNotTypeOf:
                    taken = !IsTypeOf(At(ref r, i.A), frame.Code.Constants[i.B]);
                    goto Branch;

                case Op.GetProperty:
                    {
                        ref readonly var target = ref At(ref r, i.B);
                        var site = frame.Code.Sites[i.C];
                        if (target.IsObject)
                        {
                            var @object = target.AsObject;
                            var entry = site.Entry;
                            if (ReferenceEquals(@object.Shape, entry.OwnShape))
                            {
                                At(ref r, i.A) = @object.Slots[entry.Slot];
                                continue;
                            }
                        }
                        frame.Pc = pc;
                        result = GetProperty(site, target);
                        goto Result;
                    }

                case Op.GetLength:
                    if (At(ref r, i.B).IsString)
                    {
                        SetNumber(ref At(ref r, i.A), At(ref r, i.B).Length);
                        continue;
                    }
                    if (At(ref r, i.B).Reference is JsArray sized)
                    {
                        SetNumber(ref At(ref r, i.A), sized.Length);
                        continue;
                    }
                    frame.Pc = pc;
                    result = GetProperty(frame.Code.Sites[i.C], At(ref r, i.B));
                    goto Result;

                case Op.GetElement:
                    if (At(ref r, i.C).IsNumber && At(ref r, i.B).Reference is JsArray readFrom)
                    {
                        var number = At(ref r, i.C).AsNumber;
                        var index = (int)number;
                        if (index == number && (uint)index < (uint)readFrom.Stored && !readFrom.Elements[index].IsAbsent)
                        {
                            At(ref r, i.A) = readFrom.Elements[index];
                            continue;
                        }
                    }
                    frame.Pc = pc;
                    result = realm.GetElement(At(ref r, i.B), At(ref r, i.C));
                    goto Result;

                case Op.SetProperty:
                    {
                        ref readonly var target = ref At(ref r, i.A);
                        var site = frame.Code.Sites[i.C];
                        if (target.IsObject)
                        {
                            var @object = target.AsObject;
                            var entry = site.Entry;
                            if (ReferenceEquals(@object.Shape, entry.OwnShape))
                            {
                                @object.Slots[entry.Slot] = At(ref r, i.B);
                                continue;
                            }
                        }
                        frame.Pc = pc;
                        if (!SetProperty(site, target, At(ref r, i.B)))
                            goto Throw;
                        continue;
                    }

                case Op.SetElement:
                    if (At(ref r, i.B).IsNumber && At(ref r, i.A).Reference is JsArray { IsFrozen: false } writtenTo)
                    {
                        var number = At(ref r, i.B).AsNumber;
                        var index = (int)number;
                        if (index == number && (uint)index < (uint)writtenTo.Stored && !writtenTo.Elements[index].IsAbsent)
                        {
                            writtenTo.Elements[index] = At(ref r, i.C);
                            continue;
                        }
                    }
                    frame.Pc = pc;
                    if (!realm.SetElement(At(ref r, i.A), At(ref r, i.B), At(ref r, i.C)))
                        goto Throw;
                    continue;

                case Op.DeleteProperty:
                    frame.Pc = pc;
                    if (!realm.Delete(At(ref r, i.B), frame.Code.Sites[i.C].Key))
                        goto Throw;
                    At(ref r, i.A) = Value.True;
                    continue;

                case Op.DeleteElement:
                    frame.Pc = pc;
                    if (!realm.DeleteElement(At(ref r, i.B), At(ref r, i.C)))
                        goto Throw;
                    At(ref r, i.A) = Value.True;
                    continue;

                case Op.ToKey:
                    if (At(ref r, i.A).IsNumber || At(ref r, i.A).IsString)
                    {
                        if (!At(ref r, i.B).IsNullish)
                            continue;
                    }
                    frame.Pc = pc;
                    result = realm.ToKeyValue(At(ref r, i.A), At(ref r, i.B));
                    goto Result;

                case Op.GetMethod:
                    frame.Pc = pc;
                    result = GetMethod(frame.Code.Sites[i.C], At(ref r, i.A + 1));
                    goto Result;

                case Op.GetElementMethod:
                    frame.Pc = pc;
                    result = GetElementMethod(At(ref r, i.A + 1), At(ref r, i.B));
                    goto Result;

                case Op.NewObject:
                    At(ref r, i.A) = Value.Object(realm.NewObject(i.Wide));
                    continue;

                case Op.InitProperty:
                    InitProperty(frame.Code.Sites[i.C], At(ref r, i.A).AsObject, At(ref r, i.B));
                    continue;

                case Op.InitElement:
                    frame.Pc = pc;
                    if (!realm.DefineElement(At(ref r, i.A).AsObject, At(ref r, i.B), At(ref r, i.C)))
                        goto Throw;
                    continue;

                case Op.InitGetter:
                    InitAccessor(At(ref r, i.A), realm.KeyOf(At(ref r, i.B)), At(ref r, i.C), isGetter: true);
                    continue;

                case Op.InitSetter:
                    InitAccessor(At(ref r, i.A), realm.KeyOf(At(ref r, i.B)), At(ref r, i.C), isGetter: false);
                    continue;

                case Op.InitPrototype:
                    if (At(ref r, i.B).IsObject)
                        At(ref r, i.A).AsObject.Prototype = At(ref r, i.B).AsObject;
                    else if (At(ref r, i.B).IsNull)
                        At(ref r, i.A).AsObject.Prototype = null;
                    continue;

                case Op.NewArray:
                    At(ref r, i.A) = Value.Object(realm.NewArray(i.Wide));
                    continue;

                case Op.AppendElement:
                    Unsafe.As<JsArray>(At(ref r, i.A).Reference!).Push(realm, At(ref r, i.B));
                    continue;

                case Op.AppendHole:
                    {
                        var holed = Unsafe.As<JsArray>(At(ref r, i.A).Reference!);
                        holed.SetLength(realm, holed.Length + 1);
                        continue;
                    }

                case Op.NewRegExp:
                    frame.Pc = pc;
                    result = realm.NewRegExp(frame.Code.RegExps[i.Wide]);
                    goto Result;

                case Op.LoadTemplate:
                    At(ref r, i.A) = LoadTemplate(frame.Code.Templates[i.Wide]);
                    continue;

                case Op.NewClosure:
                    At(ref r, i.A) = NewClosure(frame.Code.Functions[i.Wide], frame);
                    continue;

                case Op.ToText:
                    if (At(ref r, i.B).IsString)
                    {
                        At(ref r, i.A) = At(ref r, i.B);
                        continue;
                    }
                    frame.Pc = pc;
                    result = realm.ToText(At(ref r, i.B));
                    goto Result;

                case Op.JoinTexts:
                    At(ref r, i.A) = realm.Join(MemoryMarshal.CreateReadOnlySpan(ref At(ref r, i.B), i.C));
                    continue;

                case Op.Call:
                    At(ref r, i.A + 1) = default;
                    goto case Op.CallMethod;

                case Op.CallMethod:
                    frame.Pc = pc;
                    if (At(ref r, i.A).Reference is Closure callee)
                    {
                        if (!Enter(callee, frame.Stack, frame.Chunk, frame.Base + i.A + 2, i.B, i.C, FrameFlags.None))
                            goto Throw;
                        goto Reload;
                    }
                    result = At(ref r, i.A).Reference is NativeFunction native
                        ? CallNative(native, ref At(ref r, i.A), i.B)
                        : realm.Call(At(ref r, i.A), At(ref r, i.A + 1), MemoryMarshal.CreateReadOnlySpan(ref At(ref r, i.A + 2), i.B));
                    if (result.IsThrew)
                        goto Throw;
                    At(ref r, i.C) = result;
                    continue;

                case Op.New:
                    frame.Pc = pc;
                    if (At(ref r, i.A).Reference is Closure { IsConstructor: true } constructor)
                    {
                        result = NewInstance(constructor);
                        if (result.IsThrew)
                            goto Throw;
                        At(ref r, i.A + 1) = result;
                        if (!Enter(constructor, frame.Stack, frame.Chunk, frame.Base + i.A + 2, i.B, i.C, FrameFlags.Construct))
                            goto Throw;
                        goto Reload;
                    }
                    result = realm.Construct(At(ref r, i.A), MemoryMarshal.CreateReadOnlySpan(ref At(ref r, i.A + 2), i.B));
                    if (result.IsThrew)
                        goto Throw;
                    At(ref r, i.C) = result;
                    continue;

                case Op.Return:
                    result = At(ref r, i.A);
                    goto Return;

                case Op.ReturnUndefined:
                    result = default;
                    goto Return;

                case Op.Await:
                    frame.Pc = pc;
                    result = Suspend(frame, i.A, At(ref r, i.B));
                    _depth--;
                    if ((frame.Flags & FrameFlags.Entry) != 0)
                        return result;
                    {
                        var resultRegister = frame.ResultRegister;
                        frame = _frames[_depth];
                        frame.Stack[frame.Base + resultRegister] = result;
                    }
                    goto Reload;

                case Op.Throw:
                    frame.Pc = pc;
                    realm.Throw(At(ref r, i.A));
                    goto Throw;

                case Op.Rethrow:
                    frame.Pc = pc;
                    realm.Throw(At(ref r, i.A));
                    goto Throw;

                case Op.ForInStart:
                    frame.Pc = pc;
                    At(ref r, i.A) = Value.Internal(new KeyEnumeration(realm, At(ref r, i.B)));
                    continue;

                case Op.ForInNext:
                    if (!Unsafe.As<KeyEnumeration>(At(ref r, i.A).Reference!).TryNext(realm, out At(ref r, i.B)))
                        pc += i.ShortC;
                    continue;

                default:
                    throw new InvalidOperationException($"no such operation: {i.Op}");
            }

        Branch:
            if (!taken)
                continue;
            pc += i.ShortC;
            if (i.ShortC < 0)
                realm.Charge(LoopCost(i.ShortC));
            continue;

        Result:
            if (result.IsThrew)
                goto Throw;
            At(ref r, i.A) = result;
        }

    Return:
        if (frame.Flags != FrameFlags.None)
        {
            var flags = frame.Flags;
            result = Leave(frame, result);
            _depth--;
            if ((flags & FrameFlags.Entry) != 0)
                return result;
        }
        else
        {
            _depth--;
        }
        {
            var resultRegister = frame.ResultRegister;
            frame = _frames[_depth];
            frame.Stack[frame.Base + resultRegister] = result;
        }
        goto Reload;

    Uninitialized:
        realm.Throw(ErrorType.ReferenceError, "cannot access variable before initialization");

    Throw:
        frame.Pc = pc;
        if (!Unwind(out result))
            return result;
        goto Reload;
    }

    /// <summary>Steps for one round of a loop: one, and one for every eight instructions of its body.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LoopCost(int distance) => 1 + (-distance >> 3);
}

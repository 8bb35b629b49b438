using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// The dispatch loop. Calls between functions of the script push a frame and go on in the same loop; only natives that call back, getters
/// and conversions run a loop inside of a loop (decision 0001). Everything that is not the common case of an instruction is a method
/// elsewhere.
/// </summary>
internal sealed partial class Interpreter(Realm realm)
{
    private readonly Realm _realm = realm;
    private readonly Dictionary<int, Value> _templates = [];

    /// <summary>Module bindings and host globals of this call, by slot. Longer than the program needs, maybe.</summary>
    public Value[] Module = [];

    public ProgramCode Program = null!;

    /// <summary>
    /// A number into a register that probably holds one: then no reference is written, and the collector need not know. The number goes
    /// first, from where it was computed: behind the write of a reference, which is a call, it would have to wait on the stack.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetNumber(ref Value target, Tag tag, double number)
    {
        Unsafe.As<long, double>(ref Unsafe.AsRef(in target.Bits)) = number;
        if (target.Reference != tag)
            Unsafe.AsRef(in target.Reference) = tag;
    }

    /// <summary>A value into a register that held one with the same reference, maybe: then the collector need not know either.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetValue(ref Value target, in Value value)
    {
        Unsafe.AsRef(in target.Bits) = value.Bits;
        if (!ReferenceEquals(target.Reference, value.Reference))
            Unsafe.AsRef(in target.Reference) = value.Reference;
    }

    private static VariableCell CellOf(in Value register) => Unsafe.As<VariableCell>(register.Reference!);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Truth(in Value value) => value.IsBoolean ? value.AsBoolean : Realm.ToBoolean(value);

    private static bool IsTypeOf(in Value value, in Value name) => Realm.TypeOf(value).IsSame(name);

    /// <summary>Whether it is a text or an array, and how many places it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasPlaces(in Value value, out double count)
    {
        if (value.Reference is { Kind: CellKind.Text or CellKind.AstralText or CellKind.ByteText })
        {
            count = value.Length;
            return true;
        }
        if (value.Reference is JsArray array)
        {
            count = array.Length;
            return true;
        }
        count = 0;
        return false;
    }

    private Value CallNative(NativeFunction native, ref Value callee, int count)
    {
        _realm.Pay(Price.NativeCall);
        return native.Run(_realm, Unsafe.Add(ref callee, 1), MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref callee, 2), count));
    }

    /// <summary>
    /// Runs the frame on top, and all that it calls, until it returns. The JIT inlines nothing more once a method has 512 locals, and every
    /// inlined call brings some: so registers are reached by <c>Unsafe.Add</c>, which it knows, and slow ways are shared or elsewhere. Past
    /// that bound a register cost a call.
    /// </summary>
    [SkipLocalsInit]
    private unsafe Value Execute(bool isThrowing)
    {
        var realm = _realm;
        // in a register or on the stack, where reading it from the class would take two instructions each time
        var number = Tag.Number;
        var frame = _frames[_depth];
        var i = frame.At;
        ref var r = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(frame.Stack), frame.Base);
        ref var constants = ref MemoryMarshal.GetArrayDataReference(frame.Code.Constants);
        ref PropertySite sites = ref MemoryMarshal.GetArrayDataReference(frame.Code.Sites);
        Value result;
        if (isThrowing)
            goto Throw;

    Reload:
        frame = _frames[_depth];
        i = frame.At;
        r = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(frame.Stack), frame.Base);
        constants = ref MemoryMarshal.GetArrayDataReference(frame.Code.Constants);
        sites = ref MemoryMarshal.GetArrayDataReference(frame.Code.Sites);

        for (; ; )
        {
            switch ((++i)->Op)
            {
                case Op.Pay:
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    continue;

                case Op.Move:
                    SetValue(ref Unsafe.Add(ref r, i->A), Unsafe.Add(ref r, i->B));
                    continue;

                case Op.LoadConstant:
                    Unsafe.Add(ref r, i->A) = Unsafe.Add(ref constants, i->Wide);
                    continue;

                case Op.LoadInteger:
                    SetNumber(ref Unsafe.Add(ref r, i->A), number, i->Wide);
                    continue;

                case Op.LoadUndefined:
                    Unsafe.Add(ref r, i->A) = default;
                    continue;

                case Op.LoadNull:
                    Unsafe.Add(ref r, i->A) = Value.Null;
                    continue;

                case Op.LoadTrue:
                    Unsafe.Add(ref r, i->A) = Value.True;
                    continue;

                case Op.LoadFalse:
                    Unsafe.Add(ref r, i->A) = Value.False;
                    continue;

                case Op.LoadUninitialized:
                    Unsafe.Add(ref r, i->A) = Value.Uninitialized;
                    continue;

                case Op.LoadThis:
                    Unsafe.Add(ref r, i->A) = Unsafe.Add(ref r, -1);
                    continue;

                case Op.LoadCallee:
                    Unsafe.Add(ref r, i->A) = Unsafe.Add(ref r, -2);
                    continue;

                case Op.CheckInitialized:
                    if (Unsafe.Add(ref r, i->A).IsUninitialized)
                        goto Uninitialized;
                    continue;

                case Op.ThrowConstant:
                    realm.ThrowTypeError("assignment to constant variable");
                    goto Throw;

                case Op.ThrowNotDefined:
                    frame.At = i;
                    ThrowNotDefined(Unsafe.Add(ref sites, i->A).Key);
                    goto Throw;

                case Op.LoadModule:
                    Unsafe.Add(ref r, i->A) = Module[i->B];
                    continue;

                case Op.LoadModuleChecked:
                    result = Module[i->B];
                    if (result.IsUninitialized)
                        goto Uninitialized;
                    Unsafe.Add(ref r, i->A) = result;
                    continue;

                case Op.StoreModule:
                    Module[i->B] = Unsafe.Add(ref r, i->A);
                    continue;

                case Op.StoreModuleChecked:
                    if (Module[i->B].IsUninitialized)
                        goto Uninitialized;
                    Module[i->B] = Unsafe.Add(ref r, i->A);
                    continue;

                case Op.NewCell:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Internal(realm.NewCell(i->B == 0 ? default : Value.Uninitialized));
                    continue;

                case Op.WrapCell:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Internal(realm.NewCell(Unsafe.Add(ref r, i->A)));
                    continue;

                case Op.CopyCell:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Internal(realm.NewCell(CellOf(Unsafe.Add(ref r, i->A)).Content));
                    continue;

                case Op.LoadCell:
                    Unsafe.Add(ref r, i->A) = CellOf(Unsafe.Add(ref r, i->B)).Content;
                    continue;

                case Op.LoadCellChecked:
                    result = CellOf(Unsafe.Add(ref r, i->B)).Content;
                    if (result.IsUninitialized)
                        goto Uninitialized;
                    Unsafe.Add(ref r, i->A) = result;
                    continue;

                case Op.StoreCell:
                    CellOf(Unsafe.Add(ref r, i->B)).Content = Unsafe.Add(ref r, i->A);
                    continue;

                case Op.StoreCellChecked:
                    if (CellOf(Unsafe.Add(ref r, i->B)).Content.IsUninitialized)
                        goto Uninitialized;
                    CellOf(Unsafe.Add(ref r, i->B)).Content = Unsafe.Add(ref r, i->A);
                    continue;

                case Op.LoadCaptured:
                    Unsafe.Add(ref r, i->A) = frame.Function.Captures[i->B].Content;
                    continue;

                case Op.LoadCapturedChecked:
                    result = frame.Function.Captures[i->B].Content;
                    if (result.IsUninitialized)
                        goto Uninitialized;
                    Unsafe.Add(ref r, i->A) = result;
                    continue;

                case Op.StoreCaptured:
                    frame.Function.Captures[i->B].Content = Unsafe.Add(ref r, i->A);
                    continue;

                case Op.StoreCapturedChecked:
                    if (frame.Function.Captures[i->B].Content.IsUninitialized)
                        goto Uninitialized;
                    frame.Function.Captures[i->B].Content = Unsafe.Add(ref r, i->A);
                    continue;

                case Op.LoadIntrinsic:
                    if (!realm.HasPatchedIntrinsics)
                    {
                        Unsafe.Add(ref r, i->A) = Unsafe.Add(ref constants, i->B);
                        continue;
                    }
                    frame.At = i;
                    result = LoadGlobal(Unsafe.Add(ref sites, i->C));
                    goto Result;

                case Op.LoadGlobal:
                    frame.At = i;
                    result = LoadGlobal(Unsafe.Add(ref sites, i->B));
                    goto Result;

                case Op.StoreGlobal:
                    frame.At = i;
                    if (!StoreGlobal(Unsafe.Add(ref sites, i->B), Unsafe.Add(ref r, i->A)))
                        goto Throw;
                    continue;

                case Op.TypeOfGlobal:
                    frame.At = i;
                    result = TypeOfGlobal(Unsafe.Add(ref sites, i->B));
                    goto Result;

                case Op.LoadHostGlobal:
                    frame.At = i;
                    result = LoadHostGlobal(i->B, Unsafe.Add(ref sites, i->C));
                    goto Result;

                case Op.Import:
                    frame.At = i;
                    result = Import(Unsafe.Add(ref constants, i->Wide));
                    goto Result;

                case Op.Add:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber + Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    frame.At = i;
                    result = realm.Add(Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C));
                    goto Result;

                case Op.AddInteger:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber + i->ShortC);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.Subtract:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber - Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.SubtractInteger:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber - i->ShortC);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.Multiply:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber * Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.Divide:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber / Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.Remainder:
                    frame.At = i;
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number,
                            realm.Remainder(Unsafe.Add(ref r, i->B).AsNumber, Unsafe.Add(ref r, i->C).AsNumber));
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.Power:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number,
                            Realm.Power(Unsafe.Add(ref r, i->B).AsNumber, Unsafe.Add(ref r, i->C).AsNumber));
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.ShiftLeft:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        var right = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->C).AsNumber);
                        if (((left + Realm.WholeBound) | (right + Realm.WholeBound)) >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left << ((int)right & 31));
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.ShiftRight:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        var right = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->C).AsNumber);
                        if (((left + Realm.WholeBound) | (right + Realm.WholeBound)) >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left >> ((int)right & 31));
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.ShiftRightUnsigned:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        var right = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->C).AsNumber);
                        if (((left + Realm.WholeBound) | (right + Realm.WholeBound)) >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (uint)left >> ((int)right & 31));
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.BitwiseAnd:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        var right = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->C).AsNumber);
                        if (((left + Realm.WholeBound) | (right + Realm.WholeBound)) >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left & (int)right);
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.BitwiseOr:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        var right = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->C).AsNumber);
                        if (((left + Realm.WholeBound) | (right + Realm.WholeBound)) >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left | (int)right);
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.BitwiseXor:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        var right = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->C).AsNumber);
                        if (((left + Realm.WholeBound) | (right + Realm.WholeBound)) >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left ^ (int)right);
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.ShiftLeftInteger:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        if (left + Realm.WholeBound >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left << (i->ShortC & 31));
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.ShiftRightInteger:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        if (left + Realm.WholeBound >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left >> (i->ShortC & 31));
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.BitwiseAndInteger:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        if (left + Realm.WholeBound >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, (int)left & i->ShortC);
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.Negate:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, -Unsafe.Add(ref r, i->B).AsNumber);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.ToNumber:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.BitwiseNot:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        var left = double.ConvertToIntegerNative<long>(Unsafe.Add(ref r, i->B).AsNumber);
                        if (left + Realm.WholeBound >= 0)
                        {
                            SetNumber(ref Unsafe.Add(ref r, i->A), number, ~(int)left);
                            continue;
                        }
                    }
                    goto SlowArithmetic;

                case Op.Increment:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber + 1);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.Decrement:
                    if (Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).AsNumber - 1);
                        continue;
                    }
                    goto SlowArithmetic;

                case Op.Not:
                    Unsafe.Add(ref r, i->A) = Value.Boolean(!Truth(Unsafe.Add(ref r, i->B)));
                    continue;

                case Op.TypeOf:
                    Unsafe.Add(ref r, i->A) = Realm.TypeOf(Unsafe.Add(ref r, i->B));
                    continue;

                case Op.Equal:
                    goto SlowTest;

                case Op.NotEqual:
                    goto SlowTest;

                case Op.StrictEqual:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Boolean(realm.StrictEquals(Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C)));
                    continue;

                case Op.StrictNotEqual:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Boolean(!realm.StrictEquals(Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C)));
                    continue;

                case Op.Less:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        Unsafe.Add(ref r, i->A) = Value.Boolean(Unsafe.Add(ref r, i->B).AsNumber < Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    goto SlowTest;

                case Op.LessOrEqual:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        Unsafe.Add(ref r, i->A) = Value.Boolean(Unsafe.Add(ref r, i->B).AsNumber <= Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    goto SlowTest;

                case Op.Greater:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        Unsafe.Add(ref r, i->A) = Value.Boolean(Unsafe.Add(ref r, i->B).AsNumber > Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    goto SlowTest;

                case Op.GreaterOrEqual:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->C).Reference == number)
                    {
                        Unsafe.Add(ref r, i->A) = Value.Boolean(Unsafe.Add(ref r, i->B).AsNumber >= Unsafe.Add(ref r, i->C).AsNumber);
                        continue;
                    }
                    goto SlowTest;

                case Op.In:
                    goto SlowTest;

                case Op.InstanceOf:
                    goto SlowTest;

                case Op.Jump:
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    i += i->Wide;
                    continue;

                case Op.JumpBack:
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    i += i->Wide;
                    continue;

                case Op.JumpIfTrue:
                    if (Truth(Unsafe.Add(ref r, i->A)))
                    {
                        if (!realm.TryPay(i->Payment))
                            goto OverCompute;
                        i += i->Wide;
                    }
                    continue;

                case Op.JumpIfFalse:
                    if (!Truth(Unsafe.Add(ref r, i->A)))
                    {
                        if (!realm.TryPay(i->Payment))
                            goto OverCompute;
                        i += i->Wide;
                    }
                    continue;

                case Op.JumpIfNullish:
                    if (Unsafe.Add(ref r, i->A).IsNullish)
                    {
                        if (!realm.TryPay(i->Payment))
                            goto OverCompute;
                        i += i->Wide;
                    }
                    continue;

                case Op.JumpIfNotNullish:
                    if (!Unsafe.Add(ref r, i->A).IsNullish)
                    {
                        if (!realm.TryPay(i->Payment))
                            goto OverCompute;
                        i += i->Wide;
                    }
                    continue;

                case Op.JumpIfLess:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber < Unsafe.Add(ref r, i->B).AsNumber)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotLess:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber < Unsafe.Add(ref r, i->B).AsNumber))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfLessOrEqual:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber <= Unsafe.Add(ref r, i->B).AsNumber)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotLessOrEqual:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber <= Unsafe.Add(ref r, i->B).AsNumber))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfGreater:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber > Unsafe.Add(ref r, i->B).AsNumber)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotGreater:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber > Unsafe.Add(ref r, i->B).AsNumber))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfGreaterOrEqual:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber >= Unsafe.Add(ref r, i->B).AsNumber)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotGreaterOrEqual:
                    if (Unsafe.Add(ref r, i->A).Reference == number && Unsafe.Add(ref r, i->B).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber >= Unsafe.Add(ref r, i->B).AsNumber))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfLessInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber < i->ShortB)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotLessInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber < i->ShortB))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfLessOrEqualInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber <= i->ShortB)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotLessOrEqualInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber <= i->ShortB))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfGreaterInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber > i->ShortB)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotGreaterInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber > i->ShortB))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfGreaterOrEqualInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (Unsafe.Add(ref r, i->A).AsNumber >= i->ShortB)
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfNotGreaterOrEqualInteger:
                    if (Unsafe.Add(ref r, i->A).Reference == number)
                    {
                        if (!(Unsafe.Add(ref r, i->A).AsNumber >= i->ShortB))
                            goto Taken;
                        continue;
                    }
                    goto SlowCompare;

                case Op.JumpIfStrictEqual:
                    frame.At = i;
                    if (realm.StrictEquals(Unsafe.Add(ref r, i->A), Unsafe.Add(ref r, i->B)))
                        goto Taken;
                    continue;

                case Op.JumpIfStrictNotEqual:
                    frame.At = i;
                    if (!realm.StrictEquals(Unsafe.Add(ref r, i->A), Unsafe.Add(ref r, i->B)))
                        goto Taken;
                    continue;

                case Op.JumpIfStrictEqualConstant:
                    frame.At = i;
                    if (realm.StrictEquals(Unsafe.Add(ref r, i->A), Unsafe.Add(ref constants, i->B)))
                        goto Taken;
                    continue;

                case Op.JumpIfStrictNotEqualConstant:
                    frame.At = i;
                    if (!realm.StrictEquals(Unsafe.Add(ref r, i->A), Unsafe.Add(ref constants, i->B)))
                        goto Taken;
                    continue;

                case Op.JumpIfEqual:
                    goto SlowCompare;

                case Op.JumpIfNotEqual:
                    goto SlowCompare;

                case Op.JumpIfTypeOf:
                    if (IsTypeOf(Unsafe.Add(ref r, i->A), Unsafe.Add(ref constants, i->B)))
                        goto Taken;
                    continue;

                case Op.JumpIfNotTypeOf:
                    if (!IsTypeOf(Unsafe.Add(ref r, i->A), Unsafe.Add(ref constants, i->B)))
                        goto Taken;
                    continue;

                case Op.JumpToNextPlace:
                    if (Unsafe.Add(ref r, i->A).Reference == number && HasPlaces(Unsafe.Add(ref r, i->B), out var places))
                    {
                        var next = Unsafe.Add(ref r, i->A).AsNumber + 1;
                        Unsafe.As<long, double>(ref Unsafe.AsRef(in Unsafe.Add(ref r, i->A).Bits)) = next;
                        if (next < places)
                            goto Taken;
                        if (!realm.TryPay(BlockPayments.NextPlaceSkipped))
                            goto OverCompute;
                        i += FunctionCompiler.NextPlaceLength;
                    }
                    continue;

                case Op.GetProperty:
                    {
                        ref readonly var target = ref Unsafe.Add(ref r, i->B);
                        var site = Unsafe.Add(ref sites, i->C);
                        if (target.IsObject)
                        {
                            var @object = target.AsObject;
                            var entry = site.Entry;
                            if (ReferenceEquals(@object.Shape, entry.OwnShape))
                            {
                                SetValue(ref Unsafe.Add(ref r, i->A), @object.Slots[entry.Slot]);
                                continue;
                            }
                        }
                        frame.At = i;
                        result = GetProperty(site, target);
                        goto Result;
                    }

                case Op.GetLength:
                    if (Unsafe.Add(ref r, i->B).Reference is { Kind: CellKind.Text or CellKind.AstralText or CellKind.ByteText })
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, Unsafe.Add(ref r, i->B).Length);
                        continue;
                    }
                    if (Unsafe.Add(ref r, i->B).Reference is JsArray sized)
                    {
                        SetNumber(ref Unsafe.Add(ref r, i->A), number, sized.Length);
                        continue;
                    }
                    frame.At = i;
                    result = GetProperty(Unsafe.Add(ref sites, i->C), Unsafe.Add(ref r, i->B));
                    goto Result;

                case Op.GetElement:
                    if (Unsafe.Add(ref r, i->C).Reference == number && Unsafe.Add(ref r, i->B).Reference is JsArray readFrom)
                    {
                        var place = Unsafe.Add(ref r, i->C).AsNumber;
                        var index = double.ConvertToIntegerNative<int>(place);
                        if (index == place && (uint)index < (uint)readFrom.Stored && !readFrom.Elements[index].IsAbsent)
                        {
                            SetValue(ref Unsafe.Add(ref r, i->A), readFrom.Elements[index]);
                            continue;
                        }
                    }
                    frame.At = i;
                    result = realm.GetElement(Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C));
                    goto Result;

                case Op.SetProperty:
                    {
                        ref readonly var target = ref Unsafe.Add(ref r, i->A);
                        var site = Unsafe.Add(ref sites, i->C);
                        if (target.IsObject)
                        {
                            var @object = target.AsObject;
                            var entry = site.Entry;
                            if (ReferenceEquals(@object.Shape, entry.OwnShape))
                            {
                                @object.Slots[entry.Slot] = Unsafe.Add(ref r, i->B);
                                continue;
                            }
                        }
                        frame.At = i;
                        if (!SetProperty(site, target, Unsafe.Add(ref r, i->B)))
                            goto Throw;
                        continue;
                    }

                case Op.SetElement:
                    if (Unsafe.Add(ref r, i->B).Reference == number
                        && Unsafe.Add(ref r, i->A).Reference is JsArray { IsFrozen: false } writtenTo)
                    {
                        var place = Unsafe.Add(ref r, i->B).AsNumber;
                        var index = double.ConvertToIntegerNative<int>(place);
                        if (index == place && (uint)index < (uint)writtenTo.Stored && !writtenTo.Elements[index].IsAbsent)
                        {
                            writtenTo.Elements[index] = Unsafe.Add(ref r, i->C);
                            continue;
                        }
                    }
                    frame.At = i;
                    if (!realm.SetElement(Unsafe.Add(ref r, i->A), Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C)))
                        goto Throw;
                    continue;

                case Op.DeleteProperty:
                    frame.At = i;
                    if (!realm.Delete(Unsafe.Add(ref r, i->B), Unsafe.Add(ref sites, i->C).Key))
                        goto Throw;
                    Unsafe.Add(ref r, i->A) = Value.True;
                    continue;

                case Op.DeleteElement:
                    frame.At = i;
                    if (!realm.DeleteElement(Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C)))
                        goto Throw;
                    Unsafe.Add(ref r, i->A) = Value.True;
                    continue;

                case Op.ToKey:
                    if (Unsafe.Add(ref r, i->A).Reference == number || Unsafe.Add(ref r, i->A).IsString)
                    {
                        if (!Unsafe.Add(ref r, i->B).IsNullish)
                            continue;
                    }
                    frame.At = i;
                    result = realm.ToKeyValue(Unsafe.Add(ref r, i->A), Unsafe.Add(ref r, i->B));
                    goto Result;

                case Op.CharacterAt:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->A).Reference is { Kind: CellKind.Text }
                        && !realm.HasPatchedIntrinsics)
                    {
                        var place = Unsafe.Add(ref r, i->B).AsNumber;
                        var index = double.ConvertToIntegerNative<int>(place);
                        if (index == place && (uint)index < (uint)Unsafe.Add(ref r, i->A).Length)
                        {
                            if (!realm.TryPay(i->Payment))
                                goto OverCompute;
                            int code = Unsafe.Add(ref r, i->A).CharAt(index);
                            if (code < Realm.SingleCharacterCount)
                                SetValue(ref Unsafe.Add(ref r, i->C), Realm.SingleCharacter(code));
                            else
                                Unsafe.Add(ref r, i->C) = Value.String(
                                    Unsafe.Add(ref r, i->A).Reference!, Unsafe.Add(ref r, i->A).Start + index, 1);
                            i += FunctionCompiler.GenericCallLength;
                        }
                    }
                    continue;

                case Op.CharacterCodeAt:
                    if (Unsafe.Add(ref r, i->B).Reference == number && Unsafe.Add(ref r, i->A).Reference is { Kind: CellKind.Text }
                        && !realm.HasPatchedIntrinsics)
                    {
                        var place = Unsafe.Add(ref r, i->B).AsNumber;
                        var index = double.ConvertToIntegerNative<int>(place);
                        if (index == place && (uint)index < (uint)Unsafe.Add(ref r, i->A).Length)
                        {
                            if (!realm.TryPay(i->Payment))
                                goto OverCompute;
                            SetNumber(ref Unsafe.Add(ref r, i->C), number, Unsafe.Add(ref r, i->A).CharAt(index));
                            i += FunctionCompiler.GenericCallLength;
                        }
                    }
                    continue;

                case Op.GetMethodOf:
                    SetValue(ref Unsafe.Add(ref r, i->A + 1), Unsafe.Add(ref r, i->B));
                    goto case Op.GetMethod;

                case Op.GetIntrinsicMethod:
                    if (!realm.HasPatchedIntrinsics)
                    {
                        SetValue(ref Unsafe.Add(ref r, i->A + 1), Unsafe.Add(ref constants, i->B));
                        SetValue(ref Unsafe.Add(ref r, i->A), Unsafe.Add(ref constants, i->B + 1));
                        continue;
                    }
                    frame.At = i;
                    if (!GetIntrinsicMethod(Unsafe.Add(ref sites, i->C + 1), Unsafe.Add(ref sites, i->C), ref Unsafe.Add(ref r, i->A)))
                        goto Throw;
                    continue;

                case Op.GetMethod:
                    if (Unsafe.Add(ref r, i->A + 1).Reference is { } receiver && !realm.HasPatchedIntrinsics)
                    {
                        var entry = Unsafe.Add(ref sites, i->C).Entry;
                        if (receiver.Kind == entry.MethodOf
                            && (entry.MethodOf != CellKind.Object || ReferenceEquals(receiver, entry.Holder)))
                        {
                            SetValue(ref Unsafe.Add(ref r, i->A), entry.Value);
                            continue;
                        }
                    }
                    frame.At = i;
                    result = GetMethod(Unsafe.Add(ref sites, i->C), Unsafe.Add(ref r, i->A + 1));
                    goto Result;

                case Op.GetElementMethod:
                    frame.At = i;
                    result = GetElementMethod(Unsafe.Add(ref r, i->A + 1), Unsafe.Add(ref r, i->B));
                    goto Result;

                case Op.NewObject:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Object(realm.NewObject(i->Wide));
                    continue;

                case Op.InitProperty:
                    frame.At = i;
                    InitProperty(Unsafe.Add(ref sites, i->C), Unsafe.Add(ref r, i->A).AsObject, Unsafe.Add(ref r, i->B));
                    continue;

                case Op.InitElement:
                    frame.At = i;
                    if (!realm.DefineElement(Unsafe.Add(ref r, i->A).AsObject, Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C)))
                        goto Throw;
                    continue;

                case Op.NameFunction:
                    frame.At = i;
                    ((Closure)Unsafe.Add(ref r, i->A).AsObject).NameByKey(realm, Unsafe.Add(ref r, i->B));
                    continue;

                case Op.InitGetter:
                    frame.At = i;
                    InitAccessor(Unsafe.Add(ref r, i->A), realm.KeyOf(Unsafe.Add(ref r, i->B)), Unsafe.Add(ref r, i->C), isGetter: true);
                    continue;

                case Op.InitSetter:
                    frame.At = i;
                    InitAccessor(Unsafe.Add(ref r, i->A), realm.KeyOf(Unsafe.Add(ref r, i->B)), Unsafe.Add(ref r, i->C), isGetter: false);
                    continue;

                case Op.InitPrototype:
                    if (Unsafe.Add(ref r, i->B).IsObject)
                        Unsafe.Add(ref r, i->A).AsObject.Prototype = Unsafe.Add(ref r, i->B).AsObject;
                    else if (Unsafe.Add(ref r, i->B).IsNull)
                        Unsafe.Add(ref r, i->A).AsObject.Prototype = null;
                    continue;

                case Op.NewArray:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Object(realm.NewArray(i->Wide));
                    continue;

                case Op.AppendElement:
                    frame.At = i;
                    Unsafe.As<JsArray>(Unsafe.Add(ref r, i->A).Reference!).Push(realm, Unsafe.Add(ref r, i->B));
                    continue;

                case Op.AppendHole:
                    {
                        frame.At = i;
                        var holed = Unsafe.As<JsArray>(Unsafe.Add(ref r, i->A).Reference!);
                        holed.SetLength(realm, holed.Length + 1);
                        continue;
                    }

                case Op.NewRegExp:
                    frame.At = i;
                    result = realm.NewRegExp(frame.Code.RegExps[i->Wide]);
                    goto Result;

                case Op.KeepRegExp:
                    frame.At = i;
                    result = realm.KeepRegExp(frame.Code.RegExps[i->B], i->A == i->C || Unsafe.Add(ref r, i->C).IsString);
                    Unsafe.Add(ref r, i->A) = result;
                    continue;

                case Op.LoadTemplate:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = LoadTemplate(frame.Code.Templates[i->Wide]);
                    continue;

                case Op.NewClosure:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = NewClosure(frame.Code.Functions[i->Wide], frame);
                    continue;

                case Op.ToText:
                    if (Unsafe.Add(ref r, i->B).IsString)
                    {
                        Unsafe.Add(ref r, i->A) = Unsafe.Add(ref r, i->B);
                        continue;
                    }
                    frame.At = i;
                    result = realm.ToText(Unsafe.Add(ref r, i->B));
                    goto Result;

                case Op.JoinTexts:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = realm.Join(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref r, i->B), i->C));
                    continue;

                case Op.Call:
                    Unsafe.Add(ref r, i->A + 1) = default;
                    goto case Op.CallMethod;

                case Op.CallMethod:
                    frame.At = i;
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    if (Unsafe.Add(ref r, i->A).Reference is Closure callee)
                    {
                        if (!Enter(callee, frame.Stack, frame.Chunk, frame.Base + i->A + 2, i->B, i->C, FrameFlags.None))
                            goto Throw;
                        goto Reload;
                    }
                    if (Unsafe.Add(ref r, i->A).Reference is NativeFunction native)
                    {
                        if (native.Quick != QuickCall.None && i->B == 1
                            && TryQuickly(native.Quick, ref Unsafe.Add(ref r, i->A), ref Unsafe.Add(ref r, i->C)))
                            continue;
                        result = CallNative(native, ref Unsafe.Add(ref r, i->A), i->B);
                        if (result.IsThrew)
                            goto Throw;
                        SetValue(ref Unsafe.Add(ref r, i->C), result);
                        continue;
                    }
                    result = realm.Call(Unsafe.Add(ref r, i->A), Unsafe.Add(ref r, i->A + 1),
                        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref r, i->A + 2), i->B));
                    if (result.IsThrew)
                        goto Throw;
                    Unsafe.Add(ref r, i->C) = result;
                    continue;

                case Op.New:
                    frame.At = i;
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    if (Unsafe.Add(ref r, i->A).Reference is Closure { IsConstructor: true } constructor)
                    {
                        result = NewInstance(constructor);
                        if (result.IsThrew)
                            goto Throw;
                        Unsafe.Add(ref r, i->A + 1) = result;
                        if (!Enter(constructor, frame.Stack, frame.Chunk, frame.Base + i->A + 2, i->B, i->C, FrameFlags.Construct))
                            goto Throw;
                        goto Reload;
                    }
                    result = realm.Construct(
                        Unsafe.Add(ref r, i->A), MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref r, i->A + 2), i->B));
                    if (result.IsThrew)
                        goto Throw;
                    Unsafe.Add(ref r, i->C) = result;
                    continue;

                case Op.Return:
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    result = Unsafe.Add(ref r, i->A);
                    goto Return;

                case Op.ReturnUndefined:
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    result = default;
                    goto Return;

                case Op.Await:
                    frame.At = i;
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    result = Suspend(frame, i->A, Unsafe.Add(ref r, i->B));
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
                    frame.At = i;
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    realm.Throw(Unsafe.Add(ref r, i->A));
                    goto Throw;

                case Op.Rethrow:
                    frame.At = i;
                    if (!realm.TryPay(i->Payment))
                        goto OverCompute;
                    realm.Throw(Unsafe.Add(ref r, i->A));
                    goto Throw;

                case Op.ForInStart:
                    frame.At = i;
                    Unsafe.Add(ref r, i->A) = Value.Internal(realm.Enumerate(Unsafe.Add(ref r, i->B)));
                    continue;

                case Op.ForInNext:
                    frame.At = i;
                    if (!Unsafe.As<KeyEnumeration>(Unsafe.Add(ref r, i->A).Reference!).TryNext(realm, out Unsafe.Add(ref r, i->B)))
                    {
                        if (!realm.TryPay(i->Payment))
                            goto OverCompute;
                        i += i->ShortC;
                    }
                    continue;

                default:
                    throw new InvalidOperationException($"no such operation: {i->Op}");
            }

        SlowArithmetic:
            frame.At = i;
            result = Arithmetic(*i, ref r);
            goto Result;

        SlowTest:
            frame.At = i;
            result = Test(*i, Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C));
            goto Result;

        SlowCompare:
            frame.At = i;
            result = TestToJump(*i, ref r);
            if (result.IsThrew)
                goto Throw;
            if (!result.AsBoolean)
                continue;

        Taken:
            if (!realm.TryPay(i->Payment))
                goto OverCompute;
            i += i->ShortC;
            continue;

        Result:
            if (result.IsThrew)
                goto Throw;
            SetValue(ref Unsafe.Add(ref r, i->A), result);
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

    OverCompute:
        // Only here does a jump say where it is: a stop is told to the developer at its place, and the loop pays nothing for it.
        frame.At = i;
        Realm.StopOverCompute();

    Uninitialized:
        realm.Throw(ErrorType.ReferenceError, "cannot access variable before initialization");

    Throw:
        frame.At = i;
        if (!Unwind(out var ending))
            return ending;
        goto Reload;
    }
}

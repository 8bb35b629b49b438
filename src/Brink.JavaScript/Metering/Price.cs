using Brink.JavaScript.Compilation;

namespace Brink.JavaScript.Metering;

/// <summary>
/// The price list: what costs how many units of the compute budget. A unit stands for about a nanosecond of the machine that the prices were set on, and
/// is the same number everywhere. docs/metering.md explains it and holds the table; a test keeps the two alike.
/// </summary>
internal static class Price
{
    /// <summary>A step: the coin of natives, for an element looked at, a comparison of two numbers, sixteen to thirty-two characters copied.</summary>
    public const int Step = 8;

    // ---------------------------------------------------------------- calls, in units

    /// <summary>Entering a function of the script, besides the instruction that calls and the one that returns.</summary>
    public const int Entry = 12;

    /// <summary>Registers made undefined, or copied at an await, for one unit.</summary>
    public const int ClearedPerUnit = 2;

    /// <summary>Calling a built-in, besides what it does.</summary>
    public const int NativeCall = 16;

    /// <summary>A closure.</summary>
    public const int Closure = 40;

    /// <summary>A variable that a closure captures.</summary>
    public const int Captured = 2;

    /// <summary>An exception on its way: noting where it came from, finding who handles it.</summary>
    public const int Throw = 200;

    /// <summary>A function that an exception leaves.</summary>
    public const int Unwind = 20;

    /// <summary>An async function that waits.</summary>
    public const int Suspend = 80;

    /// <summary>An async function that goes on.</summary>
    public const int Resume = 60;

    // ---------------------------------------------------------------- inside of built-ins, in units

    /// <summary>A regular expression: an instruction of its program run, or a way given up.</summary>
    public const int RegExpStep = 3;

    // ---------------------------------------------------------------- instructions, in units

    /// <summary>Operations by what they cost. What an operation does beyond its common case is charged where it is done.</summary>
    public static IReadOnlyList<OperationClass> OperationClasses { get; } =
    [
        new("nothing", 0, "never runs, or is the meter itself", [Op.None, Op.Pay]),
        new("move", 2, "a value or constant into a register",
        [
            Op.Move, Op.LoadConstant, Op.LoadInteger, Op.LoadUndefined, Op.LoadNull, Op.LoadTrue, Op.LoadFalse, Op.LoadUninitialized, Op.LoadThis, Op.LoadCallee,
            Op.CheckInitialized, Op.ThrowConstant,
        ]),
        new("variable", 3, "a variable of the module, of an outer function, or a built-in",
        [
            Op.LoadModule, Op.LoadModuleChecked, Op.StoreModule, Op.StoreModuleChecked, Op.LoadCell, Op.LoadCellChecked, Op.StoreCell, Op.StoreCellChecked,
            Op.LoadCaptured, Op.LoadCapturedChecked, Op.StoreCaptured, Op.StoreCapturedChecked, Op.LoadIntrinsic,
        ]),
        new("arithmetic", 3, "numbers",
        [
            Op.AddInteger, Op.Subtract, Op.SubtractInteger, Op.Multiply, Op.Divide, Op.ShiftLeft, Op.ShiftRight, Op.ShiftRightUnsigned,
            Op.BitwiseAnd, Op.BitwiseOr, Op.BitwiseXor, Op.ShiftLeftInteger, Op.ShiftRightInteger, Op.BitwiseAndInteger, Op.Negate, Op.ToNumber,
            Op.BitwiseNot, Op.Increment, Op.Decrement,
        ]),
        new("addition", 4, "numbers; text is charged as it is made", [Op.Add, Op.ToText]),
        new("division with remainder", 15, "", [Op.Remainder]),
        new("power", 30, "", [Op.Power]),
        new("test", 4, "truth, type, order, strict equality; text is charged as it is compared",
        [
            Op.Not, Op.TypeOf, Op.StrictEqual, Op.StrictNotEqual, Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual,
        ]),
        new("loose test", 10, "equality with conversions, membership, ancestry", [Op.Equal, Op.NotEqual, Op.In, Op.InstanceOf, Op.JumpIfEqual, Op.JumpIfNotEqual]),
        new("jump", 2, "", [Op.Jump, Op.JumpBack, Op.JumpIfTrue, Op.JumpIfFalse, Op.JumpIfNullish, Op.JumpIfNotNullish]),
        new("compare and jump", 4, "a test and a jump in one",
        [
            Op.JumpIfLess, Op.JumpIfNotLess, Op.JumpIfLessOrEqual, Op.JumpIfNotLessOrEqual, Op.JumpIfGreater, Op.JumpIfNotGreater, Op.JumpIfGreaterOrEqual,
            Op.JumpIfNotGreaterOrEqual, Op.JumpIfLessInteger, Op.JumpIfNotLessInteger, Op.JumpIfLessOrEqualInteger, Op.JumpIfNotLessOrEqualInteger,
            Op.JumpIfGreaterInteger, Op.JumpIfNotGreaterInteger, Op.JumpIfGreaterOrEqualInteger, Op.JumpIfNotGreaterOrEqualInteger, Op.JumpIfStrictEqual,
            Op.JumpIfStrictNotEqual, Op.JumpIfStrictEqualConstant, Op.JumpIfStrictNotEqualConstant, Op.JumpIfTypeOf, Op.JumpIfNotTypeOf,
        ]),
        new("length", 3, "of a string or array", [Op.GetLength]),
        new("property", 8, "read or written, by a name in the source or an index",
        [
            Op.GetProperty, Op.SetProperty, Op.GetElement, Op.SetElement, Op.ToKey, Op.InitProperty, Op.AppendElement, Op.AppendHole, Op.InitPrototype,
        ]),
        new("method", 10, "found, and whether it can be called", [Op.GetMethod, Op.GetElementMethod]),
        new("property by search", 25, "always looked for: deleted, computed in a literal, of the global object",
        [
            Op.DeleteProperty, Op.DeleteElement, Op.InitElement, Op.InitGetter, Op.InitSetter, Op.LoadGlobal, Op.StoreGlobal, Op.TypeOfGlobal, Op.LoadHostGlobal,
        ]),
        new("object", 30, "made: object, array, cell of a variable, regular expression, template, enumeration, module",
        [
            Op.NewObject, Op.NewArray, Op.NewRegExp, Op.KeepRegExp, Op.LoadTemplate, Op.ForInStart, Op.Import, Op.JoinTexts,
        ]),
        new("cell", 15, "of a variable that functions capture", [Op.NewCell, Op.WrapCell, Op.CopyCell]),
        new("closure", 5, "besides what the closure costs", [Op.NewClosure]),
        new("call", 10, "besides what entering the function or the built-in costs", [Op.Call, Op.CallMethod]),
        new("construction", 30, "the same, and the object", [Op.New]),
        new("return", 5, "", [Op.Return, Op.ReturnUndefined]),
        new("exception", 5, "besides what an exception costs on its way", [Op.Throw, Op.Rethrow]),
        new("await", 10, "besides what waiting and going on cost", [Op.Await]),
        new("key", 10, "the next of an enumeration", [Op.ForInNext]),
    ];

    private static readonly byte[] _operations = MakeTable();

    /// <summary>Units of the operation itself.</summary>
    public static int Of(Op op) => _operations[(int)op];

    private static byte[] MakeTable()
    {
        var table = new byte[Enum.GetValues<Op>().Length];
        foreach (var one in OperationClasses)
        {
            foreach (var op in one.Operations)
                table[(int)op] = checked((byte)one.Units);
        }
        return table;
    }
}

/// <summary>Operations of one price.</summary>
/// <param name="Name">What documents call them.</param>
/// <param name="Units">The price of each.</param>
/// <param name="What">In a few words, what they do.</param>
/// <param name="Operations">All of them.</param>
internal sealed record OperationClass(string Name, int Units, string What, IReadOnlyList<Op> Operations);

namespace Brink.JavaScript.Compilation;

/// <summary>The part of the price list that holds the instructions, in units.</summary>
internal static class OperationPrice
{
    /// <summary>Operations by what they cost. What an operation does beyond its common case is charged where it is done.</summary>
    public static IReadOnlyList<OperationClass> Classes { get; } =
    [
        new("nothing", 0, "never runs, or is the meter itself", [Op.None, Op.Pay]),
        new("move", 2, "a value or constant into a register",
        [
            Op.Move, Op.LoadConstant, Op.LoadInteger, Op.LoadUndefined, Op.LoadNull, Op.LoadTrue, Op.LoadFalse, Op.LoadUninitialized,
            Op.LoadThis, Op.LoadCallee, Op.CheckInitialized, Op.ThrowConstant, Op.ThrowNotDefined,
        ]),
        new("variable", 3, "a variable of the module, of an outer function, or a built-in",
        [
            Op.LoadModule, Op.LoadModuleChecked, Op.StoreModule, Op.StoreModuleChecked, Op.LoadCell, Op.LoadCellChecked, Op.StoreCell,
            Op.StoreCellChecked, Op.LoadCaptured, Op.LoadCapturedChecked, Op.StoreCaptured, Op.StoreCapturedChecked, Op.LoadIntrinsic,
        ]),
        new("arithmetic", 3, "numbers",
        [
            Op.AddInteger, Op.Subtract, Op.SubtractInteger, Op.Multiply, Op.Divide, Op.ShiftLeft, Op.ShiftRight, Op.ShiftRightUnsigned,
            Op.BitwiseAnd, Op.BitwiseOr, Op.BitwiseXor, Op.ShiftLeftInteger, Op.ShiftRightInteger, Op.BitwiseAndInteger, Op.Negate,
            Op.ToNumber, Op.BitwiseNot, Op.Increment, Op.Decrement,
        ]),
        new("addition", 4, "numbers; text is charged as it is made", [Op.Add, Op.ToText]),
        new("division with remainder", 15, "", [Op.Remainder]),
        new("power", 30, "", [Op.Power]),
        new("test", 4, "truth, type, order, strict equality; text is charged as it is compared",
        [
            Op.Not, Op.TypeOf, Op.StrictEqual, Op.StrictNotEqual, Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual,
        ]),
        new("loose test", 10, "equality with conversions, membership, ancestry",
            [Op.Equal, Op.NotEqual, Op.In, Op.InstanceOf, Op.JumpIfEqual, Op.JumpIfNotEqual]),
        new("jump", 2, "", [Op.Jump, Op.JumpBack, Op.JumpIfTrue, Op.JumpIfFalse, Op.JumpIfNullish, Op.JumpIfNotNullish]),
        new("compare and jump", 4, "a test and a jump in one",
        [
            Op.JumpIfLess, Op.JumpIfNotLess, Op.JumpIfLessOrEqual, Op.JumpIfNotLessOrEqual, Op.JumpIfGreater, Op.JumpIfNotGreater,
            Op.JumpIfGreaterOrEqual, Op.JumpIfNotGreaterOrEqual, Op.JumpIfLessInteger, Op.JumpIfNotLessInteger,
            Op.JumpIfLessOrEqualInteger, Op.JumpIfNotLessOrEqualInteger, Op.JumpIfGreaterInteger, Op.JumpIfNotGreaterInteger,
            Op.JumpIfGreaterOrEqualInteger, Op.JumpIfNotGreaterOrEqualInteger, Op.JumpIfStrictEqual, Op.JumpIfStrictNotEqual,
            Op.JumpIfStrictEqualConstant, Op.JumpIfStrictNotEqualConstant, Op.JumpIfTypeOf, Op.JumpIfNotTypeOf,
        ]),
        new("next place", 10, "one added, and compared with the length of a text or array", [Op.JumpToNextPlace]),
        new("length", 3, "of a string or array", [Op.GetLength]),
        new("property", 8, "read or written, by a name in the source or an index",
        [
            Op.GetProperty, Op.SetProperty, Op.GetElement, Op.SetElement, Op.ToKey, Op.InitProperty, Op.AppendElement, Op.AppendHole,
            Op.InitPrototype,
        ]),
        new("method", 10, "found, and whether it can be called", [Op.GetMethod, Op.GetElementMethod]),
        new("method of a name", 12, "the same, and its object", [Op.GetMethodOf]),
        new("method of a built-in", 13, "the same, of an object that is a built-in", [Op.GetIntrinsicMethod]),
        new("character", 10, "charAt or charCodeAt of a text, without a call", [Op.CharacterAt, Op.CharacterCodeAt]),
        new("property by search", 25, "always looked for: deleted, computed in a literal, of the global object",
        [
            Op.DeleteProperty, Op.DeleteElement, Op.InitElement, Op.InitGetter, Op.InitSetter, Op.LoadGlobal, Op.StoreGlobal,
            Op.TypeOfGlobal, Op.LoadHostGlobal, Op.NameFunction,
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
        foreach (var one in Classes)
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

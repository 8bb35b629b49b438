namespace Brink.JavaScript.Compilation;

/// <summary>
/// Which instruction pays for which. Most pay nothing; what ran is paid by the next instruction that pays: a call, a return, a throw, a
/// jump that is taken. So each path pays for exactly what it runs, and the meter costs one subtraction for each jump and call.
/// <para>
/// From the first instruction to the last, each has an unpaid sum: the prices of those before it that did not pay. A call pays that sum and
/// its own price. A jump that is taken pays its sum and price less the sum of its target, which the next payment there includes; the
/// difference may be below zero. A jump that is not taken pays nothing, and the sum goes on. Behind a jump that is always taken the sum
/// begins at zero: control comes there only by jumps and as a handler of exceptions.
/// </para>
/// </summary>
internal static class BlockPayments
{
    /// <summary>More than this is never owed: payments fit into a signed byte.</summary>
    private const int MostUnpaid = sbyte.MaxValue;

    /// <summary>
    /// What <see cref="Op.JumpToNextPlace"/> pays when it goes past the instructions that it does the work of: they count as owed behind
    /// them, and did not run.
    /// </summary>
    public static readonly int NextPlaceSkipped =
        -(OperationPrice.Of(Op.Increment) + OperationPrice.Of(Op.GetLength) + OperationPrice.Of(Op.JumpIfLess));

    /// <summary>Whether the operation can follow, or something must pay first.</summary>
    public static bool Fits(int unpaid, Op op) => unpaid + OperationPrice.Of(op) <= MostUnpaid;

    /// <summary>What is owed behind the operation.</summary>
    public static int UnpaidAfter(int unpaid, Op op) => AlwaysPays(op) ? 0 : unpaid + OperationPrice.Of(op);

    /// <summary>Whether the operation pays whenever it runs.</summary>
    private static bool AlwaysPays(Op op) =>
        op is Op.Pay or Op.Jump or Op.JumpBack or Op.Call or Op.CallMethod or Op.New or Op.Return or Op.ReturnUndefined or Op.Await
            or Op.Throw or Op.Rethrow or Op.ThrowConstant or Op.ThrowNotDefined;

    /// <summary>Writes the payments into finished code.</summary>
    public static void Distribute(Instruction[] code)
    {
        Span<sbyte> owed = code.Length < 1024 ? stackalloc sbyte[code.Length + 1] : new sbyte[code.Length + 1];
        var sum = 0;
        for (var i = 0; i < code.Length; i++)
        {
            owed[i] = checked((sbyte)sum);
            sum = UnpaidAfter(sum, code[i].Op);
        }
        owed[code.Length] = checked((sbyte)sum);
        for (var i = 0; i < code.Length; i++)
        {
            var total = owed[i] + OperationPrice.Of(code[i].Op);
            if (TryGetTarget(code[i], i, out var target))
                code[i] = code[i].Paying(checked((sbyte)(total - owed[target])));
            else if (AlwaysPays(code[i].Op))
                code[i] = code[i].Paying(checked((sbyte)total));
        }
    }

    private static bool TryGetTarget(in Instruction instruction, int at, out int target)
    {
        var distance = instruction.Op switch
        {
            Op.Jump or Op.JumpBack or Op.JumpIfTrue or Op.JumpIfFalse or Op.JumpIfNullish or Op.JumpIfNotNullish => instruction.Wide,
            (>= Op.JumpIfLess and <= Op.JumpToNextPlace) or Op.ForInNext => instruction.ShortC,
            Op.CharacterAt or Op.CharacterCodeAt => FunctionCompiler.GenericCallLength,
            _ => int.MinValue,
        };
        target = distance == int.MinValue ? -1 : at + 1 + distance;
        return distance != int.MinValue;
    }
}

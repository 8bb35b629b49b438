namespace Brink.JavaScript.Compilation;

/// <summary>
/// Who pays for which instructions. Running straight on costs nothing; what ran is paid by the next instruction that pays: a call, a return, a throw, a
/// jump that is taken. So each path pays for exactly what it runs, and the meter costs one subtraction for each jump and call.
/// <para>
/// Read from the first instruction to the last, each has a sum behind it that nobody has paid yet. A call pays that sum and its own price. A jump, when
/// taken, pays its sum and price less the sum that its target has behind it, as whoever comes by there pays for that again: the difference may be below
/// zero. A jump not taken pays nothing, the sum goes on. Nothing can be reached from behind a jump that is always taken, so there the sum begins at zero;
/// handlers of exceptions begin there too.
/// </para>
/// </summary>
internal static class BlockPayments
{
    /// <summary>More than this is never owed: payments fit into a signed byte.</summary>
    private const int MostUnpaid = sbyte.MaxValue;

    /// <summary>
    /// What <see cref="Op.JumpToNextPlace"/> pays when it goes past the instructions that it does the work of: they count as owed behind them, and did not run.
    /// </summary>
    public static readonly int NextPlaceSkipped = -(OperationPrice.Of(Op.Increment) + OperationPrice.Of(Op.GetLength) + OperationPrice.Of(Op.JumpIfLess));

    /// <summary>Whether the operation can follow, or something must pay first.</summary>
    public static bool Fits(int unpaid, Op op) => unpaid + OperationPrice.Of(op) <= MostUnpaid;

    /// <summary>What is owed behind the operation.</summary>
    public static int UnpaidAfter(int unpaid, Op op) => AlwaysPays(op) ? 0 : unpaid + OperationPrice.Of(op);

    /// <summary>Whether the operation pays whenever it runs.</summary>
    private static bool AlwaysPays(Op op) =>
        op is Op.Pay or Op.Jump or Op.JumpBack or Op.Call or Op.CallMethod or Op.New or Op.Return or Op.ReturnUndefined or Op.Await or Op.Throw or Op.Rethrow or Op.ThrowConstant;

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

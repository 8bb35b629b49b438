using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Compilation;

/// <summary>One function, compiled. Immutable but for the inline caches, so all threads share it.</summary>
internal sealed class FunctionCode
{
    /// <summary>Its name, empty for none.</summary>
    public required Atom Name { get; init; }

    /// <summary>The instructions; pinned, so that the dispatch loop may go through them by <see cref="Start"/>.</summary>
    public required Instruction[] Code
    {
        get;
        init
        {
            field = GC.AllocateUninitializedArray<Instruction>(value.Length, pinned: true);
            value.CopyTo(field, 0);
            unsafe
            {
                Start = (Instruction*)System.Runtime.CompilerServices.Unsafe.AsPointer(
                    ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(field));
            }
        }
    }

    /// <summary>The first instruction. Valid while this object is alive.</summary>
    public unsafe Instruction* Start { get; private init; }

    public required Value[] Constants { get; init; }

    public required PropertySite[] Sites { get; init; }

    public required FunctionCode[] Functions { get; init; }

    public required HandlerRange[] Handlers { get; init; }

    /// <summary>Where each captured cell of a new closure comes from.</summary>
    public required CaptureSource[] Captures { get; init; }

    public required RegExpSite[] RegExps { get; init; }

    public required TemplateSite[] Templates { get; init; }

    /// <summary>Ascending by <see cref="CodePosition.Instruction"/>.</summary>
    public required CodePosition[] Positions { get; init; }

    /// <summary>Registers 0 .. ParameterCount-1 hold the parameters.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>Registers up to here are undefined when the function begins.</summary>
    public required int LocalCount { get; init; }

    public required int RegisterCount { get; init; }

    /// <summary>The register of the rest array, or -1.</summary>
    public required int RestRegister { get; init; }

    /// <summary>The register of the arguments object, or -1.</summary>
    public required int ArgumentsRegister { get; init; }

    public required bool IsAsync { get; init; }

    /// <summary>An arrow: this is the one of where it was made.</summary>
    public required bool IsArrow { get; init; }

    public required bool IsConstructor { get; init; }

    /// <summary>Units of cost that every call takes; what runs pays for itself.</summary>
    public required int EntryCost { get; init; }

    /// <summary>Whether entering needs more than filling missing parameters.</summary>
    public bool NeedsArguments => RestRegister >= 0 || ArgumentsRegister >= 0;

    /// <summary>The place in the source of the instruction.</summary>
    public (int Line, int Column) PositionOf(int instruction)
    {
        int low = 0, high = Positions.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (Positions[middle].Instruction <= instruction)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return high < 0 ? (0, 0) : (Positions[high].Line, Positions[high].Column);
    }
}

internal readonly record struct CodePosition(int Instruction, int Line, int Column);

/// <summary>A captured cell: in a register of the function that makes the closure, or captured by that one too.</summary>
internal readonly record struct CaptureSource(bool IsRegister, int Index);

/// <summary>
/// A try block: a throw from Start to before End goes on at Handler, with the exception in Register. Inner ones come first.
/// </summary>
internal readonly record struct HandlerRange(int Start, int End, int Handler, int Register);

/// <param name="Pattern">The source.</param>
/// <param name="Flags">As written.</param>
/// <param name="Program">Compiled.</param>
/// <param name="Kept">The place of the call's object for it, or -1: see <see cref="Op.KeepRegExp"/>.</param>
internal sealed record RegExpSite(string Pattern, string Flags, RegExpProgram Program, int Kept)
{
    /// <summary>The source property.</summary>
    public Value Source { get; } = TextFacts.Permanent(Pattern);
}

internal sealed record TemplateSite(int Id, Value[] Strings, Value[] Raw);

/// <summary>A place in the code that names a property, with what the last object there looked like.</summary>
internal sealed class PropertySite(Atom key)
{
    public readonly Atom Key = key;

    /// <summary>Immutable, replaced as a whole: any thread may read it while another replaces it (decision 0006).</summary>
    public volatile CacheEntry Entry = CacheEntry.Empty;
}

internal enum CacheKind : byte
{
    Empty,

    /// <summary>An own data property of objects of the shape, at the slot.</summary>
    Own,

    /// <summary>
    /// Objects of the shape, class and prototype do not have it; a built-in prototype does: the value, while no built-in is changed.
    /// </summary>
    Inherited,

    /// <summary>A property of the built-in object, while no built-in is changed.</summary>
    BuiltIn,

    /// <summary>A method of a primitive, while no built-in is changed.</summary>
    Primitive,

    /// <summary>A place of host objects of the layout.</summary>
    Host,

    /// <summary>Assigning adds it: from the shape to the next.</summary>
    Added,

    /// <summary>Too many kinds of objects come by: not tried any more.</summary>
    Mixed,
}

internal sealed class CacheEntry
{
    /// <summary>No object has this shape.</summary>
    private static readonly Shape NoShape = Shape.NewRoot();

    public static readonly CacheEntry Empty = new(CacheKind.Empty, 0);

    public CacheEntry(CacheKind kind, int misses)
    {
        Kind = kind;
        Misses = misses;
    }

    public readonly CacheKind Kind;

    /// <summary>How often the site was wrong so far.</summary>
    public readonly int Misses;

    /// <summary>
    /// For <see cref="CacheKind.Own"/> reads and writes only; <see cref="NoShape"/> else, so that one comparison decides.
    /// </summary>
    public Shape OwnShape { get; init; } = NoShape;

    public int Slot { get; init; }

    public Shape? Shape { get; init; }

    public Shape? NextShape { get; init; }

    /// <summary>The prototype, the built-in itself, or the layout.</summary>
    public object? Holder { get; init; }

    public ObjectClass Class { get; init; }

    public CellKind Primitive { get; init; }

    /// <summary>The kind of values whose method it is; among objects, only <see cref="Holder"/> has it. <see cref="CellKind.Absent"/>,
    /// which no value has, where the site remembers no method.</summary>
    public CellKind MethodOf { get; init; } = CellKind.Absent;

    public Value Value { get; init; }
}

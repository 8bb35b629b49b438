namespace Brink.JavaScript.Values;

/// <summary>What a cell is. The order lets one comparison ask for a family: strings are Text..ByteText.</summary>
internal enum CellKind : byte
{
    Null,
    Boolean,
    Number,
    Text,
    AstralText,

    /// <summary>A byte string of 1.0.</summary>
    ByteText,
    Symbol,
    Object,

    /// <summary>Not a value of the language: an accessor pair in a property slot.</summary>
    Accessor,

    /// <summary>Not a value of the language: a native returned because an exception is pending.</summary>
    Threw,

    /// <summary>Not a value of the language: a let or const before its declaration ran.</summary>
    Uninitialized,

    /// <summary>Not a value of the language: a hole of an array, a deleted slot, "not found".</summary>
    Absent,

    /// <summary>A property key.</summary>
    Atom,

    /// <summary>A heap cell of a captured variable, and other parts of the machine that sit in registers.</summary>
    Internal,
}

/// <summary>Everything that a value can refer to. The kind is one load away, so a type test costs no cast.</summary>
internal abstract class Cell(CellKind kind)
{
    public readonly CellKind Kind = kind;
}

/// <summary>The markers behind values that are not on the heap.</summary>
internal sealed class Tag : Cell
{
    private Tag(CellKind kind) : base(kind) { }

    public static readonly Tag Null = new(CellKind.Null);
    public static readonly Tag Boolean = new(CellKind.Boolean);
    public static readonly Tag Number = new(CellKind.Number);
    public static readonly Tag Threw = new(CellKind.Threw);
    public static readonly Tag Uninitialized = new(CellKind.Uninitialized);
    public static readonly Tag Absent = new(CellKind.Absent);
}

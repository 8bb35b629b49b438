using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.JavaScript.Values;

/// <summary>
/// A value of the language in 16 bytes: a reference that says what it is, and 64 bits. Zeroed memory is undefined. A number is the
/// number tag and a double; a string is (owner, start, length), so that a slice allocates nothing (decision 0002).
/// </summary>
[DebuggerDisplay("{ToDebugText(),nq}")]
internal readonly struct Value
{
    public readonly Cell? Reference;
    public readonly long Bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Value(Cell? reference, long bits)
    {
        Reference = reference;
        Bits = bits;
    }

    public static Value Undefined => default;
    public static Value Null => new(Tag.Null, 0);
    public static Value True => new(Tag.Boolean, 1);
    public static Value False => new(Tag.Boolean, 0);
    public static Value NaN => Number(double.NaN);

    /// <summary>Returned by a native when <see cref="Execution.Realm.Exception"/> holds what was thrown.</summary>
    public static Value Threw => new(Tag.Threw, 0);
    public static Value Uninitialized => new(Tag.Uninitialized, 0);
    public static Value Absent => new(Tag.Absent, 0);
    
    /// <summary>
    /// The bits of a place of a host object that was not read yet. It is undefined but for them, so that making one writes no reference.
    /// </summary>
    private const long UnreadBits = 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Number(double number) => new(Tag.Number, BitConverter.DoubleToInt64Bits(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Boolean(bool value) => new(Tag.Boolean, value ? 1 : 0);

    /// <summary>A part of a text, in code points of its owner.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value String(Cell owner, int start, int length)
    {
        Debug.Assert(owner.Kind is CellKind.Text or CellKind.AstralText or CellKind.ByteText);
        return new Value(owner, (long)length << 32 | (uint)start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Object(JsObject @object) => new(@object, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Of(Symbol symbol) => new(symbol, 0);

    /// <summary>A part of the machine in a register or slot: never seen by a script.</summary>
    public static Value Internal(Cell cell) => new(cell, 0);

    public bool IsUndefined => Reference is null;
    public bool IsNull => ReferenceEquals(Reference, Tag.Null);
    public bool IsNullish => Reference is null || ReferenceEquals(Reference, Tag.Null);
    public bool IsBoolean => ReferenceEquals(Reference, Tag.Boolean);
    public bool IsNumber => ReferenceEquals(Reference, Tag.Number);
    public bool IsString => Reference is not null && (uint)(Reference.Kind - CellKind.Text) <= CellKind.ByteText - CellKind.Text;
    public bool IsSymbol => Reference is not null && Reference.Kind == CellKind.Symbol;
    public bool IsObject => Reference is not null && Reference.Kind == CellKind.Object;
    public bool IsThrew => ReferenceEquals(Reference, Tag.Threw);
    public bool IsUninitialized => ReferenceEquals(Reference, Tag.Uninitialized);
    public bool IsAbsent => ReferenceEquals(Reference, Tag.Absent);
    public bool IsUnread => Reference is null && Bits == UnreadBits;
    public bool IsAccessor => Reference is not null && Reference.Kind == CellKind.Accessor;
    public bool IsCallable => IsObject && AsObject.IsCallable;

    /// <summary>Only for numbers.</summary>
    public double AsNumber
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.Int64BitsToDouble(Bits);
    }

    /// <summary>Only for booleans.</summary>
    public bool AsBoolean => Bits != 0;

    /// <summary>Only for objects.</summary>
    public JsObject AsObject
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<JsObject>(Reference!);
    }

    /// <summary>Only for symbols.</summary>
    public Symbol AsSymbol => Unsafe.As<Symbol>(Reference!);

    /// <summary>Only for strings: where the slice begins in its owner.</summary>
    public int Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)Bits;
    }

    /// <summary>Only for strings: the number of code points.</summary>
    public int Length
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(Bits >> 32);
    }

    /// <summary>Only for strings: no code point above U+FFFF can be in it, so <see cref="Chars"/> works.</summary>
    public bool IsBmp => Reference!.Kind == CellKind.Text;

    /// <summary>Only for strings: a byte string.</summary>
    public bool IsBytes => Reference!.Kind == CellKind.ByteText;

    /// <summary>Only for strings with <see cref="IsBmp"/>: the UTF-16 units, each one code point. Not to be kept.</summary>
    public ReadOnlySpan<char> Chars
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Unsafe.As<Text>(Reference!).Chars), Start), Length);
    }

    /// <summary>Only for strings with <see cref="IsBmp"/>: one of <see cref="Chars"/>; the caller knows that the place is in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public char CharAt(int index) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Unsafe.As<Text>(Reference!).Chars), Start + index);

    /// <summary>Only for strings: the code points of either kind of owner.</summary>
    public TextView View
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsBmp ? new TextView(Chars) : AstralView;
    }

    private TextView AstralView =>
        new(new ReadOnlySpan<int>(Unsafe.As<AstralText>(Reference!).CodePoints, Start, Length), Reference!.Kind);

    /// <summary>Turns an undefined place of a host object into an unread one.</summary>
    public void MarkUnread()
    {
        Debug.Assert(Reference is null);
        Unsafe.AsRef(in Bits) = UnreadBits;
    }

    /// <summary>The same owner and place, the same number bits, the same object: identity, not equality of the language.</summary>
    public bool IsSame(in Value other) => ReferenceEquals(Reference, other.Reference) && Bits == other.Bits;

    /// <summary>The text as .NET holds it, for hosts and messages. Only for strings.</summary>
    public string ToDotNetString() =>
        Reference is Text { Atom: { } atom } && Bits == atom.Value.Bits ? atom.ToString() : View.ToString();

    private string ToDebugText() => Reference?.Kind switch
    {
        null => "undefined",
        CellKind.Null => "null",
        CellKind.Boolean => AsBoolean ? "true" : "false",
        CellKind.Number => AsNumber.ToString(System.Globalization.CultureInfo.InvariantCulture),
        CellKind.Text or CellKind.AstralText or CellKind.ByteText => $"\"{ToDotNetString()}\"",
        var kind => kind.ToString()!,
    };
}

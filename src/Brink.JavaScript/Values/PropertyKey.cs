using System.Globalization;
using System.Runtime.InteropServices;

namespace Brink.JavaScript.Values;

/// <summary>The name of a property: an atom or a symbol. Two keys are the same key when they are the same object.</summary>
internal abstract class PropertyKey(CellKind kind) : Cell(kind)
{
    /// <summary>
    /// Lives as long as the program or the process. Only such keys may enter shapes and other tables that outlive a call: names that come
    /// from a request would let a viewer fill them.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>Of a name by its text; of a symbol one after the other, far apart.</summary>
    public int Hash { get; protected set; } = kind == CellKind.Symbol ? Interlocked.Add(ref _lastOfSymbol, 0x61C88647) : 0;

    private static int _lastOfSymbol;

    /// <summary>Decides its place among more than ten: see <see cref="PropertyTree"/>.</summary>
    public abstract uint TreeHash { get; }
}

/// <summary>A property name as text, one object for each text in a call's reach.</summary>
internal sealed class Atom : PropertyKey
{
    public const uint NotAnIndex = uint.MaxValue;

    public Atom(Value text, bool isShared) : this(text, isShared, AtomTable.HashOf(text.View))
    {
    }

    public Atom(Value text, bool isShared, int hash) : base(CellKind.Atom)
    {
        Value = text;
        IsShared = isShared;
        Hash = hash;
        Index = IndexOf(text.View);
        if (text.Reference is Text bmp)
            bmp.Atom = this;
        else if (text.Reference is AstralText astral)
            astral.Atom = this;
    }

    /// <summary>For names of a call, which its table keeps for other names of other calls: <see cref="Become"/>.</summary>
    public Atom(int room) : base(CellKind.Atom) => Value = Value.String(new Text(new char[room]) { Atom = this }, 0, 0);

    /// <summary>Takes on another name, which has room and no code point above U+FFFF.</summary>
    public void Become(ReadOnlySpan<char> name, int hash)
    {
        var owner = (Text)Value.Reference!;
        if (name.Length < Value.Length)
            Array.Clear(owner.Chars, name.Length, Value.Length - name.Length);           // nothing of the old name stays
        name.CopyTo(owner.Chars);
        Value = Value.String(owner, 0, name.Length);
        Hash = hash;
        Index = IndexOf(new TextView(name));
        _string = null;
        _treeHash = 0;
    }

    /// <summary>The name as a string value; its owner begins with this text, holds no other, and points back here.</summary>
    public Value Value { get; private set; }

    /// <summary>The array index that the text spells in canonical form, or <see cref="NotAnIndex"/>.</summary>
    public uint Index { get; private set; }

    private string? _string;
    private uint _treeHash;

    /// <inheritdoc/>
    public override uint TreeHash => _treeHash != 0 ? _treeHash : _treeHash = PropertyTree.HashOf(Value.View);

    /// <summary>The name as .NET holds it, made once: the host asks for the names and literals of a program at every call.</summary>
    public override string ToString() => _string ??= Value.View.ToString();

    private static uint IndexOf(in TextView text)
    {
        if (text.IsAstral || text.Length is 0 or > 10 || text.Chars[0] is < '0' or > '9' || (text.Chars[0] == '0' && text.Length > 1))
            return NotAnIndex;
        return uint.TryParse(text.Chars, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : NotAnIndex;
    }
}

/// <summary>A symbol; the engine numbers them, the well-known ones first.</summary>
internal sealed class Symbol(Value description, uint number) : PropertyKey(CellKind.Symbol)
{
    /// <summary>A string or undefined.</summary>
    public Value Description { get; } = description;

    /// <inheritdoc/>
    public override uint TreeHash => number;

    private static Symbol WellKnown(string name, uint number) => new(TextFacts.Permanent("Symbol." + name), number) { IsShared = true };

    public static readonly Symbol AsyncIterator = WellKnown("asyncIterator", 1);
    public static readonly Symbol HasInstance = WellKnown("hasInstance", 2);
    public static readonly Symbol IsConcatSpreadable = WellKnown("isConcatSpreadable", 3);
    public static readonly Symbol Iterator = WellKnown("iterator", 4);
    public static readonly Symbol Match = WellKnown("match", 5);
    public static readonly Symbol MatchAll = WellKnown("matchAll", 6);
    public static readonly Symbol Replace = WellKnown("replace", 7);
    public static readonly Symbol Search = WellKnown("search", 8);
    public static readonly Symbol Species = WellKnown("species", 9);
    public static readonly Symbol Split = WellKnown("split", 10);
    public static readonly Symbol ToPrimitive = WellKnown("toPrimitive", 11);
    public static readonly Symbol ToStringTag = WellKnown("toStringTag", 12);
    public static readonly Symbol Unscopables = WellKnown("unscopables", 13);

    /// <summary>The number before that of the first symbol of a call.</summary>
    public const uint LastKnown = 14;
}

/// <summary>
/// Text to atom. Tables form a chain: the built-ins' (process-wide, closed after start), a program's (closed after compiling), a call's
/// (empties after the call). A look-up asks the oldest first, so that one text never has two atoms within a call.
/// </summary>
internal sealed class AtomTable(AtomTable? parent, bool isShared)
{
    private AtomTable? _parent = parent;
    private Atom?[] _buckets = new Atom?[isShared ? 64 : 16];
    private int _count;
    private bool _isClosed;

    /// <summary>How many names it holds, those of its parents not counted.</summary>
    public int Count => _count;

    public static int HashOf(in TextView text)
    {
        // Seeded per process: a viewer cannot aim at one bucket.
        return string.GetHashCode(text.IsAstral ? MemoryMarshal.Cast<int, char>(text.CodePoints) : text.Chars);
    }

    /// <summary>The atom of that text, or null if no table of the chain has one.</summary>
    public Atom? Find(in TextView text, int hash)
    {
        if (_parent?.Find(text, hash) is { } older)
            return older;
        if (_count == 0)
            return null;
        var mask = _buckets.Length - 1;
        for (var i = hash & mask; _buckets[i] is { } atom; i = (i + 1) & mask)
        {
            if (atom.Hash == hash && atom.Value.View.SequenceEqual(text))
                return atom;
        }
        return null;
    }

    /// <summary>The atom of a text of our own: a literal, the name of a built-in.</summary>
    public Atom Intern(string text)
    {
        var value = TextFacts.Permanent(text);
        return Find(value.View, HashOf(value.View)) ?? Add(new Atom(value, isShared));
    }

    /// <summary>Enters an atom that <see cref="Find"/> did not know.</summary>
    public Atom Add(Atom atom)
    {
        if (_isClosed)
            throw new InvalidOperationException("a closed atom table takes no names");
        if (_count * 2 >= _buckets.Length)
            Grow();
        Place(atom);
        _count++;
        return atom;
    }

    // Atoms of a call's table that the next call may have under other names, in the order of use.
    public const int MaxKept = 64;
    private const int KeptRoom = 40;
    private readonly Atom?[] _kept = isShared ? [] : new Atom?[MaxKept];
    private int _usedKept;

    /// <summary>
    /// Enters a name that <see cref="Find"/> did not know, of text without code points above U+FFFF, for as long as the call lasts.
    /// </summary>
    public Atom AddForCall(ReadOnlySpan<char> name, int hash)
    {
        if (name.Length > KeptRoom || _usedKept == _kept.Length)
            return Add(new Atom(Value.String(new Text(name.ToArray()), 0, name.Length), isShared: false, hash));
        var atom = _kept[_usedKept++] ??= new Atom(KeptRoom);
        atom.Become(name, hash);
        return Add(atom);
    }

    /// <summary>From here on the table is only read, by any number of threads.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Puts an empty call's table behind the names of another program.</summary>
    public void Follow(AtomTable parent) => _parent = parent;

    /// <summary>Forgets everything; for a call's table.</summary>
    public void Clear()
    {
        if (_count == 0)
            return;
        for (var i = 0; i < _usedKept; i++)
            _kept[i]!.Become([], 0);
        if (_buckets.Length > 256)
            _buckets = new Atom?[16];
        else
            Array.Clear(_buckets);
        _count = 0;
        _usedKept = 0;
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = new Atom?[old.Length * 2];
        foreach (var atom in old)
        {
            if (atom is not null)
                Place(atom);
        }
    }

    private void Place(Atom atom)
    {
        var mask = _buckets.Length - 1;
        var i = atom.Hash & mask;
        while (_buckets[i] is not null)
            i = (i + 1) & mask;
        _buckets[i] = atom;
    }
}

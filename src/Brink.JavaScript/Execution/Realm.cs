using System.Runtime.CompilerServices;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// All the state of one call: what is left of its budgets, its own names and texts, its changes to built-ins, the pending exception. Realms
/// are pooled; <c>Begin</c> leaves nothing of the call before.
/// </summary>
internal sealed partial class Realm : Meter
{
    private readonly AtomTable _noAtoms = new(Names.Table, isShared: false);
    private AtomTable _atoms;
    private Dictionary<JsObject, JsObject>? _overlay;

    public Realm()
    {
        _atoms = _noAtoms;
        Intrinsics = null!;
        EmptyShape = null!;
        Interpreter = new Interpreter(this);
    }

    /// <summary>Runs the functions of the script.</summary>
    public Interpreter Interpreter { get; }

    /// <summary>The built-ins of the program's runtime.</summary>
    public Intrinsics Intrinsics { get; private set; }

    /// <summary>The root of the program's shapes.</summary>
    public Shape EmptyShape { get; private set; }

    /// <summary>What the host handed in for this call; host functions ask for it.</summary>
    public object? HostContext { get; private set; }

    /// <summary>What was thrown, while a <see cref="Value.Threw"/> travels up.</summary>
    public Value Exception { get; set; }

    /// <summary>When the call began, in milliseconds since 1970: what every Date query returns (functions spec 5.6).</summary>
    public double StartTime { get; private set; }

    /// <summary>Feeds Math.random; seeded for each call.</summary>
    public ulong RandomState { get; set; }

    /// <summary>How deep natives and the interpreter have called each other on the CLR stack.</summary>
    public int NativeDepth { get; set; }

    /// <summary>Some built-in object was written to in this call: every short cut around a built-in's property asks this first.</summary>
    public bool HasPatchedIntrinsics => _overlay is not null;

    public Runtime Runtime => Intrinsics.Runtime;

    /// <summary>Makes the realm fresh for one call.</summary>
    public void Begin(Intrinsics intrinsics, AtomTable callAtoms, Shape emptyShape, in CallLimits limits, object? hostContext)
    {
        // What is as it was is not written: the collector need not know of it.
        if (!ReferenceEquals(Intrinsics, intrinsics))
            Intrinsics = intrinsics;
        if (!ReferenceEquals(_atoms, callAtoms))
            _atoms = callAtoms;
        if (!ReferenceEquals(EmptyShape, emptyShape))
            EmptyShape = emptyShape;
        HostContext = hostContext;
        Exception = default;
        StartTime = limits.StartTimeMilliseconds;
        RandomState = limits.RandomSeed;
        NativeDepth = 0;
        _overlay = null;
        _lastAsked = _lastFound = null;
        _registeredSymbols = null;
        _lastSymbol = Symbol.LastKnown;
        Fill(limits);
        _arena.Reset();
    }

    /// <summary>Drops everything that the call made.</summary>
    public void End()
    {
        _atoms.Clear();
        _arena.Reset();
        _overlay = null;
        _lastAsked = _lastFound = null;
        _registeredSymbols = null;
        Exception = default;
        HostContext = null;
        ClearJobs();
        Interpreter.Clear();
        ClearModule();
        ClearPlaces();
        ClearKept();
        ClearKeptRegExps();
    }

    // ---------------------------------------------------------------- the overlay over the built-ins

    /// <summary>Where the properties of an object are in this call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public JsObject StorageOf(JsObject @object) => @object.IsShared && _overlay is not null ? Overlaid(@object) : @object;

    // The built-in that was asked for last, and where its properties are.
    private JsObject? _lastAsked, _lastFound;

    private JsObject Overlaid(JsObject @object)
    {
        Charge(Price.ChangedBuiltIn);
        if (ReferenceEquals(_lastAsked, @object))
            return _lastFound!;
        _lastAsked = @object;
        return _lastFound = _overlay!.TryGetValue(@object, out var own) ? own : @object;
    }

    /// <summary>Where to write: a shared object gets its copy in the overlay first.</summary>
    public JsObject StorageForWriting(JsObject @object)
    {
        if (!@object.IsShared)
            return @object;
        _overlay ??= [];
        var own = Overlaid(@object);
        if (!ReferenceEquals(own, @object))
            return own;
        Allocate(MemoryCost.Object + MemoryCost.TableEntry + MemoryCost.Value * @object.Slots.Length);
        own = new JsObject(@object.Class, @object.Shape,
            @object.Prototype) { Slots = (Value[])@object.Slots.Clone(), IsExtensible = @object.IsExtensible };
        if (@object.Table is { } table)
        {
            own.Table = new PropertyTable();
            Allocate(MemoryCost.Table + MemoryCost.TableEntry * table.Count);
            Charge(Price.TableMade + table.Count);
            for (var i = 0; i < table.Used; i++)
            {
                if (table.EntryAt(i) is { Key: { } key } entry)
                    own.Table.Add(key, entry.Value, entry.Flags);
            }
        }
        else
        {
            own.ToDictionaryMode(this);     // its shapes belong to the process: a call must not add to them
        }
        _overlay.Add(@object, own);
        return _lastFound = own;
    }

    // ---------------------------------------------------------------- names

    /// <summary>The atom of a string value.</summary>
    public Atom AtomOf(in Value text)
    {
        var known = text.Reference is Text bmp ? bmp.Atom : Unsafe.As<AstralText>(text.Reference!).Atom;
        if (known is not null && text.Start == 0 && text.Length == known.Value.Length)
            return known;
        if (ReferenceEquals(text.Reference, SingleCharacterOwner) && text.Length == 1)
            return SingleCharacterNames[text.Start];
        var view = text.View;
        Charge(1 + (view.IsAstral ? 2 * view.Length : view.Length) / Price.HashedCharacters);
        if (view.IsBytes)
        {
            // the same key as from the text that they spell
            var spelled = ToTextIfUtf8(text);
            if (!spelled.IsBytes)
                return AtomOf(spelled);
        }
        else if (view.IsAstral && view.CodePoints.IndexOfAnyExceptInRange(0, char.MaxValue) < 0)
        {
            // a part of astral text that is not astral itself: the same key as from any other text
            Allocate(view.Length * (long)(MemoryCost.Char + sizeof(int)));
            var chars = new char[view.Length];
            CodePoints.Narrow(view.CodePoints, chars);
            view = new TextView(chars);
        }
        var hash = AtomTable.HashOf(view);
        if (_atoms.Find(view, hash) is { } atom)
            return atom;
        return Enter(view, hash);
    }

    private Atom Enter(in TextView name, int hash)
    {
        Allocate(MemoryCost.Atom + name.Length * (long)(name.IsAstral ? sizeof(int) + 2 * MemoryCost.Char : MemoryCost.Char));
        if (_atoms.Count >= AtomTable.MaxKept)
            Charge(Price.ManyNames);
        return name.IsAstral
            ? _atoms.Add(new Atom(Value.String(CopyOf(name), 0, name.Length), isShared: false))
            : _atoms.AddForCall(name.Chars, hash);
    }

    private static AstralText CopyOf(in TextView text)
    {
        var units = text.CodePoints.ToArray();
        return text.IsBytes ? new ByteText(units) : new AstralText(units);
    }

    /// <summary>The atom of text from the host.</summary>
    public Atom AtomOf(ReadOnlySpan<char> utf16)
    {
        if (TextFacts.HasSurrogates(utf16))
            return AtomOf(NewText(utf16));
        var view = new TextView(utf16);
        var hash = AtomTable.HashOf(view);
        if (_atoms.Find(view, hash) is { } known)
            return known;
        // It costs what making the text and then its key would.
        if (view.Length > 0)
            ChargeText(view.Length);
        Charge(1 + view.Length / Price.HashedCharacters);
        return Enter(view, hash);
    }

    /// <summary>The atom of an array index.</summary>
    public Atom AtomOf(uint index)
    {
        if (index < 10)
            return SingleCharacterNames['0' + (int)index];
        Charge(Price.ElementName);
        Span<char> digits = stackalloc char[10];
        index.TryFormat(digits, out var count, provider: System.Globalization.CultureInfo.InvariantCulture);
        return AtomOf(digits[..count]);
    }

    /// <summary>
    /// The atom of a place, which may be too far for an index, if the call knows one; if not, no object has an ordinary property of that
    /// name.
    /// </summary>
    public Atom? FindAtomOf(long index)
    {
        if (index < 10)
            return SingleCharacterNames['0' + (int)index];
        Charge(Price.ElementName);
        Span<char> digits = stackalloc char[20];
        index.TryFormat(digits, out var count, provider: System.Globalization.CultureInfo.InvariantCulture);
        var view = new TextView(digits[..count]);
        return _atoms.Find(view, AtomTable.HashOf(view));
    }

    // ---------------------------------------------------------------- objects

    public JsObject NewObject()
    {
        Allocate(MemoryCost.Object);
        return TakeObject(Intrinsics.ObjectPrototype);
    }

    /// <summary>With room for that many properties.</summary>
    public JsObject NewObject(int capacity)
    {
        Allocate(MemoryCost.Object + MemoryCost.Value * capacity);
        var @object = TakeObject(Intrinsics.ObjectPrototype);
        if (capacity > 0)
            @object.Slots = NewStorage(capacity);
        return @object;
    }

    public JsObject NewObject(ObjectClass @class, JsObject? prototype)
    {
        Allocate(MemoryCost.Object);
        return @class == ObjectClass.Object ? TakeObject(prototype) : new JsObject(@class, EmptyShape, prototype);
    }

    public JsArray NewArray(int capacity = 0)
    {
        Allocate(MemoryCost.Object);
        var array = TakeArray();
        if (capacity > 0)
            array.Reserve(this, capacity);
        return array;
    }
}

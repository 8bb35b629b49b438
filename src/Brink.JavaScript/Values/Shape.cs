using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

[Flags]
internal enum PropertyFlags : byte
{
    None = 0,
    Writable = 1,
    Enumerable = 2,
    Configurable = 4,

    /// <summary>The slot holds an <see cref="Accessor"/>.</summary>
    Accessor = 8,

    /// <summary>What an assignment creates.</summary>
    Default = Writable | Enumerable | Configurable,

    /// <summary>What a built-in method has.</summary>
    Hidden = Writable | Configurable,
}

/// <summary>A getter and a setter in a property slot.</summary>
internal sealed class Accessor(JsObject? get, JsObject? set) : Cell(CellKind.Accessor)
{
    public JsObject? Get { get; } = get;

    public JsObject? Set { get; } = set;
}

/// <summary>
/// The keys of an object in insertion order (functions spec 5.5, 2: integer-like keys included), shared by all objects that were built the
/// same way. Only names that the script or the engine itself writes out make shapes (<see cref="With"/>). Keys that a script computes, or
/// that come from data, follow the shapes that are there (<see cref="Next"/>) or put the object into dictionary mode
/// (<see cref="PropertyTable"/>): nothing of a request stays in a tree. A tree belongs to one program or to the built-ins, and stops
/// growing at a bound.
/// </summary>
internal sealed class Shape
{
    /// <summary>More properties than this and the object goes to dictionary mode.</summary>
    public const int MaxProperties = 64;

    /// <summary>A program that builds more shapes than this gets dictionary mode for the rest: code cannot fill the process.</summary>
    public const int MaxShapesPerTree = 2048;

    private const int IndexAbove = 8;

    private readonly Tree _tree;
    private readonly PropertyKey[] _keys;
    private readonly PropertyFlags[] _flags;
    private volatile Dictionary<(PropertyKey Key, PropertyFlags Flags), Shape> _transitions = [];
    private Dictionary<PropertyKey, int>? _index;

    // The first of the transitions: most shapes have one.
    private volatile Transition? _first;

    private Shape(Tree tree, PropertyKey[] keys, PropertyFlags[] flags)
    {
        _tree = tree;
        _keys = keys;
        _flags = flags;
    }

    private sealed class Tree
    {
        public int Count;
    }

    private sealed record Transition(PropertyKey Key, PropertyFlags Flags, Shape To);

    /// <summary>What objects in dictionary mode show, so that no cache takes them for what they were.</summary>
    public static readonly Shape Dictionary = NewRoot();

    /// <summary>The root of a new tree.</summary>
    public static Shape NewRoot() => new(new Tree(), [], []);

    /// <summary>How many shapes were made in its tree.</summary>
    public int TreeSize => _tree.Count;

    public int Count => _keys.Length;

    public PropertyKey KeyAt(int slot) => _keys[slot];

    public PropertyFlags FlagsAt(int slot) => _flags[slot];

    /// <summary>The slot of a key, or -1.</summary>
    public int IndexOf(PropertyKey key)
    {
        var keys = _keys;
        if (keys.Length <= IndexAbove)
        {
            for (var i = 0; i < keys.Length; i++)
            {
                if (ReferenceEquals(keys[i], key))
                    return i;
            }
            return -1;
        }
        var index = _index ?? BuildIndex();
        return index.TryGetValue(key, out var slot) ? slot : -1;
    }

    /// <summary>
    /// Whether an object of so many properties can have a shape with that key too. Decides what a call pays, for which the tree as the
    /// calls before left it may not matter.
    /// </summary>
    public static bool CanHold(PropertyKey key, int count) => key.IsShared && count < MaxProperties;

    /// <summary>The shape with one key more, if it was made before.</summary>
    public Shape? Next(PropertyKey key, PropertyFlags flags)
    {
        if (_first is { } first && ReferenceEquals(first.Key, key) && first.Flags == flags)
            return first.To;
        return _transitions.TryGetValue((key, flags), out var next) ? next : null;
    }

    /// <summary>The shape with one key more, made if need be; null when the object has to go to dictionary mode.</summary>
    public Shape? With(PropertyKey key, PropertyFlags flags)
    {
        if (!CanHold(key, _keys.Length))
            return null;
        if (Next(key, flags) is { } known)
            return known;
        lock (_tree)                                        // once for each way to build an object, not on the request path
        {
            if (Next(key, flags) is { } made)
                return made;
            if (_tree.Count >= MaxShapesPerTree)
                return null;
            _tree.Count++;
            var next = new Shape(_tree, [.. _keys, key], [.. _flags, flags]);
            _first ??= new Transition(key, flags, next);
            _transitions = new Dictionary<(PropertyKey, PropertyFlags), Shape>(_transitions) { [(key, flags)] = next };
            return next;
        }
    }

    /// <summary>In which order the slots are listed, and what finding that out costs; null if in the order of arrival.</summary>
    public Listing? ListingOrder => PropertyTree.IsTree(_keys.Length) ? _listing ?? Arrange() : null;

    /// <summary>The order of the slots in the tree, and the steps of finding it, which each call pays as if it had found it.</summary>
    internal sealed record Listing(int[] Slots, int Steps);

    private Listing? _listing;

    private Listing Arrange()
    {
        var keys = (PropertyKey[])_keys.Clone();
        var steps = keys.Length + PropertyTree.Arrange(keys, new PropertyKey[keys.Length]);
        return _listing = new Listing(Array.ConvertAll(keys, IndexOf), steps);          // a race finds it twice, both right
    }

    private Dictionary<PropertyKey, int> BuildIndex()
    {
        var index = new Dictionary<PropertyKey, int>(_keys.Length);
        for (var i = 0; i < _keys.Length; i++)
            index[_keys[i]] = i;
        _index = index;                                     // a race builds it twice, both right
        return index;
    }
}

/// <summary>
/// Dictionary mode: the properties of one object, in insertion order, of any number and with any keys. Deleting leaves a gap, which the
/// same key finds again.
/// </summary>
internal sealed class PropertyTable
{
    private const int IndexAbove = 8;

    private Entry[] _entries = new Entry[8];
    private int _used;

    /// <summary>
    /// For an object that could have a shape, only that its tree has none: the call pays for it as if it had, so that a call costs the same
    /// whatever shapes the calls before made.
    /// </summary>
    public void StandForShape(int slots)
    {
        IsInPlaceOfShape = true;
        PaidSlots = slots;
    }

    public bool IsInPlaceOfShape { get; private set; }

    /// <summary>How many slots the call has paid for, while it stands in the place of a shape.</summary>
    public int PaidSlots { get; set; }

    /// <summary>From here on it is paid for as what it is.</summary>
    public void PayAsTable(Realm realm)
    {
        if (!IsInPlaceOfShape)
            return;
        realm.Allocate(MemoryCost.Table + MemoryCost.TableEntry * Count);
        realm.Charge(Price.TableMade);
        IsInPlaceOfShape = false;
    }

    // Open addressing over the entries: place + 1, zero where nothing is. At least twice as long as the entries, and made anew whenever
    // they are, so a probe always meets an empty place.
    private int[]? _index;

    // An index of before, for the next.
    private int[]? _room;

    private const int MaxKept = 64;

    public struct Entry
    {
        /// <summary>Null in a gap: the value then refers to the key that was here.</summary>
        public PropertyKey? Key;
        public Value Value;
        public PropertyFlags Flags;

        /// <summary>The key that is or was here.</summary>
        public readonly PropertyKey LastKey => Key ?? (PropertyKey)Value.Reference!;
    }

    /// <summary>Without the gaps.</summary>
    public int Count { get; private set; }

    /// <summary>With the gaps: the bound for <see cref="EntryAt"/>.</summary>
    public int Used => _used;

    /// <summary>A gap has a null key.</summary>
    public ref Entry EntryAt(int place) => ref _entries[place];

    /// <summary>The place of a key, or -1.</summary>
    public int IndexOf(PropertyKey key)
    {
        if (_index is { } index)
        {
            var mask = index.Length - 1;
            for (var i = key.Hash & mask; index[i] != 0; i = (i + 1) & mask)
            {
                if (ReferenceEquals(_entries[index[i] - 1].Key, key))
                    return index[i] - 1;
            }
            return -1;
        }
        for (var i = 0; i < _used; i++)
        {
            if (ReferenceEquals(_entries[i].Key, key))
                return i;
        }
        return -1;
    }

    /// <summary>Fills the gap that a deleted key left, if there is one: it has its old place again.</summary>
    public bool TryPutBack(PropertyKey key, in Value value, PropertyFlags flags)
    {
        var place = Count == _used ? -1 : GapOf(key);
        if (place < 0)
            return false;
        _entries[place] = new Entry { Key = key, Value = value, Flags = flags };
        Count++;
        return true;
    }

    private int GapOf(PropertyKey key)
    {
        if (_index is { } index)
        {
            var mask = index.Length - 1;
            for (var i = key.Hash & mask; index[i] != 0; i = (i + 1) & mask)
            {
                if (ReferenceEquals(_entries[index[i] - 1].LastKey, key))
                    return index[i] - 1;
            }
            return -1;
        }
        for (var i = 0; i < _used; i++)
        {
            if (ReferenceEquals(_entries[i].LastKey, key))
                return i;
        }
        return -1;
    }

    /// <summary>Appends a key that is not there yet, and was not before.</summary>
    public void Add(PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (_used == _entries.Length)
            MakeRoom();
        _entries[_used] = new Entry { Key = key, Value = value, Flags = flags };
        if (_index is not null)
            Enter(key, _used);
        _used++;
        Count++;
        if (_index is null && _used > IndexAbove)
            BuildIndex();
    }

    /// <summary>Empties it for another call, keeping its room if that is not large.</summary>
    public void Forget()
    {
        if (_entries.Length > MaxKept)
        {
            _entries = new Entry[8];
            _room = null;
        }
        else
        {
            Array.Clear(_entries, 0, _used);
            _room = _index ?? _room;
        }
        _index = null;
        _used = 0;
        Count = 0;
        IsInPlaceOfShape = false;
        PaidSlots = 0;
    }

    public void RemoveAt(int place)
    {
        _entries[place] = new Entry { Value = Value.Internal(_entries[place].Key!) };
        Count--;
    }

    /// <summary>Appends the keys in the order in which they are listed; charged, besides a step for each.</summary>
    public void CollectKeys(Realm realm, List<PropertyKey> keys)
    {
        if (!PropertyTree.IsTree(_used))
        {
            CollectKeysInOrderOfArrival(keys);
            return;
        }
        // The keys that were deleted have their part in where the others are.
        var first = keys.Count;
        for (var i = 0; i < _used; i++)
            keys.Add(_entries[i].LastKey);
        PropertyTree.Arrange(realm, keys, first);
        if (Count == _used)
            return;
        var kept = first;
        for (var i = first; i < keys.Count; i++)
        {
            if (IndexOf(keys[i]) >= 0)
                keys[kept++] = keys[i];
        }
        keys.RemoveRange(kept, keys.Count - kept);
    }

    public void CollectKeysInOrderOfArrival(List<PropertyKey> keys)
    {
        for (var i = 0; i < _used; i++)
        {
            if (_entries[i].Key is { } key)
                keys.Add(key);
        }
    }

    private void MakeRoom()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        if (_index is not null)
            BuildIndex();
    }

    private void BuildIndex()
    {
        if (_room?.Length == _entries.Length * 2)
        {
            _index = _room;
            Array.Clear(_index);
        }
        else
        {
            _index = new int[_entries.Length * 2];
        }
        _room = null;
        for (var i = 0; i < _used; i++)
            Enter(_entries[i].LastKey, i);
    }

    private void Enter(PropertyKey key, int place)
    {
        var mask = _index!.Length - 1;
        var i = key.Hash & mask;
        while (_index[i] != 0)
            i = (i + 1) & mask;
        _index[i] = place + 1;
    }
}

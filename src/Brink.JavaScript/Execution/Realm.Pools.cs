using System.Numerics;
using System.Runtime.CompilerServices;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// What a call makes and a realm keeps for the next: objects, arrays, functions, their storage. Each is handed out once in a call and
/// cleared when the call ends; beyond a fixed number they are garbage as usual. The call is charged the same either way (decision 0011).
/// </summary>
internal sealed partial class Realm
{
    private const int KeptObjects = 64;
    private const int KeptArrays = 32;
    private const int KeptClosures = 32;
    private const int KeptCells = 32;
    private const int KeptTables = 8;
    private const int KeptEnumerations = 4;
    private const int LargestKeptStorage = 16;
    private const int KeptTextItems = 32;

    private Kept<JsObject> _keptObjects = new(KeptObjects);
    private Kept<JsArray> _keptArrays = new(KeptArrays);
    private Kept<Closure> _keptClosures = new(KeptClosures);
    private Kept<VariableCell> _keptCells = new(KeptCells);
    private Kept<PropertyTable> _keptTables = new(KeptTables);
    private Kept<KeyEnumeration> _keptEnumerations = new(KeptEnumerations);

    /// <summary>By length: the length decides when storage grows and what that costs, so it is exactly what was asked for.</summary>
    private readonly Kept<Value[]>[] _keptStorage = MakeKeptStorage();

    /// <summary>A bit for each length of which storage was handed out.</summary>
    private uint _usedStorage;

    /// <summary>Used in order, so that ending a call clears what it used and nothing else.</summary>
    private struct Kept<T>(int capacity) where T : class
    {
        public readonly T?[] Items = new T?[capacity];
        public int Used;

        /// <summary>The next one; a null in <paramref name="place"/> has to be replaced by a new one. False if all are in use.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryTake(out int place)
        {
            place = Used;
            if (place >= Items.Length)
                return false;
            Used++;
            return true;
        }
    }

    private static Kept<Value[]>[] MakeKeptStorage()
    {
        var all = new Kept<Value[]>[LargestKeptStorage + 1];
        for (var length = 1; length < all.Length; length++)
            all[length] = new Kept<Value[]>(length is 4 ? 64 : length is 8 ? 16 : 8);
        return all;
    }

    /// <summary>Storage of just that length, all undefined. The caller has charged for it.</summary>
    public Value[] NewStorage(int length)
    {
        if ((uint)length > LargestKeptStorage)
            return new Value[length];
        if (length == 0)
            return [];
        _usedStorage |= 1u << length;
        ref var kept = ref _keptStorage[length];
        return kept.TryTake(out var place) ? kept.Items[place] ??= new Value[length] : new Value[length];
    }

    /// <summary>Longer storage with what was in the shorter.</summary>
    public void GrowStorage(ref Value[] storage, int length)
    {
        var grown = NewStorage(length);
        storage.CopyTo(grown, 0);
        storage = grown;
    }

    private JsObject TakeObject(JsObject? prototype)
    {
        if (!_keptObjects.TryTake(out var place))
            return new JsObject(ObjectClass.Object, EmptyShape, prototype);
        if (_keptObjects.Items[place] is not { } @object)
            return _keptObjects.Items[place] = new JsObject(ObjectClass.Object, EmptyShape, prototype);
        @object.Shape = EmptyShape;
        @object.Prototype = prototype;
        return @object;
    }

    private JsArray TakeArray()
    {
        if (!_keptArrays.TryTake(out var place))
            return new JsArray(EmptyShape, Intrinsics.ArrayPrototype);
        if (_keptArrays.Items[place] is not { } array)
            return _keptArrays.Items[place] = new JsArray(EmptyShape, Intrinsics.ArrayPrototype);
        array.Shape = EmptyShape;
        array.Prototype = Intrinsics.ArrayPrototype;
        return array;
    }

    /// <summary>A function of the script. The caller has charged for it.</summary>
    public Closure NewClosure(FunctionCode code, VariableCell[] captures, in Value boundThis)
    {
        var prototype = code.IsAsync ? Intrinsics.AsyncFunctionPrototype : Intrinsics.FunctionPrototype;
        Closure closure;
        if (!_keptClosures.TryTake(out var place))
        {
            closure = new Closure(EmptyShape, prototype);
        }
        else
        {
            closure = _keptClosures.Items[place] ??= new Closure(EmptyShape, prototype);
            closure.Shape = EmptyShape;
            closure.Prototype = prototype;
        }
        closure.Begin(code, captures, boundThis);
        return closure;
    }

    /// <summary>The cell of a captured variable.</summary>
    public VariableCell NewCell(in Value content)
    {
        Allocate(VariableCell.Cost);
        var cell = _keptCells.TryTake(out var place) ? _keptCells.Items[place] ??= new VariableCell() : new VariableCell();
        cell.Content = content;
        return cell;
    }

    /// <summary>An empty table of properties. The caller has charged for it.</summary>
    public PropertyTable NewTable() =>
        _keptTables.TryTake(out var place) ? _keptTables.Items[place] ??= new PropertyTable() : new PropertyTable();

    /// <summary>
    /// The same in the place of a shape, for which the call has paid so many slots: see <see cref="PropertyTable.StandForShape"/>.
    /// </summary>
    public PropertyTable NewTableInPlaceOfShape(int slots)
    {
        var table = NewTable();
        table.StandForShape(slots);
        return table;
    }

    /// <summary>The keys of a for-in loop.</summary>
    public KeyEnumeration Enumerate(in Value target)
    {
        var enumeration = _keptEnumerations.TryTake(out var place)
            ? _keptEnumerations.Items[place] ??= new KeyEnumeration()
            : new KeyEnumeration();
        enumeration.Begin(this, target);
        return enumeration;
    }

    private TextItem[]? _textItems;

    /// <summary>
    /// Room to sort so many texts in. The caller has charged for it, and gives it back; what a sort within the sort gets is its own.
    /// </summary>
    public TextItem[] RentTextItems(int count)
    {
        if (count > KeptTextItems || _textItems is not { } kept)
            return new TextItem[Math.Max(count, KeptTextItems)];
        _textItems = null;
        return kept;
    }

    public void ReturnTextItems(TextItem[] items)
    {
        if (items.Length > KeptTextItems)
            return;
        Array.Clear(items);
        _textItems = items;
    }

    private void ClearKept()
    {
        for (var i = 0; i < _keptObjects.Used; i++)
            _keptObjects.Items[i]?.Forget();
        _keptObjects.Used = 0;
        for (var i = 0; i < _keptArrays.Used; i++)
            _keptArrays.Items[i]?.Forget();
        _keptArrays.Used = 0;
        for (var i = 0; i < _keptClosures.Used; i++)
            _keptClosures.Items[i]?.Forget();
        _keptClosures.Used = 0;
        for (var i = 0; i < _keptCells.Used; i++)
            _keptCells.Items[i]!.Content = default;
        _keptCells.Used = 0;
        for (var i = 0; i < _keptTables.Used; i++)
            _keptTables.Items[i]?.Forget();
        _keptTables.Used = 0;
        for (var i = 0; i < _keptEnumerations.Used; i++)
            _keptEnumerations.Items[i]?.Forget();
        _keptEnumerations.Used = 0;
        for (; _usedStorage != 0; _usedStorage &= _usedStorage - 1)
        {
            ref var kept = ref _keptStorage[BitOperations.TrailingZeroCount(_usedStorage)];
            for (var i = 0; i < kept.Used; i++)
                Array.Clear(kept.Items[i]!);
            kept.Used = 0;
        }
    }
}

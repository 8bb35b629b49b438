namespace Brink.Events;

/// <summary>
/// Names with one or more values each, in the order in which the names first occur: headers, query parameters or cookies as a function sees
/// them. It holds places in the messages' own strings, so that a value is copied only when it is read. Filled once for an event, then only
/// read; kept and filled again for the next event.
/// </summary>
internal sealed class NamedValues
{
    private const int IndexAbove = 16;
    private const int MaxKept = 512;

    private Name[] _names = new Name[16];
    private Item[] _items = new Item[16];
    private int[] _buckets = [];

    /// <summary>The number of names.</summary>
    public int NameCount { get; private set; }

    /// <summary>The number of values.</summary>
    public int ItemCount { get; private set; }

    private struct Name
    {
        public string Text;
        public int Start;
        public int Length;
        public int First;
        public int Last;
        public int Count;
        public HeaderRule Rule;

        public readonly ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);
    }

    private struct Item
    {
        public string Source;
        public int Start;
        public int Length;
        public int AttributesStart;     // -1: none
        public int Field;
        public int Next;
    }

    public void Clear()
    {
        if (_items.Length > MaxKept)
        {
            (_names, _items, _buckets) = (new Name[16], new Item[16], []);
        }
        else
        {
            Array.Clear(_names, 0, NameCount);
            Array.Clear(_items, 0, ItemCount);
            if (NameCount > IndexAbove)
                Array.Clear(_buckets);
        }
        NameCount = 0;
        ItemCount = 0;
    }

    /// <summary>Appends a value.</summary>
    /// <param name="name">Where the name is: wire text.</param>
    /// <param name="nameStart">Where it begins.</param>
    /// <param name="nameLength">How long it is.</param>
    /// <param name="value">Where the value is: wire text.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="field">The place of the header field that it came from.</param>
    /// <param name="attributesStart">Where the attributes of a response cookie begin; -1 if there are none.</param>
    /// <param name="rule">The rule of a header.</param>
    public void Add(
        string name, int nameStart, int nameLength, string value, int start, int length, int field, int attributesStart = -1,
        HeaderRule rule = HeaderRule.None)
    {
        if (WireText.DecodeUnlessAscii(name.AsSpan(nameStart, nameLength)) is { } decoded)
            (name, nameStart, nameLength) = (decoded, 0, decoded.Length);
        var item = ItemCount;
        if (item == _items.Length)
            Array.Resize(ref _items, item * 2);
        _items[item] =
            new Item { Source = value, Start = start, Length = length, Field = field, AttributesStart = attributesStart, Next = -1 };
        ItemCount++;

        var at = IndexOf(name.AsSpan(nameStart, nameLength));
        if (at >= 0)
        {
            _items[_names[at].Last].Next = item;
            _names[at].Last = item;
            _names[at].Count++;
            return;
        }
        if (NameCount == _names.Length)
            Array.Resize(ref _names, NameCount * 2);
        _names[NameCount] =
            new Name { Text = name, Start = nameStart, Length = nameLength, First = item, Last = item, Count = 1, Rule = rule };
        NameCount++;
        EnterIntoIndex();
    }

    /// <summary>The place of a name, or -1.</summary>
    public int IndexOf(ReadOnlySpan<char> name)
    {
        if (NameCount <= IndexAbove)
        {
            for (var i = 0; i < NameCount; i++)
            {
                if (_names[i].Length == name.Length && _names[i].Span.SequenceEqual(name))
                    return i;
            }
            return -1;
        }
        var mask = _buckets.Length - 1;
        for (var bucket = string.GetHashCode(name) & mask; _buckets[bucket] != 0; bucket = (bucket + 1) & mask)
        {
            if (_names[_buckets[bucket] - 1].Span.SequenceEqual(name))
                return _buckets[bucket] - 1;
        }
        return -1;
    }

    /// <summary>A query can hold four thousand names: beyond a few, a linear search would let a viewer slow the edge down.</summary>
    private void EnterIntoIndex()
    {
        if (NameCount <= IndexAbove)
            return;
        if (NameCount == IndexAbove + 1 || NameCount * 2 > _buckets.Length)
        {
            if (NameCount * 2 > _buckets.Length)
                _buckets = new int[Math.Max(64, _buckets.Length * 2)];
            for (var i = 0; i < NameCount; i++)
                Place(i);
            return;
        }
        Place(NameCount - 1);
    }

    private void Place(int name)
    {
        var mask = _buckets.Length - 1;
        var bucket = string.GetHashCode(_names[name].Span) & mask;
        while (_buckets[bucket] != 0)
            bucket = (bucket + 1) & mask;
        _buckets[bucket] = name + 1;
    }

    /// <summary>The name as a function sees it.</summary>
    public string NameAt(int name)
    {
        ref var at = ref _names[name];
        if (at.Length != at.Text.Length)
            (at.Text, at.Start) = (at.Text.Substring(at.Start, at.Length), 0);      // once, however often it is read
        return at.Text;
    }

    /// <summary>The name as a function sees it, not to be kept.</summary>
    public ReadOnlySpan<char> NameSpanAt(int name) => _names[name].Span;

    /// <summary>The rule of a header.</summary>
    public HeaderRule RuleAt(int name) => _names[name].Rule;

    /// <summary>How many values a name has.</summary>
    public int CountAt(int name) => _names[name].Count;

    /// <summary>The first value of a name, as the place of an item.</summary>
    public int FirstItem(int name) => _names[name].First;

    /// <summary>The next value of the same name, or -1.</summary>
    public int NextItem(int item) => _items[item].Next;

    /// <summary>The header field that a value came from.</summary>
    public int FieldOf(int item) => _items[item].Field;

    /// <summary>A value as it came.</summary>
    public ReadOnlySpan<char> WireValue(int item) => _items[item].Source.AsSpan(_items[item].Start, _items[item].Length);

    /// <summary>The attributes of a response cookie as they came; empty if there are none.</summary>
    public ReadOnlySpan<char> WireAttributes(int item) =>
        HasAttributes(item) ? _items[item].Source.AsSpan(_items[item].AttributesStart) : default;

    /// <summary>Whether a response cookie came with attributes.</summary>
    public bool HasAttributes(int item) => _items[item].AttributesStart >= 0;
}

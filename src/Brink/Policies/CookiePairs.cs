using System.Buffers;
using Brink.Http;

namespace Brink.Policies;

/// <summary>One <c>name=value</c> of a Cookie header, as a slice of it.</summary>
/// <param name="Source">The header's value.</param>
/// <param name="Start">Where the pair begins.</param>
/// <param name="NameLength">The length of the name.</param>
/// <param name="Length">The length of name, <c>=</c> and value.</param>
/// <param name="Order">Its place among all pairs as they came.</param>
public readonly record struct CookiePair(string Source, int Start, int NameLength, int Length, int Order)
{
    /// <summary>The name, case as sent.</summary>
    public ReadOnlySpan<char> Name => Source.AsSpan(Start, NameLength);

    /// <summary><c>name=value</c> as sent.</summary>
    public ReadOnlySpan<char> Text => Source.AsSpan(Start, Length);

    /// <summary>By name, equal names in the order they came: any order of pairs gives one key.</summary>
    internal static int Compare(CookiePair left, CookiePair right)
    {
        var byName = left.Name.SequenceCompareTo(right.Name);
        return byName != 0 ? byName : left.Order.CompareTo(right.Order);
    }
}

/// <summary>
/// The cookies of a request that belong to one of two sets, sorted by name (distribution spec 3.1). A Cookie header that is not in
/// <c>name=value; ...</c> form is dropped whole. Holds a pooled array: dispose it.
/// </summary>
public ref struct CookiePairs : IDisposable
{
    private CookiePair[]? _pairs;
    private int _count;

    /// <summary>Collects and sorts.</summary>
    public CookiePairs(HeaderList headers, ItemSet first, ItemSet? second)
    {
        if (first.Selection == ItemSelection.None && second is null or { Selection: ItemSelection.None })
            return;
        for (var i = headers.IndexOf("cookie"); i >= 0; i = headers.IndexOf("cookie", i + 1))
            Collect(headers[i].Value, first, second);
        if (_count > 1)
            _pairs.AsSpan(0, _count).Sort(CookiePair.Compare);
    }

    /// <summary>The pairs, sorted.</summary>
    public readonly ReadOnlySpan<CookiePair> Sorted => _pairs.AsSpan(0, _count);

    /// <summary>The length of the pairs joined by <c>"; "</c>.</summary>
    public readonly int JoinedLength
    {
        get
        {
            var length = Math.Max(0, (_count - 1) * 2);
            foreach (ref readonly var pair in Sorted)
                length += pair.Length;
            return length;
        }
    }

    /// <summary>Writes the pairs joined by <c>"; "</c>.</summary>
    public readonly void Join(Span<char> target)
    {
        for (var i = 0; i < _count; i++)
        {
            if (i > 0)
            {
                "; ".CopyTo(target);
                target = target[2..];
            }
            _pairs![i].Text.CopyTo(target);
            target = target[_pairs[i].Length..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pairs is null)
            return;
        ArrayPool<CookiePair>.Shared.Return(_pairs, clearArray: true);
        _pairs = null;
        _count = 0;
    }

    private void Collect(string value, ItemSet first, ItemSet? second)
    {
        var before = _count;
        var position = 0;
        while (position < value.Length)
        {
            var end = value.IndexOf(';', position);
            if (end < 0)
                end = value.Length;
            var start = position;
            position = end + 1;
            while (start < end && value[start] is ' ' or '\t')
                start++;
            while (end > start && value[end - 1] is ' ' or '\t')
                end--;
            if (start == end)
                continue;
            var nameLength = value.AsSpan(start, end - start).IndexOf('=');
            if (nameLength <= 0)
            {
                _count = before; // not in name=value form: the whole header goes
                return;
            }
            var name = value.AsSpan(start, nameLength);
            if (first.Includes(name, StringComparison.Ordinal) || second is not null && second.Includes(name, StringComparison.Ordinal))
                Add(new CookiePair(value, start, nameLength, end - start, _count));
        }
    }

    private void Add(CookiePair pair)
    {
        _pairs ??= ArrayPool<CookiePair>.Shared.Rent(16);
        if (_count == _pairs.Length)
        {
            var larger = ArrayPool<CookiePair>.Shared.Rent(_count * 2);
            _pairs.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<CookiePair>.Shared.Return(_pairs, clearArray: true);
            _pairs = larger;
        }
        _pairs[_count++] = pair;
    }
}

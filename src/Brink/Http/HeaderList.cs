using System.Collections;

namespace Brink.Http;

/// <summary>One header field as it came: the name in the sender's letter case, the value as Latin-1 text (one char per byte).</summary>
/// <param name="Name">Field name; compared without regard to case (RFC 9110 section 5.1).</param>
/// <param name="Value">Field value. Every char is one byte of the wire, so what nobody edits leaves as it came.</param>
public readonly record struct HeaderField(string Name, string Value);

/// <summary>
/// The header fields of a message, in the order of arrival, repeated names kept apart. Small and linear: a message has
/// ten to forty fields, and a scan over them beats hashing.
/// </summary>
public sealed class HeaderList : IReadOnlyList<HeaderField>
{
    private HeaderField[] _fields = [];
    private bool _shared;

    /// <summary>The number of fields; a name that occurs twice counts twice.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// A list over fields that others read too, such as those of a cached object: it copies them before its first change. The array must
    /// never change.
    /// </summary>
    public static HeaderList Share(HeaderField[] fields) => new() { _fields = fields, _shared = true, Count = fields.Length };

    /// <inheritdoc/>
    public HeaderField this[int index] => index < Count ? _fields[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The fields as one span, for scans on the request path. Not to be kept across a change of the list.</summary>
    public ReadOnlySpan<HeaderField> AsSpan() => _fields.AsSpan(0, Count);

    /// <summary>The value of the first field of that name, or null.</summary>
    public string? Get(string name)
    {
        var index = IndexOf(name);
        return index < 0 ? null : _fields[index].Value;
    }

    /// <summary>Whether a field of that name is there.</summary>
    public bool Contains(string name) => IndexOf(name) >= 0;

    /// <summary>The place of the first field of that name at or after <paramref name="start"/>, or -1.</summary>
    public int IndexOf(string name, int start = 0)
    {
        for (var i = start; i < Count; i++)
        {
            var candidate = _fields[i].Name;
            if (candidate.Length == name.Length && candidate.Equals(name, StringComparison.OrdinalIgnoreCase))
                return i;
        }
        return -1;
    }

    /// <summary>Appends a field, whether or not the name is there already.</summary>
    public void Add(string name, string value)
    {
        Own();
        if (Count == _fields.Length)
            Array.Resize(ref _fields, Math.Max(16, Count * 2));
        _fields[Count++] = new HeaderField(name, value);
    }

    /// <summary>Leaves exactly one field of that name: in the place of the first one, or at the end.</summary>
    public void Set(string name, string value)
    {
        var index = IndexOf(name);
        if (index < 0)
        {
            Add(name, value);
            return;
        }
        Own();
        _fields[index] = new HeaderField(name, value);
        RemoveFrom(name, index + 1);
    }

    /// <summary>Replaces the field in one place.</summary>
    public void SetAt(int index, HeaderField field)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        Own();
        _fields[index] = field;
    }

    /// <summary>Removes every field of that name. True if there was one.</summary>
    public bool Remove(string name) => RemoveFrom(name, 0);

    /// <summary>Removes everything and keeps the room for the next message.</summary>
    public void Clear()
    {
        if (_shared)
        {
            _fields = [];
            _shared = false;
        }
        else
        {
            Array.Clear(_fields, 0, Count);
        }
        Count = 0;
    }

    /// <summary>A list of its own with the same fields.</summary>
    public HeaderList Clone()
    {
        var copy = new HeaderList();
        if (Count == 0)
            return copy;
        copy._fields = new HeaderField[Math.Max(16, Count + 4)];
        Array.Copy(_fields, copy._fields, Count);
        copy.Count = Count;
        return copy;
    }

    /// <inheritdoc/>
    public IEnumerator<HeaderField> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return _fields[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Own()
    {
        if (!_shared)
            return;
        var own = new HeaderField[Math.Max(16, Count + 8)];
        Array.Copy(_fields, own, Count);
        _fields = own;
        _shared = false;
    }

    private bool RemoveFrom(string name, int start)
    {
        if (IndexOf(name, start) < 0)
            return false;
        Own();
        var kept = start;
        for (var i = start; i < Count; i++)
        {
            if (!_fields[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                _fields[kept++] = _fields[i];
        }
        var removed = Count - kept;
        Array.Clear(_fields, kept, removed);
        Count = kept;
        return removed > 0;
    }
}

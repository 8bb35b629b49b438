using System.Collections;

namespace Brink.Http;

/// <summary>One header field as it came: the name in the sender's letter case, the value as Latin-1 text (one char per byte).</summary>
/// <param name="Name">Field name; compared without regard to case (RFC 9110 section 5.1).</param>
/// <param name="Value">Field value. Every char is one byte of the wire, so what is not edited leaves as it came.</param>
public readonly record struct HeaderField(string Name, string Value);

/// <summary>A difference to a list: see <see cref="HeaderList.Apply"/>.</summary>
/// <param name="Place">The field it is about, or <see cref="Append"/>.</param>
/// <param name="Field">What stands there afterwards; null for nothing.</param>
public readonly record struct HeaderEdit(int Place, HeaderField? Field)
{
    /// <summary>The place of a field that comes after all others.</summary>
    public const int Append = -1;
}

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
            Move(Count + 1);
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

    /// <summary>Removes every field whose name is among these, in one pass.</summary>
    /// <param name="names">A set that compares without regard to case.</param>
    public void RemoveAll(IReadOnlySet<string> names)
    {
        Own();
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!names.Contains(_fields[i].Name))
                _fields[kept++] = _fields[i];
        }
        Array.Clear(_fields, kept, Count - kept);
        Count = kept;
    }

    /// <summary>Applies differences: places are those of before, at most one edit is about each.</summary>
    public void Apply(ReadOnlySpan<HeaderEdit> edits)
    {
        if (edits.IsEmpty)
            return;
        Own();
        var kept = Count;
        foreach (ref readonly var edit in edits)
        {
            if (edit.Place == HeaderEdit.Append)
            {
                Add(edit.Field!.Value.Name, edit.Field.Value.Value);
                continue;
            }
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(edit.Place, Count);
            _fields[edit.Place] = edit.Field ?? default;
            if (edit.Field is null)
                kept = Math.Min(kept, edit.Place);
        }
        // One pass closes the gaps: a function may remove thousands of fields.
        for (var i = kept; i < Count; i++)
        {
            if (_fields[i].Name is not null)
                _fields[kept++] = _fields[i];
        }
        if (kept >= Count)
            return;
        Array.Clear(_fields, kept, Count - kept);
        Count = kept;
    }

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

    /// <summary>The message is over: empties the list and gives its room to the next one. The list may be filled again.</summary>
    public void Recycle()
    {
        if (!_shared)
            HeaderRoom.Return(_fields, Count);
        (_fields, _shared, Count) = ([], false, 0);
    }

    /// <summary>A list of its own with the same fields.</summary>
    public HeaderList Clone()
    {
        var copy = new HeaderList();
        if (Count == 0)
            return copy;
        copy._fields = HeaderRoom.Rent(Count + 4);
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
        if (_shared)
            Move(Count + 8);
    }

    private void Move(int room)
    {
        var own = HeaderRoom.Rent(Math.Max(room, Count * 2));
        Array.Copy(_fields, own, Count);
        if (!_shared)
            HeaderRoom.Return(_fields, Count);
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

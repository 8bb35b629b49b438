using Brink.Functions.Events;
using Brink.Http;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Results;

/// <summary>
/// What a function made of one list: headers, cookies or query parameters. It remembers for each value whether it is the one that came, so that what
/// nobody changed goes on byte for byte, and applies the two rules of <c>multiValue</c> (functions spec 2.3).
/// </summary>
internal sealed class ValuesEdit
{
    private static readonly ScriptName ValueName = new("value");
    private static readonly ScriptName MultiValueName = new("multiValue");
    private static readonly ScriptName AttributesName = new("attributes");

    /// <summary>Text is copied out of the call; beyond this the message would be refused for its size anyway.</summary>
    private const int MaxText = 2 * Limits.HeadBytes;

    /// <summary>What a field takes on the wire besides name and value, so that thousands of empty ones count too.</summary>
    private const int FieldOverhead = 4;

    private const int MaxKept = 1024;

    private readonly List<OutValue> _values = [];
    private NameState[] _states = new NameState[32];
    private int[] _outByItem = new int[32];
    private ValuesView? _original;
    private int _textLength;

    private enum NameState : byte { Missing, Kept, Changed }

    /// <summary>One value of the result.</summary>
    /// <param name="Name">The name as the function sees it.</param>
    /// <param name="NameIndex">Its place in the original list, or -1 for a new name.</param>
    /// <param name="Item">The original value that it still is, or -1.</param>
    /// <param name="Value">The new value, if it is not an original one.</param>
    /// <param name="Attributes">The new attributes of a response cookie.</param>
    private readonly record struct OutValue(string Name, int NameIndex, int Item, string? Value, string? Attributes);

    /// <summary>Some value differs from what came, or is missing, or is new.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The same values, but names in another order: counts where order is on the wire (query, Cookie).</summary>
    public bool IsReordered { get; private set; }

    /// <summary>What is wrong with the list, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Forgets the run before.</summary>
    public void Begin(ValuesView? original)
    {
        _original = original;
        _values.Clear();
        if (_values.Capacity > MaxKept)
            _values.Capacity = 0;
        _textLength = 0;
        IsChanged = false;
        IsReordered = false;
        Problem = null;
    }

    // ---------------------------------------------------------------- reading

    /// <summary>Reads a list; false if something in it threw.</summary>
    /// <param name="list">An object.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="hasAttributes">Whether entries may have attributes.</param>
    public bool Read(ScriptValue list, string path, bool hasAttributes)
    {
        var isOriginal = _original is not null && list.IsHostObject(out var source) && ReferenceEquals(source, _original);
        if (isOriginal && IsUntouched(list))
            return true;
        ClearStates();
        using var properties = list.EnumerateOwn();
        while (Problem is null && properties.MoveNext())
        {
            var isInPlace = isOriginal && properties.Place >= 0;
            if (isInPlace && !properties.IsTouched)
            {
                AddKept(properties.Place);
                continue;
            }
            var index = isInPlace ? properties.Place : _original is null ? -1 : _original.Values.IndexOf(properties.NameSpan);
            var name = index >= 0 ? _original!.Values.NameAt(index) : properties.Name;
            if (!Room(name.Length + FieldOverhead, path) || !ReadEntry(name, index, properties.Value, path, hasAttributes))
                return Problem is not null;
        }
        if (properties.Threw)
            return false;
        FinishStates();
        return true;
    }

    /// <summary>The list is missing: all names are gone.</summary>
    public void ReadMissing()
    {
        ClearStates();
        FinishStates();
    }

    private bool IsUntouched(ScriptValue list)
    {
        if (list.IsChanged)
            return false;
        for (var place = 0; place < _original!.Values.NameCount; place++)
        {
            if (list.TryGetTouched(place, out var entry) && !IsUntouchedEntry(entry, place))
                return false;
        }
        return true;
    }

    private bool IsUntouchedEntry(ScriptValue entry, int place)
    {
        if (!entry.IsHostObject(out var source) || !_original!.IsEntry(source, place) || entry.IsChanged)
            return false;
        var multiValue = ((EntryView)source).MultiValuePlace;
        return multiValue < 0 || !entry.TryGetTouched(multiValue, out _);
    }

    /// <summary>False if it threw or is not valid (see <see cref="Problem"/>).</summary>
    private bool ReadEntry(string name, int index, ScriptValue entry, string path, bool hasAttributes)
    {
        if (index >= 0 && IsUntouchedEntry(entry, index))
        {
            AddKept(index);
            return true;
        }
        if (entry.Kind != ScriptValueKind.Object)
        {
            Problem = ValidationMessages.NoValue(path, name);
            return false;
        }
        var multiValue = entry.Get(MultiValueName);
        if (multiValue.IsThrew)
            return false;
        var originalCount = index < 0 ? 0 : _original!.Values.CountAt(index);
        var from = _values.Count;
        if (multiValue.IsUndefined)
            return ReadValue(name, index, item: index < 0 ? -1 : _original!.Values.FirstItem(index), entry, path, hasAttributes) && SetState(index, from, originalCount);

        // 1. multiValue exists: if it was modified in any way, it alone counts.
        if (!ReadMultiValue(name, index, multiValue, path, hasAttributes))
            return false;
        if (originalCount <= 1 || IsModified(from, originalCount))
            return SetState(index, from, originalCount);

        // 2. Otherwise a change to value replaces the first entry, and the others stay.
        var value = entry.Get(ValueName);
        if (value.IsThrew)
            return false;
        if (value.IsString)
        {
            if (!ReadValue(name, index, _original!.Values.FirstItem(index), entry, path, hasAttributes))
                return false;
            _values[from] = _values[^1];
            _values.RemoveAt(_values.Count - 1);
        }
        return SetState(index, from, originalCount);
    }

    private bool ReadMultiValue(string name, int index, ScriptValue multiValue, string path, bool hasAttributes)
    {
        if (multiValue.Kind != ScriptValueKind.Array)
        {
            Problem = ValidationMessages.MultiValue(path, name);
            return false;
        }
        var item = index < 0 ? -1 : _original!.Values.FirstItem(index);
        for (var i = 0; i < multiValue.ArrayLength; i++)
        {
            var element = multiValue.ElementAt(i);
            if (element.Kind != ScriptValueKind.Object)
            {
                Problem = ValidationMessages.MultiValue(path, name);
                return false;
            }
            if (!ReadValue(name, index, item, element, path, hasAttributes))
                return false;
            if (item >= 0)
                item = _original!.Values.NextItem(item);
        }
        return true;
    }

    /// <summary>Reads <c>{ value, attributes? }</c> and appends it; <paramref name="item"/> is the original value to compare with, or -1.</summary>
    private bool ReadValue(string name, int index, int item, ScriptValue holder, string path, bool hasAttributes)
    {
        var value = holder.Get(ValueName);
        if (value.IsThrew)
            return false;
        if (!value.IsString)
        {
            Problem = ValidationMessages.NoValue(path, name);
            return false;
        }
        var attributes = default(ScriptValue);
        if (hasAttributes)
        {
            attributes = holder.Get(AttributesName);
            if (attributes.IsThrew)
                return false;
            if (!attributes.IsUndefined && !attributes.IsString)
            {
                Problem = ValidationMessages.Attributes(path, name);
                return false;
            }
        }
        if (item >= 0 && IsSame(value, _original!.Values.WireValue(item)) && (!hasAttributes || IsSameAttributes(attributes, _original.Values.WireAttributes(item))))
        {
            _values.Add(new OutValue(name, index, item, null, null));
            return true;
        }
        if (!Room(name.Length + FieldOverhead + value.TextLength + (attributes.IsString ? attributes.TextLength : 0), path))
            return false;
        _values.Add(new OutValue(name, index, -1, value.AsText(), attributes.IsString ? attributes.AsText() : null));
        return true;
    }

    private static bool IsSame(ScriptValue value, ReadOnlySpan<char> wire) =>
        WireText.DecodeUnlessAscii(wire) is { } decoded ? value.TextEquals(decoded) : value.TextEquals(wire);

    private static bool IsSameAttributes(ScriptValue attributes, ReadOnlySpan<char> wire) => attributes.IsString ? IsSame(attributes, wire) : wire.Length == 0;

    /// <summary>Thousands of elements may all be one long string of the script: copying them all out must not cost us what the script did not pay.</summary>
    private bool Room(int length, string path)
    {
        _textLength += length;
        if (_textLength <= MaxText)
            return true;
        Problem = ValidationMessages.TooLarge(path);
        return false;
    }

    private void AddKept(int index)
    {
        var name = _original!.Values.NameAt(index);
        for (var item = _original.Values.FirstItem(index); item >= 0; item = _original.Values.NextItem(item))
            _values.Add(new OutValue(name, index, item, null, null));
        NoteOrder(index);
        _states[index] = NameState.Kept;
    }

    private bool IsModified(int from, int originalCount)
    {
        if (_values.Count - from != originalCount)
            return true;
        for (var i = from; i < _values.Count; i++)
        {
            if (_values[i].Item < 0)
                return true;
        }
        return false;
    }

    private bool SetState(int index, int from, int originalCount)
    {
        if (index < 0)
        {
            IsChanged |= _values.Count > from;
            return true;
        }
        NoteOrder(index);
        _states[index] = IsModified(from, originalCount) ? NameState.Changed : NameState.Kept;
        return true;
    }

    private int _lastIndex;

    private void NoteOrder(int index)
    {
        IsReordered |= index < _lastIndex;
        _lastIndex = index;
    }

    private void ClearStates()
    {
        _lastIndex = -1;
        var count = _original?.Values.NameCount ?? 0;
        if (count > _states.Length)
            _states = new NameState[Math.Max(count, _states.Length * 2)];
        Array.Clear(_states);
    }

    private void FinishStates()
    {
        var count = _original?.Values.NameCount ?? 0;
        for (var i = 0; i < count; i++)
            IsChanged |= _states[i] != NameState.Kept;
    }

    // ---------------------------------------------------------------- checking

    /// <summary>The rules for header names and values (functions spec 3): null if all is well.</summary>
    /// <param name="path">Where the list is, for messages.</param>
    /// <param name="readOnly">The rule that says which headers are read-only in this event.</param>
    public string? CheckHeaders(string path, HeaderRule readOnly)
    {
        if (!IsChanged)
            return null;
        foreach (var value in _values)
        {
            if (value.NameIndex < 0 && HeaderRules.HasCapitals(value.Name))
                return ValidationMessages.CapitalsInHeaderNames(path);
            if (value.NameIndex < 0 && !HeaderRules.IsLowerCaseToken(value.Name))
                return ValidationMessages.HeaderName(path);
        }
        foreach (var value in _values)
        {
            if (value.NameIndex >= 0)
                continue;
            var rule = HeaderRules.For(value.Name);
            if ((rule & HeaderRule.Disallowed) != 0)
                return ValidationMessages.Disallowed(path, value.Name);
            if ((rule & readOnly) != 0)
                return ValidationMessages.ReadOnly(path, value.Name);
            if ((rule & HeaderRule.Cookie) != 0 && (readOnly & HeaderRule.ReadOnlyInRequest) != 0)
                return ValidationMessages.CookieHeader();
        }
        for (var i = 0; _original is not null && i < _original.Values.NameCount; i++)
        {
            if (_states[i] != NameState.Kept && (HeaderRules.For(_original.Values.NameAt(i)) & readOnly) != 0)
                return ValidationMessages.ReadOnly(path, _original.Values.NameAt(i));
        }
        return CheckControls(path);
    }

    /// <summary>No control characters in names and values; null if all is well.</summary>
    public string? CheckControls(string path)
    {
        if (!IsChanged)
            return null;
        foreach (var value in _values)
        {
            if (WireText.HasControls(value.Value) || WireText.HasControls(value.Attributes) || (value.NameIndex < 0 && WireText.HasControls(value.Name)))
                return ValidationMessages.Controls(path, value.Name.ReplaceLineEndings(" "));
        }
        return null;
    }

    /// <summary>Whether a header of that name is in the result. Only after a change; for an unchanged list ask the message.</summary>
    public bool Has(string name)
    {
        foreach (var value in _values)
        {
            if (value.Name == name)
                return true;
        }
        return false;
    }

    // ---------------------------------------------------------------- writing

    /// <summary>Joins the values: a query, a Cookie header.</summary>
    /// <param name="separator">Between two of them.</param>
    public string Join(string separator)
    {
        var text = new System.Text.StringBuilder();
        foreach (var value in _values)
        {
            if (text.Length > 0)
                text.Append(separator);
            text.Append(WireText.Encode(value.Name)).Append('=');
            if (value.Item >= 0)
                text.Append(_original!.Values.WireValue(value.Item));
            else
                text.Append(WireText.Encode(value.Value!));
        }
        return text.ToString();
    }

    /// <summary>Makes ready for <see cref="WriteItem"/> and <see cref="WriteNew"/>.</summary>
    public void BeginWriting()
    {
        var count = _original?.Values.ItemCount ?? 0;
        if (count > _outByItem.Length)
            _outByItem = new int[Math.Max(count, _outByItem.Length * 2)];
        Array.Fill(_outByItem, -1, 0, count);

        // The first value of a name takes the place of the first one that came, and so on.
        for (var i = 0; i < _values.Count;)
        {
            var index = _values[i].NameIndex;
            if (index < 0)
            {
                i++;
                continue;
            }
            for (var item = _original!.Values.FirstItem(index); i < _values.Count && _values[i].NameIndex == index; i++)
            {
                if (item < 0)
                    continue;
                _outByItem[item] = i;
                item = _original.Values.NextItem(item);
            }
        }
    }

    /// <summary>Writes what stands in the place of an original header field; nothing if it was deleted.</summary>
    public void WriteItem(int item, HeaderField field, bool isCookie, HeaderList target)
    {
        if (!IsChanged)
        {
            target.Add(field.Name, field.Value);
            return;
        }
        var place = _outByItem[item];
        if (place < 0)
            return;
        if (_values[place].Item == item)
            target.Add(field.Name, field.Value);
        else
            Write(_values[place], isCookie, target);
    }

    /// <summary>Writes the values that have no place among the original ones.</summary>
    public void WriteNew(bool isCookie, HeaderList target)
    {
        if (!IsChanged)
            return;
        var placed = 0;
        for (var i = 0; i < _values.Count; i++)
        {
            placed = i > 0 && _values[i].NameIndex == _values[i - 1].NameIndex ? placed + 1 : 0;
            if (_values[i].NameIndex < 0 || placed >= _original!.Values.CountAt(_values[i].NameIndex))
                Write(_values[i], isCookie, target);
        }
    }

    private void Write(in OutValue value, bool isCookie, HeaderList target)
    {
        var text = value.Item >= 0 ? _original!.Values.WireValue(value.Item).ToString() : WireText.Encode(value.Value!);
        if (!isCookie)
        {
            target.Add(HeaderRules.ToWire(value.Name), text);
            return;
        }
        var attributes = value.Item >= 0 ? _original!.Values.WireAttributes(value.Item).ToString() : WireText.Encode(value.Attributes ?? "");
        var cookie = $"{WireText.Encode(value.Name)}={text}";
        target.Add("Set-Cookie", attributes.Length == 0 ? cookie : $"{cookie}; {attributes}");
    }
}

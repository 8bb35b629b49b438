using System.Text;
using Brink.Events;
using Brink.Functions.Events;
using Brink.Http;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Results;

/// <summary>
/// What a function made of one list: headers, cookies or query parameters. It remembers for each value whether it is the one that came, so
/// that what was not changed goes on byte for byte, and applies the two rules of <c>multiValue</c> (functions spec 2.3).
/// </summary>
/// <param name="joins">
/// Whether the list goes on the wire as one text (a query, the Cookie header): then all its values are remembered, in order. Of fields only
/// the differences are, so that a list costs what was changed in it.
/// </param>
internal sealed class ValuesEdit(bool joins)
{
    /// <summary>Text is copied out of the call; beyond this the message would be refused for its size anyway.</summary>
    private const int MaxText = 2 * Limits.HeadBytes;

    /// <summary>What a field takes on the wire besides name and value, so that thousands of empty ones count too.</summary>
    private const int FieldOverhead = 4;

    private const int MaxKept = 1024;
    private const int MaxTextKept = 4096;

    private OutValue[] _values = new OutValue[16];
    private int _count;
    private NameState[] _states = new NameState[32];
    private ValuesView? _original;
    private int _textLength;
    private char[] _text = [];              // new names and values of a list that is joined, and then the joined text
    private int _textUsed;

    private enum NameState : byte { Missing, Kept, Changed }

    /// <summary>One value of the result.</summary>
    private struct OutValue
    {
        /// <summary>The name's place in the original list, or -1 for a new name.</summary>
        public int NameIndex;

        /// <summary>The original value that it still is, or -1.</summary>
        public int Item;

        /// <summary>A new field: the name as the function sees it. Null where <see cref="NameIndex"/> tells it.</summary>
        public string? Name;

        /// <summary>A new field: its value.</summary>
        public string? Value;

        /// <summary>A new field: the attributes of a response cookie.</summary>
        public string? Attributes;

        /// <summary>A new part of a joined list: where its name is.</summary>
        public (int Start, int Length) NameText;

        /// <summary>A new part of a joined list: where its value is.</summary>
        public (int Start, int Length) ValueText;
    }

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
        if (_values.Length > MaxKept)
            _values = new OutValue[16];
        else
            Array.Clear(_values, 0, _count);
        if (_text.Length > MaxTextKept)
            _text = [];
        _count = 0;
        _textUsed = 0;
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
            var entry = new OutValue { NameIndex = index, Item = -1 };
            int nameLength;
            if (index >= 0)
                nameLength = _original!.Values.NameSpanAt(index).Length;
            else if (joins)
                nameLength = (entry.NameText = Keep(properties.NameSpan)).Length;
            else
                nameLength = (entry.Name = properties.Name).Length;
            if (!Room(nameLength + FieldOverhead, path) || !ReadEntry(entry, nameLength, properties.Value, path, hasAttributes))
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
    /// <param name="template">What its values have in common: the name.</param>
    /// <param name="nameLength">The name's length.</param>
    /// <param name="entry">The property's value.</param>
    /// <param name="path">Where the list is.</param>
    /// <param name="hasAttributes">Whether entries may have attributes.</param>
    private bool ReadEntry(in OutValue template, int nameLength, ScriptValue entry, string path, bool hasAttributes)
    {
        var index = template.NameIndex;
        if (index >= 0 && IsUntouchedEntry(entry, index))
        {
            AddKept(index);
            return true;
        }
        if (entry.Kind != ScriptValueKind.Object)
        {
            Problem = ValidationMessages.NoValue(path, NameOf(template));
            return false;
        }
        var multiValue = entry.Get(ResultNames.MultiValue);
        if (multiValue.IsThrew)
            return false;
        var originalCount = index < 0 ? 0 : _original!.Values.CountAt(index);
        var from = _count;
        if (multiValue.IsUndefined)
        {
            return ReadValue(template, nameLength, item: index < 0 ? -1 : _original!.Values.FirstItem(index), entry, path, hasAttributes)
                && SetState(index, from, originalCount);
        }

        // 1. multiValue exists: if it was modified in any way, it alone counts.
        if (!ReadMultiValue(template, nameLength, multiValue, path, hasAttributes))
            return false;
        if (originalCount <= 1 || IsModified(from, originalCount))
            return SetState(index, from, originalCount);

        // 2. Otherwise a change to value replaces the first entry, and the others stay.
        var value = entry.Get(ResultNames.Value);
        if (value.IsThrew)
            return false;
        if (value.IsString)
        {
            if (!ReadValue(template, nameLength, _original!.Values.FirstItem(index), entry, path, hasAttributes))
                return false;
            _values[from] = _values[_count - 1];
            _values[--_count] = default;
        }
        return SetState(index, from, originalCount);
    }

    private bool ReadMultiValue(in OutValue template, int nameLength, ScriptValue multiValue, string path, bool hasAttributes)
    {
        if (multiValue.Kind != ScriptValueKind.Array)
        {
            Problem = ValidationMessages.MultiValue(path, NameOf(template));
            return false;
        }
        var item = template.NameIndex < 0 ? -1 : _original!.Values.FirstItem(template.NameIndex);
        for (var i = 0; i < multiValue.ArrayLength; i++)
        {
            var element = multiValue.ElementAt(i);
            if (element.IsThrew)
                return false;
            if (element.Kind != ScriptValueKind.Object)
            {
                Problem = ValidationMessages.MultiValue(path, NameOf(template));
                return false;
            }
            if (!ReadValue(template, nameLength, item, element, path, hasAttributes))
                return false;
            if (item >= 0)
                item = _original!.Values.NextItem(item);
        }
        return true;
    }

    /// <summary>
    /// Reads <c>{ value, attributes? }</c> and appends it; <paramref name="item"/> is the original value to compare with, or -1.
    /// </summary>
    private bool ReadValue(in OutValue template, int nameLength, int item, ScriptValue holder, string path, bool hasAttributes)
    {
        var value = holder.Get(ResultNames.Value);
        if (value.IsThrew)
            return false;
        if (!value.IsString)
        {
            Problem = ValidationMessages.NoValue(path, NameOf(template));
            return false;
        }
        var attributes = default(ScriptValue);
        if (hasAttributes)
        {
            attributes = holder.Get(ResultNames.Attributes);
            if (attributes.IsThrew)
                return false;
            if (!attributes.IsUndefined && !attributes.IsString)
            {
                Problem = ValidationMessages.Attributes(path, NameOf(template));
                return false;
            }
        }
        ref var added = ref AddValue(template);
        if (item >= 0 && IsSame(value, _original!.Values.WireValue(item))
            && (!hasAttributes || IsSameAttributes(attributes, _original.Values.WireAttributes(item))))
        {
            added.Item = item;
            return true;
        }
        if (!Room(nameLength + FieldOverhead + value.TextLength + (attributes.IsString ? attributes.TextLength : 0), path))
            return false;
        if (joins)
        {
            added.ValueText = Keep(value);
            return true;
        }
        added.Value = value.AsText();
        if (attributes.IsString)
            added.Attributes = attributes.AsText();
        return true;
    }

    private static bool IsSame(ScriptValue value, ReadOnlySpan<char> wire) =>
        WireText.DecodeUnlessAscii(wire) is { } decoded ? value.TextEquals(decoded) : value.TextEquals(wire);

    private static bool IsSameAttributes(ScriptValue attributes, ReadOnlySpan<char> wire) =>
        attributes.IsString ? IsSame(attributes, wire) : wire.Length == 0;

    /// <summary>
    /// Thousands of elements may all be one long string of the script: copying them all out must not cost us what the script did not pay.
    /// </summary>
    private bool Room(int length, string path)
    {
        _textLength += length;
        if (_textLength <= MaxText)
            return true;
        Problem = ValidationMessages.TooLarge(path);
        return false;
    }

    private (int Start, int Length) Keep(ReadOnlySpan<char> text)
    {
        text.CopyTo(TextRoom(text.Length));
        return Kept(text.Length);
    }

    private (int Start, int Length) Keep(ScriptValue text)
    {
        text.TryCopyText(TextRoom(2 * text.TextLength), out var length);        // a code point is at most two chars
        return Kept(length);
    }

    private (int Start, int Length) Kept(int length)
    {
        _textUsed += length;
        return (_textUsed - length, length);
    }

    private Span<char> TextRoom(int length)
    {
        if (_text.Length - _textUsed < length)
            Array.Resize(ref _text, Math.Max(256, Math.Max(_text.Length * 2, _textUsed + length)));
        return _text.AsSpan(_textUsed);
    }

    private ref OutValue AddValue(in OutValue template)
    {
        if (_count == _values.Length)
            Array.Resize(ref _values, _count * 2);
        ref var added = ref _values[_count++];
        added = template;
        return ref added;
    }

    private void AddKept(int index)
    {
        if (joins)
        {
            for (var item = _original!.Values.FirstItem(index); item >= 0; item = _original.Values.NextItem(item))
                AddValue(new OutValue { NameIndex = index, Item = item });
        }
        NoteOrder(index);
        _states[index] = NameState.Kept;
    }

    private bool IsModified(int from, int originalCount)
    {
        if (_count - from != originalCount)
            return true;
        for (var i = from; i < _count; i++)
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
            IsChanged |= _count > from;
            return true;
        }
        NoteOrder(index);
        if (IsModified(from, originalCount))
        {
            _states[index] = _count > from ? NameState.Changed : NameState.Missing;
            return true;
        }
        _states[index] = NameState.Kept;
        if (!joins)
            _count = from;
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
        Array.Clear(_states, 0, count);
    }

    private void FinishStates()
    {
        var count = _original?.Values.NameCount ?? 0;
        for (var i = 0; i < count; i++)
            IsChanged |= _states[i] != NameState.Kept;
    }

    /// <summary>The name as the function sees it.</summary>
    private string NameOf(in OutValue value) =>
        value.Name ?? (value.NameIndex >= 0
            ? _original!.Values.NameAt(value.NameIndex)
            : _text.AsSpan(value.NameText.Start, value.NameText.Length).ToString());

    private ReadOnlySpan<char> TextAt((int Start, int Length) place) => _text.AsSpan(place.Start, place.Length);

    // ---------------------------------------------------------------- checking

    /// <summary>The rules for header names and values (functions spec 3): null if all is well.</summary>
    /// <param name="path">Where the list is, for messages.</param>
    /// <param name="readOnly">The rule that says which headers are read-only in this event.</param>
    public string? CheckHeaders(string path, HeaderRule readOnly)
    {
        if (!IsChanged)
            return null;
        var values = _values.AsSpan(0, _count);
        foreach (ref readonly var value in values)
        {
            if (value.NameIndex >= 0 || HeaderRules.IsLowerCaseToken(value.Name!))
                continue;
            return HeaderRules.HasCapitals(value.Name!)
                ? ValidationMessages.CapitalsInHeaderNames(path)
                : ValidationMessages.HeaderName(path);
        }
        foreach (ref readonly var value in values)
        {
            if (value.NameIndex >= 0)
                continue;
            var rule = HeaderRules.For(value.Name!);
            if ((rule & HeaderRule.Disallowed) != 0)
                return ValidationMessages.Disallowed(path, value.Name!);
            if ((rule & readOnly) != 0)
                return ValidationMessages.ReadOnly(path, value.Name!);
            if ((rule & HeaderRule.Cookie) != 0 && (readOnly & HeaderRule.ReadOnlyInRequest) != 0)
                return ValidationMessages.CookieHeader();
        }
        for (var i = 0; _original is not null && i < _original.Values.NameCount; i++)
        {
            if (_states[i] != NameState.Kept && (_original.Values.RuleAt(i) & readOnly) != 0)
                return ValidationMessages.ReadOnly(path, _original.Values.NameAt(i));
        }
        return CheckControls(path);
    }

    /// <summary>No control characters in names and values; null if all is well.</summary>
    public string? CheckControls(string path)
    {
        if (!IsChanged)
            return null;
        foreach (ref readonly var value in _values.AsSpan(0, _count))
        {
            var isBad = joins
                ? WireText.HasControls(TextAt(value.ValueText)) || WireText.HasControls(TextAt(value.NameText))
                : WireText.HasControls(value.Value) || WireText.HasControls(value.Attributes) || WireText.HasControls(value.Name);
            if (isBad)
                return ValidationMessages.Controls(path, NameOf(value).ReplaceLineEndings(" "));
        }
        return null;
    }

    /// <summary>Whether the function put a field of that name there, or changed it.</summary>
    public bool Sets(string name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (NameOf(_values[i]) == name)
                return true;
        }
        return false;
    }

    // ---------------------------------------------------------------- showing

    /// <summary>The values as the function returned them; null where they are those that came.</summary>
    public NamedValues? Returned()
    {
        if (!IsChanged && !IsReordered)
            return null;
        var returned = new NamedValues();
        // Unchanged fields are in no list.
        for (var index = 0; !joins && _original is not null && index < _original.Values.NameCount; index++)
        {
            if (_states[index] != NameState.Kept)
                continue;
            for (var item = _original.Values.FirstItem(index); item >= 0; item = _original.Values.NextItem(item))
                Show(new OutValue { NameIndex = index, Item = item }, returned);
        }
        foreach (ref readonly var value in _values.AsSpan(0, _count))
            Show(value, returned);
        return returned;
    }

    private void Show(in OutValue shown, NamedValues returned)
    {
        var name = WireText.Encode(NameOf(shown));
        var value = shown.Item >= 0
            ? _original!.Values.WireValue(shown.Item).ToString()
            : WireText.Encode(joins ? TextAt(shown.ValueText).ToString() : shown.Value!);
        var attributes = shown.Item < 0 ? shown.Attributes is null ? null : WireText.Encode(shown.Attributes)
            : _original!.Values.HasAttributes(shown.Item) ? _original.Values.WireAttributes(shown.Item).ToString() : null;
        returned.Add(name, 0, name.Length, value + attributes, 0, value.Length, -1, attributes is null ? -1 : value.Length);
    }

    // ---------------------------------------------------------------- writing

    /// <summary>Joins the values: a query, a Cookie header.</summary>
    /// <param name="separator">Between two of them.</param>
    public string Join(string separator)
    {
        var start = _textUsed;
        foreach (ref readonly var value in _values.AsSpan(0, _count))
        {
            if (_textUsed > start)
                Keep(separator);
            AppendEncoded(value.NameIndex >= 0 ? _original!.Values.NameSpanAt(value.NameIndex) : TextAt(value.NameText));
            Keep("=");
            if (value.Item >= 0)
                Keep(_original!.Values.WireValue(value.Item));
            else
                AppendEncoded(TextAt(value.ValueText));
        }
        return _text.AsSpan(start, _textUsed - start).ToString();
    }

    // TextRoom may move the text; the span of the old place stays readable.
    private void AppendEncoded(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            Keep(text);
        else
            Keep(WireText.Encode(text.ToString()));
    }

    /// <summary>
    /// Notes what becomes of the fields that the values came from: the first value of a name takes the place of the first one that came,
    /// and so on.
    /// </summary>
    public void EditInPlace(bool isCookie, FieldEdits edits)
    {
        if (!IsChanged || _original is null)
            return;
        var original = _original.Values;
        for (var index = 0; index < original.NameCount; index++)
        {
            if (_states[index] != NameState.Missing)
                continue;
            for (var item = original.FirstItem(index); item >= 0; item = original.NextItem(item))
                edits.Remove(original.FieldOf(item));
        }
        for (var i = 0; i < _count;)
        {
            var index = _values[i].NameIndex;
            if (index < 0)
            {
                i++;
                continue;
            }
            var item = original.FirstItem(index);
            for (; i < _count && _values[i].NameIndex == index; i++)
            {
                if (item < 0)
                    continue;                                               // more than came: see EditBehind
                if (_values[i].Item != item)
                    edits.Replace(original.FieldOf(item), FieldOf(_values[i], isCookie));
                item = original.NextItem(item);
            }
            for (; item >= 0; item = original.NextItem(item))
                edits.Remove(original.FieldOf(item));
        }
    }

    /// <summary>Notes the values that have no place among the original ones.</summary>
    public void EditBehind(bool isCookie, FieldEdits edits)
    {
        if (!IsChanged)
            return;
        var placed = 0;
        for (var i = 0; i < _count; i++)
        {
            placed = i > 0 && _values[i].NameIndex == _values[i - 1].NameIndex ? placed + 1 : 0;
            if (_values[i].NameIndex < 0 || placed >= _original!.Values.CountAt(_values[i].NameIndex))
                edits.Append(FieldOf(_values[i], isCookie));
        }
    }

    private HeaderField FieldOf(in OutValue value, bool isCookie)
    {
        var name = NameOf(value);
        var text = value.Item >= 0 ? _original!.Values.WireValue(value.Item).ToString() : WireText.Encode(value.Value!);
        if (!isCookie)
            return new HeaderField(HeaderRules.ToWire(name), text);
        var attributes = value.Item >= 0
            ? _original!.Values.WireAttributes(value.Item).ToString()
            : WireText.Encode(value.Attributes ?? "");
        return new HeaderField(
            "Set-Cookie", attributes.Length == 0 ? $"{WireText.Encode(name)}={text}" : $"{WireText.Encode(name)}={text}; {attributes}");
    }
}

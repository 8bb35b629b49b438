using Brink.Events;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Events;

/// <summary>
/// A list of names and values as a script sees it: <c>headers</c>, <c>cookies</c>, <c>querystring</c>. Each name is an object with
/// <c>value</c>, and with <c>multiValue</c> when the name occurs more than once.
/// </summary>
/// <param name="owner">Handed to <paramref name="fill"/>.</param>
/// <param name="fill">Takes the message apart; called when a script first looks.</param>
/// <param name="isResponse">Whether entries may have <c>attributes</c>: the cookies of a response.</param>
internal sealed class ValuesView(object owner, Action<object, NamedValues> fill, bool isResponse) : HostObject
{
    private const int MaxKept = 256;

    private readonly NamedValues _values = new();
    private EntryView?[] _entries = [];
    private bool _isFilled;

    /// <summary>What is shown.</summary>
    public NamedValues Values
    {
        get
        {
            if (!_isFilled)
            {
                _isFilled = true;
                fill(owner, _values);
            }
            return _values;
        }
    }

    public void Forget()
    {
        if (!_isFilled)
            return;
        _isFilled = false;
        _values.Clear();
        if (_entries.Length > MaxKept)
            _entries = [];
    }

    // Names come from the request: no two lists are known to be alike.
    public override object? Layout => null;

    public override int Count => Values.NameCount;

    public override string NameAt(int index) => _values.NameAt(index);

    public override ReadOnlySpan<char> NameSpanAt(int index) => _values.NameSpanAt(index);

    public override int IndexOf(ReadOnlySpan<char> name) => _values.IndexOf(name);

    public override void Read(int index, ref HostValue value) => value.SetObject(EntryAt(index));

    private EntryView EntryAt(int index)
    {
        if (index >= _entries.Length)
            Array.Resize(ref _entries, Math.Max(16, Math.Max(index + 1, Values.NameCount)));
        return _entries[index] ??= new EntryView(this, index);
    }

    /// <summary>Whether an object of the host is this list's own entry of that name.</summary>
    public bool IsEntry(HostObject source, int index) =>
        source is EntryView entry && ReferenceEquals(entry.List, this) && entry.Name == index;

    /// <summary>Whether entries may have attributes.</summary>
    public bool IsResponse => isResponse;
}

/// <summary>One name of a list: <c>{ value, attributes?, multiValue? }</c>.</summary>
internal sealed class EntryView(ValuesView list, int name) : FixedView
{
    private static readonly string[] Single = ["value"];
    private static readonly string[] SingleWithAttributes = ["value", "attributes"];
    private static readonly string[] Multi = ["value", "multiValue"];
    private static readonly string[] MultiWithAttributes = ["value", "attributes", "multiValue"];

    public ValuesView List => list;

    public int Name => name;

    /// <summary>The place of <c>multiValue</c>, or -1.</summary>
    public int MultiValuePlace => list.Values.CountAt(name) == 1 ? -1 : HasAttributes ? 2 : 1;

    protected override string[] PropertyNames => (list.Values.CountAt(name) > 1, HasAttributes) switch
    {
        (false, false) => Single,
        (false, true) => SingleWithAttributes,
        (true, false) => Multi,
        (true, true) => MultiWithAttributes,
    };

    public override void Read(int index, ref HostValue value)
    {
        var first = list.Values.FirstItem(name);
        if (index == 0)
            ReadValue(list.Values.WireValue(first), ref value);
        else if (index == 1 && HasAttributes)
            ReadValue(list.Values.WireAttributes(first), ref value);
        else
            value.SetArray(Elements());
    }

    public static void ReadValue(ReadOnlySpan<char> wire, ref HostValue value) => value.SetText(WireText.DecodeUnlessAscii(wire) ?? wire);

    private bool HasAttributes => list.IsResponse && list.Values.HasAttributes(list.Values.FirstItem(name));

    private ElementView[] Elements()
    {
        var elements = new ElementView[list.Values.CountAt(name)];
        var item = list.Values.FirstItem(name);
        for (var i = 0; i < elements.Length; i++, item = list.Values.NextItem(item))
            elements[i] = new ElementView(list.Values, item);
        return elements;
    }
}

/// <summary>One element of <c>multiValue</c>.</summary>
internal sealed class ElementView(NamedValues values, int item) : FixedView
{
    private static readonly string[] Plain = ["value"];
    private static readonly string[] WithAttributes = ["value", "attributes"];

    protected override string[] PropertyNames => values.HasAttributes(item) ? WithAttributes : Plain;

    public override void Read(int index, ref HostValue value) =>
        EntryView.ReadValue(index == 0 ? values.WireValue(item) : values.WireAttributes(item), ref value);
}

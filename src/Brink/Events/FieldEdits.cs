using Brink.Http;

namespace Brink.Events;

/// <summary>
/// What a result changes in the fields of a message, gathered before the message changes, so that its size can be judged first. Unchanged
/// fields are in no list and are never copied. Kept for the next run.
/// </summary>
internal sealed class FieldEdits
{
    private const int FieldOverhead = 4;        // colon, space, line end
    private const int MaxKept = 1024;

    private HeaderEdit[] _edits = new HeaderEdit[16];
    private int _count;
    private HeaderList? _original;

    /// <summary>Bytes of all fields once the edits are applied.</summary>
    public long Size { get; private set; }

    /// <summary>Begins with the fields of a message; null for a message that is new.</summary>
    public void Begin(HeaderList? original)
    {
        Forget();
        _original = original;
        if (original is null)
            return;
        foreach (ref readonly var field in original.AsSpan())
            Size += SizeOf(field);
    }

    public void Forget()
    {
        if (_edits.Length > MaxKept)
            _edits = new HeaderEdit[16];
        else
            Array.Clear(_edits, 0, _count);
        _count = 0;
        _original = null;
        Size = 0;
    }

    public void Replace(int place, HeaderField field)
    {
        Size += SizeOf(field) - SizeOf(_original![place]);
        Note(new HeaderEdit(place, field));
    }

    public void Remove(int place)
    {
        Size -= SizeOf(_original![place]);
        Note(new HeaderEdit(place, null));
    }

    public void Append(HeaderField field)
    {
        Size += SizeOf(field);
        Note(new HeaderEdit(HeaderEdit.Append, field));
    }

    public void ApplyTo(HeaderList target) => target.Apply(_edits.AsSpan(0, _count));

    /// <summary>The edits, to be applied later; empty for none.</summary>
    public HeaderEdit[] ToArray() => _count == 0 ? [] : _edits.AsSpan(0, _count).ToArray();

    private void Note(in HeaderEdit edit)
    {
        if (_count == _edits.Length)
            Array.Resize(ref _edits, _count * 2);
        _edits[_count++] = edit;
    }

    private static int SizeOf(in HeaderField field) => field.Name.Length + field.Value.Length + FieldOverhead;
}

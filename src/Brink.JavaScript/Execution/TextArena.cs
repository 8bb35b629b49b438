using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// Where a call's new text goes: chunks of chars that strings are slices of. Appending to the text that ends the current chunk extends it
/// in place, so <c>s += x</c> in a loop copies x only. The first chunk stays with the realm for the next call.
/// </summary>
internal sealed class TextArena
{
    private const int FirstChunk = 8 * 1024;
    private const int LaterChunk = 32 * 1024;       // 64 KB: below the large-object heap

    private readonly Text _first = new(new char[FirstChunk]);
    private Text _current;
    private int _used;

    public TextArena() => _current = _first;

    /// <summary>Forgets all text, and wipes what it wrote of it. Old slices may not be used any more.</summary>
    public void Reset()
    {
        Array.Clear(_first.Chars, 0, _current == _first ? _used : FirstChunk);
        _current = _first;
        _used = 0;
    }

    /// <summary>Room for text of a known length; fill it before anything else is made.</summary>
    public Span<char> Reserve(int length, out Value text)
    {
        if (_used + length > _current.Chars.Length)
        {
            if (length > LaterChunk / 2)
            {
                var alone = new Text(new char[length]);
                text = Value.String(alone, 0, length);
                return alone.Chars;
            }
            _current = new Text(new char[LaterChunk]);
            _used = 0;
        }
        text = Value.String(_current, _used, length);
        var room = _current.Chars.AsSpan(_used, length);
        _used += length;
        return room;
    }

    /// <summary>Appends to a text that ends the current chunk; false if it does not, or there is no room.</summary>
    public bool TryExtend(in Value text, ReadOnlySpan<char> tail, out Value extended)
    {
        if (!ReferenceEquals(text.Reference, _current) || text.Start + text.Length != _used || _used + tail.Length > _current.Chars.Length)
        {
            extended = default;
            return false;
        }
        if (tail.Length == 1)
            _current.Chars[_used] = tail[0];
        else
            tail.CopyTo(_current.Chars.AsSpan(_used));
        _used += tail.Length;
        extended = Value.String(_current, text.Start, text.Length + tail.Length);
        return true;
    }
}

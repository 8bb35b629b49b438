using System.Buffers;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>
/// Collects the pieces of a new string in a pooled buffer. Room is charged before it grows and free again at the end; the string itself is charged when it is made.
/// </summary>
internal ref struct TextCollector(Realm realm)
{
    private const int FirstSize = 256;

    private char[] _chars = ArrayPool<char>.Shared.Rent(FirstSize);
    private int[]? _codePoints;
    private int _charged;
    private int _length;

    public void Append(in TextView text)
    {
        realm.Charge(1 + (text.Length >> 5));
        if (text.IsAstral)
        {
            ToCodePoints();
            Reserve(text.Length);
            text.CodePoints.CopyTo(_codePoints.AsSpan(_length));
        }
        else
        {
            Reserve(text.Length);
            if (_codePoints is null)
            {
                text.Chars.CopyTo(_chars.AsSpan(_length));
            }
            else
            {
                for (var i = 0; i < text.Length; i++)
                    _codePoints[_length + i] = text.Chars[i];
            }
        }
        _length += text.Length;
    }

    public void Append(int codePoint)
    {
        if (codePoint > char.MaxValue)
            ToCodePoints();
        Reserve(1);
        if (_codePoints is null)
            _chars[_length++] = (char)codePoint;
        else
            _codePoints[_length++] = codePoint;
    }

    /// <summary>Makes the string and gives the buffers back.</summary>
    public Value ToText()
    {
        Value text;
        if (_length == 0)
            text = Realm.EmptyText;
        else if (_codePoints is null)
            _chars.AsSpan(0, _length).CopyTo(realm.NewTextRoom(_length, out text));
        else
            text = realm.NewText(_codePoints.AsSpan(0, _length).ToArray());
        Dispose();
        return text;
    }

    public void Dispose()
    {
        realm.Allocate(-_charged);
        _charged = 0;
        if (_codePoints is not null)
            ArrayPool<int>.Shared.Return(_codePoints);
        ArrayPool<char>.Shared.Return(_chars);
        (_chars, _codePoints) = ([], null);
    }

    private void Reserve(int more)
    {
        var needed = _length + (long)more;
        if (needed <= FirstSize && _codePoints is null)
            return;
        var unit = _codePoints is null ? sizeof(char) : sizeof(int);
        var has = _charged / unit;
        if (needed <= has)
            return;
        var size = Math.Max(needed, Math.Max(FirstSize, 2L * has));
        realm.Allocate((size - has) * unit);
        realm.Charge(_length >> 5);
        _charged = (int)(size * unit);
        if (_codePoints is null)
            Grow(ref _chars, (int)size);
        else
            Grow(ref _codePoints, (int)size);
    }

    private readonly void Grow<T>(ref T[] buffer, int size)
    {
        if (buffer.Length >= size)
            return;
        var larger = ArrayPool<T>.Shared.Rent(size);
        buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<T>.Shared.Return(buffer);
        buffer = larger;
    }

    private void ToCodePoints()
    {
        if (_codePoints is not null)
            return;
        var size = Math.Max(FirstSize, _length);
        realm.Allocate((long)size * sizeof(int) - _charged);
        realm.Charge(_length >> 4);
        _charged = size * sizeof(int);
        _codePoints = ArrayPool<int>.Shared.Rent(size);
        for (var i = 0; i < _length; i++)
            _codePoints[i] = _chars[i];
    }
}

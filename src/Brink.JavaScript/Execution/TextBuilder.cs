using System.Buffers;
using Brink.JavaScript.Decimals;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// Puts a long text together for a native. What it holds while it grows is charged before it is taken, and given back with it: texts under
/// way can lie within each other, as toJSON functions may stringify again. The copying is charged as it happens. Strings of the language
/// have no lone surrogates, so that UTF-16 keeps every code point.
/// </summary>
internal ref struct TextBuilder(Realm realm, Span<char> initial)
{
    private Span<char> _room = initial;
    private char[]? _rented;
    private long _charged;
    private bool _hasBytes;

    /// <summary>In UTF-16 units.</summary>
    public int Length { get; private set; }

    public void Append(char c)
    {
        if (Length == _room.Length)
            Grow(1);
        _room[Length++] = c;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        if (text.Length > _room.Length - Length)
            Grow(text.Length);
        realm.Pay(Price.Appended + text.Length / Price.AppendedCharacters);
        text.CopyTo(_room[Length..]);
        Length += text.Length;
    }

    public void Append(double number)
    {
        if (DecimalText.MaxLength > _room.Length - Length)
            Grow(DecimalText.MaxLength);
        realm.Pay(Price.TextOf(number));
        Length += DecimalText.Format(number, _room[Length..]);
    }

    /// <summary>Appends a string value.</summary>
    public void Append(in Value text)
    {
        if (text.IsBmp)
        {
            Append(text.Chars);
            return;
        }
        AppendWide(text.View);
    }

    /// <summary>Appends a part of a text.</summary>
    public void Append(scoped in TextView text)
    {
        realm.Charge(1);
        if (!text.IsAstral)
        {
            if (text.Length > 0)
                Append(text.Chars);
            return;
        }
        AppendWide(text);
    }

    /// <summary>Appends a part of a text that has no chars.</summary>
    public void AppendWide(scoped in TextView text)
    {
        if (text.IsBytes)
            AppendBytes(text.CodePoints);
        else
            AppendAstral(text.CodePoints);
    }

    private void AppendBytes(scoped ReadOnlySpan<int> bytes)
    {
        realm.Pay(Price.Appended);
        realm.Charge(bytes.Length / Price.AstralCharacters);
        if (bytes.Length > _room.Length - Length)
            Grow(bytes.Length);
        foreach (var one in bytes)
            _room[Length++] = TextBytes.ToUtf16(one);
        _hasBytes = true;
    }

    /// <summary>Appends code points, some of which may be above U+FFFF.</summary>
    public void AppendAstral(scoped ReadOnlySpan<int> codePoints)
    {
        realm.Pay(Price.Appended);
        realm.Charge(codePoints.Length / Price.AstralCharacters);
        var length = CodePoints.Utf16Length(codePoints);
        if (length > _room.Length - Length)
            Grow(length);
        Length += CodePoints.ToUtf16(codePoints, _room[Length..]);
    }

    public void AppendCodePoint(int codePoint)
    {
        if (codePoint <= char.MaxValue)
        {
            Append((char)codePoint);
            return;
        }
        realm.Charge(1);
        codePoint -= 0x10000;
        Append((char)(0xD800 + (codePoint >> 10)));
        Append((char)(0xDC00 + (codePoint & 0x3FF)));
    }

    /// <summary>The string, a byte string where one was appended; the builder is used up.</summary>
    public Value ToText()
    {
        var text = _hasBytes ? ToBytes(areTextIfUtf8: !Realm.JoinedBytesStayBytes) : realm.NewText(_room[..Length]);
        Dispose();
        return text;
    }

    /// <summary>The string, text where it is UTF-8 whatever was appended; the builder is used up.</summary>
    public Value ToTextIfUtf8()
    {
        if (!_hasBytes)
            return ToText();
        var text = ToBytes(areTextIfUtf8: true);
        Dispose();
        return text;
    }

    private readonly Value ToBytes(bool areTextIfUtf8)
    {
        realm.Charge(1 + Length / Price.EncodedCharacters);
        realm.Allocate((long)TextBytes.MostPerUnit * Length);
        var bytes = new byte[TextBytes.MostPerUnit * Length];
        var all = bytes.AsSpan(0, TextBytes.FromUtf16(_room[..Length], bytes));
        return areTextIfUtf8 ? realm.NewTextOrBytes(all) : realm.NewBytes(all);
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<char>.Shared.Return(_rented);
        _rented = null;
        realm.Allocate(-_charged);
        _charged = 0;
        _room = default;
        Length = 0;
    }

    private void Grow(int more)
    {
        var size = Math.Max((long)Length + more, _room.Length * 2L);
        if (size > Realm.MaxTextLength)
        {
            Dispose();
            throw ScriptStopped.OverMemory();
        }
        // Old and new are there at once while the one is copied into the other.
        realm.Allocate(size * MemoryCost.Char);
        realm.Charge(1 + Length / Price.CopiedCharacters);
        var rented = ArrayPool<char>.Shared.Rent((int)size);
        _room[..Length].CopyTo(rented);
        if (_rented is not null)
            ArrayPool<char>.Shared.Return(_rented);
        realm.Allocate(-_charged);
        _charged = size * MemoryCost.Char;
        _rented = rented;
        _room = rented.AsSpan(0, (int)size);        // not what the pool gave: growth must not depend on it
    }
}

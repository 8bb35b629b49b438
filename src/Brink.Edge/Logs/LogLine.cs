using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Brink.Edge.Logs;

/// <summary>
/// One line of a standard or real-time log in the making: fields with tabs between them, in CloudFront's encoding (distribution spec 2.14).
/// One for each thread.
/// </summary>
internal sealed class LogLine
{
    [ThreadStatic]
    private static LogLine? s_ofThisThread;

    /// <summary>What stands for itself: visible ASCII but for the characters that CloudFront encodes.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(33, 94).Select(code => (char)code).Except("<>\"#%{}|\\^~[]`'")]);

    private readonly byte[] _moment = new byte["YYYY-MM-DD\tHH:MM:SS".Length];
    private byte[] _bytes = new byte[2048];
    private int _length;
    private long _second = -1;

    private LogLine()
    {
    }

    /// <summary>An empty line.</summary>
    public static LogLine Begin()
    {
        var line = s_ofThisThread ??= new LogLine();
        line._length = 0;
        return line;
    }

    /// <summary>Ends the line; it is valid until the next one begins on this thread.</summary>
    public ReadOnlySpan<byte> End()
    {
        _bytes[_length - 1] = (byte)'\n'; // in the place of the last tab
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>A text of the viewer or of an origin, one char for a byte of the wire; a dash for none.</summary>
    public void Text(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty)
            Append("-"u8);
        else
            Encode(value);
        Tab();
    }

    /// <summary>The path, and the query where there is one.</summary>
    public void Target(string uri, string? query)
    {
        Encode(uri);
        if (query is not null)
        {
            Append("?"u8);
            Encode(query);
        }
        Tab();
    }

    /// <summary>A word of Brink's own, ASCII that needs no encoding; a dash for none.</summary>
    public void Word(string? value)
    {
        if (string.IsNullOrEmpty(value))
            value = "-";
        Ensure(value.Length);
        _length += Encoding.ASCII.GetBytes(value, _bytes.AsSpan(_length));
        Tab();
    }

    /// <summary>No value.</summary>
    public void None()
    {
        Append("-"u8);
        Tab();
    }

    /// <summary>A whole number.</summary>
    public void Number(long value)
    {
        Digits(value, 1);
        Tab();
    }

    /// <summary>A whole number; a dash for none.</summary>
    public void Number(long? value)
    {
        if (value is { } number)
            Number(number);
        else
            None();
    }

    /// <summary>A status; 000 where there was none.</summary>
    public void Status(int status)
    {
        Digits(status, 3);
        Tab();
    }

    /// <summary>A time in seconds, to the thousandth.</summary>
    public void Seconds(TimeSpan time)
    {
        Thousandths((long)Math.Round(time.TotalMilliseconds));
        Tab();
    }

    /// <summary>A moment in seconds since 1970, to the thousandth.</summary>
    public void Timestamp(DateTimeOffset moment)
    {
        Thousandths(moment.ToUnixTimeMilliseconds());
        Tab();
    }

    /// <summary>A date and a time of day in UTC: two fields.</summary>
    public void Moment(DateTimeOffset moment)
    {
        var second = moment.UtcTicks / TimeSpan.TicksPerSecond;
        if (second != _second)
        {
            moment.UtcDateTime.TryFormat(_moment, out _, "yyyy-MM-dd\tHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
            _second = second;
        }
        Append(_moment);
        Tab();
    }

    private void Thousandths(long value)
    {
        Digits(value / 1000, 1);
        Append("."u8);
        Digits(value % 1000, 3);
    }

    private void Digits(long value, byte least)
    {
        Ensure(20);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(_length), out var written, new StandardFormat('D', least));
        _length += written;
    }

    private void Encode(ReadOnlySpan<char> value)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (true)
        {
            var plain = value.IndexOfAnyExcept(Plain);
            if (plain < 0)
                plain = value.Length;
            Ensure(plain + 12);
            _length += Encoding.Latin1.GetBytes(value[..plain], _bytes.AsSpan(_length));
            if (plain == value.Length)
                return;
            value = value[plain..];
            if (value[0] <= 0xff)
            {
                Escape((byte)value[0]);
                value = value[1..];
                continue;
            }
            // From a function: nothing on the wire is above Latin-1.
            Rune.DecodeFromUtf16(value, out var rune, out var consumed);
            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
                Escape(octet);
            value = value[consumed..];
        }
    }

    private void Escape(byte octet)
    {
        _bytes[_length++] = (byte)'%';
        Utf8Formatter.TryFormat(octet, _bytes.AsSpan(_length), out var written, new StandardFormat('X', 2));
        _length += written;
    }

    private void Tab() => Append("\t"u8);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Ensure(int more)
    {
        if (_bytes.Length - _length < more)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
    }
}

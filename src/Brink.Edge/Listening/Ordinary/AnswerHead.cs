using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Listening.Ordinary;

/// <summary>
/// The head of an answer, as bytes: composed in a buffer of its own, so that until it is sent another one can take its place.
/// </summary>
internal sealed class AnswerHead(TimeProvider time)
{
    private const int Room = 1024;

    [ThreadStatic]
    private static string? s_date;

    [ThreadStatic]
    private static long s_dateSecond;

    private byte[] _bytes = [];
    private int _length;
    private bool _hasDate;

    /// <summary>What has been composed.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The status line. Null is the standard phrase.</summary>
    public void Begin(int status, string? reason)
    {
        (_length, _hasDate) = (0, false);
        if (_bytes.Length == 0)
            _bytes = ArrayPool<byte>.Shared.Rent(Room);
        Append("HTTP/1.1 "u8);
        Append(status);
        Append(" "u8);
        reason ??= StatusPhrases.For(status);
        Ensure(reason.Length);
        _length += Encoding.Latin1.GetBytes(reason, _bytes.AsSpan(_length));
        Append("\r\n"u8);
    }

    /// <summary>A field, unless its name or value is not valid HTTP. Chars above Latin-1 become question marks.</summary>
    public void Field(string name, string value)
    {
        if (!FieldText.IsName(name) || !FieldText.IsSafe(value))
            return;
        _hasDate |= FieldText.IsDate(name);
        Ensure(name.Length + value.Length + 4);
        var room = _bytes.AsSpan(_length);
        var at = Encoding.Latin1.GetBytes(name, room);
        room[at++] = (byte)':';
        room[at++] = (byte)' ';
        at += Encoding.Latin1.GetBytes(value, room[at..]);
        room[at++] = (byte)'\r';
        room[at++] = (byte)'\n';
        _length += at;
    }

    /// <summary>Fields that are ready.</summary>
    public void Fields(PreparedFields fields)
    {
        _hasDate |= fields.HasDate;
        Append(fields.Bytes);
    }

    /// <summary>The end: a Date if there is none, how the body is framed, whether the connection ends.</summary>
    public void End(long? contentLength, bool isChunked, bool isLast)
    {
        if (!_hasDate)
            Field("Date", Now());
        if (isLast)
            Append("Connection: close\r\n"u8);
        if (contentLength is { } length)
        {
            Append("Content-Length: "u8);
            Append(length);
            Append("\r\n"u8);
        }
        else if (isChunked)
        {
            Append("Transfer-Encoding: chunked\r\n"u8);
        }
        Append("\r\n"u8);
    }

    /// <summary>The end of an interim response, which is framed by nothing.</summary>
    public void EndInterim() => Append("\r\n"u8);

    /// <summary>Gives the buffer back. Twice is harmless.</summary>
    public void Release()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    private string Now()
    {
        var now = time.GetUtcNow();
        var second = now.UtcTicks / TimeSpan.TicksPerSecond;
        if (s_date is null || second != s_dateSecond)
            (s_date, s_dateSecond) = (now.ToString("r", CultureInfo.InvariantCulture), second);
        return s_date;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Append(long number)
    {
        const int digits = 20;
        Ensure(digits);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_length), out var written);
        _length += written;
    }

    private void Ensure(int more)
    {
        if (_bytes.Length - _length >= more)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + more));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

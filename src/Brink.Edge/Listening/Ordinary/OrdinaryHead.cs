using System.Buffers;
using System.Text;
using Brink.Http;

namespace Brink.Edge.Listening.Ordinary;

/// <summary>What a head turned out to be.</summary>
internal enum HeadVerdict
{
    /// <summary>As far as it goes it could be ordinary; the rest is to come.</summary>
    Incomplete,

    /// <summary>Read, whole.</summary>
    Ordinary,

    /// <summary>Something else, right or wrong: for Kestrel to read or to refuse.</summary>
    Unusual,
}

/// <summary>
/// The head of an ordinary request: GET or HEAD for a path, HTTP/1.1, one Host, no body, nothing about the connection but that it stays.
/// Whatever some parser may read differently is not ordinary: a bare CR or LF, a folded line, a blank before a colon, any control
/// character, any Content-Length or Transfer-Encoding. So this class never has to refuse anything, and can never frame a message
/// differently from Kestrel: there is no body to frame (docs/decisions/0023-ordinary-requests.md).
/// </summary>
/// <remarks>
/// One for each connection. It remembers the lines of the request before: a viewer sends nearly the same ones again, and a line of the same
/// bytes is the same field, whose texts are there already.
/// </remarks>
internal sealed class OrdinaryHead
{
    /// <summary>Lines beyond these are read anew each time: a bound on what a connection keeps.</summary>
    private const int MaxLines = 32, MaxLine = 512;

    private static readonly SearchValues<byte> NotInTarget = SearchValues.Create([.. Bytes(b => b is <= 0x20 or >= 0x7f or (byte)'#')]);
    private static readonly SearchValues<byte> InName =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> NotInValue = SearchValues.Create([.. Bytes(b => b is < 0x20 and not (byte)'\t' or 0x7f)]);

    private readonly List<Line> _lines = [];
    private HeaderField[] _fields = new HeaderField[16];
    private int _fieldCount;
    private byte[] _requestLine = [];
    private int _requestLineLength;
    private string _uri = "";
    private string? _query;

    /// <summary>Whether it is a HEAD request.</summary>
    public bool IsHead { get; private set; }

    /// <summary>Reads the head at the start of the bytes; where it is ordinary, <paramref name="length"/> of them belong to it.</summary>
    public HeadVerdict Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        var verdict = ReadRequestLine(bytes, out var at);
        if (verdict != HeadVerdict.Ordinary)
            return Within(bytes, verdict);

        var hasHost = false;
        for (_fieldCount = 0; ; _fieldCount++)
        {
            var rest = bytes[at..];
            if (rest is [(byte)'\r', ..])
            {
                if (rest.Length == 1)
                    return Within(bytes, HeadVerdict.Incomplete);
                length = at + 2;
                return rest[1] == '\n' && hasHost && length <= Limits.HeadBytes ? HeadVerdict.Ordinary : HeadVerdict.Unusual;
            }
            if (_fieldCount == _fields.Length)
                Array.Resize(ref _fields, _fields.Length * 2);

            var line = _fieldCount < _lines.Count ? _lines[_fieldCount] : null;
            if (line is not null && rest.StartsWith(line.Bytes.AsSpan(0, line.Length)))
            {
                if (line.IsHost && hasHost)
                    return HeadVerdict.Unusual;
                hasHost |= line.IsHost;
                _fields[_fieldCount] = line.Field;
                at += line.Length;
                continue;
            }
            verdict = ReadField(rest, line, out var field, out var isHost, out var used);
            if (verdict != HeadVerdict.Ordinary)
                return Within(bytes, verdict);
            if (isHost && hasHost)
                return HeadVerdict.Unusual;
            hasHost |= isHost;
            _fields[_fieldCount] = field;
            Remember(rest[..used], field, isHost);
            at += used;
        }
    }

    /// <summary>Fills a request with what was read.</summary>
    public void CopyTo(EdgeRequest request)
    {
        (request.Method, request.Uri, request.QueryString) = (IsHead ? "HEAD" : "GET", _uri, _query);
        foreach (ref readonly var field in _fields.AsSpan(0, _fieldCount))
            request.Headers.Add(field.Name, field.Value);
    }

    /// <summary>Nothing ordinary is longer than the limits: Kestrel says what is too long.</summary>
    private static HeadVerdict Within(ReadOnlySpan<byte> bytes, HeadVerdict verdict) =>
        bytes.Length < Limits.HeadBytes ? verdict : HeadVerdict.Unusual;

    private HeadVerdict ReadRequestLine(ReadOnlySpan<byte> bytes, out int length)
    {
        if (_requestLineLength > 0 && bytes.StartsWith(_requestLine.AsSpan(0, _requestLineLength)))
        {
            length = _requestLineLength;
            return HeadVerdict.Ordinary;
        }

        length = 0;
        _requestLineLength = 0;
        var isHead = bytes is [(byte)'H', ..];
        var start = isHead ? "HEAD /"u8 : "GET /"u8;
        if (!bytes.StartsWith(start))
            return start.StartsWith(bytes) ? HeadVerdict.Incomplete : HeadVerdict.Unusual;

        var afterMethod = bytes[(start.Length - 1)..];
        var end = afterMethod.IndexOfAny(NotInTarget);
        if ((end < 0 ? afterMethod.Length : end) > Limits.UrlBytes)
            return HeadVerdict.Unusual;
        if (end < 0)
            return HeadVerdict.Incomplete;
        var version = " HTTP/1.1\r\n"u8;
        var afterTarget = afterMethod[end..];
        if (!afterTarget.StartsWith(version))
            return version.StartsWith(afterTarget) ? HeadVerdict.Incomplete : HeadVerdict.Unusual;

        var target = afterMethod[..end];
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        if (path.IndexOf("%00"u8) >= 0)
            return HeadVerdict.Unusual;
        IsHead = isHead;
        _uri = Encoding.Latin1.GetString(path);
        _query = query < 0 ? null : Encoding.Latin1.GetString(target[(query + 1)..]);
        length = start.Length - 1 + end + version.Length;
        if (length <= MaxLine)
        {
            Keep(bytes[..length], ref _requestLine);
            _requestLineLength = length;
        }
        return HeadVerdict.Ordinary;
    }

    private static HeadVerdict ReadField(ReadOnlySpan<byte> bytes, Line? before, out HeaderField field, out bool isHost, out int length)
    {
        (field, isHost, length) = (default, false, 0);
        var colon = bytes.IndexOfAnyExcept(InName);
        if (colon < 0)
            return HeadVerdict.Incomplete;
        if (colon == 0 || bytes[colon] != ':')
            return HeadVerdict.Unusual;
        var rest = bytes[(colon + 1)..];
        var end = rest.IndexOfAny(NotInValue);
        if (end < 0 || (end == rest.Length - 1 && rest[end] == '\r'))
            return HeadVerdict.Incomplete;
        if (rest[end] != '\r' || rest[end + 1] != '\n')
            return HeadVerdict.Unusual;

        var name = bytes[..colon];
        var value = rest[..end].Trim(" \t"u8);
        string? valueText = null;
        switch (name.Length)
        {
            case 4 when Ascii.EqualsIgnoreCase(name, "Host"u8):
                valueText = Encoding.Latin1.GetString(value);
                if (!HostField.IsValid(valueText))
                    return HeadVerdict.Unusual;
                isHost = true;
                break;
            case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                if (!Ascii.EqualsIgnoreCase(value, "keep-alive"u8))
                    return HeadVerdict.Unusual;
                break;
            case 6 when Ascii.EqualsIgnoreCase(name, "Expect"u8):
            case 7 when Ascii.EqualsIgnoreCase(name, "Upgrade"u8):
            case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
            case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8):
                return HeadVerdict.Unusual;
            default:
                break;
        }

        // The field in the same place of the request before has this name, as a rule.
        var nameText = before is not null && Ascii.Equals(name, before.Field.Name) ? before.Field.Name : Encoding.Latin1.GetString(name);
        field = new HeaderField(nameText, valueText ?? Encoding.Latin1.GetString(value));
        length = colon + 1 + end + 2;
        return HeadVerdict.Ordinary;
    }

    private void Remember(ReadOnlySpan<byte> bytes, HeaderField field, bool isHost)
    {
        if (_fieldCount >= MaxLines || bytes.Length > MaxLine)
        {
            // What is not remembered must not be taken for the line before it.
            if (_fieldCount < _lines.Count)
                _lines.RemoveRange(_fieldCount, _lines.Count - _fieldCount);
            return;
        }
        if (_fieldCount > _lines.Count)
            return;
        if (_fieldCount == _lines.Count)
            _lines.Add(new Line());
        var line = _lines[_fieldCount];
        Keep(bytes, ref line.Bytes);
        (line.Length, line.Field, line.IsHost) = (bytes.Length, field, isHost);
    }

    private static void Keep(ReadOnlySpan<byte> bytes, ref byte[] room)
    {
        if (room.Length < bytes.Length)
            room = new byte[bytes.Length];
        bytes.CopyTo(room);
    }

    private static IEnumerable<byte> Bytes(Func<byte, bool> which) => Enumerable.Range(0, 256).Select(b => (byte)b).Where(which);

    /// <summary>One line of the request before, with its line end.</summary>
    private sealed class Line
    {
        public byte[] Bytes = [];

        public int Length { get; set; }

        public HeaderField Field { get; set; }

        public bool IsHost { get; set; }
    }
}

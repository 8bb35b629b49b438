using System.Globalization;
using System.Net.Security;
using System.Text;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// Sees interim responses in what an origin sends before its answer, and passes them on. .NET reads past them and tells of none, so the
/// bytes of the connection are looked at on their way; nothing is taken out of them.
/// </summary>
/// <remarks>
/// Connections are shared, one request after the other. Whose response comes is known by who has written last: the request is written in
/// the flow of the call that asks, where <see cref="Enter"/> has left who that is. What is read may be read in another flow.
/// </remarks>
internal sealed class InterimWatch
{
    // Of all interim responses before one answer. An origin that sends more is not listened to any further.
    private const int Most = 16 * 1024;

    private static readonly AsyncLocal<Question?> s_asking = new();

    private Question? _asking;
    private byte[] _bytes = [];
    private int _length;
    private bool _isWatching;

    /// <summary>What is written in this flow from here on asks for this viewer.</summary>
    public static void Enter(InterimRoute route) => s_asking.Value = new Question(route);

    /// <summary>A part of a request has been written: of another one than before, responses begin anew.</summary>
    public void Wrote()
    {
        var asking = s_asking.Value;
        if (ReferenceEquals(asking, _asking))
            return;
        (_asking, _length, _isWatching) = (asking, 0, asking is not null);
    }

    /// <summary>These bytes have come.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (!_isWatching || bytes.IsEmpty)
            return;
        if (_length + bytes.Length > Most)
            bytes = bytes[..(Most - _length)];
        if (_bytes.Length < _length + bytes.Length)
            Array.Resize(ref _bytes, Math.Max(1024, _length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        var taken = 0;
        while (_isWatching && TakeOne(_bytes.AsSpan(taken, _length - taken), out var length))
            taken += length;
        if (taken > 0)
            _bytes.AsSpan(taken, _length - taken).CopyTo(_bytes);
        _length -= taken;
        if (_length == Most)
            _isWatching = false;
        if (!_isWatching)
            (_bytes, _length) = ([], 0);
    }

    // False: more has to come, or what comes is no interim response, and nothing is watched any more.
    private bool TakeOne(ReadOnlySpan<byte> bytes, out int length)
    {
        const int statusLine = 12;
        length = 0;
        if (!"HTTP/1.1 1"u8.StartsWith(bytes[..Math.Min(bytes.Length, 10)]))
            _isWatching = false;
        if (!_isWatching || bytes.Length < statusLine)
            return false;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        length = end + 4;
        if (!int.TryParse(bytes[9..statusLine], NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status == 101)
            _isWatching = false;        // not for a cache to read on
        else if (status != 100)         // that one is an answer to the edge itself
            _asking!.Route.Send(status, FieldsOf(Encoding.Latin1.GetString(bytes[..end])));
        return true;
    }

    private static HeaderList FieldsOf(string head)
    {
        var fields = new HeaderList();
        var lines = head.Split("\r\n");
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                fields.Add(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
        }
        OriginResponseHeaders.Clean(fields, keepsTransferEncoding: false);
        fields.Remove("content-length"); // it has no body
        return fields;
    }

    private sealed record Question(InterimRoute Route);
}

/// <summary>A connection to an origin without TLS, whose interim responses are passed on.</summary>
internal sealed class InterimStream(Stream inner) : Stream
{
    private readonly InterimWatch _watch = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        _watch.Read(buffer.Span[..count]);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _watch.Wrote();
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        _watch.Read(buffer.AsSpan(offset, read));
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        _watch.Wrote();
        inner.Write(buffer, offset, count);
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The same with TLS: .NET takes only this very type for a connection on which TLS is spoken already.</summary>
internal sealed class InterimSslStream(Stream inner) : SslStream(inner, leaveInnerStreamOpen: false)
{
    private readonly InterimWatch _watch = new();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        _watch.Read(buffer.Span[..count]);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _watch.Wrote();
        return base.WriteAsync(buffer, cancellationToken);
    }
}

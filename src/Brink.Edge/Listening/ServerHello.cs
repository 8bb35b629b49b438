using System.Buffers.Binary;

namespace Brink.Edge.Listening;

/// <summary>
/// What this edge answers when TLS 1.3 begins (RFC 8446 4.1.3), read as it is sent: .NET does not say whether a session was resumed. In TLS
/// 1.2 none is (<see cref="Configuration.ViewerTls"/>).
/// </summary>
internal sealed class ServerHello
{
    private const byte HandshakeRecord = 22, ServerHelloMessage = 2;
    private const int RecordHead = 5, MessageHead = 4, Random = 32;
    private const ushort PreSharedKey = 41;

    /// <summary>The random of a message that only asks for another ClientHello; the answer comes later.</summary>
    private static ReadOnlySpan<byte> RetryRandom =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];

    private bool _isRead;

    /// <summary>Whether the session is one of before.</summary>
    public bool ResumesSession { get; private set; }

    /// <summary>Looks at bytes that are sent. Those that no ServerHello is at the beginning of are passed over.</summary>
    public void Look(ReadOnlySpan<byte> sent)
    {
        if (_isRead || sent.Length < RecordHead + MessageHead || sent[0] != HandshakeRecord || sent[RecordHead] != ServerHelloMessage)
            return;
        var inRecord = BinaryPrimitives.ReadUInt16BigEndian(sent[3..]);
        var rest = new TlsFields(sent.Slice(RecordHead, Math.Min(inRecord, sent.Length - RecordHead)));
        if (!rest.TrySkip(MessageHead + sizeof(ushort)) || rest.Rest.StartsWith(RetryRandom))
            return;
        _isRead = true;
        // random; then session id, cipher suite, compression method.
        if (!rest.TrySkip(Random) || !rest.TryTake8(out _) || !rest.TrySkip(sizeof(ushort) + 1) || !rest.TryTake16(out var extensions))
            return;
        while (extensions.TryTakeNumber(out var type) && extensions.TryTake16(out _))
            ResumesSession |= type == PreSharedKey;
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Brink.Edge.Configuration;

namespace Brink.Edge.Listening;

/// <summary>
/// What a viewer offers when TLS begins (RFC 8446 4.1.2, RFC 5246 7.4.1.2), read before the handshake and left in the pipe: .NET shows the
/// name that a viewer asks for, but not the versions that it supports.
/// </summary>
/// <param name="OffersTls13">Whether TLS 1.3 is among the versions.</param>
/// <param name="Fingerprints">What the message is known again by; null where that is not asked for.</param>
internal readonly record struct ClientHello(bool OffersTls13, TlsFingerprints? Fingerprints)
{
    /// <summary>No more is looked at: real ones, keys for post-quantum exchange included, have less than 4 KiB.</summary>
    private const int MaxLength = 16 * 1024;

    private const byte HandshakeRecord = 22, ClientHelloMessage = 1;
    private const int RecordHead = 5, MessageHead = 4, Random = 32;
    private const ushort SupportedVersions = 43, Tls13 = 0x0304;

    /// <summary>
    /// Waits for the whole message and leaves it unread. The default where it is none, or too long: the handshake says what is wrong.
    /// </summary>
    public static async ValueTask<ClientHello> PeekAsync(PipeReader input, bool takesFingerprints, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var isWhole = TryRead(buffer, takesFingerprints, out var hello);
            if (isWhole || result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start);
                return hello;
            }
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Reads the message at the start of a connection.</summary>
    /// <param name="received">The bytes so far.</param>
    /// <param name="takesFingerprints">Whether fingerprints are asked for.</param>
    /// <param name="hello">What it says; the default where it is no ClientHello that can be read.</param>
    /// <returns>False while bytes are missing.</returns>
    internal static bool TryRead(in ReadOnlySequence<byte> received, bool takesFingerprints, out ClientHello hello)
    {
        hello = default;
        var bytes = ArrayPool<byte>.Shared.Rent(MaxLength);
        try
        {
            var isWhole = CopyMessage(received, bytes.AsSpan(0, MaxLength), out var length);
            if (isWhole && length > 0)
            {
                var message = bytes.AsSpan(MessageHead, length - MessageHead);
                hello = new ClientHello(OffersVersion13(message), takesFingerprints ? ClientHelloFingerprints.Of(message) : null);
            }
            return isWhole;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>The message without the heads of the records that it comes in; a length of 0 for what is none.</summary>
    private static bool CopyMessage(in ReadOnlySequence<byte> received, Span<byte> message, out int length)
    {
        length = 0;
        var reader = new SequenceReader<byte>(received);
        Span<byte> head = stackalloc byte[RecordHead];
        var copied = 0;
        while (true)
        {
            if (!reader.TryCopyTo(head))
                return reader.Remaining > 0 && reader.CurrentSpan[reader.CurrentSpanIndex] != HandshakeRecord;
            var inRecord = BinaryPrimitives.ReadUInt16BigEndian(head[3..]);
            if (head[0] != HandshakeRecord || head[1] != 3 || inRecord == 0 || copied + inRecord > message.Length)
                return true;
            reader.Advance(RecordHead);
            var there = (int)Math.Min(inRecord, reader.Remaining);
            reader.TryCopyTo(message.Slice(copied, there));
            reader.Advance(there);
            copied += there;
            if (copied >= MessageHead)
            {
                if (message[0] != ClientHelloMessage)
                    return true;
                var whole = MessageHead + ((message[1] << 16) | (message[2] << 8) | message[3]);
                if (whole > message.Length)
                    return true;
                if (copied >= whole)
                {
                    length = whole;
                    return true;
                }
            }
            if (there < inRecord)
                return false;
        }
    }

    private static bool OffersVersion13(ReadOnlySpan<byte> message)
    {
        var rest = new TlsFields(message);
        // legacy_version, random; then session id, cipher suites, compression methods.
        if (rest.TrySkip(sizeof(ushort) + Random) && rest.TryTake8(out _) && rest.TryTake16(out _) && rest.TryTake8(out _)
            && rest.TryTake16(out var extensions))
        {
            while (extensions.TryTakeNumber(out var type) && extensions.TryTake16(out var content))
            {
                if (type == SupportedVersions)
                    return content.TryTake8(out var versions) && versions.Has(Tls13);
            }
        }
        return false;
    }
}

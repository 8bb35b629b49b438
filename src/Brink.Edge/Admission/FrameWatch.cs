using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Brink.Edge.Admission;

/// <summary>
/// The frames of an HTTP/2 connection, counted by their heads on the way to Kestrel: a viewer that resets streams, or sends frames which
/// carry no request forward, faster than any client has reason to is cut off (RFC 9113 section 10.5). Kestrel bounds the streams that are
/// open, the size of heads, and how many of its own answers wait; not how often it is made to work for nothing.
/// </summary>
/// <remarks>
/// WINDOW_UPDATE is not counted: a fast download sends as many. The clock is read for counted frames alone.
/// </remarks>
internal sealed class FrameWatch(PipeReader inner, DoorPass pass) : WatchedInput(inner)
{
    private const int FrameHead = 9;

    private static readonly int s_prefaceLength = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length;

    private readonly byte[] _head = new byte[FrameHead];
    private int _headLength;
    private long _seen;
    private long _skip = s_prefaceLength;
    private long _second;
    private int _resets;
    private int _controls;

    private enum FrameType : byte
    {
        Data = 0,
        Headers = 1,
        ResetStream = 3,
        PushPromise = 5,
        GoAway = 7,
        WindowUpdate = 8,
        Continuation = 9,
    }

    // Looked at before Kestrel is: one read can bring thousands of frames.
    protected override void Received(in ReadOnlySequence<byte> buffer)
    {
        foreach (var piece in buffer.Slice(Math.Min(_seen, buffer.Length)))
            Look(piece.Span);
    }

    protected override void Consumed(long left) => _seen = left;

    private void Look(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsOver)
        {
            var skipped = (int)Math.Min(_skip, bytes.Length);
            _skip -= skipped;
            bytes = bytes[skipped..];
            var taken = Math.Min(FrameHead - _headLength, bytes.Length);
            bytes[..taken].CopyTo(_head.AsSpan(_headLength));
            bytes = bytes[taken..];
            if ((_headLength += taken) < FrameHead)
                return;
            _headLength = 0;
            _skip = BinaryPrimitives.ReadUInt32BigEndian(_head) >> 8;
            Count((FrameType)_head[3], _head[4], isEmpty: _skip == 0);
        }
    }

    private void Count(FrameType type, byte flags, bool isEmpty)
    {
        const byte endStream = 1, endHeaders = 4;
        switch (type)
        {
            case FrameType.Headers:
                Follow((flags & endHeaders) != 0);
                break;
            case FrameType.Continuation:
                Follow((flags & endHeaders) != 0);
                CountControl();
                break;
            case FrameType.Data when !isEmpty || (flags & endStream) != 0:
            case FrameType.WindowUpdate:
                break;
            case FrameType.ResetStream:
                NextSecond();
                if (++_resets > pass.Door.Limits.ResetsPerSecond)
                    CutOff(Refusal.Resets);
                break;
            default:
                CountControl();
                break;
        }
    }

    private void Follow(bool isWhole)
    {
        if (isWhole)
            pass.EndHead();
        else if (!pass.TryBeginHead())
            IsOver = true;
    }

    private void CountControl()
    {
        NextSecond();
        if (++_controls > pass.Door.Limits.ControlFramesPerSecond)
            CutOff(Refusal.Frames);
    }

    private void NextSecond()
    {
        var second = pass.Door.Time.GetTimestamp() / pass.Door.Time.TimestampFrequency;
        if (second != _second)
            (_second, _resets, _controls) = (second, 0, 0);
    }

    private void CutOff(Refusal why)
    {
        if (IsOver)
            return;
        IsOver = true;
        if (why == Refusal.Resets)
            pass.Door.Counters.CountResetFlood();
        else
            pass.Door.Counters.CountFrameFlood();
        pass.Door.Tell(why);
    }
}

using System.Net.Sockets;
using Brink.Lambda.Processes;

namespace Brink.Lambda.RuntimeApi;

/// <summary>
/// One connection of a runtime. The other end is a customer's code: it may send anything, in any pieces, and nothing it sends may cost more
/// than its limits. A runtime may pipeline: our bootstraps send an answer and the question for the next event in one piece, and then our
/// 202 travels with that next event.
/// </summary>
internal sealed class RuntimeApiConnection(Socket socket, IRuntimeApi api)
{
    private const int SmallBuffer = 16 * 1024;

    private readonly Socket _socket = socket;
    private byte[] _in = GC.AllocateUninitializedArray<byte>(SmallBuffer);
    private int _start, _end;
    private byte[] _out = GC.AllocateUninitializedArray<byte>(4 * 1024);
    private int _outCount;
    private Task _delivery = Task.CompletedTask;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Of the request being read.
    private RequestHead _head;
    private int _bodyStart = -1;
    private int _searched;
    private ChunkedBody _chunks;
    private long _discard;

    private enum Step
    {
        NeedsMore,
        /// <summary>It waits for an event, which is sent together with what is still to be sent.</summary>
        Waits,
        Closes,
    }

    /// <summary>All that the other end sent has been read, or will not be.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Serves until either end closes.</summary>
    public async Task RunAsync()
    {
        try
        {
            var step = Step.NeedsMore;
            while (true)
            {
                var count = await _socket.ReceiveAsync(Room());
                if (count == 0)
                    return;
                _end += count;
                // An event that was not sent yet cannot be answered: a runtime that talks on has lost its place.
                if (step == Step.Waits && api.Waits(this))
                    return;
                await _delivery;
                step = Read();
                // A connection that waits has nothing else to do: the invocation's caller may go on on this thread.
                api.Settle(isThreadFree: step == Step.Waits);
                if (step == Step.Waits)
                    continue;
                if (_outCount > 0)
                {
                    await SendAsync(_out.AsMemory(0, _outCount));
                    _outCount = 0;
                }
                if (step == Step.Closes)
                    return;
            }
        }
        catch (SocketException)
        {
            // The runtime went away.
        }
        catch (ObjectDisposedException)
        {
            // The environment did.
        }
        finally
        {
            api.Closed(this);
            _socket.Dispose();
            _ended.TrySetResult();
        }
    }

    public void Close() => _socket.Dispose();

    /// <summary>
    /// Sends the event this connection waits for. What is in the buffers is taken before it returns; a send that fails ends the connection,
    /// and with it the wait for an answer. Called once for each wait, and never while the connection's own loop touches its output.
    /// </summary>
    public void Deliver(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> eventJson)
    {
        Append(headers);
        Append(eventJson);
        _delivery = DeliverAsync(_outCount);
    }

    private async Task DeliverAsync(int count)
    {
        try
        {
            await SendAsync(_out.AsMemory(0, count));
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            _socket.Dispose();
        }
        _outCount = 0;
        if (_out.Length > SmallBuffer)
            _out = GC.AllocateUninitializedArray<byte>(4 * 1024);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
    }

    /// <summary>Reads and answers every request that is there whole.</summary>
    private Step Read()
    {
        while (true)
        {
            if (_discard > 0)
            {
                var skipped = (int)Math.Min(_discard, _end - _start);
                (_start, _discard) = (_start + skipped, _discard - skipped);
                if (_discard > 0)
                    return Step.NeedsMore;
            }
            if (_bodyStart < 0)
            {
                var bytes = _in.AsSpan(_start, _end - _start);
                var end = bytes[_searched..].IndexOf("\r\n\r\n"u8);
                if (end < 0)
                {
                    _searched = Math.Max(0, bytes.Length - 3);
                    return bytes.Length <= RuntimeAnswers.HeadLimit ? Step.NeedsMore : Refuse("the head is too large");
                }
                end += _searched;
                _searched = 0;
                if (end > RuntimeAnswers.HeadLimit)
                    return Refuse("the head is too large");
                if (RequestHead.Read(bytes[..end], out _head) is { } mistake)
                    return Refuse(mistake);
                (_bodyStart, _chunks) = (_start + end + 4, default);
                // Before a byte of it is kept.
                if (_head.ContentLength > RuntimeAnswers.PayloadLimit)
                {
                    Append(api.TooLarge(_head.Call, _head.RequestId, _head.ContentLength));
                    if (_head.ExpectsContinue)
                        return Step.Closes;
                    (_discard, _start, _bodyStart) = (_head.ContentLength, _bodyStart, -1);
                    continue;
                }
                if (_head.ExpectsContinue && _end == _bodyStart)
                    Append(RuntimeAnswers.Continue);
            }

            int length, consumed;
            if (_head.ContentLength >= 0)
            {
                (length, consumed) = ((int)_head.ContentLength, (int)_head.ContentLength);
                if (_end - _bodyStart < length)
                    return Step.NeedsMore;
            }
            else
            {
                switch (_chunks.Decode(_in.AsSpan(_bodyStart, _end - _bodyStart), RuntimeAnswers.PayloadLimit))
                {
                    case ChunkedBody.Progress.NeedsMore:
                        return Step.NeedsMore;
                    case ChunkedBody.Progress.Invalid:
                        return Refuse("the chunks of the body are malformed");
                    case ChunkedBody.Progress.TooLarge:
                        Append(api.TooLarge(_head.Call, _head.RequestId, null));
                        return Step.Closes;
                }
                (length, consumed) = (_chunks.Length, _chunks.Consumed);
            }
            var body = _in.AsSpan(_bodyStart, length);
            (_start, _bodyStart) = (_bodyStart + consumed, -1);
            var isLast = _start == _end;
            if (_head.Call == RuntimeCall.Next)
            {
                // Bytes after a question for an event answer an event that was not seen yet.
                if (!isLast)
                    return Refuse("a request follows before the event");
                if (api.Next(this) is not { } refusal)
                    return Step.Waits;
                Append(refusal);
            }
            else
            {
                Append(_head.Call switch
                {
                    RuntimeCall.Response => api.Response(_head.RequestId!, body),
                    RuntimeCall.Error => api.Error(_head.RequestId!, _head.ErrorType, body),
                    RuntimeCall.InitError => api.InitError(_head.ErrorType, body),
                    RuntimeCall.Ping => RuntimeAnswers.Pong,
                    _ => RuntimeAnswers.NotFound,
                });
            }
            if (_head.Closes)
                return Step.Closes;
            if (isLast)
                return Step.NeedsMore;
        }
    }

    private Step Refuse(string reason)
    {
        Append(RuntimeAnswers.Malformed(reason));
        return Step.Closes;
    }

    /// <summary>Room for more bytes: in place, or in a buffer as large as the request under way needs.</summary>
    private Memory<byte> Room()
    {
        var held = _end - _start;
        if (held == 0)
        {
            (_start, _end) = (0, 0);
            if (_in.Length > 4 * SmallBuffer)
                _in = GC.AllocateUninitializedArray<byte>(SmallBuffer);
        }
        if (_in.Length - _end >= SmallBuffer / 4)
            return _in.AsMemory(_end);

        var needed = held + SmallBuffer;
        if (_bodyStart >= 0 && _head.ContentLength >= 0)
            needed = Math.Max(needed, _bodyStart - _start + (int)_head.ContentLength + SmallBuffer);
        var larger = Math.Max(needed, Math.Min(2 * _in.Length, held + 1024 * 1024));
        var target = needed <= _in.Length ? _in : GC.AllocateUninitializedArray<byte>(larger);
        _in.AsSpan(_start, held).CopyTo(target);
        if (_bodyStart >= 0)
            _bodyStart -= _start;
        (_in, _start, _end) = (target, 0, held);
        return _in.AsMemory(_end);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_out.Length - _outCount < bytes.Length)
            Array.Resize(ref _out, Math.Max(_outCount + bytes.Length, 2 * _out.Length));
        bytes.CopyTo(_out.AsSpan(_outCount));
        _outCount += bytes.Length;
    }
}

/// <summary>What answers a runtime: the execution environment. Each call returns the bytes of the answer.</summary>
internal interface IRuntimeApi
{
    /// <summary>The connection waits for an event from now on, unless a refusal is returned.</summary>
    byte[]? Next(RuntimeApiConnection connection);

    /// <summary>It still waits.</summary>
    bool Waits(RuntimeApiConnection connection);

    byte[] Response(string requestId, ReadOnlySpan<byte> body);

    byte[] Error(string requestId, string? errorType, ReadOnlySpan<byte> body);

    byte[] InitError(string? errorType, ReadOnlySpan<byte> body);

    /// <summary>A body over the limit was announced; none of it was kept.</summary>
    byte[] TooLarge(RuntimeCall call, string? requestId, long? size);

    /// <summary>All that was there has been read: if an answer was among it, its invocation completes.</summary>
    /// <param name="isThreadFree">The invocation's caller may go on on this thread.</param>
    void Settle(bool isThreadFree);

    void Closed(RuntimeApiConnection connection);

    /// <summary>Whether a client that has connected over the machine's loopback is the process that this Runtime API is for.</summary>
    ValueTask<bool> AdmitsAsync(LoopbackClient client);
}

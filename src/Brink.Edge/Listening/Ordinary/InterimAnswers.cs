using System.Buffers;
using System.IO.Pipelines;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Listening.Ordinary;

/// <summary>
/// Interim responses (1xx) on an ordinary connection: they leave at once, by the thread that read them, as long as the answer to their
/// request has not begun (RFC 9110 section 15.2).
/// </summary>
internal sealed class InterimAnswers(PipeWriter output, TimeProvider time) : IInterimViewer
{
    private readonly Lock _gate = new();
    private readonly AnswerHead _head = new(time);
    private int _number;
    private bool _isOpen;
    private Task _flushed = Task.CompletedTask;

    /// <summary>For the request that is under way.</summary>
    public InterimRoute Route => new(this, _number);

    /// <summary>The flush of the last one; the answer is flushed after it.</summary>
    public Task Flushed => _flushed;

    /// <summary>A request has been read.</summary>
    public void Open()
    {
        lock (_gate)
            (_number, _isOpen) = (_number + 1, true);
    }

    /// <summary>Its answer begins, or it has none: whatever comes now is too late.</summary>
    public void Close()
    {
        lock (_gate)
            _isOpen = false;
    }

    /// <inheritdoc/>
    public void SendInterim(int number, int status, HeaderList fields)
    {
        lock (_gate)
        {
            // A viewer that takes so little that one is still on its way gets no further ones.
            if (!_isOpen || number != _number || !_flushed.IsCompleted)
                return;
            _head.Begin(status, reason: null);
            foreach (var (name, value) in fields.AsSpan())
                _head.Field(name, value);
            _head.EndInterim();
            output.Write(_head.Bytes);
            _head.Release();
            var flush = output.FlushAsync();
            _flushed = flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
        }
    }
}

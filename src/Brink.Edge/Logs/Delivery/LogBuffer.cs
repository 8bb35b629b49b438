using System.Threading.Channels;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Lines on their way to one reader. Request threads append and go on: nothing here waits for the reader. What does not fit is lost, and
/// counted. The reader takes all that is there at once.
/// </summary>
/// <param name="capacity">Bytes that wait at most; as many more may be in the reader's hands.</param>
public sealed class LogBuffer(int capacity)
{
    /// <summary>Arrays beyond this size are given up after a burst.</summary>
    private const int Kept = 1024 * 1024;

    private const int FirstRoom = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true });
    private byte[] _bytes = [];
    private byte[] _spare = [];
    private int _length;
    private int _lines;
    private long _lost;
    private bool _isCompleted;
    private int _isAsleep;

    /// <summary>Appends a line, or a few that belong together, with the line end. False: it does not fit, and is lost.</summary>
    public bool TryAppend(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_isCompleted || line.Length > capacity - _length)
            {
                _lost++;
                return false;
            }
            if (_bytes.Length - _length < line.Length)
                Array.Resize(ref _bytes, Math.Min(capacity, Math.Max(Math.Max(_bytes.Length * 2, _length + line.Length), FirstRoom)));
            line.CopyTo(_bytes.AsSpan(_length));
            _length += line.Length;
            _lines++;
        }
        if (Volatile.Read(ref _isAsleep) == 1 && Interlocked.Exchange(ref _isAsleep, 0) == 1)
            EndOfTurn.Wake(this);
        return true;
    }

    /// <summary>No line comes any more.</summary>
    public void Complete()
    {
        lock (_gate)
            _isCompleted = true;
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1)
            WakeReader();
    }

    /// <summary>Waits until there is something to take, or no line comes any more: then false. For the one reader.</summary>
    /// <param name="until">Ends the wait: true, with nothing to take.</param>
    public async ValueTask<bool> WaitAsync(CancellationToken until = default)
    {
        while (true)
        {
            Volatile.Write(ref _isAsleep, 1);
            Interlocked.MemoryBarrier();
            bool hasLines, isCompleted;
            lock (_gate)
                (hasLines, isCompleted) = (_length > 0, _isCompleted);
            if (hasLines || isCompleted)
            {
                await StayAwakeAsync();
                return hasLines;
            }
            try
            {
                await _wakes.Reader.ReadAsync(until);
            }
            catch (OperationCanceledException)
            {
                await StayAwakeAsync();
                return true;
            }
        }
    }

    /// <summary>All lines that wait, in order. They are valid until the next call.</summary>
    public (ReadOnlyMemory<byte> Lines, int Count) Take()
    {
        lock (_gate)
        {
            var taken = (_bytes.AsMemory(0, _length), _lines);
            (_bytes, _spare) = (_spare.Length > Kept ? [] : _spare, _bytes);
            (_length, _lines) = (0, 0);
            return taken;
        }
    }

    /// <summary>How many lines were lost since the last call.</summary>
    public long TakeLost()
    {
        lock (_gate)
        {
            var lost = _lost;
            _lost = 0;
            return lost;
        }
    }

    internal void WakeReader() => _wakes.Writer.TryWrite(true);

    /// <summary>An appender that has seen the reader asleep is about to wake it: that wake is taken before it can be mistaken.</summary>
    private async ValueTask StayAwakeAsync()
    {
        if (Interlocked.Exchange(ref _isAsleep, 0) == 0)
            await _wakes.Reader.ReadAsync();
    }
}

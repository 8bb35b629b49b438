using System.Globalization;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Takes the lines of a log to where they go. Request threads post and go on; a destination that fails is tried again, less and less often,
/// while lines wait in bounded memory. What does not fit is lost and counted, and said once a minute at most.
/// </summary>
public sealed class LogDelivery : IAsyncDisposable
{
    /// <summary>How often lines are taken at most: what comes within goes together.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>How long one write may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>How long the last lines may take at the end, in all.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenWords = TimeSpan.FromMinutes(1);

    private readonly string _name;
    private readonly ILogDestination _destination;
    private readonly LogBuffer _buffer;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private long _written, _lostInAll, _lostTold, _lostByDestination;
    private string? _problem;
    private long? _toldAt;

    /// <summary>Starts at once.</summary>
    /// <param name="name">What the operator calls the log: the standard log of E123 in ./logs.</param>
    /// <param name="destination">Where lines go; ended with this object.</param>
    /// <param name="capacity">Bytes of lines that wait at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Takes a sentence for the operator, on any thread.</param>
    public LogDelivery(string name, ILogDestination destination, int capacity, TimeProvider time, Action<string> tell)
    {
        (_name, _destination, _time, _tell) = (name, destination, time, tell);
        _buffer = new LogBuffer(capacity);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Lines that the destination took.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Lines that were lost, as far as that has been noticed: within a second, as a rule.</summary>
    public long Lost => Volatile.Read(ref _lostInAll);

    /// <summary>Takes a line, with its end. Never waits, never throws.</summary>
    public void Post(ReadOnlySpan<byte> line) => _buffer.TryAppend(line);

    /// <summary>Delivers what waits, for some seconds at most, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _buffer.Complete();
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (await WaitAsync())
        {
            var (lines, count) = _buffer.Take();
            if (count > 0)
                await DeliverAsync(lines, count);
            if (_destination.DueAt <= _time.GetUtcNow())
                await TryAsync(static (destination, _, _, cancelled) => destination.TendAsync(cancelled), default, 0, _ending.Token);
            NoteLosses();
            await PauseAsync(Pace);
        }
        using var farewell = new CancellationTokenSource(Farewell, _time);
        try
        {
            await _destination.DisposeAsync().AsTask().WaitAsync(farewell.Token);
        }
        catch (Exception failure) when (IsOfTheWorld(failure))
        {
            _problem ??= failure.Message;
        }
        NoteLosses(isLast: true);
    }

    private async ValueTask<bool> WaitAsync()
    {
        if (_destination.DueAt is not { } due)
            return await _buffer.WaitAsync();
        var left = due - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return !_ending.IsCancellationRequested || await _buffer.WaitAsync();
        using var until = new CancellationTokenSource(left, _time);
        return await _buffer.WaitAsync(until.Token);
    }

    private async ValueTask DeliverAsync(ReadOnlyMemory<byte> lines, int count)
    {
        var pause = FirstPause;
        while (!await TryAsync(
            static (destination, bytes, number, cancelled) => destination.WriteAsync(bytes, number, cancelled), lines, count,
            CancellationToken.None))
        {
            NoteLosses();
            if (_ending.IsCancellationRequested)
            {
                Lose(count);
                return;
            }
            await PauseAsync(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        Volatile.Write(ref _written, _written + count);
    }

    private async ValueTask<bool> TryAsync(
        Func<ILogDestination, ReadOnlyMemory<byte>, int, CancellationToken, ValueTask> act, ReadOnlyMemory<byte> lines, int count,
        CancellationToken cancelled)
    {
        using var patience = new CancellationTokenSource(_ending.IsCancellationRequested ? Farewell : Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancelled);
        try
        {
            await act(_destination, lines, count, either.Token);
            _problem = null;
            return true;
        }
        catch (Exception failure) when (IsOfTheWorld(failure))
        {
            _problem = failure is OperationCanceledException ? "it takes nothing" : failure.Message;
            return false;
        }
    }

    private static bool IsOfTheWorld(Exception failure) => failure
        is IOException or UnauthorizedAccessException or TimeoutException or HttpRequestException or OperationCanceledException
        or System.Net.Sockets.SocketException;

    private Task PauseAsync(TimeSpan pause) =>
        Task.Delay(pause, _time, _ending.Token).ContinueWith(static _ => { }, TaskScheduler.Default);

    private void Lose(long count) => Volatile.Write(ref _lostInAll, _lostInAll + count);

    private void NoteLosses(bool isLast = false)
    {
        Lose(_buffer.TakeLost());
        Lose(_destination.Lost - _lostByDestination);
        _lostByDestination = _destination.Lost;
        var isNew = _problem is not null || _lostInAll > _lostTold;
        if (!isNew || (!isLast && _toldAt is { } told && _time.GetElapsedTime(told) < BetweenWords))
            return;
        if (isLast && _lostInAll == _lostTold)
            return;
        var losses = _lostInAll switch
        {
            0 => "nothing is lost yet",
            1 => "one line is lost",
            var many => string.Create(CultureInfo.InvariantCulture, $"{many} lines are lost"),
        };
        _tell(_problem is { } problem ? $"{_name}: {problem}; {losses}" : $"{_name}: lines come faster than it takes them; {losses}");
        (_lostTold, _toldAt) = (_lostInAll, _time.GetTimestamp());
    }
}

using System.Threading.Channels;

namespace Brink.Host.Output;

/// <summary>
/// Lines on their way to the terminal. Request threads add lines and go on; one reader writes them in order. A terminal that does not keep
/// up loses lines, and is told how many, rather than holding up requests or filling memory. So does an output that cannot be written, such
/// as a file on a full disk: the error output says so once, and every further line is tried, since a disk may have room again.
/// </summary>
internal sealed class LineQueue : IAsyncDisposable
{
    private const int Capacity = 16 * 1024;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly Func<long, string> _lineForDropped;
    private readonly Task _writing;
    private long _dropped;
    private bool _isFailing;

    /// <param name="output">Where the lines go.</param>
    /// <param name="errors">Gets the message that lines cannot be written.</param>
    /// <param name="lineForDropped">Makes the line that says how many are missing, in the form of the others.</param>
    public LineQueue(TextWriter output, TextWriter errors, Func<long, string> lineForDropped)
    {
        (_output, _errors, _lineForDropped) = (output, errors, lineForDropped);
        _writing = WriteAsync();
    }

    /// <summary>Adds a text that ends with a line end.</summary>
    public void Post(string text)
    {
        if (!_lines.Writer.TryWrite(text))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var text))
            {
                if (!await TryWriteAsync(text))
                    Interlocked.Increment(ref _dropped);
            }
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped
                && (_isFailing || !await TryWriteAsync(_lineForDropped(dropped))))
                Interlocked.Add(ref _dropped, dropped);
        }
        if (_dropped > 0)
            await TellAsync($"{_dropped} line{(_dropped == 1 ? "" : "s")} of output could not be written");
    }

    private async ValueTask<bool> TryWriteAsync(string text)
    {
        try
        {
            // Half a line may stand where writing failed, and would spoil this one.
            await _output.WriteAsync(_isFailing ? "\n" + text : text);
            await _output.FlushAsync();
            _isFailing = false;
            return true;
        }
        catch (IOException failure)
        {
            if (!_isFailing)
                await TellAsync($"the output cannot be written, lines are lost: {failure.Message}");
            _isFailing = true;
            return false;
        }
    }

    private async ValueTask TellAsync(string sentence)
    {
        try
        {
            await _errors.WriteLineAsync($"brink dev: {sentence}");
        }
        catch (IOException)
        {
            // There is no third channel. Serving goes on.
        }
    }
}

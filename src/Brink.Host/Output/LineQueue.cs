using System.Text;
using Brink.Edge.Logs.Delivery;

namespace Brink.Host.Output;

/// <summary>
/// Lines on their way to the terminal. Request threads add lines and go on; one reader writes them in order, all that wait at once. A
/// terminal that does not keep up loses lines, and is told how many, rather than holding up requests or filling memory. So does an output
/// that cannot be written, such as a file on a full disk: the error output says so once, and further lines are tried, since a disk may have
/// room again.
/// </summary>
internal sealed class LineQueue : IAsyncDisposable
{
    private const int Capacity = 8 * 1024 * 1024;

    /// <summary>
    /// What comes within this time of the last lines waits for it, and is written in one piece: at most 200 pieces a second.
    /// </summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    private readonly LogBuffer _lines = new(Capacity);
    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly Func<long, string> _lineForDropped;
    private readonly CancellationTokenSource _ending = new();
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
    public void Post(string text) => Post(Encoding.UTF8.GetBytes(text));

    /// <summary>The same in UTF-8.</summary>
    public void Post(ReadOnlySpan<byte> text) => _lines.TryAppend(text);

    /// <summary>Writes what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Complete();
        await _ending.CancelAsync();
        await _writing;
        _ending.Dispose();
    }

    private async Task WriteAsync()
    {
        while (await _lines.WaitAsync())
        {
            var (text, count) = _lines.Take();
            if (!await TryWriteAsync(Encoding.UTF8.GetString(text.Span)))
                _dropped += count;
            _dropped += _lines.TakeLost();
            if (_dropped > 0 && !_isFailing && await TryWriteAsync(_lineForDropped(_dropped)))
                _dropped = 0;
            await Task.Delay(Pace, TimeProvider.System, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

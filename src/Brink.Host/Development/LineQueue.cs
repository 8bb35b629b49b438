using System.Threading.Channels;

namespace Brink.Host.Development;

/// <summary>
/// Lines on their way to the terminal. Request threads hand theirs over and go on; one reader writes them in order. A terminal that does not keep up
/// loses lines, and is told how many, rather than holding up requests or filling memory.
/// </summary>
internal sealed class LineQueue : IAsyncDisposable
{
    private const int Capacity = 16 * 1024;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly TextWriter _output;
    private readonly Func<long, string> _lineForDropped;
    private readonly Task _writing;
    private long _dropped;

    /// <param name="output">Where the lines go.</param>
    /// <param name="lineForDropped">The line, in the form of all others, that tells how many are missing.</param>
    public LineQueue(TextWriter output, Func<long, string> lineForDropped)
    {
        (_output, _lineForDropped) = (output, lineForDropped);
        _writing = WriteAsync();
    }

    /// <summary>Hands over one piece of text, which ends with a line end.</summary>
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
                await _output.WriteAsync(text);
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                await _output.WriteAsync(_lineForDropped(dropped));
            await _output.FlushAsync();
        }
    }
}

using System.Runtime.InteropServices;

namespace Brink.Host.CommandLine;

/// <summary>
/// Writes to a terminal and changes nothing of it. .NET's own stream puts it into application mode, for programs that read single keys, and
/// leaves it there.
/// </summary>
internal sealed partial class TerminalStream : Stream
{
    private const int Output = 1, Error = 2;
    private const int Interrupted = 4, TryAgain = 11, BrokenPipe = 32;      // EINTR, EAGAIN, EPIPE
    private const short Writable = 0x4;                     // POLLOUT

    private readonly int _file;

    private TerminalStream(int file) => _file = file;

    /// <summary>Replaces the console's writers that lead to a terminal.</summary>
    public static void Install()
    {
        if (!OperatingSystem.IsLinux())
            return;
        if (!Console.IsOutputRedirected)
            Console.SetOut(WriterTo(Output));
        if (!Console.IsErrorRedirected)
            Console.SetError(WriterTo(Error));
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var written = WriteTo(_file, in MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                // Another program that shares the terminal may have set it not to block.
                case TryAgain:
                    var waited = new Waited { File = _file, Events = Writable };
                    _ = Poll(ref waited, 1, -1);
                    break;
                // As with .NET's own stream: no reader is left, which is no error.
                case BrokenPipe:
                    return;
                default:
                    throw new IOException(Marshal.GetLastPInvokeErrorMessage());
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static StreamWriter WriterTo(int file) => new(new TerminalStream(file)) { AutoFlush = true };

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int file, in byte first, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Waited files, nuint count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Waited
    {
        public int File;
        public short Events, Happened;
    }
}

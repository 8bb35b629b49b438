using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Brink.Edge.Listening.Polling;

/// <summary>What a socket has to tell.</summary>
[Flags]
internal enum SocketEvents : uint
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,
    HungUp = 0x10,
    ReadEnded = 0x2000,
    EdgeTriggered = 0x8000_0000,
}

/// <summary>The calls of Linux that a connection needs, as they are.</summary>
internal static unsafe partial class Native
{
    /// <summary>No bytes now; the socket will tell.</summary>
    public const int WouldBlock = -1;

    /// <summary>The connection is broken.</summary>
    public const int Broken = -2;

    private const int Interrupted = 4, TryAgain = 11;
    private const int NoSignal = 0x4000, MoreToCome = 0x8000;
    private const nuint OutputQueue = 0x5411;
    private const int CloseOnExecute = 0x80000;
    private const int Added = 1, Removed = 2;

    // struct epoll_event is packed on x64 only.
    private static readonly int s_dataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    public static int EventSize => s_dataAt + 8;

    public static int EpollCreate()
    {
        var epoll = epoll_create1(CloseOnExecute);
        return epoll >= 0 ? epoll : throw new SocketException();
    }

    public static void EpollAdd(int epoll, int descriptor, ulong key)
    {
        var added = stackalloc byte[16];
        *(SocketEvents*)added = SocketEvents.Readable | SocketEvents.Writable | SocketEvents.ReadEnded | SocketEvents.EdgeTriggered;
        *(ulong*)(added + s_dataAt) = key;
        if (epoll_ctl(epoll, Added, descriptor, added) != 0)
            throw new SocketException();
    }

    public static void EpollRemove(int epoll, int descriptor)
    {
        var ignored = stackalloc byte[16];
        _ = epoll_ctl(epoll, Removed, descriptor, ignored);
    }

    /// <summary>Waits until something happens; 0 when a signal came first.</summary>
    public static int EpollWait(int epoll, byte* events, int most)
    {
        var count = epoll_wait(epoll, events, most, -1);
        return count >= 0 ? count : Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw new SocketException();
    }

    public static (SocketEvents Happened, ulong Key) EventAt(byte* events, int index)
    {
        var at = events + index * EventSize;
        return (*(SocketEvents*)at, *(ulong*)(at + s_dataAt));
    }

    /// <summary>Bytes received, 0 at the end, or <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public static int Receive(int descriptor, Span<byte> room)
    {
        fixed (byte* bytes = room)
        {
            while (true)
            {
                var count = recv(descriptor, bytes, room.Length, 0);
                if (count >= 0 || !IsInterrupted())
                    return Taken(count);
            }
        }
    }

    /// <summary>Bytes taken, or <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="span">The bytes.</param>
    /// <param name="isMoreToCome">Whether a packet that is not full waits for what is sent next.</param>
    public static int Send(int descriptor, ReadOnlySpan<byte> span, bool isMoreToCome = false)
    {
        fixed (byte* bytes = span)
        {
            while (true)
            {
                var count = send(descriptor, bytes, span.Length, isMoreToCome ? NoSignal | MoreToCome : NoSignal);
                if (count >= 0 || !IsInterrupted())
                    return Taken(count);
            }
        }
    }

    /// <summary>Both in one call. Bytes taken, or <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> first, ReadOnlySpan<byte> then)
    {
        fixed (byte* firstBytes = first, thenBytes = then)
        {
            var pieces = stackalloc Piece[2];
            pieces[0] = new Piece { Start = firstBytes, Length = first.Length };
            pieces[1] = new Piece { Start = thenBytes, Length = then.Length };
            var message = new Message { Pieces = pieces, PieceCount = 2 };
            while (true)
            {
                var count = sendmsg(descriptor, &message, NoSignal);
                if (count >= 0 || !IsInterrupted())
                    return Taken(count);
            }
        }
    }

    /// <summary>Bytes of a file. Bytes taken, or <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public static int SendFile(int descriptor, int file, long position, int length)
    {
        while (true)
        {
            var count = sendfile(descriptor, file, &position, length);
            // 0: the file is shorter than it was, and what it held cannot be had any more.
            if (count == 0)
                return Broken;
            if (count > 0 || !IsInterrupted())
                return Taken(count);
        }
    }

    /// <summary>Bytes that the socket has taken and the other side has not; 0 when the connection is over.</summary>
    public static int Unacknowledged(int descriptor)
    {
        var count = 0;
        return ioctl(descriptor, OutputQueue, &count) == 0 ? count : 0;
    }

    private static bool IsInterrupted() => Marshal.GetLastPInvokeError() == Interrupted;

    private static int Taken(nint count) =>
        count >= 0 ? (int)count : Marshal.GetLastPInvokeError() == TryAgain ? WouldBlock : Broken;

    /// <summary>struct iovec.</summary>
    private struct Piece
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary>struct msghdr.</summary>
    private struct Message
    {
        public void* Name;
        public int NameLength;
        public Piece* Pieces;
        public nint PieceCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }

#pragma warning disable SA1300, IDE1006 // the names of the system
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int most, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int descriptor, byte* room, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int descriptor, byte* bytes, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int descriptor, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendfile(int descriptor, int file, long* position, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, int* answer);
#pragma warning restore SA1300, IDE1006
}

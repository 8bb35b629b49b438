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
    private const int NoSignal = 0x4000;
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
                if (count >= 0)
                    return (int)count;
                var error = Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                    return error == TryAgain ? WouldBlock : Broken;
            }
        }
    }

    /// <summary>Bytes taken, or <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> span)
    {
        fixed (byte* bytes = span)
        {
            while (true)
            {
                var count = send(descriptor, bytes, span.Length, NoSignal);
                if (count >= 0)
                    return (int)count;
                var error = Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                    return error == TryAgain ? WouldBlock : Broken;
            }
        }
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
#pragma warning restore SA1300, IDE1006
}

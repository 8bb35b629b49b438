using System.Runtime.InteropServices;

namespace Brink.Lambda.Processes;

/// <summary>
/// Messages between Brink and a process that it has started: each arrives whole, can carry descriptors, and names its sender.
/// </summary>
internal static unsafe partial class Libc
{
    private const int UnixFamily = 1, SequencedPackets = 5;
    private const int SocketLevel = 1, PassRights = 1, PassCredentials = 2, PassCredentialsOption = 16;
    private const int DoNotWait = 0x40, NoSignal = 0x4000, CloseReceivedOnExec = 0x40000000;

    // A header of 16 bytes, then numbers of 4; the credentials are three of them.
    private const int ControlHeader = 16, ControlBytes = 128;

    /// <summary>
    /// The two ends of a link. Our end learns which process has sent a message; no child inherits an end unless it is handed one.
    /// </summary>
    public static (int Ours, int Theirs) CreateLink()
    {
        var ends = stackalloc int[2];
        Check(socketpair(UnixFamily, SequencedPackets | CloseOnExec, 0, ends), "socketpair");
        var yes = 1;
        Check(setsockopt(ends[0], SocketLevel, PassCredentialsOption, &yes, sizeof(int)), "setsockopt");
        return (ends[0], ends[1]);
    }

    /// <summary>Sends a message with descriptors, of which the receiver gets copies. False when no receiver is left.</summary>
    public static bool Send(int link, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        var control = stackalloc byte[ControlBytes];
        fixed (byte* start = message)
        {
            var piece = new Piece { Start = start, Length = (nuint)message.Length };
            var header = new MessageHeader { Pieces = &piece, PieceCount = 1 };
            if (descriptors.Length > 0)
            {
                header.Control = control;
                header.ControlLength = WriteControl(control, descriptors);
            }
            nint sent;
            do
                sent = sendmsg(link, &header, NoSignal);
            while (sent < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return sent == message.Length;
        }
    }

    /// <summary>Receives a message: its length and its sender; 0 when no sender is left, less when there is none yet.</summary>
    public static (int Length, int Sender) Receive(int link, Span<byte> into, bool waits)
    {
        var control = stackalloc byte[ControlBytes];
        fixed (byte* start = into)
        {
            var piece = new Piece { Start = start, Length = (nuint)into.Length };
            var header = new MessageHeader { Pieces = &piece, PieceCount = 1, Control = control, ControlLength = ControlBytes };
            nint received;
            do
                received = recvmsg(link, &header, CloseReceivedOnExec | (waits ? 0 : DoNotWait));
            while (received < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            var hasSender = received > 0 && IsCredentials(control, header.ControlLength);
            return ((int)received, hasSender ? *(int*)(control + ControlHeader) : 0);
        }
    }

    private static bool IsCredentials(byte* control, nuint length) =>
        length >= ControlHeader + sizeof(int) && *(int*)(control + 8) == SocketLevel && *(int*)(control + 12) == PassCredentials;

    /// <summary>Kills the very process that a descriptor stands for, whatever has become of its number.</summary>
    public static void KillByDescriptor(int process) =>
        _ = syscall4(424 /* pidfd_send_signal, the same on every architecture */, process, SigKill, 0, 0);

    private static nuint WriteControl(byte* control, ReadOnlySpan<int> descriptors)
    {
        var length = (nuint)(ControlHeader + descriptors.Length * sizeof(int));
        *(nuint*)control = length;
        *(int*)(control + 8) = SocketLevel;
        *(int*)(control + 12) = PassRights;
        descriptors.CopyTo(new Span<int>(control + ControlHeader, (ControlBytes - ControlHeader) / sizeof(int)));
        return (length + 7) & ~(nuint)7;
    }

    // As on every Linux of 64 bits.
    [StructLayout(LayoutKind.Sequential)]
    private struct Piece
    {
        public byte* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int socketpair(int family, int type, int protocol, int* ends);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int option, void* value, uint length);
    [LibraryImport("libc", SetLastError = true)] private static partial nint sendmsg(int socket, MessageHeader* message, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial nint recvmsg(int socket, MessageHeader* message, int flags);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall4(nint number, nint first, nint second, nint third, nint fourth);
}

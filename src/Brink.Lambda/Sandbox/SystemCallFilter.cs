using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Brink.Lambda.Sandbox;

/// <summary>
/// The seccomp program of a function: every system call is allowed but those that no function needs and that ways out of a sandbox begin
/// with. A refused call fails with EPERM, so that libraries that can go on without it do so.
///
/// <code>
/// 1. another architecture's calls      the process is killed
/// 2. x32's numbers (x86-64)            the process is killed
/// 3. clone3                            ENOSYS: its flags are in memory, where a filter cannot look; C libraries then use clone
/// 4. clone with a new namespace        EPERM
/// 5. socket of an unusual family       EAFNOSUPPORT
/// 6. ioctl that types into a terminal  EPERM
/// 7. the list below                    EPERM
/// 8. anything else                     allowed
/// </code>
/// </summary>
internal static class SystemCallFilter
{
    private const uint Allow = 0x7FFF0000, Kill = 0x80000000, Fail = 0x00050000;
    private const uint NotPermitted = 1, NoSuchCall = 38, NoSuchFamily = 97;

    private const ushort Load = 0x20, JumpEqual = 0x15, JumpAtLeast = 0x35, JumpAnyBit = 0x45, Return = 0x06;

    // Offsets in struct seccomp_data; of an argument the lower half, where flags and families are.
    private const uint Number = 0, Machine = 4, FirstArgument = 16, SecondArgument = 24;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
    private const uint NewNamespaces = 0x7E020000;
    private const uint X32 = 0x40000000;
    private const uint TypeIntoTerminal = 0x5412 /* TIOCSTI */, ConsoleSelection = 0x541C /* TIOCLINUX */;

    // Unix, IPv4, IPv6, and netlink, by which C libraries list interfaces.
    private static readonly uint[] Families = [1, 2, 10, 16];

    /// <summary>The program for this machine, as bwrap's --seccomp reads it; null for an architecture without a table.</summary>
    /// <param name="memoryIsCounted">
    /// False: memory that is not mapped is not counted, so files and segments in memory are refused as well.
    /// </param>
    public static byte[]? ForThisMachine(bool memoryIsCounted) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => Build(SystemCalls.X64, memoryIsCounted),
        Architecture.Arm64 => Build(SystemCalls.Arm64, memoryIsCounted),
        _ => null,
    };

    public static byte[] Build(SystemCalls calls, bool memoryIsCounted)
    {
        var program = new Program();
        program.Add(Load, Machine);
        program.Add(JumpEqual, calls.Machine, 1, 0);
        program.Add(Return, Kill);
        program.Add(Load, Number);
        if (calls.HasX32)
        {
            program.Add(JumpAtLeast, X32, 0, 1);
            program.Add(Return, Kill);
        }
        program.Refuse(SystemCalls.Clone3, Fail | NoSuchCall);

        program.Add(JumpEqual, calls.Clone, 0, 4);
        program.Add(Load, FirstArgument);
        program.Add(JumpAnyBit, NewNamespaces, 0, 1);
        program.Add(Return, Fail | NotPermitted);
        program.Add(Return, Allow);

        program.Add(JumpEqual, calls.Socket, 0, (byte)(Families.Length + 3));
        program.Add(Load, FirstArgument);
        for (var index = 0; index < Families.Length; index++)
            program.Add(JumpEqual, Families[index], (byte)(Families.Length - index), 0);
        program.Add(Return, Fail | NoSuchFamily);
        program.Add(Return, Allow);

        program.Add(JumpEqual, calls.Ioctl, 0, 5);
        program.Add(Load, SecondArgument);
        program.Add(JumpEqual, TypeIntoTerminal, 1, 0);
        program.Add(JumpEqual, ConsoleSelection, 0, 1);
        program.Add(Return, Fail | NotPermitted);
        program.Add(Return, Allow);

        foreach (var number in calls.Refused)
            program.Refuse(number, Fail | NotPermitted);
        if (!memoryIsCounted)
        {
            foreach (var number in calls.MemoryOutsideOfProcesses)
                program.Refuse(number, Fail | NotPermitted);
        }
        program.Add(Return, Allow);
        return program.ToBytes();
    }

    private sealed class Program
    {
        private readonly List<byte> _bytes = [];

        public void Add(ushort operation, uint value, byte whenTrue = 0, byte whenFalse = 0)
        {
            Span<byte> instruction = stackalloc byte[8];
            BinaryPrimitives.WriteUInt16LittleEndian(instruction, operation);
            (instruction[2], instruction[3]) = (whenTrue, whenFalse);
            BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], value);
            _bytes.AddRange(instruction);
        }

        public void Refuse(uint number, uint answer)
        {
            Add(JumpEqual, number, 0, 1);
            Add(Return, answer);
        }

        public byte[] ToBytes() => [.. _bytes];
    }
}

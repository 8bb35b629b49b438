using System.Buffers.Binary;
using Brink.Lambda.Sandbox;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>The filter's program, run as the kernel runs it, for the architectures that this machine is not.</summary>
public sealed class SystemCallFilterTests
{
    private const uint Allow = 0x7FFF0000, Kill = 0x80000000, NotPermitted = 0x50001, NoSuchCall = 0x50026, NoSuchFamily = 0x50061;
    private const uint X64 = 0xC000003E, Arm64 = 0xC00000B7, I386 = 0x40000003;

    public static TheoryData<uint, uint, uint, uint, uint> Calls() => new()
    {
        { X64, 0, 0, 0, Allow },                         // read
        { X64, 56, 0x003D0F00, 0, Allow },               // clone: a thread
        { X64, 56, 0x10000011, 0, NotPermitted },        // clone: a user namespace
        { X64, 56, 0x00020011, 0, NotPermitted },        // clone: a mount namespace
        { X64, 435, 0, 0, NoSuchCall },                  // clone3
        { X64, 41, 1, 0, Allow },                        // socket: unix
        { X64, 41, 2, 0, Allow },
        { X64, 41, 10, 0, Allow },
        { X64, 41, 16, 0, Allow },
        { X64, 41, 17, 0, NoSuchFamily },                // socket: packet
        { X64, 41, 40, 0, NoSuchFamily },                // socket: vsock
        { X64, 16, 0, 0x5412, NotPermitted },            // ioctl: TIOCSTI
        { X64, 16, 0, 0x541C, NotPermitted },
        { X64, 16, 0, 0x5401, Allow },
        { X64, 165, 0, 0, NotPermitted },                // mount
        { X64, 467, 0, 0, NotPermitted },                // the last one
        { X64, 231, 0, 0, Allow },                       // exit_group
        { X64, 0x40000000, 0, 0, Kill },                 // x32
        { I386, 21, 0, 0, Kill },
        { Arm64, 63, 0, 0, Allow },                      // read
        { Arm64, 220, 0x10000011, 0, NotPermitted },     // clone
        { Arm64, 220, 0x003D0F00, 0, Allow },
        { Arm64, 40, 0, 0, NotPermitted },               // mount
        { Arm64, 198, 17, 0, NoSuchFamily },
        { Arm64, 198, 10, 0, Allow },
        { Arm64, 435, 0, 0, NoSuchCall },
        { Arm64, 94, 0, 0, Allow },                      // exit_group
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Call_IsAnswered(uint machine, uint number, uint first, uint second, uint answer)
    {
        var calls = machine == Arm64 ? SystemCalls.Arm64 : SystemCalls.X64;
        Assert.Equal(answer, Run(SystemCallFilter.Build(calls, memoryIsCounted: true), machine, number, first, second));
    }

    [Theory]
    [InlineData(true, Allow)]
    [InlineData(false, NotPermitted)]
    public void MemoryOutsideOfProcesses_IsRefusedWhereItIsNotCounted(bool isCounted, uint answer)
    {
        Assert.Equal(answer, Run(SystemCallFilter.Build(SystemCalls.X64, isCounted), X64, 319, 0, 0));
        Assert.Equal(answer, Run(SystemCallFilter.Build(SystemCalls.Arm64, isCounted), Arm64, 279, 0, 0));
    }

    private static uint Run(byte[] program, uint machine, uint number, uint first, uint second)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), machine);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(16), first);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(24), second);
        uint accumulator = 0;
        for (var at = 0; ; at += 8)
        {
            var value = BinaryPrimitives.ReadUInt32LittleEndian(program.AsSpan(at + 4));
            var (whenTrue, whenFalse) = (program[at + 2], program[at + 3]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(program.AsSpan(at)))
            {
                case 0x20: accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)value)); break;
                case 0x15: at += 8 * (accumulator == value ? whenTrue : whenFalse); break;
                case 0x35: at += 8 * (accumulator >= value ? whenTrue : whenFalse); break;
                case 0x45: at += 8 * ((accumulator & value) != 0 ? whenTrue : whenFalse); break;
                case 0x06: return value;
                default: throw new InvalidOperationException("no such instruction");
            }
        }
    }
}

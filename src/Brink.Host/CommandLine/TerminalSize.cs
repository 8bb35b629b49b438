using System.Runtime.InteropServices;

namespace Brink.Host.CommandLine;

/// <summary>The size of the terminal, read from the kernel: .NET would put the terminal into application mode and leave it there.</summary>
internal static partial class TerminalSize
{
    private const int Output = 1, Default = 100;
    private const uint WindowSize = 0x5413;         // TIOCGWINSZ

    /// <summary>Columns; 100 where there is no terminal, or its size is not known.</summary>
    public static int Width =>
        OperatingSystem.IsLinux() && !Console.IsOutputRedirected && IoControl(Output, WindowSize, out var size) == 0 && size.Columns > 0
            ? size.Columns
            : Default;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int IoControl(int file, nuint request, out Size size);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Size
    {
        public ushort Rows, Columns, Width, Height;
    }
}

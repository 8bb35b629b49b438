using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Packages;

/// <summary>
/// Native code in packages: for which machine a file was compiled. It is looked at only when something did not load, since packages may
/// hold modules for several machines. The system's own message ("cannot open shared object file") hides the reason.
/// </summary>
internal static partial class MachineCode
{
    private const int HeadBytes = 64;

    // Errors are written by functions: what is looked up for them is bounded.
    private const int ErrorCharacters = 4_096, FilesNamed = 8;

    /// <summary>
    /// The sentence about a file of the package that did not load because it was made for another machine; null when that is not it.
    /// </summary>
    /// <param name="version">Whose package.</param>
    /// <param name="error">What the runtime said.</param>
    public static string? Explain(FunctionVersion version, string error)
    {
        foreach (var file in Named(version.CodeFolder, error.Length > ErrorCharacters ? error[..ErrorCharacters] : error).Take(FilesNamed))
        {
            if (Foreign(Path.Combine(version.CodeFolder, file)) is { } other)
                return $"{file} is built for {other}; this machine is {ThisMachine}: package the one for it";
        }
        return null;
    }

    /// <summary>The machine that a file is for, if that is not this one; null for what is no machine code.</summary>
    public static string? Foreign(string file)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        try
        {
            if (!FileKind.IsRegular(file))
                return null;
            using var content = File.OpenRead(file);
            head = head[..content.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return MachineOf(head) is { } machine && machine != ThisMachine ? machine : null;
    }

    private static string ThisMachine => $"Linux on {Name(RuntimeInformation.OSArchitecture)}";

    /// <summary>Files of the package that an error names: by their path, or by the module that they would be.</summary>
    private static IEnumerable<string> Named(string folder, string error)
    {
        foreach (Match match in Paths().Matches(error))
        {
            var path = match.Value;
            foreach (var root in new[] { "/var/task/", folder + "/" })
            {
                if (path.StartsWith(root, StringComparison.Ordinal) && !path.Contains("/../", StringComparison.Ordinal))
                    yield return path[root.Length..];
            }
        }
        foreach (Match match in Modules().Matches(error))
        {
            var name = match.Groups[1].Value;
            var pattern = $"{name[(name.LastIndexOf('.') + 1)..]}.*.so";
            foreach (var file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
                yield return Path.GetRelativePath(folder, file);
        }
    }

    private static string? MachineOf(ReadOnlySpan<byte> head) => head switch
    {
        [0x7F, (byte)'E', (byte)'L', (byte)'F', var bits, var order, ..] when head.Length >= 20 =>
            $"Linux on {ElfMachine(ReadUInt16(head[18..], isBigEndian: order == 2), bits == 2)}",
        [0xCF, 0xFA, 0xED, 0xFE, var processor, ..] => $"macOS on {(processor == 0x0C ? "ARM64" : "x64")}",
        // Java's classes begin with the same bytes; a count of machines is small, the version of a class is not.
        [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, < 20, ..] => "macOS",
        [(byte)'M', (byte)'Z', ..] => "Windows",
        _ => null,
    };

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static string ElfMachine(ushort machine, bool has64Bits) => machine switch
    {
        3 => "x86",
        21 => "ppc64",
        22 => "s390x",
        40 => "ARM",
        62 => has64Bits ? "x64" : "x32",
        183 => "ARM64",
        243 => "RISC-V",
        258 => "LoongArch",
        _ => $"another processor ({machine})",
    };

    private static string Name(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "x64",
        Architecture.Arm64 => "ARM64",
        Architecture.X86 => "x86",
        Architecture.Arm => "ARM",
        Architecture.S390x => "s390x",
        Architecture.Ppc64le => "ppc64",
        Architecture.RiscV64 => "RISC-V",
        Architecture.LoongArch64 => "LoongArch",
        _ => architecture.ToString(),
    };

    [GeneratedRegex(@"/[^\s:'""(),]+")]
    private static partial Regex Paths();

    [GeneratedRegex(@"[Nn]o module named '([\w.]{1,200})'|cannot import name '(?<1>\w{1,200})'")]
    private static partial Regex Modules();
}

using Brink.Lambda.Environments;
using Brink.Lambda.Packages;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda.Packages;

/// <summary>Native code that was made for another machine: the reason is said, whatever hides it.</summary>
public sealed class MachineCodeTests(PoolFixture lambda) : IClassFixture<PoolFixture>
{
    // The machine of an ELF head is at 18: this one is whichever the tests do not run on.
    private static readonly bool IsX64 = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64;
    private static readonly string Other = IsX64 ? "Linux on ARM64" : "Linux on x64";
    private static readonly string Sentence = $"is built for {Other}; this machine is Linux on {(IsX64 ? "x64" : "ARM64")}: package the one for it";

    [Fact]
    public async Task NativeModuleOfNode_IsNamed()
    {
        var version = lambda.Node("require('./build/addon.node'); exports.handler = async () => 1");
        Write(version, "build/addon.node");

        var invocation = await lambda.InvokeAsync(version);

        var failed = Assert.IsType<InvocationOutcome.InitFailed>(invocation.Outcome);
        Assert.EndsWith($"(build/addon.node {Sentence})", failed.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains($"[brink] build/addon.node {Sentence}", invocation.LogLines);
    }

    [Fact]
    public async Task NativeModuleThatIsLoadedLater_IsNamed_AndTheEnvironmentServesOn()
    {
        var version = lambda.Node("exports.handler = async (event) => event.loads ? require('./addon.node') : process.pid");
        Write(version, "addon.node");
        var before = await lambda.ResultAsync(version);

        var error = Assert.IsType<InvocationOutcome.FunctionError>((await lambda.InvokeAsync(version, """{"loads":true}""")).Outcome);

        Assert.EndsWith($"(addon.node {Sentence})", error.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(before, await lambda.ResultAsync(version));
    }

    [Theory]
    [InlineData("native.so")]                                               // it finds this one, and cannot load it
    [InlineData("native.cpython-39-other-linux-gnu.so")]                    // it does not even look at this one
    public async Task ExtensionOfPython_IsNamed(string file)
    {
        var version = lambda.Python("import native\ndef lambda_handler(event, context): return 1");
        Write(version, file);

        var failed = Assert.IsType<InvocationOutcome.InitFailed>((await lambda.InvokeAsync(version)).Outcome);

        Assert.Equal("Runtime.ImportModuleError", failed.ErrorType);
        Assert.EndsWith($"({file} {Sentence})", failed.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExtensionThatIsDamaged_IsNotBlamedOnTheMachine()
    {
        var version = lambda.Python("import native\ndef lambda_handler(event, context): return 1");
        File.WriteAllText(Path.Combine(version.CodeFolder, "native.so"), "no machine code");
        Assert.DoesNotContain("built for", Assert.IsType<InvocationOutcome.InitFailed>((await lambda.InvokeAsync(version)).Outcome).ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xCF, 0xFA, 0xED, 0xFE, 0x0C, 0, 0, 1 }, "macOS on ARM64")]
    [InlineData(new byte[] { 0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2 }, "macOS")]
    [InlineData(new byte[] { 0x4D, 0x5A, 0x90, 0 }, "Windows")]
    [InlineData(new byte[] { 0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52 }, null)]   // a class of Java
    [InlineData(new byte[] { 0x7F, 0x45, 0x4C, 0x46 }, null)]               // cut off
    [InlineData(new byte[0], null)]
    public void OtherSystems_AreToldByTheirHeads(byte[] head, string? machine)
    {
        var file = Path.Combine(lambda.Folder, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(file, head);
        Assert.Equal(machine, MachineCode.Foreign(file));
    }

    [Fact]
    public void OwnMachinesCode_IsNotForeign() => Assert.Null(MachineCode.Foreign(new FileInfo("/proc/self/exe").ResolveLinkTarget(true)!.FullName));

    private static void Write(FunctionVersion version, string name)
    {
        var path = Path.Combine(version.CodeFolder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ForeignElf());
    }

    internal static byte[] ForeignElf()
    {
        var head = new byte[64];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(head, 0);
        (head[16], head[18]) = (3, IsX64 ? (byte)183 : (byte)62);
        return head;
    }
}

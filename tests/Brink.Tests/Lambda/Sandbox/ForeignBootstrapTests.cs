using Brink.Lambda.Environments;
using Brink.Tests.Lambda.Packages;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>A runtime that was compiled for another machine, where functions run.</summary>
public sealed class ForeignBootstrapTests(SandboxFixture machine) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task BootstrapForAnotherMachine_IsAnInvalidEntrypoint_WithTheReason()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Shared };
        var version = lambda.Function("provided.al2023", "any", 5, 128, ("bootstrap", ""));
        File.WriteAllBytes(Path.Combine(version.CodeFolder, "bootstrap"), MachineCodeTests.ForeignElf());

        var invocation = await lambda.InvokeAsync(version);

        var failed = Assert.IsType<InvocationOutcome.InitFailed>(invocation.Outcome);
        Assert.Equal("Runtime.InvalidEntrypoint", failed.ErrorType);
        Assert.StartsWith($"RequestId: {invocation.RequestId} Error: fork/exec /var/task/bootstrap: exec format error (bootstrap is built for Linux on ", failed.ErrorMessage, StringComparison.Ordinal);
    }
}

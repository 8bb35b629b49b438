using Brink.Host.CommandLine;
using Brink.Host.Options;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox;

namespace Brink.Host.Development;

/// <summary>The sandbox of Lambda@Edge functions on a developer's machine.</summary>
internal static class FunctionSandbox
{
    /// <summary>
    /// By default a sandbox that reaches the machine's own network, loopback services included: that is where a local DynamoDB runs.
    /// Without one only by <c>--unsafe-no-sandbox</c>.
    /// </summary>
    /// <returns>The sandbox, or a sentence about what is missing.</returns>
    public static async Task<(IProcessSandbox? Sandbox, string? Problem)> OpenAsync(
        bool unsafeNoSandbox, NetworkOption.Given? network = null)
    {
        if (unsafeNoSandbox)
            return (new UnsandboxedProcesses(), null);
        network ??= new NetworkOption.Given(null, []);
        return await BubblewrapSandbox.OpenAsync(network.Apply(SandboxOptions.Default));
    }

    /// <summary>One short line; and one for each thing that this machine does not give.</summary>
    public static async Task TellAsync(IProcessSandbox sandbox, string command)
    {
        await Console.Error.WriteLineAsync($"{command}: {sandbox.Summary}");
        foreach (var weakness in sandbox.Weaknesses)
            await Console.Error.WriteLineAsync($"{command}: {Colors.OfErrors.Yellow("warning")}: {weakness}");
    }
}

using System.Globalization;

namespace Brink.Scenarios.Kit;

/// <summary>A region of the sample <c>origin-selection</c>: npm's s3rver in a process of its own, with one bucket that has the files of <c>samples/site</c>.</summary>
internal sealed class BucketServer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private BucketServer(ChildProcess process, string line)
    {
        _process = process;
        Port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    public int Port { get; }

    /// <summary>Starts one; its files are in a folder that the test deletes. Port 0 takes a free one.</summary>
    public static BucketServer Start(string script, string region, string bucket, string folder, int port = 0)
    {
        var process = ChildProcess.Start("node", [script, region, bucket, port.ToString(CultureInfo.InvariantCulture), Repository.PathTo("samples", "site")], temporaryFolder: folder);
        return new BucketServer(process, process.WaitForLine(line => line.StartsWith(region, StringComparison.Ordinal)));
    }

    /// <summary>Ends it at once, as a machine that fails.</summary>
    public async Task KillAsync()
    {
        _process.Signal(9);
        await _process.WaitForExitAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

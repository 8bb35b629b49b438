using System.Diagnostics;
using System.Globalization;
using Brink.Distributions;
using Brink.Signing;

namespace Brink.Tests.Edge;

/// <summary>A real server that speaks S3 and checks every signature, OpenStack's Swift (<c>tests/tools/swift-s3.py</c>), with the buckets <c>near</c> and <c>far</c>.</summary>
public sealed class SwiftServer : IAsyncLifetime
{
    public static readonly SigningKeys Keys = new("test:tester", "a/secret+key");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-swift-");
    private Process? _process;

    public int Port { get; private set; }

    /// <summary>Everything that looks like AWS is there.</summary>
    public S3Settings Settings(SigningKeys? keys, bool pathStyle = true) => new()
    {
        Places = [new S3Place("*.amazonaws.com") { Endpoint = new S3Endpoint(false, "localhost", Port), UsesPathStyle = pathStyle, Region = "eu-central-1", Keys = keys }],
    };

    public async ValueTask InitializeAsync()
    {
        _process = Botocore.Start("tests/tools/swift-s3.py", _folder.FullName, Keys.AccessKeyId, Keys.SecretAccessKey, "near", "far");
        var errors = _process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw new InvalidOperationException($"Swift did not start (it needs Debian's python3-swift and python3-botocore): {await errors}");
        Port = port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _folder.Delete(recursive: true);
    }
}

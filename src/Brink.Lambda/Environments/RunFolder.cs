using System.Globalization;
using System.Text;
using Brink.Lambda.Processes;
using Brink.Lambda.Runtimes;

namespace Brink.Lambda.Environments;

/// <summary>
/// What the environments of one pool have on disk: Brink's bootstraps, and for each environment its sockets and its own <c>/tmp</c>.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "brink-lambda-";
    // The address of a unix socket holds 108 bytes with its end.
    private const int SocketPathLimit = 107;

    private readonly OwnedFolder _folder;
    private int _lastNumber;

    private RunFolder(OwnedFolder folder)
    {
        _folder = folder;
        BootstrapFolder = Directory.CreateDirectory(Path.Combine(folder.Path, "runtime"), OwnedFolder.OwnerOnly).FullName;
        Bootstraps.WriteTo(BootstrapFolder);
    }

    /// <summary>Where the folders of environments are.</summary>
    public string Root => _folder.Path;

    /// <summary>Our bootstraps: LAMBDA_RUNTIME_DIR.</summary>
    public string BootstrapFolder { get; }

    /// <summary>Makes a folder under <paramref name="parent"/>.</summary>
    /// <exception cref="IOException">It cannot be made; the message is for the operator.</exception>
    public static RunFolder Create(string parent) => new(OwnedFolder.Create(parent, Prefix));

    public EnvironmentFolder CreateEnvironment()
    {
        var number = Interlocked.Increment(ref _lastNumber).ToString(CultureInfo.InvariantCulture);
        var path = Path.Combine(Root, number);
        var folder = new EnvironmentFolder(path, Path.Combine(path, "api"), Path.Combine(path, "tmp"));
        if (Encoding.UTF8.GetByteCount(folder.Socket) > SocketPathLimit)
            throw new ProcessStartException($"the path {folder.Socket} is too long for a unix socket: set TMPDIR to a shorter one");
        Directory.CreateDirectory(path, OwnedFolder.OwnerOnly);
        Directory.CreateDirectory(folder.Temporary, OwnedFolder.OwnerOnly);
        return folder;
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>What one environment has on disk.</summary>
/// <param name="Root">All of it.</param>
/// <param name="Socket">Its Runtime API.</param>
/// <param name="Temporary">Its <c>/tmp</c>: kept when the process is replaced, gone with the environment.</param>
internal sealed record EnvironmentFolder(string Root, string Socket, string Temporary);

using System.Text;
using Brink.Functions.Lambda;

namespace Brink.Tests.Functions.Lambda.Sandbox;

/// <summary>Sandboxes of this machine, opened once, and a way to run a few lines of shell or Python in them.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public BubblewrapSandbox Isolated { get; private set; } = null!;
    public BubblewrapSandbox Shared { get; private set; } = null!;
    public BubblewrapSandbox WithoutControlGroups { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Isolated = await OpenAsync(SandboxOptions.Default);
        Shared = await OpenAsync(SandboxOptions.Default with { Network = SandboxNetwork.Shared });
        WithoutControlGroups = await OpenAsync(SandboxOptions.Default with { UseControlGroups = false });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static async Task<BubblewrapSandbox> OpenAsync(SandboxOptions options)
    {
        var (sandbox, problem) = await BubblewrapSandbox.OpenAsync(options);
        return sandbox ?? throw new InvalidOperationException(problem);
    }
}

/// <summary>One process in a sandbox, with a package folder of its own.</summary>
internal sealed class SandboxRun : IProcessOutput, IAsyncDisposable
{
    private readonly MemoryStream _output = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-sandbox-test-");
    private ISandboxedProcess? _process;

    public string Package => Directory.CreateDirectory(Path.Combine(_folder.FullName, "package")).FullName;

    public string Socket => Path.Combine(_folder.FullName, "api");

    public ISandboxedProcess Process => _process!;

    public int MemoryMegabytes { get; init; } = 128;

    public bool NeedsRuntimeApiPort { get; init; }

    public string Text
    {
        get
        {
            lock (_output)
                return Encoding.UTF8.GetString(_output.ToArray());
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_output)
            _output.Write(bytes);
    }

    public Task StartShellAsync(IProcessSandbox sandbox, string script) => StartAsync(sandbox, "/bin/sh", "-c", script);

    public Task StartPythonAsync(IProcessSandbox sandbox, string script) => StartAsync(sandbox, "/usr/bin/python3", "-c", script);

    public async Task StartAsync(IProcessSandbox sandbox, string executable, params string[] arguments)
    {
        _process = await sandbox.StartAsync(new ProcessStart
        {
            Executable = executable,
            Arguments = arguments,
            Environment = [new("PATH", "/usr/bin:/bin"), new("COLOR", "blue"), new("LD_LIBRARY_PATH", "/var/task/lib")],
            WorkingDirectory = "/var/task",
            Mounts = [new SandboxMount(Package, "/var/task"), .. File.Exists(Socket) ? [new SandboxMount(Socket, "/run/brink/api", Writable: true)] : Array.Empty<SandboxMount>()],
            RuntimeApiSocket = Socket,
            NeedsRuntimeApiPort = NeedsRuntimeApiPort,
            MemoryMegabytes = MemoryMegabytes,
            Output = this,
        });
        _process.Resume();
    }

    public Task<ProcessExit> ExitAsync() => _process!.Exit.WaitAsync(SandboxFixture.Patience, TestContext.Current.CancellationToken);

    /// <summary>What it wrote until it ended.</summary>
    public async Task<string> OutputAsync()
    {
        await ExitAsync();
        return Text.TrimEnd('\n');
    }

    /// <summary>Waits until it has written a text.</summary>
    public async Task SaysAsync(string text)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!Text.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < SandboxFixture.Patience, $"it never wrote '{text}', but '{Text}'");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.Exit;
        }
        _folder.Delete(recursive: true);
    }
}

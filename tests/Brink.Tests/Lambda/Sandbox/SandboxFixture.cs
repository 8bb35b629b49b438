using System.Text;
using Brink.Lambda.Environments;
using Brink.Lambda.Processes;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Sandbox;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>Sandboxes of this machine, opened once, and a way to run a few lines of shell or Python in them.</summary>
public class SandboxFixture : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public BubblewrapSandbox Isolated { get; private set; } = null!;
    public BubblewrapSandbox Shared { get; private set; } = null!;
    public BubblewrapSandbox WithoutControlGroups { get; private set; } = null!;

    protected virtual SandboxOptions Options => SandboxOptions.Default;

    public async ValueTask InitializeAsync()
    {
        Isolated = await OpenAsync(Options);
        Shared = await OpenAsync(Options with { Network = SandboxNetwork.Shared });
        WithoutControlGroups = await OpenAsync(Options with { UseControlGroups = false });
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    public static async Task<BubblewrapSandbox> OpenAsync(SandboxOptions options)
    {
        var (sandbox, problem) = await BubblewrapSandbox.OpenAsync(options);
        return sandbox ?? throw new InvalidOperationException(problem);
    }
}

/// <summary>The same, where functions have networks with egress.</summary>
public sealed class EgressFixture : SandboxFixture
{
    protected override SandboxOptions Options => SandboxOptions.Default with { Network = SandboxNetwork.Egress };
}

/// <summary>One process in a sandbox, with a package folder of its own.</summary>
internal sealed class SandboxRun : IProcessOutput, IAsyncDisposable
{
    private readonly MemoryStream _output = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-sandbox-test-");
    private ISandboxedProcess? _process;
    private RunFolder? _runtime;
    private Zygote? _zygote;

    public string Package => Directory.CreateDirectory(Path.Combine(_folder.FullName, "package")).FullName;

    public string Socket => Path.Combine(_folder.FullName, "api");

    public ISandboxedProcess Process => _process!;

    /// <summary>It is forked from a zygote instead of started.</summary>
    public bool Forks { get; init; }

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

    public Task StartShellAsync(IProcessSandbox sandbox, string script) => Forks
        ? StartPythonAsync(sandbox, $"import os\nos.execv('/bin/sh', ['/bin/sh', '-c', {System.Text.Json.JsonSerializer.Serialize(script)}])")
        : StartAsync(sandbox, "/bin/sh", "-c", script);

    public Task StartPythonAsync(IProcessSandbox sandbox, string script)
    {
        if (!Forks)
            return StartAsync(sandbox, "/usr/bin/python3", "-c", script);
        _runtime = RunFolder.Create(_folder.FullName);
        File.WriteAllText(Path.Combine(_runtime.BootstrapFolder, "script.py"), script);
        _zygote = new Zygote(_folder.FullName, Bootstraps.PythonZygote);
        return StartAsync(sandbox, "/usr/bin/python3", "/var/runtime/script.py");
    }

    public async Task StartAsync(IProcessSandbox sandbox, string executable, params string[] arguments)
    {
        await StartAsync(sandbox, new ProcessStart
        {
            Executable = executable,
            Arguments = arguments,
            Environment = [new("PATH", "/usr/bin:/bin"), new("COLOR", "blue"), new("LD_LIBRARY_PATH", "/var/task/lib")],
            WorkingDirectory = "/var/task",
            Mounts = [.. Mounts()],
            RuntimeApiSocket = Socket,
            NeedsRuntimeApiPort = NeedsRuntimeApiPort,
            MemoryMegabytes = MemoryMegabytes,
            Output = this,
            Zygote = _zygote,
        });
    }

    private IEnumerable<SandboxMount> Mounts()
    {
        yield return new SandboxMount(Package, "/var/task");
        if (_runtime is not null)
            yield return new SandboxMount(_runtime.BootstrapFolder, "/var/runtime");
        if (File.Exists(Socket))
            yield return new SandboxMount(Socket, "/run/brink/api", Writable: true);
    }

    private async Task StartAsync(IProcessSandbox sandbox, ProcessStart start)
    {
        _process = await sandbox.StartAsync(start);
        Assert.Equal("", _zygote?.TakeProblem() ?? "");
        Assert.Equal(Forks, _process is ForkedProcess);
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
            await _process.EndAsync();
        }
        if (_zygote is not null)
            await _zygote.DisposeAsync();
        _runtime?.Dispose();
        _folder.Delete(recursive: true);
    }
}

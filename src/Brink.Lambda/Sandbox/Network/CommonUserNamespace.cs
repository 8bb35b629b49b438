using System.Globalization;
using System.Text;
using Brink.Lambda.Processes;
using Microsoft.Win32.SafeHandles;

namespace Brink.Lambda.Sandbox.Network;

/// <summary>
/// The user namespace above those of all networks, where Brink is not root. Zygotes are started in it too: a process in it may enter what
/// the same user made below it, and a process beside it may not. No function is in it: each gets one of its own, further below, and
/// rights lead only downwards.
/// </summary>
internal sealed class CommonUserNamespace
{
    private const string Ready = "ready";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EgressTools _tools;
    // The namespace lives as long as this is open; no process has to stay in it.
    private readonly SafeFileHandle _opened;

    private CommonUserNamespace(EgressTools tools, SafeFileHandle opened) => (_tools, _opened) = (tools, opened);

    /// <summary>What a command is begun with to be in it. It is root there, which is Brink's own user outside.</summary>
    public IEnumerable<string> Enter => [_tools.Enter, $"--user={PathOfOpened}", "--preserve-credentials", "--"];

    private string PathOfOpened =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{(int)_opened.DangerousGetHandle()}");

    /// <summary>
    /// The same for pasta, which would give away rights that root needs to name the users of a namespace: as another user, in one of its
    /// own.
    /// </summary>
    public IEnumerable<string> Another => [.. Enter, _tools.Unshare, "--user", "--map-user=1000", "--map-group=1000", "--"];

    /// <exception cref="ProcessStartException">This machine does not let it be made.</exception>
    public static async Task<CommonUserNamespace> MakeAsync(EgressTools tools)
    {
        var said = new Said();
        string[] command = [tools.Unshare, "--user", "--map-root-user", "/bin/sh", "-c", $"echo {Ready} && exec sleep 2147483647"];
        var child = await ProcessKeeper.Shared.SpawnAsync(new SpawnRequest(command, [new("PATH", EgressTools.Path)], "/", said));
        try
        {
            if (await Task.WhenAny(said.IsReady, child.Exit).WaitAsync(Patience, TimeProvider.System) != said.IsReady)
                throw new ProcessStartException(Problem(said.Text.Trim()));
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{child.Pid}/ns/user");
            var made = new CommonUserNamespace(tools, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            await made.TryAsync();
            return made;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new ProcessStartException(Problem(failure.Message));
        }
        finally
        {
            child.Kill();
        }
    }

    /// <summary>Some machines let it be made, but give no rights in it.</summary>
    private async Task TryAsync()
    {
        var said = new Said();
        string[] command = [.. Another, "/usr/bin/env", "true"];
        var child = await ProcessKeeper.Shared.SpawnAsync(new SpawnRequest(command, [new("PATH", EgressTools.Path)], "/", said));
        if ((await child.Exit).Code != 0)
            throw new ProcessStartException(Problem(said.Text.Trim()));
    }

    private static string Problem(string reason) =>
        $"no user namespace can be made above those of networks: {(reason.Length > 0 ? reason : "it ended and printed nothing")}";

    private sealed class Said : IProcessOutput
    {
        private readonly StringBuilder _text = new();
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsReady => _ready.Task;

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            lock (_text)
            {
                _text.Append(Encoding.UTF8.GetString(bytes));
                if (_text.ToString().Contains(Ready + '\n', StringComparison.Ordinal))
                    _ready.TrySetResult();
            }
        }
    }
}

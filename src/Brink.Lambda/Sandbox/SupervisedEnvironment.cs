using System.Globalization;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox.Network;

namespace Brink.Lambda.Sandbox;

/// <summary>
/// An environment whose keeper is a shell: the supervisor. It starts the function, waits for its end, kills what that has left, says how it
/// ended, and starts it again, by the same command, when it is told to.
///
/// <code>
/// bubblewrap ── the supervisor ──► the function
///               process 1          joins its control groups, becomes its user, sets limits, closes what is the supervisor's
/// </code>
/// </summary>
internal sealed class SupervisedEnvironment(
    int link, uint user, ControlGroup? group, ChildProcess outermost, int output, EgressNetwork? network, ProcessStart first)
    : EnvironmentKeeper(link, user, group, network)
{
    /// <summary>
    /// The supervisor as the sandbox has it: a shell that may be executed and not read, so that the kernel lets no process inside trace it
    /// or open its descriptors.
    /// </summary>
    public const string Shell = "/run/brink/sh";

    /// <summary>What the supervisor finds open, and no function does. A shell knows descriptors of one digit.</summary>
    private const int TheirLink = SpawnRequest.FirstInherited, Output = TheirLink + 1, FirstGroup = Output + 1;

    private const string Template = """
        trap '' HUP INT QUIT TERM
        exec 2>/dev/null
        alone() { set -- /proc/[0-9]*; [ $# -le 1 ]; }
        printf '{"keeper":1}' >&LINK
        while :; do
          (
            trap - HUP INT QUIT TERM
            for group in GROUPS; do echo 0 >&$group || exit 125; done
            printf '{"started":1}' >&LINK
            exec "$@" >&OUTPUT 2>&OUTPUT CLOSE
          )
          status=$?
          kill -s KILL -- -1
          until alone; do /usr/bin/sleep 0.002; done
          printf '{"status":%d}' $((status << 8)) >&LINK
          read -r word <&LINK || exit 0
        done
        """;

    private readonly Lock _gate = new();
    private int _function = -1;
    private bool _isUnwanted;
    private bool _isClosed;

    public int OutermostPid => outermost.Pid;

    /// <summary>The supervisor's lines; the command that becomes the function is "$@".</summary>
    /// <param name="groups">How many control groups it finds open.</param>
    public static string Script(int groups)
    {
        var descriptors = Enumerable.Range(FirstGroup, groups).Select(Text).ToArray();
        return Template
            .Replace("GROUPS", string.Join(' ', descriptors), StringComparison.Ordinal)
            .Replace(
                "CLOSE",
                string.Join(' ', descriptors.Append(Text(TheirLink)).Append(Text(Output)).Select(descriptor => $"{descriptor}>&-")),
                StringComparison.Ordinal)
            .Replace("LINK", Text(TheirLink), StringComparison.Ordinal)
            .Replace("OUTPUT", Text(Output), StringComparison.Ordinal);
    }

    /// <summary>What the next function writes; the caller closes it.</summary>
    public int OpenOutput() => Libc.Duplicate(output);

    public override bool CanStart(ProcessStart start) =>
        !outermost.Exit.IsCompleted && base.CanStart(start)
        && start.Executable == first.Executable && start.MemoryMegabytes == first.MemoryMegabytes
        && start.WorkingDirectory == first.WorkingDirectory && start.RuntimeApiSocket == first.RuntimeApiSocket
        && start.NeedsRuntimeApiPort == first.NeedsRuntimeApiPort && start.Arguments.SequenceEqual(first.Arguments)
        && start.Environment.SequenceEqual(first.Environment) && start.Mounts.SequenceEqual(first.Mounts);

    public override void Began(int pid)
    {
        lock (_gate)
        {
            try
            {
                _function = Libc.OpenProcess(pid);
            }
            catch (ProcessStartException)
            {
                return;         // gone already; the supervisor says so next
            }
            if (_isUnwanted)
                Libc.KillByDescriptor(_function);
        }
    }

    public override void KillFunction()
    {
        lock (_gate)
        {
            // One that has not begun is killed when it does.
            _isUnwanted = true;
            if (_function >= 0)
                Libc.KillByDescriptor(_function);
        }
    }

    public override void FunctionEnded()
    {
        lock (_gate)
        {
            if (_function >= 0)
                Libc.Close(_function);
            (_function, _isUnwanted) = (-1, false);
        }
    }

    /// <summary>Where it could not even begin, bubblewrap has said why.</summary>
    public override Task<ProcessExit> ExitAsync(ProcessExit otherwise) => outermost.Exit;

    public override void Kill()
    {
        if (Pid != 0)
            base.Kill();
        else
            outermost.Kill();
    }

    public override async Task CloseAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }
        Kill();
        await outermost.Exit;
        await base.CloseAsync();
        FunctionEnded();
        Libc.Close(output);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

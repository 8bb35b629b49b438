using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Brink.Lambda.Processes;

/// <summary>
/// A small process that outlives Brink by a moment: however Brink ended, by SIGKILL too, it kills the processes of Brink that have not
/// ended.
///
/// <code>
/// 1. A child writes its group into the guard's pipe before it becomes the command, so that at no time it is unknown.
/// 2. Brink writes when a group has ended.
/// 3. The pipe closes when Brink is gone: every group that is left is killed, then every process with the mark of an environment
///    without a sandbox.
/// </code>
/// </summary>
internal sealed class ProcessGuard
{
    /// <summary>The descriptor by which a child finds the pipe.</summary>
    public const int Descriptor = 3;

    /// <summary>What every child begins with; its first argument is the mark, or empty. The variables are those that shells add.</summary>
    public const string Registration = """printf '+ %s %s\n' $$ "$1" >&3; exec 3>&-; shift; unset PWD OLDPWD SHLVL _; """;

    private const string Shell = "/bin/sh";

    // A process may fork while it is looked for, so it is looked for until there is none; not forever, for the kernel may refuse.
    private const string Script = """
        trap '' HUP INT QUIT TERM
        groups=' ' marks= line='
        '
        while read -r sign group mark; do
          case $sign in
            +) groups="$groups$group "
               case $line$marks in *"$line$mark$line"*) ;; *) marks=$marks$mark$line ;; esac ;;
            -) case $groups in *" $group "*) groups="${groups%%" $group "*} ${groups#*" $group "}" ;; esac ;;
          esac
        done <&3
        for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
        printf %s "$marks" | while read -r mark; do
          round=0
          while [ -n "$mark" ] && [ $round -lt 100 ]; do
            round=$((round + 1))
            found=$(grep -lzF -e "$mark" /proc/[0-9]*/environ 2>/dev/null) || [ -n "$found" ] || break
            for file in $found; do file=${file#/proc/}; kill -s KILL "${file%/environ}"; done 2>/dev/null
          done
        done
        """;

    private readonly (int Read, int Write) _pipe = Libc.CreateRoomyPipe();
    private readonly SafeFileHandle _nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
    private int _pid;

    /// <summary>
    /// The end that children write into. This process keeps the other end open too: a guard that was killed is replaced, and until then no
    /// child gets SIGPIPE.
    /// </summary>
    public int Pipe => _pipe.Write;

    /// <summary>Starts it, and tells it which groups live. The descriptor can be polled for its end.</summary>
    public int Start(IEnumerable<(int Group, string Mark)> living)
    {
        // Before it runs: Brink may be killed right after. The pipe has room for many thousands.
        foreach (var (group, mark) in living)
            Libc.Write(_pipe.Write, string.Create(CultureInfo.InvariantCulture, $"+ {group} {mark}\n"));
        var output = (int)_nowhere.DangerousGetHandle();
        _pid = Libc.Spawn(Shell, ["-c", Script, "guard"], [new("PATH", "/usr/bin:/bin")], "/", output, [_pipe.Read]);
        return Libc.OpenProcess(_pid);
    }

    /// <summary>A group has been killed. Its first process is not yet reaped, so that no other group has its number.</summary>
    public void Forget(int group) => Libc.Write(_pipe.Write, string.Create(CultureInfo.InvariantCulture, $"- {group}\n"));

    public void Reap() => Libc.Reap(_pid);
}

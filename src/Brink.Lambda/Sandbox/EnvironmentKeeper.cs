using System.Text.Json;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox.Network;

namespace Brink.Lambda.Sandbox;

/// <summary>
/// The process that keeps the namespaces of one environment, and with them its <c>/tmp</c>, while functions in it come and go: forked from
/// a zygote (<c>zygote.py</c>), or a shell (<see cref="SupervisedEnvironment"/>). It is the first one in its namespace of processes: no
/// function can end it or see into it, and none outlives it. It ends when our end of the link is closed, hence with Brink.
/// </summary>
internal class EnvironmentKeeper(int link, uint user, ControlGroup? group, EgressNetwork? network)
{
    private readonly Lock _gate = new();
    private int _process = -1;
    private bool _closed;

    public int Link => link;

    /// <summary>All its functions are this user: else the next one could not change what the last one left in <c>/tmp</c>.</summary>
    public uint User => user;

    public ControlGroup? Group => group;

    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _closed;
        }
    }

    /// <summary>Its id on this machine, once its first message has come.</summary>
    public int Pid { get; private set; }

    /// <summary>Its first message has come: the kernel says from which process.</summary>
    public void Known(int pid)
    {
        try
        {
            _process = Libc.OpenProcess(pid);
            Pid = pid;
        }
        catch (ProcessStartException)
        {
            // Gone already; the link says so next.
        }
    }

    /// <summary>
    /// Whether the next function may be started in what the last one has left. A network lives as long as its environment: once it is gone,
    /// no function in it could reach out.
    /// </summary>
    public virtual bool CanStart(ProcessStart start) => network is not { IsAlive: false };

    /// <summary>The function runs: the kernel says which process it is.</summary>
    public virtual void Began(int pid) { }

    /// <summary>The function has ended, and its number may be another process's.</summary>
    public virtual void FunctionEnded() { }

    /// <summary>How the function ended whose keeper is gone, as far as that is known.</summary>
    public virtual Task<ProcessExit> ExitAsync(ProcessExit otherwise) => Task.FromResult(otherwise);

    /// <summary>Starts a function. False: it is gone.</summary>
    public bool Start(ReadOnlySpan<byte> order, ReadOnlySpan<int> descriptors)
    {
        lock (_gate)
            return !_closed && Libc.Send(link, order, descriptors);
    }

    /// <summary>Ends the function and all that it started; the keeper stays.</summary>
    public virtual void KillFunction()
    {
        lock (_gate)
        {
            if (!_closed)
                Libc.Send(link, """{"kill":1}"""u8, []);
        }
    }

    /// <summary>Ends it and all that it keeps. The link says when that is done.</summary>
    public virtual void Kill()
    {
        lock (_gate)
        {
            if (!_closed && _process >= 0)
                Libc.KillByDescriptor(_process);
        }
    }

    /// <summary>Releases what Brink holds of it, once it is gone.</summary>
    public virtual async Task CloseAsync()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            // Also where its process is not known yet: it ends when the link does.
            if (_process >= 0)
            {
                Libc.KillByDescriptor(_process);
                Libc.Close(_process);
            }
            Libc.Close(link);
            _closed = true;
        }
        if (network is not null)
            await network.EndAsync();
        if (group is not null)
            await group.EndAsync();
    }

    /// <summary>
    /// Reads one of its messages: <c>{"keeper":1}</c>, <c>{"started":1}</c>, <c>{"failed":"why"}</c>, <c>{"status":9}</c>.
    /// </summary>
    public static (string Word, JsonElement Value) Read(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        var property = JsonElement.ParseValue(ref reader).EnumerateObject().First();
        return (property.Name, property.Value);
    }
}

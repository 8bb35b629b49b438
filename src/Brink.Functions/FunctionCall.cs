using System.Text;
using Brink.Distributions;
using Brink.Functions.KeyValueStores;

namespace Brink.Functions;

/// <summary>What host functions need to know of the run they are called in. Kept for the next run (<see cref="Rent"/>).</summary>
internal sealed class FunctionCall
{
    [ThreadStatic]
    private static FunctionCall? _kept;

    private TriggerEvent? _event;
    private List<string>? _logs;
    private int _logBytes;

    /// <summary>The event.</summary>
    public TriggerEvent Event => _event ?? throw new InvalidOperationException("no run is under way");

    /// <summary>The store that is associated with the function, or null.</summary>
    public KeyValueStore? KeyValueStore { get; private set; }

    /// <summary>Where the last call of an origin function sends the request; null for nowhere else (functions spec 7.1).</summary>
    public OriginTarget? ChosenTarget { get; private set; }

    /// <summary>Which rule the last call of an origin function breaks; null for none.</summary>
    public string? OriginProblem { get; private set; }

    /// <summary>What was logged.</summary>
    public IReadOnlyList<string> Logs => _logs ?? (IReadOnlyList<string>)[];

    public static FunctionCall Rent(TriggerEvent triggerEvent, KeyValueStore? store)
    {
        var call = _kept is { _event: null } kept ? kept : _kept = new FunctionCall();
        call._event = triggerEvent;
        call.KeyValueStore = store;
        return call;
    }

    public void Return()
    {
        KeyValueStore = null;
        ChosenTarget = null;
        OriginProblem = null;
        _logs = null;
        _logBytes = 0;
        _event = null;
    }

    /// <summary>A call of an origin function: a later one replaces an earlier one, good or bad.</summary>
    public void ChooseOrigin(OriginTarget? target, string? problem)
    {
        ChosenTarget = target;
        OriginProblem = problem;
    }

    /// <summary>One console.log. Of one run 10 KB are kept (functions spec 9.5).</summary>
    public void Log(string line)
    {
        var room = Limits.FunctionLogBytes - _logBytes;
        if (room <= 0)
            return;
        var bytes = Encoding.UTF8.GetByteCount(line);
        if (bytes > room)
            line = Cut(line, room);
        _logBytes += Math.Max(1, bytes);            // empty lines count too: their number must have an end
        (_logs ??= []).Add(line);
    }

    /// <summary>As much of a line as has room; no character is cut in two.</summary>
    private static string Cut(string line, int bytes)
    {
        var kept = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
                break;
            kept += rune.Utf16SequenceLength;
        }
        return line[..kept];
    }
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;

namespace Brink.JavaScript.Programs;

/// <summary>The end of a call. Dispose it when its value has been read: then its realm is cleared for the next one.</summary>
public ref struct CallResult
{
    internal Realm? Realm { get; set; }

    internal long CallNumber { get; init; }

    /// <summary>How it ended.</summary>
    public CallStatus Status { get; internal init; }

    /// <summary>What the handler returned.</summary>
    public ScriptValue Value { get; internal init; }

    /// <summary>What was thrown, if something was.</summary>
    public ScriptError? Error { get; internal init; }

    /// <summary>Where the call was when a budget ended it, for the developer; its text is empty. Null for every other end.</summary>
    public ScriptError? StoppedAt { get; internal init; }

    /// <summary>Units used of the compute budget. The same script and event use the same number everywhere.</summary>
    public long StepsUsed { get; internal init; }

    /// <summary>Bytes used of the memory budget.</summary>
    public long MemoryUsed { get; internal init; }

    /// <summary>
    /// A fault of the engine or of a host function behind an <c>InternalError</c>: for the operator's log, never for the viewer.
    /// </summary>
    public Exception? Fault { get; internal init; }

    /// <summary>Clears the realm and gives it back. Only the first time counts.</summary>
    public void Dispose()
    {
        if (Realm is not { } realm)
            return;
        Realm = null;
        RealmPool.Return(realm, CallNumber);
    }
}

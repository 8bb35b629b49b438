using System.Diagnostics.CodeAnalysis;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// The requests that want one answer of the origin: the one that caused it, and all that wait for it or read it as it arrives. When the
/// last one leaves, the work is cancelled. Begins with one member.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification =
    "The source has neither timer nor wait handle: there is nothing to dispose, and late members may still look at its token.")]
internal sealed class Audience
{
    private readonly CancellationTokenSource _gone = new();
    private int _members = 1;

    /// <summary>Signalled when no member is left.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>False when the last member has left: too late, the work is being cancelled.</summary>
    public bool TryJoin()
    {
        var seen = Volatile.Read(ref _members);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _members, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }

    /// <summary>Each member leaves exactly once.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _members) == 0)
            _gone.Cancel();
    }
}

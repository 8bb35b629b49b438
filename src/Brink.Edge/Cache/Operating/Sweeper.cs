namespace Brink.Edge.Cache.Operating;

/// <summary>
/// Looks at everything in memory after an invalidation, and drops what it means. That changes no answer, since requests look for
/// themselves: it gives the room back, and says how many there were.
/// </summary>
internal sealed class Sweeper(CacheTiers tiers)
{
    /// <summary>Objects that are looked at before other work has its turn.</summary>
    private const int AtATime = 1024;

    private readonly Lock _gate = new();
    private List<AcceptedInvalidation> _waiting = [];
    private bool _isSweeping;
    private Task _sweep = Task.CompletedTask;

    /// <summary>Ends when there is nothing to look for.</summary>
    public Task Settled
    {
        get
        {
            lock (_gate)
                return _sweep;
        }
    }

    /// <summary>Looks for what these mean, which hold already.</summary>
    public void Begin(IReadOnlyList<AcceptedInvalidation> accepted)
    {
        lock (_gate)
        {
            _waiting.AddRange(accepted);
            if (_isSweeping)
                return;
            _isSweeping = true;
            _sweep = Task.Run(SweepAsync);
        }
    }

    private async Task SweepAsync()
    {
        while (Take() is { } accepted)
        {
            foreach (var (_, tier) in tiers.All)
                await SweepAsync(tier);
            foreach (var each in accepted)
                each.IsCompleted = true;
        }
    }

    private List<AcceptedInvalidation>? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isSweeping = false;
                return null;
            }
            var accepted = _waiting;
            _waiting = [];
            return accepted;
        }
    }

    private static async Task SweepAsync(EdgeCache tier)
    {
        var count = 0;
        foreach (var stored in tier.Storage.Objects)
        {
            tier.DropIfInvalidated(stored);
            if (++count % AtATime == 0)
                await Task.Yield();
        }
    }
}

using System.Collections.Immutable;
using Brink.Edge.Configuration;
using Brink.Host.Files;
using Brink.Host.Output;

namespace Brink.Host.Development;

/// <summary>
/// After a change: the next configuration serves, or the old one goes on and the reason is printed. Caches are emptied only when
/// content changed or another configuration serves, and then those that it can have touched (<see cref="TouchedCaches"/>): a broken save
/// and one that changes no byte leave them alone.
/// </summary>
/// <param name="reader">Reads the files; it has read the configuration that serves.</param>
/// <param name="state">Where the next one is swapped in.</param>
/// <param name="forgetCached">Empties the caches of the distributions with these ids; null for all.</param>
/// <param name="output">Gets what happened.</param>
/// <param name="checks">Checks functions whose code is new.</param>
/// <param name="time">Times the second look.</param>
internal sealed class Reloads(
    DevConfigurationReader reader,
    EdgeState state,
    Action<ImmutableArray<string>?> forgetCached,
    IDevOutput output,
    FunctionChecks checks,
    TimeProvider time)
{
    /// <summary>By then an editor that empties a file first has filled it; an error that is gone by then is none.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(120);

    private long? _failingSince;
    private bool _contentChanged;
    private ImmutableArray<string> _refused = [];

    /// <summary>What has been printed about the configuration that serves.</summary>
    public ImmutableArray<FileMistake> Warned { get; set; } = [];

    /// <summary>Reads the files. Calls never overlap.</summary>
    /// <param name="contentChanged">Whether served content changed.</param>
    /// <returns>When to look again: soon, after the first look at a file that cannot be used.</returns>
    public async Task<TimeSpan?> LookAsync(bool contentChanged)
    {
        try
        {
            var seen = time.GetTimestamp();
            _contentChanged |= contentChanged;
            if (contentChanged)
                forgetCached(null);     // even if the configuration cannot be used
            var (next, mistakes) = await reader.ReadAsync();
            if (mistakes.Count > 0)
            {
                _failingSince ??= seen;
                if (SecondLook - time.GetElapsedTime(_failingSince.Value, seen) is var left && left > TimeSpan.Zero)
                    return left;
            }
            _failingSince = null;
            Take(next, mistakes, seen);
        }
        catch (Exception fault) // on a thread of the pool it would end the process, which still serves
        {
            output.Faulted("reload", fault);
        }
        return null;
    }

    private void Take(DevConfiguration? next, IReadOnlyList<FileMistake> mistakes, long seen)
    {
        var changed = next?.ChangedFiles ?? [];
        if (next is not null)
        {
            state.Swap(next.Snapshot);
            reader.SwappedIn();
        }
        if (!changed.IsEmpty)
            forgetCached(next!.TouchedDistributions);
        if (mistakes.Count == 0)
        {
            // A refused file that is back at its old content changes nothing, but its author waits for a line.
            if (_contentChanged || !changed.IsEmpty || !_refused.IsEmpty)
                output.Reloaded(changed.IsEmpty ? _refused : changed, time.GetElapsedTime(seen));
            _contentChanged = false;
            _refused = [];
        }
        if (next is { Acknowledgements.IsEmpty: false })
            output.Acknowledged(next.Acknowledgements);
        if (next is not null)
            Warn(next.Warnings);
        if (mistakes.Count > 0)
        {
            _refused = [.. mistakes.Select(mistake => mistake.File).Distinct(StringComparer.Ordinal)];
            output.Refused(mistakes);
        }
        checks.Begin(reader.TakeNewFunctions(), mistakes);
    }

    /// <summary>The lines that are new: a save of another file repeats none.</summary>
    private void Warn(ImmutableArray<FileMistake> warnings)
    {
        var news = warnings.Except(Warned).ToList();
        Warned = warnings;
        if (news.Count > 0)
            output.Warned(news);
    }
}

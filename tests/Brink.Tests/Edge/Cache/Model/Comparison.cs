using System.Collections.Immutable;
using System.Text;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>What one run is.</summary>
/// <param name="Seed">Of the random steps.</param>
/// <param name="Operations">How many.</param>
/// <param name="Tiers">1 or 2.</param>
internal sealed record ModelRun(int Seed, int Operations, int Tiers)
{
    /// <summary>
    /// Bytes of the real caches. Where all fits in, the two have to agree to the last question to the origin; where it does not, the real
    /// one may have forgotten what the model has, whole objects and slices, and agrees with a model that has forgotten the same.
    /// </summary>
    public long Memory { get; init; } = long.MaxValue / 4;

    public bool MayForget { get; init; }

    public Fault Fault { get; init; }

    public override string ToString() => $"seed {Seed}, {Operations} operations, {Tiers} tier(s){(MayForget ? $", {Memory >> 20} MiB" : "")}";
}

/// <summary>What the answers were.</summary>
internal sealed class Tally
{
    public int Answers { get; private set; }

    public int FromCache { get; private set; }

    public void Add(bool isFromCache)
    {
        Answers++;
        FromCache += isFromCache ? 1 : 0;
    }
}

/// <summary>Runs the same steps against the model and the real cache, and says where they first disagree.</summary>
internal sealed class Comparison
{
    /// <summary>Where the cache may forget, what it shows may fit several things that it has; more than so many are not followed.</summary>
    private const int MostStates = 8;

    private readonly ModelRun _run;
    private readonly Tally? _tally;
    private readonly ReferenceWorld _world = new();
    private readonly ModelOrigin _origin;
    private readonly ReferenceCache _edge;
    private readonly ReferenceCache? _region;
    private readonly RealCache _real;
    private readonly List<(string Of, Question Question)> _asked = [];
    private Invalidation? _meanwhile;
    private List<State> _states;

    private Comparison(ModelRun run, Tally? tally)
    {
        (_run, _tally) = (run, tally);
        _origin = new ModelOrigin(_world);
        _region = run.Tiers == 2 ? new ReferenceCache(_world, AskOrigin) : null;
        _edge = new ReferenceCache(_world, AskRegion);
        _real = new RealCache(run.Tiers, run.Memory, _origin.Answer, run.Fault);
        _world.Now = _real.Now;
        _states = [Save()];
    }

    /// <summary>Null where the two agree; else the steps that lead there, as few as were found, and what differs.</summary>
    public static string? Run(ModelRun run, Tally? tally = null)
    {
        var steps = new OperationSource(run.Seed).Take(run.Operations);
        if (Replay(run, steps, tally) is not { } first)
            return null;
        steps = Shorten(run, [.. steps.Take(first.At + 1)]);
        var last = Replay(run, steps) ?? first;
        var text = new StringBuilder($"{run}: the model and the cache disagree at step {first.At}. The steps that are needed for it:\n");
        foreach (var step in steps)
            text.Append("  ").Append(step).Append('\n');
        return text.Append(last.Problem).ToString();
    }

    /// <summary>The step at which the two first disagree; null where they agree.</summary>
    public static int? FirstDifference(ModelRun run) => Replay(run, new OperationSource(run.Seed).Take(run.Operations))?.At;

    private static (int At, string Problem)? Replay(ModelRun run, List<Operation> steps, Tally? tally = null)
    {
        var comparison = new Comparison(run, tally);
        for (var i = 0; i < steps.Count; i++)
        {
            if (comparison.Step(steps[i]) is { } problem)
                return (i, problem);
        }
        return null;
    }

    // First what is about other paths, then half of the rest, a quarter, and so on down to single steps.
    private static List<Operation> Shorten(ModelRun run, List<Operation> steps)
    {
        var path = steps[^1].Path;
        List<Operation> related = [.. steps.Where(step => step.Path is null || step.Path == path)];
        if (Replay(run, related) is { } still)
            steps = [.. related.Take(still.At + 1)];
        for (var size = steps.Count / 2; size > 0; size /= 2)
        {
            for (var at = steps.Count - 1 - size; at >= 1; at -= size)
            {
                List<Operation> fewer = [.. steps.Take(at), .. steps.Skip(at + size)];
                if (fewer.OfType<Change>().Any() && HasOrigin(fewer) && Replay(run, fewer) is { } shorter)
                {
                    steps = [.. fewer.Take(shorter.At + 1)];
                    at = Math.Min(at, steps.Count - 1);
                }
            }
        }
        return steps;
    }

    private static bool HasOrigin(List<Operation> steps)
    {
        var known = new HashSet<string>();
        return steps.All(step => step is Change change ? known.Add(change.At) || true : step is not Ask ask || known.Contains(ask.Question.Path));
    }

    private string? Step(Operation step)
    {
        switch (step)
        {
            case Wait wait:
                _real.Wait(wait.Milliseconds);
                _world.Now = _real.Now;
                return null;
            case Change change:
                _origin[change.At] = change.Resource;
                return null;
            case Invalidate invalidate:
                _real.Invalidate(invalidate.Rule);
                _states = [.. _states.Select(state =>
                {
                    Restore(state);
                    Invalidate(invalidate.Rule);
                    return Save();
                })];
                return null;
            case Ask ask:
                return Compare(ask);
            default:
                throw new ArgumentException($"there is no step {step}", nameof(step));
        }
    }

    private string? Compare(Ask ask)
    {
        var question = ask.With(_origin[ask.Question.Path]);
        Delivered real;
        try
        {
            real = _real.Answer(question, ask.Meanwhile is { } rule ? () => _real.Invalidate(rule) : null);
        }
        catch (Exception failure) when (failure is not TimeoutException)
        {
            return $"the cache failed: {failure}";
        }
        var askedByReal = Listed(_real.Asked);
        var tried = new List<string>();
        var possible = new List<State>();
        foreach (var state in _states)
        {
            foreach (var (edge, region) in WhatMayBeForgotten())
            {
                Restore(state);
                Forget(ReferenceCache.KeyOf(question, ReferencePolicy.Of(question.Path)), edge, region);
                var model = Answer(question, ask.Meanwhile);
                var asked = Listed(_asked);
                if (model.IsTheSameAs(real) && asked == askedByReal)
                    possible.Add(Save());
                tried.Add($"model: {model}\n{asked}");
            }
        }
        if (possible.Count == 0)
            return $"cache: {real}\n{askedByReal}{string.Concat(tried)}";
        _states = [possible[0]];
        foreach (var state in possible.Skip(1))
        {
            if (_states.Count < MostStates && !_states.Exists(state.IsTheSameAs))
                _states.Add(state);
        }
        _tally?.Add(_real.Asked.All(each => each.Of != "origin"));
        return null;
    }

    // What is not asked for has not been forgotten, or it makes no difference yet.
    private IEnumerable<(bool Edge, bool Region)> WhatMayBeForgotten()
    {
        yield return (false, false);
        if (!_run.MayForget || _real.Asked.Count == 0)
            yield break;
        yield return (true, false);
        if (_real.Asked.All(each => each.Of != "region"))
            yield break;
        yield return (false, true);
        yield return (true, true);
    }

    private Delivered Answer(Question question, Invalidation? meanwhile)
    {
        _asked.Clear();
        _meanwhile = meanwhile;
        var delivered = _edge.Read(_edge.Answer(question), question);
        while (_world.Later.TryDequeue(out var later))
            later();
        return delivered;
    }

    // Dynamic requests and other methods than GET and HEAD pass the region (lambda-edge spec section 5).
    private Reply AskRegion(Question question)
    {
        if (_region is null || question.Method is not ("GET" or "HEAD") || ReferencePolicy.Of(question.Path).IsDisabled)
            return AskOrigin(question);
        _asked.Add(("region", question));
        return _region.Answer(question);
    }

    private Reply AskOrigin(Question question)
    {
        _asked.Add(("origin", question));
        if (_meanwhile is { } rule)
        {
            _meanwhile = null;
            Invalidate(rule);
        }
        return _origin.Answer(question);
    }

    private void Invalidate(Invalidation rule)
    {
        _world.Invalidations = _world.Invalidations.Add(rule);
        _edge.Invalidate(rule);
        _region?.Invalidate(rule);
    }

    // Where slices may be forgotten, any may be asked for: what counts is that the right bytes come.
    private string Listed(List<(string Of, Question Question)> asked) => string.Concat(asked
        .Where(each => !_run.MayForget || !IsForSlices(each.Question))
        .Select(each => $"    asked the {each.Of}: {each.Question}\n")
        .Order(StringComparer.Ordinal));

    private static bool IsForSlices(Question question) =>
        question.IfRangeTag is not null || question.IfRangeDate is not null
            ? Ranges.One(question) is { } part && part.From % SlicedBody.SliceSize == 0
            : false;

    private void Forget(string key, bool edge, bool region)
    {
        foreach (var part in _real.Asked.Where(each => _run.MayForget && IsForSlices(each.Question)).Select(each => Ranges.One(each.Question)!.Value))
        {
            foreach (var body in Bodies(key))
                _world.Slices = _world.Slices.SetItem(body, [.. _world.Slices[body].Where(start => start < part.From || start >= part.To)]);
        }
        if (edge)
            _edge.Entries = _edge.Entries.Remove(key);
        if (region)
            _region!.Entries = _region.Entries.Remove(key);
    }

    private IEnumerable<SlicedBody> Bodies(string key) =>
        from entries in new[] { _edge.Entries, _region?.Entries }
        where entries is not null && entries.ContainsKey(key) && entries[key].Reply.Slices is not null
        select entries[key].Reply.Slices;

    private State Save() => new(_edge.Entries, _region?.Entries, _world.Slices, _world.Outdated, _world.Invalidations);

    private void Restore(State state)
    {
        _edge.Entries = state.Edge;
        if (_region is not null)
            _region.Entries = state.Region!;
        (_world.Slices, _world.Outdated, _world.Invalidations) = (state.Slices, state.Outdated, state.Invalidations);
    }

    /// <summary>What the model has, at one moment.</summary>
    private sealed record State(
        ImmutableDictionary<string, Entry> Edge,
        ImmutableDictionary<string, Entry>? Region,
        ImmutableDictionary<SlicedBody, ImmutableHashSet<long>> Slices,
        ImmutableHashSet<SlicedBody> Outdated,
        ImmutableList<Invalidation> Invalidations)
    {
        /// <summary>Two that say the same will answer the same.</summary>
        public bool IsTheSameAs(State other) => AreSame(Edge, other.Edge, other) && AreSame(Region ?? Edge, other.Region ?? other.Edge, other);

        private bool AreSame(ImmutableDictionary<string, Entry> mine, ImmutableDictionary<string, Entry> others, State other)
        {
            if (mine.Count != others.Count)
                return false;
            foreach (var (key, entry) in mine)
            {
                if (!others.TryGetValue(key, out var counterpart)
                    || (!ReferenceEquals(entry, counterpart) && Text(entry) != other.Text(counterpart))
                    || (entry.Reply.Slices is { } body && Text(body) != other.Text(counterpart.Reply.Slices!)))
                    return false;
            }
            return true;
        }

        private string Text(Entry entry) =>
            $"{entry with { Reply = entry.Reply with { Slices = null } }} {(entry.Reply.Slices is { } body ? body == Edge.GetValueOrDefault(entry.Key)?.Reply.Slices : "")}";

        private string Text(SlicedBody body) => $"{string.Join(',', Slices[body].Order())} {Outdated.Contains(body)}";
    }
}

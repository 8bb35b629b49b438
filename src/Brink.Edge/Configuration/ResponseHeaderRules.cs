using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Messages;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Configuration;

/// <summary>What a response headers policy does with a field of a response.</summary>
internal enum FieldRule
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It goes: the policy removes or replaces it.</summary>
    TakeOut,

    /// <summary>It stays, and the policy's own field of the name is not added.</summary>
    Keep,

    /// <summary>It belongs to CORS, and is not in the policy.</summary>
    OtherCors,

    /// <summary>It belongs to CORS, and is in the policy.</summary>
    Cors,

    /// <summary>It says what the response varies on.</summary>
    Vary,

    /// <summary>It is the origin's Server-Timing.</summary>
    ServerTiming,
}

/// <summary>
/// The response headers policy of a behavior, made ready when the snapshot is: what becomes of a field by its name. Most fields have a
/// name of a length that the policy has no rule for, and are not compared.
/// </summary>
internal sealed class ResponseHeaderRules
{
    private readonly (string Name, FieldRule Rule, int Place)[] _rules;
    private readonly ulong _lengths;

    private ResponseHeaderRules(ResponseHeadersPolicy policy)
    {
        Policy = policy;
        var rules = new List<(string Name, FieldRule Rule, int Place)>();
        rules.AddRange(policy.RemovedHeaders.Select(name => (name, FieldRule.TakeOut, 0)));
        for (var place = 0; place < policy.AddedHeaders.Length; place++)
        {
            var added = policy.AddedHeaders[place];
            rules.Add((added.Name, added.Override ? FieldRule.TakeOut : FieldRule.Keep, place));
        }
        if (policy.Cors is { } cors)
        {
            rules.AddRange(CorsHeaders.Names.Select(name => (name, cors.Has(name) ? FieldRule.Cors : FieldRule.OtherCors, 0)));
            rules.Add(("Vary", FieldRule.Vary, 0));
        }
        if (policy.ServerTiming is not null)
            rules.Add(("Server-Timing", FieldRule.ServerTiming, 0));
        _rules = [.. rules];
        foreach (var (name, _, _) in _rules)
            _lengths |= LengthBit(name);
        SetsServer = Sets(policy.AddedHeaders, "Server");
        SetsAge = Sets(policy.AddedHeaders, "Age");
        Added = new PreparedFields(policy.AddedHeaders.Select(added => new HeaderField(added.Name, added.Value)));
        ForEveryOrigin = new PreparedFields(policy.Cors?.FieldsForEveryOrigin() ?? []);
    }

    public ResponseHeadersPolicy Policy { get; }

    /// <summary>The policy's AddedHeaders, for a response that has none of their names.</summary>
    public PreparedFields Added { get; }

    /// <summary>The policy's fields of CORS that are the same for every Origin that is allowed.</summary>
    public PreparedFields ForEveryOrigin { get; }

    /// <summary>Whether Server is the policy's, and not the edge's, where the origin sends none.</summary>
    public bool SetsServer { get; }

    /// <summary>The same for Age.</summary>
    public bool SetsAge { get; }

    /// <summary>The rules of a behavior; null where it has no policy.</summary>
    public static ResponseHeaderRules? Of(CacheBehavior behavior) =>
        behavior.ResponseHeadersPolicy is { } policy ? new ResponseHeaderRules(policy) : null;

    /// <summary>
    /// The rule for a field, and its place among the policy's AddedHeaders. A field that is removed and added is removed: the first rule
    /// of a name counts.
    /// </summary>
    public FieldRule RuleFor(string name, out int place)
    {
        place = 0;
        if ((_lengths & LengthBit(name)) == 0)
            return FieldRule.None;
        foreach (ref readonly var rule in _rules.AsSpan())
        {
            if (rule.Name.Length == name.Length && rule.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                place = rule.Place;
                return rule.Rule;
            }
        }
        return FieldRule.None;
    }

    private static ulong LengthBit(string name) => 1UL << Math.Min(name.Length, 63);

    private static bool Sets(ImmutableArray<AddedHeader> added, string name) =>
        added.Any(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

using System.Globalization;
using System.Text;
using Brink.Edge.Cache.Explaining;
using Brink.Host.CommandLine;

namespace Brink.Host.Commands;

/// <summary>An explanation for a terminal.</summary>
internal static class ExplanationText
{
    public static string Of(Explanation explanation)
    {
        var text = new StringBuilder();
        Line(text, "distribution", explanation.Distribution);
        Line(text, "behavior", explanation.Behavior == "*" ? "the default behavior" : explanation.Behavior);
        Line(text, "policy", $"{explanation.CachePolicy}: {explanation.Ttl}");
        if (explanation.ViewerRequest is { } function)
            Line(text, "function", $"{function} on viewer-request has run");
        if (explanation.AnsweredBefore is { } before)
            Line(text, "answered", before);
        foreach (var part in explanation.Key)
            Line(text, "key", $"{part.Name} = {part.Value}  ({part.From})");
        foreach (var left in explanation.NotInKey)
            Line(text, "not in key", left);
        foreach (var tier in explanation.Tiers)
            Tier(text, tier);
        if (explanation.NotStored is { } reason)
            Line(text, "not stored", reason.ToString());
        Line(text, "next", explanation.Next);
        return text.ToString();
    }

    private static void Tier(StringBuilder text, TierEntry tier)
    {
        var asked = tier.IsAskedFor ? ", a request for it is under way" : "";
        if (tier.Status is null)
        {
            Line(text, tier.Tier, $"nothing{asked}");
            return;
        }
        var state = tier.State switch
        {
            EntryState.Fresh => "fresh",
            EntryState.Stale => "stale",
            _ => "not served any more",
        };
        Line(text, tier.Tier, string.Create(
            CultureInfo.InvariantCulture,
            $"{state}{(tier.Where == "disk" ? ", on disk" : "")}, status {tier.Status}, age {tier.Age} s, "
            + $"{(tier.ExpiresIn >= 0 ? "expires in" : "expired since")} "
            + $"{Math.Abs(tier.ExpiresIn ?? 0)} s{asked}"));
        Line(text, "", string.Create(CultureInfo.InvariantCulture, $"TTL {tier.Lifetime} s: {tier.Rule}"));
        var size = string.Create(CultureInfo.InvariantCulture, $"{tier.Length} bytes, {tier.Memory} of memory");
        Line(text, "", size + (tier.Slices is { } slices ? $", slices {slices}" : "")
            + (tier.ContentEncoding is { } coding ? $", {coding}{(tier.IsCompressedHere == true ? " by the edge" : "")}" : ""));
        if (tier.ETag is not null || tier.LastModified is not null)
            Line(text, "", string.Join(", ", new[] { tier.ETag, tier.LastModified }.Where(each => each is not null)));
        if (tier.Tags is { } tags)
            Line(text, "", $"tags {string.Join(", ", tags)}");
        Line(text, "", string.Create(CultureInfo.InvariantCulture, $"asked for after {tier.Revision} invalidations"));
    }

    private static void Line(StringBuilder text, string label, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"{label,-12}  {SafeText.Of(value)}\n");
}

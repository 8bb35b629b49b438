using System.Collections.Immutable;
using Brink.Configuration;

namespace Brink.Distributions;

/// <summary>The origin groups of a DistributionConfig (distribution spec 2.3).</summary>
internal static class OriginGroupReader
{
    public static ImmutableArray<OriginGroup> ReadAll(ConfigObject root, ImmutableArray<Origin> origins)
    {
        if (root.Object("OriginGroups") is not { } list)
            return [];
        var items = list.Objects();
        if (items.Count > Limits.OriginGroups)
            list.Mistake("Items", $"{items.Count} origin groups are more than {Limits.OriginGroups}", "Shorten the list");
        var groups = ImmutableArray.CreateBuilder<OriginGroup>(items.Count);
        foreach (var item in items)
        {
            var group = Read(item, origins);
            if (groups.Any(other => other.Id == group.Id) || origins.Any(origin => origin.Id == group.Id))
                item.Mistake("Id", $"another origin or origin group has the id '{group.Id}'", "Give each its own");
            groups.Add(group);
            item.Close();
        }
        list.Close();
        return groups.ToImmutable();
    }

    private static OriginGroup Read(ConfigObject item, ImmutableArray<Origin> origins)
    {
        var id = item.Text("Id", required: true) ?? "";
        if (id.Length is 0 or > 128)
            item.Mistake("Id", "the id has no or more than 128 characters", "Give it a short name");
        item.OneOf("SelectionCriteria", required: false, ["default"], ["media-quality-based"]);
        var members = ReadMembers(item, origins);
        return new OriginGroup
        {
            Id = id,
            PrimaryOriginId = members.ElementAtOrDefault(0) ?? "",
            SecondaryOriginId = members.ElementAtOrDefault(1) ?? "",
            FailoverStatusCodes = ReadStatusCodes(item),
        };
    }

    private static List<string> ReadMembers(ConfigObject item, ImmutableArray<Origin> origins)
    {
        var members = new List<string>();
        if (item.Object("Members", required: true) is not { } list)
            return members;
        foreach (var member in list.Objects())
        {
            var id = member.Text("OriginId", required: true) ?? "";
            if (id.Length > 0 && origins.All(origin => origin.Id != id))
                member.Mistake("OriginId", $"no origin has the id '{id}'", "Name the Id of one of the Origins");
            if (members.Contains(id))
                member.Mistake("OriginId", $"'{id}' is both members", "Name another origin as the second");
            members.Add(id);
            member.Close();
        }
        if (members.Count != 2)
            list.Mistake(
                "Items", $"{members.Count} members instead of two", "Name the origin to ask first, and the one to ask when it fails");
        list.Close();
        return members;
    }

    private static ImmutableArray<int> ReadStatusCodes(ConfigObject item)
    {
        if (item.Object("FailoverCriteria", required: true) is not { } criteria)
            return [];
        var codes = new List<int>();
        if (criteria.Object("StatusCodes", required: true) is { } list)
        {
            codes = list.Numbers();
            var allowed = string.Join(", ", OriginGroup.AllowedStatusCodes);
            foreach (var code in codes.Where(code => !OriginGroup.AllowedStatusCodes.Contains(code)))
                list.Mistake("Items", $"{code} cannot make an origin fail over", $"Use some of {allowed}");
            if (codes.Distinct().Count() != codes.Count)
                list.Mistake("Items", "a status code is there twice", "Leave one of them");
            if (codes.Count == 0)
                list.Mistake("Items", "no status code is listed, so nothing would ever fail over", $"List some of {allowed}");
            list.Close();
        }
        criteria.Close();
        return [.. codes];
    }
}

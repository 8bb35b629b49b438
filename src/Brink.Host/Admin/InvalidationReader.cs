using System.Globalization;
using System.Text.Json;
using Brink.Invalidation;

namespace Brink.Host.Admin;

/// <summary>What <c>POST /invalidations</c> asks for.</summary>
/// <param name="DistributionId">The distribution; null for all.</param>
/// <param name="Items">Paths and tags; empty where everything is meant.</param>
internal sealed record InvalidationRequest(string? DistributionId, IReadOnlyList<InvalidationItem> Items)
{
    /// <summary>Bytes of one request: as many paths as long as they may be.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Paths and tags of one request: what AWS takes too.</summary>
    public const int MaxItems = 3000;

    /// <summary>Reads the document; null, with every mistake, if any of it cannot be used.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="distributionIds">Those that there are.</param>
    /// <param name="mistakes">One sentence each.</param>
    public static InvalidationRequest? Read(ReadOnlyMemory<byte> json, IReadOnlyCollection<string> distributionIds, List<string> mistakes)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var request = new Reader(mistakes).Read(document.RootElement, distributionIds);
            return mistakes.Count == 0 ? request : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // half of a surrogate pair
        {
            mistakes.Add($"the request is no JSON that can be read: {exception.Message}");
            return null;
        }
    }

    private readonly struct Reader(List<string> mistakes)
    {
        public InvalidationRequest? Read(JsonElement root, IReadOnlyCollection<string> distributionIds)
        {
            if (root.ValueKind != JsonValueKind.Object)
            {
                mistakes.Add("""the request is no JSON object: write {"paths": ["/a", "/b*"]}""");
                return null;
            }
            var (isEverything, distributionId) = (false, (string?)null);
            var items = new List<InvalidationItem>();
            foreach (var member in root.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "distribution":
                        distributionId = ReadDistribution(member.Value, distributionIds);
                        break;
                    case "paths":
                        ReadItems(member, items, InvalidationItem.Read);
                        break;
                    case "tags":
                        ReadItems(member, items, InvalidationItem.ReadTag);
                        break;
                    case "everything" when member.Value.ValueKind == JsonValueKind.True:
                        isEverything = true;
                        break;
                    case "everything":
                        mistakes.Add("everything is true, or is left out");
                        break;
                    default:
                        mistakes.Add($"'{member.Name}' is nothing that is read: there are distribution, paths, tags and everything");
                        break;
                }
            }
            if (isEverything == items.Count > 0 && mistakes.Count == 0)
                mistakes.Add(isEverything
                    ? "everything stands beside paths or tags: leave out one"
                    : "nothing is named: give paths, tags or everything");
            if (items.Count > MaxItems)
                mistakes.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{items.Count} paths and tags are more than the {MaxItems} of one request"));
            return new InvalidationRequest(distributionId, items);
        }

        private string? ReadDistribution(JsonElement value, IReadOnlyCollection<string> distributionIds)
        {
            var id = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            if (id is null || !distributionIds.Contains(id))
                mistakes.Add($"{value.GetRawText()} is no distribution here: there {(distributionIds.Count == 1 ? "is" : "are")} "
                    + $"{string.Join(", ", distributionIds.Take(20))}; without distribution all are meant");
            return id;
        }

        private void ReadItems(JsonProperty member, List<InvalidationItem> items, ReadItem read)
        {
            if (member.Value.ValueKind != JsonValueKind.Array)
            {
                mistakes.Add($"{member.Name} is no array of strings");
                return;
            }
            foreach (var element in member.Value.EnumerateArray())
            {
                string? mistake = null;
                if (element.ValueKind != JsonValueKind.String)
                    mistake = $"{member.Name} has an item that is no string";
                else if (read(element.GetString()!, out mistake) is { } item)
                    items.Add(item);
                if (mistake is not null && mistakes.Count < 20)
                    mistakes.Add(mistake);
            }
        }
    }

    private delegate InvalidationItem? ReadItem(string text, out string? mistake);
}

using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>What the folders of <c>--resources</c> give.</summary>
/// <param name="Catalog">The resources.</param>
/// <param name="Documents">The file that describes each.</param>
internal sealed record GivenResources(ResourceCatalog Catalog, IReadOnlyDictionary<(ResourceKind Kind, string Id), string> Documents)
{
    /// <summary>The file that describes a resource that is given.</summary>
    public string DocumentOf(ResourceKind kind, string id) => Documents[(kind, id)];
}

using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Distributions;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>A distribution from a file with DistributionConfig JSON.</summary>
internal static class DistributionFiles
{
    /// <summary>The distribution; null, with its mistakes, where it cannot be used.</summary>
    /// <param name="file">The file.</param>
    /// <param name="id">Its id where the file has none.</param>
    /// <param name="domainName">Its default name, likewise.</param>
    /// <param name="resources">What it may name by an id.</param>
    /// <param name="ignored">The settings to leave out.</param>
    /// <param name="reading">Where mistakes go.</param>
    /// <param name="leftOut">The settings that the file has and that were left out.</param>
    public static Distribution? Read(
        string file, string id, string domainName, ResourceCatalog resources, IgnoredSettings ignored, Reading reading,
        out ImmutableArray<string> leftOut)
    {
        leftOut = [];
        if (reading.Text(file) is not { } json)
            return null;
        var result = DistributionConfigReader.Read(json, id, domainName, resources, ignored);
        leftOut = result.Ignored;
        return reading.Accept(file, result);
    }

    /// <summary>
    /// Adds a mistake for what two distributions have and one alone can have: an id, by which the cache keeps what each has got; a domain
    /// name; an alias, unless it is a staging distribution's, to which no name leads.
    /// </summary>
    public static void CheckTogether(IEnumerable<(string File, Distribution Distribution)> distributions, Reading reading)
    {
        var holders = new Dictionary<(string What, string Name), string>();
        foreach (var (file, distribution) in distributions)
        {
            var aliases = distribution.Staging ? [] : distribution.Aliases.Select(alias => ("alias", alias));
            foreach (var (what, name) in aliases.Prepend(("domain name", distribution.DomainName)).Prepend(("id", distribution.Id)))
            {
                if (!holders.TryAdd((what, name), file))
                    reading.Unusable(file, $"the distribution of {holders[(what, name)]} has the {what} {name} too: give one of them");
            }
        }
    }
}

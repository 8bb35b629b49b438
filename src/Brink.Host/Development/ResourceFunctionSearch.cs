using System.Collections.Immutable;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Resources;

namespace Brink.Host.Development;

/// <summary>
/// A look before anything is read in earnest: a sandbox is opened only where Lambda functions run, and flags are refused that nothing would
/// use. What cannot be read here is told when it is read again.
/// </summary>
internal static class ResourceFunctionSearch
{
    /// <summary>The functions of folders that distributions name.</summary>
    /// <param name="distributions">The files of --distribution.</param>
    /// <param name="folders">The folders of --resources.</param>
    public static ResourceFunctions Find(IEnumerable<string> distributions, IReadOnlyCollection<string> folders)
    {
        if (folders.Count == 0)
            return ResourceFunctions.None;
        var unheard = new Reading();
        var given = ResourceFiles.Read(folders, [], TimeProvider.System, unheard);
        var texts = distributions.Select(unheard.Text).OfType<string>().ToList();
        bool IsNamed(string endOfArn) => texts.Any(text => text.Contains($"{endOfArn}\"", StringComparison.Ordinal));
        var lambdas = given.Catalog.LambdaVersions.Values.Where(version => IsNamed($":function:{version.Id}"))
            .Select(version => new ResourceFunctions.Lambda(
                version.Name,
                ResourceFiles.LambdaCodeBeside(given.DocumentOf(ResourceKind.LambdaVersion, version.Id)),
                version.Runtime))
            .ToImmutableArray();
        var namesOthers = lambdas.IsEmpty && texts.Any(text => text.Contains("arn:aws:lambda:", StringComparison.Ordinal));
        return new ResourceFunctions([.. given.Catalog.Functions.Keys.Where(name => IsNamed($":function/{name}"))], lambdas)
        {
            IsIncomplete = unheard.IsUnusable || namesOthers,
        };
    }
}

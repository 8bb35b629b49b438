using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Functions;
using Brink.Functions.KeyValueStores;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.JavaScript;
using Brink.Resources;

namespace Brink.Host.Development;

/// <summary>
/// CloudFront Functions with all that belongs to them, of one reading: code from flags or from resources, runtime and key value store by
/// flag or by what resources say.
/// </summary>
/// <param name="functions">Reads code.</param>
/// <param name="stores">Reads stores.</param>
/// <param name="runtimes">What --runtime says.</param>
/// <param name="store">That of --kvs; null for none.</param>
/// <param name="given">The resources.</param>
/// <param name="reading">Where mistakes go.</param>
internal sealed class FunctionBinder(
    FunctionFiles functions, StoreFiles stores, FunctionRuntimes runtimes, KeyValueStore? store, GivenResources given, Reading reading)
{
    /// <summary>The function of a file; null without a file, or where it cannot be used and never could.</summary>
    public IEdgeFunction? Read(string? file, string? name = null)
    {
        if (file is null)
            return null;
        name ??= NameFromFile.Of(file);
        var function = reading.Bytes(file) is { } code ? Read(file, name, code) : null;
        if (function is null)
            reading.FailedFunctions.Add(name);
        return function;
    }

    /// <summary>Adds the functions of resources that distributions associate and no flag binds.</summary>
    public void AddGiven(Dictionary<string, IEdgeFunction> bound, IEnumerable<Distribution> distributions)
    {
        var names = distributions.SelectMany(distribution => distribution.CacheBehaviors.Prepend(distribution.DefaultCacheBehavior))
            .SelectMany(behavior => behavior.FunctionAssociations)
            .Select(association => SnapshotBuilder.NameOf(association.FunctionArn)).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (bound.ContainsKey(name) || reading.FailedFunctions.Contains(name)
                || !given.Catalog.Functions.TryGetValue(name, out var described))
                continue;
            if (ResourceFiles.CodeOf(described, given.DocumentOf(ResourceKind.Function, name), reading) is not { } file)
                reading.FailedFunctions.Add(name);
            else if (Read(file, name) is { } function)
                bound[name] = function;
        }
    }

    private IEdgeFunction? Read(string file, string name, byte[] code)
    {
        if (FunctionFiles.WhyNotJavaScript(file) is { } other)
        {
            reading.Unusable(file, other);
            return null;
        }
        var described = given.Catalog.Functions.GetValueOrDefault(name);
        var function = functions.Read(name, file, code, RuntimeOf(name, described), StoreOf(described), reading, out var description);
        if (function is null)
            reading.IsUnusable = true;
        else
            reading.Functions.Add(description);
        return function;
    }

    private Runtime RuntimeOf(string name, FunctionResource? described)
    {
        if (runtimes.OfCloudFrontFunction(name) is { } flag)
            return flag;
        return RuntimeNames.TryParse(described?.Runtime, out var runtime) ? runtime : Runtime.CloudFrontJs20;
    }

    /// <summary>The store that a function's description associates, or else that of --kvs, which every function has.</summary>
    private KeyValueStore? StoreOf(FunctionResource? described)
    {
        if (described?.KeyValueStoreArn is not { } arn)
            return store;
        var id = FunctionResource.StoreIdOf(arn);
        if (id.Equals(store?.Id, StringComparison.OrdinalIgnoreCase))
            return store;
        if (given.Catalog.KeyValueStores.TryGetValue(id, out var resource))
            return stores.Read(resource, given.DocumentOf(ResourceKind.KeyValueStore, id), reading);
        if (store is null)
        {
            reading.Unusable(
                given.DocumentOf(ResourceKind.Function, described.Name),
                $"the function {described.Name} has the key value store {arn}, which is not given. "
                + $"{given.Catalog.HowToGive(ResourceKind.KeyValueStore, arn)}. Or give its keys with --kvs {id}=FILE");
        }
        return store;
    }
}

namespace Brink.Functions;

/// <summary>A tenant of a multi-tenant distribution, as functions read it (functions spec 7.4).</summary>
/// <param name="Id">Its id: <c>cf.distributionTenant.id</c>.</param>
/// <param name="Parameters">Its parameters by name: <c>cf.distributionTenant.parameters.get(name)</c>.</param>
public sealed record DistributionTenant(string Id, IReadOnlyDictionary<string, string> Parameters);

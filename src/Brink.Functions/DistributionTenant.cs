namespace Brink.Functions;

/// <summary>A tenant of a multi-tenant distribution, as functions read it (functions spec 7.4).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Endpoint">The name of the connection group that the viewer came to: <c>event.context.endpoint</c>.</param>
/// <param name="Parameters">Its parameters by name.</param>
public sealed record DistributionTenant(string Id, string Endpoint, IReadOnlyDictionary<string, string> Parameters);

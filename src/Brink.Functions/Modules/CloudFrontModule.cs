using Brink.Functions.Modules.Tokens;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>import cf from 'cloudfront'</c>, runtime 2.0 only (functions spec 6.1, 7).</summary>
internal static class CloudFrontModule
{
    public static HostModule Module { get; } = new()
    {
        CanBeRequired = false,
        Functions =
        [
            new HostFunction("kvs", 1, KeyValueStoreFunctions.Kvs),
            new HostFunction("updateRequestOrigin", 1, OriginFunctions.UpdateRequestOrigin),
            new HostFunction("selectRequestOriginById", 2, OriginFunctions.SelectRequestOriginById),
            new HostFunction("createRequestOriginGroup", 1, OriginFunctions.CreateRequestOriginGroup),
        ],
        Getters = [new HostFunction("edgeLocation", 0, EdgeLocationMember.Read)],
        Objects = [("distributionTenant", DistributionTenantMember.Module), ("cwt", TokenFunctions.Module)],
    };
}

using Brink.Functions.Metering;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary>
/// <c>cf.distributionTenant</c>: the tenant's id and parameters; on a standard distribution both throw (functions spec 7.4).
/// </summary>
internal static class DistributionTenantMember
{
    private static readonly HostModule Parameters = new() { Functions = [new HostFunction("get", 1, Get)] };

    public static HostModule Module { get; } = new()
    {
        Functions = [],
        Getters = [new HostFunction("id", 0, static call => TenantOf(call) is { } tenant ? call.Text(tenant.Id) : NotAvailable(call))],
        Objects = [("parameters", Parameters)],
    };

    private static ScriptValue Get(HostCall call)
    {
        if (TenantOf(call) is not { } tenant)
            return NotAvailable(call);
        if (!call[0].IsString)
            return call.Throw("TypeError", "key must be a string");
        call.Charge(1 + call[0].TextLength / HostPrice.CopiedOut);
        call.Allocate(2L * call[0].TextLength);
        var name = call[0].AsText();
        return tenant.Parameters.TryGetValue(name, out var value)
            ? call.Text(value)
            : call.Throw("DistributionTenantParameterKeyNotFound", $"the distribution tenant has no parameter \"{name}\"");
    }

    private static DistributionTenant? TenantOf(HostCall call) => ((FunctionCall)call.Context!).Event.Tenant;

    private static ScriptValue NotAvailable(HostCall call) => call.Throw("TypeError", "distributionTenant module is not available");
}

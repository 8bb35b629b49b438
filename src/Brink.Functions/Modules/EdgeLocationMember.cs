using Brink.Events;
using Brink.Functions.Metering;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>cf.edgeLocation</c>, an object; an empty one in viewer-response (functions spec 7.2).</summary>
internal static class EdgeLocationMember
{
    private static readonly ScriptName NameName = new("name"), ServerIpName = new("serverIp"), RegionName = new("region");

    public static ScriptValue Read(HostCall call)
    {
        var @event = ((FunctionCall)call.Context!).Event;
        call.Charge(HostPrice.EdgeLocation);
        var location = call.NewObject();
        if (@event.EventType != EventType.ViewerRequest)
            return location;
        location.Set(NameName, call.Text(@event.EdgeLocation.Name));
        location.Set(ServerIpName, call.Text(@event.ServerIp));
        location.Set(RegionName, call.Text(@event.EdgeLocation.Region));
        return location;
    }
}

using Brink.Functions.JavaScript;
using Brink.Functions.Metering;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>cf.edgeLocation</c>, an object; an empty one in viewer-response (functions spec 7.2).</summary>
internal static class EdgeLocationMember
{
    public static ScriptValue Read(HostCall call)
    {
        var @event = ((FunctionCall)call.Context!).Event;
        call.Charge(HostPrice.EdgeLocation);
        var location = call.NewObject();
        if (@event.EventType != EventType.ViewerRequest)
            return location;
        location.Set("name", call.Text(@event.EdgeLocation.Name));
        location.Set("serverIp", call.Text(@event.ServerIp));
        location.Set("region", call.Text(@event.EdgeLocation.Region));
        return location;
    }
}

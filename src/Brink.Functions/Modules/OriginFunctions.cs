using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Events;
using Brink.Functions.Metering;
using Brink.Functions.Origins;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary>
/// <c>cf.updateRequestOrigin</c>, <c>cf.selectRequestOriginById</c>, <c>cf.createRequestOriginGroup</c> (functions spec 7.1). They return
/// nothing and throw nothing: what they mean shows when the function has returned a request. In a test no origin is asked, so what depends
/// on the distribution is not checked.
/// </summary>
internal static class OriginFunctions
{
    /// <summary>What the records of one call take.</summary>
    private const int BytesPerCall = 512;

    private const int IdLength = 128;

    public static ScriptValue UpdateRequestOrigin(HostCall call)
    {
        var run = Begin(call);
        var arguments = new OriginArguments(call, "updateRequestOrigin");
        OriginTarget? chosen = null;
        if (IsAllowed(run, ref arguments)
            && IsObject(call[0], ref arguments, "the argument", "Call it with an object of the properties to change"))
        {
            var update = OriginUpdate.Read(ref arguments, call[0], run.Event.Request);
            // In a group only the first origin changes; its failover criteria still hold.
            if (!arguments.IsOver && run.Event.Target is { } target && update.ApplyTo(target.Primary, ref arguments) is { } origin)
                chosen = target with { Primary = origin };
        }
        return End(call, run, chosen, arguments.Problem, arguments.Threw);
    }

    public static ScriptValue SelectRequestOriginById(HostCall call)
    {
        var run = Begin(call);
        var arguments = new OriginArguments(call, "selectRequestOriginById");
        OriginTarget? chosen = null;
        if (IsAllowed(run, ref arguments) && ReadId(call[0], ref arguments, "the origin id") is { } id)
        {
            OriginOverrides overrides = default;
            if (!call[1].IsUndefined
                && IsObject(call[1], ref arguments, "the second argument", "Pass hostHeader, sni and allowedCertificateNames in an object"))
                overrides = arguments.Overrides(call[1], "");
            if (Find(run, id, overrides, ref arguments, "the origin id") is { } origin)
                chosen = origin;
        }
        return End(call, run, chosen, arguments.Problem, arguments.Threw);
    }

    public static ScriptValue CreateRequestOriginGroup(HostCall call)
    {
        var run = Begin(call);
        var arguments = new OriginArguments(call, "createRequestOriginGroup");
        OriginTarget? chosen = null;
        if (IsAllowed(run, ref arguments)
            && IsObject(call[0], ref arguments, "the argument", "Call it with an object of originIds and failoverCriteria"))
        {
            var (primary, secondary) = ReadMembers(call[0], run, ref arguments);
            var criteria = arguments.OneOf(call[0], Parameters.SelectionCriteria, "selectionCriteria", "default", "media-quality-score");
            var codes = ReadStatusCodes(call[0], ref arguments);
            if (criteria == "media-quality-score" && run.Event.Distribution is not null)
                arguments.Refuse("selectionCriteria", "asks for selection by media quality, which Brink does not have yet", "Leave it out");
            if (!arguments.IsOver && primary is not null)
                chosen = new OriginTarget(primary) { Secondary = secondary, FailoverStatusCodes = codes };
        }
        return End(call, run, chosen, arguments.Problem, arguments.Threw);
    }

    private static FunctionCall Begin(HostCall call)
    {
        call.Charge(HostPrice.OriginCall);
        call.Allocate(BytesPerCall);
        return (FunctionCall)call.Context!;
    }

    private static ScriptValue End(HostCall call, FunctionCall run, OriginTarget? chosen, string? problem, bool threw)
    {
        if (threw)
            return call.Throwing;
        run.ChooseOrigin(problem is null ? chosen : null, problem);
        return call.Undefined;
    }

    private static bool IsAllowed(FunctionCall run, ref OriginArguments arguments)
    {
        if (run.Event.EventType != EventType.ViewerRequest)
            arguments.Refuse("the call", "is for viewer-request functions: after that the origin has been asked",
                "Call it in the viewer-request function");
        return !arguments.IsOver;
    }

    private static bool IsObject(ScriptValue value, ref OriginArguments arguments, string what, string fix)
    {
        if (value.Kind != ScriptValueKind.Object)
            arguments.Refuse(what, $"must be an object, not {value.TypeName}", fix);
        return !arguments.IsOver;
    }

    private static string? ReadId(ScriptValue value, ref OriginArguments arguments, string path)
    {
        var id = arguments.Text(value, path, IdLength);
        if (id?.Length == 0)
            arguments.Refuse(path, "must not be empty", "Name the Id of an origin of the distribution");
        return arguments.IsOver ? null : id;
    }

    /// <summary>The origin of that id with the overrides over it; null in a test, or when a rule is broken.</summary>
    private static Origin? Find(FunctionCall run, string id, OriginOverrides overrides, ref OriginArguments arguments, string path)
    {
        if (arguments.IsOver || run.Event.Distribution is not { } distribution)
            return null;
        switch (distribution.FindOrigin(id))
        {
            case CustomOrigin server:
                return overrides.Over(server);
            case { } other when overrides.IsEmpty:
                return other;
            case { } other:
                var kind = other is S3Origin ? "an S3 bucket" : "a folder";
                arguments.Refuse(
                    path, $"names '{id}', {kind}, which has no hostHeader, sni or allowedCertificateNames", "Leave them out");
                return null;
            default:
                var isGroup = distribution.OriginGroups.Any(group => group.Id == id);
                arguments.Refuse(
                    path, isGroup ? $"names '{id}', an origin group" : $"names '{id}', and the distribution has no such origin",
                    $"Its origins are {string.Join(", ", distribution.Origins.Take(10).Select(origin => origin.Id))}");
                return null;
        }
    }

    private static (Origin? Primary, Origin? Secondary) ReadMembers(ScriptValue given, FunctionCall run, ref OriginArguments arguments)
    {
        if (!arguments.TryGetArray(given, Parameters.OriginIds, "originIds", out var array))
        {
            arguments.Refuse("originIds", "is required", "Add it: two ids, the one to ask first and the one to ask when it fails");
            return default;
        }
        if (array.ArrayLength != 2)
        {
            arguments.Refuse("originIds", $"must have exactly two entries, not {array.ArrayLength:N0}",
                "Name the origin to ask first, and the one to ask when it fails");
            return default;
        }
        var primary = ReadMember(arguments.ElementAt(array, 0), run, ref arguments, "originIds[0]", out var first);
        var secondary = ReadMember(arguments.ElementAt(array, 1), run, ref arguments, "originIds[1]", out var second);
        if (first == second)
            arguments.Refuse("originIds", $"names '{first}' twice", "Name another origin as the second");
        return (primary, secondary);
    }

    private static Origin? ReadMember(ScriptValue entry, FunctionCall run, ref OriginArguments arguments, string path, out string? id)
    {
        OriginOverrides overrides = default;
        id = null;
        if (arguments.IsOver)
            return null;
        if (entry.Kind == ScriptValueKind.Object)
        {
            if (!arguments.TryGet(entry, Parameters.OriginId, out var given))
            {
                arguments.Refuse(path + ".originId", "is required", "Name the Id of an origin of the distribution");
                return null;
            }
            id = ReadId(given, ref arguments, path + ".originId");
            if (arguments.TryGetObject(entry, Parameters.OriginOverrides, path + ".originOverrides", out var laidOver))
                overrides = arguments.Overrides(laidOver, path + ".originOverrides.");
        }
        else if (entry.IsString)
        {
            id = ReadId(entry, ref arguments, path);
        }
        else
        {
            arguments.Refuse(
                path, $"must be an id or an object with originId, not {entry.TypeName}", "Name the Id of an origin of the distribution");
        }
        return id is null ? null : Find(run, id, overrides, ref arguments, path);
    }

    private static ImmutableArray<int> ReadStatusCodes(ScriptValue given, ref OriginArguments arguments)
    {
        const string path = "failoverCriteria.statusCodes";
        var allowed = OriginGroup.AllowedStatusCodes;
        if (!arguments.TryGetObject(given, Parameters.FailoverCriteria, "failoverCriteria", out var criteria))
        {
            arguments.Refuse("failoverCriteria", "is required", "Add it: { statusCodes: [500, 502, 503, 504] }");
            return [];
        }
        if (!arguments.TryGetArray(criteria, Parameters.StatusCodes, path, out var array))
        {
            arguments.Refuse(path, "is required", "Add it: [500, 502, 503, 504]");
            return [];
        }
        if (array.ArrayLength == 0 || array.ArrayLength > allowed.Length)
        {
            arguments.Refuse(
                path, $"must have one to {allowed.Length} codes, not {array.ArrayLength:N0}", $"List some of {string.Join(", ", allowed)}");
            return [];
        }
        var codes = ImmutableArray.CreateBuilder<int>((int)array.ArrayLength);
        for (var i = 0; i < array.ArrayLength; i++)
        {
            var code = arguments.ElementAt(array, i);
            if (!code.IsNumber || code.AsNumber is < 400 or > 504 || !allowed.Contains((int)code.AsNumber)
                || code.AsNumber != Math.Truncate(code.AsNumber))
            {
                arguments.Refuse(
                    $"{path}[{i}]", "cannot make an origin fail over", $"Use some of {string.Join(", ", allowed)}, without quotes");
                return [];
            }
            codes.Add((int)code.AsNumber);
        }
        return codes.ToImmutable();
    }
}

using System.Text;
using Brink.Functions.Metering;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>console.log</c>, the only member (functions spec 5.3; 5.5, 8).</summary>
internal static class ConsoleModule
{
    public static HostModule Module { get; } = new() { Functions = [new HostFunction("log", 0, Log)] };

    private static ScriptValue Log(HostCall call)
    {
        var context = (FunctionCall)call.Context!;
        call.Pay(ComputeUtilization.LogLineUnits);
        if (call.Count == 1)
        {
            var only = call[0].Inspect();
            if (!only.IsThrew)
                context.Log(Copy(call, only));
            return only.IsThrew ? only : call.Undefined;
        }
        var line = new StringBuilder();
        for (var i = 0; i < call.Count; i++)
        {
            if (i > 0)
                line.Append(' ');
            if (line.Length > Limits.FunctionLogBytes)           // the rest would be cut anyway
                break;
            var text = call[i].Inspect();
            if (text.IsThrew)
                return text;
            line.Append(Copy(call, text));
        }
        context.Log(line.ToString());
        return call.Undefined;
    }

    private static string Copy(HostCall call, ScriptValue text)
    {
        call.Charge(text.TextLength / HostPrice.Logged);
        call.Allocate(2L * text.TextLength);
        return text.AsText();
    }
}

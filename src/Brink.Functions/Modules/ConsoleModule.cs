using System.Text;
using Brink.Functions.JavaScript;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>console.log</c>, the only member (functions spec 5.3; 5.5, 8).</summary>
internal static class ConsoleModule
{
    public static HostModule Module { get; } = new() { Functions = [new HostFunction("log", 0, Log)] };

    private static ScriptValue Log(HostCall call)
    {
        var context = (FunctionCall)call.Context!;
        call.Charge(1);
        if (call.Count == 1)
        {
            context.Log(Printed(call, call[0]));
            return call.Undefined;
        }
        var line = new StringBuilder();
        for (var i = 0; i < call.Count; i++)
        {
            if (i > 0)
                line.Append(' ');
            if (line.Length <= FunctionQuotas.MaxLogBytes)          // the rest would be cut anyway
                line.Append(Printed(call, call[i]));
        }
        context.Log(line.ToString());
        return call.Undefined;
    }

    private static string Printed(HostCall call, ScriptValue value)
    {
        if (!value.IsString)
            return value.Inspect();
        call.Charge(value.TextLength / 64);
        return value.AsText();
    }
}

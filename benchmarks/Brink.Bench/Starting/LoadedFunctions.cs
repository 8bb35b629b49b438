using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using Brink.Bench.Engine;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Functions.JavaScript;

namespace Brink.Bench.Starting;

/// <summary>What a server keeps for 1,000 functions: they are loaded into one that listens, each is run, and its resident memory is compared.</summary>
internal static class LoadedFunctions
{
    private const int Count = 1_000;

    public static Command Create()
    {
        var command = new Command("loaded-functions", "The memory of 1,000 loaded functions.") { Hidden = true };
        command.SetAction((_, _) => RunAsync());
        return command;
    }

    private static async Task<int> RunAsync()
    {
        var cases = FunctionCase.All.Where(one => one.Name.StartsWith('f')).ToList();
        var templates = cases.Select(one => one.ReadTemplate()).ToList();
        var sources = cases.Select(one => one.ReadSource()).ToList();

        await using var edge = new EdgeServer(
            EdgeServerOptions.Default with { Addresses = [IPAddress.Loopback], HttpPort = 0, WarmUp = TimeSpan.FromMilliseconds(300) }, new EdgeState(), NoAccessLog.Instance, TimeProvider.System);
        await edge.StartAsync();
        var functions = new List<JavaScriptFunction>(Count);
        Load(functions, sources, templates, cases.Count);       // what is made once for all functions is there
        functions.Clear();

        var before = Resident();
        Load(functions, sources, templates, Count);
        var after = Resident();
        GC.KeepAlive(functions);
        var table = new MarkdownTable("functions in one server", "resident before, MB", "after, MB", "growth, MB");
        table.Add(Count.ToString(CultureInfo.InvariantCulture), Megabytes(before), Megabytes(after), Megabytes(after - before));
        await Console.Out.WriteLineAsync(table.ToString());
        return 0;
    }

    /// <summary>No two are alike: each has names and texts that are its own.</summary>
    private static void Load(List<JavaScriptFunction> functions, List<FunctionSource> sources, List<MessageTemplate> templates, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var source = sources[i % sources.Count];
            var own = string.Create(CultureInfo.InvariantCulture, $"\nvar own{i} = 'text {i}';\n");
            var code = new byte[source.Code.Length + Encoding.UTF8.GetByteCount(own)];
            source.Code.Span.CopyTo(code);
            Encoding.UTF8.GetBytes(own, code.AsSpan(source.Code.Length));
            var function = JavaScriptFunction.Compile(source with { Name = $"function-{i}", Code = code }, FunctionLimits.Default, TimeProvider.System);
            functions.Add(function);
            EngineProcess.Call(function, templates[i % templates.Count]);
        }
    }

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}

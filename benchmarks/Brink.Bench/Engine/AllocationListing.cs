using System.CommandLine;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Brink.Bench.Engine;

/// <summary><c>./bench allocations</c>: what a call of a function allocates, by type, from the runtime's samples (one every 100 KB or so).</summary>
internal static class AllocationListing
{
    public static Command Create()
    {
        var only = new Option<string?>("--only") { Description = "Only functions whose name begins so." };
        var calls = new Option<int>("--calls") { Description = "Calls of each function.", DefaultValueFactory = _ => 100_000 };
        var command = new Command("allocations", "What a call allocates, by type.") { only, calls };
        command.SetAction(parsed => List(parsed.GetValue(only), parsed.GetValue(calls)));
        return command;
    }

    private static void List(string? only, int calls)
    {
        foreach (var one in FunctionCase.All.Where(one => only is null || one.Name.StartsWith(only, StringComparison.Ordinal)))
        {
            var call = EngineProcess.Caller(one);
            var table = new MarkdownTable(one.Name, "bytes per call");
            using var samples = new Samples();
            for (var i = 0; i < calls; i++)
                call();
            foreach (var (type, bytes) in samples.Stop().OrderByDescending(pair => pair.Value))
                table.Add(type, ((double)bytes / calls).ToString("N0", CultureInfo.InvariantCulture));
            Console.WriteLine(table);
        }
    }

    /// <summary>Each sample stands for what was allocated since the one before.</summary>
    private sealed class Samples : EventListener
    {
        private const int GarbageCollection = 1;

        private readonly Dictionary<string, ulong> _bytes = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
                EnableEvents(eventSource, EventLevel.Verbose, (EventKeywords)GarbageCollection);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName is not { } name || !name.StartsWith("GCAllocationTick", StringComparison.Ordinal) || eventData.PayloadNames is not { } names)
                return;
            var bytes = (ulong)eventData.Payload![names.IndexOf("AllocationAmount64")]!;
            var type = (string)eventData.Payload[names.IndexOf("TypeName")]!;
            lock (_bytes)
                _bytes[type] = _bytes.GetValueOrDefault(type) + bytes;
        }

        public IReadOnlyList<KeyValuePair<string, ulong>> Stop()
        {
            lock (_bytes)
                return [.. _bytes];
        }
    }
}

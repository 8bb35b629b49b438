using System.CommandLine;
using Brink.Bench.Caching;
using Brink.Bench.Compression;
using Brink.Bench.Disk;
using Brink.Bench.Engine;
using Brink.Bench.Hostile;
using Brink.Bench.Lambda;
using Brink.Bench.Load;
using Brink.Bench.Metering;
using Brink.Bench.Serving;
using Brink.Bench.Starting;
using Brink.Bench.WebSockets;

namespace Brink.Bench;

/// <summary>What <c>./bench</c> runs: the engine's benchmark, an edge without access log to load, the comparison of scheduling modes, the long runs of hostile and random scripts, the cache beside its model, and the events of Lambda@Edge.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) =>
        new RootCommand("Brink's benchmarks. ./bench builds and calls this.")
        {
            EngineCommand.Create(),
            EngineProcess.CreateRounds(),
            EngineProcess.CreateFresh(),
            MeterCommand.Create(),
            AllocationListing.Create(),
            ServeCommand.Create(),
            SchedulingCommand.Create(),
            CompareCommand.Create(),
            HitsCommand.Create(),
            CacheCommand.Create(),
            MemoryCommand.Create(),
            CompressionCommand.Create(),
            WebSocketCommand.Create(),
            Peers.CreateEcho(),
            Peers.CreateLoad(),
            DiskCommand.Create(),
            FirstCallCommand.Create(),
            LoadedFunctions.Create(),
            SoakCommand.Create(),
            FuzzCommand.Create(),
            ModelCommand.Create(),
            TracesCommand.Create(),
            LambdaBenchCommand.Create(),
            LambdaEventsCommand.Create(),
            LambdaColdCommand.Create(),
        }.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
}

using System.CommandLine;
using System.Globalization;

namespace Brink.Bench.Caching;

/// <summary><c>./bench traces</c>: how many requests Brink's storage answers, beside other policies with as many bytes.</summary>
internal static class TracesCommand
{
    private static readonly (string Name, Func<Trace, ICachePolicy> Make)[] Policies =
    [
        ("Brink", trace => new StoragePolicy(trace.Budget)),
        ("LRU", trace => new QueuePolicy(trace.Budget, renews: true)),
        ("FIFO", trace => new QueuePolicy(trace.Budget, renews: false)),
        ("S3-FIFO", trace => new S3FifoPolicy(trace.Budget)),
        ("W-TinyLFU", trace => new TinyLfuPolicy(trace.Budget)),
        ("Belady", trace => new BeladyPolicy(trace.Budget, trace.Objects)),
    ];

    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Of the random traces. Default 1.", DefaultValueFactory = _ => 1 };
        var command = new Command("traces", "Hit ratio of Brink's storage on traces, beside LRU, FIFO, S3-FIFO, W-TinyLFU and Belady's bound.") { seed };
        command.SetAction(parsed => Run(parsed.GetValue(seed)));
        return command;
    }

    private static void Run(int seed)
    {
        var table = new MarkdownTable(["Requests, and how much fits in", .. Policies.Select(policy => policy.Name), "Brink to the best online"]);
        foreach (var trace in Trace.All(seed))
        {
            var ratios = Policies.Select(policy => HitRatio(policy.Make(trace), trace)).ToArray();
            Console.Error.WriteLine($"{trace.Name}: {ratios[0]:0.0} %");
            var behind = ratios[0] - ratios[1..^1].Max();
            table.Add([trace.Name, .. ratios.Select(ratio => Text(ratio)), behind.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)]);
        }
        Console.Write(table);
    }

    private static double HitRatio(ICachePolicy policy, Trace trace)
    {
        var hits = 0;
        foreach (var item in trace.Objects)
            hits += policy.Ask(item, trace.Sizes[item] + (policy is StoragePolicy ? 0 : StoragePolicy.Overhead)) ? 1 : 0;
        return 100.0 * hits / trace.Objects.Length;
    }

    private static string Text(double ratio) => ratio.ToString("0.0", CultureInfo.InvariantCulture);
}

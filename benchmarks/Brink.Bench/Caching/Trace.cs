namespace Brink.Bench.Caching;

/// <summary>Requests for objects, one after another.</summary>
/// <param name="Name">What it is like.</param>
/// <param name="Objects">Which object each of them asks for.</param>
/// <param name="Sizes">Bytes of each object.</param>
/// <param name="Budget">Bytes that a cache has for it.</param>
internal sealed record Trace(string Name, int[] Objects, int[] Sizes, long Budget)
{
    private const int Requests = 500_000;
    private const int Footprint = 50_000;
    private const int OneSize = 2_000;

    /// <summary>All of them; the same ones for the same seed.</summary>
    public static IEnumerable<Trace> All(int seed)
    {
        foreach (var skew in (double[])[0.7, 0.9, 1.1])
        {
            foreach (var share in (double[])[0.01, 0.1])
                yield return Of($"Zipf {skew}, {share:0 %} fit in", share, OfOneSize, new Random(seed), Popular(skew));
        }
        foreach (var share in (double[])[0.01, 0.1])
            yield return Of($"Zipf 0.9, sizes of the web, {share:0 %} fit in", share, OfTheWeb, new Random(seed), Popular(0.9));
        yield return Of("Zipf 0.9, popularity wanders, 10 % fit in", 0.1, OfOneSize, new Random(seed), Wandering(0.9));
        yield return Of("Zipf 0.9, scans of new objects, 10 % fit in", 0.1, OfOneSize, new Random(seed), Scanned(again: false));
        yield return Of("Zipf 0.9, one scan again and again, 10 % fit in", 0.1, OfOneSize, new Random(seed), Scanned(again: true));
        yield return Of("Zipf 0.9, scans, sizes of the web, 10 % fit in", 0.1, OfTheWeb, new Random(seed), Scanned(again: false));
        yield return Of("Zipf 0.9, half of it a flood of new keys, 10 % fit in", 0.1, OfOneSize, new Random(seed), Flooded(0.5));
        yield return Of("Zipf 0.9, nine tenths of it a flood, 1 % fit in", 0.01, OfOneSize, new Random(seed), Flooded(0.9));
        yield return Of("a loop, half of it fits in", 0.5, OfOneSize, new Random(seed), (_, at) => at % (Footprint / 5));
        yield return Of("a loop and Zipf 0.9, 10 % fit in", 0.1, OfOneSize, new Random(seed), Looping());
    }

    private static Trace Of(string name, double share, Func<Random, int> sizeOf, Random random, Func<Random, int, int> next)
    {
        var objects = new int[Requests];
        for (var i = 0; i < objects.Length; i++)
            objects[i] = next(random, i);
        var sizes = new int[objects.Max() + 1];
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = sizeOf(random);
        return new Trace(name, objects, sizes, (long)(sizes.Take(Footprint).Sum(size => size + (double)StoragePolicy.Overhead) * share));
    }

    private static int OfOneSize(Random random) => OneSize;

    // Most are small, and most bytes are in few. One of 64 sizes, so that their bodies can be shared in memory.
    private static int OfTheWeb(Random random) =>
        (int)(500 * Math.Pow(1.12, Math.Clamp(Math.Round(24 + 12 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())), 0, 63)));

    private static Func<Random, int, int> Popular(double skew)
    {
        var shares = new double[Footprint];
        var sum = 0.0;
        for (var i = 0; i < Footprint; i++)
            shares[i] = sum += Math.Pow(i + 1, -skew);
        return (random, _) =>
        {
            var at = Array.BinarySearch(shares, random.NextDouble() * sum);
            return Math.Min(Footprint - 1, at < 0 ? ~at : at);
        };
    }

    // What was popular gives way, a little with every request.
    private static Func<Random, int, int> Wandering(double skew)
    {
        var popular = Popular(skew);
        return (random, at) => (popular(random, at) + at / 50) % Footprint;
    }

    // Behind each 30,000 requests come 10,000 for one object after another.
    private static Func<Random, int, int> Scanned(bool again)
    {
        var popular = Popular(0.9);
        return (random, at) =>
        {
            var (round, place) = (at / 40_000, at % 40_000);
            return place < 30_000 ? popular(random, at) : Footprint + (again ? 0 : round * 10_000) + place - 30_000;
        };
    }

    private static Func<Random, int, int> Flooded(double share)
    {
        var popular = Popular(0.9);
        return (random, at) => random.NextDouble() < share ? Footprint + at : popular(random, at);
    }

    private static Func<Random, int, int> Looping()
    {
        var popular = Popular(0.9);
        return (random, at) => at % 2 == 0 ? popular(random, at) : Footprint + at / 2 % 10_000;
    }
}

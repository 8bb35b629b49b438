namespace Brink.Bench;

/// <summary>Order statistics of samples.</summary>
internal static class Statistics
{
    /// <summary>The sample below which that share of all samples lies. Sorts the samples.</summary>
    public static double Percentile(Span<double> samples, double share)
    {
        if (samples.IsEmpty)
            return double.NaN;
        samples.Sort();
        return samples[Math.Min(samples.Length - 1, (int)(samples.Length * share))];
    }

    public static double Median(IEnumerable<double> samples)
    {
        var sorted = samples.Order().ToArray();
        if (sorted.Length == 0)
            return double.NaN;
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

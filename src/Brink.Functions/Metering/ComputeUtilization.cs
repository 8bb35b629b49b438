namespace Brink.Functions.Metering;

/// <summary>
/// How units of cost become the figure that TestFunction calls compute utilization: <c>Base + 100 * units / budget</c>, rounded down.
/// docs/metering.md says where the three constants come from: <see cref="Base"/>, <see cref="LogLineUnits"/>,
/// <see cref="ComputeBudget.Aws"/>.
/// </summary>
public static class ComputeUtilization
{
    /// <summary>Percent that every run has used before its first instruction: starting, and showing the event.</summary>
    public const int Base = 25;

    /// <summary>
    /// Units of a call of <c>console.log</c>, besides those of making its text: 5 percent of <see cref="ComputeBudget.Aws"/>.
    /// </summary>
    public const int LogLineUnits = 20_000;

    /// <summary>The figure of a run that was stopped, and the most that any run shows.</summary>
    public const int Most = 100;

    /// <summary>The figure for units used of a budget.</summary>
    public static int Of(long units, ComputeBudget budget) => (int)Math.Min(Most, Base + 100 * units / budget.Units);

    /// <summary>Units that a run may use, so that its figure stays within 100.</summary>
    public static long UnitsFor(ComputeBudget budget) => budget.Units * (100 - Base) / 100;
}

using System.CommandLine;
using Brink.Functions.JavaScript;
using Brink.Functions.Metering;
using Brink.Host.CommandLine;

namespace Brink.Host.Options;

/// <summary><c>--compute-budget</c>, of every command that runs CloudFront Functions.</summary>
internal static class ComputeBudgetOption
{
    private static readonly string[] Presets = ["aws", "1ms"];

    public const string Description =
        "What 100 percent of compute utilization are: aws (default), 1ms (more than AWS allows), or a number of units.";

    public const string HelpName = "NAME-or-UNITS";

    /// <summary>The option; it refuses what is no budget.</summary>
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--compute-budget") { Description = Description, HelpName = HelpName };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !ComputeBudget.TryParse(text, out _, out var problem))
                result.AddError($"--compute-budget {problem}{DidYouMean.After(text, Presets)}");
        });
        return OptionValues.WithWords(option, () => Presets);
    }

    /// <summary>A larger budget allows more work, so the alarm grows with it.</summary>
    private static TimeSpan AlarmFor(ComputeBudget budget) =>
        FunctionLimits.Default.CpuAlarm * Math.Max(1, (double)budget.Units / ComputeBudget.AwsUnits);

    /// <summary>The budgets of a run, from a value that the option accepted.</summary>
    public static FunctionLimits Limits(string? text) =>
        text is not null && ComputeBudget.TryParse(text, out var budget, out _)
            ? FunctionLimits.Default with { Compute = budget, CpuAlarm = AlarmFor(budget) }
            : FunctionLimits.Default;
}

using System.CommandLine;
using Brink.Functions.JavaScript;
using Brink.Functions.Metering;

namespace Brink.Host.Commands;

/// <summary><c>--compute-budget</c>, wherever functions run.</summary>
internal static class ComputeBudgetOption
{
    public const string Description = "What 100 percent of compute utilization are: aws (default), 1ms (more than AWS allows), or a number of units.";

    public const string HelpName = "NAME-or-UNITS";

    /// <summary>The option, which refuses what is no budget.</summary>
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--compute-budget") { Description = Description, HelpName = HelpName };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !ComputeBudget.TryParse(text, out _, out var problem))
                result.AddError($"--compute-budget {problem}");
        });
        return option;
    }

    /// <summary>Work that a larger budget allows is no fault: the alarm moves with it.</summary>
    private static TimeSpan AlarmFor(ComputeBudget budget) => FunctionLimits.Default.CpuAlarm * Math.Max(1, (double)budget.Units / ComputeBudget.AwsUnits);

    /// <summary>The budgets of a run, from the value that the option has let through.</summary>
    public static FunctionLimits Limits(string? text) =>
        text is not null && ComputeBudget.TryParse(text, out var budget, out _) ? FunctionLimits.Default with { Compute = budget, CpuAlarm = AlarmFor(budget) } : FunctionLimits.Default;
}

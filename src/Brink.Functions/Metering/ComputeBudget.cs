using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Brink.Http;

namespace Brink.Functions.Metering;

/// <summary>
/// How many units of cost make 100 percent of compute utilization. A larger budget than <see cref="Aws"/> accepts functions that AWS would
/// stop, and shows lower figures than those that a test against AWS's limit wants to see.
/// </summary>
/// <param name="Units">Units of cost (docs/metering.md).</param>
public readonly record struct ComputeBudget(long Units)
{
    /// <summary>The least and most that can be asked for by number.</summary>
    public const long Least = 10_000, Greatest = 1_000_000_000;

    /// <summary>Units of <see cref="Aws"/>.</summary>
    public const long AwsUnits = 400_000;

    /// <summary>
    /// The default, preset <c>aws</c>: about a third of a millisecond of this project's reference machine for the function itself.
    /// </summary>
    public static ComputeBudget Aws { get; } = new(AwsUnits);

    /// <summary>Preset <c>1ms</c>: about a millisecond of that machine for the function itself.</summary>
    public static ComputeBudget OneMillisecond { get; } = new(1_350_000);

    /// <summary>Reads what an operator wrote: a preset's name, or units.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="budget">The budget.</param>
    /// <param name="problem">What is wrong with it, a sentence's end for behind the setting's name; else null.</param>
    public static bool TryParse(string text, out ComputeBudget budget, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        budget = Aws;
        switch (text)
        {
            case "aws":
                return true;
            case "1ms":
                budget = OneMillisecond;
                return true;
        }
        if (!WireNumber.TryRead(text, out var units) || units is < Least or > Greatest)
        {
            problem = string.Create(CultureInfo.InvariantCulture,
                $"\"{text}\" is no compute budget: \"aws\", \"1ms\", or a number of units from {Least} to {Greatest}");
            return false;
        }
        budget = new ComputeBudget(units);
        return true;
    }
}

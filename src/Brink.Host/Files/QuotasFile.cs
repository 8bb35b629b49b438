using Brink.Host.CommandLine;
using Brink.Quotas;

namespace Brink.Host.Files;

/// <summary>What <c>--quotas</c> names: a preset, or an operator's own file.</summary>
internal static class QuotasFile
{
    /// <summary>What is wrong with what <c>--quotas</c> says, in sentences; none where it is not given.</summary>
    public static IEnumerable<string> Mistakes(string? nameOrFile) => nameOrFile is null || Read(nameOrFile, out var problems) is not null
        ? []
        : problems.Select(problem => $"--quotas {nameOrFile}: {problem}{DidYouMean.After(nameOrFile, LambdaQuotas.PresetNames)}");

    /// <summary>The quotas; null, with the reasons.</summary>
    public static LambdaQuotas? Read(string nameOrFile, out IReadOnlyList<string> mistakes)
    {
        mistakes = [];
        if (LambdaQuotas.Preset(nameOrFile) is { } preset)
            return preset;
        if (!File.Exists(nameOrFile))
        {
            mistakes = ["neither classic nor current, nor a file that is there"];
            return null;
        }
        var reading = new Reading();
        var result = reading.Text(nameOrFile) is { } json ? reading.Accept(nameOrFile, LambdaQuotasReader.Read(json, nameOrFile)) : null;
        mistakes = [.. reading.Mistakes.Select(mistake => mistake.Message)];
        return result;
    }
}

using System.Collections.Immutable;
using Brink.Functions.JavaScript;
using Brink.Host.Checking;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Host.Output;

namespace Brink.Host.Development;

/// <summary>Checks CloudFront Functions whose code is new, in the background: the new configuration serves already.</summary>
/// <param name="options">What the command line says.</param>
/// <param name="output">Gets the reports, in the order in which the checks began.</param>
internal sealed class FunctionChecks(DevOptions options, IDevOutput output) : IAsyncDisposable
{
    private readonly FileChecker _checker = new([], ComputeBudgetOption.Limits(options.ComputeBudget), null);
    private Task _last = Task.CompletedTask;

    /// <summary>Checks the functions and prints what was found.</summary>
    /// <param name="functions">The functions whose code is new.</param>
    /// <param name="mistakes">What has been printed about them already.</param>
    public void Begin(ImmutableArray<FunctionSource> functions, IReadOnlyList<FileMistake> mistakes)
    {
        if (!functions.IsEmpty)
            _last = _last.ContinueWith(
                _ => Tell(functions, mistakes), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>The reports. A function that was refused with its only error has none.</summary>
    public List<FileReport> ReportsOn(ImmutableArray<FunctionSource> functions, IReadOnlyList<FileMistake> mistakes) =>
    [
        .. functions.Select(source => _checker.Check(source, isRuntimeGiven: !options.Runtimes.IsEmpty, out _)!)
            .Select(WithoutUnreadableStore)
            .Where(report => report.Errors > 1 || !mistakes.Any(mistake => mistake.File == report.File)),
    ];

    public async ValueTask DisposeAsync() => await _last;

    /// <summary>A store that cannot be read has a mistake of its own.</summary>
    private FileReport WithoutUnreadableStore(FileReport report) => options.KeyValueStore is null
        ? report
        : report with { Findings = [.. report.Findings.Where(finding => finding.Rule.Id != "kvs-not-associated")] };

    private void Tell(ImmutableArray<FunctionSource> functions, IReadOnlyList<FileMistake> mistakes)
    {
        try
        {
            if (ReportsOn(functions, mistakes) is { Count: > 0 } reports)
                output.Checked(reports);
        }
        catch (Exception fault) // nothing waits for a check, and what serves does not depend on it
        {
            output.Faulted("function check", fault);
        }
    }
}

using System.Globalization;
using System.Text;
using Brink.Edge.Logs;
using Brink.Events;
using Brink.Functions;
using Brink.Host.Checking;
using Brink.Host.CommandLine;
using Brink.Host.Files;
using Brink.Lambda;
using Brink.Lambda.Versions;

namespace Brink.Host.Output;

/// <summary>For people: a line for each request, what its functions logged below it, errors with their place.</summary>
/// <param name="output">The terminal.</param>
/// <param name="errors">Gets the message that the terminal takes nothing.</param>
/// <param name="colors">Whether it has colours.</param>
/// <param name="zone">The time zone of the times.</param>
internal sealed class TextOutput(TextWriter output, TextWriter errors, Colors colors, TimeZoneInfo zone) : IDevOutput
{
    private readonly DroppedCookies _cookies = new();
    private readonly LineQueue _lines = new(
        output, errors, static dropped => $"({dropped} lines are missing here: the terminal did not take them)\n");

    public void Started(DevSummary summary)
    {
        var text = new StringBuilder();
        text.Append(colors.Bold("Brink is serving")).Append(' ').AppendJoin("  ", summary.Urls).Append('\n');
        foreach (var distribution in summary.Distributions)
        {
            text.Append(distribution.Staging is true ? "  staging          " : "  distribution     ")
                .Append(distribution.Id).Append("  ").Append(distribution.DomainName);
            foreach (var alias in distribution.Aliases)
                text.Append("  ").Append(alias);
            text.Append("  from ").Append(distribution.Origin).Append('\n');
        }
        foreach (var function in summary.Functions)
        {
            text.Append("  function         ")
                .Append(function.Name).Append("  ").Append(function.File).Append("  ").Append(function.Runtime);
            if (function.Debugger is { } address)
                text.Append("  debugger at ").Append(address);
            text.Append('\n');
        }
        if (summary.DefaultRootObject is { } root)
            text.Append("  default root     / is ").Append(root).Append("  (--default-root-object \"\" switches it off)\n");
        if (summary.KeyValueStoreId is { } id)
            text.Append("  key value store  ").Append(id).Append("  (every function: cf.kvs() or cf.kvs('").Append(id).Append("'))\n");
        if (summary.Admin is { } admin)
            text.Append("  admin            ").Append(admin).Append("  (/health, /ready, /metrics, POST /drain)\n");
        if (summary.LocalAuthority is { } authority)
            text.Append("  certificates     of the local authority: curl --cacert ").Append(authority).Append(", or see brink trust\n");
        if (summary.HttpCaching is { } rules)
            text.Append("  caching          by the rules of ").Append(rules).Append('\n');
        text.Append("Save a file and it takes effect; Ctrl-C stops.\n");
        _lines.Post(text.ToString());
    }

    public void Write(in AccessLogEntry entry)
    {
        var text = new StringBuilder(160);
        text.Append(colors.Dim(TimeZoneInfo.ConvertTime(entry.Time, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture))).Append("  ");
        text.Append(SafeText.Of(entry.Method)).Append(' ').Append(SafeText.Of(entry.Uri));
        if (entry.QueryString is not null)
            text.Append('?').Append(SafeText.Of(entry.QueryString));
        text.Append("  ").Append(Status(entry.StatusCode)).Append("  ").Append(colors.Dim(entry.ResultType.ToString())).Append("  ")
            .Append(entry.TimeTaken.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)).Append(" ms");
        if (entry.PrimaryDistribution is not null)
            text.Append("  staging ").Append(entry.DistributionId);
        if (entry.Protocol is "ws" or "wss")
            text.Append(CultureInfo.InvariantCulture, $"  {entry.ReceivedBytes} bytes sent, {entry.BodyBytes} received");
        AppendRun(text, "viewer-request", entry.ViewerRequestRun);
        foreach (var run in entry.LambdaRuns)
            AppendRun(text, run);
        AppendRun(text, "viewer-response", entry.ViewerResponseRun);
        text.Append('\n');
        if (entry.FailoverReason is { } reason)
            AppendIndented(text, $"{reason}; asked {entry.OriginId} instead", "");
        if (entry.OriginNote is { } note)
            AppendIndented(text, entry.OriginId is { } origin ? $"{origin}: {note}" : note, "");
        if (entry.ErrorPage is { } page)
            AppendIndented(text, string.Create(CultureInfo.InvariantCulture, $"{page.ErrorCode}: the viewer gets {page.Path}"), "");
        if (entry.Steps is { Count: > 0 } steps)
            AppendIndented(text, string.Join(", ", steps), "");
        AppendLogs(text, entry.ViewerRequestRun);
        foreach (var line in entry.LambdaRuns.SelectMany(run => run.OwnLines))
            AppendIndented(text, line.Replace('\r', '\n'), "| ");
        AppendLogs(text, entry.ViewerResponseRun);
        if (entry.ErrorDetail is { } detail)
            AppendIndented(text, detail, "! ");
        _lines.Post(text.ToString());
        if (_cookies.NoteOf(entry) is { } warning)
            Warned([warning]);
    }

    void IAccessLog.Refused(string reason) => _lines.Post($"refused  {SafeText.Of(reason)}\n");

    public void Faulted(string requestId, Exception exception) =>
        _lines.Post($"{colors.Red("a fault of Brink itself")}, request {requestId}: please report it\n{exception}\n");

    public void Reloaded(IReadOnlyList<string> files, TimeSpan taken)
    {
        var what = files.Count == 0 ? "content" : string.Join(", ", files);
        _lines.Post(colors.Dim(string.Create(CultureInfo.InvariantCulture, $"reloaded {what} in {taken.TotalMilliseconds:0} ms")) + "\n");
    }

    public void Acknowledged(IReadOnlyList<ReplicaAcknowledgement> acknowledgements)
    {
        foreach (var each in acknowledgements)
        {
            if (each.IsReady)
                _lines.Post(colors.Dim($"{each.Replica.Version} serves in {each.Replica.Region}") + "\n");
        }
    }

    public void Warned(IReadOnlyList<FileMistake> warnings)
    {
        foreach (var warning in warnings)
            _lines.Post($"{colors.Yellow("warning")}  {SafeText.Of(warning.File)}: {SafeText.Of(warning.Message)}\n");
    }

    public void Refused(IReadOnlyList<FileMistake> mistakes)
    {
        var text = new StringBuilder();
        foreach (var mistake in mistakes)
            mistake.AppendTo(text, colors);
        text.Append(colors.Dim("what served before goes on serving")).Append('\n');
        _lines.Post(text.ToString());
    }

    /// <summary>A line for each function, and every finding of one with errors.</summary>
    public void Checked(IReadOnlyList<FileReport> reports)
    {
        foreach (var report in reports)
        {
            if (report.Errors > 0)
            {
                _lines.Post(TextReport.Write([report], colors));
                continue;
            }
            var summary = TextReport.SummaryOf(report, new Colors(AreOn: false));
            var command = report.Warnings > 0 ? $"; brink function check {Quoted(report.File)} shows them" : "";
            _lines.Post(colors.Dim($"checked {SafeText.Of(report.File)}: {summary}{command}") + "\n");
        }
    }

    public void Draining() => _lines.Post(colors.Dim("stopping: requests under way may finish (Ctrl-C again ends at once)") + "\n");

    public ValueTask DisposeAsync() => _lines.DisposeAsync();

    private static void AppendRun(StringBuilder text, string trigger, FunctionRun? run)
    {
        if (run is { } ran)
            text.Append("  ")
                .Append(trigger).Append(' ').Append(ran.ComputeUtilization.ToString(CultureInfo.InvariantCulture)).Append(" %");
    }

    private static void AppendRun(StringBuilder text, LambdaRun run)
    {
        text.Append("  ").Append(run.EventType.ToName()).Append(' ').Append(run.Function).Append(' ')
            .Append(run.Duration.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)).Append(" ms");
        if (run.InitDuration is { } init)
            text.Append(" (init ").Append(init.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)).Append(" ms)");
    }

    private static void AppendLogs(StringBuilder text, FunctionRun? run)
    {
        if (run is { } ran)
        {
            foreach (var line in ran.Logs)
                AppendIndented(text, line, "| ");
        }
    }

    /// <summary>Quoted as a shell needs it.</summary>
    private static string Quoted(string file)
    {
        var safe = SafeText.Of(file);
        return safe.All(IsPlain) ? safe : $"'{safe.Replace("'", "'\\''", StringComparison.Ordinal)}'";

        static bool IsPlain(char character) =>
            char.IsLetterOrDigit(character) || character is '/' or '.' or '-' or '_' or '+' or '@' or '%' or ':' or ',';
    }

    private static void AppendIndented(StringBuilder text, string lines, string mark)
    {
        foreach (var line in lines.AsSpan().EnumerateLines())
            text.Append("    ").Append(mark).Append(SafeText.Of(line)).Append('\n');
    }

    private string Status(int status)
    {
        var text = status == 0 ? "000" : status.ToString(CultureInfo.InvariantCulture);
        return status >= 500 || status == 0 ? colors.Red(text) : status >= 400 ? colors.Yellow(text) : colors.Green(text);
    }
}

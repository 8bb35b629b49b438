using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Edge.Logs;
using Brink.Events;
using Brink.Functions;
using Brink.Host.Checking;
using Brink.Host.Files;
using Brink.Lambda;
using Brink.Lambda.Versions;

namespace Brink.Host.Output;

/// <summary>For programs: one JSON object a line, told apart by <c>type</c>.</summary>
internal sealed class JsonOutput(TextWriter output, TextWriter errors) : IDevOutput
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_bytes;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    private readonly DroppedCookies _cookies = new();
    private readonly LineQueue _lines = new(
        output, errors, static dropped => Line(new DroppedLine("dropped", dropped), JsonLines.Default.DroppedLine));

    public void Started(DevSummary summary) =>
        Post(
            new StartedLine(
                "started", summary.Urls, summary.Distributions, summary.Functions, summary.KeyValueStoreId, summary.DefaultRootObject,
                summary.LocalAuthority, summary.Admin, summary.HttpCaching),
            JsonLines.Default.StartedLine);

    public void Write(in AccessLogEntry entry)
    {
        Post(
            new RequestLine(
                "request", entry.Time, entry.RequestId, entry.DistributionId, entry.ViewerIp, entry.HttpVersion, entry.Method, entry.Host,
                entry.Uri, entry.QueryString, entry.Protocol,
                entry.StatusCode, entry.BodyBytes, entry.ReceivedBytes == 0 ? null : entry.ReceivedBytes,
                entry.ResultType.ToString(), entry.DetailedResultType, entry.TimeTaken.TotalMilliseconds,
                Of(entry.ViewerRequestRun), Of(entry.ViewerResponseRun), entry.OriginId, entry.FailoverReason, entry.OriginNote,
                entry.ErrorPage is { } page ? new ErrorPageLine(page.ErrorCode, page.Path) : null, entry.ErrorDetail,
                entry.LambdaRuns.Count == 0 ? null : [.. entry.LambdaRuns.Select(Of)], entry.NotStored?.ToString(),
                entry.Steps is { } steps ? [.. steps.Select(step => step.ToString())] : null,
                entry.PrimaryDistribution?.Id, entry.PrimaryDistribution?.DomainName),
            JsonLines.Default.RequestLine);
        if (_cookies.NoteOf(entry) is { } note)
            Warned([note]);
    }

    void IAccessLog.Refused(string reason) => Post(new MessageLine("refused", reason), JsonLines.Default.MessageLine);

    public void Faulted(string requestId, Exception exception) =>
        Post(new MessageLine("fault", $"{requestId}: {exception}"), JsonLines.Default.MessageLine);

    public void Reloaded(IReadOnlyList<string> files, TimeSpan taken) =>
        Post(new ReloadedLine("reloaded", files, taken.TotalMilliseconds), JsonLines.Default.ReloadedLine);

    public void Acknowledged(IReadOnlyList<ReplicaAcknowledgement> acknowledgements)
    {
        foreach (var each in acknowledgements)
            Post(
                new AcknowledgedLine(
                    "replica", each.Replica.Version.Name, each.Replica.Version.Number, each.Replica.Region.Name, each.At, each.IsReady,
                    each.Problem),
                JsonLines.Default.AcknowledgedLine);
    }

    public void Warned(IReadOnlyList<FileMistake> warnings) => Post(new WarningLine("warning", warnings), JsonLines.Default.WarningLine);

    public void Refused(IReadOnlyList<FileMistake> mistakes) =>
        Post(new NotReloadedLine("not-reloaded", mistakes), JsonLines.Default.NotReloadedLine);

    public void Checked(IReadOnlyList<FileReport> reports) =>
        Post(new CheckedLine("checked", JsonReport.Of(reports)), JsonLines.Default.CheckedLine);

    public void Draining() => Post(new MessageLine("draining", "requests under way may finish"), JsonLines.Default.MessageLine);

    public ValueTask DisposeAsync() => _lines.DisposeAsync();

    private void Post<T>(T line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        var bytes = s_bytes ??= new ArrayBufferWriter<byte>(1024);
        bytes.ResetWrittenCount();
        var writer = s_writer ??= new Utf8JsonWriter(bytes);
        writer.Reset(bytes);
        JsonSerializer.Serialize(writer, line, type);
        bytes.Write("\n"u8);
        _lines.Post(bytes.WrittenSpan);
    }

    private static string Line<T>(T line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Serialize(line, type) + "\n";

    private static LambdaRunLine Of(LambdaRun run) => new(
        run.EventType.ToName(), run.Function, run.RequestId, run.Duration.TotalMilliseconds, run.InitDuration?.TotalMilliseconds,
        [.. run.OwnLines], run.Failure?.Message);

    private static RunLine? Of(FunctionRun? run) => run is { } ran
        ? new RunLine(ran.ComputeUtilization, ran.Logs, (ran.Outcome as FunctionOutcome.Fail)?.Error.Message)
        : null;
}

/// <summary>The shapes of the lines.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StartedLine))]
[JsonSerializable(typeof(RequestLine))]
[JsonSerializable(typeof(MessageLine))]
[JsonSerializable(typeof(ReloadedLine))]
[JsonSerializable(typeof(NotReloadedLine))]
[JsonSerializable(typeof(WarningLine))]
[JsonSerializable(typeof(AcknowledgedLine))]
[JsonSerializable(typeof(CheckedLine))]
[JsonSerializable(typeof(DroppedLine))]
internal sealed partial class JsonLines : JsonSerializerContext;

internal sealed record StartedLine(
    string Type, IReadOnlyList<string> Urls, IReadOnlyList<DevDistribution> Distributions, IReadOnlyList<DevFunction> Functions,
    string? KeyValueStoreId,
    string? DefaultRootObject, string? LocalAuthority, string? Admin, string? HttpCaching);

internal sealed record RequestLine(
    string Type, DateTimeOffset Time, string RequestId, string? DistributionId, string ViewerIp, string HttpVersion, string Method,
    string Host, string Uri, string? QueryString, string Protocol,
    int Status, long BodyBytes, long? ReceivedBytes, string ResultType, string DetailedResultType, double Milliseconds,
    RunLine? ViewerRequest, RunLine? ViewerResponse,
    string? Origin, string? Failover, string? OriginNote, ErrorPageLine? ErrorPage, string? Error, IReadOnlyList<LambdaRunLine>? Lambda,
    string? NotStored, IReadOnlyList<string>? Steps, string? PrimaryDistributionId, string? PrimaryDistributionDnsName);

internal sealed record ErrorPageLine(int ErrorCode, string Path);

internal sealed record LambdaRunLine(
    string Event, string Function, string LambdaRequestId, double Milliseconds, double? InitMilliseconds, IReadOnlyList<string> Logs,
    string? Error);

internal sealed record AcknowledgedLine(
    string Type, string Function, int Version, string Region, DateTimeOffset At, bool Ready, string? Problem);

internal sealed record RunLine(int ComputeUtilization, IReadOnlyList<string> Logs, string? Error);

internal sealed record MessageLine(string Type, string Text);

internal sealed record ReloadedLine(string Type, IReadOnlyList<string> Files, double Milliseconds);

internal sealed record CheckedLine(string Type, CheckJson Report);

internal sealed record DroppedLine(string Type, long Lines);

internal sealed record WarningLine(string Type, IReadOnlyList<FileMistake> Warnings);

internal sealed record NotReloadedLine(string Type, IReadOnlyList<FileMistake> Mistakes);

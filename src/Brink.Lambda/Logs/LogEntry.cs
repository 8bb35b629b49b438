using Brink.Lambda.Versions;

namespace Brink.Lambda.Logs;

/// <summary>One line of a function's log.</summary>
/// <param name="Time">When Brink read it.</param>
/// <param name="Region">Where the function ran.</param>
/// <param name="LogGroup"><c>/aws/lambda/us-east-1.NAME</c>.</param>
/// <param name="LogStream">The environment's.</param>
/// <param name="RequestId">Lambda's id of the invocation; null for a line written between invocations or while loading.</param>
/// <param name="EdgeRequestId">The viewer's request behind it, if any.</param>
/// <param name="Text">The line, without its end.</param>
public readonly record struct LogEntry(
    DateTimeOffset Time, Region Region, string LogGroup, string LogStream, string? RequestId, string? EdgeRequestId, string Text);

/// <summary>Takes the lines of every environment.</summary>
public interface ILambdaLog
{
    /// <summary>Takes one line; never waits for a disk or a reader.</summary>
    void Write(in LogEntry entry);
}

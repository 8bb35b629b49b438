using System.Collections.Immutable;

namespace Brink.Resources;

/// <summary>A real-time log configuration (distribution spec 2.14).</summary>
/// <param name="Name">Its name: what its ARN ends with.</param>
/// <param name="SamplingRate">Of a hundred requests, how many are logged: 1 to 100.</param>
/// <param name="StreamArn">The Kinesis data stream that records go to.</param>
/// <param name="Fields">The fields of a record, as the configuration lists them.</param>
public sealed record RealtimeLogConfig(string Name, int SamplingRate, string StreamArn, ImmutableArray<string> Fields)
{
    /// <summary>The name in an ARN of a real-time log configuration; null where it is no such ARN.</summary>
    public static string? NameOf(string arn)
    {
        const string kind = ":realtime-log-config/";
        var at = arn.IndexOf(kind, StringComparison.Ordinal);
        return at > 0 && arn.StartsWith("arn:aws", StringComparison.Ordinal) && arn.Length > at + kind.Length
            ? arn[(at + kind.Length)..]
            : null;
    }
}

namespace Brink.Lambda.Versions;

/// <summary>A numbered version as it stands in one region (lambda-edge spec 5).</summary>
/// <param name="Version">What was published in us-east-1.</param>
/// <param name="Region">Where the replica runs.</param>
public sealed record RegionReplica(FunctionVersion Version, Region Region)
{
    /// <summary>The replica's own ARN: <c>arn:aws:lambda:eu-central-1:000000000000:function:us-east-1.NAME:3</c>.</summary>
    public string Arn => Version.ReplicaArn(Region);
}

/// <summary>A region's answer about a replica: its code has been loaded there and serves, or why not.</summary>
/// <param name="Replica">Which version, where.</param>
/// <param name="At">When.</param>
/// <param name="Problem">Null when it serves; else the reason, in the words of the runtime.</param>
public sealed record ReplicaAcknowledgement(RegionReplica Replica, DateTimeOffset At, string? Problem)
{
    /// <summary>It serves.</summary>
    public bool IsReady => Problem is null;
}

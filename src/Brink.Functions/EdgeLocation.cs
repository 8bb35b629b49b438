namespace Brink.Functions;

/// <summary>Where an edge stands, as functions read it (functions spec 7.2).</summary>
/// <param name="Name">Three capitals, the code of an airport: <c>FRA</c>.</param>
/// <param name="Region">The region that is asked on a miss: <c>eu-central-1</c>.</param>
public sealed record EdgeLocation(string Name, string Region)
{
    /// <summary>An edge whose location is not configured: <c>LCL</c>, for local, in <c>us-east-1</c>.</summary>
    public static EdgeLocation Default { get; } = new("LCL", "us-east-1");
}

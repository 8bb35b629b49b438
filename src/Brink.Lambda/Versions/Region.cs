namespace Brink.Lambda.Versions;

/// <summary>
/// The label of the region where a function's replica runs. It names pools, logs and <c>AWS_REGION</c>; it is not a place by itself.
/// </summary>
/// <param name="Name"><c>us-east-1</c>, <c>eu-central-1</c> and so on.</param>
public sealed record Region(string Name)
{
    /// <summary>Where functions are created, and where they run by default.</summary>
    public static Region Home { get; } = new("us-east-1");

    /// <inheritdoc/>
    public override string ToString() => Name;
}

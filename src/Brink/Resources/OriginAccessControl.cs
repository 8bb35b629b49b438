namespace Brink.Resources;

/// <summary>
/// How requests to an origin are signed (distribution spec 2.2). Of the types that AWS has, Brink signs for buckets: <c>s3</c>, with
/// <c>sigv4</c>.
/// </summary>
/// <param name="Id">Its id; empty for one that a function describes.</param>
/// <param name="SigningBehavior">Which requests. Default always, AWS's own advice.</param>
public sealed record OriginAccessControl(string Id, SigningBehavior SigningBehavior = SigningBehavior.Always)
{
    /// <summary>The words for <see cref="SigningBehavior"/>, in its order.</summary>
    public static IReadOnlyList<string> SigningBehaviors { get; } = ["always", "never", "no-override"];

    /// <summary>The behavior of that word; null for none.</summary>
    public static SigningBehavior? BehaviorOf(string? word) => word switch
    {
        "always" => SigningBehavior.Always,
        "never" => SigningBehavior.Never,
        "no-override" => SigningBehavior.NoOverride,
        _ => null,
    };
}

/// <summary>Which requests an origin access control signs.</summary>
public enum SigningBehavior
{
    /// <summary>always: every request, over any Authorization that the viewer sent.</summary>
    Always,
    /// <summary>never: none.</summary>
    Never,
    /// <summary>no-override: those that come without an Authorization of the viewer's.</summary>
    NoOverride,
}

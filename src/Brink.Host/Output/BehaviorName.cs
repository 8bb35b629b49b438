using Brink.Distributions;

namespace Brink.Host.Output;

/// <summary>The name of a behavior in a line.</summary>
internal static class BehaviorName
{
    public static string Of(PathPattern pattern) =>
        pattern == PathPattern.Any ? "the default behavior" : $"the behavior '{pattern.Pattern}'";
}

using Brink.Distributions;

namespace Brink.Host.Output;

/// <summary>How a line calls a behavior.</summary>
internal static class BehaviorName
{
    public static string Of(PathPattern pattern) => pattern == PathPattern.Any ? "the default behavior" : $"the behavior '{pattern.Pattern}'";
}

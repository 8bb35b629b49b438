using System.Collections.Immutable;
using Brink.Host.CommandLine;
using Brink.JavaScript;
using Brink.Lambda.Versions;

namespace Brink.Host.Options;

/// <summary>
/// What <c>--runtime</c> says, each time it is there: a runtime of CloudFront Functions or one of Lambda@Edge, for all functions of that
/// kind or for one by its name: <c>--runtime nodejs22.x --runtime old=cloudfront-js-1.0</c>.
/// </summary>
internal sealed class FunctionRuntimes
{
    private readonly Dictionary<string, Runtime> _cloudFrontByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _lambdaByName = new(StringComparer.Ordinal);
    private Runtime? _cloudFront;
    private string? _lambda;

    /// <summary>Every runtime that may be named.</summary>
    public static IEnumerable<string> All =>
        Enum.GetValues<Runtime>().Select(runtime => runtime.ToName()).Concat(LambdaRuntime.All.Select(one => one.Identifier));

    /// <summary>Whether a runtime of CloudFront Functions was given.</summary>
    public bool NamesCloudFront => _cloudFront is not null || _cloudFrontByName.Count > 0;

    /// <summary>Whether a runtime of Lambda@Edge was given.</summary>
    public bool NamesLambda => _lambda is not null || _lambdaByName.Count > 0;

    /// <summary>The names of CloudFront Functions that were given a runtime of their own.</summary>
    public IEnumerable<string> CloudFrontNames => _cloudFrontByName.Keys;

    /// <summary>The names of Lambda@Edge functions that were given a runtime of their own.</summary>
    public IEnumerable<string> LambdaNames => _lambdaByName.Keys;

    /// <summary>The runtime of a CloudFront Function; null where none was given.</summary>
    public Runtime? OfCloudFrontFunction(string name) => _cloudFrontByName.TryGetValue(name, out var runtime) ? runtime : _cloudFront;

    /// <summary>The runtime of a Lambda@Edge function; null where none was given.</summary>
    public string? OfLambda(string name) => _lambdaByName.TryGetValue(name, out var runtime) ? runtime : _lambda;

    public static FunctionRuntimes Read(ImmutableArray<string> values, List<string> mistakes)
    {
        var read = new FunctionRuntimes();
        foreach (var value in values)
        {
            var at = value.IndexOf('=', StringComparison.Ordinal);
            var (name, runtime) = (at < 0 ? null : value[..at], value[(at + 1)..]);
            if (name is "")
                mistakes.Add($"--runtime {value}: write NAME=RUNTIME, or the runtime alone for all functions");
            else if (RuntimeNames.TryParse(runtime, out var dialect))
                Note(name is null ? Take(ref read._cloudFront, dialect) : read._cloudFrontByName.TryAdd(name, dialect), value);
            else if (LambdaRuntime.TryParse(runtime, out _))
                Note(
                    name is null ? read._lambda is null && (read._lambda = runtime) is not null : read._lambdaByName.TryAdd(name, runtime),
                    value);
            else
                mistakes.Add($"--runtime {value}: Brink runs {string.Join(", ", All)}{DidYouMean.After(runtime, All)}");
        }
        return read;

        void Note(bool isFirst, string value)
        {
            if (!isFirst)
                mistakes.Add($"--runtime {value}: the runtime is said twice");
        }
    }

    private static bool Take(ref Runtime? place, Runtime runtime)
    {
        if (place is not null)
            return false;
        place = runtime;
        return true;
    }
}

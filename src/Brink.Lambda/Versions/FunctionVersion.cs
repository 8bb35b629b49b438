using System.Text.RegularExpressions;
using Brink.Lambda.Debugging;

namespace Brink.Lambda.Versions;

/// <summary>
/// A published, numbered version of a Lambda function: immutable, as at AWS. To the pool two objects are two versions, even with equal
/// contents: its environments belong to the object.
/// </summary>
public sealed partial class FunctionVersion
{
    /// <summary>Lambda's smallest and largest memory, in megabytes.</summary>
    public static readonly (int Smallest, int Largest) MemoryRange = (128, 10_240);

    /// <summary>Lambda's memory where none is named, in megabytes.</summary>
    public const int DefaultMemory = 128;

    /// <summary>Lambda's longest timeout. The edge has shorter ones of its own.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(900);

    /// <summary>The bare name, as the function was created: <c>my-function</c>.</summary>
    public required string Name { get; init; }

    /// <summary>1 and up.</summary>
    public required int Number { get; init; }

    /// <summary>The unpacked package, an absolute path. The process sees it read-only, as LAMBDA_TASK_ROOT.</summary>
    public required string CodeFolder { get; init; }

    /// <summary>The declared runtime.</summary>
    public required LambdaRuntime Runtime { get; init; }

    /// <summary><c>index.handler</c>.</summary>
    public required string Handler { get; init; }

    /// <summary>What one invocation may take. Default 3 seconds, as at AWS.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What the processes of one environment may hold. Default 128.</summary>
    public int MemoryMegabytes { get; init; } = DefaultMemory;

    /// <summary>Lets a debugger attach; there is one environment at a time then. Default: none.</summary>
    public FunctionDebugger? Debugger { get; init; }

    /// <summary>The version's ARN, of the account 000000000000.</summary>
    public string Arn => ArnIn(Region.Home, Name);

    /// <summary>The name of every replica, in whatever region: it starts with the home region (lambda-edge spec 5).</summary>
    public string ReplicaName => $"{Region.Home.Name}.{Name}";

    /// <summary>The replica's ARN: what a function finds in its context.</summary>
    public string ReplicaArn(Region region) => ArnIn(region, ReplicaName);

    /// <summary>The log group of the replicas, the same in every region.</summary>
    public string LogGroup => $"/aws/lambda/{ReplicaName}";

    /// <summary>What Lambda would refuse; each entry names the rule and the value. Empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        if (!NamePattern().IsMatch(Name))
            mistakes.Add($"the name '{Name}' must be 1 to 64 letters, digits, '-' or '_'");
        if (Number < 1)
            mistakes.Add($"the version {Number} must be a number from 1 on");
        if (Handler.Length is 0 or > 128 || Handler.Any(char.IsWhiteSpace))
            mistakes.Add($"the handler '{Handler}' must be 1 to 128 characters without spaces");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > LongestTimeout)
            mistakes.Add($"the timeout of {Timeout.TotalSeconds:0.###} s must be 1 to {LongestTimeout.TotalSeconds:0} seconds");
        if (MemoryMegabytes < MemoryRange.Smallest || MemoryMegabytes > MemoryRange.Largest)
            mistakes.Add($"the memory of {MemoryMegabytes} MB must be {MemoryRange.Smallest} to {MemoryRange.Largest} MB");
        return mistakes;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}:{Number}";

    private string ArnIn(Region region, string name) => $"arn:aws:lambda:{region.Name}:000000000000:function:{name}:{Number}";

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex NamePattern();
}

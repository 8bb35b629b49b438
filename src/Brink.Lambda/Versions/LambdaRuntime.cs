using System.Diagnostics.CodeAnalysis;

namespace Brink.Lambda.Versions;

/// <summary>What starts a function's code.</summary>
public enum RuntimeFamily
{
    /// <summary>Node.js, by Brink's own bootstrap.</summary>
    Node,
    /// <summary>Python, by Brink's own bootstrap.</summary>
    Python,
    /// <summary>An executable <c>bootstrap</c> in the function's folder that speaks the Runtime API itself.</summary>
    Provided,
}

/// <summary>
/// A runtime identifier as Lambda's API spells it (lambda-edge spec 3.7). It decides semantics; the interpreter is
/// the one that the machine has.
/// </summary>
public sealed record LambdaRuntime
{
    private LambdaRuntime(string identifier, RuntimeFamily family, Version version, bool isDeprecated = false) =>
        (Identifier, Family, Version, IsDeprecated) = (identifier, family, version, isDeprecated);

    /// <summary>All that Brink runs, oldest first in each family.</summary>
    public static IReadOnlyList<LambdaRuntime> All { get; } =
    [
        Node(18, isDeprecated: true), Node(20), Node(22), Node(24),
        Python(9, isDeprecated: true), Python(10), Python(11), Python(12), Python(13), Python(14),
        new("provided.al2", RuntimeFamily.Provided, new Version(2, 0)), new(
            "provided.al2023", RuntimeFamily.Provided, new Version(2023, 0)),
    ];

    /// <summary><c>nodejs22.x</c>, <c>python3.13</c>, <c>provided.al2023</c>.</summary>
    public string Identifier { get; }

    /// <summary>What starts the code.</summary>
    public RuntimeFamily Family { get; }

    /// <summary>The version in the identifier.</summary>
    public Version Version { get; }

    /// <summary>AWS no longer lets functions on it be created.</summary>
    public bool IsDeprecated { get; }

    /// <summary>The handler when none is named: <c>index.handler</c> or <c>lambda_function.lambda_handler</c>.</summary>
    public string DefaultHandler => Family == RuntimeFamily.Python ? "lambda_function.lambda_handler" : "index.handler";

    /// <summary>The runtime of that identifier; false for any other text.</summary>
    public static bool TryParse(string? identifier, [NotNullWhen(true)] out LambdaRuntime? runtime)
    {
        runtime = All.FirstOrDefault(known => known.Identifier == identifier);
        return runtime is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Identifier;

    private static LambdaRuntime Node(int major, bool isDeprecated = false) =>
        new($"nodejs{major}.x", RuntimeFamily.Node, new Version(major, 0), isDeprecated);

    private static LambdaRuntime Python(int minor, bool isDeprecated = false) =>
        new($"python3.{minor}", RuntimeFamily.Python, new Version(3, minor), isDeprecated);
}

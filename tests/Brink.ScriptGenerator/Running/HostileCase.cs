using System.Diagnostics;
using Brink.JavaScript;

namespace Brink.ScriptGenerator.Running;

/// <summary>
/// A script of <c>tests/functions/hostile</c>. Its first line says what it does and how it must end: <c>// An endless loop; ends: over-compute</c>. The ends
/// are <c>over-compute</c>, <c>over-memory</c>, <c>throws TEXT</c>, <c>returns</c>, <c>invalid</c> (a result that CloudFront refuses) and <c>refused</c> (does
/// not compile); where a change of prices may decide, several are joined by <c>or</c>.
/// </summary>
internal sealed record HostileCase(string Name, byte[] Code, string[] Ends)
{
    private const string Marker = "; ends: ";

    public override string ToString() => Name;

    public static IReadOnlyList<HostileCase> ReadAll(string repository) =>
        [.. Directory.GetFiles(Path.Combine(repository, "tests/functions/hostile"), "*.js").Order(StringComparer.Ordinal).Select(Read)];

    private static HostileCase Read(string file)
    {
        var line = File.ReadLines(file).First();
        var at = line.IndexOf(Marker, StringComparison.Ordinal);
        return at < 0
            ? throw new InvalidDataException($"{file} does not say how it ends")
            : new HostileCase(Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(file), line[(at + Marker.Length)..].Split(" or "));
    }

    /// <summary>With the budgets of production; where memory has to be the end, with compute to reach it.</summary>
    public ScriptUnderTest? Compile(out string refusal) =>
        ScriptUnderTest.Compile(Code, Runtime.CloudFrontJs20, out refusal, ScriptUnderTest.DefaultSteps * (Ends.Contains("over-memory") && !Ends.Contains("over-compute") ? 100 : 1));

    /// <summary>Whether it may end so. Null for a script that does not compile.</summary>
    public bool MayEnd(ScriptRun? run) => Ends.Any(end => run switch
    {
        null => end == "refused",
        { Fault: not null } => false,
        { Status: CallStatus.OverCompute } => end == "over-compute",
        { Status: CallStatus.OverMemory } => end == "over-memory",
        { Status: CallStatus.Threw } => end.StartsWith("throws", StringComparison.Ordinal) && run.Result.StartsWith("Threw " + end["throws".Length..].Trim(), StringComparison.Ordinal),
        { Status: CallStatus.Returned } => end == (run.Result.StartsWith("invalid: ", StringComparison.Ordinal) ? "invalid" : "returns"),
        _ => throw new UnreachableException(),
    });
}

using System.Text;
using Brink.JavaScript;
using Brink.JavaScript.Execution;

namespace Brink.ScriptGenerator.Running;

/// <summary>
/// Runs a script twice on a kept realm, once on a fresh one, and now and then with a tree of shapes that is full. Whatever the script is, no exception of ours may
/// escape, and the runs must be the same to the last step and byte.
/// </summary>
internal sealed class Fuzzing
{
    /// <summary>Generated scripts have bounds of their own; spoilt ones need not end.</summary>
    private const long Steps = 100_000;

    /// <summary>How many scripts were run, and how many of those were refused, threw, went over a budget.</summary>
    public int Runs { get; private set; }

    public int Refused { get; private set; }

    public int Threw { get; private set; }

    public int OverBudget { get; private set; }

    /// <summary>Scripts of the repository, to be spoilt.</summary>
    public static IReadOnlyList<byte[]> Corpus(string repository)
    {
        string[] folders = ["samples", "benchmarks", "tests/functions", "tests/conformance"];
        return [.. folders.Select(folder => Path.Combine(repository, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.js", SearchOption.AllDirectories)).Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes).Where(code => code.Length is > 0 and <= Limits.FunctionBytes)];
    }

    /// <summary>One script in four is for runtime 1.0.</summary>
    public static ScriptSettings SettingsOf(ulong seed) => new() { IsRuntime20 = seed % 4 != 3 };

    /// <summary>Runs a generated script; the problem, or null. One that does not compile is a problem too, of the generator or of the parser.</summary>
    public string? Generated(ulong seed)
    {
        var settings = SettingsOf(seed);
        var source = Scripts.Generate(seed, settings);
        if (Check(Encoding.UTF8.GetBytes(source), settings.IsRuntime20 ? Runtime.CloudFrontJs20 : Runtime.CloudFrontJs10, out var refusal) is { } problem)
            return $"generated script {seed}: {problem}\n{source}";
        return refusal.Length == 0 ? null : $"generated script {seed} is refused: {refusal}\n{source}";
    }

    /// <summary>Runs a spoilt script, if it compiles; the problem, or null.</summary>
    public string? Mutated(SourceMutator mutator, ulong seed)
    {
        var code = mutator.Mutate(seed);
        var runtime = seed % 4 == 3 ? Runtime.CloudFrontJs10 : Runtime.CloudFrontJs20;
        return Check(code, runtime, out _) is { } problem ? $"spoilt script {seed}: {problem}\n{Encoding.UTF8.GetString(code)}" : null;
    }

    private string? Check(byte[] code, Runtime runtime, out string refusal)
    {
        Runs++;
        refusal = "";
        try
        {
            if (ScriptUnderTest.Compile(code, runtime, out refusal, Steps) is not { } script)
            {
                Refused++;
                return null;
            }
            var first = script.Run();
            var second = script.Run();
            RealmPool.Forget();
            var fresh = script.Run();
            if (Runs % 8 == 0)                          // the dear part
                script.FillShapes();
            var full = script.Run();
            Threw += first.Status == CallStatus.Threw ? 1 : 0;
            OverBudget += first.Status is CallStatus.OverCompute or CallStatus.OverMemory ? 1 : 0;
            if ((first.Fault ?? second.Fault ?? fresh.Fault ?? full.Fault) is { } fault)
                return $"a fault of ours: {fault}";
            return first != second ? $"two runs differ:\n{first}\n{second}"
                : first != fresh ? $"a fresh realm differs:\n{first}\n{fresh}"
                : first != full ? $"a full tree of shapes differs:\n{first}\n{full}"
                : null;
        }
        catch (Exception escaped)
        {
            return $"an exception escaped: {escaped}";
        }
    }
}

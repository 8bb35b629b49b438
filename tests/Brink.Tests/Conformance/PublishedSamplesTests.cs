using System.Text.Json.Nodes;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.Functions.Testing;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>The jobs of AWS's published samples give the published outputs (functions spec 9.3); tests/functions/aws-samples/README.md says how they are written.</summary>
public sealed class PublishedSamplesTests
{
    private static readonly DateTimeOffset Now = new(2021, 4, 9, 22, 2, 12, TimeSpan.Zero);

    private static string Folder => Path.Combine(Corpus.Root, "tests", "functions", "aws-samples");

    /// <summary>Sample, name of the event's file, runtime.</summary>
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var folder in Directory.EnumerateDirectories(Folder).Order(StringComparer.Ordinal))
            {
                foreach (var file in Directory.EnumerateFiles(folder, "event*.json").Order(StringComparer.Ordinal))
                {
                    foreach (var runtime in File.ReadAllLines(Path.Combine(folder, "runtimes")))
                        cases.Add(Path.GetFileName(folder), Path.GetFileName(file), runtime);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sample_GivesThePublishedOutput(string sample, string eventFile, string runtime)
    {
        var folder = Path.Combine(Folder, sample);
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, eventFile.Replace("event", "expected", StringComparison.Ordinal))))!;

        var outcome = FunctionTestRunner.Test(Compile(folder, runtime), File.ReadAllBytes(Path.Combine(folder, eventFile)), Now);

        var result = Assert.IsType<TestOutcome.Tested>(outcome).Result;
        Assert.Equal(expected["FunctionErrorMessage"]!.GetValue<string>(), result.FunctionErrorMessage);
        Assert.Equal(expected["FunctionExecutionLogs"]!.AsArray().Select(line => line!.GetValue<string>()), result.FunctionExecutionLogs);
        Assert.True(JsonNode.DeepEquals(expected["FunctionOutput"], JsonNode.Parse(result.FunctionOutput)), $"expected {expected["FunctionOutput"]!.ToJsonString()}\nfound    {result.FunctionOutput}");
        Assert.InRange(int.Parse(result.ComputeUtilization, System.Globalization.CultureInfo.InvariantCulture), 1, 99);
    }

    private static JavaScriptFunction Compile(string folder, string runtime)
    {
        Assert.True(RuntimeNames.TryParse(runtime, out var parsed), $"{folder}/runtimes: '{runtime}' is no runtime");
        KeyValueStore? store = null;
        var storeFile = Path.Combine(folder, "store.json");
        if (File.Exists(storeFile))
            store = new KeyValueStore("store", Assert.IsType<ImportOutcome.Imported>(KeyValueStoreContents.Import(File.ReadAllBytes(storeFile), Now, Now)).Contents);
        var source = new FunctionSource { Name = Path.GetFileName(folder), FileName = "function.js", Runtime = parsed, Code = File.ReadAllBytes(Path.Combine(folder, "function.js")), KeyValueStore = store };
        return JavaScriptFunction.Compile(source, FunctionLimits.Default, new StandingClock());
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

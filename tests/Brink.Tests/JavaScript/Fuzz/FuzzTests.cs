using Brink.JavaScript;
using Brink.ScriptGenerator;
using Brink.ScriptGenerator.Running;

namespace Brink.Tests.JavaScript.Fuzz;

/// <summary>Random programs and spoilt ones, from fixed seeds. <c>./bench fuzz</c> does the same for longer; a failure names the seed and shows the script.</summary>
public class FuzzTests
{
    [Fact]
    public void ForIn_CostsTheSame_WhateverShapesEarlierCallsMade()
    {
        // The engine writes out the empty name in JSON.stringify, so from the second call on there is a shape for the computed one.
        var script = ScriptUnderTest.Compile(
            "function handler(event) { for (var k in ({['']: 0})) {} JSON.stringify(1, function () {}); return event.request }", Runtime.CloudFrontJs20, out _)!;

        Assert.Equal(script.Run(), script.Run());
    }

    [Fact]
    public void GeneratedScripts_CompileAndRunTheSameEverywhere()
    {
        var fuzzing = new Fuzzing();
        for (ulong seed = 1; seed <= 15_000; seed++)
        {
            if (fuzzing.Generated(seed) is { } problem)
                Assert.Fail(problem);
        }
        TestContext.Current.SendDiagnosticMessage($"{fuzzing.Runs} scripts, {fuzzing.Threw} threw, {fuzzing.OverBudget} over budget");
        // Most must run to their end, or the generator tests little.
        Assert.InRange(fuzzing.Threw + fuzzing.OverBudget, 1, fuzzing.Runs / 2);
    }

    [Fact]
    public void SpoiltScripts_AreRefusedOrRunTheSameEverywhere()
    {
        var mutator = new SourceMutator(Fuzzing.Corpus(Repository.Root));
        var fuzzing = new Fuzzing();
        for (ulong seed = 1; seed <= 15_000; seed++)
        {
            if (fuzzing.Mutated(mutator, seed) is { } problem)
                Assert.Fail(problem);
        }
        TestContext.Current.SendDiagnosticMessage($"{fuzzing.Runs} scripts, {fuzzing.Refused} refused, {fuzzing.Threw} threw, {fuzzing.OverBudget} over budget");
        Assert.InRange(fuzzing.Refused, fuzzing.Runs / 4, fuzzing.Runs * 95 / 100);
    }

    [Fact]
    public void PortableScripts_CompileAndRun()
    {
        for (ulong seed = 1; seed <= 500; seed++)
        {
            var settings = ScriptSettings.Portable with { IsRuntime20 = seed % 2 == 0 };
            var source = Scripts.Generate(seed, settings);
            var script = ScriptUnderTest.Compile(source, settings.IsRuntime20 ? Runtime.CloudFrontJs20 : Runtime.CloudFrontJs10, out var refusal);
            Assert.True(script is not null, $"seed {seed}: {refusal}\n{source}");
            Assert.Null(script.Run().Fault);
        }
    }

    [Fact]
    public void SameSeed_GivesTheSameScript()
    {
        for (ulong seed = 1; seed <= 50; seed++)
            Assert.Equal(Scripts.Generate(seed, new ScriptSettings()), Scripts.Generate(seed, new ScriptSettings()));
        Assert.NotEqual(Scripts.Generate(1, new ScriptSettings()), Scripts.Generate(2, new ScriptSettings()));
    }
}

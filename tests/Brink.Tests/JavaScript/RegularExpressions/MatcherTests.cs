using Brink.JavaScript;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.RegularExpressions;

namespace Brink.Tests.JavaScript.RegularExpressions;

public class MatcherTests
{
    [Fact]
    public void RandomPatterns_MatchAsTheNaiveMatcherDoes()
    {
        var random = new Random(20261122);
        var compared = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var generator = new PatternGenerator(random);
            var pattern = generator.Next(4);
            for (var k = 0; k < 3; k++)
            {
                var text = generator.Text();
                if (new NaiveMatcher(text, generator.Groups).Exec(pattern) is not { } expected)
                    continue;
                compared++;
                var actual = RegExpProbe.Exec(pattern.Write(), "", text);
                Assert.True(expected == actual, $"/{pattern.Write()}/ on \"{text}\": expected {expected}, got {actual}");
            }
        }
        Assert.InRange(compared, 50_000, 60_000);
    }

    [Theory]
    [InlineData("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]
    [InlineData("(?:a|a)*$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]
    [InlineData("(x+x+)+y", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("(a*)*(a*)*(a*)*(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("(?=(a*a*a*a*a*a*a*a*b))", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("((((a?){30}){30}){30})b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void CatastrophicPattern_EndsAtTheLimitOrWithTheBudget(string pattern, string subject)
    {
        Assert.Equal("limit", RegExpProbe.Exec(pattern, "", subject, realm: TestRealm.New(steps: 10_000_000, memoryBytes: 100_000_000)));

        var stopped = Assert.Throws<ScriptStopped>(() => RegExpProbe.Exec(pattern, "", subject, realm: TestRealm.New(steps: 100_000)));
        Assert.Equal(StopReason.OverCompute, stopped.Reason);
    }

    [Fact]
    public void StackOfWaysOutgrowsTheMemory_CallIsStopped()
    {
        var stopped = Assert.Throws<ScriptStopped>(
            () => RegExpProbe.Exec("(?:a|b)*c", "", new string('a', 500_000), realm: TestRealm.New(steps: 100_000_000, memoryBytes: 2_000_000)));
        Assert.Equal(StopReason.OverMemory, stopped.Reason);
    }

    [Fact]
    public void StackIsFreeAgainAfterTheMatch()
    {
        var realm = TestRealm.New(steps: 10_000_000);
        RegExpProbe.Exec("(?:a|b)*c", "", new string('a', 4_000) + "c", realm: realm);
        var first = realm.MemoryLeft;
        RegExpProbe.Exec("(?:a|b)*c", "", new string('a', 4_000) + "c", realm: realm);
        Assert.Equal(8_002, first - realm.MemoryLeft);                 // the subject alone
    }

    [Theory]
    [InlineData("^\\s+|\\s+$")]
    [InlineData("\\s+")]
    [InlineData("[^,]*,")]
    [InlineData("(\\w+)=(\\w+)")]
    [InlineData(".*;")]
    [InlineData("x*y")]
    public void OrdinaryPatternOverLongText_TakesStepsInProportion(string pattern)
    {
        var subject = string.Concat(Enumerable.Repeat("abc def ", 500));
        var realm = TestRealm.New(steps: 400_000);
        RegExpProbe.Exec(pattern, "", subject, realm: realm);
        Assert.InRange(400_000 - realm.StepsLeft, 1, 6 * subject.Length);
    }

    [Fact]
    public void SameSearchTwice_CostsTheSame()
    {
        long Cost()
        {
            var realm = TestRealm.New(steps: 10_000_000);
            RegExpProbe.Exec("(a|ab|abc)*?(d+)\\2", "i", "xxABCabcabddDdd", realm: realm);
            return realm.StepsLeft;
        }
        Assert.Equal(Cost(), Cost());
    }

    [Theory]
    [InlineData("a{1,1000}")]
    [InlineData("(?:(?:(?:a{65535}){65535}){65535}){65535}")]
    [InlineData("((a{0,65535}){0,65535}){0,65535}b")]
    public void LargeCounts_MakeSmallPrograms(string pattern)
    {
        var compiled = Assert.IsType<RegExpCompileOutcome.Compiled>(RegExpProbe.Compile(pattern, ""));
        Assert.InRange(compiled.Program.Code.Length, 1, 200);
    }

    [Fact]
    public void PatternIsVeryDeep_RefusedNotCrashed()
    {
        var pattern = new string('(', 8_000) + new string(')', 8_000);
        var refused = Assert.IsType<RegExpCompileOutcome.Refused>(RegExpProbe.Compile(pattern, ""));
        Assert.Contains("parentheses are too deeply nested", refused.Message);
        Assert.IsType<RegExpCompileOutcome.Compiled>(RegExpProbe.Compile(new string('(', 250) + new string(')', 250), ""));
    }

    [Fact]
    public void PatternIsVeryLong_RefusedOrCompiled()
    {
        Assert.IsType<RegExpCompileOutcome.Compiled>(RegExpProbe.Compile(new string('a', 10_240), ""));
        Assert.IsType<RegExpCompileOutcome.Compiled>(RegExpProbe.Compile(string.Concat(Enumerable.Repeat("(a|b)*", 2_000)), ""));
        var refused = Assert.IsType<RegExpCompileOutcome.Refused>(RegExpProbe.Compile(new string('a', 100_000), ""));
        Assert.Contains("regular expression is too large", refused.Message);
    }

    [Fact]
    public void RandomCharactersAsPattern_AreRefusedOrRun()
    {
        var random = new Random(7);
        const string Alphabet = "ab(()))[]{}*+?|\\^$.,-:<>=!0123dwsbBkxucpLiQE#&'";
        for (var i = 0; i < 50_000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            RegExpProbe.Exec(pattern, random.Next(2) == 0 ? "" : "im", "aab1-b\nA");
        }
    }

    [Theory]
    [InlineData("g", true, true)]
    [InlineData("gim", true, true)]
    [InlineData("y", false, true)]
    [InlineData("gimy", false, true)]
    [InlineData("gg", false, false)]
    [InlineData("u", false, false)]
    [InlineData("s", false, false)]
    [InlineData("d", false, false)]
    [InlineData("v", false, false)]
    [InlineData("G", false, false)]
    public void Flags_AreThoseOfTheRuntime(string flags, bool in10, bool in20)
    {
        Check(Runtime.CloudFrontJs10, in10);
        Check(Runtime.CloudFrontJs20, in20);

        void Check(Runtime runtime, bool accepted)
        {
            if (accepted)
                Assert.IsType<RegExpCompileOutcome.Compiled>(RegExpProbe.Compile("a", flags, runtime));
            else
                Assert.Equal($"Invalid RegExp flags \"{flags}\"", Assert.IsType<RegExpCompileOutcome.Refused>(RegExpProbe.Compile("a", flags, runtime)).Message);
        }
    }

    [Theory]
    [InlineData("(?1)(a)", "recursion, conditions, callouts and branch reset are not supported")]
    [InlineData("(?|a|b)", "recursion, conditions, callouts and branch reset are not supported")]
    [InlineData("(?(1)a)", "recursion, conditions, callouts and branch reset are not supported")]
    [InlineData("(*FAIL)", "(*VERB) is not supported")]
    [InlineData("a\\Kb", "\\K is not supported")]
    [InlineData("\\p{Greek}", "unicode property \"Greek\" is not supported")]
    public void LibraryFeatureThatTheEngineLacks_IsRefusedByName(string pattern, string words) =>
        Assert.Contains(words, Assert.IsType<RegExpCompileOutcome.Refused>(RegExpProbe.Compile(pattern, "")).Message);

    [Theory]
    [InlineData("b", "", 0, "1:[\"b\"]")]
    [InlineData("b", "", 2, "3:[\"b\"]")]
    [InlineData("b", "y", 0, "null")]
    [InlineData("b", "y", 1, "1:[\"b\"]")]
    [InlineData("^a", "", 2, "null")]
    [InlineData("^a", "m", 2, "null")]
    [InlineData("(?<=a)b", "", 1, "1:[\"b\"]")]
    [InlineData("(?<=a)b", "y", 3, "3:[\"b\"]")]
    [InlineData("$", "", 4, "4:[\"\"]")]
    [InlineData("\\bb", "", 1, "null")]
    public void SearchFromAPlace_StillSeesWhatIsBefore(string pattern, string flags, int start, string expected) =>
        Assert.Equal(expected, RegExpProbe.Exec(pattern, flags, "abab", start));
}

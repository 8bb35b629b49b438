using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Modules;

public sealed class ConsoleModuleTests
{
    [Theory]
    [InlineData("console.log('a')", "a")]
    [InlineData("console.log('a', 1, true)", "a 1 true")]
    [InlineData("console.log()", "")]
    [InlineData("console.log('a'); console.log('b')", "a|b")]
    [InlineData("console.log('%s', 'x')", "%s x")]
    [InlineData("console.log(undefined, null)", "undefined null")]
    public void Arguments_AreJoinedWithASpace(string body, string expected) => Assert.Equal(expected, string.Join("|", OnRequest(body, Request()).Logs));

    [Fact]
    public void LogsOverTenKilobytes_AreCut()
    {
        var run = OnRequest("for (var i = 0; i < 12; i++) console.log('é'.repeat(500))", Request());

        Assert.Equal(11, run.Logs.Count);
        Assert.Equal(120, run.Logs[10].Length);         // 10 lines of 1,000 bytes, then 240 bytes
    }

    [Fact]
    public void NothingLogged_IsAnEmptyList() => Assert.Empty(OnRequest("", Request()).Logs);

    [Fact]
    public void LogsOfAFailedRun_AreKept() => Assert.Equal(["before"], OnRequest("console.log('before'); throw new Error('x')", Request()).Logs);
}

using Brink.ContinuousDeployment;
using Brink.Http;

namespace Brink.Tests.ContinuousDeployment;

public sealed class StickySessionTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, StickySession.KeyBytes).Select(at => (byte)at)];
    private static readonly SessionStickiness Stickiness = new(TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(1000));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatIsWritten_IsFoundAgain(bool isStaging)
    {
        var session = new StickySession(isStaging, 1_700_000_000, 1_700_000_123);

        Assert.Equal(session, Find($"a=1; {StickySession.CookieName}={session.Write(Key)};b=2"));
    }

    [Fact]
    public void ValueOfAnotherHand_IsNone()
    {
        var value = new StickySession(false, 1_700_000_000, 1_700_000_000).Write(Key);

        for (var at = 0; at < value.Length; at++)
        {
            var other = value[at] == 'A' ? 'B' : 'A';
            Assert.Null(Find($"{StickySession.CookieName}={value[..at]}{other}{value[(at + 1)..]}"));
        }
        Assert.Null(Find($"{StickySession.CookieName}={value}A"));
        Assert.Null(Find($"{StickySession.CookieName}={value[..^1]}"));
        Assert.Null(Find($"{StickySession.CookieName}="));
        Assert.Null(Find(StickySession.CookieName));
        Assert.Null(Find($"{StickySession.CookieName}={new string('~', value.Length)}"));
        Assert.Null(Find($"x-{StickySession.CookieName}={value}"));
        Assert.Null(StickySession.Find(Cookie($"{StickySession.CookieName}={value}"), new byte[StickySession.KeyBytes]));
    }

    [Fact]
    public void OfSeveral_TheFirstThatIsSignedCounts()
    {
        var session = new StickySession(true, 1_700_000_000, 1_700_000_000);

        Assert.Equal(session, Find($"{StickySession.CookieName}=forged; {StickySession.CookieName}={session.Write(Key)}"));
    }

    [Fact]
    public void OfVeryMany_AFewAreLookedAt()
    {
        var session = new StickySession(true, 1_700_000_000, 1_700_000_000);
        string After(int others) => string.Concat(Enumerable.Repeat($"{StickySession.CookieName}=forged; ", others)) + $"{StickySession.CookieName}={session.Write(Key)}";

        Assert.Equal(session, Find(After(3)));
        Assert.Null(Find(After(4)));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 299, true)]
    [InlineData(0, 300, false)]
    [InlineData(900, 999, true)]
    [InlineData(900, 1000, false)]
    public void Session_EndsByIdleAndByMaximumTtl(long seen, long now, bool isAlive) =>
        Assert.Equal(isAlive, new StickySession(true, 0, seen).IsAlive(Stickiness, now));

    [Theory]
    [InlineData(0, "; Path=/; Max-Age=300; HttpOnly")]
    [InlineData(900, "; Path=/; Max-Age=100; HttpOnly")]
    public void Cookie_LastsAsLongAsTheSession(long seen, string attributes)
    {
        var session = new StickySession(true, 0, seen);

        Assert.Equal($"{StickySession.CookieName}={session.Write(Key)}{attributes}", session.ToSetCookie(Stickiness, Key));
    }

    [Theory]
    [InlineData("aws-cf-cd-session=x", null)]
    [InlineData("a=1;aws-cf-cd-session=x;b=2", "a=1; b=2")]
    [InlineData("a=1;aws-cf-cd-session-b=x", "a=1;aws-cf-cd-session-b=x")]
    [InlineData("a=1", "a=1")]
    public void Cookie_IsTakenOut(string before, string? after)
    {
        var headers = Cookie(before);

        StickySession.RemoveFrom(headers);

        Assert.Equal(after, headers.Get("cookie"));
    }

    private static StickySession? Find(string cookies) => StickySession.Find(Cookie(cookies), Key);

    private static HeaderList Cookie(string cookies)
    {
        var headers = new HeaderList();
        headers.Add("Cookie", cookies);
        return headers;
    }
}

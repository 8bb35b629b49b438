using System.Globalization;
using Brink.Edge.Messages;

namespace Brink.Tests.Edge.Cache;

public sealed class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("Wednesday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("Sun Nov  6 08:49:37 1994", "1994-11-06 08:49:37")]
    [InlineData("Sun Nov 16 08:49:37 1994", "1994-11-16 08:49:37")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("Thu, 29 Feb 2024 00:00:00 GMT", "2024-02-29 00:00:00")]
    [InlineData("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01 00:00:00")]
    // Letter case does not count.
    [InlineData("Sun, 06 Nov 1994 08:49:37 gmt", "1994-11-06 08:49:37")]
    [InlineData("Sun, 06 nov 1994 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("SUN, 06 Nov 1994 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("sunday, 06-NOV-94 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("sun nov  6 08:49:37 1994", "1994-11-06 08:49:37")]
    // More than 50 years ahead is the past.
    [InlineData("Monday, 15-Jun-76 12:00:00 GMT", "2076-06-15 12:00:00")]
    [InlineData("Monday, 15-Jun-76 12:00:01 GMT", "1976-06-15 12:00:01")]
    [InlineData("Monday, 01-Jan-77 00:00:00 GMT", "1977-01-01 00:00:00")]
    [InlineData("Monday, 01-Jan-00 00:00:00 GMT", "2000-01-01 00:00:00")]
    public void TheThreeForms_AreDates(string text, string expected) => Assert.Equal(expected, Parse(text, Now));

    [Fact]
    public void TwoDigits_AtTheEndOfACentury_MeanTheNextOne() =>
        Assert.Equal("2101-01-01 00:00:00", Parse("Monday, 01-Jan-01 00:00:00 GMT", new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("Sun, 6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun,  6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GxT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 +0000")]
    [InlineData("Sun, 06 Nov 1994 08:49:37")]
    [InlineData("Xyz, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sun, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sunday, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994  08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 8:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT ")]
    [InlineData(" Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:00:00 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:61 GMT")]
    [InlineData("Sun, 00 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 31 Nov 1994 08:49:37 GMT")]
    [InlineData("Wed, 29 Feb 2023 00:00:00 GMT")]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("Sun Nov 6 08:49:37 1994")]
    [InlineData("Sun Nov  6 08:49:37 1994 GMT")]
    [InlineData("Sun, 06 Nov \u0661\u0669\u0669\u0664 08:49:37 GMT")]
    public void AnythingElse_IsNone(string? text) => Assert.False(HttpDate.TryParse(text, Now, out _));

    private static string Parse(string text, DateTimeOffset now) =>
        HttpDate.TryParse(text, now, out var date) ? date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "no date";
}

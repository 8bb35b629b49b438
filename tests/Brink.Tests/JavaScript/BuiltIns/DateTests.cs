using Brink.JavaScript.BuiltIns.Dates;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns;

public class DateTests
{
    [Theory]
    [InlineData(0, "toString", "Thu Jan 01 1970 00:00:00 GMT+0000")]
    [InlineData(0, "toUTCString", "Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(0, "toDateString", "Thu Jan 01 1970")]
    [InlineData(0, "toTimeString", "00:00:00 GMT+0000")]
    [InlineData(0, "toISOString", "1970-01-01T00:00:00.000Z")]
    [InlineData(0, "toLocaleString", "Thu Jan 01 1970 00:00:00 GMT+0000")]
    [InlineData(8.64e15, "toISOString", "+275760-09-13T00:00:00.000Z")]
    [InlineData(-8.64e15, "toISOString", "-271821-04-20T00:00:00.000Z")]
    [InlineData(-1e14, "toString", "Thu Feb 15 -1199 14:13:20 GMT+0000")]
    [InlineData(-1e14, "toUTCString", "Thu, 15 Feb -1199 14:13:20 GMT")]
    [InlineData(-62198755200000, "toISOString", "-000001-01-01T00:00:00.000Z")]
    [InlineData(-62198755200000, "toUTCString", "Fri, 01 Jan -0001 00:00:00 GMT")]
    [InlineData(-1, "toISOString", "1969-12-31T23:59:59.999Z")]
    [InlineData(double.NaN, "toString", "Invalid Date")]
    [InlineData(double.NaN, "toUTCString", "Invalid Date")]
    [InlineData(double.NaN, "toISOString", "RangeError: Invalid time value")]
    [InlineData(double.NaN, "toJSON", "RangeError: Invalid time value")]
    [InlineData(1795341600123, "toJSON", "2026-11-22T10:00:00.123Z")]
    [InlineData(1795341600123, "getDay", "0")]
    [InlineData(1795341600123, "getMonth", "10")]
    [InlineData(1795341600123, "getUTCDate", "22")]
    [InlineData(1795341600123, "getHours", "10")]
    [InlineData(1795341600123, "getMilliseconds", "123")]
    [InlineData(1795341600123, "getTimezoneOffset", "0")]
    [InlineData(double.NaN, "getFullYear", "NaN")]
    public void Method_TellsTheTime(double time, string method, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(calls.New("Date", time), method)));
    }

    [Theory]
    [InlineData("2020", 1577836800000)]
    [InlineData("2020-05", 1588291200000)]
    [InlineData("2020-05-06", 1588723200000)]
    [InlineData("2020-05-06T07:08", 1588748880000)]
    [InlineData("2020-05-06T07:08:09", 1588748889000)]
    [InlineData("2020-05-06T07:08:09Z", 1588748889000)]
    [InlineData("2020-05-06T07:08:09.1Z", 1588748889100)]
    [InlineData("2020-05-06T07:08:09.12345Z", 1588748889123)]
    [InlineData("2020-05-06T07:08:09+02:00", 1588741689000)]
    [InlineData("2020-05-06T24:00:00Z", 1588809600000)]
    [InlineData("+002020-01-01T00:00:00Z", 1577836800000)]
    [InlineData("-000001-01-01T00:00:00Z", -62198755200000)]
    [InlineData("Sun, 22 Nov 2026 10:00:00 GMT", 1795341600000)]
    [InlineData("Sun Nov 22 2026 10:00:00 GMT+0000 (UTC)", 1795341600000)]
    [InlineData("Sun Nov 22 2026 10:00:00 GMT+0200", 1795334400000)]
    [InlineData("Nov 22, 2026", 1795305600000)]
    [InlineData("November 22, 2026 10:00", 1795341600000)]
    [InlineData("22 Nov 2026", 1795305600000)]
    [InlineData("22 Nov 2026 10:00:11 +0100", 1795338011000)]
    [InlineData("Sun Nov 22 2026", 1795305600000)]
    [InlineData("-000000-01-01T00:00:00Z", double.NaN)]
    [InlineData("2020-13-01", double.NaN)]
    [InlineData("2020-02-32", double.NaN)]
    [InlineData("2020-05-06T07", double.NaN)]
    [InlineData("2020-05-06T24:00:01Z", double.NaN)]
    [InlineData("2020-05-06T07:60", double.NaN)]
    [InlineData("2020-5-6", double.NaN)]
    [InlineData("2020/05/06", double.NaN)]
    [InlineData("Sun Nov 22 10:00:00 2026", double.NaN)]
    [InlineData("Sunday, 22-Nov-26 10:00:00 GMT", double.NaN)]
    [InlineData("+275760-09-13T00:00:00.001Z", double.NaN)]
    [InlineData("garbage", double.NaN)]
    [InlineData("", double.NaN)]
    [InlineData("Nov", double.NaN)]
    [InlineData("22 Nov 2026 10:00:00 GMT+", double.NaN)]
    public void Parse_KnowsTheFormats(string text, double expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Static("Date", "parse", text).AsNumber);
        Assert.Equal(expected, calls.Call(calls.New("Date", text), "getTime").AsNumber);
    }

    [Fact]
    public void WhatIsWritten_IsReadBack()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var time = Math.Floor((random.NextDouble() * 2 - 1) * 8.64e15);
            Assert.Equal(time, DateText.Parse(DateText.ToIso(time)));
            var seconds = Math.Floor(time / 1000) * 1000;
            if (Math.Abs(time) < 6e13)                  // years of four digits
            {
                Assert.Equal(seconds, DateText.Parse(DateText.ToUtc(time)));
                Assert.Equal(seconds, DateText.Parse(DateText.ToDateAndTime(time)));
            }
        }
    }

    [Fact]
    public void Calendar_AgreesWithThePlatforms()
    {
        for (var day = -719_162; day < 2_932_896; day += 97)         // years 1 to 9999
        {
            var f = DateMath.Split(day * DateMath.MillisecondsPerDay);
            var expected = DateTime.UnixEpoch.AddDays(day);
            Assert.Equal((expected.Year, expected.Month - 1, expected.Day, (int)expected.DayOfWeek), ((int)f.Year, f.Month, f.Day, f.WeekDay));
            Assert.Equal(day, DateMath.MakeDay(f.Year, f.Month, f.Day));
        }
    }

    [Theory]
    [InlineData(0, "setFullYear", 1591401600000, 2020, 5, 6)]
    [InlineData(double.NaN, "setFullYear", 1577836800000, 2020)]
    [InlineData(double.NaN, "setMonth", double.NaN, 1)]
    [InlineData(0, "setMonth", double.NaN)]
    [InlineData(0, "setMonth", -31 * 86400000.0, -1)]
    [InlineData(0, "setDate", 31 * 86400000.0, 32)]
    [InlineData(0, "setHours", 90061001, 25, 1, 1, 1)]
    [InlineData(1234, "setUTCHours", 3601234, 1)]
    [InlineData(0, "setMinutes", 60000, 1)]
    [InlineData(0, "setSeconds", 1005, 1, 5)]
    [InlineData(0, "setUTCMilliseconds", 7, 7)]
    [InlineData(0, "setTime", 3, 3.9)]
    [InlineData(double.NaN, "setTime", 3, 3)]
    [InlineData(0, "setTime", double.NaN, 8.64e15 + 1)]
    public void Setter_CarriesOver(double time, string method, double expected, params object[] arguments)
    {
        var calls = new NativeCalls();
        var date = calls.New("Date", time);
        Assert.Equal(expected, calls.Call(date, method, arguments).AsNumber);
        Assert.Equal(expected, calls.Call(date, "valueOf").AsNumber);
    }

    [Theory]
    [InlineData("2020-03-02T02:02:02.001Z", 2020, 1, 30, 25, 61, 61, 1001)]
    [InlineData("1999-01-01T00:00:00.000Z", 99, 0)]
    [InlineData("1900-01-01T00:00:00.000Z", 0, 0)]
    [InlineData("-000001-01-01T00:00:00.000Z", -1, 0)]
    [InlineData("2020-01-01T00:00:00.000Z", 2019, 12)]
    [InlineData("RangeError: Invalid time value", 2019, double.NaN)]
    [InlineData("RangeError: Invalid time value", 1e9, 1)]
    [InlineData("1970-01-01T00:00:00.001Z", true)]
    [InlineData("RangeError: Invalid time value", 8.64e15 + 1)]
    public void Constructor_TakesFields(string expected, params object[] arguments)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(calls.New("Date", arguments), "toISOString")));
    }

    [Fact]
    public void Utc_IsTheSameWithoutAnObject()
    {
        var calls = new NativeCalls();
        Assert.Equal(1577836800000, calls.Static("Date", "UTC", 2020).AsNumber);
        Assert.Equal(915148800000, calls.Static("Date", "UTC", 99, 0).AsNumber);
        Assert.Equal(double.NaN, calls.Static("Date", "UTC").AsNumber);
    }

    [Fact]
    public void TimeStandsStill()
    {
        var calls = new NativeCalls();
        Assert.Equal(TestRealm.StartTime, calls.Static("Date", "now").AsNumber);
        Assert.Equal(TestRealm.StartTime, calls.Call(calls.New("Date"), "getTime").AsNumber);
        Assert.Equal("Sun Nov 22 2026 10:00:00 GMT+0000", calls.Show(calls.Static("", "Date")));
    }

    [Fact]
    public void DateOfADate_IsACopy()
    {
        var calls = new NativeCalls();
        var first = calls.New("Date", 5);
        var second = calls.New("Date", first);
        calls.Call(first, "setTime", 6);
        Assert.Equal(5, calls.Call(second, "getTime").AsNumber);
    }

    [Fact]
    public void MethodOnSomethingElse_IsATypeError()
    {
        var calls = new NativeCalls();
        var getTime = calls.Realm.Get(calls.New("Date"), calls.Realm.AtomOf("getTime"));
        Assert.Equal("TypeError: cannot convert object to date", calls.Show(calls.Realm.Call(getTime, Value.Object(calls.Realm.NewObject()), [])));
    }
}

using System.Text;
using Brink.Http;

namespace Brink.Tests.Http;

public sealed class WireNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("00000000000000000000000000000000", 0)]
    [InlineData("00000000000000000000000000000042", 42)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Digits_AreTheirNumber(string text, long expected)
    {
        Assert.True(WireNumber.TryRead(text, out var number));
        Assert.True(WireNumber.TryRead(Encoding.Latin1.GetBytes(text), out var ofBytes));
        Assert.True(WireNumber.TryReadSaturating(text, out var saturating));
        Assert.Equal((expected, expected, expected), (number, ofBytes, saturating));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("3\0")]
    [InlineData("3\0\0\0")]
    [InlineData("\03")]
    [InlineData("+3")]
    [InlineData("-0")]
    [InlineData(" 3")]
    [InlineData("3 ")]
    [InlineData("3\t")]
    [InlineData("1 2")]
    [InlineData("1_000")]
    [InlineData("1,000")]
    [InlineData("3.0")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("\u0663")] // a digit, in Arabic
    [InlineData("\uff13")] // a digit, of full width
    [InlineData("\u0133")] // ends in the byte of a digit
    [InlineData("99999999999999999999x")]
    public void WhateverElse_IsNone(string text)
    {
        Assert.False(WireNumber.TryRead(text, out var number));
        Assert.False(WireNumber.TryRead(Encoding.UTF8.GetBytes(text), out _));
        Assert.False(WireNumber.TryReadSaturating(text, out _));
        Assert.False(WireNumber.TryRead(text, 65535, out _));
        Assert.Equal(0, number);
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999999999999999999999990")]
    public void TooLarge_IsAnError_OrTheLargest(string text)
    {
        Assert.False(WireNumber.TryRead(text, out _));
        Assert.True(WireNumber.TryReadSaturating(text, out var number));
        Assert.Equal(long.MaxValue, number);
    }

    [Theory]
    [InlineData("65535", true)]
    [InlineData("65536", false)]
    [InlineData("4294967297", false)]
    public void AboveTheBound_IsAnError(string text, bool isRead) => Assert.Equal(isRead, WireNumber.TryRead(text, 65535, out _));

    [Fact]
    public void HexByte_IsTwoDigits()
    {
        for (var value = 0; value < 256; value++)
        {
            Assert.True(WireNumber.TryReadHexByte($"{value:x2}", out var lower) && lower == value);
            Assert.True(WireNumber.TryReadHexByte($"{value:X2}", out var upper) && upper == value);
        }
        foreach (var text in new[] { "", "4", "4\0", "\04", "+4", " 4", "4 ", "4g", "414", "\uff14\uff11" })
            Assert.False(WireNumber.TryReadHexByte(text, out _), text);
    }
}

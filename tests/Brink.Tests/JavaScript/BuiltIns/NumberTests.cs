using System.Globalization;
using Brink.JavaScript;
using Brink.JavaScript.BuiltIns.Numbers;
using Brink.JavaScript.Decimals;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns;

public class NumberTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e21, "1e+21")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(999999999999999900000.0, "999999999999999900000")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.5e-7, "1.5e-7")]
    [InlineData(0.00001234, "0.00001234")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(9007199254740993.0, "9007199254740992")]
    [InlineData(-9007199254740991.0, "-9007199254740991")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(2.2250738585072011e-308, "2.225073858507201e-308")]
    [InlineData(2.2250738585072014e-308, "2.2250738585072014e-308")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(4.35, "4.35")]
    [InlineData(0.1 + 0.2, "0.30000000000000007")]
    [InlineData(100.0, "100")]
    [InlineData(1e300, "1e+300")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Text_IsThatOfTheEngineFamily(double number, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(number, "toString")));
    }

    [Fact]
    public void RandomNumbers_ReadBackTheSame()
    {
        var random = new Random(5);
        Span<char> text = stackalloc char[DecimalText.MaxLength];
        for (var i = 0; i < 100_000; i++)
        {
            var number = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (!double.IsFinite(number))
                continue;
            var length = DecimalText.Format(number, text);
            Assert.Equal(number, NumberText.ToNumber(new TextView(text[..length]), Runtime.CloudFrontJs20));
            Assert.Equal(number, NumberText.ParseFloat(text[..length]));
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" \t\n\u00a0\ufeff12\u2028 ", 12)]
    [InlineData("0x1F", 31)]
    [InlineData("0o17", 15)]
    [InlineData("0b101", 5)]
    [InlineData("0B12", double.NaN)]
    [InlineData("0x", double.NaN)]
    [InlineData("0xg", double.NaN)]
    [InlineData("1_0", double.NaN)]
    [InlineData("1,000", double.NaN)]
    [InlineData("1e1000", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("infinity", double.NaN)]
    [InlineData(".", double.NaN)]
    [InlineData("5.", 5)]
    [InlineData(".5", 0.5)]
    [InlineData("1e", double.NaN)]
    [InlineData("1e+", double.NaN)]
    [InlineData("+", double.NaN)]
    [InlineData("+5", 5)]
    [InlineData("--5", double.NaN)]
    [InlineData("1 2", double.NaN)]
    [InlineData("1e-2", 0.01)]
    [InlineData("nan", double.NaN)]
    [InlineData("😀", double.NaN)]
    [InlineData("9007199254740993", 9007199254740992)]
    public void TextToNumber_FollowsTheGrammar(string text, double expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Static("", "Number", text).AsNumber);
    }

    [Theory]
    [InlineData(1.005, 2, "1.00")]
    [InlineData(1.45, 1, "1.4")]
    [InlineData(2.5, 0, "3")]
    [InlineData(-2.5, 0, "-3")]
    [InlineData(-0.0, 2, "0.00")]
    [InlineData(0.000001, 7, "0.0000010")]
    [InlineData(1e21, 2, "1e+21")]
    [InlineData(123.456, 0, "123")]
    [InlineData(0.5, 0, "1")]
    [InlineData(1e20, 2, "100000000000000000000.00")]
    [InlineData(5e-324, 3, "0.000")]
    [InlineData(0.1, 20, "0.10000000000000000555")]
    [InlineData(double.NaN, 2, "NaN")]
    [InlineData(1, -1, "RangeError: digits argument must be between 0 and 100")]
    [InlineData(1, 101, "RangeError: digits argument must be between 0 and 100")]
    public void ToFixed_RoundsTheExactValue(double number, int digits, string expected) => Check(number, "toFixed", digits, expected);

    [Theory]
    [InlineData(123.456, 4, "123.5")]
    [InlineData(0.00001, 1, "0.00001")]
    [InlineData(1e-7, 3, "1.00e-7")]
    [InlineData(123456, 2, "1.2e+5")]
    [InlineData(99.99, 3, "100")]
    [InlineData(999.9, 3, "1.00e+3")]
    [InlineData(0, 3, "0.00")]
    [InlineData(1e21, 22, "1000000000000000000000")]
    [InlineData(1.25, 2, "1.2")]
    [InlineData(5e-324, 3, "4.94e-324")]
    [InlineData(1.7976931348623157e308, 5, "1.7977e+308")]
    [InlineData(0.1, 21, "0.100000000000000005550")]
    [InlineData(123.456, 0, "RangeError: precision argument must be between 1 and 100")]
    [InlineData(123.456, 101, "RangeError: precision argument must be between 1 and 100")]
    public void ToPrecision_GivesTheDialectsDigits(double number, int precision, string expected) => Check(number, "toPrecision", precision, expected);

    [Theory]
    [InlineData(123.456, null, "1.23456e+2")]
    [InlineData(123.456, 2, "1.23e+2")]
    [InlineData(0, null, "0e+0")]
    [InlineData(0, 2, "0.00e+0")]
    [InlineData(-1e-7, null, "-1e-7")]
    [InlineData(9.99, 1, "1.0e+1")]
    [InlineData(5e-324, null, "5e-324")]
    [InlineData(double.PositiveInfinity, 200, "Infinity")]
    [InlineData(1, -1, "RangeError: digits argument must be between 0 and 100")]
    public void ToExponential_GivesTheDialectsDigits(double number, int? digits, string expected) => Check(number, "toExponential", digits, expected);

    [Theory]
    [InlineData(255, 16, "ff")]
    [InlineData(-255.5, 16, "-ff.8")]
    [InlineData(0.5, 2, "0.1")]
    [InlineData(0.1, 3, "0.0022002200220022002200220022002201")]
    [InlineData(Math.PI, 36, "3.53i5ab8p5f")]
    [InlineData(9007199254740992, 3, "1121202011211211122211100012101112")]
    [InlineData(1e-7, 2, "0.0000000000000000000000011010110101111111001010011010101111001010111101001")]
    [InlineData(12.5, 10, "12.5")]
    [InlineData(double.NaN, 2, "NaN")]
    [InlineData(1, 1, "RangeError")]
    [InlineData(1, 37, "RangeError")]
    public void ToStringOfARadix_GivesTheDialectsDigits(double number, int radix, string expected) => Check(number, "toString", radix, expected);

    [Fact]
    public void EveryRadixOfExtremes_HasAnEnd()
    {
        foreach (var number in new[] { 5e-324, double.MaxValue, -double.MaxValue, 1 / 3.0, 0.99999999999999989 })
        {
            for (var radix = 2; radix <= 36; radix++)
                Assert.InRange(NumberDigits.ToRadix(number, radix).Length, 1, NumberDigits.MaxLength);
        }
    }

    private static void Check(double number, string method, object? argument, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(number, method, argument)));
    }

    [Theory]
    [InlineData("0x1f", null, 31)]
    [InlineData("-0x1f", null, -31)]
    [InlineData("0x1f", 10, 0)]
    [InlineData("1f", 16, 31)]
    [InlineData("12px", null, 12)]
    [InlineData("z", 36, 35)]
    [InlineData("10", 1, double.NaN)]
    [InlineData("10", 37, double.NaN)]
    [InlineData("0b1", null, 0)]
    [InlineData("", null, double.NaN)]
    [InlineData("1e3", null, 1)]
    [InlineData(" \u00a0-7", null, -7)]
    [InlineData("123456789012345678901234567890", null, 123456789012345678901234567890.0)]
    public void ParseInt_ReadsAsFarAsItGoes(string text, int? radix, double expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Static("", "parseInt", text, radix).AsNumber);
    }

    [Theory]
    [InlineData("1e3x", 1000)]
    [InlineData("-.5e-x", -0.5)]
    [InlineData("Infinityx", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("0x10", 0)]
    [InlineData(" 1_0", 1)]
    [InlineData("3.14.15", 3.14)]
    [InlineData(".", double.NaN)]
    [InlineData("-", double.NaN)]
    [InlineData("x", double.NaN)]
    public void ParseFloat_ReadsAsFarAsItGoes(string text, double expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Static("", "parseFloat", text).AsNumber);
    }

    [Theory]
    [InlineData("isInteger", 5.0, true)]
    [InlineData("isInteger", 5.5, false)]
    [InlineData("isInteger", "5", false)]
    [InlineData("isSafeInteger", 9007199254740992.0, false)]
    [InlineData("isSafeInteger", 9007199254740991.0, true)]
    [InlineData("isNaN", double.NaN, true)]
    [InlineData("isNaN", "x", false)]
    [InlineData("isFinite", double.PositiveInfinity, false)]
    [InlineData("isFinite", 1.0, true)]
    public void Question_AsksNumbersOnly(string question, object argument, bool expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Static("Number", question, argument).AsBoolean);
    }

    [Fact]
    public void GlobalQuestions_Convert()
    {
        var calls = new NativeCalls();
        Assert.True(calls.Static("", "isNaN", "x").AsBoolean);
        Assert.True(calls.Static("", "isFinite", "5").AsBoolean);
        Assert.Equal("TypeError: unexpected value type:string", calls.Show(calls.Realm.Call(calls.Realm.Get(calls.From(1), calls.Realm.AtomOf("toFixed")), calls.From("a"), [])));
    }

    [Theory]
    [InlineData("round", -0.5, -0.0)]
    [InlineData("round", 2.5, 3.0)]
    [InlineData("round", -2.5, -2.0)]
    [InlineData("round", 0.49999999999999994, 0.0)]
    [InlineData("round", 4503599627370497.5, 4503599627370498.0)]
    [InlineData("sign", -0.0, -0.0)]
    [InlineData("sign", -3.0, -1.0)]
    [InlineData("clz32", 1.0, 31.0)]
    [InlineData("clz32", 0.0, 32.0)]
    [InlineData("fround", 5.5, 5.5)]
    [InlineData("fround", 5.05, 5.050000190734863)]
    [InlineData("expm1", 1e-10, 1.00000000005e-10)]
    [InlineData("log1p", 1e-10, 9.9999999995e-11)]
    [InlineData("log1p", -1.0, double.NegativeInfinity)]
    [InlineData("log1p", -2.0, double.NaN)]
    [InlineData("cbrt", -27.0, -3.0)]
    [InlineData("log2", 8.0, 3.0)]
    [InlineData("log10", 1000.0, 3.0)]
    [InlineData("trunc", -0.9, -0.0)]
    [InlineData("sqrt", 2.0, Math.PI / Math.PI * 1.4142135623730951)]
    [InlineData("acosh", 0.5, double.NaN)]
    [InlineData("atanh", 1.0, double.PositiveInfinity)]
    [InlineData("asinh", -0.0, -0.0)]
    public void MathOfOne_IsAccurate(string function, double argument, double expected)
    {
        var calls = new NativeCalls();
        var actual = calls.Static("Math", function, argument).AsNumber;
        if (expected == 0)
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(actual));
        else if (!double.IsFinite(expected))
            Assert.Equal(expected, actual);
        else
            Assert.Equal(expected, actual, Math.Abs(expected) * 1e-15);
    }

    [Fact]
    public void MathOfMany()
    {
        var calls = new NativeCalls();
        double Of(string function, params object?[] arguments) => calls.Static("Math", function, arguments).AsNumber;

        Assert.Equal(double.NegativeInfinity, Of("max"));
        Assert.Equal(double.PositiveInfinity, Of("min"));
        Assert.Equal(3, Of("max", 1, "3", 2));
        Assert.Equal(double.NaN, Of("max", 1, double.NaN));
        Assert.Equal("0", Of("max", -0.0, 0.0).ToString(CultureInfo.InvariantCulture));
        Assert.True(double.IsNegative(Of("min", 0.0, -0.0)));
        Assert.Equal(5, Of("hypot", 3, 4));
        Assert.Equal(0, Of("hypot"));
        Assert.Equal(double.PositiveInfinity, Of("hypot", double.NaN, double.NegativeInfinity));
        Assert.Equal(5e200, Of("hypot", 3e200, 4e200), 1e185);
        Assert.Equal(-5, Of("imul", 0xffffffff, 5));
        Assert.Equal(double.NaN, Of("pow", 1, double.PositiveInfinity));
        Assert.Equal(1, Of("pow", double.NaN, 0));
        Assert.Equal(-Math.PI, Of("atan2", -0.0, -0.0));
    }

    [Fact]
    public void Random_TwoDrawsDiffer_TheSameSeedRepeats()
    {
        var first = new NativeCalls();
        var second = new NativeCalls();
        var draws = Enumerable.Range(0, 1000).Select(_ => first.Static("Math", "random").AsNumber).ToArray();
        Assert.All(draws, d => Assert.InRange(d, 0, 1 - double.Epsilon));
        Assert.Equal(1000, draws.Distinct().Count());
        Assert.Equal(draws[0], second.Static("Math", "random").AsNumber);
        Assert.InRange(draws.Average(), 0.45, 0.55);
    }
}

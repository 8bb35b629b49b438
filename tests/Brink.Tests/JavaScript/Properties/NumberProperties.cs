using System.Globalization;

namespace Brink.Tests.JavaScript.Properties;

public class NumberProperties
{
    private static readonly TextFunction Print = new("return String(Number(e.a))");
    private static readonly TextFunction Radix = new("var n = Number(e.a), r = Number(e.b); return String(parseInt(n.toString(r), r))");

    [Fact]
    public void NumberToText_ReadsBackTheSame() => Property.Holds<double>(2_000, number =>
    {
        Check(number);
        Check(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(number) ^ 0x0123_4567_89AB_CDEF));

        static void Check(double number)
        {
            var text = Print.Call(number.ToString("R", CultureInfo.InvariantCulture).Replace("∞", "Infinity", StringComparison.Ordinal));
            Assert.Equal(number, double.Parse(text, CultureInfo.InvariantCulture));
            if (double.IsFinite(number))
                Assert.InRange(text.Split('e')[0].Trim('-', '0', '.').Count(char.IsAsciiDigit), 0, 17);
        }
    });

    [Fact]
    public void WholeNumber_InEveryRadixReadsBackTheSame() => Property.Holds<int>(500, number =>
    {
        for (var radix = 2; radix <= 36; radix++)
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), Radix.Call(number.ToString(CultureInfo.InvariantCulture), radix.ToString(CultureInfo.InvariantCulture)));
    });
}

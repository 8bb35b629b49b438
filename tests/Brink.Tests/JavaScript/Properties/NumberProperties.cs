using System.Globalization;

namespace Brink.Tests.JavaScript.Properties;

public class NumberProperties
{
    private static readonly TextFunction Print = new("return String(Number(e.a))");
    private static readonly TextFunction Radix = new("var n = Number(e.a), r = Number(e.b); return String(parseInt(n.toString(r), r))");

    [Fact]
    public void NumberToText_IsTheShortestThatReadsBackTheSame() => Property.Holds<double>(2_000, number =>
    {
        Check(number);
        Check(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(number) ^ 0x0123_4567_89AB_CDEF));

        static void Check(double number)
        {
            var text = Print.Call(number.ToString("R", CultureInfo.InvariantCulture).Replace("∞", "Infinity", StringComparison.Ordinal));
            Assert.Equal(Model(number), text);
            if (double.IsFinite(number))
                Assert.Equal(number, double.Parse(text, CultureInfo.InvariantCulture));
        }
    });

    [Fact]
    public void WholeNumber_InEveryRadixReadsBackTheSame() => Property.Holds<int>(500, number =>
    {
        for (var radix = 2; radix <= 36; radix++)
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), Radix.Call(number.ToString(CultureInfo.InvariantCulture), radix.ToString(CultureInfo.InvariantCulture)));
    });

    /// <summary>ECMAScript 6.1.6.1.20, from .NET's shortest digits.</summary>
    private static string Model(double number)
    {
        if (double.IsNaN(number))
            return "NaN";
        if (number == 0)
            return "0";
        var sign = number < 0 ? "-" : "";
        if (double.IsInfinity(number))
            return sign + "Infinity";
        var written = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 17; precision++)
        {
            var shorter = Math.Abs(number).ToString("E" + precision, CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == Math.Abs(number))
            {
                written = shorter;
                break;
            }
        }
        var at = written.IndexOf('E', StringComparison.Ordinal);
        var digits = written[..at].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        var point = int.Parse(written[(at + 1)..], CultureInfo.InvariantCulture) + 1;
        if (digits.Length <= point && point <= 21)
            return sign + digits.PadRight(point, '0');
        if (point is > 0 and <= 21)
            return $"{sign}{digits[..point]}.{digits[point..]}";
        if (point is > -6 and <= 0)
            return $"{sign}0.{new string('0', -point)}{digits}";
        var exponent = point - 1;
        return $"{sign}{digits[..1]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}";
    }
}

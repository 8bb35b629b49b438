using System.Globalization;
using System.Numerics;
using Brink.JavaScript.Decimals;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Numbers;

/// <summary>
/// Numbers to text in other forms: a fixed number of digits, an exponent, another radix. toFixed rounds the exact binary value, ties away
/// from zero; the others take <see cref="Grisu"/>'s digits.
/// </summary>
internal static class NumberDigits
{
    /// <summary>No text made here is longer: 1100 binary digits behind the point, or as many before.</summary>
    public const int MaxLength = 2200;

    /// <summary>Below this toFixed gives zeros, however many digits are asked for: the engine family has no bits for them.</summary>
    private const double LeastFixed = 1.0 / (1UL << 38) / (1UL << 38);

    /// <summary>toFixed for |number| below 1e21.</summary>
    public static string ToFixed(double number, int digits)
    {
        var magnitude = Math.Abs(number);
        var scaled = ScaleAndRound(magnitude < LeastFixed ? 0 : magnitude, digits).ToString(CultureInfo.InvariantCulture);
        if (digits > 0)
        {
            scaled = scaled.PadLeft(digits + 1, '0');
            scaled = scaled.Insert(scaled.Length - digits, ".");
        }
        return number < 0 ? "-" + scaled : scaled;
    }

    /// <summary>toExponential with digits behind the point.</summary>
    public static string ToExponential(double number, int digits)
    {
        var (text, exponent) = Significant(Math.Abs(number), digits + 1);
        return Sign(number) + WithExponent(text, exponent);
    }

    /// <summary>toExponential with as many digits as the number needs.</summary>
    public static string ToExponential(double number)
    {
        if (number == 0)
            return WithExponent("0", 0);
        Span<char> digits = stackalloc char[Grisu.MaxDigits];
        var (count, pointAt) = Grisu.Shortest(Math.Abs(number), digits);
        return Sign(number) + WithExponent(new string(digits[..count]), pointAt - 1);
    }

    public static string ToPrecision(double number, int precision)
    {
        var (text, exponent) = Significant(Math.Abs(number), precision);
        if (exponent < -6 || exponent >= precision)
            return Sign(number) + WithExponent(text, exponent);
        if (exponent < 0)
            return Sign(number) + "0." + new string('0', -exponent - 1) + text;
        return Sign(number) + (exponent + 1 == precision ? text : text.Insert(exponent + 1, "."));
    }

    private static string Sign(double number) => number < 0 ? "-" : "";

    private static string WithExponent(string digits, int exponent) =>
        (digits.Length > 1 ? digits.Insert(1, ".") : digits) + "e" + (exponent < 0 ? "-" : "+")
            + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);

    /// <summary>The number times 10^power, to the nearest integer.</summary>
    private static BigInteger ScaleAndRound(double number, int power)
    {
        var (mantissa, exponent) = Parts(number);
        var scaled = mantissa * BigInteger.Pow(10, power);
        return exponent >= 0 ? scaled << exponent : (scaled + (BigInteger.One << (-exponent - 1))) >> -exponent;
    }

    private static (long Mantissa, int Exponent) Parts(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var biased = (int)(bits >> 52 & 0x7FF);
        var fraction = bits & 0xF_FFFF_FFFF_FFFF;
        return biased == 0 ? (fraction, -1074) : (fraction | 1L << 52, biased - 1075);
    }

    /// <summary>That many digits, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Significant(double number, int count)
    {
        if (number == 0)
            return (new string('0', count), 0);
        Span<char> digits = stackalloc char[Grisu.MaxDigits];
        var (written, pointAt) = Grisu.First(number, count, digits);
        return (new string(digits[..written]).PadRight(count, '0'), pointAt - 1);
    }

    /// <summary>Digits of another radix: behind the point as many as tell the number from its neighbours. Finite numbers only.</summary>
    public static string ToRadix(double number, int radix)
    {
        const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        Span<char> buffer = stackalloc char[MaxLength];
        var point = MaxLength / 2;
        int start = point, end = point;
        var value = Math.Abs(number);
        var whole = Math.Floor(value);
        var fraction = value - whole;
        var delta = Math.Max(0.5 * (Math.BitIncrement(value) - value), double.Epsilon);
        if (fraction >= delta)
        {
            buffer[end++] = '.';
            do
            {
                fraction *= radix;
                delta *= radix;
                var digit = (int)fraction;
                buffer[end++] = Digits[digit];
                fraction -= digit;
                if ((fraction > 0.5 || (fraction == 0.5 && (digit & 1) != 0)) && fraction + delta > 1)
                {
                    if (RoundUp(buffer, point, ref end, radix, Digits))
                        whole++;
                    break;
                }
            }
            while (fraction >= delta);
        }
        while (whole / radix >= 1UL << 53)
        {
            // So far beyond its 53 bits the number says nothing more.
            whole /= radix;
            buffer[--start] = '0';
        }
        do
        {
            var digit = whole % radix;
            buffer[--start] = Digits[(int)digit];
            whole = (whole - digit) / radix;
        }
        while (whole > 0);
        return Sign(number) + new string(buffer[start..end]);
    }

    /// <summary>Adds one to the last digit; true if that carries over the point.</summary>
    private static bool RoundUp(Span<char> buffer, int point, ref int end, int radix, string digits)
    {
        while (true)
        {
            if (--end == point)
                return true;
            var digit = digits.IndexOf(buffer[end], StringComparison.Ordinal);
            if (digit + 1 >= radix)
                continue;
            buffer[end++] = digits[digit + 1];
            return false;
        }
    }
}

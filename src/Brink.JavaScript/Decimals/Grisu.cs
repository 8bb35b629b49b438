using System.Diagnostics;
using System.Numerics;

namespace Brink.JavaScript.Decimals;

/// <summary>
/// Decimal digits of a number, computed in 64 bits: Florian Loitsch, "Printing floating-point numbers quickly and accurately with
/// integers" (2010), Grisu2. The engine family prints with it and never corrects what 64 bits get wrong, so these digits are a dialect
/// of their own: always enough to read the same number back, mostly the fewest, and not always the nearest.
/// </summary>
internal static class Grisu
{
    /// <summary>Room for the digits of any number.</summary>
    public const int MaxDigits = 32;

    private const int FirstPower = -348;
    private const int PowersApart = 8;
    private const double LogarithmOf2 = 0.30102999566398114;

    /// <summary>10^-348, 10^-340 … 10^340, each rounded to 64 bits.</summary>
    private static readonly Scaled[] Powers = MakePowers();

    private static ReadOnlySpan<uint> PowersOf10 => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    /// <summary>A significand of 64 bits times 2^<see cref="Exponent"/>.</summary>
    private readonly record struct Scaled(ulong Significand, int Exponent)
    {
        public static Scaled Of(double number)
        {
            var bits = BitConverter.DoubleToUInt64Bits(number);
            var biased = (int)(bits >> 52 & 0x7FF);
            var fraction = bits & 0xF_FFFF_FFFF_FFFF;
            return biased == 0 ? new Scaled(fraction, -1074) : new Scaled(fraction | 1UL << 52, biased - 1075);
        }

        public Scaled Normalized()
        {
            var shift = BitOperations.LeadingZeroCount(Significand);
            return new Scaled(Significand << shift, Exponent - shift);
        }

        public static Scaled operator *(Scaled left, Scaled right)
        {
            var high = Math.BigMul(left.Significand, right.Significand, out var low);
            return new Scaled(high + (low >> 63), left.Exponent + right.Exponent + 64);
        }
    }

    /// <summary>
    /// Digits that tell a finite number above zero from its neighbours: how many were written, and how many of them stand before the point.
    /// </summary>
    public static (int Count, int PointAt) Shortest(double number, Span<char> digits)
    {
        Debug.Assert(number > 0 && double.IsFinite(number), "digits are those of a finite number above zero");
        var value = Scaled.Of(number);
        var above = new Scaled((value.Significand << 1) + 1, value.Exponent - 1).Normalized();
        // Below a power of two the neighbours stand twice as close.
        var below = value.Significand == 1UL << 52
            ? new Scaled((value.Significand << 2) - 1, value.Exponent - 2)
            : new Scaled((value.Significand << 1) - 1, value.Exponent - 1);
        below = new Scaled(below.Significand << (below.Exponent - above.Exponent), above.Exponent);

        var power = PowerFor(above.Exponent, out var decimalExponent);
        value = value.Normalized() * power;
        // A product may be one unit off: within one unit less on both sides every digit is safe.
        var high = (above * power).Significand - 1;
        var low = (below * power).Significand + 1;
        var (count, exponent) = DigitsBetween(high, high - low, high - value.Significand, -value.Exponent, digits);
        return (count, count + exponent + decimalExponent);
    }

    /// <summary>
    /// Writes the digits of the upper boundary until the rest fits between the boundaries, then steps down towards the value.
    /// </summary>
    private static (int Count, int Exponent) DigitsBetween(ulong high, ulong width, ulong distance, int fractionBits, Span<char> digits)
    {
        var one = 1UL << fractionBits;
        var integer = (uint)(high >> fractionBits);
        var fraction = high & (one - 1);
        var count = 0;
        for (var exponent = DigitsOf(integer) - 1; exponent >= 0; exponent--)
        {
            var (digit, left) = Math.DivRem(integer, PowersOf10[exponent]);
            integer = left;
            if (digit != 0 || count > 0)
                digits[count++] = (char)('0' + digit);
            var rest = ((ulong)integer << fractionBits) + fraction;
            if (rest < width)
            {
                StepDown(ref digits[count - 1], width, rest, (ulong)PowersOf10[exponent] << fractionBits, distance);
                return (count, exponent);
            }
        }
        for (var exponent = -1; ; exponent--)
        {
            fraction *= 10;
            width *= 10;
            var digit = (int)(fraction >> fractionBits);
            if (digit != 0 || count > 0)
                digits[count++] = (char)('0' + digit);
            fraction &= one - 1;
            if (fraction < width)
            {
                // From ten digits of the fraction on there is no table to scale the distance by, and no step down.
                if (-exponent < PowersOf10.Length)
                    StepDown(ref digits[count - 1], width, fraction, one, distance * PowersOf10[-exponent]);
                return (count, exponent);
            }
        }
    }

    /// <summary>Lowers the last digit as long as that stays between the boundaries and comes closer to the value.</summary>
    private static void StepDown(ref char digit, ulong width, ulong rest, ulong step, ulong distance)
    {
        while (rest < distance && width - rest >= step
            && (rest + step < distance || distance - rest > rest + step - distance))
        {
            digit--;
            rest += step;
        }
    }

    /// <summary>
    /// The first digits of a finite number above zero, at most <paramref name="wanted"/>: fewer where the rest is no larger than the error,
    /// zeros stand for those. How many were written, and how many of them stand before the point.
    /// </summary>
    public static (int Count, int PointAt) First(double number, int wanted, Span<char> digits)
    {
        Debug.Assert(number > 0 && double.IsFinite(number), "digits are those of a finite number above zero");
        var value = Scaled.Of(number).Normalized();
        value *= PowerFor(value.Exponent, out var decimalExponent);
        var fractionBits = -value.Exponent;
        var one = 1UL << fractionBits;
        var integer = (uint)(value.Significand >> fractionBits);
        var fraction = value.Significand & (one - 1);
        var error = 1UL;
        var count = 0;
        var exponent = DigitsOf(integer);
        while (exponent > 0)
        {
            exponent--;
            var (digit, left) = Math.DivRem(integer, PowersOf10[exponent]);
            integer = left;
            digits[count++] = (char)('0' + digit);
            if (count == wanted)
            {
                var rest = ((ulong)integer << fractionBits) + fraction;
                exponent += Round(digits[..count], rest, (ulong)PowersOf10[exponent] << fractionBits, error);
                return (count, count + exponent + decimalExponent);
            }
        }
        while (count < wanted && fraction > error)
        {
            fraction *= 10;
            error *= 10;
            digits[count++] = (char)('0' + (fraction >> fractionBits));
            fraction &= one - 1;
            exponent--;
        }
        exponent += Round(digits[..count], fraction, one, error);
        return (count, count + exponent + decimalExponent);
    }

    /// <summary>
    /// Adds one to the last digit where the rest is surely above the half. 1 if that made 10 of a 9 in front, otherwise 0.
    /// </summary>
    private static int Round(Span<char> digits, ulong rest, ulong unit, ulong error)
    {
        var undecided = error >= unit || unit - error <= error;
        if (undecided || rest <= error || unit - (rest - error) > rest - error)
            return 0;
        var last = digits.Length - 1;
        while (last > 0 && digits[last] == '9')
            digits[last--] = '0';
        if (digits[last] < '9')
        {
            digits[last]++;
            return 0;
        }
        digits[0] = '1';
        return 1;
    }

    private static int DigitsOf(uint integer)
    {
        var count = 1;
        while (count < PowersOf10.Length && integer >= PowersOf10[count])
            count++;
        return count;
    }

    /// <summary>The power of ten that brings a number with this exponent to 4 to 32 bits before the point, and what undoes it.</summary>
    private static Scaled PowerFor(int exponent, out int decimalExponent)
    {
        var least = (int)Math.Ceiling((-61 - exponent) * LogarithmOf2) - FirstPower - 1;
        var index = least / PowersApart + 1;
        decimalExponent = -(FirstPower + index * PowersApart);
        return Powers[index];
    }

    private static Scaled[] MakePowers()
    {
        // So many more bits, and 10^-348 still has 64 of its own.
        const int Extra = 1300;
        var powers = new Scaled[-2 * FirstPower / PowersApart];
        for (var i = 0; i < powers.Length; i++)
        {
            var power = FirstPower + i * PowersApart;
            var scaled = power < 0 ? BigInteger.Pow(2, Extra) / BigInteger.Pow(10, -power) : BigInteger.Pow(10, power) << Extra;
            var drop = (int)scaled.GetBitLength() - 64;
            var significand = (scaled >> drop) + (scaled >> (drop - 1) & 1);
            powers[i] = new Scaled((ulong)significand, drop - Extra);
        }
        return powers;
    }
}

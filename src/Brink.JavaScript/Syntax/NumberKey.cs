using System.Globalization;

namespace Brink.JavaScript.Syntax;

/// <summary>The text of a number used as a property name: <c>{ 0x10: a }</c> has the property <c>16</c>.</summary>
internal static class NumberKey
{
    public static string Of(double value)
    {
        if (value is >= 0 and < 1e15 && Math.Truncate(value) == value)
            return ((long)value).ToString(CultureInfo.InvariantCulture);
        if (double.IsInfinity(value))
            return "Infinity";

        // The shortest digits that read back as the value, then ECMAScript's choice of notation (Number::toString).
        var shortest = value.ToString("R", CultureInfo.InvariantCulture).AsSpan();
        var exponent = 0;
        if (shortest.IndexOf('E') is >= 0 and var e)
        {
            exponent = int.Parse(shortest[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            shortest = shortest[..e];
        }
        var point = shortest.IndexOf('.');
        var all = shortest.ToString().Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        exponent += (point < 0 ? shortest.Length : point) - 1 - (all.Length - digits.Length);
        digits = digits.TrimEnd('0');
        return exponent switch
        {
            >= 0 and < 21 when digits.Length <= exponent + 1 => digits.PadRight(exponent + 1, '0'),
            >= 0 and < 21 => $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
            < 0 and >= -6 => $"0.{new string('0', -exponent - 1)}{digits}",
            _ => (digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}") + $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}",
        };
    }
}

namespace Brink.Functions.SourceMaps;

/// <summary>
/// Reads the numbers of a <c>mappings</c> text: base64 digits of five bits each, the lowest first, the sign in the lowest bit.
/// </summary>
internal struct MappingReader(string mappings)
{
    private int _at;

    public readonly bool IsAtEnd => _at >= mappings.Length;

    /// <summary>At the end of a mapping.</summary>
    public readonly bool IsAtSeparator => IsAtEnd || mappings[_at] is ',' or ';';

    public bool TryTake(char c)
    {
        if (IsAtEnd || mappings[_at] != c)
            return false;
        _at++;
        return true;
    }

    /// <summary>The next number; false if there is none, or it has more than 32 bits.</summary>
    public bool TryRead(out int value)
    {
        value = 0;
        var bits = 0L;
        for (var shift = 0; !IsAtEnd; shift += 5)
        {
            var digit = DigitOf(mappings[_at]);
            if (digit < 0 || shift > 30)
                return false;
            _at++;
            bits |= (long)(digit & 31) << shift;
            if ((digit & 32) != 0)
                continue;
            var magnitude = bits >> 1;
            if (magnitude > int.MaxValue)
                return false;
            value = (int)((bits & 1) != 0 ? -magnitude : magnitude);
            return true;
        }
        return false;
    }

    private static int DigitOf(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' => 62,
        '/' => 63,
        _ => -1,
    };
}

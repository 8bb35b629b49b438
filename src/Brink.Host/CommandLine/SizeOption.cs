using System.CommandLine;
using Brink.Http;

namespace Brink.Host.CommandLine;

/// <summary>An option that takes a number of bytes, with a unit: <c>512M</c>, <c>50G</c>.</summary>
internal static class SizeOption
{
    private const string Units = "KMGT";

    public static Option<long?> Create(string name, string description, long least)
    {
        return new Option<long?>(name)
        {
            Description = description,
            HelpName = "SIZE",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (TryRead(text, out var bytes) && bytes >= least)
                    return bytes;
                result.AddError($"{name} {text}: a size is a whole number with K, M, G or T behind it, at least {least >> 20}M");
                return null;
            },
        };
    }

    /// <summary>Reads a size. Units are powers of 1024.</summary>
    public static bool TryRead(string text, out long bytes)
    {
        var unit = text.Length == 0 ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        bytes = 0;
        if (!WireNumber.TryRead(unit < 0 ? text : text.AsSpan(0, text.Length - 1), out var number))
            return false;
        var shift = 10 * (unit + 1);
        if (number > long.MaxValue >> shift)
            return false;
        bytes = number << shift;
        return true;
    }
}

using System.CommandLine;
using System.Globalization;
using Brink.PrivateContent;

namespace Brink.Host.Options;

/// <summary>An option that takes a time, in the forms of <c>aws cloudfront sign</c>. Its value is in seconds of Unix time.</summary>
internal static class TimeOption
{
    private const string Forms = "2030-01-31, 2030-01-31T12:00:00, the same with Z or an offset, or seconds of Unix time";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz",
    ];

    public static Option<long?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (TryParse(text, out var seconds))
                return seconds;
            result.AddError($"{name} {text}: a time is {Forms}");
            return null;
        },
    };

    /// <summary>A time without an offset is one of UTC.</summary>
    internal static bool TryParse(string text, out long seconds)
    {
        if (SignedPolicy.TryReadEpoch(text, out seconds))
            return true;
        const DateTimeStyles style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, style, out var time))
            return false;
        seconds = time.ToUnixTimeSeconds();
        return seconds >= 0;
    }
}

using Brink.Events;
using Brink.Http;

namespace Brink.Lambda.Events;

/// <summary>
/// The headers that a Lambda@Edge function sees, by name (lambda-edge spec 1.3, 3.1). Cookies are headers like others, and Host is as it
/// was sent.
/// </summary>
internal static class ShownHeaders
{
    private const HeaderRule Hidden = HeaderRule.Disallowed | HeaderRule.DisallowedInLambda;

    /// <summary>Whether a function may neither see nor add a header of that rule.</summary>
    public static bool IsHidden(HeaderRule rule) => (rule & Hidden) != 0;

    /// <summary>Whether a field is shown.</summary>
    public static bool Shows(string name, HeaderRule rule, Func<string, bool>? showsCloudFrontHeader) =>
        !IsHidden(rule) && ((rule & HeaderRule.CloudFront) == 0 || showsCloudFrontHeader is null || showsCloudFrontHeader(name));

    /// <summary>Gathers the fields that are shown, equal names together.</summary>
    public static void Read(HeaderList fields, Func<string, bool>? showsCloudFrontHeader, NamedValues shown)
    {
        var span = fields.AsSpan();
        for (var i = 0; i < span.Length; i++)
        {
            var rule = HeaderRules.For(span[i].Name, out var name);
            if (Shows(span[i].Name, rule, showsCloudFrontHeader))
                shown.Add(name, 0, name.Length, span[i].Value, 0, span[i].Value.Length, i, rule: rule);
        }
    }
}

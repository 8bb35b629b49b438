using System.CommandLine;
using Brink.Http;

namespace Brink.Host.CommandLine;

/// <summary>An option that takes a whole number, with a message of its own for anything else.</summary>
internal static class NumberOption
{
    // The rule is the message: "a port is 0 to 65535".
    public static Option<int?> Create(string name, string description, int least, int most, string rule, int? byDefault = null)
    {
        var option = new Option<int?>(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (WireNumber.TryRead(text, most, out var number) && number >= least)
                    return number;
                result.AddError($"{name} {text}: {rule}");
                return null;
            },
        };
        if (byDefault is not null)
            option.DefaultValueFactory = _ => byDefault;
        return option;
    }
}

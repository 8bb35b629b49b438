using System.Globalization;
using System.Text;
using Brink.Http;

namespace Brink.Edge.Configuration;

/// <summary>The names of a request's fields in the order in which they came, and how many they are.</summary>
/// <param name="Names">With colons between them, cut where there are too many.</param>
/// <param name="Count">Of all, in digits.</param>
internal sealed record HeaderOrder(string Names, string Count)
{
    /// <summary>More characters no viewer's names have for an origin (distribution spec 4).</summary>
    private const int MaxLength = 7680;

    /// <summary>Of a request as it was read, before anything is added to it.</summary>
    public static HeaderOrder Of(HeaderList headers)
    {
        var names = new StringBuilder();
        foreach (ref readonly var field in headers.AsSpan())
        {
            if (names.Length > 0)
                names.Append(':');
            names.Append(field.Name);
        }
        names.Length = Math.Min(names.Length, MaxLength);
        return new HeaderOrder(names.ToString(), headers.Count.ToString(CultureInfo.InvariantCulture));
    }
}

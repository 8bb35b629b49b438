using Brink.Configuration;

namespace Brink.Distributions;

/// <summary>Restrictions: the countries of a geo restriction (distribution spec 2.11).</summary>
internal static class GeoRestrictionReader
{
    /// <summary>The restriction, or null for none.</summary>
    public static GeoRestriction? Read(ConfigObject root)
    {
        if (root.Object("Restrictions") is not { } restrictions)
            return null;
        var read = restrictions.Object("GeoRestriction", required: true) is { } geo ? ReadCountries(geo) : null;
        restrictions.Close();
        return read;
    }

    private static GeoRestriction? ReadCountries(ConfigObject geo)
    {
        var type = geo.OneOf("RestrictionType", required: true, "none", "blacklist", "whitelist");
        var countries = geo.Texts();
        if (type == "none" && countries.Count > 0)
            geo.Mistake("Items", "locations are listed, and RestrictionType none uses none", "Empty the list and set Quantity to 0");
        if (type is "blacklist" or "whitelist" && countries.Count == 0)
            geo.Mistake("Items", $"a {type} of no country says nothing", "List countries, or set RestrictionType to none");
        foreach (var country in countries)
        {
            if (!CountryCodes.Contains(country))
                geo.Mistake("Items", $"'{country}' is not an ISO 3166-1 alpha-2 code", FixOf(country));
        }
        if (countries.Distinct(StringComparer.Ordinal).Count() != countries.Count)
            geo.Mistake("Items", "a country is listed twice", "Leave one of them");
        geo.Close();
        return type is "blacklist" or "whitelist" ? new GeoRestriction(type == "whitelist", countries) : null;
    }

    private static string FixOf(string country) => country.ToUpperInvariant() switch
    {
        "UK" => "Write GB",
        "EL" => "Write GR",
        var capitals when CountryCodes.Contains(capitals) => $"Write {capitals}",
        _ => "Use the two capitals of a country, such as DE",
    };
}

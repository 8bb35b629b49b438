namespace Brink.Edge.Geography;

/// <summary>What can be known of the place of an address.</summary>
public enum PlaceField
{
    /// <summary>The country, ISO 3166-1 alpha-2.</summary>
    Country,

    /// <summary>Its name.</summary>
    CountryName,

    /// <summary>The largest part of the country, the code of ISO 3166-2 behind the dash: three characters at most.</summary>
    Region,

    /// <summary>Its name.</summary>
    RegionName,

    /// <summary>The city.</summary>
    City,

    /// <summary>The postal code.</summary>
    PostalCode,

    /// <summary>The metro code, in the United States alone.</summary>
    MetroCode,

    /// <summary>Degrees with five decimals.</summary>
    Latitude,

    /// <summary>Degrees with five decimals.</summary>
    Longitude,

    /// <summary>The time zone by its IANA name.</summary>
    TimeZone,

    /// <summary>The number of the autonomous system.</summary>
    Asn,
}

using System.Text;
using Brink.Edge.Configuration;
using Brink.Edge.Geography;

namespace Brink.Tests.Edge.Geography;

public sealed class GeoDatabaseTests
{
    private static readonly GeoDatabases CityAndAsn = Of(MaxMindWriter.City, MaxMindWriter.Asn);

    [Theory]
    [InlineData(PlaceField.Country, "GB")]
    [InlineData(PlaceField.CountryName, "United Kingdom")]
    [InlineData(PlaceField.Region, "ENG")] // the largest part, not the smallest
    [InlineData(PlaceField.RegionName, "England")]
    [InlineData(PlaceField.City, "Saint-%C3%89tienne")]
    [InlineData(PlaceField.PostalCode, "OX1")]
    [InlineData(PlaceField.MetroCode, "807")]
    [InlineData(PlaceField.Latitude, "51.75000")]
    [InlineData(PlaceField.Longitude, "-1.25000")]
    [InlineData(PlaceField.TimeZone, "Europe/London")]
    [InlineData(PlaceField.Asn, "7018")]
    public void EachField_HasItsValue(PlaceField field, string value)
    {
        Assert.Equal(value, CityAndAsn.Find("81.2.69.142")[field]);
        Assert.Contains(field, CityAndAsn.Fields);
    }

    [Theory]
    [InlineData("81.2.69.255", "GB", "7018")]
    [InlineData("81.2.70.0", null, "7018")]
    [InlineData("81.3.0.0", null, null)]
    [InlineData("2001:db8::1", "DE", null)] // of the two databases one knows no IPv6
    [InlineData("2001:db9::1", null, null)]
    [InlineData("127.0.0.1", null, null)]
    [InlineData("", null, null)]
    [InlineData("no address", null, null)]
    public void AnAddress_IsInItsNetwork_OrUnknown(string address, string? country, string? asn)
    {
        for (var again = 0; again < 2; again++)
            Assert.Equal((country, asn), (CityAndAsn.Find(address)[PlaceField.Country], CityAndAsn.Find(address)[PlaceField.Asn]));
    }

    [Theory]
    [InlineData("""{ "country_code": "FI" }""", PlaceField.Country, "FI")]
    [InlineData("""{ "city": "Espoo" }""", PlaceField.City, "Espoo")]
    [InlineData("""{ "state1": "Uusimaa" }""", PlaceField.RegionName, "Uusimaa")]
    [InlineData("""{ "postcode": "02100" }""", PlaceField.PostalCode, "02100")]
    [InlineData("""{ "latitude": 60.2 }""", PlaceField.Latitude, "60.20000")]
    [InlineData("""{ "longitude": 24.6 }""", PlaceField.Longitude, "24.60000")]
    [InlineData("""{ "timezone": "Europe/Helsinki" }""", PlaceField.TimeZone, "Europe/Helsinki")]
    [InlineData("""{ "traits": { "autonomous_system_number": 719 } }""", PlaceField.Asn, "719")]
    [InlineData("""{ "subdivisions": [ { "iso_code": "LONG" } ] }""", PlaceField.Region, null)]
    [InlineData("""{ "subdivisions": [] }""", PlaceField.Region, null)]
    [InlineData("""{ "country": "Finland" }""", PlaceField.Country, null)]
    [InlineData("""{ "city": "" }""", PlaceField.City, null)]
    [InlineData("""{ "city": "a\r\nb: c" }""", PlaceField.City, "a%0D%0Ab: c")]
    [InlineData("""{ "city": "100%" }""", PlaceField.City, "100%")]
    [InlineData("""{ "city": 7, "location": { "latitude": "north" } }""", PlaceField.Latitude, null)]
    public void OtherLayouts_AndOddValues(string record, PlaceField field, string? value)
    {
        var databases = Of(new MaxMindWriter().Add("192.0.2.0/24", record).ToArray());

        Assert.Equal(value, databases.Find("192.0.2.1")[field]);
        Assert.Equal(value is not null, databases.Fields.Contains(field));
    }

    [Theory]
    [InlineData(24, 4)]
    [InlineData(24, 6)]
    [InlineData(28, 4)]
    [InlineData(28, 6)]
    [InlineData(32, 4)]
    [InlineData(32, 6)]
    public void EverySizeOfRecords_IsRead(int bits, int ipVersion)
    {
        var writer = new MaxMindWriter(bits, ipVersion);
        for (var i = 0; i < 64; i++)
            writer.Add($"10.{i}.0.0/16", $$"""{ "country_code": "{{(char)('A' + i % 26)}}{{(char)('A' + i / 26)}}" }""");
        var databases = Of(writer.ToArray());

        for (var i = 0; i < 64; i++)
            Assert.Equal($"{(char)('A' + i % 26)}{(char)('A' + i / 26)}", databases.Find($"10.{i}.1.2")[PlaceField.Country]);
        Assert.Null(databases.Find("11.0.0.1")[PlaceField.Country]);
    }

    [Fact]
    public void TheFirstDatabase_Counts()
    {
        byte[] Country(string code) => new MaxMindWriter().Add("192.0.2.0/24", $$"""{ "country_code": "{{code}}" }""").ToArray();

        Assert.Equal("SE", Of(Country("SE"), Country("NO")).Find("192.0.2.1")[PlaceField.Country]);
    }

    [Theory]
    [InlineData(null, "GB", "OX1", "7018")]
    [InlineData("GB", "GB", "OX1", "7018")]
    [InlineData("US", "US", null, "7018")] // the databases' postal code is not one of that country
    public void ACountryThatIsGiven_Wins(string? given, string country, string? postalCode, string asn)
    {
        var place = new EdgeSnapshot { Places = CityAndAsn, ViewerCountry = given }.PlaceOf("81.2.69.142");

        Assert.Equal((country, postalCode, asn), (place[PlaceField.Country], place[PlaceField.PostalCode], place[PlaceField.Asn]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no database")]
    public void AnotherFile_IsNone(string text) => Assert.Throws<InvalidDataException>(() => GeoDatabase.Of(Encoding.ASCII.GetBytes(text)));

    public static TheoryData<string, byte[]> Circles => new()
    {
        { "a map whose value is the map", [0xE1, 0x41, (byte)'a', 0x20, 0] },
        { "a list of itself", [0x01, 0x04, 0x20, 0] },
        { "a pointer to itself", [0x20, 0] },
        { "a pointer to a pointer", [0x20, 2, 0x20, 0] },
        { "a pointer to nowhere", [0x38, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "a text longer than the file", [0x5F, 0xFF, 0xFF, 0xFF] },
        { "a map of sixteen million names", [0xFF, 0xFF, 0xFF, 0xFF, 0x41, (byte)'a'] },
        { "a name that is a number", [0xE1, 0xC1, 1, 0xC1, 1] },
        { "the kind that is none", [0x00, 0x05] },
    };

    [Theory]
    [MemberData(nameof(Circles))]
    public void RecordsThatLeadNowhere_AreFound(string what, byte[] record)
    {
        var file = new MaxMindWriter().AddRaw("192.0.2.0/24", record).ToArray();

        Assert.NotEmpty(Assert.Throws<InvalidDataException>(() => GeoDatabase.Of(file)).Message + what);
    }

    [Fact]
    public void RecordsThatDoubleAtEachLevel_AreFound()
    {
        var record = new List<byte> { 0x41, (byte)'x' };
        var before = 0;
        for (var level = 0; level < 24; level++)
        {
            var at = record.Count;
            // A list with two pointers to the level before.
            record.AddRange([0x02, 0x04, (byte)(0x20 | (before >> 8)), (byte)before, (byte)(0x20 | (before >> 8)), (byte)before]);
            before = at;
        }
        var writer = new MaxMindWriter().AddRaw("192.0.2.0/24", [.. record]);

        Assert.Throws<InvalidDataException>(() => GeoDatabase.Of(writer.AddRaw("198.51.100.0/24", [(byte)(0x20 | (before >> 8)), (byte)before]).ToArray()));
    }

    [Theory]
    [InlineData("""{ "node_count": 4000000000, "record_size": 24, "ip_version": 6 }""")]
    [InlineData("""{ "node_count": 1, "record_size": 25, "ip_version": 6 }""")]
    [InlineData("""{ "node_count": 1, "record_size": 24, "ip_version": 5 }""")]
    [InlineData("[ 1 ]")]
    [InlineData("7")]
    public void MetadataThatCannotBe_IsRefused(string metadata) =>
        Assert.Throws<InvalidDataException>(() => GeoDatabase.Of(new MaxMindWriter().Add("192.0.2.0/24", "{}").ToArray(metadata)));

    [Theory]
    [InlineData("""{ "record_size": 24, "ip_version": 6 }""")]
    [InlineData("""{ }""")]
    public void MetadataThatSaysNothing_MakesADatabaseOfNothing(string metadata) =>
        Assert.Empty(GeoDatabase.Of(new MaxMindWriter().Add("192.0.2.0/24", """{ "country_code": "DE" }""").ToArray(metadata)).Fields);

    [Fact]
    public void CutFiles_AreRefused()
    {
        foreach (var whole in new[] { MaxMindWriter.City, MaxMindWriter.Asn })
        {
            for (var length = 0; length < whole.Length; length++)
                Assert.Throws<InvalidDataException>(() => GeoDatabase.Of(whole[..length]));
        }
    }

    [Fact]
    public void SpoiledFiles_AreRefusedOrRead_WithoutFault()
    {
        var random = new Random(42);
        for (var i = 0; i < 4000; i++)
        {
            var bytes = (i % 2 == 0 ? MaxMindWriter.City : MaxMindWriter.Asn).ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            GeoDatabase database;
            try
            {
                database = GeoDatabase.Of(bytes);
            }
            catch (InvalidDataException)
            {
                continue;
            }
            var databases = new GeoDatabases([database]);
            foreach (var address in new[] { "81.2.69.142", "2001:db8::1", "::", "255.255.255.255" })
                databases.Find(address);
        }
    }

    private static GeoDatabases Of(params byte[][] files) => new([.. files.Select(GeoDatabase.Of)]);
}

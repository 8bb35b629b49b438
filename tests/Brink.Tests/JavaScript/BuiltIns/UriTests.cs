namespace Brink.Tests.JavaScript.BuiltIns;

public class UriTests
{
    [Theory]
    [InlineData("encodeURIComponent", "é😀 a!*()-_.~;", "%C3%A9%F0%9F%98%80%20a!*()-_.~%3B")]
    [InlineData("encodeURI", "é😀 a!*();/?:@&=+$,#[]%", "%C3%A9%F0%9F%98%80%20a!*();/?:@&=+$,#%5B%5D%25")]
    [InlineData("decodeURIComponent", "%c3%a9%F0%9f%98%80+%41", "é😀+A")]
    [InlineData("decodeURI", "%23%2f%41%e2%82%ac", "%23%2fA€")]
    [InlineData("decodeURIComponent", "plain", "plain")]
    [InlineData("decodeURIComponent", "%", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%4", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%zz", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%80", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%c3", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%c3x", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%c0%80", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%ed%a0%80", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%f4%90%80%80", "URIError: malformed URI")]
    [InlineData("decodeURIComponent", "%ff", "URIError: malformed URI")]
    [InlineData("decodeURI", "%e2%82%2f", "URIError: malformed URI")]
    public void Function_EscapesAndUnescapes(string function, string text, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Static("", function, text)));
    }

    [Fact]
    public void NoArgument_IsTheTextUndefined() => Assert.Equal("undefined", new NativeCalls().Static("", "encodeURI").ToDotNetString());

    [Fact]
    public void AnyText_ComesBack()
    {
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => char.ConvertFromUtf32(random.Next(4) switch
            {
                0 => random.Next(0x80), 1 => random.Next(0x800), 2 => random.Next(0xD800), _ => random.Next(0x10000, 0x110000),
            })));
            var calls = new NativeCalls();
            Assert.Equal(text, calls.Show(calls.Static("", "decodeURIComponent", calls.Static("", "encodeURIComponent", text))));
            Assert.Equal(text, calls.Show(calls.Static("", "decodeURI", calls.Static("", "encodeURI", text))));
        }
    }
}

using System.Globalization;
using System.Text;
using Brink.JavaScript;
using Brink.JavaScript.Values;
using Brink.ScriptGenerator.Running;

namespace Brink.Tests.JavaScript.Values;

/// <summary>Forms of text against the plain way of making them, at every length around the sizes that are done at once.</summary>
public sealed class CodePointsTests
{
    private static readonly int[] Some = ['a', 0xE9, 0x6F22, 0x1F600, 0xFFFF, 0x10000, 0x10FFFF, 'z'];

    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, 40), 255, 1000];

    private static int[] Make(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => seed switch
    {
        0 => Some[i % Some.Length],
        1 => i == length - 1 ? 0x1F600 : 'a' + i % 20,
        2 => 0x1F600 + i % 50,
        _ => 0x4E00 + i,
    })];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Utf16_GoesBothWays(int length)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var codePoints = Make(length, seed);
            var text = string.Concat(codePoints.Select(char.ConvertFromUtf32));
            Assert.Equal(text.Length, CodePoints.Utf16Length(codePoints));
            var room = new char[text.Length];
            Assert.Equal(text.Length, CodePoints.ToUtf16(codePoints, room));
            Assert.Equal(text, new string(room));
            Assert.Equal(codePoints, CodePoints.FromUtf16(text));
            Assert.True(CodePoints.AreUtf16(codePoints, text));
            Assert.False(CodePoints.AreUtf16(codePoints, text + "x"));
            Assert.False(length > 0 && CodePoints.AreUtf16(codePoints, text.AsSpan(0, text.Length - 1)));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Chars_WidenNarrowAndCompare(int length)
    {
        var codePoints = Make(length, 3);
        var chars = Array.ConvertAll(codePoints, c => (char)c);
        var wide = new int[length];
        CodePoints.Widen(chars, wide);
        Assert.Equal(codePoints, wide);
        var narrow = new char[length];
        CodePoints.Narrow(codePoints, narrow);
        Assert.Equal(chars, narrow);
        Assert.Equal(length, CodePoints.CommonPrefixLength(codePoints, chars));
        for (var i = 0; i < length; i++)
        {
            var other = (char[])chars.Clone();
            other[i]++;
            Assert.Equal(i, CodePoints.CommonPrefixLength(codePoints, other));
        }
    }

    [Theory]
    [InlineData("D83D", "FFFD")]
    [InlineData("DE00 61", "FFFD 61")]
    [InlineData("DE00 D83D D83D DE00 DE00", "FFFD FFFD 1F600 FFFD")]
    [InlineData("61 61 61 61 61 61 61 61 61 61 61 61 D83D 62 62 D83D", "61 61 61 61 61 61 61 61 61 61 61 61 FFFD 62 62 FFFD")]
    public void LoneSurrogates_BecomeTheReplacementCharacter(string units, string expected)
    {
        char[] utf16 = [.. units.Split(' ').Select(unit => (char)Convert.ToInt32(unit, 16))];
        Assert.Equal(expected, string.Join(' ', CodePoints.FromUtf16(utf16).Select(c => c.ToString("X", CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("61 C8 62", "a\uFFFDb")]
    [InlineData("F0 9F 98 80 61 C3 A9", "😀aé")]
    [InlineData("E6 BC", "\uFFFD")]
    [InlineData("F0 9F 98 61 80 80", "\uFFFDa\uFFFD\uFFFD")]
    [InlineData("ED A0 80", "\uFFFD\uFFFD\uFFFD")]
    public void Utf8_IsReadAsThePlatformDoes(string hex, string expected)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(Encoding.UTF8.GetString(bytes), expected);
        Assert.Equal(expected, TestRealm.New().NewUtf8Text(bytes).ToDotNetString());
        var escaped = string.Concat(hex.Split(' ').Select(one => "%" + one));
        var script = ScriptUnderTest.Compile(
            $"function handler(event) {{ event.request.uri = '/' + encodeURIComponent(require('querystring').unescape('{escaped}')); return event.request }}",
            Runtime.CloudFrontJs20, out var refusal);
        Assert.True(script is not null, refusal);
        Assert.Contains("/" + Uri.EscapeDataString(expected), script.Run().Result, StringComparison.Ordinal);
    }
}

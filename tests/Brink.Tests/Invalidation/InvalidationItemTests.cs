using Brink.Invalidation;

namespace Brink.Tests.Invalidation;

/// <summary>Paths and tags of invalidations (distribution spec 3.14).</summary>
public sealed class InvalidationItemTests
{
    [Theory]
    [InlineData("/a", "the path /a, in every variant by headers and cookies")]
    [InlineData("/a?x=1", "the path /a?x=1, in every variant by headers and cookies")]
    [InlineData("/a*", "every path, with its query, that begins with /a")]
    [InlineData("/*", "every object")]
    [InlineData("#Product:tv", "objects with the tag Product:tv, in any letter case")]
    public void Item_IsRead(string text, string meaning)
    {
        var item = InvalidationItem.Read(text, out var mistake);

        Assert.Null(mistake);
        Assert.Equal(meaning, item!.Meaning);
    }

    [Theory]
    [InlineData("", "a path is empty: every object is /*")]
    [InlineData("a/b", "the path 'a/b' has no leading slash: write '/a/b'")]
    [InlineData("*", "the path '*' has no leading slash: write '/*'")]
    [InlineData("http://localhost:8080/a?b", "'http://localhost:8080/a?b' is a URL: write its path, '/a?b'")]
    [InlineData("/a*b", "the path '/a*b' has a * before its end, where it is no wildcard: write '/a*', or each path by itself")]
    [InlineData("/ä b", "the path '/ä b' has a character that no request can have: write it percent-encoded, '/%C3%A4%20b'")]
    [InlineData("/a#b", "the path '/a#b' has a character that no request can have: write it percent-encoded, '/a%23b'")]
    [InlineData("#a,b", "the tag 'a,b' is none: a tag is 1 to 256 visible ASCII characters without commas and blanks")]
    [InlineData("#", "the tag '' is none: a tag is 1 to 256 visible ASCII characters without commas and blanks")]
    public void WhatIsNone_IsRefusedWithWhatToWrite(string text, string sentence)
    {
        Assert.Null(InvalidationItem.Read(text, out var mistake));
        Assert.Equal(sentence, mistake);
    }

    [Theory]
    [InlineData(4_000, true)]
    [InlineData(4_001, false)]
    public void Length_HasABound(int length, bool isRead) =>
        Assert.Equal(isRead, InvalidationItem.Read("/" + new string('a', length - 1), out _) is not null);
}

using Brink.Http;

namespace Brink.Tests.Http;

public sealed class HostFieldTests
{
    public static TheoryData<string> Hosts =>
    [
        "a", "localhost", "www.example.com", "WWW.Example.COM", "www.example.com.", "a.", "my_host.internal", "_dmarc.example.com", "_", "-a.example.com", "a-.b", "xn--bcher-kva.example",
        "a--b.c", "1.2.3.4", "1.2.3.4:80", "256.1.1.1", "1", "0x7f.1", "test:1", "test:0", "test:65535", "test:00080", "www.example.com.:8080", "[::1]", "[::1]:8080", "[2001:DB8::a]:65535",
        "[::ffff:1.2.3.4]", $"{new string('a', 63)}.example", string.Join('.', Enumerable.Repeat("abcdefghi", 25)),
    ];

    public static TheoryData<string> NoHosts =>
    [
        "", " ", ".", "..", ".a", "a..b", "a..", "a:", ":80", ":", "a:65536", "a:99999999999", "a:000080", "a:8o", "a:+80", "a:-1", "a:80 ", "a:80\0", "a:80:80", "a: 80", "a b", " a", "a ", "a\tb",
        "[", "[]", "]", "[::1", "::1", "[::1]x", "[::1]:", "[::1]:99999", "[::1]80", "[::1%eth0]", "[::1%25lo]", "[1.2.3.4]", "[v1.a]", "[[::1]]", "[:::1]", "[1::2::3]", "[::12345]", "[a]", "[::1]]",
        "a.-b", "a._b", "9._a.b", "a'b", "a!b", "a$b", "a&b", "a(b)", "a*b", "*.example.com", "a+b", "a,b", "a;b", "a=b", "a~b", "a%41", "a%00b", "a/b", "a/", "a?b", "a#b", "a\\b", "a@b", "user@a", "u:p@a", "http://a", "a\"b", "a<b", "a|b", "a^b", "a`b", "a{b}",
        "a\0", "a\rb", "a\nb", "a\u007f", "caf\u00e9", "\u00ff", "b\u00fccher.example", "\u65e5\u672c",
        $"{new string('a', 64)}.example", string.Join('.', Enumerable.Repeat("abcdefghi", 26)), new string('a', 9000),
    ];

    [Theory]
    [MemberData(nameof(Hosts))]
    public void NameOrAddressAndPerhapsAPort_IsAHost(string host) => Assert.True(HostField.IsValid(host));

    [Theory]
    [MemberData(nameof(NoHosts))]
    public void WhateverElse_IsNone(string value) => Assert.False(HostField.IsValid(value));

    /// <summary>What .NET cannot read it sends beside a Host of its own: it must be able to read all that we take.</summary>
    [Fact]
    public void WhateverWeTake_DotNetCanRead()
    {
        var random = new Random(11);
        const string letters = "aZ09-_..::[]";
        var taken = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var host = new string([.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => letters[random.Next(letters.Length)])]);
            if (i % 4 == 0)
                host = $"[{host}]";
            if (i % 3 == 0)
                host += $":{random.Next(70_000)}";
            if (!HostField.IsValid(host))
                continue;
            taken++;
            using var request = new HttpRequestMessage();
            request.Headers.TryAddWithoutValidation("Host", host);
            Assert.Equal(host, request.Headers.Host);
        }
        Assert.True(taken > 10_000, $"{taken}");
    }
}

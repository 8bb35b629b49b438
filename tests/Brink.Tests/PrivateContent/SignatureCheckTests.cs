using System.Text;
using System.Text.Json;
using Brink.Http;
using Brink.PrivateContent;

namespace Brink.Tests.PrivateContent;

/// <summary>Signed URLs and cookies, rule by rule (distribution spec 2.12). What AWS's own signers made is in tests/private-content/vectors.json.</summary>
public sealed class SignatureCheckTests
{
    private const string Url = "https://d111111abcdef8.cloudfront.net/image.jpg";
    private const long End = 1893456000;

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(End - 1);

    public static TheoryData<string> Names => [.. Vectors.Keys];

    private static Dictionary<string, JsonElement> Vectors { get; } = JsonDocument.Parse(File.ReadAllText(SigningKeys.PathTo("vectors.json"))).RootElement.EnumerateArray()
        .ToDictionary(vector => vector.GetProperty("name").GetString()!, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatAwssSignersMake_IsTaken_AndNothingNextToIt(string name)
    {
        var vector = Vectors[name];
        var request = vector.TryGetProperty("signed", out var signed) ? Ask(signed.GetString()!) : Ask(vector.GetProperty("asks").GetString()!, vector.GetProperty("cookies").GetString());
        var key = vector.GetProperty("key").GetString()!;
        request.ClientIp = "192.0.2.7";

        Assert.Null(Refusal(request, Now, key)?.Detail);
        Assert.Null(Refusal(request, Now, key)?.Detail);
        Assert.Equal("AccessDenied", Refusal(request, Now.AddSeconds(1), key)!.Code);

        var otherKey = new SignatureCheck([SigningKeys.Public(key == "rsa" ? "ec" : "rsa")]);
        Assert.Equal("AccessDenied", otherKey.Admit(request, Now)!.Code);
        Assert.Equal("InvalidKey", new SignatureCheck([SigningKeys.Public(key, "KOTHER")]).Admit(request, Now)!.Code);
        foreach (var spoilt in new[] { "Signature=", "Expires=1", "Policy=" }.Where(part => Text(request).Contains(part, StringComparison.Ordinal)))
            Assert.NotNull(Refusal(Replaced(request, spoilt, spoilt + "9"), Now, key));
        if (!name.Contains("policy for everything", StringComparison.Ordinal))
        {
            request.Uri = "/other";
            Assert.Equal("AccessDenied", Refusal(request, Now, key)!.Code);
        }
    }

    [Theory]
    [InlineData("", "", "MissingKey", "Missing Key-Pair-Id query parameter or cookie value")]
    [InlineData("?Key-Pair-Id=", "", "MissingKey", "Missing Key-Pair-Id query parameter or cookie value")]
    [InlineData("?Expires=1893456000&Signature=aa__", "", "MissingKey", "Missing Key-Pair-Id query parameter or cookie value")]
    [InlineData("?Expires=1893456000&Signature=aa__&Key-Pair-Id=undefined", "", "InvalidKey", "Unknown Key")]
    [InlineData("?key-pair-id=K2JCJMDEHXQW5F", "", "MissingKey", "Missing Key-Pair-Id query parameter or cookie value")]
    [InlineData("?Key-Pair-Id=K2JCJMDEHXQW5F", "", "MalformedSignature", "Could not unencode Signature")]
    [InlineData("?Expires=1893456000&Signature=a&Key-Pair-Id=K2JCJMDEHXQW5F", "", "MalformedSignature", "Could not unencode Signature")]
    [InlineData("?Expires=1893456000&Signature=!!!!&Key-Pair-Id=K2JCJMDEHXQW5F", "", "MalformedSignature", "Could not unencode Signature")]
    [InlineData("?Signature=aaaa&Key-Pair-Id=K2JCJMDEHXQW5F", "", "MalformedPolicy", "Malformed Policy")]
    [InlineData("?Expires=soon&Signature=aaaa&Key-Pair-Id=K2JCJMDEHXQW5F", "", "MalformedPolicy", "Malformed Policy")]
    [InlineData("?Expires=1893456000000&Signature=aaaa&Key-Pair-Id=K2JCJMDEHXQW5F", "", "MalformedPolicy", "Malformed Policy")]
    [InlineData("?Policy=a&Signature=aaaa&Key-Pair-Id=K2JCJMDEHXQW5F", "", "MalformedPolicy", "Malformed Policy")]
    [InlineData("?Policy=aaaa&Signature=aaaa&Key-Pair-Id=K2JCJMDEHXQW5F", "", "AccessDenied", "Access denied")]
    [InlineData("?Expires=1893456000&Signature=aaaa&Key-Pair-Id=K2JCJMDEHXQW5F", "", "AccessDenied", "Access denied")]
    [InlineData("?Expires=1893456000&Signature=aaaa&Key-Pair-Id=K2JCJMDEHXQW5F&Hash-Algorithm=MD5", "", "AccessDenied", "Access denied")]
    [InlineData("", "CloudFront-Expires=1893456000; CloudFront-Signature=aaaa", "MissingKey", "Missing Key-Pair-Id query parameter or cookie value")]
    [InlineData("", "CloudFront-Expires=1; CloudFront-Signature=aaaa; CloudFront-Key-Pair-Id=K1", "InvalidKey", "Unknown Key")]
    [InlineData("", "CloudFront-Signature=aaaa; CloudFront-Key-Pair-Id=K2JCJMDEHXQW5F", "MalformedPolicy", "Malformed Policy")]
    [InlineData("", "cloudfront-key-pair-id=K2JCJMDEHXQW5F", "MissingKey", "Missing Key-Pair-Id query parameter or cookie value")]
    public void WhatIsMissingOrWrong_IsNamed(string query, string cookies, string code, string message)
    {
        var refusal = Refusal(Ask(Url + query, cookies.Length == 0 ? null : cookies), Now);

        Assert.Equal((code, message), (refusal!.Code, refusal.Message));
        Assert.NotEqual("", refusal.Detail);
    }

    [Theory]
    [InlineData("?Expires=1")]
    [InlineData("?Policy=")]
    [InlineData("?Signature=x")]
    [InlineData("?Key-Pair-Id=K")]
    public void OneParameterOfASignedUrl_PutsTheCookiesAside(string query)
    {
        using var signer = SigningKeys.Signer();
        var cookies = signer.SignCookies(Url, End);

        Assert.Null(Refusal(Ask(Url, cookies), Now));
        Assert.NotNull(Refusal(Ask(Url + query, cookies), Now));
    }

    [Fact]
    public void HashAlgorithmAlone_DoesNot()
    {
        using var signer = SigningKeys.Signer();

        Assert.Null(Refusal(Ask(Url + "?Hash-Algorithm=SHA256", signer.SignCookies(Url, End)), Now));
    }

    [Fact]
    public void CannedUrl_IsTheRawOne_WithTheRestOfItsQueryInOrder()
    {
        using var signer = SigningKeys.Signer();
        const string url = "https://h.test/a%20b/%7e//../c?b=2&&a=%41&c";
        var signed = signer.SignUrl(url, End);
        var parts = signed[(url.Length + 1)..];

        Assert.Null(Refusal(Ask(signed), Now));
        Assert.Null(Refusal(Ask($"https://h.test/a%20b/%7e//../c?b=2&{parts}&&a=%41&c"), Now));
        Assert.NotNull(Refusal(Ask($"https://h.test/a%20b/%7e//../c?&a=%41&b=2&c&{parts}"), Now));
        Assert.NotNull(Refusal(Ask(signed.Replace("%7e", "~", StringComparison.Ordinal)), Now));
        Assert.NotNull(Refusal(Ask(signed.Replace("https:", "http:", StringComparison.Ordinal)), Now));
        Assert.NotNull(Refusal(Ask(signed.Replace("h.test", "h.test:8443", StringComparison.Ordinal)), Now));
    }

    [Theory]
    [InlineData("%7E", "~")]
    [InlineData("%2D", "-")]
    [InlineData("+", "-")]
    [InlineData("/", "~")]
    [InlineData("=", "_")]
    [InlineData("", "_")]
    public void SignatureInAnotherSpelling_IsTheSame(string spelling, string character)
    {
        using var signer = SigningKeys.Signer();
        var signed = signer.SignUrl(Url, End);
        var at = signed.IndexOf("Signature=", StringComparison.Ordinal) + "Signature=".Length;
        var end = signed.IndexOf('&', at);
        Assert.Contains(character, signed[at..end], StringComparison.Ordinal);

        Assert.Null(Refusal(Ask(signed[..at] + signed[at..end].Replace(character, spelling, StringComparison.Ordinal) + signed[end..]), Now));
    }

    [Theory]
    [InlineData("\"DateLessThan\":{\"AWS:EpochTime\":1893456000}", true)]
    [InlineData("\"DateLessThan\":{\"AWS:EpochTime\":1893455999}", false)]
    [InlineData("\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"DateGreaterThan\":{\"AWS:EpochTime\":1893455999}", true)]
    [InlineData("\"DateGreaterThan\":{\"AWS:EpochTime\":1893456000},\"DateLessThan\":{\"AWS:EpochTime\":1893456001}", false)]
    [InlineData("\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.7\"}", true)]
    [InlineData("\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.255/24\"}", true)]
    [InlineData("\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"0.0.0.0/0\"}", true)]
    [InlineData("\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.0/30\"}", false)]
    public void Conditions_AreAllHeld(string conditions, bool isAllowed)
    {
        var refusal = WithPolicy($"{{\"Statement\":[{{\"Condition\":{{{conditions}}}}}]}}");

        Assert.Equal(isAllowed ? null : "AccessDenied", refusal?.Code);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"Statement\":[]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000}}},{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000}}}]}")]
    [InlineData("{\"Statement\":[{\"Resource\":\"*\"}]}")]
    [InlineData("{\"Statement\":[{\"Resource\":1,\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":\"1893456000\"}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000.5}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":-1}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000,\"AWS:EpochTime\":1893456001}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddres\":{\"AWS:SourceIp\":\"192.0.2.7\"}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"127.1\"}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.7/33\"}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"2001:db8::/32\"}}}]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Deny\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000}}}]}")]
    [InlineData("{\"Statement\":[{\"Resource\":\"\\ud800\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000}}}]}")]
    [InlineData("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000}}}]}}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[")]
    public void PolicyOfAnotherForm_IsMalformed_ThoughItIsSigned(string policy)
    {
        Assert.Equal("MalformedPolicy", WithPolicy(policy)?.Code);
    }

    [Fact]
    public void ViewerOverIPv6_IsInNoRange()
    {
        Assert.Equal("AccessDenied", WithPolicy("{\"Statement\":[{\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1893456000},\"IpAddress\":{\"AWS:SourceIp\":\"0.0.0.0/0\"}}}]}", "::1")?.Code);
    }

    [Fact]
    public void PolicyThatIsTooLong_IsRefusedBeforeItIsRead()
    {
        using var signer = SigningKeys.Signer();
        var policy = Encoding.UTF8.GetBytes($"{{\"Statement\":[{{\"Resource\":\"*\",{new string(' ', Limits.SignedPolicyLength)}\"Condition\":{{\"DateLessThan\":{{\"AWS:EpochTime\":1893456000}}}}}}]}}");

        Assert.Contains("more than 8192 characters", Refusal(Ask(Url, signer.SignCookies(policy)), Now)!.Detail, StringComparison.Ordinal);
    }

    /// <summary>A signature that was right once says nothing of another time, address or URL.</summary>
    [Fact]
    public void RememberedSignature_IsLookedAtForEveryRequest()
    {
        using var signer = SigningKeys.Signer();
        var check = new SignatureCheck([SigningKeys.Rsa]);
        var cookies = signer.SignCookies(PolicySigner.PolicyOf("https://*/image.jpg", End, End - 10, "192.0.2.7"));
        string? Code(string url, long time, string ip)
        {
            var request = Ask(url, cookies);
            request.ClientIp = ip;
            return check.Admit(request, DateTimeOffset.FromUnixTimeSeconds(time))?.Code;
        }

        for (var i = 0; i < 2; i++)
        {
            Assert.Null(Code(Url, End - 1, "192.0.2.7"));
            Assert.Equal("AccessDenied", Code(Url, End, "192.0.2.7"));
            Assert.Equal("AccessDenied", Code(Url, End - 11, "192.0.2.7"));
            Assert.Equal("AccessDenied", Code(Url, End - 1, "192.0.2.8"));
            Assert.Equal("AccessDenied", Code(Url + "x", End - 1, "192.0.2.7"));
        }
    }

    [Theory]
    [InlineData("a=1; SIGNED; b=2", "a=1; b=2")]
    [InlineData("SIGNED", null)]
    [InlineData("SIGNED;a=1;b=\"x; y\"", "a=1; b=\"x; y\"")]
    [InlineData("CloudFront-Other=1;SIGNED;x;CloudFront-Hash-Algorithm=SHA1", "CloudFront-Other=1; x")]
    public void AdmittedRequest_HasOnlyItsOtherCookies(string cookies, string? rest)
    {
        using var signer = SigningKeys.Signer();
        var request = Ask(Url, cookies.Replace("SIGNED", signer.SignCookies(Url, End), StringComparison.Ordinal));
        request.Headers.Add("cookie", "CloudFront-Policy=");
        request.Headers.Add("cookie", "c=3;d");

        Assert.Null(new SignatureCheck([SigningKeys.Rsa]).Admit(request, Now));

        Assert.Equal(rest is null ? ["c=3;d"] : [rest, "c=3;d"], request.Headers.Where(field => field.Name.Equals("cookie", StringComparison.OrdinalIgnoreCase)).Select(field => field.Value));
    }

    [Fact]
    public async Task ManyThreads_GetTheSameAnswers()
    {
        using var signer = SigningKeys.Signer();
        using var ecSigner = SigningKeys.Signer("ec", SignatureHash.Sha256, "KEC");
        var check = new SignatureCheck([SigningKeys.Rsa, SigningKeys.Public("ec", "KEC")]);
        var signed = Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? signer : ecSigner).SignUrl($"https://h.test/{i}", End)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 400; i++)
            {
                var request = Ask(signed[(i + thread) % signed.Length]);
                Assert.Null(check.Admit(request.Clone(), Now));
                request.Uri += "x";
                Assert.NotNull(check.Admit(request, Now));
            }
        }, TestContext.Current.CancellationToken)));
    }

    /// <summary>Spoilt cookies, queries and policies: an answer, never an exception, and never entry but for what says the same.</summary>
    [Fact]
    public void Fuzz_OfCookiesQueriesAndSignedPolicies()
    {
        using var signer = SigningKeys.Signer("ec");
        var check = new SignatureCheck([SigningKeys.Ec]);
        var random = new Random(20261130);
        var policy = "{\"Statement\":[{\"Resource\":\"https://*.test/a*?x=\\\\?\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1},\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.7/24\"}}}]}"u8.ToArray();
        var known = new[] { signer.SignUrl(Url, 1), signer.SignUrl(Url, policy), Url + "?" };
        for (var i = 0; i < 4000; i++)
        {
            var spoilt = Spoilt(known[random.Next(known.Length)], random);
            var request = Ask(Url);
            request.QueryString = i % 2 == 0 ? spoilt[Math.Min(Url.Length, spoilt.Length)..] : null;
            if (i % 2 == 1)
                request.Headers.Add("Cookie", Spoilt(signer.SignCookies(policy), random));
            // All of it ended in 1970.
            Assert.NotNull(check.Admit(request, Now));
            SignedCookies.RemoveFrom(request.Headers);
            Assert.True((SignedQuery.Without(request.QueryString)?.Length ?? 0) <= (request.QueryString?.Length ?? 0));
        }
        for (var i = 0; i < 1500; i++)
        {
            var bytes = Encoding.Latin1.GetBytes(Spoilt(Encoding.Latin1.GetString(policy), random));
            Assert.NotNull(check.Admit(Ask(Url, signer.SignCookies(bytes)), Now));
        }
    }

    private static string Spoilt(string text, Random random)
    {
        var chars = text.ToList();
        for (var edits = random.Next(1, 6); edits > 0 && chars.Count > 0; edits--)
        {
            var at = random.Next(chars.Count);
            switch (random.Next(4))
            {
                case 0: chars.RemoveAt(at); break;
                case 1: chars.Insert(at, (char)random.Next(1, 256)); break;
                case 2: chars[at] = "&=;%{}[]\",:\\*?~_-"[random.Next(17)]; break;
                default: chars.InsertRange(at, chars.GetRange(at, Math.Min(random.Next(40), chars.Count - at))); break;
            }
        }
        return new string([.. chars]);
    }

    private static SignatureRefusal? WithPolicy(string policy, string ip = "192.0.2.7")
    {
        using var signer = SigningKeys.Signer();
        var request = Ask(signer.SignUrl(Url, Encoding.UTF8.GetBytes(policy)));
        request.ClientIp = ip;
        return Refusal(request, Now);
    }

    private static SignatureRefusal? Refusal(EdgeRequest request, DateTimeOffset now, string key = "rsa") => new SignatureCheck([SigningKeys.Public(key)]).Admit(request.Clone(), now);

    private static string Text(EdgeRequest request) => request.QueryString + request.Headers.Get("Cookie");

    private static EdgeRequest Replaced(EdgeRequest request, string part, string by)
    {
        var copy = request.Clone();
        copy.QueryString = copy.QueryString?.Replace(part, by, StringComparison.Ordinal);
        if (copy.Headers.Get("Cookie") is { } cookies)
            copy.Headers.Set("Cookie", cookies.Replace(part, by, StringComparison.Ordinal));
        return copy;
    }

    private static EdgeRequest Ask(string url, string? cookies = null)
    {
        var host = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var path = url.IndexOf('/', host);
        var query = url.IndexOf('?');
        var request = new EdgeRequest
        {
            IsHttps = url.StartsWith("https:", StringComparison.Ordinal),
            Uri = query < 0 ? url[path..] : url[path..query],
            QueryString = query < 0 ? null : url[(query + 1)..],
            ClientIp = "192.0.2.7",
        };
        request.Headers.Add("Host", url[host..path]);
        if (cookies is not null)
            request.Headers.Add("Cookie", cookies);
        return request;
    }
}

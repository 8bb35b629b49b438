using System.Collections.Immutable;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Rules;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

public sealed class FreshnessTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly ImmutableDictionary<int, TimeSpan> NoErrorTtls = ImmutableDictionary<int, TimeSpan>.Empty;

    [Theory]
    // The table of spec 3.3, with Min 0, Default 100, Max 1000, and then with Min 50.
    [InlineData("Cache-Control: max-age=60", 60, 60)]
    [InlineData("Cache-Control: max-age=20", 20, 50)]
    [InlineData("Cache-Control: max-age=5000", 1000, 1000)]
    [InlineData("", 100, 100)]
    [InlineData("Cache-Control: public", 100, 100)]
    [InlineData("Cache-Control: max-age=60, s-maxage=70", 70, 70)]
    [InlineData("Cache-Control: s-maxage=20|Cache-Control: max-age=60", 20, 50)]
    [InlineData("Cache-Control: s-maxage=5000, max-age=60", 1000, 1000)]
    [InlineData("Expires: Fri, 02 Jan 2026 03:05:05 GMT", 60, 60)]
    [InlineData("Expires: Fri, 02 Jan 2026 02:05:05 GMT", 0, 50)]
    [InlineData("Expires: Fri, 02 Jan 2027 02:05:05 GMT", 1000, 1000)]
    [InlineData("Expires: Friday, 02-Jan-26 03:05:05 GMT", 60, 60)]
    [InlineData("Expires: Fri Jan  2 03:05:05 2026", 60, 60)]
    [InlineData("Expires: 0", 0, 50)]
    [InlineData("Expires: -1", 0, 50)]
    [InlineData("Expires: Sun, 06 Nov 2094 08:49:37 UTC", 0, 50)]
    [InlineData("Expires: 0|Cache-Control: max-age=70", 70, 70)]
    [InlineData("Expires: Fri, 02 Jan 2026 03:05:05 GMT|Cache-Control: max-age=70", 70, 70)]
    [InlineData("Cache-Control: no-cache", -1, 50)]
    [InlineData("Cache-Control: no-store, max-age=60", -1, 50)]
    [InlineData("Cache-Control: private, s-maxage=60", -1, 50)]
    [InlineData("Cache-Control: PRIVATE", -1, 50)]
    [InlineData("Cache-Control: no-cache=\"Set-Cookie\", max-age=60", 60, 60)]
    [InlineData("Cache-Control: private=\"X-A, X-B\", max-age=60", 60, 60)]
    [InlineData("Cache-Control: max-age=0", 0, 50)]
    [InlineData("Cache-Control: max-age=soon", 0, 50)]
    [InlineData("Cache-Control: max-age=-1", 0, 50)]
    [InlineData("Cache-Control: max-age=99999999999999999999", 1000, 1000)]
    [InlineData("Cache-Control: max-age=\"60\"", 60, 60)]
    [InlineData("Cache-Control: max-age = 60 ,,, foo=\"a,b\\\"c, max-age=1\"", 60, 60)]
    [InlineData("Cache-Control: ext=\"unclosed, max-age=60", 100, 100)]
    public void Ttl_FollowsTheTable(string headers, int minZero, int minFifty)
    {
        Assert.Equal(minZero, Lifetime(Policy(0, 100, 1000), 200, headers));
        Assert.Equal(minFifty, Lifetime(Policy(50, 100, 1000), 200, headers));
    }

    [Theory]
    [InlineData(200, 100)]
    [InlineData(301, 100)]
    [InlineData(302, 100)]
    [InlineData(204, 100)]
    [InlineData(206, -1)]
    [InlineData(304, -1)]
    public void Status_DecidesWhatIsKept(int status, int lifetime) =>
        Assert.Equal(lifetime, Lifetime(Policy(0, 100, 1000), status, ""));

    [Theory]
    // Status; nothing sent, max-age=60, max-age=5, no-store.
    [InlineData(404, 10, 60, 10, 10)]
    [InlineData(414, 10, 60, 10, 10)]
    [InlineData(500, 10, 60, 10, 10)]
    [InlineData(501, 10, 60, 10, 10)]
    [InlineData(504, 10, 60, 10, 10)]
    [InlineData(400, -1, 60, 10, -1)]
    [InlineData(403, -1, 60, 10, -1)]
    [InlineData(405, -1, 60, 10, -1)]
    [InlineData(412, -1, 60, 10, -1)]
    [InlineData(415, -1, 60, 10, -1)]
    [InlineData(416, -1, -1, -1, -1)]
    [InlineData(401, -1, -1, -1, -1)]
    [InlineData(410, -1, -1, -1, -1)]
    [InlineData(429, -1, -1, -1, -1)]
    [InlineData(505, -1, -1, -1, -1)]
    public void Errors_AreKeptByTheirOwnRules(int status, int nothing, int sixty, int five, int noStore)
    {
        var policy = Policy(30, 100, 1000);
        Assert.Equal(nothing, Lifetime(policy, status, ""));
        Assert.Equal(sixty, Lifetime(policy, status, "Cache-Control: max-age=60"));
        Assert.Equal(five, Lifetime(policy, status, "Cache-Control: max-age=5"));
        Assert.Equal(noStore, Lifetime(policy, status, "Cache-Control: no-store"));
    }

    [Fact]
    public void ErrorTtl_IsClampedToMaxTtl_AndNeverBelowItsMinimum()
    {
        Assert.Equal(40, Lifetime(Policy(0, 10, 40), 404, "Cache-Control: max-age=500"));
        Assert.Equal(10, Lifetime(Policy(0, 0, 0), 404, "Cache-Control: max-age=500"));
        Assert.Equal(300, Lifetime(Policy(0, 10, 40), 404, "", NoErrorTtls.Add(404, TimeSpan.FromSeconds(300))));
        Assert.Equal(-1, Lifetime(Policy(0, 10, 40), 404, "", NoErrorTtls.Add(404, TimeSpan.Zero)));
    }

    [Fact]
    public void CachingDisabled_KeepsNothingGood() => Assert.Equal(-1, Lifetime(Policy(0, 0, 0), 200, "Cache-Control: max-age=60"));

    [Theory]
    // With Min 0, Default 100, Max 1000, and then with Min 50, for a response that came at the age of 30 s.
    [InlineData("Cache-Control: max-age=60", 30, 50)]
    [InlineData("Cache-Control: max-age=20", 0, 50)]
    [InlineData("Cache-Control: max-age=60, s-maxage=70", 40, 50)]
    [InlineData("Cache-Control: max-age=5000", 1000, 1000)]
    [InlineData("Expires: Fri, 02 Jan 2026 03:05:05 GMT", 30, 50)]
    [InlineData("Expires: Fri, 02 Jan 2026 03:05:05 GMT|Date: Fri, 02 Jan 2026 03:03:35 GMT", 60, 60)]
    // What the policy says begins here.
    [InlineData("", 100, 100)]
    [InlineData("Cache-Control: no-store", -1, 50)]
    public void Age_UsesUpWhatTheOriginSaid(string headers, int minZero, int minFifty)
    {
        var age = TimeSpan.FromSeconds(30);
        Assert.Equal(minZero, Lifetime(Policy(0, 100, 1000), 200, headers, null, age));
        Assert.Equal(minFifty, Lifetime(Policy(50, 100, 1000), 200, headers, null, age));
    }

    [Fact]
    public void Age_OfAnError_DoesNotShortenItsMinimum()
    {
        Assert.Equal(30, Lifetime(Policy(0, 100, 1000), 404, "Cache-Control: max-age=60", null, TimeSpan.FromSeconds(30)));
        Assert.Equal(10, Lifetime(Policy(0, 100, 1000), 404, "Cache-Control: max-age=60", null, TimeSpan.FromSeconds(55)));
    }

    [Theory]
    // stale-while-revalidate, then stale-if-error: -1 for not at all, and for without end.
    [InlineData("max-age=1", -1, -1)]
    [InlineData("max-age=1, stale-while-revalidate=20, stale-if-error=30", 20, 30)]
    [InlineData("max-age=1, must-revalidate", -1, 0)]
    [InlineData("max-age=1, MUST-REVALIDATE, stale-while-revalidate=20, stale-if-error=30", -1, 0)]
    [InlineData("max-age=1, proxy-revalidate", -1, 0)]
    [InlineData("max-age=1, proxy-revalidate, stale-while-revalidate=20", 20, 0)]
    [InlineData("max-age=1, proxy-revalidate, stale-if-error=30", -1, 30)]
    [InlineData("s-maxage=1", -1, 0)]
    [InlineData("s-maxage=1, stale-while-revalidate=20, stale-if-error=30", 20, 30)]
    [InlineData("max-age=1, x-must-revalidate, must-revalidate-not", -1, -1)]
    public void StaleAnswers_AreAllowedOrForbidden(string cacheControl, int whileRevalidate, int ifError)
    {
        var freshness = Freshness.Of(Policy(0, 100, 1000), NoErrorTtls, 200, Headers("Cache-Control: " + cacheControl), Now, TimeSpan.Zero);
        Assert.Equal((whileRevalidate, ifError), ((int)(freshness.StaleWhileRevalidate?.TotalSeconds ?? -1), (int)(freshness.StaleIfError?.TotalSeconds ?? -1)));
    }

    [Theory]
    // Now it is 03:04:05, and the answer took 2 s.
    [InlineData("", 0)]
    [InlineData("Age: 100", 102)]
    [InlineData("Age: 0", 2)]
    [InlineData("Age: 100, 5", 102)]
    [InlineData("Age: 100|Age: 5", 102)]
    [InlineData("Age: 99999999999999999999", 2147483649)]
    [InlineData("Age: -5", 0)]
    [InlineData("Age: +5", 0)]
    [InlineData("Age: 5s", 0)]
    [InlineData("Age: 5\0", 0)]
    [InlineData("Age: ", 0)]
    [InlineData("Date: Fri, 02 Jan 2026 03:03:05 GMT", 60)]
    [InlineData("Date: Fri, 02 Jan 2026 03:04:04 GMT", 0)]
    [InlineData("Date: Fri, 02 Jan 2026 03:05:05 GMT", 0)]
    [InlineData("Date: yesterday", 0)]
    [InlineData("Age: 100|Date: Fri, 02 Jan 2026 03:03:05 GMT", 102)]
    [InlineData("Age: 10|Date: Fri, 02 Jan 2026 03:03:05 GMT", 60)]
    public void InitialAge_IsTheLargerOneOfAgeAndDate(string headers, long seconds) =>
        Assert.Equal(seconds, (long)InitialAge.Of(Headers(headers), TimeSpan.FromSeconds(2), Now).TotalSeconds);

    [Fact]
    public void StaleDirectives_AreRead()
    {
        var control = CacheControl.Read(Headers("Cache-Control: max-age=1, stale-while-revalidate=20, stale-if-error=0"));
        Assert.Equal((20d, 0d), (control.StaleWhileRevalidate!.Value.TotalSeconds, control.StaleIfError!.Value.TotalSeconds));
    }

    private static int Lifetime(CachePolicy policy, int status, string headers, ImmutableDictionary<int, TimeSpan>? errorTtls = null, TimeSpan age = default) =>
        (int)(Freshness.Of(policy, errorTtls ?? NoErrorTtls, status, Headers(headers), Now, age).Lifetime?.TotalSeconds ?? -1);

    private static HeaderList Headers(string text)
    {
        var headers = new HeaderList();
        foreach (var line in text.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 2)..]);
        }
        return headers;
    }

    private static CachePolicy Policy(int min, int byDefault, int max) => new()
    {
        Id = "p",
        Name = "p",
        MinTtl = TimeSpan.FromSeconds(min),
        DefaultTtl = TimeSpan.FromSeconds(byDefault),
        MaxTtl = TimeSpan.FromSeconds(max),
    };
}

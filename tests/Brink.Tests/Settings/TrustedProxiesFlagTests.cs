namespace Brink.Tests.Settings;

public sealed class TrustedProxiesFlagTests
{
    [Theory]
    [InlineData("10.0.0.0/33", "10.0.0.0/33: a network such as 10.0.0.0/8 or 2001:db8::/32, or an address")]
    [InlineData("10.0.0.0/8,proxy", "proxy: a network such as 10.0.0.0/8 or 2001:db8::/32, or an address")]
    [InlineData("10.0.0.0/8,", ": a network such as 10.0.0.0/8 or 2001:db8::/32, or an address")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0: that trusts every viewer, and each could say any address; name the proxies")]
    [InlineData("::/0", "::/0: that trusts every viewer, and each could say any address; name the proxies")]
    public async Task WhatIsNoNetwork_IsRefused(string value, string mistake)
    {
        foreach (var flag in new[] { "--trusted-proxies", "--proxy-protocol" })
        {
            await using var site = Site.OfDistribution();
            site.Flags.AddRange([flag, value]);

            var (exitCode, errors) = await site.EndAsync();

            Assert.Equal(2, exitCode);
            Assert.Contains($"{flag} {mistake}", errors, StringComparison.Ordinal);
        }
    }
}

using Brink.Edge.Devices;

namespace Brink.Tests.Edge.Devices;

public sealed class ViewerDeviceTests
{
    [Theory]
    // computers, and what is none of the others
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Desktop")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Desktop")]
    [InlineData("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 3.5.30729; Tablet PC 2.0)", "Desktop")]
    [InlineData("Minecraft/1.20 (Aftermath; Groku)", "Desktop")]
    [InlineData("Transformer/2.0 (X11; Linux)", "Desktop")]
    [InlineData("curl/8.0", "Desktop")]
    [InlineData("", "Desktop")]
    // phones
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", "IOS Mobile")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Android Mobile")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", "Android Mobile")]
    [InlineData("Mozilla/5.0 (Linux; Android 13; SM-S908B) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Android Mobile")]
    [InlineData("Mozilla/5.0 (compatible; MSIE 10.0; Windows Phone 8.0; Trident/6.0; IEMobile/10.0; NOKIA; Lumia 920)", "Mobile")]
    [InlineData("Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS)) Presto/2.12", "Mobile")]
    [InlineData("Mozilla/5.0 (BB10; Touch) AppleWebKit/537.35 Version/10.2 Mobile Safari/537.35", "Mobile")]
    // tablets: by the rule, by their names, and by the table where they say Mobile
    [InlineData("Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", "IOS Tablet")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Android Tablet")]
    [InlineData("Mozilla/5.0 (Linux; U; Android 2.2; en-gb; GT-P1000 Build/FROYO) AppleWebKit/533.1 Version/4.0 Mobile Safari/533.1", "Android Tablet")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; SM-T590) AppleWebKit/537.36 SamsungBrowser/9.4 Chrome/67.0 Mobile Safari/537.36", "Android Tablet")]
    [InlineData("Mozilla/5.0 (Linux; Android 4.4.2; A1-830 Build/KVT49L) AppleWebKit/537.36 Version/4.0 Mobile Safari/537.36", "Android Tablet")]
    [InlineData("Mozilla/5.0 (Linux; Android 4.4.2; A1-8300 Build/KVT49L) AppleWebKit/537.36 Version/4.0 Mobile Safari/537.36", "Android Mobile")]
    [InlineData("Mozilla/5.0 (Linux; Android 8.0; LENOVO TAB 4 10) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Android Tablet")]
    [InlineData("Mozilla/5.0 (Linux; Android 5.1.1; KFFOWI) AppleWebKit/537.36 Silk/99.3 like Chrome/99.0 Mobile Safari/537.36", "Android Tablet")]
    [InlineData("Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en-US) AppleWebKit/536.2+ Version/7.2.1.0 Safari/536.2+", "Tablet")]
    [InlineData("Mozilla/5.0 (Android 13; Tablet; rv:120.0) Gecko/120.0 Firefox/120.0", "Android Tablet")]
    [InlineData("Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ Version/5.0 Safari/533.2+ Kindle/3.0+", "Android Tablet")]
    // televisions, Android's among them
    [InlineData("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 Safari/537.36", "SmartTV")]
    [InlineData("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/79.0 Safari/537.36", "SmartTV")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; BRAVIA 4K UR2 Build/PTT1) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "Android SmartTV")]
    [InlineData("Mozilla/5.0 (Linux; Android 7.1.2; AFTMM Build/NS6265) AppleWebKit/537.36 Silk/99.3 like Chrome/99.0 Safari/537.36", "Android SmartTV")]
    [InlineData("Mozilla/5.0 (Linux; Android 11; SHIELD Android TV) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "Android SmartTV")]
    [InlineData("HbbTV/1.4.1 (+DRM;Samsung;SmartTV2019:UAU7100;T-KTM2;KantM2;) Tizen/5.0", "SmartTV")]
    [InlineData("Roku/DVP-12.5 (12.5.0.4178-AC)", "SmartTV")]
    [InlineData("AppleCoreMedia/1.0.0.19K53 (Apple TV; U; CPU OS 15_2 like Mac OS X; en_us)", "SmartTV")]
    [InlineData("Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 CrKey/1.56.500000", "Android SmartTV")]
    public void UserAgent_TellsTheDevice(string userAgent, string expected) => Assert.Equal(expected, Say(ViewerDevice.Of(userAgent)));

    [Fact]
    public void OfALongOne_TheBeginningIsLookedAt()
    {
        var blanks = new string(' ', ViewerDevice.Longest - "iPad".Length);

        Assert.Equal("IOS Tablet", Say(ViewerDevice.Of(blanks + "iPad")));
        Assert.Equal("Desktop", Say(ViewerDevice.Of(blanks + " iPad")));
    }

    // What a viewer could write to make looking dear: beginnings of words, over and over.
    [Theory]
    [InlineData("Android SM-P SM-P SM-P ")]
    [InlineData("Android xSM-T")]
    [InlineData("AndroidAFT")]
    [InlineData("Android AFTa")]
    [InlineData("Android Mobile TABLET TABLET ")]
    [InlineData("\uffff\u0000Android İı")]
    public void RepeatedBeginnings_AreReadToTheEnd(string part) =>
        Assert.True(ViewerDevice.Of(string.Concat(Enumerable.Repeat(part, 400))).Android);

    [Fact]
    public void RandomOnes_AreReadWithoutFault_AndAreOfOneKind()
    {
        string[] parts = ["Android", "Mobile", "iPhone", "iPad", "AFT", "SM-T310", "HbbTV", "Tablet", " PC", "A1-830", "Kindle", "-", " ", ";", "(", "é", "\ud800"];
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var userAgent = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));

            var device = ViewerDevice.Of(userAgent);

            Assert.True(new[] { device.Desktop, device.Mobile, device.Tablet, device.SmartTv }.Count(kind => kind) == 1, $"seed {seed}: {userAgent}");
        }
    }

    private static string Say(ViewerDevice device) => string.Join(' ', new[]
    {
        (device.Android, "Android"), (device.Desktop, "Desktop"), (device.Ios, "IOS"), (device.Mobile, "Mobile"), (device.SmartTv, "SmartTV"), (device.Tablet, "Tablet"),
    }.Where(kind => kind.Item1).Select(kind => kind.Item2));
}

using System.Buffers;

namespace Brink.Edge.Devices;

/// <summary>
/// What a User-Agent says of its device (distribution spec section 4). AWS does not publish its rule; this one goes by the words that
/// makers document: Android phones say "Mobile" and Android tablets do not, Apple's say iPhone, iPod or iPad, televisions name their
/// platform. Old Android tablets that say "Mobile" all the same are in a table (<see cref="TabletModels"/>). What is none of these, or says
/// nothing, is a desktop.
/// </summary>
/// <param name="Android">Whatever kind it is.</param>
/// <param name="Ios">An iPhone, iPod or iPad.</param>
/// <param name="Mobile">A phone.</param>
/// <param name="Tablet">A tablet or reader.</param>
/// <param name="SmartTv">A television, or a box or stick for one.</param>
/// <remarks>A viewer writes what it likes: there are no regular expressions here, and no more than the beginning is looked at.</remarks>
internal readonly record struct ViewerDevice(bool Android, bool Ios, bool Mobile, bool Tablet, bool SmartTv)
{
    /// <summary>How much of a User-Agent is looked at. Those of browsers are a quarter of it.</summary>
    public const int Longest = 1024;

    private static readonly SearchValues<string> SmartTvs = DeviceWords.Of(
        "SmartTV", "SMART-TV", "Smart TV", "Android TV", "AppleTV", "Apple TV", "tvOS", "GoogleTV", "Google TV", "CrKey", "Nexus Player",
        "HbbTV", "NETTV", "SonyDTV", "DTV", "BRAVIA", "Web0S", "webOS.TV", "NetCast", "Opera TV", "Roku", "AQUOS-TV", "AquosBrowser",
        "MiTV", "MiBOX", "PhilipsTV", "Viera", "VIDAA");

    private static readonly SearchValues<string> Tablets = DeviceWords.Of(
        "iPad", "Kindle", "Silk/", "PlayBook", "TouchPad", "Galaxy Tab", "SM-T", "SM-P", "SM-X");

    private static readonly SearchValues<string> Phones = DeviceWords.Of("iPhone", "iPod");

    // Within other words too: IEMobile.
    private static readonly SearchValues<string> MobileWords = DeviceWords.Of(
        "Mobile", "Windows Phone", "BlackBerry", "Opera Mini", "Opera Mobi", "Symbian", "MIDP");

    /// <summary>Whether it is none of the others.</summary>
    public bool Desktop => !Mobile && !Tablet && !SmartTv;

    /// <summary>The device of a User-Agent; the empty one is a desktop's.</summary>
    public static ViewerDevice Of(ReadOnlySpan<char> userAgent)
    {
        userAgent = userAgent[..Math.Min(userAgent.Length, Longest)];
        var android = userAgent.Contains("Android", StringComparison.OrdinalIgnoreCase);
        var phone = DeviceWords.BeginIn(userAgent, Phones);
        var iPad = userAgent.Contains("iPad", StringComparison.OrdinalIgnoreCase);
        var saysMobile = userAgent.ContainsAny(MobileWords);
        var tv = DeviceWords.BeginIn(userAgent, SmartTvs) || (android && IsFireTv(userAgent));
        var tablet = !tv
            && (DeviceWords.BeginIn(userAgent, Tablets) || SaysTablet(userAgent)
                || (android && (!saysMobile || TabletModels.Has(userAgent))));
        return new ViewerDevice(android, phone || iPad, !tv && !tablet && (phone || saysMobile), tablet, tv);
    }

    /// <summary>The word, but not of Windows: every Internet Explorer there says "Tablet PC".</summary>
    private static bool SaysTablet(ReadOnlySpan<char> userAgent)
    {
        const string word = "Tablet", ofWindows = " PC";
        var at = userAgent.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && !userAgent[(at + word.Length)..].StartsWith(ofWindows, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Amazon's models: AFT and further capitals, such as AFTMM.</summary>
    private static bool IsFireTv(ReadOnlySpan<char> userAgent)
    {
        const string begins = "AFT";
        for (var from = 0; userAgent[from..].IndexOf(begins, StringComparison.Ordinal) is >= 0 and var found; from += found + begins.Length)
        {
            var (at, next) = (from + found, from + found + begins.Length);
            if (DeviceWords.BeginsAt(userAgent, at) && next < userAgent.Length && char.IsAsciiLetterUpper(userAgent[next]))
                return true;
        }
        return false;
    }
}

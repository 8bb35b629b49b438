using Brink.Edge.Devices;
using Brink.Edge.Geography;
using Brink.Http;

namespace Brink.Edge.Configuration;

/// <summary>
/// What the edge knows of a viewer beside the request: only where the snapshot asks about viewers (<see cref="ViewerQuestions"/>). The
/// place is found when it is first asked for.
/// </summary>
/// <param name="snapshot">By whose databases.</param>
/// <param name="address">The viewer's.</param>
internal sealed class ViewerFacts(EdgeSnapshot snapshot, string address)
{
    private ViewerPlace? _place;
    private string? _userAgent;
    private ViewerDevice _device;

    /// <summary>Where the viewer is, ISO 3166-1 alpha-2; null where that is not known.</summary>
    public string? Country => snapshot.ViewerCountry ?? Place[PlaceField.Country];

    /// <summary>More of the same.</summary>
    public ViewerPlace Place => _place ??= snapshot.PlaceOf(address);

    /// <summary>What the request's User-Agent says of the device: looked at once, however many headers ask.</summary>
    public ViewerDevice DeviceOf(EdgeRequest request)
    {
        var userAgent = request.Headers.Get("User-Agent") ?? "";
        if (!ReferenceEquals(userAgent, _userAgent))
            (_userAgent, _device) = (userAgent, ViewerDevice.Of(userAgent));
        return _device;
    }

    /// <summary>CloudFront-Viewer-TLS; null without TLS.</summary>
    public string? Tls { get; init; }

    /// <summary>Null without TLS.</summary>
    public TlsFingerprints? Fingerprints { get; init; }

    /// <summary>The names of the request's fields as they came; null where that is not known, or the behavior does not ask.</summary>
    public HeaderOrder? HeaderOrder { get; init; }
}

/// <summary>What policies and geo restrictions ask about viewers.</summary>
[Flags]
internal enum ViewerQuestions
{
    None = 0,

    /// <summary>Anything at all.</summary>
    Any = 1,

    /// <summary>Version, cipher suite, and how the session came about.</summary>
    TlsSession = 2,

    /// <summary>JA3 and JA4.</summary>
    Fingerprints = 4,

    /// <summary>The order of the fields.</summary>
    HeaderOrder = 8,

    /// <summary>What a standard or real-time log has of viewers: the version and the cipher suite of their TLS, and their places.</summary>
    Logged = 16,
}

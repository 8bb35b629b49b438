using Brink.Edge.Geography;

namespace Brink.Edge.Configuration;

/// <summary>What the edge knows of a viewer beside the request; found when it is first asked for.</summary>
internal interface IViewerFacts
{
    /// <summary>Where the viewer is, ISO 3166-1 alpha-2; null where that is not known.</summary>
    string? ViewerCountry { get; }

    /// <summary>More of the same.</summary>
    ViewerPlace Place { get; }

    /// <summary>CloudFront-Viewer-TLS; null without TLS.</summary>
    string? Tls { get; }

    /// <summary>Null without TLS.</summary>
    TlsFingerprints? Fingerprints { get; }

    /// <summary>The names of the request's fields as they came; null where that is not known.</summary>
    HeaderOrder? HeaderOrder { get; }
}

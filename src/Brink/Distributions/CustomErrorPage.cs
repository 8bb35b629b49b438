namespace Brink.Distributions;

/// <summary>The page that stands in an error's place: an entry of CustomErrorResponses that names one (distribution spec 2.10).</summary>
/// <param name="ErrorCode">The status that it is for.</param>
/// <param name="Path">Where it is, below the same distribution: ResponsePagePath.</param>
/// <param name="ResponseCode">The status that the viewer gets with it.</param>
public sealed record CustomErrorPage(int ErrorCode, string Path, int ResponseCode);

namespace Brink.Resources;

/// <summary>
/// An origin access identity. A distribution that names one has its requests signed, whether it is given or not: the keys are those of the
/// machine's own settings.
/// </summary>
/// <param name="Id">Its id.</param>
public sealed record OriginAccessIdentity(string Id);

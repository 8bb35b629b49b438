using Brink.Distributions;

namespace Brink.Host.Files;

/// <summary>A distribution from a file with DistributionConfig JSON.</summary>
internal static class DistributionFiles
{
    public static Distribution? Read(string file, string id, string domainName, GivenPolicies given, Reading reading) =>
        reading.Text(file) is { } json ? reading.Accept(file, DistributionConfigReader.Read(json, id, domainName, given)) : null;
}

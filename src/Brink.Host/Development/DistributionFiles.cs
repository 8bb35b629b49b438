using Brink.Distributions;

namespace Brink.Host.Development;

internal static class DistributionFiles
{
    public static Distribution? Read(string file, byte[] json, string id, string domainName, Reading reading)
    {
        _ = (json, id, domainName);
        reading.Unusable(file, "distribution files are not read yet");
        return null;
    }
}

namespace Brink.Host.Development;

internal sealed class DevConfigurationReader(DevOptions options, TimeProvider time)
{
    public DevConfiguration? Read(out IReadOnlyList<DevMistake> mistakes)
    {
        _ = time;
        mistakes = [new DevMistake(options.Origin ?? "brink dev", "is not served yet")];
        return null;
    }
}

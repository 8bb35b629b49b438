using System.Globalization;
using Brink.Configuration;

namespace Brink.Resources;

/// <summary>
/// What <c>aws lambda get-function</c> and <c>get-function-configuration</c> print of a version. What CloudFront refuses at association
/// (lambda-edge spec 3.5) is refused here, in its words where they are known.
/// </summary>
internal static class LambdaVersionReader
{
    /// <summary>Of <c>get-function</c>, which prints the configuration beside the place of the code.</summary>
    public static ResourceCatalog? ReadPrinted(ConfigObject root)
    {
        root.Ignore([.. root.Names]);
        return root.Object("Configuration", required: true) is { } configuration ? Read(configuration) : null;
    }

    /// <summary>Of <c>get-function-configuration</c>; null, with a mistake, where it is no version for the edge.</summary>
    public static ResourceCatalog? Read(ConfigObject configuration)
    {
        configuration.Ignore([.. configuration.Names]);
        var (name, arn) = (configuration.Text("FunctionName", required: true), configuration.Text("FunctionArn", required: true));
        var version = configuration.Text("Version", required: true);
        var read = new LambdaVersionResource(name ?? "", 0)
        {
            Runtime = configuration.Text("Runtime"),
            Handler = configuration.Text("Handler"),
            Timeout = configuration.Number("Timeout", 1, 900) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            MemoryMegabytes = (int?)configuration.Number("MemorySize", 128, 10_240),
        };
        RefuseWhatTheEdgeRefuses(configuration, arn ?? "");
        if (name is null || arn is null || version is null)
            return null;
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            configuration.Mistake(
                "Version", $"'{version}' is not the number of a version, and a distribution names a numbered one",
                "Add --qualifier N to the command");
            return null;
        }
        read = read with { Number = number };
        return ResourceCatalog.Empty with { LambdaVersions = ResourceCatalog.Empty.LambdaVersions.Add(read.Id, read) };
    }

    private static void RefuseWhatTheEdgeRefuses(ConfigObject configuration, string arn)
    {
        void Refuse(bool isThere, string name, string rule)
        {
            if (isThere)
                configuration.Mistake(name, $"{rule}. Function: {arn}", "Publish a version without it");
        }
        Refuse(
            configuration.Object("Environment")?.Object("Variables") is { Names.Count: > 0 }, "Environment",
            "The function cannot have environment variables");
        Refuse(
            configuration.Object("VpcConfig") is { } network && network.PlainTexts("SubnetIds").Count > 0, "VpcConfig",
            "a function at the edge has no VPC");
        Refuse(configuration.PlainObjects("Layers").Count > 0, "Layers", "a function at the edge has no layers");
        Refuse(
            configuration.Object("DeadLetterConfig")?.Text("TargetArn") is { Length: > 0 }, "DeadLetterConfig",
            "a function at the edge has no dead letter queue");
        Refuse(configuration.Object("TracingConfig")?.Text("Mode") == "Active", "TracingConfig", "a function at the edge has no X-Ray");
        Refuse(configuration.Text("PackageType") is not (null or "Zip"), "PackageType", "a function at the edge is no container image");
        Refuse(
            configuration.PlainTexts("Architectures").Any(each => each != "x86_64"), "Architectures",
            "a function at the edge is for x86_64");
        Refuse(
            configuration.Object("EphemeralStorage")?.Number("Size", 0, long.MaxValue) > 512, "EphemeralStorage",
            "a function at the edge has 512 MB in /tmp");
    }
}

using Brink.Configuration;

namespace Brink.Quotas;

/// <summary>
/// Reads an operator's own quotas: <c>{ "base": "classic", "viewer": { "timeout": 10 }, "origin": {} }</c>. What is left out is as in the
/// base; sizes are bytes, the timeout is seconds.
/// </summary>
public static class LambdaQuotasReader
{
    /// <summary>The quotas, or every mistake at once.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="name">What messages are to call it.</param>
    public static ConfigResult<LambdaQuotas> Read(string json, string name) => ConfigObject.Read(json, root =>
    {
        var preset = LambdaQuotas.Preset(root.OneOf("base", required: false, "classic", "current") ?? "classic") ?? LambdaQuotas.Classic;
        return preset with
        {
            Name = name,
            Viewer = ReadTrigger(root.Object("viewer"), preset.Viewer),
            Origin = ReadTrigger(root.Object("origin"), preset.Origin),
        };
    });

    private static LambdaTriggerQuotas ReadTrigger(ConfigObject? given, LambdaTriggerQuotas preset)
    {
        if (given is null)
            return preset;
        var quotas = new LambdaTriggerQuotas
        {
            Timeout = given.Number("timeout", 1, LambdaTriggerQuotas.MaxTimeout) is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : preset.Timeout,
            MemoryMegabytes = (int)(given.Number("memoryMegabytes", LambdaTriggerQuotas.MinMemory, LambdaTriggerQuotas.MaxMemory)
                ?? preset.MemoryMegabytes),
            CodeBytes = given.Number("codeBytes", 1, LambdaTriggerQuotas.MaxCode) ?? preset.CodeBytes,
            GeneratedResponseBytes = Bytes("generatedResponseBytes", 1, preset.GeneratedResponseBytes),
            ExposedBodyBytes = Bytes("exposedBodyBytes", 0, preset.ExposedBodyBytes),
            ReplacedBodyBytes = Bytes("replacedBodyBytes", 0, preset.ReplacedBodyBytes),
        };
        given.Close();
        return quotas;

        int Bytes(string setting, int min, int byDefault) => (int)(given.Number(setting, min, LambdaTriggerQuotas.MaxBody) ?? byDefault);
    }
}

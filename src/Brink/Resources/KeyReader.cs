using Brink.Configuration;

namespace Brink.Resources;

/// <summary>PublicKeyConfig and KeyGroupConfig (distribution spec 2.12).</summary>
internal static class KeyReader
{
    public static PublicKey? ReadKey(ConfigObject config, string id)
    {
        config.Text("CallerReference");
        config.Text("Comment");
        var name = config.Text("Name", required: true) ?? "";
        if (config.Text("EncodedKey", required: true) is not { } pem)
            return null;
        var key = PublicKey.FromPem(id, name, pem, out var mistake);
        if (key is null)
            config.Mistake("EncodedKey", mistake.Rule, mistake.Fix);
        return key;
    }

    public static KeyGroup ReadGroup(ConfigObject config, string id)
    {
        config.Text("Comment");
        var name = config.Text("Name", required: true) ?? "";
        var keys = config.PlainTexts("Items", required: true);
        if (keys.Count == 0)
            config.Mistake("Items", "the group has no key", "List the ids of one to five public keys");
        if (keys.Count > Limits.KeysInGroup)
            config.Mistake("Items", $"{keys.Count} keys are more than {Limits.KeysInGroup}", "Shorten the list");
        return new KeyGroup(id, name, [.. keys.Distinct(StringComparer.Ordinal)]);
    }
}

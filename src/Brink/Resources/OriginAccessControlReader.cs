using Brink.Configuration;

namespace Brink.Resources;

/// <summary>OriginAccessControlConfig (distribution spec 2.2).</summary>
internal static class OriginAccessControlReader
{
    public static OriginAccessControl Read(ConfigObject config, string id)
    {
        config.Text("Name", required: true);
        config.Text("Description");
        config.OneOf("SigningProtocol", required: true, "sigv4");
        config.OneOf("OriginAccessControlOriginType", required: true, ["s3"], ["lambda", "mediastore", "mediapackagev2"]);
        var behavior = config.OneOf("SigningBehavior", required: true, [.. OriginAccessControl.SigningBehaviors]);
        return new OriginAccessControl(id, OriginAccessControl.BehaviorOf(behavior) ?? SigningBehavior.Always);
    }
}

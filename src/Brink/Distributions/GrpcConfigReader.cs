using System.Collections.Immutable;
using Brink.Configuration;

namespace Brink.Distributions;

/// <summary>GrpcConfig of a behavior, and what gRPC needs beside it (distribution spec 2.4).</summary>
/// <param name="origins">The distribution's origins.</param>
/// <param name="groups">Its origin groups.</param>
/// <param name="allowsHttp2">Whether its HttpVersion has HTTP/2.</param>
internal sealed class GrpcConfigReader(ImmutableArray<Origin> origins, ImmutableArray<OriginGroup> groups, bool allowsHttp2)
{
    /// <summary>Whether the behavior takes calls of gRPC.</summary>
    public bool Read(ConfigObject item, CacheBehavior behavior)
    {
        if (item.Object("GrpcConfig") is not { } grpc)
            return false;
        var isEnabled = grpc.Flag("Enabled", required: true) == true;
        grpc.Close();
        if (!isEnabled)
            return false;
        if (behavior.AllowedMethods != AllowedMethods.All)
            grpc.Mistake("Enabled", "gRPC needs POST, which the behavior does not allow", "List all seven methods in AllowedMethods");
        if (!allowsHttp2)
            grpc.Mistake("Enabled", "gRPC needs HTTP/2, and HttpVersion is http1.1", "Set HttpVersion to http2 or http2and3");
        foreach (var id in WithoutHttps(behavior.TargetOriginId))
        {
            grpc.Mistake(
                "Enabled", $"gRPC needs an origin over HTTPS, and the OriginProtocolPolicy of '{id}' is http-only",
                "Set that to https-only or match-viewer");
        }
        if (!behavior.LambdaFunctionAssociations.IsEmpty)
        {
            grpc.Mistake(
                "Enabled", "Lambda@Edge functions do not run for gRPC, and the behavior has some",
                "Give gRPC a behavior of its own, or use CloudFront Functions");
        }
        return true;
    }

    private IEnumerable<string> WithoutHttps(string target)
    {
        var group = groups.FirstOrDefault(group => group.Id == target);
        return origins.OfType<CustomOrigin>()
            .Where(origin => origin.ProtocolPolicy == OriginProtocolPolicy.HttpOnly)
            .Select(origin => origin.Id)
            .Where(id => group is null ? id == target : id == group.PrimaryOriginId || id == group.SecondaryOriginId);
    }
}

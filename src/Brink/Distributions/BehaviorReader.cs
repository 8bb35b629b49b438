using System.Buffers;
using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Events;
using Brink.Policies;
using Brink.Resources;

namespace Brink.Distributions;

/// <summary>The cache behaviors of a DistributionConfig (distribution spec 2.4).</summary>
internal sealed class BehaviorReader(ImmutableArray<string> targetIds, GrpcConfigReader grpc, ResourceCatalog resources)
{
    private const string ArnPrefix = "arn:aws:cloudfront::";

    private static readonly SearchValues<char> PatternChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.*$/~\"'@:+&?");

    private static readonly string[] AllMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

    public CacheBehavior ReadDefault(ConfigObject root)
    {
        if (root.Object("DefaultCacheBehavior", required: true) is not { } item)
            return new CacheBehavior { TargetOriginId = "", CachePolicy = ManagedPolicies.CachePolicies[0] };
        var behavior = Read(item);
        item.Close();
        return behavior;
    }

    public ImmutableArray<CacheBehavior> ReadOthers(ConfigObject root)
    {
        if (root.Object("CacheBehaviors") is not { } list)
            return [];
        var items = list.Objects();
        if (items.Count > Limits.CacheBehaviors)
            list.Mistake("Items", $"{items.Count} behaviors are more than {Limits.CacheBehaviors}", "Shorten the list");
        var behaviors = ImmutableArray.CreateBuilder<CacheBehavior>(items.Count);
        foreach (var item in items)
        {
            var pattern = item.Text("PathPattern", required: true) ?? "";
            if (pattern.Length is 0 or > Limits.PathPatternLength || pattern.AsSpan().ContainsAnyExcept(PatternChars))
            {
                item.Mistake(
                    "PathPattern",
                    $"'{pattern}' is empty, longer than {Limits.PathPatternLength}, or holds a character that is not allowed",
                    "Use A-Z a-z 0-9 _ - . * $ / ~ \" ' @ : + & and the wildcards * and ?");
            }
            if (behaviors.Any(other => other.PathPattern.Pattern.TrimStart('/') == pattern.TrimStart('/')))
                item.Mistake("PathPattern", $"an earlier behavior has the pattern '{pattern}' already", "Leave one of them");
            behaviors.Add(Read(item) with { PathPattern = new PathPattern(pattern) });
            item.Close();
        }
        list.Close();
        return behaviors.ToImmutable();
    }

    private CacheBehavior Read(ConfigObject item)
    {
        var target = item.Text("TargetOriginId", required: true) ?? "";
        if (target.Length > 0 && !targetIds.Contains(target))
            item.Mistake(
                "TargetOriginId", $"no origin or origin group has the id '{target}'", "Name the Id of one of the Origins or OriginGroups");
        var protocol = item.OneOf("ViewerProtocolPolicy", required: true, "allow-all", "https-only", "redirect-to-https");
        var (methods, cachesOptions) = ReadMethods(item);
        var (cachePolicy, originRequestPolicy) = ReadPolicies(item, cachesOptions);
        var responseHeadersPolicy = ReadResponseHeadersPolicy(item);
        RefuseUnsupported(item);
        var functions = ReadFunctions(item);
        var behavior = new CacheBehavior
        {
            TargetOriginId = target,
            ViewerProtocolPolicy = protocol switch
            {
                "https-only" => ViewerProtocolPolicy.HttpsOnly,
                "redirect-to-https" => ViewerProtocolPolicy.RedirectToHttps,
                _ => ViewerProtocolPolicy.AllowAll,
            },
            TrustedKeys = ReadTrustedKeys(item),
            AllowedMethods = methods,
            CachesOptions = cachesOptions,
            Compress = item.Flag("Compress") ?? false,
            CachePolicy = cachePolicy,
            OriginRequestPolicy = originRequestPolicy,
            ResponseHeadersPolicy = responseHeadersPolicy,
            RealtimeLog = ReadRealtimeLog(item),
            FunctionAssociations = functions,
            LambdaFunctionAssociations = LambdaAssociationReader.Read(item, functions),
        };
        return behavior with { AllowsGrpc = grpc.Read(item, behavior) };
    }

    private static (AllowedMethods Methods, bool CachesOptions) ReadMethods(ConfigObject item)
    {
        if (item.Object("AllowedMethods") is not { } allowed)
            return (AllowedMethods.GetHead, false);
        var listed = string.Join(' ', allowed.Texts().Order(StringComparer.Ordinal));
        AllowedMethods? methods = listed switch
        {
            "GET HEAD" => AllowedMethods.GetHead,
            "GET HEAD OPTIONS" => AllowedMethods.GetHeadOptions,
            _ when listed == string.Join(' ', AllMethods) => AllowedMethods.All,
            _ => null,
        };
        if (methods is null)
        {
            allowed.Mistake(
                "Items", $"'{listed}' is not one of the three sets",
                "Use GET HEAD, or GET HEAD OPTIONS, or all seven: " + string.Join(' ', AllMethods));
        }
        var cached = allowed.Has("CachedMethods")
            ? string.Join(' ', allowed.TextList("CachedMethods").Order(StringComparer.Ordinal))
            : "GET HEAD";
        if (cached is not ("GET HEAD" or "GET HEAD OPTIONS"))
            allowed.Mistake("CachedMethods", $"'{cached}' is not one of the two sets", "Use GET HEAD, or GET HEAD OPTIONS");
        var cachesOptions = cached == "GET HEAD OPTIONS";
        if (cachesOptions && methods == AllowedMethods.GetHead)
            allowed.Mistake("CachedMethods", "OPTIONS is cached but not allowed", "Add it to AllowedMethods");
        allowed.Close();
        return (methods ?? AllowedMethods.GetHead, cachesOptions);
    }

    private (CachePolicy CachePolicy, OriginRequestPolicy? OriginRequestPolicy) ReadPolicies(ConfigObject item, bool cachesOptions)
    {
        var cacheId = item.Text("CachePolicyId") ?? "";
        var originId = item.Text("OriginRequestPolicyId") ?? "";
        var legacy = item.Has("ForwardedValues");
        if (cacheId.Length == 0)
        {
            if (originId.Length > 0)
                item.Mistake("OriginRequestPolicyId", "an origin request policy needs a cache policy beside it", "Add a CachePolicyId");
            if (legacy)
                return LegacyForwardedValues.Read(item, cachesOptions);
            item.Mistake("CachePolicyId", "the behavior has neither CachePolicyId nor ForwardedValues", "Name a cache policy");
            return (ManagedPolicies.CachePolicies[0], null);
        }
        foreach (var name in (ReadOnlySpan<string>)["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"])
        {
            if (item.Has(name))
                item.Mistake(name, $"{name} cannot be set beside CachePolicyId", "Leave it out: the policy says it");
        }
        var cachePolicy = resources.FindCachePolicy(cacheId);
        if (cachePolicy is null)
            item.Mistake(
                "CachePolicyId", $"there is no cache policy '{cacheId}': it is neither managed nor given",
                resources.HowToGive(ResourceKind.CachePolicy, cacheId));
        OriginRequestPolicy? originRequestPolicy = null;
        if (originId.Length > 0)
        {
            originRequestPolicy = resources.FindOriginRequestPolicy(originId);
            if (originRequestPolicy is null)
            {
                item.Mistake(
                    "OriginRequestPolicyId", $"there is no origin request policy '{originId}': it is neither managed nor given",
                    resources.HowToGive(ResourceKind.OriginRequestPolicy, originId));
            }
        }
        return (cachePolicy ?? ManagedPolicies.CachePolicies[0], originRequestPolicy);
    }

    private ResponseHeadersPolicy? ReadResponseHeadersPolicy(ConfigObject item)
    {
        if (item.Text("ResponseHeadersPolicyId") is not { Length: > 0 } id)
            return null;
        var policy = resources.FindResponseHeadersPolicy(id);
        if (policy is null)
        {
            item.Mistake(
                "ResponseHeadersPolicyId", $"there is no response headers policy '{id}': it is neither managed nor given",
                resources.HowToGive(ResourceKind.ResponseHeadersPolicy, id));
        }
        return policy;
    }

    private RealtimeLogConfig? ReadRealtimeLog(ConfigObject item)
    {
        const string setting = "RealtimeLogConfigArn";
        if (item.Text(setting) is not { Length: > 0 } arn)
            return null;
        if (RealtimeLogConfig.NameOf(arn) is not { } name)
        {
            item.Mistake(
                setting, $"'{arn}' is not the ARN of a real-time log configuration",
                "Write arn:aws:cloudfront::<12 digits>:realtime-log-config/<name>");
            return null;
        }
        var config = resources.RealtimeLogConfigs.GetValueOrDefault(name);
        if (config is null)
            item.Mistake(
                setting, $"there is no real-time log configuration '{name}': it is not given",
                ResourceKind.RealtimeLogConfig.HowToGive(arn));
        return config;
    }

    private ImmutableArray<PublicKey>? ReadTrustedKeys(ConfigObject item)
    {
        if (item.Object("TrustedKeyGroups") is not { } trusted)
            return null;
        var isEnabled = trusted.Flag("Enabled", required: true);
        var ids = trusted.Texts();
        trusted.Close();
        if (isEnabled == false && ids.Count > 0)
            trusted.Mistake("Enabled", "it is false, and key groups are listed", "Set it to true, or empty the list");
        if (isEnabled == true && ids.Count == 0)
            trusted.Mistake("Items", "no key group is listed, so nothing could be signed for", "List the ids of key groups");
        if (ids.Count > Limits.KeyGroups)
            trusted.Mistake("Items", $"{ids.Count} key groups are more than {Limits.KeyGroups}", "Shorten the list");
        var keys = ImmutableArray.CreateBuilder<PublicKey>();
        foreach (var id in ids)
        {
            if (!resources.KeyGroups.TryGetValue(id, out var group))
            {
                trusted.Mistake("Items", $"there is no key group '{id}': it is not given", resources.HowToGive(ResourceKind.KeyGroup, id));
                continue;
            }
            // A key that is not given is a mistake of the group already, and signs nothing here.
            keys.AddRange(group.PublicKeyIds.Select(resources.PublicKeys.GetValueOrDefault).OfType<PublicKey>());
        }
        return isEnabled == true ? [.. keys.DistinctBy(key => key.Id)] : null;
    }

    private static ImmutableArray<FunctionAssociation> ReadFunctions(ConfigObject item)
    {
        if (item.Object("FunctionAssociations") is not { } list)
            return [];
        var associations = ImmutableArray.CreateBuilder<FunctionAssociation>();
        foreach (var each in list.Objects())
        {
            var arn = each.Text("FunctionARN", required: true) ?? "";
            if (arn.Length > 0 && !IsFunctionArn(arn))
                each.Mistake(
                    "FunctionARN", $"'{arn}' is not the ARN of a function", "Write arn:aws:cloudfront::<12 digits>:function/<name>");
            var name = each.OneOf("EventType", required: true, "viewer-request", "viewer-response", "origin-request", "origin-response");
            if (name is "origin-request" or "origin-response")
                each.Mistake("EventType", $"a CloudFront function cannot run on {name}", "Use viewer-request or viewer-response");
            else if (EventTypeNames.TryParse(name, out var type))
            {
                if (associations.Any(other => other.EventType == type))
                    each.Mistake("EventType", $"two functions run on {name}", "Leave one of them");
                associations.Add(new FunctionAssociation(arn, type));
            }
            each.Close();
        }
        if (associations.Count > Limits.FunctionAssociations)
            list.Mistake("Items", $"{associations.Count} functions are more than {Limits.FunctionAssociations}", "Shorten the list");
        list.Close();
        return associations.ToImmutable();
    }

    private static bool IsFunctionArn(string arn)
    {
        const string kind = ":function/";
        if (arn.Length > 108 || !arn.StartsWith(ArnPrefix, StringComparison.Ordinal))
            return false;
        var rest = arn.AsSpan(ArnPrefix.Length);
        if (rest.Length < 12 + kind.Length + 1 || rest[..12].ContainsAnyExceptInRange('0', '9') || !rest[12..].StartsWith(kind))
            return false;
        foreach (var c in rest[(12 + kind.Length)..])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }
        return rest.Length - 12 - kind.Length <= 64;
    }

    private static void RefuseUnsupported(ConfigObject item)
    {
        if (item.Object("TrustedSigners") is { } signers)
        {
            if (signers.Flag("Enabled", required: true) == true || signers.Texts().Count > 0)
            {
                item.Refuse(
                    "TrustedSigners", "the keys of AWS accounts exist only at AWS: Brink cannot have them",
                    "Put the public key into a key group, and name that in TrustedKeyGroups");
            }
            signers.Ignore("Quantity", "Items");
            signers.Close();
        }
        item.RefuseIfTrue("SmoothStreaming", "Smooth Streaming is");
        item.RefuseUnlessEmpty("FieldLevelEncryptionId", "field-level encryption is");
    }
}

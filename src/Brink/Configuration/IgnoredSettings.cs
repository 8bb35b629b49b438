using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Brink.Configuration;

/// <summary>
/// Settings of a DistributionConfig that are left out because the operator says so (<c>--ignore</c>): the one way past a setting that is
/// not enforced. Names are those of docs/settings.md: lists are left out of them, and what is said of <c>DefaultCacheBehavior</c> holds for
/// every behavior. A name covers what lies below it.
/// </summary>
public sealed partial record IgnoredSettings
{
    private readonly ImmutableArray<string> _names;

    private IgnoredSettings(ImmutableArray<string> names) => _names = names;

    /// <summary>Nothing is left out.</summary>
    public static IgnoredSettings None { get; } = new([]);

    /// <summary>
    /// What may be left out: the settings that are refused, and without which a distribution still has an origin, a certificate and
    /// behaviors that mean what they say.
    /// </summary>
    public static ImmutableArray<string> Ignorable { get; } =
    [
        "AnycastIpListId",
        "ConnectionFunctionAssociation",
        "ConnectionMode",
        "DefaultCacheBehavior.FieldLevelEncryptionId",
        "DefaultCacheBehavior.SmoothStreaming",
        "DefaultCacheBehavior.TrustedSigners",
        "OriginGroups.SelectionCriteria",
        "TenantConfig",
        "ViewerMtlsConfig",
        "WebACLId",
    ];

    /// <summary>The names, as they were given.</summary>
    public ImmutableArray<string> Names => _names;

    /// <summary>Reads names; settings of behaviors, origins and origin groups may stand without those words.</summary>
    /// <param name="names">The names.</param>
    /// <param name="mistakes">One sentence for each name that cannot be left out.</param>
    public static IgnoredSettings Read(IEnumerable<string> names, ICollection<string> mistakes)
    {
        var read = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            if (FullName(name) is { } full)
                read.Add(full);
            else
                mistakes.Add($"{name} is enforced, or there is no such setting; {string.Join(", ", Ignorable)} can be left out");
        }
        return new IgnoredSettings(read.ToImmutable());
    }

    /// <summary>
    /// The name of the setting at a JSON path: <c>$.CacheBehaviors.Items[1].SmoothStreaming</c> is
    /// <c>DefaultCacheBehavior.SmoothStreaming</c>, also within what <c>get-distribution-config</c> and <c>get-distribution</c> print.
    /// </summary>
    public static string NameOf(string path)
    {
        var name = ItemsOfAList().Replace(BeginningOfAPath().Replace(path, ""), "");
        return name.StartsWith(Others, StringComparison.Ordinal) ? OfBehaviors + name[Others.Length..] : name;
    }

    /// <summary>Whether a setting may be left out.</summary>
    public static bool IsIgnorable(string setting) => Ignorable.Any(each => IsOrHolds(each, setting));

    /// <summary>Whether a setting is left out.</summary>
    public bool Covers(string setting) => _names.Any(name => IsOrHolds(name, setting));

    private const string OfBehaviors = "DefaultCacheBehavior.", Others = "CacheBehaviors.";

    private static string? FullName(string name)
    {
        var tail = name.StartsWith(Others, StringComparison.Ordinal) ? name[Others.Length..] : name;
        string[] candidates = [name, OfBehaviors + tail, "Origins." + name, "OriginGroups." + name];
        return candidates.FirstOrDefault(IsIgnorable);
    }

    private static bool IsOrHolds(string name, string setting) =>
        setting.StartsWith(name, StringComparison.Ordinal) && (setting.Length == name.Length || setting[name.Length] == '.');

    [GeneratedRegex(@"^\$\.(Distribution\.)?(DistributionConfig\.)?")]
    private static partial Regex BeginningOfAPath();

    [GeneratedRegex(@"\.Items\[\d+\]")]
    private static partial Regex ItemsOfAList();
}

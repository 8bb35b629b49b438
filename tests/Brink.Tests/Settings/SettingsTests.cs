using System.Text.RegularExpressions;
using Brink.Host.Commands;

namespace Brink.Tests.Settings;

/// <summary>
/// docs/settings.md, row by row: what it says of a setting is what happens when the setting is sent. A field that AWS's model has and the table has not
/// fails, and so does a flag, and a row that no case proves.
/// </summary>
public sealed partial class SettingsTests
{
    private const string Flags = "Flags of brink dev", Requests = "Fields of requests";

    private static readonly string[] Shapes =
    [
        "DistributionConfig", "CachePolicyConfig", "OriginRequestPolicyConfig", "ResponseHeadersPolicyConfig", "ContinuousDeploymentPolicyConfig", "PublicKeyConfig", "KeyGroupConfig",
        "OriginAccessControlConfig", "CloudFrontOriginAccessIdentityConfig", "FunctionConfig", "KeyValueStore",
    ];

    private static readonly Dictionary<string, IReadOnlyDictionary<string, Case>> Cases = new(StringComparer.Ordinal)
    {
        ["DistributionConfig"] = DistributionCases.All,
        ["CachePolicyConfig"] = PolicyCases.CachePolicy,
        ["OriginRequestPolicyConfig"] = PolicyCases.OriginRequestPolicy,
        ["ResponseHeadersPolicyConfig"] = PolicyCases.ResponseHeadersPolicy,
        ["ContinuousDeploymentPolicyConfig"] = DeploymentCases.Policy,
        ["PublicKeyConfig"] = ResourceCases.PublicKey,
        ["KeyGroupConfig"] = ResourceCases.KeyGroup,
        ["OriginAccessControlConfig"] = ResourceCases.OriginAccessControl,
        ["CloudFrontOriginAccessIdentityConfig"] = ResourceCases.OriginAccessIdentity,
        ["FunctionConfig"] = ResourceCases.FunctionConfig,
        ["KeyValueStore"] = ResourceCases.KeyValueStore,
        ["FunctionConfiguration of Lambda"] = ResourceCases.LambdaVersion,
        [Flags] = FlagCases.All.Concat(DoorFlagCases.All).Concat(FillFlagCases.All).ToDictionary(StringComparer.Ordinal),
        [Requests] = DistributionCases.Requests,
    };

    public static TheoryData<string, string, string> Rows => new(ReadRows());

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Row_SaysWhatHappens(string section, string setting, string here)
    {
        Assert.True(Cases[section].TryGetValue(setting, out var proof), $"no test sends {setting}");
        Assert.Equal(here, proof.Here);
        await proof.RunAsync();
    }

    [Fact]
    public void EveryField_HasOneRow()
    {
        foreach (var shape in Shapes)
            Assert.Equal(FieldsOf(shape).Order(StringComparer.Ordinal), SettingsOf(shape).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryFlag_HasOneRow() =>
        Assert.Equal(DevCommand.Create().Options.Select(option => option.Name).Order(StringComparer.Ordinal), SettingsOf(Flags).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryCase_HasARow()
    {
        foreach (var (section, cases) in Cases)
            Assert.Empty(cases.Keys.Except(SettingsOf(section)));
    }

    [Fact]
    public void NoEffect_HasItsReason() =>
        Assert.All(ReadLines().Where(row => row.Here == Case.HasNoEffect), row => Assert.NotEmpty(row.Note));

    private static IEnumerable<string> SettingsOf(string section) => ReadLines().Where(row => row.Section == section).Select(row => row.Setting);

    private static IEnumerable<(string, string, string)> ReadRows() => ReadLines().Select(row => (row.Section, row.Setting, row.Here));

    private static IEnumerable<(string Section, string Setting, string Here, string Note)> ReadLines()
    {
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs", "settings.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line[3..];
            else if (Row().Match(line) is { Success: true } row)
                yield return (section, row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value.Trim());
        }
    }

    [GeneratedRegex(@"^\| `([^`]+)` \| ([a-z ]+) \|(.*)\|$")]
    private static partial Regex Row();

    // ---------------------------------------------------------------- the fields of AWS's model

    /// <summary>The fields below a shape that hold a value: lists are left out of their names, and behaviors stand for each other.</summary>
    private static List<string> FieldsOf(string shape)
    {
        var shapes = new Dictionary<string, List<(string Name, string? Shape)>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Brink.Tests", "Settings", "shapes.txt")).Where(line => !line.StartsWith('#')))
        {
            var (name, fields) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..]);
            shapes[name] = [.. fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => (field.Split('=')[0], field.Contains('=') ? field.Split('=')[1] : null))];
        }
        var found = new List<string>();
        Add(shape, "");
        return found;

        void Add(string name, string prefix)
        {
            var fields = shapes[name];
            var isList = fields.All(field => field.Name is "Quantity" or "Items");
            foreach (var (field, of) in fields)
            {
                var inner = of?.Trim('[', ']');
                if (field == "Quantity")
                    continue;
                if (field == "CacheBehaviors")
                {
                    Assert.Equal(shapes["DefaultCacheBehavior"], shapes["CacheBehavior"].Where(each => each.Name != "PathPattern"));
                    found.Add("CacheBehaviors.PathPattern");
                }
                else if (inner is null || !shapes.ContainsKey(inner))
                    found.Add(field == "Items" && isList ? prefix.TrimEnd('.') : prefix + field);
                else
                    Add(inner, field == "Items" ? prefix : $"{prefix}{field}.");
            }
        }
    }
}

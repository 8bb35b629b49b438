using System.Globalization;
using System.Reflection;
using Brink.Functions.Metering;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.Metering;
using Brink.ScriptGenerator.Running;

namespace Brink.Tests.JavaScript.Metering;

/// <summary>docs/metering.md says what the code charges: every operation, every named price, every built-in.</summary>
public sealed class MeteringDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs/metering.md"));

    [Fact]
    public void EveryOperation_HasOnePrice()
    {
        var priced = OperationPrice.Classes.SelectMany(one => one.Operations).ToList();

        Assert.Equal(Enum.GetValues<Op>().Order(), priced.Order());
        Assert.All(OperationPrice.Classes, one => Assert.All(one.Operations, op => Assert.Equal(one.Units, OperationPrice.Of(op))));
    }

    [Fact]
    public void TableOfOperations_IsTheCodes() => AssertTable(
        "| operations | units | what | names |",
        OperationPrice.Classes.Select(one => $"| {one.Name} | {one.Units} | {one.What} | {string.Join(", ", one.Operations)} |"));

    [Fact]
    public void TableOfPrices_IsTheCodes() => AssertTable(
        "| price | value |",
        from type in new[] { typeof(Price), typeof(HostPrice) }
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public)
        where field.IsLiteral
        select string.Create(CultureInfo.InvariantCulture, $"| {field.Name} | {field.GetRawConstantValue()} |"));

    [Fact]
    public void Constants_AreTheCodes()
    {
        var text = string.Join('\n', Lines);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| base | {ComputeUtilization.Base} percent |"), text, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| a line of `console.log` | {ComputeUtilization.LogLineUnits:N0} units |"), text, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| budget, `aws` | {ComputeBudget.Aws.Units:N0} units |"), text, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| budget, `1ms` | {ComputeBudget.OneMillisecond.Units:N0} units |"), text, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryBuiltIn_StandsInOneRow()
    {
        var all = BuiltInList.OfLanguage.Concat(BuiltInList.OfHost).Order(StringComparer.Ordinal);

        Assert.Equal(all, Documented().Order(StringComparer.Ordinal));
    }

    /// <summary>The third column: <c>String.prototype: slice, trim; global: parseInt</c>.</summary>
    private static IEnumerable<string> Documented() =>
        from row in RowsBehind("| built-ins | price | which |")
        let cell = row.Split('|')[3].Trim()
        from part in cell.Split("; ")
        let at = part.IndexOf(": ", StringComparison.Ordinal)
        from name in part[(at + 2)..].Split(", ")
        let holder = part[..at]
        select holder == "global" ? name : $"{holder}.{name}";

    private static IEnumerable<string> RowsBehind(string head) =>
        Lines.SkipWhile(line => line != head).Skip(2).TakeWhile(line => line.StartsWith('|'));

    private static void AssertTable(string head, IEnumerable<string> rows)
    {
        var expected = rows.Select(row => row.Replace("  ", " ", StringComparison.Ordinal)).ToList();
        var actual = RowsBehind(head).ToList();
        Assert.True(expected.SequenceEqual(actual), $"docs/metering.md, table \"{head}\" should be:\n{string.Join('\n', expected)}");
    }
}

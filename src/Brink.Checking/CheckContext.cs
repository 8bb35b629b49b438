using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>One script under check: what is known of it, and where findings go.</summary>
internal sealed class CheckContext(
    ProgramNode program, IReadOnlyList<(Variable Variable, Expression Value)> destructured, Runtime runtime, string? keyValueStoreId)
{
    public ScriptFacts Facts { get; } = new(program, destructured);

    public ValueKinds Kinds => field ??= new ValueKinds(Facts);

    public Runtime Runtime { get; } = runtime;

    public BuiltInCatalog BuiltIns { get; } = BuiltInCatalog.For(runtime);

    /// <summary>The id of the associated store; null where none is.</summary>
    public string? KeyValueStoreId { get; } = keyValueStoreId;

    public List<CheckFinding> Findings { get; } = [];

    public void Error(CheckRule rule, Node at, string message, string? instead = null) =>
        Add(rule, CheckSeverity.Error, at.Position, message, instead);

    public void Warning(CheckRule rule, Node at, string message, string? instead = null) =>
        Add(rule, CheckSeverity.Warning, at.Position, message, instead);

    /// <summary>An error, unless the script looks out for it: a caught error is the script's own business.</summary>
    public void ErrorUnlessCaught(CheckRule rule, Node at, string message, string? instead = null) =>
        Add(rule, Facts.IsCaught(at) ? CheckSeverity.Warning : CheckSeverity.Error, at.Position, message, instead);

    public void Add(CheckRule rule, CheckSeverity severity, Position at, string message, string? instead = null) =>
        Findings.Add(new CheckFinding(rule, severity, at.Line, at.Column, message) { Instead = instead });
}

namespace Brink.JavaScript.Syntax;

/// <summary>One construct that the dialect refuses, seen by a parser that reads on (<see cref="Parser.ParseLeniently"/>).</summary>
internal sealed class SyntaxFinding
{
    /// <summary>One of <see cref="SyntaxRules"/>.</summary>
    public required string Rule { get; set; }

    /// <summary>What is not supported, without place.</summary>
    public required string Message { get; set; }

    public required Position Position { get; init; }

    /// <summary>What to write instead, with the names of this script where they are short; null if nothing can be said.</summary>
    public string? Rewrite { get; set; }

    /// <summary>How many more of the kind follow that are not listed.</summary>
    public int More { get; set; }
}

/// <summary>The kinds of refused syntax: a stable id for each row of functions spec 5.2 that says no.</summary>
internal static class SyntaxRules
{
    /// <summary>What is no JavaScript at all, and everything without an id of its own.</summary>
    public const string Syntax = "syntax";

    public const string ForOf = "for-of";
    public const string ForAwait = "for-await";
    public const string Class = "class";
    public const string Generator = "generator";
    public const string NewTarget = "new-target";
    public const string Destructuring = "destructuring";
    public const string DefaultParameter = "default-parameter";
    public const string Spread = "spread";
    public const string OptionalChaining = "optional-chaining";
    public const string LogicalAssignment = "logical-assignment";
    public const string CatchWithoutBinding = "catch-without-binding";
    public const string BigInt = "bigint";
    public const string OctalLiteral = "octal-literal";
    public const string DeleteName = "delete-name";
    public const string Import = "import-form";
    public const string Export = "export";
    public const string AwaitInArguments = "await-in-arguments";
    public const string AwaitOutsideAsync = "await-outside-async";
    public const string RegExpFlags = "regexp-flags";

    // 1.0 only.
    public const string ConstLet = "const-let";
    public const string Async = "async";
    public const string NumericSeparator = "numeric-separator";
}

namespace Brink.Checking;

/// <summary>How bad it is.</summary>
public enum CheckSeverity
{
    /// <summary>May fail, or does nothing: the check cannot know.</summary>
    Warning,

    /// <summary>AWS refuses it, or it fails there when it is reached.</summary>
    Error,
}

/// <summary>One rule of <c>brink function check</c>. Ids are stable: scripts and code scanning know them.</summary>
/// <param name="Id">Readable: <c>for-of</c>, <c>header-read-only</c>.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Help">Why, and what to do.</param>
public sealed record CheckRule(string Id, string Title, string Help);

/// <summary>One place where a rule is broken.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Line">From 1; 0 when it is about the file as a whole.</param>
/// <param name="Column">From 1; 0 when it is about the file as a whole.</param>
/// <param name="Message">One sentence without a place.</param>
public sealed record CheckFinding(CheckRule Rule, CheckSeverity Severity, int Line, int Column, string Message)
{
    /// <summary>What to write instead; null if the message says all.</summary>
    public string? Instead { get; init; }

    /// <summary>AWS's own text, when this is what it reports.</summary>
    public string? AwsError { get; init; }

    /// <summary>The line, or null.</summary>
    public string? SourceLine { get; init; }

    /// <summary>
    /// Another file than the function's: an event that it failed on, the original that a source map names. Null for the function's own.
    /// </summary>
    public string? File { get; init; }

    /// <summary>Where it is in the function's own file, when a source map has put <see cref="Line"/> elsewhere; else 0.</summary>
    public int GeneratedLine { get; init; }

    /// <summary>See <see cref="GeneratedLine"/>.</summary>
    public int GeneratedColumn { get; init; }

    /// <summary>More for a person: the calls under way when a run failed. Null if there is none.</summary>
    public string? Detail { get; init; }
}

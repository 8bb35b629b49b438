namespace Brink.JavaScript;

/// <summary>An error of a script, for the viewer's page and for the developer.</summary>
/// <param name="Text">Class and message in AWS's words: <c>TypeError: cannot get property "value" of undefined</c>.</param>
/// <param name="Line">From 1; 0 if not known.</param>
/// <param name="Column">From 1; 0 if not known.</param>
/// <param name="SourceLine">That line of the source, or null.</param>
/// <param name="Stack">The functions under way, innermost first.</param>
/// <param name="Rewrite">What to write instead, for constructs the dialect does not have; else null.</param>
public sealed record ScriptError(
    string Text, int Line, int Column, string? SourceLine, IReadOnlyList<ScriptFrame> Stack, string? Rewrite = null);

/// <summary>What a frame of a stack is.</summary>
public enum ScriptFrameKind
{
    /// <summary>A function of the script that was called.</summary>
    Call,
    /// <summary>A built-in or a function of the host, which called back or threw; it has no place.</summary>
    Native,
    /// <summary>An async function that waits for the one above it.</summary>
    Async,
}

/// <summary>One function under way.</summary>
/// <param name="Name">Its name, <c>anonymous</c> for none.</param>
/// <param name="Line">From 1; 0 for a native one.</param>
/// <param name="Column">From 1; 0 for a native one.</param>
/// <param name="Kind">Called, native, or waiting.</param>
public readonly record struct ScriptFrame(string Name, int Line, int Column, ScriptFrameKind Kind)
{
    /// <summary><c>name (line:column)</c>.</summary>
    public override string ToString() => Kind switch
    {
        ScriptFrameKind.Native => $"{Name} (native)",
        ScriptFrameKind.Async => $"async {Name} ({Line}:{Column})",
        _ => $"{Name} ({Line}:{Column})",
    };
}

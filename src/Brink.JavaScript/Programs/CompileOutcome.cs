namespace Brink.JavaScript.Programs;

/// <summary>What came of compiling.</summary>
public abstract record CompileOutcome
{
    private CompileOutcome() { }

    /// <summary>A program.</summary>
    public sealed record Compiled(JavaScriptProgram Program) : CompileOutcome;

    /// <summary>Not a script of this dialect.</summary>
    public sealed record Refused(ScriptError Error) : CompileOutcome;
}

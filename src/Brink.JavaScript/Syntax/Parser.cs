namespace Brink.JavaScript.Syntax;

/// <summary>Reads the dialect of CloudFront Functions (functions spec 5.2).</summary>
internal static class Parser
{
    /// <summary>
    /// The tree of <paramref name="source"/> with all names resolved, or the first problem in the words of the engine that AWS matches.
    /// Nothing is thrown for any input; the size of the input is for the caller to bound.
    /// </summary>
    public static ParseOutcome Parse(string source, Runtime runtime)
    {
        try
        {
            return ParseOutcome.Parsed(new SourceParser(source, runtime).ParseProgram());
        }
        catch (SyntaxRefusal refusal)
        {
            return ParseOutcome.Refused(refusal.Problem);
        }
    }
}

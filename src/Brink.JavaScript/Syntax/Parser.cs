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

    /// <summary>
    /// Everything in a refused source that the dialect does not have, in the order of the source; reading goes past it. For people who look
    /// at a script: the tree is not to be compiled.
    /// </summary>
    public static LenientOutcome ParseLeniently(string source, Runtime runtime)
    {
        var found = new List<SyntaxFinding>();
        try
        {
            var parser = new SourceParser(source, runtime, found);
            return new LenientOutcome(parser.ParseProgram(), null, found) { Destructured = [.. parser.Destructured] };
        }
        catch (SyntaxRefusal refusal)
        {
            return new LenientOutcome(null, refusal.Problem, found);
        }
    }
}

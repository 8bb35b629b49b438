namespace Brink.JavaScript.Syntax;

/// <summary>Decisions about the language that may change when AWS is measured again, and the bounds that keep the parser safe.</summary>
internal static class Dialect
{
    /// <summary>
    /// One public report says that <c>??</c> fails on AWS; the engine in the window accepts it (functions spec 5.2, open).
    /// </summary>
    public static readonly bool AcceptsNullishCoalescing = true;

    /// <summary>
    /// Patterns are read as PCRE reads them: <c>a++</c> is possessive, <c>[]</c> and <c>[^]</c> are unterminated classes. In the days that
    /// the window of runtime 2.0 spans the engine learned the standard's reading (functions spec 5.1): open. False: the standard's.
    /// </summary>
    public static readonly bool PatternsArePcre = true;

    /// <summary>
    /// An object of more than ten properties lists them in the order of the engine's tree (<c>PropertyTree</c>), as the engines of both
    /// windows do; never measured on AWS. False: in the order of arrival, whatever their number.
    /// </summary>
    public static readonly bool LargeObjectsAreTrees = true;

    /// <summary>
    /// <c>global</c> is documented for runtime 2.0; the engine of the window of 1.0 has it too (functions spec 5.3, open).
    /// </summary>
    public static readonly bool GlobalIsInBothRuntimes = true;

    /// <summary>
    /// <c>MemoryError</c> is documented for runtime 1.0; the engine of the window of 2.0 has it too (functions spec 5.3, open).
    /// </summary>
    public static readonly bool MemoryErrorIsInBothRuntimes = true;

    /// <summary>
    /// <c>buffer</c> is a module of runtime 2.0, as in the engine of its window; the documents name Buffer as a global only (functions
    /// spec 5.4).
    /// </summary>
    public static readonly bool BufferIsAModule = true;

    /// <summary>
    /// In runtime 1.0 an escape that means nothing else is the letter itself, <c>\q</c>: so its PCRE reads them, the one of 2.0 refuses
    /// them. Not measured on AWS. False: refused in both.
    /// </summary>
    public static readonly bool UnknownEscapesAreLetters = true;

    /// <summary>Constructs within constructs, counted where the parser recurses. About 1.5 KB of stack each.</summary>
    public const int MaxNesting = 500;

    /// <summary>
    /// Levels of the finished tree. Also bounds what nests without recursion here: <c>a + b + c</c>, <c>a.b.c</c>, <c>else if</c>.
    /// </summary>
    public const int MaxTreeHeight = 1000;

    /// <summary>Levels of functions within functions; more are refused.</summary>
    public static int MaxFunctionDepth(Runtime runtime) => runtime == Runtime.CloudFrontJs20 ? 127 : 8;

    /// <summary>Whether a regular expression literal of that runtime may have that flag.</summary>
    public static bool IsRegExpFlag(char flag, Runtime runtime) =>
        flag is 'g' or 'i' or 'm' || flag == 'y' && runtime == Runtime.CloudFrontJs20;
}

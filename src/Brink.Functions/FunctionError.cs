namespace Brink.Functions;

/// <summary>How a function failed.</summary>
public enum FunctionErrorKind
{
    /// <summary>Threw, rejected, did not compile, no handler, over memory or compute: 503, <c>FunctionExecutionError</c>.</summary>
    Execution,
    /// <summary>Ran, and returned something invalid: 502, <c>FunctionValidationError</c>.</summary>
    Validation,
    /// <summary>
    /// Ran, and called an origin function with something it does not take: 502, <c>FunctionValidationError</c>, a page of its own.
    /// </summary>
    OriginRewrite,
}

/// <summary>A failure, in AWS's words and in ours.</summary>
/// <param name="Kind">Execution (503), or one of the two kinds of validation (502).</param>
/// <param name="Message">AWS's text, the one TestFunction returns as FunctionErrorMessage.</param>
/// <param name="Detail">For the developer's eyes (terminal, log, a viewer on loopback): file, line, column, source line with caret. May be
/// null.</param>
/// <param name="Fault">The exception behind it when the fault is Brink's, not the function's: for the operator's log, never for a page.
/// Else null.</param>
/// <param name="Place">Where in the code, if that is known.</param>
public sealed record FunctionError(
    FunctionErrorKind Kind, string Message, string? Detail = null, Exception? Fault = null, ErrorPlace? Place = null)
{
    /// <summary>As a developer reads it: the place and the cause, what there is to see, AWS's sentence once, after it.</summary>
    public string ForDevelopers
    {
        get
        {
            // The detail of a place begins with it and the cause; that of a choice of origin is the cause.
            if (Detail is not null && (Place is not null || Kind == FunctionErrorKind.OriginRewrite))
                return $"{Detail}\nFunctionErrorMessage: {Message}";
            var cause = FunctionTexts.CauseOf(Message);
            return ReferenceEquals(cause, Message) && Detail is null
                ? Message
                : $"{cause}\n{(Detail is null ? "" : Detail + "\n")}FunctionErrorMessage: {Message}";
        }
    }
}

/// <summary>Where in a function something went wrong.</summary>
/// <param name="File">The function's file, or the original that a source map names.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="SourceLine">The line, or null.</param>
/// <param name="GeneratedLine">In the function's own file, when <paramref name="File"/> is another; else 0.</param>
/// <param name="GeneratedColumn">See <paramref name="GeneratedLine"/>.</param>
public sealed record ErrorPlace(string File, int Line, int Column, string? SourceLine, int GeneratedLine, int GeneratedColumn);

namespace Brink.JavaScript.Syntax;

/// <summary>Why a source is refused.</summary>
/// <param name="Kind">The error class; nearly always <c>SyntaxError</c>, <c>ReferenceError</c> for an invalid assignment target.</param>
/// <param name="Message">The engine's words without the class: <c>Token "of" not supported in this version in 22</c>, the line at the
/// end.</param>
/// <param name="Position">Where.</param>
/// <param name="Rewrite">What to write instead, for the developer; null if nothing can be said.</param>
internal sealed record SyntaxProblem(string Kind, string Message, Position Position, string? Rewrite = null);

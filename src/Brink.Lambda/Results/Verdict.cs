namespace Brink.Lambda.Results;

/// <summary>The first rule that a result breaks. Once there is one, nothing more need be read.</summary>
internal sealed class Verdict
{
    private const int ShownLength = 80;

    /// <summary>The first broken rule; null while all is well.</summary>
    public LambdaValidationError? Error { get; private set; }

    /// <summary>A rule is broken.</summary>
    public bool IsOver => Error is not null;

    public void Begin() => Error = null;

    /// <summary>Notes a broken rule.</summary>
    /// <param name="message">What the error page says.</param>
    /// <param name="path">Where in the result.</param>
    /// <param name="rule">The rule, as a predicate of the path.</param>
    /// <param name="fix">What to do.</param>
    public void Refuse(string message, string path, string rule, string fix) =>
        Error ??= new LambdaValidationError(message, $"{path} {rule}. {fix}.");

    /// <summary>A text of the function's, as it can stand in a line of a log: short, on one line.</summary>
    public static string Shown(string text) => string.Create(Math.Min(text.Length, ShownLength), text, static (shown, text) =>
    {
        for (var i = 0; i < shown.Length; i++)
            shown[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        if (text.Length > shown.Length)
            "...".CopyTo(shown[^3..]);
    });
}

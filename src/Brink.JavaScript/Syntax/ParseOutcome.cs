using System.Diagnostics.CodeAnalysis;

namespace Brink.JavaScript.Syntax;

/// <summary>A tree, or the reason why there is none. Exactly one of the two is there.</summary>
internal sealed class ParseOutcome
{
    private ParseOutcome(ProgramNode? program, SyntaxProblem? problem) => (Program, Problem) = (program, problem);

    public ProgramNode? Program { get; }

    public SyntaxProblem? Problem { get; }

    [MemberNotNullWhen(true, nameof(Program))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsParsed => Program is not null;

    public static ParseOutcome Parsed(ProgramNode program) => new(program, null);

    public static ParseOutcome Refused(SyntaxProblem problem) => new(null, problem);
}

/// <summary>What lenient reading gives.</summary>
/// <param name="Program">The tree, if the end was reached.</param>
/// <param name="Stop">Where reading had to stop: everything after it is unknown. Null if the end was reached.</param>
/// <param name="Found">What was read past.</param>
internal sealed record LenientOutcome(ProgramNode? Program, SyntaxProblem? Stop, IReadOnlyList<SyntaxFinding> Found)
{
    /// <summary>
    /// What variables get by destructuring, which the tree does not show: each with the property access that stands for it.
    /// </summary>
    public IReadOnlyList<(Variable Variable, Expression Value)> Destructured { get; init; } = [];
}

/// <summary>Carries the one problem from wherever it was seen to the door of the parser; it never leaves that.</summary>
internal sealed class SyntaxRefusal(SyntaxProblem problem) : Exception(problem.Message)
{
    public SyntaxProblem Problem { get; } = problem;
}

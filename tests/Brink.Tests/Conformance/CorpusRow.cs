using System.Text;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>How a row's text becomes a script.</summary>
internal enum RowKind
{
    /// <summary>An expression.</summary>
    Expression,
    /// <summary><c>{ statements }</c>: the body of a function.</summary>
    Body,
    /// <summary><c>async { statements }</c>: the body of an async function, awaited.</summary>
    Async,
    /// <summary><c>script { ... }</c>: a whole script with its own handler, whose result is text (<c>show</c> is there to make it).</summary>
    Script,
    /// <summary><c>log { statements }</c>: the expected value is what console.log wrote, lines joined by <c>|</c>.</summary>
    Log,
}

/// <summary>One row of the corpus: a script, the runtimes it is for, and what comes of it.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Line">Of the row, from 1.</param>
/// <param name="Group">The header above it: section and rule of the functions spec.</param>
/// <param name="Runtimes">In which it holds.</param>
/// <param name="Kind">What the text is.</param>
/// <param name="Text">The script.</param>
/// <param name="Expected">The shown value, or <c>!! </c> and the error's text.</param>
internal sealed record CorpusRow(string File, int Line, string Group, IReadOnlyList<Runtime> Runtimes, RowKind Kind, string Text, string Expected)
{
    /// <summary>Where a reader finds it.</summary>
    public string Place => $"tests/conformance/{File}:{Line}";

    /// <summary>The whole script for an engine; its first line is the first line of the row's text.</summary>
    public string Source()
    {
        var source = new StringBuilder();
        source.Append(Kind switch
        {
            RowKind.Expression => $"function handler(event) {{ return showRun(function () {{ return {Text}\n}}) }}\n",
            RowKind.Body => $"function handler(event) {{ return showRun(function () {{ {Text}\n}}) }}\n",
            RowKind.Async => $"function handler(event) {{ return showAwait(async function () {{ {Text}\n}}) }}\n",
            RowKind.Log => $"function handler(event) {{ {Text}\n}}\n",
            _ => Text + "\n",
        });
        // A script that does not show anything is run alone, so that an error at its end is on its last line.
        return Kind == RowKind.Script && !Text.Contains("show(", StringComparison.Ordinal) ? Text : source.Append(Corpus.Show).ToString();
    }
}

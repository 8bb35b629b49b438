using System.Globalization;

namespace Brink.Tests.JavaScript.RegularExpressions;

/// <summary>
/// The meaning of patterns, as plainly as it can be written: each piece calls what comes after it. Slow, recursive, and independent of the engine's parser and code.
/// </summary>
internal abstract record Piece
{
    public sealed record Letter(char Of) : Piece;
    public sealed record AnyOf(string Letters, bool Negated) : Piece;
    public sealed record Row(Piece[] Pieces) : Piece;
    public sealed record Either(Piece[] Pieces) : Piece;
    public sealed record Group(int Number, Piece Body) : Piece;
    public sealed record Again(int Number) : Piece;
    public sealed record Look(Piece Body, bool Negative) : Piece;
    public sealed record Atomic(Piece Body) : Piece;
    public sealed record Repeat(Piece Body, int Min, int Max, bool Lazy) : Piece;
    public sealed record Edge(string Written) : Piece;

    /// <summary>The pattern's text.</summary>
    public string Write() => this switch
    {
        Letter l => l.Of.ToString(),
        AnyOf a => $"[{(a.Negated ? "^" : "")}{a.Letters}]",
        Row r => string.Concat(r.Pieces.Select(p => p.Write())),
        Either e => "(?:" + string.Join('|', e.Pieces.Select(p => p.Write())) + ")",
        Group g => $"({g.Body.Write()})",
        Again a => $"(?:\\{a.Number})",
        Look l => (l.Negative ? "(?!" : "(?=") + l.Body.Write() + ")",
        Atomic a => $"(?>{a.Body.Write()})",
        Repeat r => (r.Body is Letter or AnyOf or Group or Either or Again ? r.Body.Write() : $"(?:{r.Body.Write()})")
            + (r.Max == int.MaxValue ? r.Min == 0 ? "*" : r.Min == 1 ? "+" : $"{{{r.Min},}}" : r is { Min: 0, Max: 1 } ? "?" : $"{{{r.Min},{r.Max}}}") + (r.Lazy ? "?" : ""),
        Edge e => e.Written,
        _ => throw new InvalidOperationException(),
    };
}

internal sealed class NaiveMatcher(string text, int groups)
{
    private const int MaxSteps = 20_000;

    private int[] _captures = [];
    private int _steps;

    /// <summary>In the words of <see cref="RegExpProbe"/>; null when it is too much work for this way.</summary>
    public string? Exec(Piece pattern)
    {
        try
        {
            for (var start = 0; start <= text.Length; start++)
            {
                _captures = new int[2 * groups + 2];
                Array.Fill(_captures, -1);
                var end = -1;
                if (Match(pattern, start, at => { end = at; return true; }))
                {
                    (_captures[0], _captures[1]) = (start, end);
                    var shown = Enumerable.Range(0, groups + 1).Select(i => _captures[2 * i] < 0 ? "null" : $"\"{text[_captures[2 * i].._captures[2 * i + 1]]}\"");
                    return start.ToString(CultureInfo.InvariantCulture) + ":[" + string.Join(',', shown) + "]";
                }
            }
            return "null";
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private bool Match(Piece piece, int at, Func<int, bool> then)
    {
        if (++_steps > MaxSteps)
            throw new OverflowException();
        switch (piece)
        {
            case Piece.Letter letter:
                return at < text.Length && text[at] == letter.Of && then(at + 1);
            case Piece.AnyOf any:
                return at < text.Length && any.Letters.Contains(text[at]) != any.Negated && then(at + 1);
            case Piece.Row row:
                return MatchRow(row.Pieces, 0, at, then);
            case Piece.Either either:
                return either.Pieces.Any(p => Match(p, at, then));
            case Piece.Group group:
                {
                    return Match(group.Body, at, to =>
                    {
                        var (oldStart, oldEnd) = (_captures[2 * group.Number], _captures[2 * group.Number + 1]);
                        (_captures[2 * group.Number], _captures[2 * group.Number + 1]) = (at, to);
                        if (then(to))
                            return true;
                        (_captures[2 * group.Number], _captures[2 * group.Number + 1]) = (oldStart, oldEnd);
                        return false;
                    });
                }
            case Piece.Again again:
                {
                    if (_captures[2 * again.Number] < 0)
                        return then(at);
                    var was = text[_captures[2 * again.Number].._captures[2 * again.Number + 1]];
                    return string.CompareOrdinal(text, at, was, 0, was.Length) == 0 && then(at + was.Length);
                }
            case Piece.Look look:
                {
                    var saved = (int[])_captures.Clone();
                    var found = Match(look.Body, at, _ => true);
                    if (found == look.Negative)
                    {
                        _captures = saved;
                        return false;
                    }
                    if (look.Negative)
                        _captures = (int[])saved.Clone();
                    if (then(at))
                        return true;
                    _captures = saved;
                    return false;
                }
            case Piece.Atomic atomic:
                {
                    var saved = (int[])_captures.Clone();
                    var end = -1;
                    if (Match(atomic.Body, at, to => { end = to; return true; }) && then(end))
                        return true;
                    _captures = saved;
                    return false;
                }
            case Piece.Repeat repeat:
                return MatchRepeat(repeat, 0, at, then);
            case Piece.Edge edge:
                return IsEdge(edge.Written, at) && then(at);
            default:
                throw new InvalidOperationException();
        }
    }

    private bool MatchRow(Piece[] pieces, int index, int at, Func<int, bool> then) =>
        index == pieces.Length ? then(at) : Match(pieces[index], at, to => MatchRow(pieces, index + 1, to, then));

    private bool MatchRepeat(Piece.Repeat repeat, int count, int at, Func<int, bool> then)
    {
        bool Round() => Match(repeat.Body, at, to => to == at && count + 1 >= repeat.Min ? then(to) : MatchRepeat(repeat, count + 1, to, then));
        if (count < repeat.Min)
            return Round();
        if (count >= repeat.Max)
            return then(at);
        return repeat.Lazy ? then(at) || Round() : Round() || then(at);
    }

    private bool IsEdge(string written, int at)
    {
        bool IsWord(int i) => i >= 0 && i < text.Length && char.IsAsciiLetter(text[i]);
        return written switch
        {
            "^" => at == 0,
            "$" => at == text.Length,
            "\\b" => IsWord(at - 1) != IsWord(at),
            _ => IsWord(at - 1) == IsWord(at),
        };
    }
}

/// <summary>Random patterns over few letters, so that they often nearly match.</summary>
internal sealed class PatternGenerator(Random random)
{
    public int Groups { get; private set; }

    public Piece Next(int depth)
    {
        switch (random.Next(depth <= 0 ? 4 : 12))
        {
            case 0 or 1:
                return new Piece.Letter("ab-"[random.Next(3)]);
            case 2:
                return new Piece.AnyOf(random.Next(3) switch { 0 => "a", 1 => "ab", _ => "b-" }, random.Next(3) == 0);
            case 3:
                return random.Next(3) == 0 && Groups > 0 ? new Piece.Again(random.Next(Groups) + 1)
                    : random.Next(2) == 0 ? new Piece.Edge(random.Next(4) switch { 0 => "^", 1 => "$", 2 => "\\b", _ => "\\B" })
                    : new Piece.Letter('a');
            case 4 or 5:
                return new Piece.Row([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Next(depth - 1))]);
            case 6:
                return new Piece.Either([.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => random.Next(6) == 0 ? new Piece.Row([]) : Next(depth - 1))]);
            case 7:
                {
                    var number = ++Groups;
                    return new Piece.Group(number, Next(depth - 1));
                }
            case 8:
                return random.Next(3) == 0 ? new Piece.Look(Next(depth - 1), random.Next(2) == 0) : new Piece.Atomic(Next(depth - 1));
            default:
                {
                    var (min, max) = random.Next(6) switch { 0 or 1 => (0, int.MaxValue), 2 => (1, int.MaxValue), 3 => (0, 1), 4 => (random.Next(3), int.MaxValue), _ => (random.Next(2), 2) };
                    var body = Next(depth - 1);
                    if (body is Piece.Edge or Piece.Look)
                        body = new Piece.Row([body]);           // no quantifier stands on these
                    return new Piece.Repeat(body, min, max, random.Next(3) == 0);
                }
        }
    }

    public string Text() => string.Create(random.Next(9), random, (chars, r) =>
    {
        for (var i = 0; i < chars.Length; i++)
            chars[i] = "aaabb-"[r.Next(6)];
    });
}

using System.Text;

namespace Brink.ScriptGenerator;

/// <summary>Writes one script, from the grammar and what is in scope.</summary>
internal sealed class Writer(Randomness random, ScriptSettings settings)
{
    /// <summary>From here on only leaves are written: a function has at most 10,240 bytes.</summary>
    private const int EnoughText = 5_500;

    private const int MaxDepth = 4;

    private static readonly Kind[] AnyKinds =
    [
        Kind.Number, Kind.Number, Kind.Text, Kind.Text, Kind.Boolean, Kind.Array, Kind.Object, Kind.Integer, Kind.Function, Kind.RegExp, Kind.Date, Kind.Bytes, Kind.Promise,
    ];

    private static readonly string[] LiteralKeys = ["a", "b", "c", "x", "value", "length", "name", "toString", "then", "key", "q1", "prototype", "constructor", "k5"];

    private readonly StringBuilder _text = new();
    private readonly List<Variable> _variables = [];
    private readonly Dictionary<Kind, string[]> _rows = [];
    private int _names;
    private int _depth;
    private bool _isAsync;
    private int _loops;
    // Where the try block that is being written goes on when it is left: it may have one such place.
    private WayOut _wayOut = WayOut.Any;

    private enum WayOut { Any, Undecided, Break, Return }

    private readonly record struct Variable(string Name, Kind Kind, bool CanBeAssigned);

    public string Write()
    {
        _text.Append(Prelude(settings));
        foreach (var kind in (Kind[])[Kind.Number, Kind.Text, Kind.Array, Kind.Object, Kind.Boolean, Kind.Integer])
        {
            var name = NewName();
            _text.Append($"{Declaring()} {name} = {Leaf(kind)};\n");
            _variables.Add(new Variable(name, kind, CanBeAssigned: true));
        }
        for (var functions = random.Next(4); functions > 0; functions--)
            TopLevelFunction();

        var isAsync = settings.IsRuntime20 && random.OneIn(2);
        _text.Append(isAsync ? "async function main(event) {\n" : "function main(event) {\n");
        _isAsync = isAsync;
        Statements(settings.Length, 0);
        _text.Append("}\n");
        _text.Append(Ending(isAsync));
        return _text.ToString();
    }

    // ---------------------------------------------------------------- what is around it

    private static string Prelude(ScriptSettings settings)
    {
        var error = settings.IsPortable ? "v.name" : "v.name + ': ' + v.message";
        return $$"""
            var out = [], shown = 0;
            function describe(v, depth) {
                try {
                    if (typeof v == 'string') return JSON.stringify(v.length > 60 ? v.slice(0, 60) : v);
                    if (typeof v == 'number') return v === 0 && 1 / v < 0 ? '-0' : String(v);
                    if (typeof v == 'function' || typeof v == 'symbol') return typeof v;
                    if (v === null || typeof v != 'object') return String(v);
                    if (v instanceof Error) return {{error}};
                    if (depth > 2) return '...';
                    var keys = Object.keys(v), parts = [], i;
                    for (i = 0; i < keys.length && i < 12; i++) parts.push(keys[i] + ':' + describe(v[keys[i]], depth + 1));
                    return (Array.isArray(v) ? '[' : '{') + parts.join() + (Array.isArray(v) ? ']' : '}');
                } catch (e) { return 'threw ' + (e instanceof Error ? e.name : typeof e) }
            }
            function show(v) { if (shown++ < 100) out.push(describe(v, 0)); return v }

            """;
    }

    private string Ending(bool isAsync)
    {
        var result = settings.HasHost ? random.Pick(["event.request", "event.request", "{statusCode: 200, body: out.join()}", "event"]) : "out.join('\\n')";
        var log = settings.HasHost ? "console.log(out.join()); " : "";
        return isAsync
            ? $"async function handler(event) {{ try {{ await main(event) }} catch (e) {{ show(e) }} {log}return {result} }}\n"
            : $"function handler(event) {{ try {{ main(event) }} catch (e) {{ show(e) }} {log}return {result} }}\n";
    }

    /// <summary>A function at the top; it can call those before it, so calls end.</summary>
    private void TopLevelFunction()
    {
        var name = NewName();
        var mark = _variables.Count;
        _variables.Add(new Variable("p", random.Pick(AnyKinds), true));
        _variables.Add(new Variable("q", Kind.Any, true));
        _text.Append($"function {name}(p, q) {{\n");
        Statements(3, 1);
        _text.Append("return ");
        Expression(Kind.Any);
        _text.Append(";\n}\n");
        _variables.RemoveRange(mark, _variables.Count - mark);
        _variables.Add(new Variable(name, Kind.Function, CanBeAssigned: false));
    }

    private string NewName() => "v" + _names++;

    private string Declaring() => settings.IsRuntime20 ? random.Pick(["var", "let", "let"]) : "var";

    // ---------------------------------------------------------------- statements

    private bool IsFull => _text.Length > EnoughText;

    private void Statements(int count, int depth)
    {
        var mark = _variables.Count;
        for (; count > 0; count--)
            Statement(depth);
        // what a block declared is not known behind it; a var would be, and is not used
        _variables.RemoveRange(mark, _variables.Count - mark);
    }

    private void Statement(int depth)
    {
        if (IsFull || depth > 3)
        {
            _text.Append("show(").Append(Leaf(Kind.Any)).Append(");\n");
            return;
        }
        var choice = random.Next(20);
        if (choice < 4)
            Declare();
        else if (choice < 7 && _loops < 3)
            Loop(depth);
        else if (choice == 7 && _loops > 0)
            Row(!random.OneIn(2) ? "if ($b) continue;" : MayLeaveBy(WayOut.Break) ? "if ($b) break;" : "if ($b) ;", depth);
        else if (choice == 8 && depth > 0)
            Row(MayLeaveBy(WayOut.Return) ? "if ($b) return $v;" : "if ($b) show($v);", depth);
        else if (choice < 12 && _isAsync)
            Row(random.Pick(Rows(Kind.AsyncStatements)), depth);
        else
            Row(random.Pick(Rows(Kind.Statements)), depth);
        _text.Append('\n');
    }

    private bool MayLeaveBy(WayOut way)
    {
        if (_wayOut == WayOut.Undecided)
            _wayOut = way;
        return _wayOut == WayOut.Any || _wayOut == way;
    }

    private void Declare()
    {
        var kind = random.Pick(AnyKinds);
        var name = NewName();
        var isConst = settings.IsRuntime20 && random.OneIn(4);
        _text.Append(isConst ? "const" : Declaring()).Append(' ').Append(name).Append(" = ");
        Expression(kind);
        _text.Append(';');
        _variables.Add(new Variable(name, kind, !isConst));
    }

    /// <summary>Loops that end: their counters are not for assignment.</summary>
    private void Loop(int depth)
    {
        var name = NewName();
        var rounds = 1 + random.Next(5);
        var mark = _variables.Count;
        var declaring = Declaring();
        var end = "}";
        switch (random.Next(5))
        {
            case 0:
                _text.Append($"for ({declaring} {name} = 0; {name} < {rounds}; {name}++) {{\n");
                break;
            case 1:
                _text.Append($"{declaring} {name} = {rounds};\nwhile ({name}-- > 0) {{\n");
                break;
            case 2:
                _text.Append($"{declaring} {name} = 0;\ndo {{\n");
                end = $"}} while ({name}++ < {rounds});";
                break;
            case 3:
                _text.Append($"for ({declaring} {name} in ");
                Expression(random.OneIn(3) ? Kind.Array : Kind.Object);
                _text.Append(") {\n");
                rounds = 0;
                break;
            default:
                var label = NewName();
                _text.Append($"{label}: for ({declaring} {name} = 0; {name} < {rounds}; {name}++) {{\nif ({name} > 2) ");
                _text.Append(random.OneIn(2) ? $"continue {label};\n" : $"break {label};\n");
                break;
        }
        _variables.Add(new Variable(name, rounds == 0 ? Kind.Text : Kind.Integer, CanBeAssigned: false));
        _loops++;
        Statements(1 + random.Next(3), depth + 1);
        _loops--;
        _text.Append(end);
        _variables.RemoveRange(mark, _variables.Count - mark);
    }

    // ---------------------------------------------------------------- expressions

    private void Expression(Kind kind)
    {
        if (kind == Kind.Any)
            kind = random.Pick(AnyKinds);
        else if (random.OneIn(30))
            kind = random.Pick(AnyKinds);               // a value of the wrong kind
        if (TryVariable(kind))
            return;
        if (_depth >= MaxDepth || IsFull || random.OneIn(4))
        {
            _text.Append(Leaf(kind));
            return;
        }
        if (kind == Kind.RegExp && !random.OneIn(5))
        {
            _text.Append(Patterns.Literal(random, settings));
            return;
        }
        _depth++;
        _text.Append('(');
        Row(random.Pick(Rows(kind)), 2);
        _text.Append(')');
        _depth--;
    }

    private bool TryVariable(Kind kind)
    {
        if (_variables.Count == 0 || !random.OneIn(2))
            return false;
        for (var tries = 0; tries < 6; tries++)
        {
            var variable = random.Pick(_variables);
            if (variable.Kind == kind || (variable.Kind == Kind.Integer && kind == Kind.Number) || random.OneIn(40))
            {
                _text.Append(variable.Name);
                return true;
            }
        }
        return false;
    }

    private string Leaf(Kind kind)
    {
        if (kind == Kind.Any)
            kind = random.Pick(AnyKinds);
        string? leaf;
        do
            leaf = Allowed(random.Pick(Grammar.LeavesOf(kind)));
        while (leaf is null);
        return leaf[0] is '-' or '{' || leaf.StartsWith("function", StringComparison.Ordinal) || leaf.StartsWith("new ", StringComparison.Ordinal) ? $"({leaf})" : leaf;
    }

    // ---------------------------------------------------------------- rows

    /// <summary>The rows of the grammar that the settings allow, without their marks.</summary>
    private string[] Rows(Kind kind)
    {
        if (_rows.TryGetValue(kind, out var rows))
            return rows;
        var all = kind switch { Kind.Statements => Grammar.Statements, Kind.AsyncStatements => Grammar.AsyncStatements, _ => Grammar.RowsOf(kind) };
        rows = [.. all.Select(Allowed).OfType<string>()];
        _rows.Add(kind, rows);
        return rows;
    }

    private string? Allowed(string row)
    {
        var bar = row.IndexOf('|', StringComparison.Ordinal);
        if (bar is < 1 or > 3 || row.AsSpan(0, bar).ContainsAnyExcept("2hu"))
            return NeedsRuntime20(row) && !settings.IsRuntime20 ? null : row;
        var marks = row.AsSpan(0, bar);
        var isAllowed = (settings.IsRuntime20 || !marks.Contains('2')) && (settings.HasHost || !marks.Contains('h')) && (!settings.IsPortable || !marks.Contains('u'));
        return isAllowed ? row[(bar + 1)..] : null;
    }

    private static bool NeedsRuntime20(string row) =>
        row.Contains("async", StringComparison.Ordinal) || row.Contains("allSettled", StringComparison.Ordinal) || row.Contains("Promise.a", StringComparison.Ordinal) || row.Contains("race", StringComparison.Ordinal);

    /// <summary>Writes a row, its holes filled.</summary>
    private void Row(string row, int depth)
    {
        var mark = _variables.Count;
        var (isAsync, loops, wayOut) = (_isAsync, _loops, _wayOut);
        var isFunction = row.Contains("=>", StringComparison.Ordinal) || row.Contains("function", StringComparison.Ordinal) || row.Contains("$x()", StringComparison.Ordinal);
        if (isFunction)
        {
            _isAsync = false;
            _wayOut = WayOut.Any;
            foreach (var parameter in ParametersOf(row))
                _variables.Add(new Variable(parameter, Kind.Any, CanBeAssigned: true));
        }
        var isTry = row.StartsWith("try", StringComparison.Ordinal);
        if (isTry && _wayOut == WayOut.Any)
            _wayOut = WayOut.Undecided;
        string? newName = null;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] != '$' || i + 1 == row.Length || !char.IsAsciiLetter(row[i + 1]))
            {
                _text.Append(row[i]);
                continue;
            }
            var hole = (Kind)row[++i];
            switch (hole)
            {
                case Kind.NewName:
                    _text.Append(newName ??= NewName());
                    break;
                case Kind.LiteralKey:
                    _text.Append(random.Pick(LiteralKeys));
                    break;
                case Kind.Target:
                    _text.Append(Target());
                    break;
                case Kind.Statements or Kind.AsyncStatements:
                    Inner(isFunction, hole == Kind.AsyncStatements, depth);
                    break;
                default:
                    var start = _text.Length;
                    Expression(hole);
                    if (char.IsAsciiDigit(_text[start]) && i + 1 < row.Length && row[i + 1] == '.')
                        _text.Insert(start, '(').Append(')');               // 4.exec would be a number with a mistake behind it
                    break;
            }
        }
        (_isAsync, _loops) = (isAsync, loops);
        if (isFunction || isTry && wayOut == WayOut.Any)
            _wayOut = wayOut;
        _variables.RemoveRange(mark, _variables.Count - mark);
    }

    private void Inner(bool isFunction, bool isAsync, int depth)
    {
        var (wasAsync, loops) = (_isAsync, _loops);
        if (isFunction)
            _isAsync = isAsync;
        // a loop around a function is none that its body can leave
        _loops = isFunction ? 0 : loops;
        Statements(1 + random.Next(2), depth + 1);
        (_isAsync, _loops) = (wasAsync, loops);
    }

    private string Target()
    {
        for (var tries = 0; tries < 20; tries++)
        {
            if (random.Pick(_variables) is { CanBeAssigned: true } variable)
                return variable.Name;
        }
        return "shown";
    }

    /// <summary>The names x, y and z, where a row has them as parameters.</summary>
    private static IEnumerable<string> ParametersOf(string row)
    {
        if (row.Contains("(x, y, z)", StringComparison.Ordinal))
            return ["x", "y", "z"];
        if (row.Contains("(x, y)", StringComparison.Ordinal))
            return ["x", "y"];
        return row.Contains("(x)", StringComparison.Ordinal) || row.Contains("x =>", StringComparison.Ordinal) ? ["x"] : [];
    }
}

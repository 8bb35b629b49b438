using System.Globalization;
using System.Text;
using Brink.Bench.Engine;
using Brink.Bench.Hostile;
using Brink.Functions.Metering;
using Brink.JavaScript;
using Brink.ScriptGenerator;
using Brink.ScriptGenerator.Running;

namespace Brink.Bench.Metering;

/// <summary>
/// <c>./bench meter --built-ins</c>: every built-in on values that are large or odd, without end until 400,000 units or 2 MB stop it, beside an endless loop.
/// Combinations of object and arguments are drawn by chance, the same for the same seed; what looks dear in a first look is measured.
/// </summary>
internal sealed class BuiltInSweep
{
    /// <summary>From here a combination is measured, and listed.</summary>
    private const double Suspect = 1.2, Listed = 1.5;

    private const int FirstLooks = 2, Warmup = 60, Rounds = 9, MeasuredOfEach = 4;

    /// <summary>What lasts no longer than this is over before it matters: a call that memory ends at once has no price worth reading.</summary>
    private const double Negligible = 0.02;

    private static readonly (string Name, string Call)[] Operations =
    [
        ("operator +", "b + c"), ("operator ==", "b == c"), ("operator <", "b < c"), ("operator in", "c in a"), ("operator instanceof", "a instanceof c"), ("element", "a[c]"),
        ("element written", "a[c] = d"), ("delete", "delete a[c]"), ("template", "`${a}${b}`"), ("for in", "for (var k in a) b = k"), ("unary +", "+a"), ("remainder", "a % b"),
        ("function called", "b(c, d)"), ("new", "new b(c, d)"),
        ("hash.update", "require('crypto').createHash('sha256').update(b)"), ("hash.digest", "require('crypto').createHash('md5').update(b).digest(c)"),
        ("hmac.digest", "require('crypto').createHmac('sha256', b).update(c).digest('hex')"),
    ];

    private readonly IReadOnlyList<InputValue> _values = [.. File.ReadLines(Path.Combine(FunctionCase.Root, "benchmarks/meter/values.txt"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(" :: ", 3)).Select(parts => new InputValue(parts[0], parts[1], parts[2]))];

    private readonly HashSet<string> _of20 = [.. BuiltInList.Of(Runtime.CloudFrontJs20)];
    private readonly ScriptUnderTest _loop = Compile("for (;;) {}", Runtime.CloudFrontJs20, waits: false)!;
    private readonly Randomness _random;
    private readonly int _samples;
    private readonly SortedDictionary<string, int> _failures = new(StringComparer.Ordinal);

    public BuiltInSweep(int samples, ulong seed)
    {
        _samples = samples;
        _random = new Randomness(seed);
    }

    private sealed record InputValue(string Kind, string Name, string Expression);

    /// <summary>One call of a built-in.</summary>
    private sealed record Combination(string BuiltIn, string Values, string SetUp, string Call, Runtime Runtime)
    {
        /// <summary>What promises do, they do when the function waits.</summary>
        private bool Waits => Runtime == Runtime.CloudFrontJs20 && (BuiltIn.Contains("Promise", StringComparison.Ordinal) || BuiltIn.Contains("kvs", StringComparison.Ordinal));

        public ScriptUnderTest? Compile() => BuiltInSweep.Compile($"{SetUp} for (;;) {{ try {{ {(Waits ? "await " : "")}{Call} }} catch (e) {{}} }}", Runtime, Waits);

        public ScriptUnderTest? CompileSetUp() => BuiltInSweep.Compile(SetUp + " return event.request", Runtime, Waits);
    }

    /// <summary>A measured combination: units and CPU milliseconds beyond what making the values takes.</summary>
    private sealed record Measured(Combination Combination, CallStatus Status, long Units, double Milliseconds, double TimesTheLoop, double Whole);

    public int Run(string? only)
    {
        var stop = StopCost();
        var measured = new List<Measured>();
        var (builtIns, combinations) = (0, 0);
        foreach (var name in BuiltInList.OfLanguage.Concat(BuiltInList.OfHost).Concat(Operations.Select(one => one.Name)))
        {
            if (only is not null && !only.Split(',').Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)))
                continue;
            builtIns++;
            var loop = Enumerable.Range(0, 5).Min(_ => Time(_loop).Milliseconds) / ComputeBudget.Aws.Units;
            var suspects = new PriorityQueue<Combination, double>();
            for (var i = 0; i < _samples; i++)
            {
                var combination = Draw(name);
                if (combination.Compile() is not { } script)
                {
                    Note($"{name} does not compile in {combination.Runtime}");
                    continue;
                }
                combinations++;
                var looks = Enumerable.Range(0, FirstLooks).Select(_ => Time(script)).ToList();
                var first = looks[0];
                if (first.Run.Status is not (CallStatus.OverCompute or CallStatus.OverMemory))
                {
                    Note($"values cannot be made: {first.Run.Result}");
                    continue;
                }
                var milliseconds = looks.Min(look => look.Milliseconds) - stop - Negligible;
                var ratio = milliseconds / Math.Max(1, first.Run.Steps) / loop;
                if (ratio < Suspect)
                    continue;
                suspects.Enqueue(combination, ratio);
                if (suspects.Count > MeasuredOfEach)
                    suspects.Dequeue();
            }
            while (suspects.TryDequeue(out var combination, out _))
                measured.Add(Measure(combination, stop));
            Console.Error.WriteLine($"{name}: {(measured.Count > 0 && measured[^1].Combination.BuiltIn == name ? measured.Where(one => one.Combination.BuiltIn == name).Max(one => one.TimesTheLoop).ToString("0.0", CultureInfo.InvariantCulture) : "-")}");
        }
        foreach (var (failure, count) in _failures)
            Console.Error.WriteLine($"{count} times: {failure}");
        Print(measured, builtIns, combinations);
        return 0;
    }

    private static void Print(List<Measured> measured, int builtIns, int combinations)
    {
        var table = new MarkdownTable("built-in", "on", "stopped by", "units", "CPU ms", "times the loop");
        foreach (var one in measured.Where(one => one.TimesTheLoop >= Listed).OrderByDescending(one => one.TimesTheLoop))
        {
            table.Add(one.Combination.BuiltIn, one.Combination.Values, one.Status.ToString(), one.Units.ToString("N0", CultureInfo.InvariantCulture),
                one.Milliseconds.ToString("0.00", CultureInfo.InvariantCulture), one.TimesTheLoop.ToString("0.0", CultureInfo.InvariantCulture));
        }
        Console.WriteLine(Machine.Describe());
        Console.WriteLine(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{builtIns} built-ins and operations, {combinations:N0} combinations, {measured.Count} measured; above 2 times the loop: {measured.Count(one => one.TimesTheLoop > 2)}; longest call {measured.Select(one => one.Whole).DefaultIfEmpty().Max():0.00} ms"));
    }

    private Measured Measure(Combination combination, double stop)
    {
        var script = combination.Compile()!;
        var setUp = combination.CompileSetUp()!;
        for (var i = 0; i < Warmup; i++)
        {
            script.Run();
            setUp.Run();
        }
        var (whole, before, loop) = (new double[Rounds], new double[Rounds], new double[Rounds]);
        ScriptRun run = null!, made = null!;
        for (var i = 0; i < Rounds; i++)
        {
            (run, whole[i]) = Time(script);
            (made, before[i]) = Time(setUp);
            loop[i] = Time(_loop).Milliseconds / ComputeBudget.Aws.Units;
        }
        var units = Math.Max(1, run.Steps - made.Steps);
        var milliseconds = Statistics.Median(whole) - Statistics.Median(before) - stop;
        return new Measured(combination, run.Status, units, milliseconds, Math.Max(0, milliseconds - Negligible) / units / Statistics.Median(loop), Statistics.Median(whole));
    }

    /// <summary>What ending a call for its budget takes.</summary>
    private static double StopCost()
    {
        var script = ScriptUnderTest.Compile("function handler(event) { for (;;) {} }", Runtime.CloudFrontJs20, out _, steps: 100)!;
        for (var i = 0; i < 200; i++)
            script.Run();
        return Statistics.Median(Enumerable.Range(0, 50).Select(_ => Time(script).Milliseconds));
    }

    private static (ScriptRun Run, double Milliseconds) Time(ScriptUnderTest script)
    {
        var start = ThreadClock.Now;
        var run = script.Run();
        var time = (ThreadClock.Now - start).TotalMilliseconds;
        return run.Fault is { } fault ? throw new InvalidOperationException("the engine failed", fault) : (run, time);
    }

    private void Note(string failure) => _failures[failure] = _failures.GetValueOrDefault(failure) + 1;

    // ---------------------------------------------------------------- combinations

    private Combination Draw(string name)
    {
        var operation = Operations.FirstOrDefault(one => one.Name == name).Call;
        var runtime = operation is not null || _of20.Contains(name) || BuiltInList.OfHost.Contains(name) ? Runtime.CloudFrontJs20 : Runtime.CloudFrontJs10;
        var path = PartsOf(name);
        var isMethod = path.Contains("prototype") && path[^1] != "prototype";
        var setUp = new StringBuilder();
        if (!isMethod && operation is null && path[0] is "crypto" or "querystring")
            setUp.Append($"var {path[0]} = require('{path[0]}'); ");
        var used = new List<string>();
        // Where there are arguments, most often one or two.
        var count = _random.Next(5) switch { 0 => 0, 1 or 2 => 1, 3 => 2, _ => 3 };
        if (operation is not null)
            count = 3;
        var receiver = isMethod || operation is not null ? Take("a", Any(path[0])) : null;
        var names = new[] { "b", "c", "d" }[..count];
        foreach (var variable in names)
            Take(variable, Any(null));
        var arguments = string.Join(", ", names);
        var call = operation ?? Call();
        return new Combination(name, (receiver is null ? "" : receiver + ": ") + string.Join(", ", used), setUp.ToString(), call, runtime);

        string? Take(string variable, InputValue value)
        {
            setUp.Append($"var {variable} = {value.Expression}; ");
            if (variable == "a")
                return value.Name;
            used.Add(value.Name);
            return null;
        }

        string Call()
        {
            if (isMethod)
            {
                setUp.Append($"var f = {Function(name, path)}; ");
                return $"f.call(a{(arguments.Length > 0 ? ", " : "")}{arguments})";
            }
            var isConstructor = char.IsUpper(path[^1][0]) && _random.Next(2) == 0;
            return $"{(isConstructor ? "new " : "")}{Member(path)}({arguments})";
        }
    }

    /// <summary>A value: of the kind that the holder is for, more often than not.</summary>
    private InputValue Any(string? kind)
    {
        var kin = kind is null || _random.Next(5) < 2 ? [] : _values.Where(value => value.Kind == kind || (kind is "ArrayIterator" && value.Kind == "Array")).ToList();
        return kin.Count > 0 ? kin[_random.Next(kin.Count)] : _values[_random.Next(_values.Count)];
    }

    /// <summary><c>get RegExp.prototype.flags</c> as RegExp, prototype, flags.</summary>
    private static List<string> PartsOf(string name)
    {
        var parts = new List<string>();
        foreach (var part in (name.StartsWith("get ", StringComparison.Ordinal) || name.StartsWith("set ", StringComparison.Ordinal) ? name[4..] : name).Split('.'))
        {
            if (parts.Count > 0 && parts[^1].StartsWith('[') && !parts[^1].EndsWith(']'))
                parts[^1] += "." + part;
            else
                parts.Add(part);
        }
        return parts;
    }

    private static string Function(string name, List<string> path)
    {
        if (name.StartsWith("get ", StringComparison.Ordinal) || name.StartsWith("set ", StringComparison.Ordinal))
        {
            var last = path[^1];
            return $"Object.getOwnPropertyDescriptor({Member(path[..^1])}, {(last.StartsWith('[') ? last[1..^1] : $"'{last}'")}).{name[..3]}";
        }
        return Member(path);
    }

    private static string Member(List<string> path)
    {
        var (root, rest) = path switch
        {
            ["TypedArray", "prototype", ..] => ("Object.getPrototypeOf(Uint8Array.prototype)", path[2..]),
            ["Iterator", "prototype", ..] => ("Object.getPrototypeOf(Object.getPrototypeOf([].values()))", path[2..]),
            ["ArrayIterator", "prototype", ..] => ("Object.getPrototypeOf([].values())", path[2..]),
            ["AsyncFunction", "prototype", ..] => ("Object.getPrototypeOf(async function () {})", path[2..]),
            _ => (path[0], path[1..]),
        };
        return root + string.Concat(rest.Select(part => part.StartsWith('[') ? part : "." + part));
    }

    private static ScriptUnderTest? Compile(string body, Runtime runtime, bool waits)
    {
        var head = runtime == Runtime.CloudFrontJs20 && body.Contains("cloudfront", StringComparison.Ordinal) ? "import cloudfront from 'cloudfront'; " : "";
        return ScriptUnderTest.Compile($"{head}{(waits ? "async " : "")}function handler(event) {{ {body} }}", runtime, out _, ComputeBudget.Aws.Units);
    }
}

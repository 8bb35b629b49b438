using System.Numerics;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Numbers;

/// <summary>Math.</summary>
internal static class MathBuiltIns
{
    private delegate double OfOne(double x);

    public static void Build(IntrinsicsBuilder builder)
    {
        var math = builder.Object(@class: ObjectClass.Math);
        builder.Global("Math", Value.Object(math));
        IntrinsicsBuilder.Put(math, Symbol.ToStringTag, Names.Table.Intern("Math").Value, PropertyFlags.Configurable);
        foreach (var (name, value) in (ReadOnlySpan<(string, double)>)
            [
                ("E", Math.E), ("LN10", 2.302585092994046), ("LN2", 0.6931471805599453), ("LOG10E", 0.4342944819032518),
                ("LOG2E", 1.4426950408889634),
                ("PI", Math.PI), ("SQRT1_2", 0.7071067811865476), ("SQRT2", 1.4142135623730951),
            ])
            IntrinsicsBuilder.Constant(math, name, Value.Number(value));

        // Lambdas, not method groups: a delegate to a function of the C library is ten times slower to call.
        One("abs", x => Math.Abs(x));
        One("acos", x => Math.Acos(x));
        One("acosh", x => Math.Acosh(x));
        One("asin", x => Math.Asin(x));
        One("asinh", x => x == 0 ? x : Math.Asinh(x));
        One("atan", x => Math.Atan(x));
        One("atanh", x => x == 0 ? x : Math.Atanh(x));
        One("cbrt", CubeRoot);
        One("ceil", x => Math.Ceiling(x));
        One("clz32", x => BitOperations.LeadingZeroCount((uint)Realm.ToInt32(x)));
        One("cos", x => Math.Cos(x));
        One("cosh", x => Math.Cosh(x));
        One("exp", x => Math.Exp(x));
        One("expm1", Expm1);
        One("floor", x => Math.Floor(x));
        One("fround", x => (float)x);
        One("log", x => Math.Log(x));
        One("log10", x => Math.Log10(x));
        One("log1p", Log1p);
        One("log2", x => Math.Log2(x));
        One("round", Round);
        One("sign", x => x > 0 ? 1 : x < 0 ? -1 : x);
        One("sin", x => Math.Sin(x));
        One("sinh", x => Math.Sinh(x));
        One("sqrt", x => Math.Sqrt(x));
        One("tan", x => Math.Tan(x));
        One("tanh", x => Math.Tanh(x));
        One("trunc", x => Math.Truncate(x));
        builder.Method(math, "atan2", 2,
            (realm, in self, arguments) => Two(realm, arguments, out var y, out var x) ? Value.Number(Math.Atan2(y, x)) : Value.Threw);
        builder.Method(math, "pow", 2,
            (realm, in self, arguments) => Two(realm, arguments, out var x, out var y) ? Value.Number(Pow(x, y)) : Value.Threw);
        builder.Method(math, "imul", 2, IMul);
        builder.Method(math, "max", 2, (realm, in self, arguments) => Extreme(realm, arguments, double.NegativeInfinity, Math.Max));
        builder.Method(math, "min", 2, (realm, in self, arguments) => Extreme(realm, arguments, double.PositiveInfinity, Math.Min));
        builder.Method(math, "hypot", 2, Hypot);
        builder.Method(math, "random", 0, Random);

        void One(string name, OfOne function) => builder.Method(math, name, 1, (realm, in self, arguments) =>
            realm.ToNumber(arguments.At(0), out var x) ? Value.Number(function(x)) : Value.Threw);
    }

    /// <summary>The <c>**</c> operator and Math.pow: where IEEE says 1 for 1 to the infinite, the language says NaN.</summary>
    public static double Pow(double x, double y) =>
        double.IsNaN(y) || (Math.Abs(x) == 1 && double.IsInfinity(y)) ? double.NaN : Math.Pow(x, y);

    private static bool Two(Realm realm, ReadOnlySpan<Value> arguments, out double x, out double y)
    {
        y = 0;
        return realm.ToNumber(arguments.At(0), out x) && realm.ToNumber(arguments.At(1), out y);
    }

    /// <summary>Halves go up, also below zero; the sign of a zero stays.</summary>
    private static double Round(double x)
    {
        var floor = Math.Floor(x);
        if (x - floor >= 0.5)
            floor++;
        return floor == 0 ? Math.CopySign(0, x) : floor;
    }

    /// <summary>e^x - 1 without losing the digits that the 1 hides (Kahan's way).</summary>
    private static double Expm1(double x)
    {
        if (Math.Abs(x) < 1e-5)
            return x == 0 ? x : x + x * x / 2 + x * x * x / 6;
        if (x > 36 || x < -37)
            return Math.Exp(x) - 1;
        if (Math.Abs(x) < 1)
        {
            var half = Math.Sinh(x / 2);
            return 2 * half * Math.Exp(x / 2);
        }
        return Math.Exp(x) - 1;
    }

    private static double Log1p(double x)
    {
        if (x == 0 || double.IsNaN(x) || double.IsPositiveInfinity(x))
            return x;
        var u = 1 + x;
        return u == 1 ? x : Math.Abs(x) > 1e10 ? Math.Log(u) : Math.Log(u) * (x / (u - 1));
    }

    private static Value IMul(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ToInt32(arguments.At(0), out var a) && realm.ToInt32(arguments.At(1), out var b)
            ? Value.Number(unchecked(a * b))
            : Value.Threw;

    private static Value Extreme(Realm realm, ReadOnlySpan<Value> arguments, double none, Func<double, double, double> better)
    {
        realm.Charge(arguments.Length);
        var best = none;
        foreach (ref readonly var argument in arguments)
        {
            if (!realm.ToNumber(argument, out var number))
                return Value.Threw;
            best = better(best, number);            // the platform orders NaN and the zeros as the language does
        }
        return Value.Number(best);
    }

    private static Value Hypot(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        realm.Charge(arguments.Length);
        realm.Allocate((long)sizeof(double) * arguments.Length);
        var (largest, isInfinite, isNaN) = (0.0, false, false);
        Span<double> numbers = arguments.Length <= 16 ? stackalloc double[16] : new double[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!realm.ToNumber(arguments[i], out numbers[i]))
                return Value.Threw;
            isInfinite |= double.IsInfinity(numbers[i]);
            isNaN |= double.IsNaN(numbers[i]);
            largest = Math.Max(largest, Math.Abs(numbers[i]));
        }
        if (isInfinite)
            return Value.Number(double.PositiveInfinity);
        if (isNaN || largest == 0)
            return Value.Number(isNaN ? double.NaN : 0);
        // Scaled, so that squares neither overflow nor vanish; with the lost part of each sum carried along.
        var (sum, lost) = (0.0, 0.0);
        for (var i = 0; i < arguments.Length; i++)
        {
            var scaled = numbers[i] / largest;
            var term = scaled * scaled - lost;
            var next = sum + term;
            lost = next - sum - term;
            sum = next;
        }
        return Value.Number(Math.Sqrt(sum) * largest);
    }

    /// <summary>SplitMix64 over the call's seed: any two draws differ, and a call repeats when its seed does.</summary>
    private static Value Random(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        realm.RandomState += 0x9E3779B97F4A7C15;
        var bits = realm.RandomState;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        bits ^= bits >> 31;
        return Value.Number((bits >> 11) * (1.0 / (1UL << 53)));
    }

    /// <summary>The C library's root is not exact for cubes, and differs between machines; one step of Newton's sets both right.</summary>
    private static double CubeRoot(double number)
    {
        var root = Math.Cbrt(number);
        if (root == 0 || !double.IsFinite(root))
            return root;
        var better = root - ((root * root * root) - number) / (3 * root * root);
        return double.IsFinite(better) ? better : root;
    }
}

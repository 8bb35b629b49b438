using System.Globalization;
using System.Text;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>Numbers of a fixed seed as text, in every njs that is here: the digits of the engine family are a dialect, to the last one.</summary>
public sealed class NjsNumberTests
{
    /// <summary>Debian's njs prints no more than 2 KB at once.</summary>
    private const int Scripts = 200, NumbersOfScript = 3;

    /// <summary>Everything that makes text of a number.</summary>
    private const string Script = """
        var words = new Uint32Array(2), number = new Float64Array(words.buffer), out = [];
        function tell(low, high, digits, radix) {
          words[0] = low;
          words[1] = high;
          var x = number[0], o = {};
          o[x] = 1;
          out.push([high.toString(16) + ':' + low.toString(16), x, `${x}`, JSON.stringify([x]), Object.keys(o), digits, x.toExponential(),
            x.toFixed(digits), x.toPrecision(digits + 1), x.toExponential(digits), x.toPrecision(digits % 17 + 1), x.toFixed(digits % 5),
            radix, x.toString(radix)].join(' '));
        }

        """;

    public static TheoryData<string, Runtime, string> Engines => NjsTests.EnginesHere;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task RandomNumbers_AreWrittenInTheSameDigits(string engine, Runtime runtime, string variable)
    {
        using var njs = new NjsRun(variable.Length == 0 ? NjsRun.DebianCommand : Environment.GetEnvironmentVariable(variable)!);
        var random = new Random(20);
        for (var i = 0; i < Scripts; i++)
        {
            var script = new StringBuilder(Script);
            for (var j = 0; j < NumbersOfScript; j++)
            {
                var bits = BitConverter.DoubleToUInt64Bits(Next(random, i * NumbersOfScript + j));
                script.Append(CultureInfo.InvariantCulture, $"tell({(uint)bits}, {(uint)(bits >> 32)}, {random.Next(100)}, {random.Next(2, 37)});\n");
            }
            script.Append("function handler() { return out.join('\\n') }");

            var theirs = await njs.OfScriptAsync(script.ToString(), TestContext.Current.CancellationToken);
            var ours = EngineRun.OfScript(script.ToString(), runtime);

            Assert.Equal(theirs.Split("\\n"), ours.Split("\\n"));
            Assert.True(theirs.Split("\\n").Length == NumbersOfScript, $"{engine} wrote {theirs}");
        }
    }

    private static double Next(Random random, int kind)
    {
        var any = BitConverter.UInt64BitsToDouble((ulong)random.NextInt64(long.MinValue, long.MaxValue));
        return (kind % 8) switch
        {
            0 => double.IsFinite(any) ? any : 1 / 3.0,
            1 => (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-60, 90)),
            2 => random.Next() / 1000.0,
            3 => random.Next(1000) / 10.0 + random.Next(100) / 10.0,
            4 => Math.Pow(2, random.Next(-1074, 1024)),
            5 => Math.Pow(10, random.Next(-30, 30)),
            6 => BitConverter.Int64BitsToDouble(random.NextInt64(1L << 52)),
            _ => (double)random.NextInt64(1L << 40) * random.NextInt64(1L << 40),
        };
    }
}

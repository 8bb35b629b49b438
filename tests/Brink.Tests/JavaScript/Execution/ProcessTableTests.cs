using Brink.Functions.Modules;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.Execution;

/// <summary>
/// What lives as long as the process or a program holds names of ours and of the script, never anything of a request: not its words, and not the order
/// in which it uses ours (study decision 4).
/// </summary>
public class ProcessTableTests
{
    private const string Source = """
        var querystring = require('querystring');
        function known(o) { return [o.alpha, o.beta, o.gamma, o.delta, o.epsilon, o.zeta, o.eta, o.theta] }
        function handler(event) {
            var text = event.text, o = JSON.parse(text), names = event.names.split(','), made = {}, i;
            for (i = 0; i < names.length; i++) made[names[i]] = i;
            for (var k in o) made['x' + k] = { [k]: o[k] };
            Object.assign({}, o);
            Object.defineProperty({}, names[0], { value: 1 });
            Object.entries(Object.getOwnPropertyDescriptors(o));
            querystring.parse(event.names.split(',').join('=1&'));
            new RegExp('(?<' + names[1] + '>a)(?<' + names[2] + '>b)').exec('ab').groups;
            Symbol.for(names[3]);
            JSON.parse(JSON.stringify(made));
            [handler, globalThis, event].forEach(target => { try { target[names[4]] = 1 } catch (e) { } });
            return known(o).length + known(made).length;
        }
        """;

    private static readonly string[] Known = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "length", "name", "value", "message", "index", "input", "toString", "constructor"];

    private sealed class RequestData(string text, string names) : HostObject
    {
        public override object? Layout => typeof(RequestData);

        public override int Count => 2;

        public override string NameAt(int index) => index == 0 ? "text" : "names";

        public override int IndexOf(ReadOnlySpan<char> name) => name is "text" ? 0 : name is "names" ? 1 : -1;

        public override void Read(int index, ref HostValue value) => value.SetText(index == 0 ? text : names);
    }

    [Fact]
    public void NamesAndTheirOrderFromRequests_NeverEnterTables()
    {
        var program = ((CompileOutcome.Compiled)JavaScriptProgram.Compile(Source, Runtime.CloudFrontJs20, HostModules.For(Runtime.CloudFrontJs20))).Program;
        var random = new Random(7);
        for (var i = 0; i < 100; i++)
            Call(program, random, i, out _);
        Call(program, random, 0, out var before);
        for (var i = 0; i < 3_000; i++)
        {
            Call(program, random, i, out var now);
            Assert.Equal(before, now);
        }
        Assert.InRange(before.Shapes, 1, 200);
    }

    private readonly record struct Tables(int Names, int ProgramNames, int Shapes, int BuiltInShapes);

    /// <summary>Half of the calls bring words of their own, half bring the script's and the engine's words in an order of their own.</summary>
    private static void Call(JavaScriptProgram program, Random random, int number, out Tables tables)
    {
        var words = number % 2 == 0 ? [.. Enumerable.Range(0, 10).Select(i => $"word{number}x{i}")] : (string[])Known.Clone();
        random.Shuffle(words);
        var text = "{" + string.Join(",", words.Select((word, i) => $"\"{word}\":{i}")) + "}";
        var limits = new CallLimits { Steps = 10_000_000, MemoryBytes = 10_000_000, StartTimeMilliseconds = 0, RandomSeed = 1 };
        using var result = program.Call(new RequestData(text, string.Join(',', words)), limits, null);
        Assert.True(result.Status == CallStatus.Returned, $"{result.Error?.Text} {result.Fault}");
        var realm = result.Realm!;
        tables = new Tables(Names.Table.Count, realm.Interpreter.Program.Atoms.Count, realm.EmptyShape.TreeSize, realm.Intrinsics.RootShape.TreeSize);
    }
}

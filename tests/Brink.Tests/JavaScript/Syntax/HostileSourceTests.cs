using System.Text;
using Brink.JavaScript;
using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

public sealed class HostileSourceTests
{
    public static TheoryData<string, string, string> Bombs => new()
    {
        { "(", "1", ")" }, { "[", "", "]" }, { "{", "", "}" }, { "x = {a: ", "1", "}" }, { "!", "a", "" }, { "- ", "1", "" }, { "typeof ", "a", "" },
        { "++", "a", "" }, { "new ", "a", "" }, { "a => ", "1", "" }, { "async () => ", "1", "" }, { "a ? b : ", "c", "" }, { "a ? ", "b", " : c" },
        { "a ** ", "a", "" }, { "a = ", "1", "" }, { "f(", "", ")" }, { "a[", "1", "]" }, { "`${", "1", "}`" }, { "while (1) ", ";", "" },
        { "for (;;) ", ";", "" }, { "if (a) ", ";", "" }, { "if (a); else ", ";", "" }, { "do ", ";", " while (1)" }, { "try {", "", "} finally {}" },
        { "switch (a) { case 1: ", "", "}" }, { "function f() {", "", "}" }, { "(function () {", "", "})()" }, { "x = {get a() { return ", "1", "}}" },
        { "", "a", " + a" }, { "", "a", " || a" }, { "", "a", ".a" }, { "", "a", "()" }, { "", "a", "[0]" }, { "", "a", "``" },
        { "((a) + ", "1", ")" }, { "(", "a", " + a + a + a)" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void DeepNesting_IsRefusedCleanly(string open, string middle, string close)
    {
        var source = new StringBuilder().Insert(0, open, 2000).Append(middle).Insert(open.Length * 2000 + middle.Length, close, 2000).ToString();
        SyntaxProblem? problem = null;
        // A small stack, as a host may have: running out of it would end the process.
        var thread = new Thread(() => problem = Parsed.Problem(source), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal("Maximum nesting depth exceeded in 1", problem?.Message);
    }

    [Theory]
    [InlineData("(", "1", ")", 200)]
    [InlineData("", "a", " + a", 900)]
    [InlineData("if (a) b; else ", "c", "", 400)]
    [InlineData("a, ", "a", "", 9000)]
    public void OrdinaryNesting_IsAccepted(string open, string middle, string close, int times) =>
        Parsed.Tree(new StringBuilder().Insert(0, open, times).Append(middle).Insert(open.Length * times + middle.Length, close, times).ToString());

    private const string Sample =
        """
        import cf from 'cloudfront';
        const kvs = cf.kvs('id'), re = /^\/(?<lang>[a-z]{2})(\/|$)/i;
        let hits = 0x1f + 1_000 / 2;
        async function handler(event) {
            'use strict';
            var request = event.request, { } = 0;
            label: for (let i = 0; i < 3; i++) {
                for (var k in request.headers) { if (k === "x\u0041\n") continue label; else break; }
            }
            try {
                const v = await kvs.get(`key-${request.uri ? `a${hits++}` : 'b'}`, { format: "json" });
                request.uri = v ?? '/index.html';
                return v ? { statusCode: 302, get a() { return this; }, async b(...c) { return (d, e) => c; } } : request;
            } catch (e) {
                console.log('\ud83d\ude00' + e); // done
            } finally { switch (hits) { case 1: default: throw new Error(arguments.length) } }
            /* end */ do { hits **= 2; } while (typeof hits !== 'number' && !(hits in request));
        }
        """;

    [Fact]
    public void MutatedSource_NeverThrowsAndStaysCheap()
    {
        const string alphabet = "(){}[];,.?:=+-*/%&|^!~<>'\"`\\$_ \n\r\t0123456789abcdefgxyz\u2028\ud83d\ude00é@#";
        var words = new[] { "async ", "await ", "function ", "=>", "let ", "const ", "of ", "in ", "class ", "import ", "...", "${", "/*", "//", "?.", "arguments", "eval" };
        var sample = Sample.Replace(", { } = 0", "", StringComparison.Ordinal);
        Parsed.Tree(sample);
        var random = new Random(20201);
        var accepted = 0;
        for (var round = 0; round < 10_000; round++)
        {
            var text = new StringBuilder(sample);
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(5))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at));
                        break;
                    case 1:
                        text[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                    case 2:
                        text.Insert(at, words[random.Next(words.Length)]);
                        break;
                    case 3:
                        text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 60), text.Length - at)));
                        break;
                    default:
                        text.Length = Math.Max(1, at);
                        break;
                }
            }
            var source = text.ToString();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var outcome = Parser.Parse(source, (Runtime)(round & 1));
            // Memory stands for work here: it does not depend on the machine.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024 + 200 * source.Length);
            accepted += outcome.IsParsed ? 1 : 0;
        }
        Assert.InRange(accepted, 100, 9_900);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("// a")]
    [InlineData(";;")]
    [InlineData("\uFEFF")]
    public void EmptySource_IsAnEmptyProgram(string source) => Parsed.Tree(source);

    [Fact]
    public void EveryPrefixOfAFunction_HasAnOutcome()
    {
        for (var length = 0; length < Sample.Length; length++)
        {
            Parser.Parse(Sample[..length], Runtime.CloudFrontJs20);
            Parser.Parse(Sample[length..], Runtime.CloudFrontJs10);
        }
    }
}

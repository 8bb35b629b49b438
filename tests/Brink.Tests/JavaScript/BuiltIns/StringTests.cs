using Brink.JavaScript;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns;

public class StringTests
{
    [Theory]
    [InlineData("abc", "charAt", "b", 1)]
    [InlineData("abc", "charAt", "", 3)]
    [InlineData("abc", "charAt", "", -1)]
    [InlineData("a😀c", "charAt", "😀", 1)]
    [InlineData("😀", "charCodeAt", "128512", 0)]
    [InlineData("😀", "codePointAt", "128512")]
    [InlineData("abc", "codePointAt", "NaN", 5)]
    [InlineData("abc", "concat", "abc1nullundefined", 1, "null", null)]
    [InlineData("abc", "endsWith", "true", "b", 2)]
    [InlineData("abc", "endsWith", "false", "b")]
    [InlineData("abc", "startsWith", "true", "b", 1)]
    [InlineData("abc", "includes", "false")]
    [InlineData("abc", "includes", "true", "bc")]
    [InlineData("a😀b😀", "indexOf", "3", "😀", 2)]
    [InlineData("abc", "indexOf", "3", "", 10)]
    [InlineData("abc", "indexOf", "-1", "z")]
    [InlineData("abcabc", "lastIndexOf", "1", "b", 3)]
    [InlineData("abc", "lastIndexOf", "3", "")]
    [InlineData("abc", "lastIndexOf", "-1", "c", -1)]
    [InlineData("a", "padStart", "xyzxa", 5, "xyz")]
    [InlineData("a", "padStart", "a", 5, "")]
    [InlineData("a", "padEnd", "a    ", 5)]
    [InlineData("😀", "padEnd", "😀éé", 3, "é")]
    [InlineData("é", "padStart", "😀😀é", 3, "😀")]
    [InlineData("ab", "repeat", "ababab", 3)]
    [InlineData("😀", "repeat", "😀😀", 2)]
    [InlineData("a", "repeat", "", 0)]
    [InlineData("a", "repeat", "RangeError", -1)]
    [InlineData("a", "repeat", "RangeError", double.PositiveInfinity)]
    [InlineData("", "repeat", "", 1e9)]
    [InlineData("a", "padEnd", "RangeError", 1e10)]
    [InlineData("abcdef", "slice", "bcd", 1, 4)]
    [InlineData("abcdef", "slice", "ef", -2)]
    [InlineData("abcdef", "slice", "", 4, 1)]
    [InlineData("abcdef", "substring", "bcd", 4, 1)]
    [InlineData("abcdef", "substring", "ab", double.NaN, 2)]
    [InlineData("abcdef", "substr", "bcde", 1, 4)]
    [InlineData("abcdef", "substr", "e", -2, 1)]
    [InlineData("AbÉ😀", "toLowerCase", "abé😀")]
    [InlineData("abéß", "toUpperCase", "ABÉß")]
    [InlineData("İ", "toLowerCase", "i")]
    [InlineData("ŉǆﬁ", "toUpperCase", "ŉǄﬁ")]
    [InlineData("𐐀", "toLowerCase", "𐐨")]
    [InlineData("\t a\u00a0\ufeffb\u2029", "trim", "a\u00a0\ufeffb")]
    [InlineData("  a ", "trimStart", "a ")]
    [InlineData("  a ", "trimEnd", "  a")]
    [InlineData("\u180e", "trim", "\u180e")]
    [InlineData("a,b,c", "split", "['a','b']", ",", 2)]
    [InlineData("a,b,c", "split", "['a','b','c']", ",", -1)]
    [InlineData("a😀b", "split", "['a','😀','b']", "")]
    [InlineData("", "split", "[]", "")]
    [InlineData("", "split", "['']", ",")]
    [InlineData("a,b", "split", "['a,b']")]
    [InlineData("a,b", "split", "[]", ",", 0)]
    [InlineData("abc", "replace", "a[$1bac$]c", "b", "[$1$&$`$'$$]")]
    [InlineData("abc", "replace", "_abc", "", "_")]
    [InlineData("abc", "replace", "aundefinedc", "b")]
    [InlineData("abcb", "replaceAll", "a-c-", "b", "-")]
    [InlineData("ab", "replaceAll", "_a_b_", "", "_")]
    [InlineData("a😀", "replaceAll", "ax", "😀", "x")]
    [InlineData("abc", "match", "['b']", "b")]
    [InlineData("abc", "search", "2", "c")]
    [InlineData("x", "match", "SyntaxError: pcre_compile2(\"[\") failed: missing terminating ] for character class at \"\"", "[")]
    public void Method_GivesWhatTheLanguageSays(string self, string method, string expected, params object?[] arguments)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(self, method, arguments)));
    }

    [Theory]
    [InlineData("a1b2", "\\d", "g", "split", "['a','b','']")]
    [InlineData("a1b2", "(\\d)", "", "split", "['a','1','b','2','']")]
    [InlineData("ab", "(?:)", "", "split", "['a','b']")]
    [InlineData("", "(?:)", "", "split", "[]")]
    [InlineData("", "x", "", "split", "['']")]
    [InlineData("a b  c", " */", "", "split", "['a b  c']")]
    [InlineData("a b  c", " *", "", "split", "['a','b','c']")]
    [InlineData("ab", "$", "", "split", "['ab']")]
    [InlineData("a,b", ",", "y", "split", "['a','b']")]
    [InlineData("A<B>bold</B>and", "<(\\/)?([^<>]+)>", "", "split", "['A',undefined,'B','bold','/','B','and']")]
    [InlineData("aaba", "a", "g", "match", "['a','a','a']")]
    [InlineData("aaba", "a", "gy", "match", "['a','a']")]
    [InlineData("abc", "z", "g", "match", "[]")]
    [InlineData("abc", "z", "", "match", "null")]
    [InlineData("aaa", "a*?", "g", "match", "['','','','']")]
    [InlineData("abc", "(b)(x)?", "", "match", "['b','b',undefined]")]
    [InlineData("😀😀", ".", "g", "match", "['😀','😀']")]
    [InlineData("abc", "c", "", "search", "2")]
    [InlineData("baa", "b", "y", "search", "0")]
    [InlineData("ab", "b", "y", "search", "-1")]
    public void MethodWithARegularExpression_GivesWhatTheDialectSays(string self, string pattern, string flags, string method, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(self, method, calls.RegExp(pattern, flags))));
    }

    [Theory]
    [InlineData("abc", "(b)", "", "[$1$2$01$10$&$`$'$$$]", "a[b$2bb0bac$$]c")]
    [InlineData("abc", "(?<x>b)", "", "[$<x>]", "a[b]c")]
    [InlineData("abc", "(?<x>b)", "", "[$<y>$<x]", "a[$<x]c")]
    [InlineData("abc", "(b)", "", "$<x>", "a$<x>c")]
    [InlineData("aaa", "a*?", "g", "x", "xaxaxax")]
    [InlineData("aaa", "a", "g", "", "")]
    [InlineData("aaa", "a", "", "x", "xaa")]
    [InlineData("aaba", "a", "gy", "x", "xxba")]
    [InlineData("baa", "a", "y", "x", "baa")]
    [InlineData("a😀b", "[^a-z]", "g", "$&$&", "a😀😀b")]
    [InlineData("aéb", "é", "g", "😀", "a😀b")]
    [InlineData("a  b   c", "\\s+", "g", " ", "a b c")]
    [InlineData("  trim  ", "^\\s+|\\s+$", "g", "", "trim")]
    [InlineData("john smith", "(\\w+)\\s(\\w+)", "", "$2, $1", "smith, john")]
    [InlineData("abc", "(x)?b", "", "[$1]", "a[]c")]
    [InlineData("x", "x", "", "$", "$")]
    [InlineData("x", "(x)", "", "$0$1$", "$0x$")]
    public void ReplaceByPattern_FillsTheTemplate(string self, string pattern, string flags, string replacement, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(self, "replace", calls.RegExp(pattern, flags), replacement)));
        if (flags.Contains('g'))
            Assert.Equal(expected, calls.Show(calls.Call(self, "replaceAll", calls.RegExp(pattern, flags), replacement)));
    }

    [Fact]
    public void ReplaceByFunction_GetsMatchCapturesPlaceAndText()
    {
        var calls = new NativeCalls();
        var seen = new List<string>();
        var function = calls.Function((realm, in self, arguments) =>
        {
            seen.Add(string.Join('|', arguments.ToArray().Select(a => calls.Show(a))));
            return Value.Number(seen.Count);
        });

        Assert.Equal("a1c2", calls.Show(calls.Call("abcb", "replace", calls.RegExp("(?<q>b)(x)?", "g"), function)));
        Assert.Equal(["b|b|undefined|1|abcb|[object]", "b|b|undefined|3|abcb|[object]"], seen);

        seen.Clear();
        Assert.Equal("a1c2", calls.Show(calls.Call("abcb", "replaceAll", "b", function)));
        Assert.Equal(["b|1|abcb", "b|3|abcb"], seen);
    }

    [Fact]
    public void ReplacerThrows_TheExceptionTravelsUp()
    {
        var calls = new NativeCalls();
        var function = calls.Function((realm, in self, arguments) => realm.ThrowTypeError("no"));
        Assert.Equal("TypeError: no", calls.Show(calls.Call("abcb", "replace", calls.RegExp("b", "g"), function)));
        Assert.Equal("TypeError: no", calls.Show(calls.Call("abcb", "replace", "b", function)));
    }

    [Fact]
    public void ReplaceAllWithoutGlobal_IsATypeError()
    {
        var calls = new NativeCalls();
        Assert.Equal("TypeError: String.prototype.replaceAll called with a non-global RegExp argument", calls.Show(calls.Call("a", "replaceAll", calls.RegExp("a"), "b")));
    }

    [Theory]
    [InlineData("fromCharCode", "AA\uffff", 65, 65601, -1)]
    [InlineData("fromCharCode", "😀", 0xD83D, 0xDE00)]
    [InlineData("fromCharCode", "\ufffd", 0xD83D)]
    [InlineData("fromCharCode", "")]
    [InlineData("fromCodePoint", "😀a", 128512, 97)]
    [InlineData("fromCodePoint", "\ufffd", 0xD800)]
    [InlineData("fromCodePoint", "RangeError", 1.5)]
    [InlineData("fromCodePoint", "RangeError", 0x110000)]
    [InlineData("fromCodePoint", "RangeError", double.NaN)]
    public void MadeFromCodes_AreCodePoints(string method, string expected, params object[] codes)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Static("String", method, codes)));
    }

    [Fact]
    public void MethodsOnOtherValues_WorkOnTheirText()
    {
        var calls = new NativeCalls();
        var slice = calls.Realm.Get(calls.From("x"), calls.Realm.AtomOf("slice"));
        var trim = calls.Realm.Get(calls.From("x"), calls.Realm.AtomOf("trim"));
        var toString = calls.Realm.Get(calls.From("x"), Names.ToStringName);
        Assert.Equal("23", calls.Show(calls.Realm.Call(slice, Value.Number(123), [Value.Number(1)])));
        Assert.Equal("TypeError: cannot convert undefined to object", calls.Show(calls.Realm.Call(slice, Value.Null, [])));
        Assert.Equal("TypeError: cannot convert undefined to object", calls.Show(calls.Realm.Call(trim, Value.Undefined, [])));
        Assert.Equal("TypeError: unexpected value type:number", calls.Show(calls.Realm.Call(toString, Value.Number(1), [])));
        Assert.Equal("bc", calls.Show(calls.Call(calls.New("String", "abc"), "slice", 1)));
    }

    [Theory]
    [InlineData("repeat", 1e9)]
    [InlineData("repeat", 3e6)]
    [InlineData("padEnd", 1e8)]
    [InlineData("padStart", 2e9)]
    public void HugeResult_StopsBeforeItIsMade(string method, double size)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ScriptStopped>(() => new NativeCalls().Call("ab", method, size));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void ReplacementsThatGrow_StopAtTheMemoryLimit()
    {
        var calls = new NativeCalls(steps: 100_000_000);
        var text = calls.Call("a", "repeat", 10_000);
        Assert.Throws<ScriptStopped>(() => calls.Call(text, "replace", calls.RegExp("a", "g"), "$`$'"));
    }

    [Fact]
    public void CutText_IsASliceOfItsOwner()
    {
        var calls = new NativeCalls();
        var text = calls.From("name=value; other=thing");
        var parts = (JsArray)calls.Call(text, "split", "; ").AsObject;
        Assert.Same(text.Reference, parts.Elements[1].Reference);
        Assert.Same(text.Reference, calls.Call(text, "trim").Reference);
        Assert.Same(text.Reference, ((JsArray)calls.Call(text, "match", calls.RegExp("o\\w+")).AsObject).Elements[0].Reference);
        Assert.True(text.IsSame(calls.Call(text, "toLowerCase")));
    }

    [Theory]
    [InlineData("replaceAll", false, true)]
    [InlineData("toBytes", true, false)]
    [InlineData("fromUTF8", true, false)]
    [InlineData("at", false, false)]
    [InlineData("matchAll", false, false)]
    [InlineData("normalize", false, false)]
    [InlineData("localeCompare", false, false)]
    [InlineData("toLocaleLowerCase", false, false)]
    [InlineData("trimLeft", false, false)]
    [InlineData("anchor", false, false)]
    public void Member_IsThereWhereTheRuntimeHasIt(string name, bool in10, bool in20)
    {
        foreach (var (runtime, expected) in new[] { (Runtime.CloudFrontJs10, in10), (Runtime.CloudFrontJs20, in20) })
        {
            var calls = new NativeCalls(runtime);
            Assert.Equal(expected, !calls.Realm.Get(calls.From(""), calls.Realm.AtomOf(name)).IsUndefined);
        }
    }

    [Fact]
    public void ByteStrings_In10()
    {
        var calls = new NativeCalls(Runtime.CloudFrontJs10);
        // Outside the language a byte string is the UTF-8 that it spells.
        Assert.Equal("\u0001\u0002\uFFFD,", calls.Show(calls.Static("String", "bytesFrom", (object)new object[] { 1, 2, 255, 300 })));
        Assert.Equal("a", calls.Show(calls.Static("String", "bytesFrom", "616", "hex")));
        Assert.Equal("abc", calls.Show(calls.Static("String", "bytesFrom", "YWJj", "base64")));
        Assert.Equal("a", calls.Show(calls.Static("String", "bytesFrom", "YQ", "base64url")));
        Assert.Equal("TypeError: Unknown encoding: \"utf8\"", calls.Show(calls.Static("String", "bytesFrom", "YWJj", "utf8")));
        Assert.Equal("TypeError: \"encoding\" must be a string", calls.Show(calls.Static("String", "bytesFrom", "YWJj")));
        Assert.Equal("Ã©", calls.Show(calls.Call("Ã©", "fromUTF8")));
        Assert.Equal("ÿ", calls.Show(calls.Call("ÿ", "fromUTF8")));
        Assert.Equal("null", calls.Show(calls.Call("\u0100", "toBytes")));
        Assert.Equal("\uFFFD", calls.Show(calls.Call("aé", "toBytes", 1)));
        Assert.Equal("é😀", calls.Show(calls.Call("é😀", "toUTF8")));
        Assert.Equal("c3a9f09f9880", calls.Show(calls.Call("é😀", "toString", "hex")));
    }
}

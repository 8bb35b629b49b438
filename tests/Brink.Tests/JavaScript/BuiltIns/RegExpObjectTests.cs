using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.BuiltIns.Texts;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns;

public class RegExpObjectTests
{
    [Theory]
    [InlineData("g", 0, "ba", "['a']", 2)]
    [InlineData("g", 5, "aa", "null", 0)]
    [InlineData("", 5, "aa", "['a']", 5)]
    [InlineData("g", -1, "aa", "['a']", 1)]
    [InlineData("y", 0, "ba", "null", 0)]
    [InlineData("y", 1, "ba", "['a']", 2)]
    [InlineData("gy", 1, "ba", "['a']", 2)]
    public void Exec_MovesLastIndex(string flags, double lastIndex, string text, string expected, double then)
    {
        var calls = new NativeCalls();
        var regExp = calls.RegExp("a", flags);
        calls.Realm.Set(regExp, Names.LastIndex, Value.Number(lastIndex));
        Assert.Equal(expected, calls.Show(calls.Call(regExp, "exec", text)));
        Assert.Equal(then, calls.Realm.Get(regExp, Names.LastIndex).AsNumber);
    }

    [Fact]
    public void ExecResult_HasIndexInputAndGroups()
    {
        var calls = new NativeCalls();
        var result = calls.Call(calls.RegExp("(?<year>\\d{4})-(?<month>\\d\\d)?"), "exec", "on 2026-");
        Assert.Equal("['2026-','2026',undefined]", calls.Show(result));
        Assert.Equal(3, calls.Realm.Get(result, Names.Index).AsNumber);
        Assert.Equal("on 2026-", calls.Show(calls.Realm.Get(result, Names.Input)));
        var groups = calls.Realm.Get(result, Names.Groups);
        Assert.Equal("2026", calls.Show(calls.Realm.Get(groups, calls.Realm.AtomOf("year"))));
        Assert.True(calls.Realm.HasProperty(groups.AsObject, calls.Realm.AtomOf("month")));
        Assert.True(calls.Realm.Get(calls.Call(calls.RegExp("o"), "exec", "on"), Names.Groups).IsUndefined);
    }

    [Theory]
    [InlineData("a", "gi", "/a/gi")]
    [InlineData("a", "ymig", "/a/gimy")]
    [InlineData("", "", "/(?:)/")]
    [InlineData("a\\/b", "", "/a\\/b/")]
    public void ToString_ShowsPatternAndFlagsInOrder(string pattern, string flags, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Call(calls.RegExp(pattern, flags), "toString")));
    }

    [Theory]
    [InlineData("source", "a")]
    [InlineData("flags", "gi")]
    [InlineData("global", "true")]
    [InlineData("ignoreCase", "true")]
    [InlineData("multiline", "false")]
    [InlineData("sticky", "false")]
    public void Accessor_TellsWhatItIs(string name, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Realm.Get(calls.RegExp("a", "gi"), calls.Realm.AtomOf(name))));
    }

    [Theory]
    [InlineData("source", "(?:)")]
    [InlineData("flags", "")]
    [InlineData("global", "undefined")]
    public void AccessorOnThePrototype_DoesNotThrow(string name, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.Realm.Get(calls.Realm.Intrinsics.RegExpPrototype, calls.Realm.AtomOf(name))));
    }

    [Fact]
    public void In10_FlagsAndStickyAreAbsent()
    {
        var calls = new NativeCalls(Runtime.CloudFrontJs10);
        Assert.True(calls.Realm.Get(calls.RegExp("a"), calls.Realm.AtomOf("flags")).IsUndefined);
        Assert.True(calls.Realm.Get(calls.RegExp("a"), calls.Realm.AtomOf("sticky")).IsUndefined);
        Assert.Equal("/a/gi", calls.Show(calls.Call(calls.RegExp("a", "ig"), "toString")));
        Assert.Equal("['a','b']", calls.Show(calls.Call("a1b", "split", calls.RegExp("\\d"))));
        Assert.Equal("SyntaxError: Invalid RegExp flags \"y\"", calls.Show(calls.RegExp("a", "y")));
    }

    [Theory]
    [InlineData("(", "", "SyntaxError: pcre_compile2(\"(\") failed: missing closing parenthesis at \"\"")]
    [InlineData("a", "gg", "SyntaxError: Invalid RegExp flags \"gg\"")]
    [InlineData("a", "u", "SyntaxError: Invalid RegExp flags \"u\"")]
    public void ConstructorWithNonsense_Throws(string pattern, string flags, string expected)
    {
        var calls = new NativeCalls();
        Assert.Equal(expected, calls.Show(calls.RegExp(pattern, flags)));
    }

    [Fact]
    public void Constructor_TakesOtherRegularExpressions()
    {
        var calls = new NativeCalls();
        var original = calls.RegExp("a", "g");
        Assert.Equal("/a/g", calls.Show(calls.Call(calls.New("RegExp", original), "toString")));
        Assert.Equal("/a/i", calls.Show(calls.Call(calls.New("RegExp", original, "i"), "toString")));
        Assert.True(calls.Static("", "RegExp", original).IsSame(original));
        Assert.False(calls.New("RegExp", original).IsSame(original));
    }

    [Fact]
    public void MethodsOnOtherObjects_SayWhatIsMissing()
    {
        var calls = new NativeCalls();
        var plain = Value.Object(calls.Realm.NewObject());
        var exec = calls.Realm.Get(calls.RegExp("a"), calls.Realm.AtomOf("exec"));
        var test = calls.Realm.Get(calls.RegExp("a"), calls.Realm.AtomOf("test"));
        Assert.Equal("TypeError: \"this\" argument is not a regexp", calls.Show(calls.Realm.Call(exec, plain, [])));
        Assert.Equal("TypeError: receiver argument is not a regexp", calls.Show(calls.Realm.Call(test, plain, [])));
    }

    [Fact]
    public void CatastrophicPattern_IsAnInternalErrorThatAScriptCanCatch()
    {
        var calls = new NativeCalls(steps: 10_000_000);
        Assert.Equal(
            "InternalError: pcre2_match() failed: match limit exceeded",
            calls.Show(calls.Call(calls.RegExp("(a+)+$"), "test", new string('a', 40) + "b")));
    }

    [Fact]
    public void ReplacedExec_IsAskedByTestAndReplace()
    {
        var calls = new NativeCalls();
        var regExp = calls.RegExp("zzz");
        var result = calls.From(new object[] { "b", "B" });
        result.AsObject.Put(calls.Realm, Names.Index, Value.Number(1));
        regExp.AsObject.Put(calls.Realm, calls.Realm.AtomOf("exec"), calls.Function((realm, in self, arguments) => result));

        Assert.Equal("true", calls.Show(calls.Call(regExp, "test", "abc")));
        Assert.Equal("a[b-B-a-c-$-$2]c", calls.Show(calls.Call("abc", "replace", regExp, "[$&-$1-$`-$'-$$-$2]")));
    }

    [Fact]
    public void LiteralsOfOneProgram_AreObjectsOfTheirOwn()
    {
        var calls = new NativeCalls();
        var program = ((JsRegExp)calls.RegExp("a", "g").AsObject).Program;
        var first = calls.Realm.NewRegExp(program, calls.From("a"), "g");
        var second = calls.Realm.NewRegExp(program, calls.From("a"), "g");
        calls.Call(first, "test", "aa");
        Assert.Equal(1, calls.Realm.Get(first, Names.LastIndex).AsNumber);
        Assert.Equal(0, calls.Realm.Get(second, Names.LastIndex).AsNumber);
    }
}

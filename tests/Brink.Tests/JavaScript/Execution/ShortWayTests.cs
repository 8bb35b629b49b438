namespace Brink.Tests.JavaScript.Execution;

/// <summary>Instructions that do at once what several do (decision 0012): what comes out is the same whenever their conditions do not hold.</summary>
public sealed class ShortWayTests
{
    [Theory]
    [InlineData("var s = 'abc', t = ''; for (var i = 0; i < s.length; i++) t += i + s[i]; return t + i;", "0a1b2c3")]
    [InlineData("var s = 'a😀c', t = ''; for (var i = 0; i < s.length; i++) t += s.charAt(i) + '.'; return t;", "a.😀.c.")]
    [InlineData("var s = [], t = 0; for (var i = 0; i < s.length; i++) t++; return t + '' + i;", "00")]
    [InlineData("var s = [1, 2], t = ''; for (var i = 0; i < s.length; i++) { t += s[i]; if (i < 3) s.push(i); } return t;", "12012")]
    [InlineData("var s = [1, 2, 3, 4], t = ''; for (var i = 0; i < s.length; i++) { t += s[i]; s.pop(); } return t + i;", "122")]
    [InlineData("var s = 'abc', t = ''; for (var i = 0; i < s.length; i++) { t += i; if (i == 1) s = [0, 0, 0, 0, 0]; } return t;", "01234")]
    [InlineData("var s = { length: 3 }, t = ''; for (var i = 0; i < s.length; i++) t += i; return t;", "012")]
    [InlineData("var n = 0, s = { get length() { return n++ < 2 ? '2' : 1; } }, t = ''; for (var i = 0; i < s.length; i++) t += i; return t + n;", "013")]
    [InlineData("var s = 'abc', t = ''; for (var i = '0'; i < s.length; i++) t += typeof i; return t;", "stringnumbernumber")]
    [InlineData("var s = 'abcd', t = ''; for (var i = 0.5; i < s.length; i++) t += i + ' '; return t;", "0.5 1.5 2.5 3.5 ")]
    [InlineData("var s = 'abcd', t = ''; for (var i = 0; i < s.length; i++) { if (i % 2) continue; t += i; } return t;", "02")]
    [InlineData("var s = 'ab', t = 0; for (var i = NaN; i < s.length; i++) t++; return t;", "0")]
    [InlineData("var s, i; try { for (i = 0; i < s.length; i++) ; } catch (e) { return e.message; }", "cannot get property \"length\" of undefined")]
    [InlineData("var s = 'ab', f = []; for (let i = 0; i < s.length; i++) f.push(function () { return i; }); return f.map(function (g) { return g(); }).join();", "0,1")]
    public void NextPlace_OfAnything(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("String.prototype.indexOf = function (x) { return 'own' + x; }; return 'abc'.indexOf('c');", "ownc")]
    [InlineData("var s = 'abc'; function patch() { String.prototype.indexOf = function () { return 'own'; }; return 'c'; } return s.indexOf(patch()) + ' ' + s.indexOf('c');", "2 own")]
    [InlineData("var s = 'abc', o = { indexOf: function () { return 'o'; } }; return s.indexOf((s = o, 'b')) + s.indexOf('b');", "1o")]
    [InlineData("String.fromCharCode = function (x) { return 'own' + x; }; return String.fromCharCode(65);", "own65")]
    [InlineData("var s = ''; for (var i = 0; i < 2; i++) { s += String.fromCharCode(65); String.fromCharCode = function () { return '!'; }; } return s;", "A!")]
    [InlineData("String = { fromCharCode: function (x) { return this === String && x; } }; return String.fromCharCode(1);", "1")]
    [InlineData("Math.floor = 3; return Math.floor(1);", "TypeError: (intermediate value)[\"floor\"] is not a function")]
    [InlineData("Array.prototype.x = 1; return Math.max(1, 2) + JSON.stringify([1]);", "2[1]")]
    [InlineData("return Math.nope(1);", "TypeError: (intermediate value)[\"nope\"] is not a function")]
    public void BuiltInsThatAreChanged_AreWhatIsCalled(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("return String.fromCharCode(65) + String.fromCharCode(0x100) + String.fromCharCode(65.9) + String.fromCharCode('66') + String.fromCharCode(65601);", "AĀABA")]
    [InlineData("return [String.fromCharCode(-1).charCodeAt(0), String.fromCharCode(NaN).charCodeAt(0), String.fromCharCode(-0).charCodeAt(0)].join();", "65535,0,0")]
    [InlineData("return ['abc'.indexOf('c'), 'abc'.indexOf('bc'), 'abc'.indexOf(''), ''.indexOf(''), 'a1'.indexOf(1), 'aundefined'.indexOf()].join();", "2,1,0,0,1,1")]
    [InlineData("return ['a😀c'.indexOf('c'), 'a😀c'.indexOf('😀'), 'aé'.indexOf('é'), 'abc'.indexOf('😀')].join();", "2,1,1,-1")]
    [InlineData("var f = 'abc'.indexOf; try { return f('a'); } catch (e) { return e.name; }", "TypeError")]
    public void CallsWithoutACall_GiveWhatTheBuiltInGives(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Fact]
    public void AlphabetsInTheSource_AreSearchedLikeAnyText()
    {
        const string body = """
            var alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzA0123456789-_\u00e9B';
            var same = alphabet.split('').join(''), part = alphabet.slice(1), wrong = '';
            for (var code = 0; code < 300; code++) {
              var c = String.fromCharCode(code), expected = -1, i;
              for (i = alphabet.length - 1; i >= 0; i--) if (alphabet[i] === c) expected = i;
              if (alphabet.indexOf(c) !== expected || same.indexOf(c) !== expected) wrong += code + ' ';
              if (part.indexOf(c) !== alphabet.indexOf(c, 1) - (alphabet.indexOf(c, 1) > 0)) wrong += code + '* ';
            }
            return wrong === '' ? 'all' : wrong;
            """;
        Assert.Equal("all", Script.Run(body));
    }

    [Fact]
    public void SingleCharacters_AreTheNamesTheySpell() =>
        Assert.Equal("1,2,3,ab", Script.Run("var o = { a: 1, 'é': 2, '7': 3 }, s = 'aé7', k = 'ab'; return [o[s.charAt(0)], o[s[1]], o[String.fromCharCode(55)], k[0] + k.charAt(1)].join();"));

    [Fact]
    public void TheSameWayTwice_CostsTheSame()
    {
        var program = Script.Compile("function handler() { var s = 'abcabc', n = 0; for (var i = 0; i < s.length; i++) n += s.indexOf(s.charAt(i)) + String.fromCharCode(i).length + Math.max(i, 1); return n; }");
        Assert.Equal("28", Script.Call(program, out var first, out _));
        Assert.Equal("28", Script.Call(program, out var second, out _));
        Assert.Equal(first, second);
    }
}

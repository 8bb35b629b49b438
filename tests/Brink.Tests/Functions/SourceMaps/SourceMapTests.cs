using System.Text;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.SourceMaps;

namespace Brink.Tests.Functions.SourceMaps;

/// <summary>Maps as tools write them, and broken ones.</summary>
public class SourceMapTests
{
    /// <summary>Lines 1 and 2 of a bundle, from lines 3 and 1 of two files.</summary>
    private const string Map = """
        {"version":3,"file":"bundle.js","sourceRoot":"src","sources":["a.ts","b.ts"],"sourcesContent":["one\ntwo\nthree(x)\n",null],
         "names":["three","x"],"mappings":"AAEAA,MAAMC;ACFN,C"}
        """;

    [Theory]
    [InlineData(1, 1, "src/a.ts:3:1 three(x) three")]
    [InlineData(1, 6, "src/a.ts:3:1 three(x) three")]
    [InlineData(1, 7, "src/a.ts:3:7 three(x) x")]
    [InlineData(1, 500, "src/a.ts:3:7 three(x) x")]
    [InlineData(2, 1, "src/b.ts:1:1  ")]
    [InlineData(2, 2, null)]
    [InlineData(3, 1, null)]
    [InlineData(0, 0, null)]
    public void Place_IsFoundInItsOriginal(int line, int column, string? expected)
    {
        var map = SourceMap.Read(Encoding.UTF8.GetBytes(Map), out var problem);

        Assert.Null(problem);
        var place = map!.Find(line, column);
        Assert.Equal(expected, place is null ? null : $"{place.File}:{place.Line}:{place.Column} {place.SourceLine} {place.Name}");
    }

    [Fact]
    public void Sections_LieWhereTheirOffsetsSay()
    {
        const string part = """{"version":3,"sources":["NAME"],"names":[],"mappings":"AAAA"}""";
        var json = $$"""
            {"version":3,"sections":[{"offset":{"line":0,"column":0},"map":{{part.Replace("NAME", "a.js", StringComparison.Ordinal)}}},
             {"offset":{"line":4,"column":10},"map":{{part.Replace("NAME", "b.js", StringComparison.Ordinal)}}}]}
            """;

        var map = SourceMap.Read(Encoding.UTF8.GetBytes(json), out var problem);

        Assert.Null(problem);
        Assert.Equal("a.js", map!.Find(1, 1)!.File);
        Assert.Null(map.Find(5, 10));
        Assert.Equal("b.js", map.Find(5, 11)!.File);
    }

    [Theory]
    [InlineData("", "it is not JSON: line 1, byte 1: there is nothing")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("{}", "its version is not 3")]
    [InlineData("""{"version":2}""", "its version is not 3")]
    [InlineData("""{"version":"3"}""", "its version is not 3")]
    [InlineData("""{"version":3}""", "its sources are not an array")]
    [InlineData("""{"version":3,"sources":[1],"mappings":""}""", "source 0 is not a string")]
    [InlineData("""{"version":3,"sources":[]}""", "its mappings are not a string")]
    [InlineData("""{"version":3,"sources":[],"mappings":"AAAA"}""", "generated line 1 names source 0; there are 0")]
    [InlineData("""{"version":3,"sources":["a"],"mappings":";ADAA"}""", "generated line 2 has -1 as source")]
    [InlineData("""{"version":3,"sources":["a"],"mappings":"AADA"}""", "generated line 1 has -1 as original line")]
    [InlineData("""{"version":3,"sources":["a"],"mappings":"AAAAA"}""", "generated line 1 names name 0; there are 0")]
    [InlineData("""{"version":3,"sources":["a"],"mappings":"AA!A"}""", "a mapping of generated line 1 is not base64 VLQ")]
    [InlineData("""{"version":3,"sources":["a"],"mappings":"A"}""", null)]
    [InlineData("""{"version":3,"sources":["a"],"mappings":"AAg"}""", "a mapping of generated line 1 is not base64 VLQ")]
    [InlineData("""{"version":3,"sources":["a"],"mappings":"gggggggggggggB"}""", "a mapping of generated line 1 is not base64 VLQ")]
    [InlineData("""{"version":3,"sources":["a"],"names":["n"],"mappings":"AAAAAA"}""", "a mapping of generated line 1 has more than five fields")]
    [InlineData("""{"version":3,"sources":["a"],"names":1,"mappings":""}""", "its names are not an array")]
    [InlineData("""{"version":3,"sections":1}""", "its sections are not an array")]
    [InlineData("""{"version":3,"sections":[{}]}""", "a section has no offset with line and column")]
    [InlineData("""{"version":3,"sections":[{"offset":{"line":-1,"column":0}}]}""", "a section has no offset with line and column")]
    [InlineData("""{"version":3,"sections":[{"offset":{"line":1,"column":0},"map":{"version":3,"sections":[]}}]}""", "a section has sections of its own")]
    [InlineData("""{"version":3,"sources":["\ud800"],"mappings":""}""", "it has text that is not Unicode")]
    [InlineData(")]}'\n{\"version\":3,\"sources\":[],\"mappings\":\"\"}", null)]
    public void MapThatIsBroken_IsRefusedWithTheReason(string json, string? expected)
    {
        var map = SourceMap.Read(Encoding.UTF8.GetBytes(json), out var problem);

        Assert.Equal(expected, problem);
        Assert.Equal(expected is null, map is not null);
    }

    [Fact]
    public void AnyBytes_AreReadOrRefused_NeverThrown()
    {
        var random = new Random(20260);
        var good = Encoding.UTF8.GetBytes(Map);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = good.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var map = SourceMap.Read(bytes, out var problem);
            Assert.Equal(map is null, problem is not null);
            map?.Find(1, 1);
        }
    }

    [Theory]
    [InlineData("x\n//# sourceMappingURL=a.js.map\n", "beside a.js.map")]
    [InlineData("x\n//# sourceMappingURL=./a%20b.map", "beside a b.map")]
    [InlineData("//# sourceMappingURL=a.map\n//# sourceMappingURL=b.map", "beside b.map")]
    [InlineData("/*# sourceMappingURL=a.map */", "beside a.map")]
    [InlineData("//# sourceMappingURL=../a.map", "unusable")]
    [InlineData("//# sourceMappingURL=/etc/passwd", "unusable")]
    [InlineData("//# sourceMappingURL=https://example.com/a.map", "unusable")]
    [InlineData("//# sourceMappingURL=..%2fa.map", "unusable")]
    [InlineData("//# sourceMappingURL=data:application/json;base64,e30=", "inline {}")]
    [InlineData("//# sourceMappingURL=data:application/json,%7B%7D", "inline {}")]
    [InlineData("//# sourceMappingURL=data:application/json;base64,!!", "unusable")]
    [InlineData("//# sourceMappingURL=data:x", "unusable")]
    [InlineData("//# sourceMappingURL=", null)]
    [InlineData("x", null)]
    public void Comment_NamesAFileBesideOrHoldsTheMap(string code, string? expected)
    {
        var found = SourceMapReference.Find(Encoding.UTF8.GetBytes(code)) switch
        {
            SourceMapReference.Beside(var name) => $"beside {name}",
            SourceMapReference.Inline(var json) => $"inline {Encoding.UTF8.GetString(json.Span)}",
            SourceMapReference.Unusable => "unusable",
            _ => null,
        };
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Error_ShowsTheOriginal_AndTheGeneratedPlaceInParentheses()
    {
        // Line 1 of the code is line 3 of the original, four columns further on.
        const string json = """{"version":3,"sources":["src/handler.ts"],"sourcesContent":["\n\n    function handler(event) { return event.request.nothing.value; }"],"names":[],"mappings":"AAEI"}""";
        var source = new FunctionSource
        {
            Name = "mapped",
            FileName = "bundle.js",
            Code = Encoding.UTF8.GetBytes("function handler(event) { return event.request.nothing.value; }"),
            SourceMap = SourceMap.Read(Encoding.UTF8.GetBytes(json), out _),
        };
        var function = JavaScriptFunction.Compile(source, FunctionLimits.Default, TimeProvider.System);

        var error = Assert.IsType<FunctionOutcome.Fail>(FunctionFixture.Run(function, EventType.ViewerRequest, FunctionFixture.Request(), null).Outcome).Error;

        Assert.EndsWith("TypeError: cannot get property \"value\" of undefined", error.Message, StringComparison.Ordinal);
        Assert.Matches(
            """
            ^src/handler\.ts:3:5 \(bundle\.js:1:\d+\): TypeError: cannot get property "value" of undefined
                  function handler\(event\) \{ return event\.request\.nothing\.value; }
                  \^
                at handler \(src/handler\.ts:3:5 \(bundle\.js:1:\d+\)\)$
            """.ReplaceLineEndings("\n"), error.Detail);
        Assert.Equal(("src/handler.ts", 3, 5, 1), (error.Place!.File, error.Place.Line, error.Place.Column, error.Place.GeneratedLine));
    }
}

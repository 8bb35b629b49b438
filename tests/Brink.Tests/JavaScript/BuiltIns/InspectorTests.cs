namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Expressions and what they show as.</summary>
public sealed class InspectorTests
{
    [Theory]
    [InlineData("'a\\nb'", "a\nb")]
    [InlineData("['a\\nb', \"it's\"]", "['a\\nb','it's']")]
    [InlineData("(function(){var a={};a.a=a;return a})()", "{a:[Circular]}")]
    [InlineData("{'a-b':1,1:2,'é':1}", "{a-b:1,1:2,é:1}")]
    [InlineData("Object.create(null)", "{}")]
    [InlineData("{get a(){return 1},set b(x){}}", "{a:'[Getter]',b:'[Setter]'}")]
    [InlineData("Promise.resolve(1)", "1")]
    [InlineData("[[[[[[[1]]]]]]]", "[[[[[[[1]]]]]]]")]
    [InlineData("(function(){return arguments})(1,'a')", "{0:1,1:'a'}")]
    [InlineData("[1].values()", "Array Iterator {}")]
    [InlineData("new ArrayBuffer(2)", "ArrayBuffer {}")]
    [InlineData("{a:{b:{c:{d:{e:1}}}}}", "{a:{b:{c:{d:{e:1}}}}}")]
    [InlineData("TypeError", "[Function: TypeError]")]
    [InlineData("new (function Foo(){this.x=1})()", "{x:1}")]
    [InlineData("(function(){var a=1;for(var i=0;i<40;i++)a={a:a};return a})()", "{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:[Object]}}}}}}}}}}}}}}}}")]
    public void Expression_ShowsAs(string expression, string shown) => Assert.Equal(shown, Shown.Of(expression));
}

namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Expressions and what they show as.</summary>
public sealed class BooleanTests
{
    [Theory]
    [InlineData("Boolean('') ", "false")]
    [InlineData("new Boolean(0)", "[Boolean: false]")]
    [InlineData("new Boolean(0).valueOf()", "false")]
    [InlineData("Boolean.prototype.valueOf.call(1)", "THROW TypeError: unexpected value type:number")]
    [InlineData("Boolean.prototype.toString.call('x')", "THROW TypeError: unexpected value type:string")]
    [InlineData("true.toString()", "true")]
    [InlineData("Boolean.length", "1")]
    [InlineData("Boolean([])+','+Boolean(NaN)+','+new Boolean(false)", "true,false,false")]
    public void Expression_ShowsAs(string expression, string shown) => Assert.Equal(shown, Shown.Of(expression));
}

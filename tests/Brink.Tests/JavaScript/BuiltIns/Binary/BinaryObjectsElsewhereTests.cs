namespace Brink.Tests.JavaScript.BuiltIns.Binary;

/// <summary>Binary objects in the hands of the other built-ins.</summary>
public class BinaryObjectsElsewhereTests
{
    [Theory]
    [InlineData("Object.keys(new Uint8Array(3)).join()", "0,1,2")]
    [InlineData("Object.getOwnPropertyNames(new Uint8Array(2)).join()", "0,1")]
    [InlineData("JSON.stringify(new Uint8Array([1, 2]))", "{\"0\":1,\"1\":2}")]
    [InlineData("JSON.stringify(Buffer.from('ab'))", "{\"type\":\"Buffer\",\"data\":[97,98]}")]
    [InlineData("JSON.parse(Buffer.from('{\"a\":1}')).a", "1")]
    [InlineData("Object.prototype.toString.call(new Uint8Array(1))", "[object Uint8Array]")]
    [InlineData("Object.prototype.toString.call(Buffer.from('a'))", "[object Buffer]")]
    [InlineData("Object.prototype.toString.call(new ArrayBuffer(1))", "[object ArrayBuffer]")]
    [InlineData("Object.prototype.toString.call(new TextEncoder())", "[object Object]")]
    [InlineData("Array.from(new Uint8Array([2, 3])).join()", "2,3")]
    [InlineData("Array.prototype.map.call(new Uint8Array([2, 3]), x => x * 200).join()", "400,600")]
    [InlineData("Object.freeze(new Uint8Array(2))", "TypeError: Cannot freeze array buffer views with elements")]
    [InlineData("Object.defineProperty(new Uint8Array(2), '0', {value: 5})[0]", "5")]
    [InlineData("JSON.stringify(Object.getOwnPropertyDescriptor(new Uint8Array(1), 0))", "{\"value\":0,\"writable\":true,\"enumerable\":true,\"configurable\":false}")]
    [InlineData("Object.getPrototypeOf(Buffer.prototype) === Uint8Array.prototype", "true")]
    [InlineData("Buffer.from(new Object()).length", "TypeError: first argument object is not a string or Buffer-like object")]
    [InlineData("Buffer.from('a') instanceof Uint8Array", "true")]
    [InlineData("Buffer.prototype.readUInt8.call({}, 0)", "TypeError: \"this\" argument must be an instance of Buffer or Uint8Array")]
    [InlineData("Buffer.prototype.toString.call(new Uint8Array([65]))", "A")]
    [InlineData("Uint8Array.from.call(Array, [1])", "TypeError: Derived TypedArray constructor returned not a typed array")]
    public void OtherBuiltIns_SeeBytesAsElements(string script, string expected) => Assert.Equal(expected, Scripts.Run(script));
}

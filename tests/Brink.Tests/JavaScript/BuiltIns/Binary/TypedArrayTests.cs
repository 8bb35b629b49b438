using Brink.JavaScript;
using Brink.JavaScript.BuiltIns.Binary;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns.Binary;

public class TypedArrayTests
{
    [Theory]
    [InlineData("new Uint8Array('3').length", "3")]
    [InlineData("new Uint8Array(1.5).length", "1")]
    [InlineData("new Uint8Array(null).length", "0")]
    [InlineData("new Uint8Array([1, 300, -1, '7'])", "1,44,255,7")]
    [InlineData("new Uint8ClampedArray([300, -5, 1.5, 2.5, 0 / 0])", "255,0,2,2,0")]
    [InlineData("new Int8Array([200, -129])", "-56,127")]
    [InlineData("new Uint16Array([65537])", "1")]
    [InlineData("new Int16Array([40000])", "-25536")]
    [InlineData("new Uint32Array([-1])", "4294967295")]
    [InlineData("new Int32Array([4294967303, -2147483649, 1 / 0])", "7,2147483647,0")]
    [InlineData("new Float32Array([1.1])", "1.100000023841858")]
    [InlineData("new Float64Array([1.5, 0 / 0])", "1.5,NaN")]
    [InlineData("new Uint8Array({length: 2, 0: 1, 1: 7})", "1,7")]
    [InlineData("new Uint8Array(new Uint16Array([258, 3]))", "2,3")]
    [InlineData("new Uint8Array(-1)", "RangeError: invalid index")]
    [InlineData("new Uint8Array(1e20)", "RangeError: invalid index")]
    [InlineData("Uint8Array(2)", "TypeError: Constructor of TypedArray requires 'new'")]
    [InlineData("new Uint16Array(new ArrayBuffer(3))", "RangeError: byteLength of buffer must be multiple of 2")]
    [InlineData("new Uint16Array(new ArrayBuffer(4), 1)", "RangeError: start offset must be multiple of 2")]
    [InlineData("new Uint16Array(new ArrayBuffer(4), 6)", "RangeError: byteOffset 6 is outside the bound of the buffer")]
    [InlineData("new Uint16Array(new ArrayBuffer(4), 2, 4)", "RangeError: Invalid typed array length: 8")]
    [InlineData("new Uint8Array(new ArrayBuffer(4), 1, 2).length", "2")]
    [InlineData("new Uint16Array([1, 2]).byteLength + ' ' + Uint16Array.BYTES_PER_ELEMENT + new Float64Array(1).BYTES_PER_ELEMENT", "4 28")]
    [InlineData("var a = new Uint8Array(2); a[5] = 1; a[1] = 257; a + '|' + a[5]", "0,1|undefined")]
    [InlineData("var a = new Uint8Array(2); a['1'] = 9; a", "0,9")]
    [InlineData("var a = new Uint8Array(2); a.name = 'x'; a.name + a", "x0,0")]
    [InlineData("var a = new Uint8Array(2); a[0] = {valueOf: () => 7}; a", "7,0")]
    [InlineData("var a = new Uint8Array(2); a[0] = {valueOf: function () { throw 'x' }}; a", "x")]
    [InlineData("0 in new Uint8Array(1)", "true")]
    [InlineData("var s = '', a = new Uint8Array(2); a.x = 1; for (var k in a) s += k + '.'; s", "0.1.x.")]
    [InlineData("var a = new Uint16Array(2); a[0] += 7; a[1]--; a", "7,65535")]
    [InlineData("delete new Uint8Array(1)[3]", "true")]
    [InlineData("'1' in new Uint8Array(1)", "false")]
    [InlineData("var b = new ArrayBuffer(4); new Uint16Array(b)[1] = 513; new Uint8Array(b)", "0,0,1,2")]
    [InlineData("new Uint8Array([1, 2, 3, 4, 5]).copyWithin(0, 3)", "4,5,3,4,5")]
    [InlineData("new Uint8Array([5, 1, 4]).fill(7, 1, -1)", "5,7,4")]
    [InlineData("new Uint8Array([1, 2, 3]).join('')", "123")]
    [InlineData("new Uint8Array([1, 2]).join('😀').length", "3")]
    [InlineData("new Uint8Array([10, 9, 1]).sort()", "1,9,10")]
    [InlineData("var a = new Float64Array([3, 0 / 0, 0, -1]).sort(); a", "-1,0,3,NaN")]
    [InlineData("1 / new Float64Array([0, -0]).sort()[0]", "-Infinity")]
    [InlineData("new Int8Array([3, 2, 10, -1, 5]).sort((a, b) => b - a)", "10,5,3,2,-1")]
    [InlineData("new Uint8Array([1]).sort(1)", "TypeError: comparefn must be callable or undefined")]
    [InlineData("new Uint8Array([2, 1]).sort(function () { throw 'x' })", "x")]
    [InlineData("var a = new Uint8Array([1, 2, 3, 4]); a.set(a.subarray(0, 3), 1); a", "1,1,2,3")]
    [InlineData("var b = new ArrayBuffer(8), w = new Uint16Array(b, 0, 4), n = new Uint8Array(b, 0, 4); n.set([1, 2, 3, 4]); w.set(n); w", "1,2,3,4")]
    [InlineData("new Uint8Array([1, 2, 3]).set([1, 2, 3, 4])", "RangeError: source is too large")]
    [InlineData("new Uint8Array([1, 2, 3]).set([1], -1)", "RangeError: offset is out of bounds")]
    [InlineData("new Uint16Array([1, 2, 3]).slice(1, -1)", "2")]
    [InlineData("var a = new Uint16Array([1, 2, 3]), s = a.subarray(1); s[0] = 9; a + '|' + s.byteOffset", "1,9,3|2")]
    [InlineData("ArrayBuffer.isView(new Uint8Array(1)) + ' ' + ArrayBuffer.isView(new ArrayBuffer(1))", "true false")]
    [InlineData("new ArrayBuffer(8).slice(2, -1).byteLength", "5")]
    [InlineData("new ArrayBuffer(-1)", "RangeError: invalid index")]
    [InlineData("ArrayBuffer(1)", "TypeError: Constructor ArrayBuffer requires 'new'")]
    public void BothRuntimes_HaveTheShortList(string script, string expected)
    {
        Assert.Equal(expected, Scripts.Run(script));
        if (!script.Contains("=>", StringComparison.Ordinal))
            Assert.Equal(expected, Scripts.Run(script, Runtime.CloudFrontJs10));
    }

    [Theory]
    [InlineData("Uint8Array.from([1, 2, 300])", "1,2,44")]
    [InlineData("Uint8Array.from('123')", "1,2,3")]
    [InlineData("Int16Array.from([1, 2], (x, i) => x * 10 + i)", "10,21")]
    [InlineData("Uint8Array.of(1, 2, '3')", "1,2,3")]
    [InlineData("Uint8Array.from([1], 5)", "TypeError: \"mapfn\" argument is not callable")]
    [InlineData("Uint8Array.from()", "TypeError: cannot convert null or undefined to object")]
    [InlineData("new Uint8Array([1, 2, 3]).every(x => x > 0)", "true")]
    [InlineData("new Uint8Array([1, 2, 3]).some(x => x > 3)", "false")]
    [InlineData("new Uint8Array([1, 2, 3]).filter(x => x > 1)", "2,3")]
    [InlineData("new Uint8Array([1, 2, 3]).find(x => x > 1)", "2")]
    [InlineData("new Uint8Array([1, 2, 3]).findIndex(x => x > 5)", "-1")]
    [InlineData("var n = ''; new Uint8Array([1, 2]).forEach((x, i, a) => n = n + x + i + a.length); n", "102212")]
    [InlineData("new Uint8Array([1, 2, 3]).map(x => x * 100)", "100,200,44")]
    [InlineData("new Uint8Array([1, 2, 3]).reduce((a, b) => a - b)", "-4")]
    [InlineData("new Uint8Array([1, 2, 3]).reduceRight((a, b) => a + '' + b, '')", "321")]
    [InlineData("new Uint8Array([]).reduce((a, b) => a)", "TypeError: Reduce of empty object with no initial value")]
    [InlineData("new Uint8Array([1, 2, 3]).reverse()", "3,2,1")]
    [InlineData("new Uint8Array([1, 2, 1]).indexOf(1, 1) + '' + new Uint8Array([1, 2, 1]).lastIndexOf(1, -2)", "20")]
    [InlineData("new Float32Array([0 / 0]).includes(0 / 0) + ' ' + new Float32Array([0 / 0]).indexOf(0 / 0)", "true -1")]
    [InlineData("new Uint8Array([1, 2]).includes('2')", "false")]
    [InlineData("var a = new Uint8Array([1, 2]); a.join = () => 'own'; a + ''", "own")]
    [InlineData("Uint8Array.prototype.join = () => 'patched'; new Uint8Array([1, 2]) + ''", "patched")]
    [InlineData("new Uint8Array([1, 2]) + ''", "1,2")]
    [InlineData("new Uint8Array([1]).map(1)", "TypeError: callback argument is not callable")]
    [InlineData("new Uint8Array([1, 2, 3]).map(function () { throw 'x' })", "x")]
    public void Runtime20_HasTheLongList(string script, string expected) => Assert.Equal(expected, Scripts.Run(script));

    [Theory]
    [InlineData("typeof Buffer + typeof DataView + typeof TextEncoder + typeof TextDecoder + typeof atob + typeof btoa", "undefinedundefinedundefinedundefinedundefinedundefined")]
    [InlineData("typeof Uint8Array.from + typeof Uint8Array.of", "undefinedundefined")]
    [InlineData("var a = new Uint8Array(1); typeof a.map + typeof a.indexOf + typeof a.reverse", "undefinedundefinedundefined")]
    public void Runtime10_LacksTheRest(string script, string expected) => Assert.Equal(expected, Scripts.Run(script, Runtime.CloudFrontJs10));

    [Fact]
    public void OwnKeys_AreTheIndicesThenTheRest()
    {
        var realm = TestRealm.New(Runtime.CloudFrontJs20);
        var array = realm.NewTypedArray(ElementKind.Uint8, 2L);
        array.Put(realm, realm.AtomOf("extra"), Value.Null);
        var keys = new List<PropertyKey>();
        array.CollectOwnKeys(realm, keys);
        Assert.Equal(["0", "1", "extra"], keys.Select(key => key.ToString()));
    }

    [Fact]
    public void EveryBinaryObject_ShowsItsBytesToTheHost()
    {
        var realm = TestRealm.New(Runtime.CloudFrontJs20);
        var buffer = realm.NewBuffer("abc"u8);
        Assert.True(BinaryData.TryGetBytes(Value.Object(buffer), out var bytes));
        Assert.True(bytes.SequenceEqual("abc"u8));
        Assert.True(BinaryData.TryGetBytes(buffer.Buffer, out bytes));
        Assert.True(bytes.SequenceEqual("abc"u8));
        Assert.False(BinaryData.TryGetBytes(Value.Object(realm.NewObject()), out _));
        Assert.False(BinaryData.TryGetBytes(Value.Number(1), out _));
    }
}

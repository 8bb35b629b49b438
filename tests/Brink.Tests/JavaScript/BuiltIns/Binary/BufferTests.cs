using Brink.JavaScript;

namespace Brink.Tests.JavaScript.BuiltIns.Binary;

public class BufferTests
{
    [Theory]
    [InlineData("Buffer.from('héllo').toString('hex')", "68c3a96c6c6f")]
    [InlineData("Buffer.from('😀').toString('hex')", "f09f9880")]
    [InlineData("Buffer.from('😀').toString().length", "1")]
    [InlineData("Buffer.from('€').length", "3")]
    [InlineData("Buffer.from('abc')[1]", "98")]
    [InlineData("Buffer.from('abc')[3]", "undefined")]
    [InlineData("Buffer.from('abc', 'hex').toString('hex')", "ab")]
    [InlineData("Buffer.from('abcz12', 'hex').toString('hex')", "ab")]
    [InlineData("Buffer.from('zz', 'hex').length", "0")]
    [InlineData("Buffer.from('YWJj', 'base64').toString()", "abc")]
    [InlineData("Buffer.from('YW=Jj', 'base64').toString()", "a")]
    [InlineData("Buffer.from('YWJjZ', 'base64').toString('hex')", "616263")]
    [InlineData("Buffer.from('YWJjZA==', 'base64url').toString()", "abcd")]
    [InlineData("Buffer.from('-_-_', 'base64url').toString('hex')", "fbffbf")]
    [InlineData("Buffer.from('+/-_', 'base64').toString('hex')", "fb")]
    [InlineData("Buffer.from([1, 2, 300, '4', -1, 1.9]).toString('hex')", "01022c04ff01")]
    [InlineData("Buffer.from({length: 2, 0: 1, 1: 2}).toString('hex')", "0102")]
    [InlineData("Buffer.from({type: 'Buffer', data: [1, 2]}).toString('hex')", "0102")]
    [InlineData("Buffer.from({valueOf: () => 'abc'}).toString()", "abc")]
    [InlineData("Buffer.from(new Uint16Array([1, 258])).toString('hex')", "0102")]
    [InlineData("Buffer.from(new ArrayBuffer(4), 1).length", "3")]
    [InlineData("Buffer.from(new ArrayBuffer(4), 1, 2).byteOffset", "1")]
    [InlineData("Buffer.from(new ArrayBuffer(4), 5)", "RangeError: \"offset\" is outside of buffer bounds")]
    [InlineData("Buffer.from(new ArrayBuffer(4), 1, 9)", "RangeError: \"length\" is outside of buffer bounds")]
    [InlineData("Buffer.from('abc', 'latin1')", "TypeError: \"latin1\" encoding is not supported")]
    [InlineData("Buffer.from('abc', 'UTF8')", "TypeError: \"UTF8\" encoding is not supported")]
    [InlineData("Buffer.from('abc', 5)", "TypeError: encoding must be a string")]
    [InlineData("Buffer.from(5)", "TypeError: first argument number is not a string or Buffer-like object")]
    [InlineData("Buffer.from(null)", "TypeError: first argument null is not a string or Buffer-like object")]
    [InlineData("Buffer.from({})", "TypeError: first argument object is not a string or Buffer-like object")]
    [InlineData("Buffer.from({type: 'Buffer', data: 5})", "TypeError: first argument object is not a string or Buffer-like object")]
    [InlineData("new Buffer('a')", "TypeError: Buffer is not a constructor")]
    [InlineData("Buffer('a')", "TypeError: Buffer is not a constructor")]
    public void From_TakesEverythingTheEngineTakes(string script, string expected) => Assert.Equal(expected, Scripts.Run(script));

    [Theory]
    [InlineData("Buffer.alloc(3, 1).toString('hex')", "010101")]
    [InlineData("Buffer.alloc(5, 'ab').toString()", "ababa")]
    [InlineData("Buffer.alloc(5, '6162', 'hex').toString()", "ababa")]
    [InlineData("Buffer.alloc(5, Buffer.from('xy')).toString()", "xyxyx")]
    [InlineData("Buffer.alloc(2, '').toString('hex')", "0000")]
    [InlineData("Buffer.allocUnsafe(3).toString('hex')", "000000")]
    [InlineData("Buffer.alloc(-1)", "RangeError: invalid size")]
    [InlineData("Buffer.alloc(1e12)", "RangeError: invalid size")]
    [InlineData("Buffer.alloc('5')", "TypeError: \"size\" argument must be of type number")]
    [InlineData("Buffer.concat([Buffer.from('ab'), new Uint8Array([99])]).toString()", "abc")]
    [InlineData("Buffer.concat([Buffer.from('ab'), Buffer.from('cd')], 3).toString()", "abc")]
    [InlineData("Buffer.concat([Buffer.from('ab'), Buffer.from('cd')], 6).toString('hex')", "616263640000")]
    [InlineData("Buffer.concat('a')", "TypeError: \"list\" argument must be an instance of Array")]
    [InlineData("Buffer.concat([1])", "TypeError: \"list[0]\" argument must be an instance of Buffer or Uint8Array")]
    [InlineData("Buffer.concat([], -1)", "RangeError: \"length\" is out of range")]
    [InlineData("Buffer.concat([], '3')", "TypeError: \"length\" argument must be of type number")]
    [InlineData("Buffer.byteLength('€')", "3")]
    [InlineData("Buffer.byteLength('YQ==', 'base64')", "1")]
    [InlineData("Buffer.byteLength(new ArrayBuffer(4))", "4")]
    [InlineData("Buffer.isBuffer(new Uint8Array(1)) + ' ' + Buffer.isBuffer(Buffer.from(''))", "false true")]
    [InlineData("Buffer.isEncoding('utf-8') + ' ' + Buffer.isEncoding('base64url') + ' ' + Buffer.isEncoding('HEX') + ' ' + Buffer.isEncoding('latin1') + ' ' + Buffer.isEncoding()", "true true false false false")]
    public void StaticMethods_Answer(string script, string expected) => Assert.Equal(expected, Scripts.Run(script));

    [Theory]
    [InlineData("Buffer.from('héllo').toString('utf8', 1, 3)", "é")]
    [InlineData("Buffer.from('hello').toString('utf8', 4, 1)", "")]
    [InlineData("Buffer.from('hello').toString(undefined, 1)", "ello")]
    [InlineData("Buffer.from('hello').toString('utf8', 1, 99)", "ello")]
    [InlineData("Buffer.from('hello').toString('utf8', -3)", "RangeError: invalid index")]
    [InlineData("Buffer.from('hello').toString('nope')", "TypeError: \"nope\" encoding is not supported")]
    [InlineData("Buffer.from('hello').toString(null)", "TypeError: encoding must be a string")]
    [InlineData("Buffer.from('hello').toString('base64')", "aGVsbG8=")]
    [InlineData("Buffer.from('hello').toString('base64url')", "aGVsbG8")]
    [InlineData("Buffer.from([255, 254, 97]).toString()", "\ufffd\ufffda")]
    [InlineData("Buffer.from('hello') + ''", "hello")]
    [InlineData("var j = Buffer.from('ab').toJSON(); j.type + j.data.length + j.data[1]", "Buffer298")]
    [InlineData("var b = Buffer.alloc(5), n = b.write('abc', 3); n + b.toString('hex')", "20000006162")]
    [InlineData("var b = Buffer.alloc(5), n = b.write('abc', 1, 2); n + b.toString('hex')", "20061620000")]
    [InlineData("var b = Buffer.alloc(5), n = b.write('6162', 1, 'hex'); n + b.toString('hex')", "20061620000")]
    [InlineData("Buffer.alloc(5).write('abc', 5)", "RangeError: \"offset\" is out of range")]
    [InlineData("Buffer.alloc(5).write(5)", "TypeError: first argument must be a string")]
    public void Text_GoesInAndOut(string script, string expected) => Assert.Equal(expected, Scripts.Run(script));

    [Theory]
    [InlineData("Buffer.compare(Buffer.from('a'), Buffer.from('b'))", "-1")]
    [InlineData("Buffer.from('abcd').compare(Buffer.from('abc'))", "1")]
    [InlineData("Buffer.from('abc').compare(Buffer.from('abd'), 0, 2, 0, 2)", "0")]
    [InlineData("Buffer.from('abc').compare(Buffer.from('abd'), 9)", "RangeError: \"targetStart\" is out of range: 9")]
    [InlineData("Buffer.from('abc').compare('abd')", "TypeError: \"target\" argument must be an instance of Buffer or Uint8Array")]
    [InlineData("Buffer.from('abc').equals(Buffer.from('abc'))", "true")]
    [InlineData("Buffer.from('abc').equals(Buffer.from('abd'))", "false")]
    [InlineData("var b = Buffer.alloc(5); Buffer.from('abc').copy(b, 1) + b.toString('hex')", "30061626300")]
    [InlineData("Buffer.from('abc').copy(Buffer.alloc(2))", "2")]
    [InlineData("Buffer.from('abc').copy(Buffer.alloc(2), 3)", "RangeError: \"targetStart\" is out of range: 3")]
    [InlineData("var b = Buffer.from('abcdef'); b.copy(b, 2, 0, 4); b.toString()", "ababcd")]
    [InlineData("Buffer.alloc(4).fill('ab', 1, 3).toString('hex')", "00616200")]
    [InlineData("Buffer.alloc(4).fill('ab', 1, 9)", "RangeError: \"end\" is out of range")]
    [InlineData("Buffer.alloc(4).fill(300).toString('hex')", "2c2c2c2c")]
    [InlineData("Buffer.alloc(4).fill('6162', 0, 'hex').toString('hex')", "61626162")]
    [InlineData("Buffer.alloc(4).fill(new Uint16Array([1])).toString('hex')", "01000100")]
    [InlineData("Buffer.alloc(3, 7).fill(Buffer.alloc(0)).toString('hex')", "000000")]
    [InlineData("Buffer.alloc(3, 7).fill().toString('hex')", "070707")]
    [InlineData("Buffer.from('abcabc').indexOf('c', 3)", "5")]
    [InlineData("Buffer.from('abcabc').indexOf('c', -2)", "5")]
    [InlineData("Buffer.from('abcabc').indexOf(355)", "2")]
    [InlineData("Buffer.from('abcabc').indexOf(Buffer.from('bc'))", "1")]
    [InlineData("Buffer.from('abcabc').indexOf('6263', 2, 'hex')", "4")]
    [InlineData("Buffer.from('abcabc').indexOf('', 3)", "0")]
    [InlineData("Buffer.from('abcabc').indexOf({})", "TypeError: \"value\" argument object is not a string or Buffer-like object")]
    [InlineData("Buffer.from('abcabc').lastIndexOf('c')", "5")]
    [InlineData("Buffer.from('abcabc').lastIndexOf('bc', 4)", "1")]
    [InlineData("Buffer.from('abcabc').lastIndexOf('c', -2)", "2")]
    [InlineData("Buffer.from('abcabc').lastIndexOf('abc', 0)", "-1")]
    [InlineData("Buffer.from('abcabc').lastIndexOf('')", "6")]
    [InlineData("Buffer.from('abcabc').includes('bc') + ' ' + Buffer.from('abcabc').includes('bd')", "true false")]
    [InlineData("Buffer.from('abcd').swap16().toString()", "badc")]
    [InlineData("Buffer.from('abcd').swap32().toString()", "dcba")]
    [InlineData("Buffer.from('abc').swap64()", "RangeError: Buffer size must be a multiple of 64-bits")]
    [InlineData("Buffer.from('abcd').slice(1, 3).toString()", "bc")]
    [InlineData("Buffer.from('abcd').subarray(-2).toString()", "cd")]
    [InlineData("var b = Buffer.from('abcd'), s = b.slice(1); s[0] = 120; b.toString() + Buffer.isBuffer(s) + s.byteOffset", "axcdtrue1")]
    [InlineData("var s = Buffer.from('abcd').map(x => x + 1); s.toString() + Buffer.isBuffer(s)", "98,99,100,101false")]
    public void BytesAreComparedFoundAndChanged(string script, string expected) => Assert.Equal(expected, Scripts.Run(script));

    private const string Eight = "Buffer.from([255, 2, 3, 4, 5, 6, 7, 8])";

    [Theory]
    [InlineData(Eight + ".readUInt8()", "255")]
    [InlineData(Eight + ".readInt8()", "-1")]
    [InlineData(Eight + ".readUInt8(1.5)", "2")]
    [InlineData(Eight + ".readUInt8(8)", "RangeError: index 8 is outside the bound of the buffer")]
    [InlineData(Eight + ".readUInt8(-1)", "RangeError: invalid index")]
    [InlineData(Eight + ".readUInt16LE(7)", "RangeError: index 7 is outside the bound of the buffer")]
    [InlineData(Eight + ".readUInt16BE()", "65282")]
    [InlineData(Eight + ".readUInt16LE()", "767")]
    [InlineData(Eight + ".readInt32BE()", "-16645372")]
    [InlineData(Eight + ".readUInt32LE()", "67306239")]
    [InlineData(Eight + ".readUIntBE(0, 3)", "16712195")]
    [InlineData(Eight + ".readIntBE(0, 3)", "-65021")]
    [InlineData(Eight + ".readIntLE(0, 6)", "6618611909375")]
    [InlineData(Eight + ".readIntBE(0, 7)", "TypeError: \"byteLength\" must be <= 6")]
    [InlineData(Eight + ".readIntBE(0)", "TypeError: \"byteLength\" is not a number")]
    [InlineData(Eight + ".readIntBE(4, 6)", "RangeError: index 4 is outside the bound of the buffer")]
    [InlineData(Eight + ".readDoubleBE()", "-6.17592876524055e+303")]
    [InlineData(Eight + ".readFloatLE(4)", "4.063216068939723e-34")]
    [InlineData("var b = Buffer.alloc(3), n = b.writeUInt8(300, 1); n + b.toString('hex')", "2002c00")]
    [InlineData("var b = Buffer.alloc(4), n = b.writeInt16LE(-2, 1); n + ' ' + b.toString('hex')", "3 00feff00")]
    [InlineData("var b = Buffer.alloc(8), n = b.writeUIntBE(0x1234567890ab, 1, 6); n + ' ' + b.toString('hex')", "7 001234567890ab00")]
    [InlineData("var b = Buffer.alloc(8), n = b.writeIntLE(-2, 1, 5); n + ' ' + b.toString('hex')", "6 00feffffffff0000")]
    [InlineData("var b = Buffer.alloc(8); b.writeDoubleLE(1.5) + b.toString('hex')", "undefined000000000000f83f")]
    [InlineData("var b = Buffer.alloc(8); b.writeFloatBE(1.5, 2); b.toString('hex')", "00003fc000000000")]
    [InlineData("Buffer.alloc(8).writeUInt32LE(1, 5)", "RangeError: index 5 is outside the bound of the buffer")]
    public void Numbers_GoInAndOut(string script, string expected) => Assert.Equal(expected, Scripts.Run(script));

    [Theory]
    [InlineData("Buffer.alloc(1e9)")]
    [InlineData("new Uint8Array(1e9)")]
    [InlineData("new Float64Array(1e6)")]
    [InlineData("Buffer.alloc(16, 'x').fill; Buffer.concat([], 1e9)")]
    [InlineData("Buffer.from({length: 1e9})")]
    [InlineData("Uint8Array.from({length: 1e9})")]
    public void MoreThanTheMemory_StopsAtOnce(string script)
    {
        Scripts.Run(script, Runtime.CloudFrontJs20, out var status, out var steps);
        Assert.Equal(CallStatus.OverMemory, status);
        Assert.True(steps < 1000, $"{steps} steps");
    }

    [Fact]
    public void WorkOnBytes_IsMetered()
    {
        var small = StepsOf("Buffer.alloc(100).fill('ab').toString('hex')");
        var large = StepsOf("Buffer.alloc(100000).fill('ab').toString('hex')");
        Assert.True(large > small + 10_000, $"{small} {large}");
    }

    private static long StepsOf(string script)
    {
        Scripts.Run(script, Runtime.CloudFrontJs20, out _, out var steps);
        return steps;
    }
}

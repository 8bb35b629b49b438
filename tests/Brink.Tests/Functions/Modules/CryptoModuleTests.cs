using Brink.JavaScript;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Modules;

public sealed class CryptoModuleTests
{
    private const string C = "require('crypto')";

    // RFC 1321, FIPS 180 examples, RFC 2202 and RFC 4231 case 2.
    [Theory]
    [InlineData("createHash('md5').update('abc').digest('hex')", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("createHash('md5').digest('hex')", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("createHash('sha1').update('abc').digest('hex')", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("createHash('sha256').update('abc').digest('hex')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("createHash('sha256').update('a').update('b').update('c').digest('base64')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")]
    [InlineData("createHash('sha256').update('abc').digest('base64url')", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")]
    [InlineData("createHash('md5').update('é😀').digest('hex')", "62b3afe3b01f6f80152b567d9b216cde")]
    [InlineData("createHmac('md5', 'Jefe').update('what do ya want for nothing?').digest('hex')", "750c783e6ab0b503eaa86e310a5db738")]
    [InlineData("createHmac('sha1', 'Jefe').update('what do ya want for nothing?').digest('hex')", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData("createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex')", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("createHmac('sha256', '').update('').digest('hex')", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")]
    [InlineData("createHmac('md5', 'k'.repeat(64)).update('x').digest('hex')", "f38420ee2e6c7cd5d9977bffba49d984")]
    [InlineData("createHmac('sha1', 'k'.repeat(65)).update('x').digest('hex')", "7209aca75ec680871725fd309aa689746677dbd4")]
    [InlineData("createHmac('sha256', 'k'.repeat(64)).update('x').digest('hex')", "f91c4c403625fb06910ef93999265bbd2d62baeaec6ff36455498cc124fe3e66")]
    [InlineData("createHmac('sha256', 'k'.repeat(131)).update('x').digest('hex')", "5e7df641fef282dee7244c5dd15b5bd8cf84ca3483ca5685fc31cef5dd361622")]
    public void KnownVectors_InBothRuntimes(string expression, string expected)
    {
        Assert.Equal(expected, Evaluate($"{C}.{expression}"));
        Assert.Equal(expected, Evaluate($"{C}.{expression}", Runtime.CloudFrontJs10));
    }

    [Fact]
    public void HashesSideBySide_KeepTheirInputsApart()
    {
        const string body = "(function () { var c = require('crypto'), a = c.createHmac('sha256', 'k'), b = c.createHash('sha256'), long = 'x'.repeat(3000);"
            + " a.update('x'); b.update('a'); b.update('bc'); c.createHash('md5').update(long); var first = b.digest('hex'), second = a.digest('hex');"
            + " return first === c.createHash('sha256').update('abc').digest('hex') && second === c.createHmac('sha256', 'k').update('x').digest('hex')"
            + " && c.createHash('sha1').update(long).digest('hex') === c.createHash('sha1').update(long.slice(1)).update('x').digest('hex'); })()";
        Assert.Equal("true", Evaluate(body));
        Assert.Equal("true", Evaluate(body, Runtime.CloudFrontJs10));
    }

    [Theory]
    [InlineData("createHash('sha512')", "not supported algorithm: \"sha512\"")]
    [InlineData("createHash('SHA256')", "not supported algorithm: \"SHA256\"")]
    [InlineData("createHmac('none', 'k')", "not supported algorithm: \"none\"")]
    [InlineData("createHash('md5').digest('utf8')", "Unknown digest encoding: \"utf8\"")]
    public void WrongWords_AreErrorsOfTheRuntimesClass(string expression, string message)
    {
        Assert.Equal("Error: " + message, Evaluate($"{C}.{expression}"));
        Assert.Equal("TypeError: " + message, Evaluate($"{C}.{expression}", Runtime.CloudFrontJs10));
    }

    [Theory]
    [InlineData("(function () { var h = {0}.createHash('md5'); h.digest('hex'); return h.digest('hex'); })()")]
    [InlineData("(function () { var h = {0}.createHash('md5'); h.digest('hex'); return h.update('x'); })()")]
    [InlineData("(function () { var h = {0}.createHmac('md5', 'k'); h.digest('hex'); return h.update('x'); })()")]
    public void AfterDigest_NothingMore(string expression)
    {
        expression = expression.Replace("{0}", C, StringComparison.Ordinal);
        Assert.Equal("Error: Digest already called", Evaluate(expression));
        Assert.Equal("Error: Digest already called", Evaluate(expression, Runtime.CloudFrontJs10));
    }

    [Theory]
    [InlineData("createHash()", "algorithm must be a string")]
    [InlineData("createHmac('md5')", "key is not a string or Buffer-like object")]
    [InlineData("createHash('md5').update(5)", "data is not a string or Buffer-like object")]
    [InlineData("createHash('md5').digest(5)", "encoding must be a string")]
    [InlineData("createHash('md5').update.call({}, 'x')", "\"this\" is not a hash object")]
    [InlineData("createHash('md5').digest.call({0}.createHmac('md5', 'k'))", "\"this\" is not a hash object")]
    [InlineData("createHmac('md5', 'k').update.call(null, 'x')", "\"this\" is not a hmac object")]
    public void WrongTypes_AreErrorsIn20(string expression, string message) =>
        Assert.Equal("Error: " + message, Evaluate($"{C}.{expression.Replace("{0}", C, StringComparison.Ordinal)}"));

    [Fact]
    public void DigestWithoutEncoding_IsABufferIn20() =>
        Assert.Equal("true 16 90", Evaluate($"(function () {{ var d = {C}.createHash('md5').update('abc').digest(); return Buffer.isBuffer(d) + ' ' + d.length + ' ' + d[0].toString(16); }})()"));

    [Fact]
    public void DigestWithoutEncoding_IsAByteStringIn10() =>
        Assert.Equal("16 144", Evaluate($"(function () {{ var d = {C}.createHash('md5').update('abc').digest(); return d.length + ' ' + d.charCodeAt(0); }})()", Runtime.CloudFrontJs10));

    [Theory]
    [InlineData("createHash('sha1').update(Buffer.from('abc')).digest('hex')", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("createHash('sha1').update(new Uint8Array([97, 98, 99])).digest('hex')", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("createHmac('sha1', Buffer.from('Jefe')).update(Buffer.from('what do ya want for nothing?')).digest('hex')", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    public void Bytes_AreTakenIn20(string expression, string expected) => Assert.Equal(expected, Evaluate($"{C}.{expression}"));

    [Fact]
    public void EndlessHashing_IsStopped()
    {
        var run = OnRequest($"var h = {C}.createHash('md5'), s = 'x'.repeat(10000); for (;;) h.update(s)", Request());

        Assert.StartsWith("The CloudFront function associated with the CloudFront distribution is invalid or could not run. ", MessageOf(run), StringComparison.Ordinal);
    }

    [Fact]
    public void PatchedHash_IsForgottenByTheNextRun()
    {
        var function = Compile($"function handler(event) {{ var c = {C}; if (c.marked || c.createHash.marked) throw new Error('leak'); c.marked = 1; c.createHash.marked = 1; return event.request; }}");

        for (var i = 0; i < 3; i++)
            Assert.Equal("", MessageOf(Run(function, Brink.Events.EventType.ViewerRequest, Request(), null)));
    }
}

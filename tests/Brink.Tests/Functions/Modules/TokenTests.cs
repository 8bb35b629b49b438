using System.Formats.Cbor;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Events;
using Brink.Functions;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Modules;

/// <summary>cf.cwt (functions spec 7.5). The referee for CBOR is .NET's own reader and writer.</summary>
public sealed class TokenTests
{
    // RFC 8392, appendix A.4: a CWT with a MAC of 8 bytes, and its key (A.2.2).
    private const string PublishedToken =
        "d83dd18443a10104a1044c53796d6d65747269633235365850a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c696768742e65"
        + "78616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b7148093101ef6d789200";

    private const string PublishedKey = "403697de87af64611c1d32a05dab0fe1fcb715a86ab435f1ec99192d79569388";

    [Fact]
    public void PublishedToken_IsValidated() => Assert.Equal(
        """{"protectedHeaders":{"1":4},"unprotectedHeaders":{"4":"Symmetric256"},"payload":{"1":"coap://as.example.com","2":"erikw","3":"coap://light.example.com","4":1444064944,"5":1443944944,"6":1443944944,"7":"0b71"}}""",
        Evaluate($$"""
            (function () {
                var token = cf.cwt.validateToken(Buffer.from('{{PublishedToken}}', 'hex'), { key: Buffer.from('{{PublishedKey}}', 'hex') });
                token.payload[7] = token.payload[7].toString('hex');
                token.unprotectedHeaders[4] = token.unprotectedHeaders[4].toString();
                return JSON.stringify(token);
            })()
            """));

    [Fact]
    public void PublishedClaims_MakeThePublishedToken() => Assert.Equal(
        PublishedToken,
        Evaluate($$"""
            cf.cwt.generateToken(
                { protected: { 1: 4 }, unprotected: { 4: Buffer.from('Symmetric256') }, payload: {
                    1: 'coap://as.example.com', 2: 'erikw', 3: 'coap://light.example.com', 4: 1444064944, 5: 1443944944, 6: 1443944944, 7: Buffer.from('0b71', 'hex') } },
                { cwtTag: true, coseTag: 'MAC0', key: Buffer.from('{{PublishedKey}}', 'hex') }).toString('hex')
            """));

    [Theory]
    // Both orders, both spellings, the algorithm as number, text or not at all: what AWS's page shows, and what its signature says.
    [InlineData("{ protected: { 1: 5 }, unprotected: {}, payload: { 4: 99 } }, { coseTag: 'MAC0', key: 'k' }")]
    [InlineData("{ protected: { 1: '5' }, payload: { 4: 99 } }, { coseTag: 'MAC0', key: 'k' }")]
    [InlineData("{ payload: { 4: 99 } }, { coseTag: 'MAC0', key: 'k' }")]
    [InlineData("{ protectedHeaders: { 1: 5 }, unprotectedHeaders: {}, payload: { 4: 99 }, 4: 5 }, { coseTag: 'MAC0', key: 'k', cwtTag: false }")]
    [InlineData("{ coseTag: 'MAC0', key: Buffer.from('k') }, { payload: { 4: 99 } }")]
    public void GenerateToken_IsLenientAboutItsArguments(string arguments) => Assert.Equal(
        """{"protectedHeaders":{"1":5},"unprotectedHeaders":{},"payload":{"4":99}}""",
        Evaluate($"JSON.stringify(cf.cwt.validateToken(cf.cwt.generateToken({arguments}), {{ key: 'k' }}))"));

    [Theory]
    [InlineData("{ cwtTag: true, coseTag: 'MAC0', key: 'k' }", "d83dd1")]
    [InlineData("{ cwtTag: false, coseTag: 'MAC0', key: 'k' }", "d18443")]
    [InlineData("{ coseTag: 'MAC0', key: 'k' }", "d18443")]
    public void CwtTag_IsThereWhenAskedFor(string context, string start) =>
        Assert.Equal(start, Evaluate($"cf.cwt.generateToken({{ payload: {{}} }}, {context}).toString('hex').slice(0, 6)"));

    [Fact]
    public void ValidatedToken_CanBeGeneratedAgain() => Assert.Equal("true", Evaluate("""
        (function () {
            var context = { cwtTag: true, coseTag: 'MAC0', key: 'secret' };
            var payload = { 1: 'issuer', '-5': -7, 401: { 1: { '2': '.cloudfront.net' }, 3: { 3: ['.m3u8', '.ts'] } }, t: [true, false, null, 1.5, -1, 70000, 5000000000], b: Buffer.from([0, 255]) };
            var once = cf.cwt.generateToken({ protected: { 1: 4, x: 'y' }, payload: payload }, context);
            var again = cf.cwt.generateToken(cf.cwt.validateToken(once, context), context);
            return once.equals(again);
        })()
        """));

    [Theory]
    [InlineData("cf.cwt.validateToken('text', { key: 'k' })", "TypeError: token must be a Buffer")]
    [InlineData("cf.cwt.validateToken(Buffer.alloc(1025), { key: 'k' })", "Error: invalid CWT: the token has 1,025 bytes, more than 1,024")]
    [InlineData("cf.cwt.validateToken(Buffer.alloc(0), { key: 'k' })", "Error: invalid CWT: it is not tagged as COSE_Mac0 (17), alone or within a CWT (61)")]
    [InlineData("cf.cwt.validateToken(Buffer.from('t'))", "TypeError: the second argument must be an object with a key")]
    [InlineData("cf.cwt.validateToken(Buffer.from('t'), {})", "TypeError: key must be a string or a Buffer, and not empty")]
    [InlineData("cf.cwt.validateToken(Buffer.from('t'), { key: '' })", "TypeError: key must be a string or a Buffer, and not empty")]
    [InlineData("cf.cwt.validateToken(Buffer.from('t'), { get key() { throw new Error('mine') } })", "Error: mine")]
    [InlineData("cf.cwt.generateToken()", "TypeError: generateToken takes an object with payload, and one with coseTag and key")]
    [InlineData("cf.cwt.generateToken({ payload: {} }, { coseTag: 'SIGN1', key: 'k' })", "TypeError: coseTag must be \"MAC0\"")]
    [InlineData("cf.cwt.generateToken({ payload: {} }, { key: 'k' })", "TypeError: coseTag must be \"MAC0\"")]
    [InlineData("cf.cwt.generateToken({ payload: {} }, { coseTag: 'MAC0' })", "TypeError: key must be a string or a Buffer, and not empty")]
    [InlineData("cf.cwt.generateToken({ payload: {} }, { coseTag: 'MAC0', key: 'k', cwtTag: 1 })", "TypeError: cwtTag must be true or false")]
    [InlineData("cf.cwt.generateToken({}, { coseTag: 'MAC0', key: 'k' })", "TypeError: payload must be an object")]
    [InlineData("cf.cwt.generateToken({ protected: 1, payload: {} }, { coseTag: 'MAC0', key: 'k' })", "TypeError: protected must be an object")]
    [InlineData("cf.cwt.generateToken({ unprotected: 1, payload: {} }, { coseTag: 'MAC0', key: 'k' })", "TypeError: unprotected must be an object")]
    [InlineData("cf.cwt.generateToken({ protected: { 1: 6 }, payload: {} }, { coseTag: 'MAC0', key: 'k' })", "TypeError: the algorithm (protected header 1) must be 4, HMAC 256/64, or 5, HMAC 256/256")]
    [InlineData("cf.cwt.generateToken({ payload: { f: function () {} } }, { coseTag: 'MAC0', key: 'k' })", "TypeError: a token cannot hold a function")]
    [InlineData("cf.cwt.generateToken({ payload: { get a() { throw new Error('mine') } } }, { coseTag: 'MAC0', key: 'k' })", "Error: mine")]
    [InlineData("cf.cwt.generateToken({ payload: { a: 'x'.repeat(1000) } }, { coseTag: 'MAC0', key: 'k' })", "Error: invalid CWT: the token would have more than 1,024 bytes")]
    [InlineData("cf.cwt.generateToken({ payload: { a: 'x'.repeat(100000) } }, { coseTag: 'MAC0', key: 'k' })", "Error: invalid CWT: the token would have more than 1,024 bytes")]
    [InlineData("cf.cwt.generateToken({ payload: { a: new Array(100000) } }, { coseTag: 'MAC0', key: 'k' })", "Error: invalid CWT: the token would have more than 1,024 bytes")]
    [InlineData("(function () { var o = {}; o.o = o; return cf.cwt.generateToken({ payload: o }, { coseTag: 'MAC0', key: 'k' }) })()", "TypeError: a token nests at most 16 deep")]
    public void BadArguments_Throw(string expression, string expected) => Assert.Equal(expected, Evaluate(expression));

    [Theory]
    [InlineData("k", "k", true)]
    [InlineData("k", "K", false)]
    [InlineData("k", "kk", false)]
    [InlineData("ключ 😀", "ключ 😀", true)]
    public void Key_DecidesAlone(string signed, string asked, bool valid) => Assert.Equal(
        valid ? "5" : "Error: invalid CWT: the MAC is not the one that this key makes",
        Evaluate($"cf.cwt.validateToken(cf.cwt.generateToken({{ payload: {{ a: 5 }} }}, {{ coseTag: 'MAC0', key: '{signed}' }}), {{ key: '{asked}' }}).payload.a"));

    [Fact]
    public void Expiry_IsNotLookedAt() =>
        Assert.Equal("1", Evaluate("cf.cwt.validateToken(cf.cwt.generateToken({ payload: { 4: 1 } }, { coseTag: 'MAC0', key: 'k' }), { key: 'k' }).payload[4]"));

    [Theory]
    [InlineData("aa", "it is not tagged")]                                              // no tag
    [InlineData("d83d84", "it is not tagged")]                                          // CWT without COSE_Mac0
    [InlineData("d28443a10105a0", "it is not tagged")]                                  // COSE_Sign1
    [InlineData("d183", "it is not an array of")]                                       // three parts
    [InlineData("d19f", "it is not an array of")]                                       // of indefinite length
    [InlineData("d1845bffffffffffffffff", "it is not an array of")]                     // a byte string of 16 EiB
    [InlineData("d1845affffffff", "it is not an array of")]
    [InlineData("d18443a10105bbffffffffffffffff", "it is not an array of")]             // a map of 16 E entries
    [InlineData("d18443a101059bffffffffffffffff", "it is not an array of")]
    [InlineData("d18443a10105a0a0a0", "it is not an array of")]                         // payload that is no byte string
    public void TokenThatIsNone_IsRefused(string hex, string rule) => Assert.StartsWith(
        "Error: invalid CWT: " + rule, Evaluate($"cf.cwt.validateToken(Buffer.from('{hex}', 'hex'), {{ key: 'k' }})"), StringComparison.Ordinal);

    [Theory]
    // Payloads that were signed with the right key, and make no sense.
    [InlineData("01", "headers and payload must be maps")]
    [InlineData("80", "headers and payload must be maps")]
    [InlineData("", "headers and payload must be maps")]
    [InlineData("a0a0", "the payload is no single map")]
    [InlineData("a101", "it breaks off")]
    [InlineData("a10161", "it breaks off")]
    [InlineData("a1016affff", "it breaks off")]
    [InlineData("a101bb7fffffffffffffff", "it breaks off")]
    [InlineData("a1019bffffffffffffffff", "it breaks off")]
    [InlineData("bbffffffffffffffff", "it breaks off")]
    [InlineData("a1015f4101ff", "it breaks off, or has items of indefinite length")]
    [InlineData("a101f8ff", "it has a simple value of no meaning")]
    [InlineData("a101e0", "it has a simple value of no meaning")]
    [InlineData("a10162c328", "it has text that is not UTF-8")]
    [InlineData("a162c32801", "it has text that is not UTF-8")]
    [InlineData("a1410101", "a map has a key that is neither number nor text")]
    [InlineData("a201010102", "a map has the key 1 twice")]
    [InlineData("a20101613102", "a map has the key 1 twice")]
    [InlineData("a1018181818181818181818181818181818101", "it nests more than 16 deep")]
    [InlineData("a101c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c101", "it nests more than 16 deep")]
    public void SignedNonsense_IsRefused(string payload, string rule)
    {
        var token = Sign(Convert.FromHexString("a10105"), [0xa0], Convert.FromHexString(payload), "k");
        Assert.Equal("Error: invalid CWT: " + rule, Evaluate($"cf.cwt.validateToken(Buffer.from('{Convert.ToHexStringLower(token)}', 'hex'), {{ key: 'k' }})"));
    }

    [Theory]
    [InlineData("", "headers and payload must be maps")]
    [InlineData("a0", "the protected headers name no algorithm but HMAC 256/64 (1: 4) or HMAC 256/256 (1: 5)")]
    [InlineData("a10106", "the protected headers name no algorithm but")]
    [InlineData("a10107", "the protected headers name no algorithm but")]
    [InlineData("a1010500", "the protected headers are no single map")]
    public void ProtectedHeaders_MustNameAnAlgorithmThatIsSpoken(string headers, string rule)
    {
        var token = Sign(Convert.FromHexString(headers), [0xa0], [0xa0], "k");
        Assert.StartsWith("Error: invalid CWT: " + rule, Evaluate($"cf.cwt.validateToken(Buffer.from('{Convert.ToHexStringLower(token)}', 'hex'), {{ key: 'k' }})"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 8, 8, true)]
    [InlineData(4, 32, 8, false)]               // a whole MAC where the header says a short one
    [InlineData(5, 8, 32, false)]               // a short one where it says a whole: never taken for a prefix
    [InlineData(5, 0, 32, false)]
    [InlineData(5, 32, 32, true)]
    public void Mac_HasTheLengthOfItsAlgorithm(int algorithm, int length, int right, bool valid)
    {
        var token = Sign([0xa1, 0x01, (byte)algorithm], [0xa0], [0xa0], "k", macLength: length);
        Assert.True(right is 8 or 32);
        Assert.Equal(
            valid ? "{}" : "Error: invalid CWT: the MAC is not the one that this key makes",
            Evaluate($"JSON.stringify(cf.cwt.validateToken(Buffer.from('{Convert.ToHexStringLower(token)}', 'hex'), {{ key: 'k' }}).payload)"));
    }

    [Fact]
    public void EveryChangedByte_IsNoticed()
    {
        var token = Sign(Convert.FromHexString("a10105"), [0xa0], Convert.FromHexString("a1046161"), "k");
        for (var i = 0; i < token.Length; i++)
        {
            var changed = (byte[])token.Clone();
            changed[i] ^= 1;
            var said = Evaluate($"cf.cwt.validateToken(Buffer.from('{Convert.ToHexStringLower(changed)}', 'hex'), {{ key: 'k' }})");
            // The unprotected headers are what their name says; one more bit makes them an array.
            Assert.StartsWith("Error: invalid CWT: ", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NumbersAndSimpleValues_AreReadAsTheyAre()
    {
        var writer = new CborWriter();
        writer.WriteStartMap(12);
        writer.WriteInt32(-1);
        writer.WriteInt64(-70000);
        writer.WriteTextString("h");
        writer.WriteHalf((Half)1.5);
        writer.WriteTextString("f");
        writer.WriteSingle(0.25f);
        writer.WriteTextString("d");
        writer.WriteDouble(1e300);
        writer.WriteTextString("u");
        writer.WriteUInt64(ulong.MaxValue);
        writer.WriteUInt64(ulong.MaxValue);
        writer.WriteBoolean(true);
        writer.WriteTextString("n");
        writer.WriteNull();
        writer.WriteTextString("t");
        writer.WriteTag(CborTag.UnixTimeSeconds);
        writer.WriteInt32(5);
        writer.WriteTextString("e");
        writer.WriteTextString("é😀");
        writer.WriteTextString("a");
        writer.WriteStartArray(2);
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteStartArray(0);
        writer.WriteEndArray();
        writer.WriteEndArray();
        writer.WriteTextString("__proto__");
        writer.WriteInt32(1);
        writer.WriteTextString("");
        writer.WriteInt32(2);
        writer.WriteEndMap();
        var token = Sign(Convert.FromHexString("a10105"), [0xa0], writer.Encode(), "k");

        // more than ten: in the order of the engine
        Assert.Equal(
            """{"u":18446744073709552000,"e":"é😀","d":1e+300,"t":5,"f":0.25,"__proto__":1,"18446744073709551615":true,"a":[{},[]],"":2,"-1":-70000,"n":null,"h":1.5}""",
            Evaluate($"JSON.stringify(cf.cwt.validateToken(Buffer.from('{Convert.ToHexStringLower(token)}', 'hex'), {{ key: 'k' }}).payload)"));
    }

    [Fact]
    public void RandomPayloads_ReadAndWriteAsTheRefereeDoes()
    {
        var random = new Random(42);
        for (var i = 0; i < 300; i++)
        {
            var writer = new CborWriter(CborConformanceMode.Canonical);
            WriteRandomMap(writer, random, depth: 0);
            var token = Sign(Convert.FromHexString("a10105"), [0xa0], writer.Encode(), "k");
            if (token.Length > 1024)
                continue;
            var hex = Convert.ToHexStringLower(token);
            // What was written in canonical order comes back in that order, and so is the same token again.
            Assert.Equal(hex, Evaluate($"cf.cwt.generateToken(cf.cwt.validateToken(Buffer.from('{hex}', 'hex'), {{ key: 'k' }}), {{ coseTag: 'MAC0', key: 'k' }}).toString('hex')"));
        }
    }

    [Fact]
    public void RandomBytes_NeverDoMoreThanThrow()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var payload = new byte[random.Next(1, 40)];
            random.NextBytes(payload);
            payload[0] = (byte)(0xa0 | (payload[0] & 7));
            var hex = Convert.ToHexStringLower(Sign(Convert.FromHexString("a10104"), [0xa0], payload, "k"));
            var said = Evaluate($"typeof cf.cwt.validateToken(Buffer.from('{hex}', 'hex'), {{ key: 'k' }})");
            Assert.True(said == "object" || said.StartsWith("Error: invalid CWT: ", StringComparison.Ordinal), said);
        }
    }

    [Fact]
    public void EndlessTokens_EndInTheBudget()
    {
        var function = Compile("import cf from 'cloudfront'; function handler(event) { for (;;) { cf.cwt.validateToken(cf.cwt.generateToken({ payload: { a: 'x'.repeat(900) } }, { coseTag: 'MAC0', key: 'k' }), { key: 'k' }) } }");

        var error = Assert.IsType<FunctionOutcome.Fail>(Run(function, EventType.ViewerRequest, Request(), null).Outcome).Error;

        Assert.Equal((FunctionErrorKind.Execution, null), (error.Kind, error.Fault));
    }

    private static void WriteRandomMap(CborWriter writer, Random random, int depth)
    {
        var names = new HashSet<int>();
        while (names.Count < random.Next(0, 6))
            names.Add(random.Next(-500, 500));
        writer.WriteStartMap(names.Count);
        foreach (var name in names)
        {
            if (name % 2 == 0)
                writer.WriteInt32(name);
            else
                writer.WriteTextString("n" + name.ToString(CultureInfo.InvariantCulture));
            switch (random.Next(depth < 3 ? 8 : 6))
            {
                case 0: writer.WriteInt64(random.NextInt64(-(1L << 40), 1L << 40)); break;
                case 1: writer.WriteTextString(new string('é', random.Next(30))); break;
                case 2: writer.WriteByteString(new byte[random.Next(30)]); break;
                case 3: writer.WriteBoolean(random.Next(2) == 0); break;
                case 4: writer.WriteNull(); break;
                case 5: writer.WriteDouble(random.Next(1, 1000) + Math.PI); break;
                case 6: WriteRandomMap(writer, random, depth + 1); break;
                default:
                    writer.WriteStartArray(2);
                    writer.WriteInt32(1);
                    WriteRandomMap(writer, random, depth + 1);
                    writer.WriteEndArray();
                    break;
            }
        }
        writer.WriteEndMap();
    }

    private static byte[] Sign(byte[] headers, byte[] unprotected, byte[] payload, string key, int? macLength = null)
    {
        var structure = new CborWriter();
        structure.WriteStartArray(4);
        structure.WriteTextString("MAC0");
        structure.WriteByteString(headers);
        structure.WriteByteString([]);
        structure.WriteByteString(payload);
        structure.WriteEndArray();
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), structure.Encode());
        var token = new CborWriter();
        token.WriteTag((CborTag)17);
        token.WriteStartArray(4);
        token.WriteByteString(headers);
        token.WriteEncodedValue(unprotected);
        token.WriteByteString(payload);
        token.WriteByteString(mac.AsSpan(0, macLength ?? (headers is [0xa1, 1, 4] ? 8 : 32)));
        token.WriteEndArray();
        return token.Encode();
    }
}

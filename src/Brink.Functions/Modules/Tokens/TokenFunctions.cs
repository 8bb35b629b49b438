using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Brink.Functions.Metering;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules.Tokens;

/// <summary>
/// <c>cf.cwt</c>: CBOR Web Tokens with a MAC (functions spec 7.5; RFC 8392; RFC 9052 section 6.2: COSE_Mac0). What a token claims is the
/// function's to judge, its time of expiry too.
/// </summary>
internal static class TokenFunctions
{
    /// <summary>Bytes of a token.</summary>
    public const int MaxTokenBytes = 1024;

    private const ulong CwtTag = 61;
    private const ulong CoseMac0Tag = 17;

    /// <summary>The label of the algorithm among the protected headers.</summary>
    private const string AlgorithmName = "1";

    /// <summary>What copies of token and MAC structure take, besides their bytes.</summary>
    private const int BytesPerToken = 256;

    private static readonly ScriptName CoseTagName = new("coseTag");
    private static readonly ScriptName CwtTagName = new("cwtTag");
    private static readonly ScriptName KeyName = new("key");
    private static readonly ScriptName PayloadName = new("payload");
    private static readonly ScriptName ProtectedName = new("protected");
    private static readonly ScriptName ProtectedHeadersName = new("protectedHeaders");
    private static readonly ScriptName UnprotectedName = new("unprotected");
    private static readonly ScriptName UnprotectedHeadersName = new("unprotectedHeaders");

    public static HostModule Module { get; } = new()
    {
        Functions = [new HostFunction("validateToken", 2, ValidateToken), new HostFunction("generateToken", 2, GenerateToken)],
    };

    // ---------------------------------------------------------------- validateToken(token, { key })

    private static ScriptValue ValidateToken(HostCall call)
    {
        if (!call[0].TryGetBytes(out var given))
            return call.Throw("TypeError", "token must be a Buffer");
        if (given.Length > MaxTokenBytes)
            return Fail(call, $"the token has {given.Length:N0} bytes, more than {MaxTokenBytes:N0}");
        call.Charge(HostPrice.Token + given.Length / HostPrice.HashedBytes);
        call.Allocate(BytesPerToken + given.Length);
        var token = given.ToArray();                        // the script's buffer may change while getters run
        if (call[1].Kind != ScriptValueKind.Object)
            return call.Throw("TypeError", "the second argument must be an object with a key");
        var key = new ArrayBufferWriter<byte>(64);
        if (!TryTakeKey(call, call[1], key, out var failure))
            return failure;

        if (!TryOpen(token, out var parts, out var problem))
            return Fail(call, problem);
        var reader = new CborReader(token.AsSpan(parts.ProtectedHeaders));
        var headers = reader.ReadMap(call);
        if (reader.Problem is not null || !reader.IsAtEnd)
            return Fail(call, reader.Problem ?? "the protected headers are no single map");
        if (TagLengthOf(headers) is not { } tagLength)
            return Fail(call, "the protected headers name no algorithm but HMAC 256/64 (1: 4) or HMAC 256/256 (1: 5)");
        var tag = token.AsSpan(parts.Tag);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        ComputeMac(call, key.WrittenSpan, token.AsSpan(parts.ProtectedHeaders), token.AsSpan(parts.Payload), mac);
        if (!CryptographicOperations.FixedTimeEquals(tag, mac[..tagLength]))
            return Fail(call, "the MAC is not the one that this key makes");

        // Only now: a token that is not authentic is not worth the work.
        reader = new CborReader(token.AsSpan(parts.UnprotectedHeaders));
        var unprotected = reader.ReadMap(call);
        if (reader.Problem is not null)
            return Fail(call, reader.Problem);
        reader = new CborReader(token.AsSpan(parts.Payload));
        var payload = reader.ReadMap(call);
        if (reader.Problem is not null || !reader.IsAtEnd)
            return Fail(call, reader.Problem ?? "the payload is no single map");
        var opened = call.NewObject();
        opened.Set("protectedHeaders", headers);
        opened.Set("unprotectedHeaders", unprotected);
        opened.Set("payload", payload);
        return opened;
    }

    /// <summary>Where the four parts of a token are.</summary>
    private struct Parts
    {
        public Range ProtectedHeaders, UnprotectedHeaders, Payload, Tag;
    }

    private static bool TryOpen(ReadOnlySpan<byte> token, out Parts parts, out string problem)
    {
        parts = default;
        problem = "it is not tagged as COSE_Mac0 (17), alone or within a CWT (61)";
        var reader = new CborReader(token);
        if (!reader.TryReadTag(out var tag) || (tag == CwtTag && !reader.TryReadTag(out tag)) || tag != CoseMac0Tag)
            return false;
        problem = "it is not an array of protected headers, unprotected headers, payload and MAC";
        if (!reader.TryReadArray(4))
            return false;
        if (!reader.TryReadBytes(out parts.ProtectedHeaders))
            return false;
        var start = reader.Position;
        if (!reader.TrySkip())
            return false;
        parts.UnprotectedHeaders = start..reader.Position;
        return reader.TryReadBytes(out parts.Payload) && reader.TryReadBytes(out parts.Tag) && reader.IsAtEnd;
    }

    // ---------------------------------------------------------------- generateToken(payload, context), or the other way round

    private static ScriptValue GenerateToken(HostCall call)
    {
        call.Charge(HostPrice.Token);
        // The page's signature says context first, its examples say context last: the context is the one with a coseTag.
        var isContextFirst = call[0].Kind == ScriptValueKind.Object && call[0].Has(CoseTagName);
        var context = isContextFirst ? call[0] : call[1];
        var content = isContextFirst ? call[1] : call[0];
        if (context.Kind != ScriptValueKind.Object || content.Kind != ScriptValueKind.Object)
            return call.Throw("TypeError", "generateToken takes an object with payload, and one with coseTag and key");

        var coseTag = context.Get(CoseTagName);
        if (coseTag.IsThrew)
            return coseTag;
        if (!coseTag.TextEquals("MAC0"))
            return call.Throw("TypeError", "coseTag must be \"MAC0\"");
        var cwtTag = context.Get(CwtTagName);
        if (cwtTag.IsThrew)
            return cwtTag;
        if (!cwtTag.IsUndefined && cwtTag.Kind != ScriptValueKind.Boolean)
            return call.Throw("TypeError", "cwtTag must be true or false");
        var key = new ArrayBufferWriter<byte>(64);
        if (!TryTakeKey(call, context, key, out var failure))
            return failure;

        call.Allocate(BytesPerToken + 3 * MaxTokenBytes);
        var headers = new CborWriter(MaxTokenBytes);
        if (!WriteProtectedHeaders(call, content, headers, out var tagLength, out failure))
            return failure;
        var payload = new CborWriter(MaxTokenBytes);
        var claims = content.Get(PayloadName);
        if (claims.IsThrew)
            return claims;
        if (claims.Kind != ScriptValueKind.Object)
            return call.Throw("TypeError", "payload must be an object");
        if (!payload.WriteMap(call, claims, out failure))
            return failure;

        var token = new CborWriter(MaxTokenBytes);
        if (cwtTag.Kind == ScriptValueKind.Boolean && cwtTag.AsBoolean)
            token.WriteTag(CwtTag);
        token.WriteTag(CoseMac0Tag);
        token.WriteArrayHead(4);
        token.WriteBytes(headers.Written);
        var unprotected = FirstOf(content, UnprotectedName, UnprotectedHeadersName);
        if (unprotected.IsThrew)
            return unprotected;
        if (unprotected.IsUndefined)
            token.WriteMapHead(0);
        else if (unprotected.Kind != ScriptValueKind.Object)
            return call.Throw("TypeError", "unprotected must be an object");
        else if (!token.WriteMap(call, unprotected, out failure))
            return failure;
        token.WriteBytes(payload.Written);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        ComputeMac(call, key.WrittenSpan, headers.Written, payload.Written, mac);
        token.WriteBytes(mac[..tagLength]);
        return token.IsFull || headers.IsFull || payload.IsFull
            ? Fail(call, $"the token would have more than {MaxTokenBytes:N0} bytes")
            : call.Buffer(token.Written);
    }

    /// <summary>The headers as they were given, but with the algorithm as a number: the default where none is named.</summary>
    private static bool WriteProtectedHeaders(
        HostCall call, ScriptValue content, CborWriter writer, out int tagLength, out ScriptValue failure)
    {
        tagLength = HMACSHA256.HashSizeInBytes;
        failure = default;
        var given = FirstOf(content, ProtectedName, ProtectedHeadersName);
        if (given.IsThrew)
        {
            failure = given;
            return false;
        }
        if (!given.IsUndefined && given.Kind != ScriptValueKind.Object)
        {
            failure = call.Throw("TypeError", "protected must be an object");
            return false;
        }
        var algorithm = 5;
        if (!given.IsUndefined)
        {
            var named = given.Get(AlgorithmName);
            if (named.IsThrew)
            {
                failure = named;
                return false;
            }
            if (!named.IsUndefined)
                algorithm = AlgorithmOf(named);
        }
        if (algorithm == 0)
        {
            failure = call.Throw("TypeError", "the algorithm (protected header 1) must be 4, HMAC 256/64, or 5, HMAC 256/256");
            return false;
        }
        tagLength = algorithm == 4 ? 8 : HMACSHA256.HashSizeInBytes;
        return writer.WriteMap(call, given, out failure, first: AlgorithmName, firstValue: algorithm);
    }

    private static ScriptValue FirstOf(ScriptValue content, ScriptName name, ScriptName otherName)
    {
        var value = content.Get(name);
        return value.IsUndefined ? content.Get(otherName) : value;
    }

    // ---------------------------------------------------------------- both

    private static int? TagLengthOf(ScriptValue headers) =>
        !headers.TryGetOwn(AlgorithmName, out var algorithm)
            ? null
            : AlgorithmOf(algorithm) switch { 4 => 8, 5 => HMACSHA256.HashSizeInBytes, _ => null };

    /// <summary>4 or 5, as a number or, as one example has it, as text; 0 for anything else.</summary>
    private static int AlgorithmOf(ScriptValue value) => value switch
    {
        { IsNumber: true, AsNumber: 4 or 5 } => (int)value.AsNumber,
        { IsString: true } when value.TextEquals("4") => 4,
        { IsString: true } when value.TextEquals("5") => 5,
        _ => 0,
    };

    /// <summary>
    /// The MAC of COSE_Mac0: over the word MAC0, the protected headers as they are on the wire, nothing, and the payload.
    /// </summary>
    private static void ComputeMac(
        HostCall call, ReadOnlySpan<byte> key, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, Span<byte> mac)
    {
        var length = headers.Length + payload.Length + 32;
        call.Charge(2 * HostPrice.Hash + (key.Length + length) / HostPrice.HashedBytes);
        call.Allocate(length);
        var structure = new CborWriter(length);
        structure.WriteArrayHead(4);
        structure.WriteText("MAC0");
        structure.WriteBytes(headers);
        structure.WriteBytes([]);
        structure.WriteBytes(payload);
        HMACSHA256.HashData(key, structure.Written, mac);
    }

    private static bool TryTakeKey(HostCall call, ScriptValue context, ArrayBufferWriter<byte> key, out ScriptValue failure)
    {
        failure = context.Get(KeyName);
        if (failure.IsThrew)
            return false;
        if (failure.IsString)
        {
            call.Charge(1 + failure.TextLength / HostPrice.CopiedOut);
            call.Allocate(4L * failure.TextLength);
            Encoding.UTF8.GetBytes(failure.AsText(), key);
        }
        else if (failure.TryGetBytes(out var bytes))
        {
            call.Charge(1 + bytes.Length / HostPrice.CopiedOut);
            call.Allocate(bytes.Length);
            key.Write(bytes);
        }
        // An empty key is no secret.
        if (key.WrittenCount > 0)
            return true;
        failure = call.Throw("TypeError", "key must be a string or a Buffer, and not empty");
        return false;
    }

    private static ScriptValue Fail(HostCall call, string problem) => call.Throw("Error", $"invalid CWT: {problem}");
}

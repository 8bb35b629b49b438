using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Brink.Functions.Metering;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>crypto</c>: createHash and createHmac with md5, sha1 and sha256 (functions spec 5.4).</summary>
internal static class CryptoModule
{
    private static readonly HostClass Hash = new("hash",
    [
        new HostFunction("update", 1, static call => Update(call, Hash!)),
        new HostFunction("digest", 1, static call => Digest(call, Hash!)),
    ]);

    private static readonly HostClass Hmac = new("hmac",
    [
        new HostFunction("update", 1, static call => Update(call, Hmac!)),
        new HostFunction("digest", 1, static call => Digest(call, Hmac!)),
    ]);

    public static HostModule Module { get; } = new()
    {
        Functions = [new HostFunction("createHash", 1, CreateHash), new HostFunction("createHmac", 2, CreateHmac)],
    };

    /// <summary>A hash under way. What is fed to it is kept until the end, in memory that the call has paid for: no native handle outlives a call.</summary>
    private sealed class Running(HashAlgorithmName algorithm, byte[]? key)
    {
        public ArrayBufferWriter<byte> Data { get; } = new(64);

        public bool IsDone { get; private set; }

        public int Finish(Span<byte> digest)
        {
            IsDone = true;
            return key is null
                ? CryptographicOperations.HashData(algorithm, Data.WrittenSpan, digest)
                : CryptographicOperations.HmacData(algorithm, key, Data.WrittenSpan, digest);
        }
    }

    private static ScriptValue CreateHash(HostCall call) =>
        TryGetAlgorithm(call, out var algorithm, out var failure) ? Start(call, Hash, new Running(algorithm, null)) : failure;

    private static ScriptValue CreateHmac(HostCall call)
    {
        if (!TryGetAlgorithm(call, out var algorithm, out var failure))
            return failure;
        var key = new ArrayBufferWriter<byte>(64);
        return TryTakeBytes(call, call[1], key)
            ? Start(call, Hmac, new Running(algorithm, key.WrittenSpan.ToArray()))
            : Fail(call, $"key {NotBytes(call)}");
    }

    private static ScriptValue Start(HostCall call, HostClass @class, Running running)
    {
        call.Charge(HostPrice.Hash);
        call.Allocate(256);
        return call.Instance(@class, running);
    }

    private static ScriptValue Update(HostCall call, HostClass @class)
    {
        if (!call.This.TryGetState<Running>(@class, out var running))
            return Fail(call, $"\"this\" is not a {@class.Name} object");
        if (running.IsDone)
            return Fail(call, "Digest already called");
        return TryTakeBytes(call, call[0], running.Data)
            ? call.This
            : Fail(call, $"data {NotBytes(call)}");
    }

    private static ScriptValue Digest(HostCall call, HostClass @class)
    {
        if (!call.This.TryGetState<Running>(@class, out var running))
            return Fail(call, $"\"this\" is not a {@class.Name} object");
        if (running.IsDone)
            return Fail(call, "Digest already called");
        var encoding = call[0];
        if (!encoding.IsUndefined && !encoding.IsString)
            return Fail(call, "encoding must be a string");
        if (encoding.IsString && !encoding.TextEquals("hex") && !encoding.TextEquals("base64") && !encoding.TextEquals("base64url"))
            return Fail(call, $"Unknown digest encoding: \"{encoding.AsText()}\"");

        call.Charge(HostPrice.Hash);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        digest = digest[..running.Finish(digest)];
        if (encoding.IsUndefined)
            return call.Runtime == Runtime.CloudFrontJs10 ? call.Latin1Text(digest) : call.Buffer(digest);
        if (encoding.TextEquals("hex"))
            return call.Text(Convert.ToHexStringLower(digest));
        return call.Text(encoding.TextEquals("base64") ? Convert.ToBase64String(digest) : Base64Url.EncodeToString(digest));
    }

    private static bool TryGetAlgorithm(HostCall call, out HashAlgorithmName algorithm, out ScriptValue failure)
    {
        algorithm = default;
        failure = default;
        var name = call[0];
        if (!name.IsString)
        {
            failure = Fail(call, "algorithm must be a string");
            return false;
        }
        algorithm = name.TextEquals("md5") ? HashAlgorithmName.MD5
            : name.TextEquals("sha1") ? HashAlgorithmName.SHA1
            : name.TextEquals("sha256") ? HashAlgorithmName.SHA256
            : default;
        if (algorithm.Name is not null)
            return true;
        failure = Fail(call, $"not supported algorithm: \"{name.AsText()}\"");
        return false;
    }

    /// <summary>A string as UTF-8; in 2.0 also a Buffer or typed array. Charged before it is copied; false for anything else.</summary>
    private static bool TryTakeBytes(HostCall call, ScriptValue value, ArrayBufferWriter<byte> target)
    {
        if (value.IsString)
        {
            call.Charge(1 + value.TextLength / HostPrice.HashedBytes);
            call.Allocate(5L * value.TextLength);              // a copy, and up to three bytes a character
            Encoding.UTF8.GetBytes(value.AsText(), target);
            return true;
        }
        if (call.Runtime != Runtime.CloudFrontJs20 || !value.TryGetBytes(out var bytes))
            return false;
        call.Charge(1 + bytes.Length / HostPrice.HashedBytes);
        call.Allocate(2L * bytes.Length);                      // room grows by doubling
        target.Write(bytes);
        return true;
    }

    private static string NotBytes(HostCall call) => call.Runtime == Runtime.CloudFrontJs10 ? "must be a string" : "is not a string or Buffer-like object";

    /// <summary>The class of these errors differs between the runtimes.</summary>
    private static ScriptValue Fail(HostCall call, string message) => call.Throw(call.Runtime == Runtime.CloudFrontJs10 ? "TypeError" : "Error", message);
}

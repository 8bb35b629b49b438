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
    /// <summary>Characters up to which a text is copied by way of the stack; a code point may take two chars.</summary>
    private const int ShortText = 256;

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

    /// <summary>
    /// A hash under way. What is fed to it is kept until the end, in memory that the call has paid for: no native handle outlives a call. A HMAC is two hashes of ours
    /// (RFC 2104), at half the time that OpenSSL takes to set one up: its text begins with the block that the key makes.
    /// </summary>
    private sealed class Running(HashAlgorithmName algorithm)
    {
        private const int Block = 64;           // of md5, sha1 and sha256 alike
        private const byte Inner = 0x36, Outer = 0x5c;

        private byte[] _data = [];
        private int _length;
        private bool _isKeyed;

        public bool IsDone { get; private set; }

        /// <summary>Room at the end, to be taken with <see cref="Advance"/>.</summary>
        public Span<byte> Room(int length)
        {
            if (_data.Length - _length < length)
                Array.Resize(ref _data, Math.Max(2 * _data.Length, _length + length));
            return _data.AsSpan(_length);
        }

        public void Advance(int length) => _length += length;

        /// <summary>What was fed up to now is the key.</summary>
        public void EndKey()
        {
            Span<byte> block = stackalloc byte[Block];
            block.Clear();
            var key = _data.AsSpan(0, _length);
            if (key.Length > Block)
                CryptographicOperations.HashData(algorithm, key, block);
            else
                key.CopyTo(block);
            for (var i = 0; i < Block; i++)
                block[i] ^= Inner;
            _length = 0;
            block.CopyTo(Room(4 * Block));      // and a text of some length
            _length = Block;
            _isKeyed = true;
        }

        public int Finish(Span<byte> digest)
        {
            IsDone = true;
            var length = CryptographicOperations.HashData(algorithm, _data.AsSpan(0, _length), digest);
            if (!_isKeyed)
                return length;
            Span<byte> outer = stackalloc byte[Block + SHA256.HashSizeInBytes];
            for (var i = 0; i < Block; i++)
                outer[i] = (byte)(_data[i] ^ Inner ^ Outer);
            digest[..length].CopyTo(outer[Block..]);
            return CryptographicOperations.HashData(algorithm, outer[..(Block + length)], digest);
        }
    }

    private static ScriptValue CreateHash(HostCall call) =>
        TryGetAlgorithm(call, out var algorithm, out var failure) ? Start(call, Hash, new Running(algorithm)) : failure;

    private static ScriptValue CreateHmac(HostCall call)
    {
        if (!TryGetAlgorithm(call, out var algorithm, out var failure))
            return failure;
        var running = new Running(algorithm);
        if (!TryTakeBytes(call, call[1], running))
            return Fail(call, $"key {NotBytes(call)}");
        running.EndKey();
        return Start(call, Hmac, running);
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
            return call.Throw("Error", "Digest already called");        // in both runtimes
        return TryTakeBytes(call, call[0], running)
            ? call.This
            : Fail(call, $"data {NotBytes(call)}");
    }

    private static ScriptValue Digest(HostCall call, HostClass @class)
    {
        if (!call.This.TryGetState<Running>(@class, out var running))
            return Fail(call, $"\"this\" is not a {@class.Name} object");
        if (running.IsDone)
            return call.Throw("Error", "Digest already called");        // in both runtimes
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
        Span<char> text = stackalloc char[2 * SHA256.HashSizeInBytes];
        int length;
        if (encoding.TextEquals("hex"))
            Convert.TryToHexStringLower(digest, text, out length);
        else if (encoding.TextEquals("base64"))
            Convert.TryToBase64Chars(digest, text, out length);
        else
            length = Base64Url.EncodeToChars(digest, text);
        return call.Text(text[..length]);
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
    private static bool TryTakeBytes(HostCall call, ScriptValue value, Running target)
    {
        if (value.IsString)
        {
            var length = value.TextLength;
            call.Charge(1 + length / HostPrice.HashedBytes);
            call.Allocate(5L * length);                        // a copy, and up to three bytes a character
            Span<char> chars = stackalloc char[2 * ShortText];
            ReadOnlySpan<char> text = length <= ShortText && value.TryCopyText(chars, out var copied) ? chars[..copied] : value.AsText();
            target.Advance(Encoding.UTF8.GetBytes(text, target.Room(Encoding.UTF8.GetByteCount(text))));
            return true;
        }
        if (call.Runtime != Runtime.CloudFrontJs20 || !value.TryGetBytes(out var bytes))
            return false;
        call.Charge(1 + bytes.Length / HostPrice.HashedBytes);
        call.Allocate(2L * bytes.Length);                      // room grows by doubling
        bytes.CopyTo(target.Room(bytes.Length));
        target.Advance(bytes.Length);
        return true;
    }

    private static string NotBytes(HostCall call) => call.Runtime == Runtime.CloudFrontJs10 ? "must be a string" : "is not a string or Buffer-like object";

    /// <summary>The class of these errors differs between the runtimes.</summary>
    private static ScriptValue Fail(HostCall call, string message) => call.Throw(call.Runtime == Runtime.CloudFrontJs10 ? "TypeError" : "Error", message);
}

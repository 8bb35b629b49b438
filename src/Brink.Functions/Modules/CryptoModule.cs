using System.Buffers.Text;
using System.Security.Cryptography;
using Brink.Functions.Metering;
using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>crypto</c>: createHash and createHmac with md5, sha1 and sha256 (functions spec 5.4).</summary>
internal static class CryptoModule
{
    /// <summary>
    /// Whether a Hash of 2.0 has <c>copy</c>. The documents do not name it; the window's engine has it.
    /// </summary>
    public static readonly bool HashesCanBeCopied = true;

    private static readonly HostFunction HashUpdate = new("update", 0, static call => Update(call, HashOf(call)));
    private static readonly HostFunction HashDigest = new("digest", 0, static call => Digest(call, HashOf(call)));
    private static readonly HostFunction HmacUpdate = new("update", 0, static call => Update(call, HmacOf(call)));
    private static readonly HostFunction HmacDigest = new("digest", 0, static call => Digest(call, HmacOf(call)));

    // The constructors make what the module's functions make; only in 1.0 are they named.
    private static readonly HostClass Hash10 = new("hash", [HashUpdate, HashDigest])
    {
        ClassName = "Hash",
        Constructor = new HostFunction("Hash", 2, CreateHash),
    };

    private static readonly HostClass Hmac10 = new("hmac", [HmacUpdate, HmacDigest])
    {
        ClassName = "Hmac",
        Constructor = new HostFunction("Hmac", 3, CreateHmac),
    };

    private static readonly HostClass Hash20 =
        new("hash", HashesCanBeCopied ? [HashUpdate, HashDigest, new HostFunction("copy", 0, Copy)] : [HashUpdate, HashDigest])
        {
            ClassName = "Hash",
            Constructor = new HostFunction("constructor", 0, CreateHash),
        };

    private static readonly HostClass Hmac20 = new("hmac", [HmacUpdate, HmacDigest])
    {
        ClassName = "Hmac",
        Constructor = new HostFunction("constructor", 0, CreateHmac),
    };

    private static HostClass HashOf(HostCall call) => call.Runtime == Runtime.CloudFrontJs10 ? Hash10 : Hash20;

    private static HostClass HmacOf(HostCall call) => call.Runtime == Runtime.CloudFrontJs10 ? Hmac10 : Hmac20;

    public static HostModule Module { get; } = new()
    {
        Functions = [new HostFunction("createHash", 0, CreateHash), new HostFunction("createHmac", 0, CreateHmac)],
    };

    /// <summary>
    /// A hash under way. What is fed to it is kept until the end, behind the key's block if it has one: no native handle outlives a call.
    /// The platform's own HMAC looks its parts up by name in every call, which takes longer than hashing a token.
    /// </summary>
    private sealed class Running(HashAlgorithmName algorithm, bool hasKey)
    {
        /// <summary>Bytes that MD5, SHA-1 and SHA-256 alike take in at once.</summary>
        private const int Block = 64;

        private const byte InnerPad = 0x36, OuterPad = 0x5C;

        private HashInput _input = HashInput.Rent();

        public bool IsDone { get; private set; }

        /// <summary>How many bytes it took, the key's block among them.</summary>
        public int Length => _input.Length;

        /// <summary>Another that has taken the same and goes on by itself.</summary>
        public Running Copy()
        {
            var copy = new Running(algorithm, hasKey);
            _input.Taken.CopyTo(copy.Room(Length));
            copy.Took(Length);
            return copy;
        }

        /// <summary>Room for that many bytes more; <see cref="Took"/> says how many came.</summary>
        public Span<byte> Room(int count) => _input.Room(count);

        public void Took(int count) => _input.Length += count;

        /// <summary>What it took so far is the key: it becomes the block that the inner hash begins with (RFC 2104).</summary>
        public void EndKey()
        {
            Span<byte> block = stackalloc byte[Block];
            block.Clear();
            if (_input.Length > Block)
                CryptographicOperations.HashData(algorithm, _input.Taken, block);
            else
                _input.Taken.CopyTo(block);
            Pad(block, InnerPad);
            _input.Clear();
            block.CopyTo(_input.Room(Block));
            Took(Block);
            CryptographicOperations.ZeroMemory(block);
        }

        public int Finish(Span<byte> digest)
        {
            IsDone = true;
            var length = CryptographicOperations.HashData(algorithm, _input.Taken, digest);
            if (hasKey)
            {
                Span<byte> outer = stackalloc byte[Block + SHA256.HashSizeInBytes];
                _input.Taken[..Block].CopyTo(outer);
                Pad(outer[..Block], InnerPad ^ OuterPad);
                digest[..length].CopyTo(outer[Block..]);
                CryptographicOperations.HashData(algorithm, outer[..(Block + length)], digest);
                CryptographicOperations.ZeroMemory(outer);
            }
            _input.Return();
            _input = null!;
            return length;
        }

        private static void Pad(Span<byte> block, byte pad)
        {
            foreach (ref var one in block)
                one ^= pad;
        }
    }

    private static ScriptValue CreateHash(HostCall call) =>
        TryGetAlgorithm(call, out var algorithm, out var failure)
            ? Start(call, HashOf(call), new Running(algorithm, hasKey: false))
            : failure;

    private static ScriptValue CreateHmac(HostCall call)
    {
        if (!TryGetAlgorithm(call, out var algorithm, out var failure))
            return failure;
        var running = new Running(algorithm, hasKey: true);
        if (!TryTakeBytes(call, call[1], running))
            return Fail(call, $"key {NotBytes(call)}");
        running.EndKey();
        return Start(call, HmacOf(call), running);
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
        // In 2.0 a string can be bytes spelled in an encoding, as Buffer.from takes it.
        if (call.Runtime == Runtime.CloudFrontJs20 && call[0].IsString && !call[1].IsUndefined)
        {
            if (!call[0].TryDecode(call[1], out var decoded))
                return call.Throwing;
            TakeBytes(call, decoded, running);
            return call.This;
        }
        return TryTakeBytes(call, call[0], running)
            ? call.This
            : Fail(call, $"data {NotBytes(call)}");
    }

    /// <summary>A Hash of the same state; both go on by themselves.</summary>
    private static ScriptValue Copy(HostCall call)
    {
        if (!call.This.TryGetState<Running>(Hash20, out var running))
            return Fail(call, $"\"this\" is not a {Hash20.Name} object");
        if (running.IsDone)
            return call.Throw("Error", "Digest already called");
        call.Charge(1 + running.Length / HostPrice.HashedBytes);
        call.Allocate(2L * running.Length);                    // room grows by doubling
        return Start(call, Hash20, running.Copy());
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
            return call.Runtime == Runtime.CloudFrontJs10 ? call.ByteString(digest) : call.Buffer(digest);
        Span<char> text = stackalloc char[2 * SHA256.HashSizeInBytes];
        int length;
        if (encoding.TextEquals("hex"))
            Convert.TryToHexStringLower(digest, text, out length);
        else if (encoding.TextEquals("base64"))
            Convert.TryToBase64Chars(digest, text, out length);
        else
            Base64Url.TryEncodeToChars(digest, text, out length);
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

    /// <summary>
    /// A string as UTF-8, a byte string as it is; in 2.0 also a Buffer or typed array. Charged before it is copied; false for anything
    /// else.
    /// </summary>
    private static bool TryTakeBytes(HostCall call, ScriptValue value, Running running)
    {
        if (value.IsString)
        {
            call.Charge(1 + value.TextLength / HostPrice.HashedBytes);
            call.Allocate(5L * value.TextLength);              // a copy, and up to three bytes a character
            var length = value.GetUtf8(running.Room(value.GetMaxUtf8Length()));
            call.Charge((length - value.TextLength) / HostPrice.HashedBytes);       // a character beyond ASCII is two bytes or more
            running.Took(length);
            return true;
        }
        if (call.Runtime != Runtime.CloudFrontJs20 || !value.IsTypedArray || !value.TryGetBytes(out var bytes))
            return false;
        TakeBytes(call, bytes, running);
        return true;
    }

    private static void TakeBytes(HostCall call, ReadOnlySpan<byte> bytes, Running running)
    {
        call.Charge(1 + bytes.Length / HostPrice.HashedBytes);
        call.Allocate(2L * bytes.Length);                      // room grows by doubling
        bytes.CopyTo(running.Room(bytes.Length));
        running.Took(bytes.Length);
    }

    private static string NotBytes(HostCall call) =>
        call.Runtime == Runtime.CloudFrontJs10 ? "must be a string" : "is not a string or Buffer-like object";

    /// <summary>The class of these errors differs between the runtimes.</summary>
    private static ScriptValue Fail(HostCall call, string message) =>
        call.Throw(call.Runtime == Runtime.CloudFrontJs10 ? "TypeError" : "Error", message);
}

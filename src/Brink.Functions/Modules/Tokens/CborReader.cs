using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Brink.Functions.Metering;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules.Tokens;

/// <summary>
/// Reads CBOR (RFC 8949) of unknown origin. A length is compared with the bytes that are left before anything is made of it, and nesting
/// is bounded. Items of indefinite length are refused: tokens have none (RFC 8392 asks for the shortest form).
/// </summary>
internal ref struct CborReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>How deep maps, arrays and tags may nest.</summary>
    public const int MaxDepth = 16;

    private const int Unsigned = 0, Negative = 1, Bytes = 2, Text = 3, Array = 4, Map = 5, Tag = 6;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The place of the next item.</summary>
    public int Position { get; private set; }

    /// <summary>What is wrong with the bytes, once reading values has met it; null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Nothing is left.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    private readonly int Left => _bytes.Length - Position;

    // ---------------------------------------------------------------- the frame of a token

    public bool TryReadTag(out ulong tag) => TryReadHead(out var type, out _, out tag) && type == Tag;

    /// <summary>The head of an array of just so many items.</summary>
    public bool TryReadArray(ulong count) => TryReadHead(out var type, out _, out var length) && type == Array && length == count;

    /// <summary>A byte string: where its bytes are.</summary>
    public bool TryReadBytes(out Range range)
    {
        range = default;
        if (!TryReadHead(out var type, out _, out var length) || type != Bytes || length > (ulong)Left)
            return false;
        range = Position..(Position + (int)length);
        Position += (int)length;
        return true;
    }

    /// <summary>Passes over an item.</summary>
    public bool TrySkip() => TrySkip(0);

    private bool TrySkip(int depth)
    {
        if (depth > MaxDepth || !TryReadHead(out var type, out _, out var argument))
            return false;
        switch (type)
        {
            case Bytes or Text:
                if (argument > (ulong)Left)
                    return false;
                Position += (int)argument;
                return true;
            case Array or Map:
                if (argument > (ulong)Left)             // each item has a byte at least
                    return false;
                for (var items = argument * (type == Map ? 2u : 1u); items > 0; items--)
                {
                    if (!TrySkip(depth + 1))
                        return false;
                }
                return true;
            case Tag:
                return TrySkip(depth + 1);
            default:
                return true;
        }
    }

    // ---------------------------------------------------------------- values for a script

    /// <summary>A map as an object whose keys are strings.</summary>
    public ScriptValue ReadMap(HostCall call) =>
        !IsAtEnd && _bytes[Position] >> 5 == Map ? Read(call, 0) : Fail("headers and payload must be maps");

    private ScriptValue Read(HostCall call, int depth)
    {
        call.Charge(HostPrice.CborItem);
        if (depth > MaxDepth)
            return Fail($"it nests more than {MaxDepth} deep");
        if (!TryReadHead(out var type, out var short5, out var argument))
            return Fail("it breaks off, or has items of indefinite length");
        switch (type)
        {
            case Unsigned:
                return call.Number(argument);
            case Negative:
                return call.Number(-1d - argument);
            case Bytes or Text:
                if (argument > (ulong)Left)
                    return Fail("it breaks off");
                call.Charge((int)argument / HostPrice.CopiedOut);
                var content = _bytes.Slice(Position, (int)argument);
                Position += (int)argument;
                if (type == Bytes)
                    return call.Buffer(content);
                return System.Text.Unicode.Utf8.IsValid(content) ? call.Utf8Text(content) : Fail("it has text that is not UTF-8");
            case Array:
                return ReadArray(call, argument, depth);
            case Map:
                return ReadMap(call, argument, depth);
            case Tag:
                return Read(call, depth + 1);      // a time or a large number: the value under the tag
            default:
                return ReadSimple(call, short5, argument);
        }
    }

    private ScriptValue ReadArray(HostCall call, ulong count, int depth)
    {
        if (count > (ulong)Left)
            return Fail("it breaks off");
        var array = call.NewArray();
        for (; count > 0 && Problem is null; count--)
        {
            var item = Read(call, depth + 1);
            if (Problem is null)
                array.Push(item);
        }
        return array;
    }

    private ScriptValue ReadMap(HostCall call, ulong count, int depth)
    {
        if (count > (ulong)Left / 2)
            return Fail("it breaks off");
        var map = call.NewObject();
        for (; count > 0 && Problem is null; count--)
        {
            if (!TryReadName(call, out var name))
                break;
            var value = Read(call, depth + 1);
            if (Problem is not null)
                break;
            if (map.TryGetOwn(name, out _))
                return Fail($"a map has the key {name} twice");
            map.Set(name, value);
        }
        return map;
    }

    /// <summary>A key of a map: a text, or a number, which becomes its decimal text.</summary>
    private bool TryReadName(HostCall call, out string name)
    {
        name = "";
        if (!TryReadHead(out var type, out _, out var argument) || type is not (Unsigned or Negative or Text)
            || (type == Text && argument > (ulong)Left))
        {
            Fail("a map has a key that is neither number nor text");
            return false;
        }
        switch (type)
        {
            case Unsigned:
                name = argument.ToString(CultureInfo.InvariantCulture);
                return true;
            case Negative:
                name = (-1 - (Int128)argument).ToString(CultureInfo.InvariantCulture);
                return true;
        }
        call.Charge(1 + (int)argument / HostPrice.CopiedOut);
        call.Allocate(2 * (long)argument);
        try
        {
            name = StrictUtf8.GetString(_bytes.Slice(Position, (int)argument));
            Position += (int)argument;
            return true;
        }
        catch (DecoderFallbackException)
        {
            Fail("it has text that is not UTF-8");
            return false;
        }
    }

    private ScriptValue ReadSimple(HostCall call, int short5, ulong argument) => short5 switch
    {
        20 => call.Boolean(false),
        21 => call.Boolean(true),
        22 => call.Null,
        23 => call.Undefined,
        25 => call.Number((double)BitConverter.UInt16BitsToHalf((ushort)argument)),
        26 => call.Number(BitConverter.UInt32BitsToSingle((uint)argument)),
        27 => call.Number(BitConverter.UInt64BitsToDouble(argument)),
        _ => Fail("it has a simple value of no meaning"),
    };

    /// <summary>The head of an item: its type, the five bits beside it, and the number that they stand for or announce.</summary>
    private bool TryReadHead(out int type, out int short5, out ulong argument)
    {
        (type, short5, argument) = (0, 0, 0);
        if (IsAtEnd)
            return false;
        type = _bytes[Position] >> 5;
        short5 = _bytes[Position] & 0x1f;
        if (short5 < 24)
        {
            argument = (ulong)short5;
            Position++;
            return true;
        }
        if (short5 > 27)                                // reserved, or of indefinite length
            return false;
        var size = 1 << (short5 - 24);
        if (Left < 1 + size)
            return false;
        var number = _bytes.Slice(Position + 1, size);
        argument = size switch
        {
            1 => number[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(number),
            4 => BinaryPrimitives.ReadUInt32BigEndian(number),
            _ => BinaryPrimitives.ReadUInt64BigEndian(number),
        };
        Position += 1 + size;
        return true;
    }

    private ScriptValue Fail(string what)
    {
        Problem ??= what;
        return default;
    }
}

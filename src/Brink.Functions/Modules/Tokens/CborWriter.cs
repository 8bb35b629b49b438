using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Brink.Functions.Metering;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules.Tokens;

/// <summary>
/// Writes CBOR (RFC 8949) into a space that does not grow: what finds no room is left out and sets <see cref="IsFull"/>.
/// </summary>
internal sealed class CborWriter(int capacity)
{
    private const int Unsigned = 0, Negative = 1, Bytes = 2, Text = 3, Array = 4, Map = 5, Tag = 6, Simple = 7;

    private const double LargestInteger = 9007199254740992;

    private readonly byte[] _space = new byte[capacity];
    private int _length;

    /// <summary>Something found no room.</summary>
    public bool IsFull { get; private set; }

    public ReadOnlySpan<byte> Written => _space.AsSpan(0, _length);

    public void WriteTag(ulong tag) => WriteHead(Tag, tag);

    public void WriteArrayHead(int count) => WriteHead(Array, (ulong)count);

    public void WriteMapHead(int count) => WriteHead(Map, (ulong)count);

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteHead(Bytes, (ulong)bytes.Length);
        Append(bytes);
    }

    public void WriteText(ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteHead(Text, (ulong)length);
        if (length > _space.Length - _length)
            IsFull = true;
        else
            _length += Encoding.UTF8.GetBytes(text, _space.AsSpan(_length));
    }

    /// <summary>
    /// An object as a map: names that are integers become integers. With <paramref name="first"/> that name comes first with that value,
    /// whatever the object says of it, or where there is none. False with what to return when a getter threw, or a value cannot be in a
    /// token.
    /// </summary>
    public bool WriteMap(HostCall call, ScriptValue source, out ScriptValue failure, string? first = null, int firstValue = 0) =>
        WriteMap(call, source, 0, out failure, first, firstValue);

    private bool WriteMap(HostCall call, ScriptValue source, int depth, out ScriptValue failure, string? first = null, int firstValue = 0)
    {
        failure = default;
        // How many there are is known only at the end; so the head goes in front of what has been written.
        var start = _length;
        var count = 0;
        if (first is not null)
        {
            WriteName(first);
            WriteNumber(firstValue);
            count++;
        }
        if (!source.IsUndefined)
        {
            using var properties = source.EnumerateOwn();
            while (properties.MoveNext())
            {
                if (IsFull)
                    return true;
                if (first is not null && properties.NameSpan.SequenceEqual(first))
                    continue;
                var value = properties.Value;
                if (value.IsThrew)
                {
                    failure = value;
                    return false;
                }
                if (value.IsUndefined)
                    continue;
                call.Charge(HostPrice.CborItem + properties.NameSpan.Length / HostPrice.CopiedOut);
                WriteName(properties.NameSpan);
                if (!WriteValue(call, value, depth + 1, out failure))
                    return false;
                count++;
            }
            if (properties.Threw)
            {
                failure = call.Throwing;
                return false;
            }
        }
        PutHeadBefore(start, Map, count);
        return true;
    }

    private bool WriteValue(HostCall call, ScriptValue value, int depth, out ScriptValue failure)
    {
        failure = default;
        if (depth > CborReader.MaxDepth)
        {
            failure = call.Throw("TypeError", $"a token nests at most {CborReader.MaxDepth} deep");
            return false;
        }
        switch (value.Kind)
        {
            case ScriptValueKind.String:
                if (value.TextLength > _space.Length)
                {
                    IsFull = true;
                    return true;
                }
                call.Charge(value.TextLength / HostPrice.CopiedOut);
                call.Allocate(4L * value.TextLength);
                WriteText(value.AsText());
                return true;
            case ScriptValueKind.Number:
                WriteNumber(value.AsNumber);
                return true;
            case ScriptValueKind.Boolean:
                WriteHead(Simple, value.AsBoolean ? 21u : 20u);
                return true;
            case ScriptValueKind.Null:
                WriteHead(Simple, 22);
                return true;
            case ScriptValueKind.Undefined:
                WriteHead(Simple, 23);
                return true;
            case ScriptValueKind.Array:
                return WriteArray(call, value, depth, out failure);
            case ScriptValueKind.Object when value.TryGetBytes(out var bytes):
                if (bytes.Length > _space.Length)
                    IsFull = true;
                else
                    WriteBytes(bytes);
                return true;
            case ScriptValueKind.Object:
                return WriteMap(call, value, depth, out failure);
            default:
                failure = call.Throw("TypeError", $"a token cannot hold a {value.TypeName}");
                return false;
        }
    }

    private bool WriteArray(HostCall call, ScriptValue array, int depth, out ScriptValue failure)
    {
        failure = default;
        if (array.ArrayLength > _space.Length)
        {
            IsFull = true;
            return true;
        }
        // A getter of an element may shorten the array: its length is read once, and what is gone is undefined.
        var count = (int)array.ArrayLength;
        WriteArrayHead(count);
        for (var i = 0; i < count && !IsFull; i++)
        {
            call.Charge(HostPrice.CborItem);
            var item = array.ElementAt(i);
            if (item.IsThrew)
            {
                failure = item;
                return false;
            }
            if (!WriteValue(call, item, depth + 1, out failure))
                return false;
        }
        return true;
    }

    private void WriteName(ReadOnlySpan<char> name)
    {
        // Only what reads back as the same text is an integer: 01 and +1 are texts.
        Span<char> again = stackalloc char[20];
        if (name.Length <= 20 && long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.TryFormat(again, out var length, default, CultureInfo.InvariantCulture) && name.SequenceEqual(again[..length]))
        {
            WriteInteger(number);
            return;
        }
        if (name.Length > _space.Length)
            IsFull = true;
        else
            WriteText(name);
    }

    private void WriteNumber(double number)
    {
        if (number == Math.Truncate(number) && Math.Abs(number) <= LargestInteger)
        {
            WriteInteger((long)number);
            return;
        }
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = (Simple << 5) | 27;
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], number);
        Append(bytes);
    }

    private void WriteInteger(long number) => WriteHead(number < 0 ? Negative : Unsigned, (ulong)(number < 0 ? -1 - number : number));

    private void WriteHead(int type, ulong argument)
    {
        Span<byte> head = stackalloc byte[9];
        Append(head[..HeadOf(type, argument, head)]);
    }

    private void PutHeadBefore(int start, int type, int count)
    {
        Span<byte> head = stackalloc byte[9];
        var size = HeadOf(type, (ulong)count, head);
        if (IsFull || size > _space.Length - _length)
        {
            IsFull = true;
            return;
        }
        _space.AsSpan(start.._length).CopyTo(_space.AsSpan(start + size));
        head[..size].CopyTo(_space.AsSpan(start));
        _length += size;
    }

    /// <summary>The shortest head for that number.</summary>
    private static int HeadOf(int type, ulong argument, Span<byte> head)
    {
        var kind = (byte)(type << 5);
        switch (argument)
        {
            case < 24:
                head[0] = (byte)(kind | (int)argument);
                return 1;
            case <= byte.MaxValue:
                head[0] = (byte)(kind | 24);
                head[1] = (byte)argument;
                return 2;
            case <= ushort.MaxValue:
                head[0] = (byte)(kind | 25);
                BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)argument);
                return 3;
            case <= uint.MaxValue:
                head[0] = (byte)(kind | 26);
                BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)argument);
                return 5;
            default:
                head[0] = (byte)(kind | 27);
                BinaryPrimitives.WriteUInt64BigEndian(head[1..], argument);
                return 9;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (IsFull || bytes.Length > _space.Length - _length)
        {
            IsFull = true;
            return;
        }
        bytes.CopyTo(_space.AsSpan(_length));
        _length += bytes.Length;
    }
}

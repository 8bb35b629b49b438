using System.Text.Unicode;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Making byte strings, in 1.0 only (functions spec 5.3), and text of them.</summary>
internal sealed partial class Realm
{
    /// <summary>
    /// Whether a byte string and text put together are a byte string also where their bytes are UTF-8, as in the window's engine. Only
    /// the length and places tell. False: then they are text.
    /// </summary>
    public static readonly bool JoinedBytesStayBytes = true;

    /// <summary>A byte string.</summary>
    public Value NewBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return EmptyText;
        ChargeText(bytes.Length * 2L);
        var units = new int[bytes.Length];
        for (var i = 0; i < units.Length; i++)
            units[i] = bytes[i];
        return NewBytes(units);
    }

    /// <summary>A byte string of ints that were charged; takes the array over.</summary>
    public static Value NewBytes(int[] bytes) => bytes.Length == 0 ? EmptyText : Value.String(new ByteText(bytes), 0, bytes.Length);

    /// <summary>Text where the bytes are UTF-8, else a byte string.</summary>
    public Value NewTextOrBytes(ReadOnlySpan<byte> bytes)
    {
        Charge(1 + bytes.Length / Price.CopiedCharacters);
        return Utf8.IsValid(bytes) ? NewUtf8Text(bytes) : NewBytes(bytes);
    }

    /// <summary>The text that a byte string spells; as it is where it is not UTF-8, and any other string.</summary>
    public Value ToTextIfUtf8(in Value text)
    {
        if (!text.IsBytes)
            return text;
        var bytes = BytesOf(text);
        Charge(1 + bytes.Length / Price.CopiedCharacters);
        return Utf8.IsValid(bytes) ? NewUtf8Text(bytes) : text;
    }

    /// <summary>A string's bytes.</summary>
    public byte[] BytesOf(in Value text)
    {
        Charge(1 + text.Length / Price.EncodedCharacters);
        var length = TextBytes.ChargedUtf8LengthOf(this, text);
        Allocate(length);
        var bytes = new byte[length];
        TextBytes.EncodeUtf8(text, bytes);
        return bytes;
    }

    /// <summary>
    /// A string to look for within another, in that one's units: as bytes in a byte string, as the text it spells in text. Bytes that spell
    /// none stay bytes.
    /// </summary>
    public Value InUnitsOf(in Value text, in Value sought)
    {
        if (text.IsBytes == sought.IsBytes)
            return sought;
        return text.IsBytes ? NewBytes(BytesOf(sought)) : ToTextIfUtf8(sought);
    }

    private Value ConcatBytes(in Value left, in Value right) => JoinBytes([left, right]);

    /// <summary>Strings side by side, a byte string among them.</summary>
    private Value JoinBytes(ReadOnlySpan<Value> texts)
    {
        long length = 0;
        foreach (ref readonly var text in texts)
        {
            Charge(1 + text.Length / Price.EncodedCharacters);
            length += TextBytes.ChargedUtf8LengthOf(this, text);
        }
        ChargeText(length * 2);
        var bytes = new int[length];
        var room = bytes.AsSpan();
        foreach (ref readonly var text in texts)
            room = room[TextBytes.Widen(text.View, room)..];
        var joined = NewBytes(bytes);
        return JoinedBytesStayBytes ? joined : ToTextIfUtf8(joined);
    }

    /// <summary>What comparing a byte string with text costs more than comparing two of a kind: they are read byte by byte.</summary>
    private void ChargeMixedComparison(in Value left, in Value right)
    {
        if (left.IsBytes != right.IsBytes)
            Charge(Math.Min(left.Length, right.Length) / Price.EncodedCharacters);
    }
}

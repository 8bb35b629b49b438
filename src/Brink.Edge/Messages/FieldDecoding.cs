using System.Globalization;
using System.Text;
using Brink.Http;

namespace Brink.Edge.Messages;

/// <summary>
/// The values of one field as HTTP libraries are to see them. Kestrel and .NET's client let an encoding be chosen by the name of a field,
/// and the decoded text is the value: so Brink's rule comes before theirs.
/// </summary>
internal sealed class FieldDecoding(FieldDecoding.Rule rule) : Encoding
{
    /// <summary>More than a rule ever puts behind a value.</summary>
    private const int Added = 16;

    /// <summary>From the received bytes to the value.</summary>
    public delegate string Rule(ReadOnlySpan<byte> bytes);

    /// <summary>Content-Length: the number without leading zeros, or a text that no parser takes for a number.</summary>
    public static FieldDecoding ContentLength { get; } =
        new(static bytes => WireNumber.TryRead(bytes, out var length) ? length.ToString(CultureInfo.InvariantCulture) : "x");

    public override int GetCharCount(byte[] bytes, int index, int count) => GetCharCount(bytes.AsSpan(index, count));

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => rule(bytes).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var value = rule(bytes);
        value.CopyTo(chars);
        return value.Length;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount + Added;

    public override int GetByteCount(char[] chars, int index, int count) => throw OneWay();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw OneWay();

    public override int GetMaxByteCount(int charCount) => throw OneWay();

    private static NotSupportedException OneWay() => new("this encoding only reads");
}

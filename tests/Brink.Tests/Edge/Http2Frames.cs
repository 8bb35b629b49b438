using System.Text;

namespace Brink.Tests.Edge;

/// <summary>HTTP/2 as text, one char a byte, for viewers that say what no well-behaved client says (RFC 9113, RFC 7541).</summary>
internal static class Http2Frames
{
    public const int Data = 0, Headers = 1, Priority = 2, ResetStream = 3, Settings = 4, PushPromise = 5, Ping = 6, GoAway = 7, WindowUpdate = 8, Continuation = 9;

    public const int EndStream = 1, EndHeaders = 4, Padded = 8;

    /// <summary>The preface and empty settings.</summary>
    public const string Start = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\u0004\0\0\0\0\0";

    public static string Frame(int type, int flags, string payload, int stream = 1) =>
        $"{(char)(payload.Length >> 16)}{(char)((payload.Length >> 8) & 0xff)}{(char)(payload.Length & 0xff)}{(char)type}{(char)flags}{Number(stream)}{payload}";

    /// <summary>Four bytes.</summary>
    public static string Number(long value) => $"{(char)((value >> 24) & 0xff)}{(char)((value >> 16) & 0xff)}{(char)((value >> 8) & 0xff)}{(char)(value & 0xff)}";

    /// <summary>Fields in HPACK, each a literal without a name of the table and without Huffman code.</summary>
    public static string Block(params (string Name, string Value)[] fields) => string.Concat(fields.Select(field => "\0" + Sized(field.Name) + Sized(field.Value)));

    /// <summary>A string of HPACK; its length in seven bits and more (RFC 7541 section 5.1).</summary>
    private static string Sized(string text)
    {
        if (text.Length < 127)
            return (char)text.Length + text;
        var size = new StringBuilder("\u007f");
        var rest = text.Length - 127;
        for (; rest >= 128; rest /= 128)
            size.Append((char)(rest % 128 + 128));
        return size.Append((char)rest) + text;
    }
}

using System.Text;
using Brink.Http;

namespace Brink.Lambda.RuntimeApi;

/// <summary>What a runtime may ask for (lambda-edge spec 6.2).</summary>
internal enum RuntimeCall
{
    Unknown,
    Next,
    Response,
    Error,
    InitError,
    Ping,
}

/// <summary>The head of a request to the Runtime API: the few parts that matter.</summary>
internal struct RequestHead
{
    private const string ErrorTypeHeader = "lambda-runtime-function-error-type";
    private const int LongestErrorType = 256;

    public RuntimeCall Call;

    /// <summary>The id in the path, of a response or an error.</summary>
    public string? RequestId;

    /// <summary>Bytes of the body; -1 when they come in chunks.</summary>
    public long ContentLength;

    public bool ExpectsContinue;

    public bool Closes;

    /// <summary><c>Lambda-Runtime-Function-Error-Type</c>, as given.</summary>
    public string? ErrorType;

    private static ReadOnlySpan<byte> Root => "/2018-06-01/"u8;

    /// <summary>Reads a head without its empty line. Returns what is wrong with it, or null.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes, out RequestHead head)
    {
        head = default;
        var endOfLine = bytes.IndexOf("\r\n"u8);
        var line = endOfLine < 0 ? bytes : bytes[..endOfLine];
        var firstSpace = line.IndexOf((byte)' ');
        var lastSpace = line.LastIndexOf((byte)' ');
        if (firstSpace <= 0 || lastSpace <= firstSpace)
            return "the request line is not METHOD PATH VERSION";
        var version = line[(lastSpace + 1)..];
        if (!version.SequenceEqual("HTTP/1.1"u8) && !version.SequenceEqual("HTTP/1.0"u8))
            return "the version is not HTTP/1.1";
        head.Closes = version[^1] == (byte)'0';
        head.ReadTarget(line[..firstSpace], line[(firstSpace + 1)..lastSpace]);

        var length = -1L;
        var chunked = false;
        var rest = endOfLine < 0 ? default : bytes[(endOfLine + 2)..];
        while (!rest.IsEmpty)
        {
            endOfLine = rest.IndexOf("\r\n"u8);
            line = endOfLine < 0 ? rest : rest[..endOfLine];
            rest = endOfLine < 0 ? default : rest[(endOfLine + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
                return "a header has no name";
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Is(name, "content-length"))
            {
                if (!WireNumber.TryRead(value, out var given) || (length >= 0 && length != given))
                    return "Content-Length is not one number";
                length = given;
            }
            else if (Is(name, "transfer-encoding"))
            {
                if (!Is(value, "chunked"))
                    return "Transfer-Encoding is not chunked";
                chunked = true;
            }
            else if (Is(name, "expect"))
                head.ExpectsContinue = Is(value, "100-continue");
            else if (Is(name, "connection"))
                head.Closes |= Is(value, "close");
            else if (Is(name, ErrorTypeHeader))
                head.ErrorType = Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestErrorType)]);
        }
        if (chunked && length >= 0)
            return "both Content-Length and Transfer-Encoding are given";
        head.ContentLength = chunked ? -1 : Math.Max(0, length);
        return null;
    }

    private void ReadTarget(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith(Root))
            return;
        path = path[Root.Length..];
        var posts = method.SequenceEqual("POST"u8);
        if (method.SequenceEqual("GET"u8))
        {
            Call = path.SequenceEqual("runtime/invocation/next"u8) ? RuntimeCall.Next
                : path.SequenceEqual("ping"u8) ? RuntimeCall.Ping
                : RuntimeCall.Unknown;
        }
        else if (posts && path.SequenceEqual("runtime/init/error"u8))
        {
            Call = RuntimeCall.InitError;
        }
        else if (posts && path.StartsWith("runtime/invocation/"u8))
        {
            path = path["runtime/invocation/".Length..];
            var slash = path.IndexOf((byte)'/');
            var call = slash < 0 ? default : path[(slash + 1)..];
            Call = call.SequenceEqual("response"u8) ? RuntimeCall.Response
                : call.SequenceEqual("error"u8) ? RuntimeCall.Error
                : RuntimeCall.Unknown;
            // An id of ours is 36 characters; a longer one is not ours, however it goes on.
            if (Call != RuntimeCall.Unknown)
                RequestId = Encoding.ASCII.GetString(path[..Math.Min(slash, 64)]);
        }
    }

    private static bool Is(ReadOnlySpan<byte> bytes, string name) => Ascii.EqualsIgnoreCase(bytes, name);
}

using System.Text;
using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Listening;

/// <summary>
/// How Kestrel gets the values of three fields that it would read in its own way. It asks for an encoding by the name of each field, and
/// the decoded text is the value, for Kestrel and for the edge.
/// </summary>
internal static class ReceivedFields
{
    private const string NoHost = ".";

    private static readonly FieldDecoding Connection = new(DecodeConnection);
    private static readonly FieldDecoding Host = new(DecodeHost);

    /// <summary>The encoding of a field of a request: Latin-1, one char for each byte, except for those three.</summary>
    public static Encoding EncodingOf(string name) => name switch
    {
        "Connection" => Connection,
        "Content-Length" => FieldDecoding.ContentLength, // Kestrel would take a sign, blanks and a NUL, and break over more than 20 digits
        "Host" or ":authority" => Host,
        _ => Encoding.Latin1,
    };

    /// <summary>
    /// Where <c>keep-alive</c>, <c>close</c> or <c>upgrade</c> is the only one of them in a list, Kestrel replaces the whole list by that
    /// word, and the names beside it would be lost. So <c>keep-alive</c>, which goes without saying in HTTP/1.1, is taken out, and is put
    /// behind each of the other two, where it changes nothing.
    /// </summary>
    private static string DecodeConnection(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var value = text.AsSpan();
        if (ConnectionFields.IsKeepAlive(value.Trim(" \t,")))
            return ConnectionFields.KeepAlive;
        var kept = new StringBuilder(text.Length + ConnectionFields.KeepAlive.Length + 2);
        var isKnown = false;
        foreach (var range in value.Split(','))
        {
            var option = value[range].Trim(" \t");
            if (option.IsEmpty || ConnectionFields.IsKeepAlive(option))
                continue;
            isKnown |= ConnectionFields.IsClose(option) || option.Equals("upgrade", StringComparison.OrdinalIgnoreCase);
            kept.Append(kept.Length > 0 ? ", " : "").Append(option);
        }
        if (isKnown)
            kept.Append(", ").Append(ConnectionFields.KeepAlive);
        return kept.ToString();
    }

    /// <summary>
    /// Kestrel refuses some invalid values of Host with an empty answer. All of them become one that it lets pass,
    /// which the reader refuses with the error page.
    /// </summary>
    private static string DecodeHost(ReadOnlySpan<byte> bytes)
    {
        var host = Encoding.Latin1.GetString(bytes);
        return HostField.IsValid(host) ? host : NoHost;
    }
}

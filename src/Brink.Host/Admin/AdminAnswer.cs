using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Brink.Host.Admin;

/// <summary>An answer of the operator's port.</summary>
internal readonly record struct AdminAnswer(int Status, ReadOnlyMemory<byte> Body, string ContentType)
{
    /// <summary>One sentence or more, each a line.</summary>
    public static AdminAnswer Text(int status, params IEnumerable<string> sentences) => new(
        status, Encoding.UTF8.GetBytes(string.Concat(sentences.Select(sentence => sentence + "\n"))), "text/plain; charset=utf-8");

    /// <summary>A JSON document.</summary>
    public static AdminAnswer Json<T>(int status, T value, JsonTypeInfo<T> type) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");
}

using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Brink.Host.Admin;

/// <summary>An answer of the operator's port.</summary>
internal readonly record struct AdminAnswer(int Status, ReadOnlyMemory<byte> Body, string ContentType)
{
    private const int FlushAt = 64 * 1024;

    /// <summary>Writes the body piece by piece; null where <see cref="Body"/> has it.</summary>
    public Func<PipeWriter, Task>? Write { get; private init; }

    /// <summary>One sentence or more, each a line.</summary>
    public static AdminAnswer Text(int status, params IEnumerable<string> sentences) => new(
        status, Encoding.UTF8.GetBytes(string.Concat(sentences.Select(sentence => sentence + "\n"))), "text/plain; charset=utf-8");

    /// <summary>A JSON document.</summary>
    public static AdminAnswer Json<T>(int status, T value, JsonTypeInfo<T> type) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    /// <summary>A JSON document on each line, written as they come.</summary>
    public static AdminAnswer JsonLines<T>(IEnumerable<T> values, JsonTypeInfo<T> type) => new(200, default, "application/x-ndjson")
    {
        Write = async body =>
        {
            using var json = new Utf8JsonWriter(body);
            foreach (var value in values)
            {
                JsonSerializer.Serialize(json, value, type);
                json.Reset();
                body.Write("\n"u8);
                if (body.UnflushedBytes > FlushAt && (await body.FlushAsync()).IsCompleted)
                    return; // the reader left
            }
        },
    };
}

using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Brink.Configuration;

namespace Brink.Functions.KeyValueStores;

/// <summary>The keys and values of a store at one moment, immutable. Limits: functions spec 6.2.</summary>
public sealed class KeyValueStoreContents
{
    /// <summary>Bytes of a key.</summary>
    public const int MaxKeyBytes = 512;

    /// <summary>Bytes of a value.</summary>
    public const int MaxValueBytes = 1024;

    /// <summary>Bytes of all keys and values of a store, and of an import file.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    private readonly FrozenDictionary<string, ReadOnlyMemory<byte>> _values;

    private KeyValueStoreContents(
        FrozenDictionary<string, ReadOnlyMemory<byte>> values, DateTimeOffset created, DateTimeOffset lastModified)
    {
        _values = values;
        Created = created;
        LastModified = lastModified;
    }

    /// <summary>The number of keys.</summary>
    public int Count => _values.Count;

    /// <summary>When the store was made.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>When these contents came about.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>The value of a key, UTF-8.</summary>
    public bool TryGet(string key, out ReadOnlyMemory<byte> value) => _values.TryGetValue(key, out value);

    /// <summary>
    /// Reads an import file (functions spec 6.3), <c>{"data":[{"key":"k","value":"v"}, ...]}</c>, or what <c>aws cloudfront-keyvaluestore
    /// list-keys</c> prints, <c>{"Items":[{"Key":"k","Value":"v"}, ...]}</c>; UTF-8. All mistakes are reported at once, each with its key
    /// and the rule; then there are no contents.
    /// </summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="created">When the store was made.</param>
    /// <param name="lastModified">When this file came about.</param>
    public static ImportOutcome Import(ReadOnlyMemory<byte> file, DateTimeOffset created, DateTimeOffset lastModified)
    {
        try
        {
            using var document = JsonDocument.Parse(file.Span.StartsWith("\uFEFF"u8) ? file[3..] : file, Strict);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("Items", out var items)
                && items.ValueKind == JsonValueKind.Array)
                return ImportListed(root, items, created, lastModified);
            return file.Length > MaxBytes ? TooLong(file) : Import(root, created, lastModified);
        }
        catch (JsonException mistake)
        {
            return file.Length > MaxBytes ? TooLong(file) : Failed($"The file is not JSON: {JsonMistake.Of(mistake)}.");
        }
        catch (InvalidOperationException)
        {
            return Failed("The file is not UTF-8 text, or has half of a surrogate pair in a string.");
        }
    }

    private static ImportOutcome Import(JsonElement root, DateTimeOffset created, DateTimeOffset lastModified)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
            return Failed("The file must be an object with an array named data.");
        return Import(data, "key", "value", created, lastModified);
    }

    private static ImportOutcome ImportListed(JsonElement root, JsonElement items, DateTimeOffset created, DateTimeOffset lastModified)
    {
        var isCut = root.TryGetProperty("NextToken", out var token) && token.ValueKind != JsonValueKind.Null;
        return isCut
            ? Failed("The list is cut: it has a NextToken. Print it without --max-items.")
            : Import(items, "Key", "Value", created, lastModified);
    }

    private static ImportOutcome Import(
        JsonElement data, string keyName, string valueName, DateTimeOffset created, DateTimeOffset lastModified)
    {
        var mistakes = new List<string>();
        var values = new Dictionary<string, ReadOnlyMemory<byte>>();
        var bytes = 0L;
        var number = 0;
        foreach (var entry in data.EnumerateArray())
        {
            number++;
            if (!TryGetText(entry, keyName, out var key) || !TryGetText(entry, valueName, out var value))
            {
                mistakes.Add($"Entry {number} must be an object with a string {keyName} and a string {valueName}.");
                continue;
            }
            var keyBytes = Encoding.UTF8.GetByteCount(key);
            var valueBytes = Encoding.UTF8.GetBytes(value);
            if (keyBytes == 0)
                mistakes.Add($"Entry {number} has an empty key.");
            if (keyBytes > MaxKeyBytes)
                mistakes.Add($"Key {Shown(key)} has {keyBytes:N0} bytes; a key has at most {MaxKeyBytes:N0}.");
            if (valueBytes.Length > MaxValueBytes)
                mistakes.Add($"The value of key {Shown(key)} has {valueBytes.Length:N0} bytes; a value has at most {MaxValueBytes:N0}.");
            if (!values.TryAdd(key, valueBytes))
                mistakes.Add($"Key {Shown(key)} is there more than once.");
            bytes += keyBytes + valueBytes.Length;
        }
        if (bytes > MaxBytes)
            mistakes.Add($"Keys and values have {bytes:N0} bytes together; a store has at most {MaxBytes:N0}.");
        return mistakes.Count > 0
            ? new ImportOutcome.Failed(mistakes)
            : new ImportOutcome.Imported(new KeyValueStoreContents(values.ToFrozenDictionary(), created, lastModified));
    }

    private static bool TryGetText(JsonElement entry, string name, out string text)
    {
        text = "";
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty(name, out var property)
            || property.ValueKind != JsonValueKind.String)
            return false;
        text = property.GetString()!;
        return true;
    }

    private static string Shown(string key) => key.Length <= 64 ? $"\"{key}\"" : $"\"{key[..64]}...\"";

    private static ImportOutcome.Failed TooLong(ReadOnlyMemory<byte> file) =>
        Failed($"The file has {file.Length:N0} bytes; an import file has at most {MaxBytes:N0}.");

    private static ImportOutcome.Failed Failed(string mistake) => new([mistake]);
}

/// <summary>What came of reading an import file.</summary>
public abstract record ImportOutcome
{
    private ImportOutcome() { }

    /// <summary>The contents.</summary>
    public sealed record Imported(KeyValueStoreContents Contents) : ImportOutcome;

    /// <summary>Every mistake of the file, a sentence each.</summary>
    public sealed record Failed(IReadOnlyList<string> Mistakes) : ImportOutcome;
}

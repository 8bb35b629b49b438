using System.Security.Cryptography;
using System.Text;
using Brink.Functions.KeyValueStores;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>
/// Key value stores from files, read again after each change: that of <c>--kvs</c>, and those of resources. A store is the same object
/// every time, with the current contents.
/// </summary>
internal sealed class StoreFiles(TimeProvider time)
{
    /// <summary>What help calls the value of --kvs.</summary>
    public const string StoreValue = "FILE-or-ID=FILE";

    private readonly Dictionary<string, KeyValueStore> _stores = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The store of an import file, or of what list-keys prints. Null if the file cannot be used and never could.</summary>
    /// <param name="given">The value of --kvs: FILE, or ID=FILE for a store that code opens by its id.</param>
    /// <param name="reading">Takes the mistakes.</param>
    public KeyValueStore? ReadGiven(string given, Reading reading)
    {
        var at = given.IndexOf('=', StringComparison.Ordinal);
        var (id, file) = at > 0 && Guid.TryParseExact(given[..at], "D", out _) ? (given[..at], given[(at + 1)..]) : (null, given);
        return Read(id ?? IdOf(file), file, reading);
    }

    /// <summary>A store of resources; its keys lie beside its document.</summary>
    public KeyValueStore? Read(KeyValueStoreResource store, string document, Reading reading)
    {
        var file = ResourceFiles.KeysBeside(document);
        if (File.Exists(file))
            return Read(store.Id, file, reading);
        reading.MissingFiles.Add(file);
        reading.Unusable(
            document,
            $"the keys of the key value store {store.Name} are not beside it: "
            + $"aws cloudfront-keyvaluestore list-keys --kvs-arn {store.Arn} > {file}");
        return null;
    }

    private KeyValueStore? Read(string id, string file, Reading reading)
    {
        if (reading.Bytes(file) is not { } json)
            return null;
        var store = _stores.GetValueOrDefault(id);
        var now = time.GetUtcNow();
        switch (KeyValueStoreContents.Import(json, store?.Current.Created ?? now, now))
        {
            case ImportOutcome.Imported(var contents):
                if (store is null)
                    _stores[id] = store = new KeyValueStore(id, contents);
                else
                    store.Swap(contents);
                return store;
            case ImportOutcome.Failed(var reasons):
                foreach (var reason in reasons)
                    reading.Mistakes.Add(new FileMistake(file, reason));
                reading.IsUnusable |= store is null;
                return store;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>An id in the form of AWS's, the same every time for the same file.</summary>
    private static string IdOf(string file) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(file))).AsSpan(0, 16)).ToString();
}

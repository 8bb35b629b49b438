namespace Brink.Functions.KeyValueStores;

/// <summary>A key value store as functions read it (functions spec 6). Its contents are swapped as a whole, while functions run.</summary>
/// <param name="id">The store's id, a UUID.</param>
/// <param name="contents">What is in it.</param>
public sealed class KeyValueStore(string id, KeyValueStoreContents contents)
{
    private volatile KeyValueStoreContents _current = contents;

    /// <summary>The store's id, a UUID: what <c>cf.kvs(id)</c> takes.</summary>
    public string Id { get; } = id;

    /// <summary>What is in it. A call keeps what it looked at first.</summary>
    public KeyValueStoreContents Current => _current;

    /// <summary>Swaps in the next contents; calls under way keep what they have.</summary>
    public void Swap(KeyValueStoreContents next) => _current = next;
}

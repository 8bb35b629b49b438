using System.Globalization;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Http;

namespace Brink.Bench.Caching;

/// <summary>The storage of Brink's own cache, asked as the cache asks it.</summary>
internal sealed class StoragePolicy(long budget) : ICachePolicy
{
    private static readonly Dictionary<int, BodySlices> Bodies = [];
    private readonly MemoryStorage _storage = new(budget);

    /// <summary>Bytes that an object is charged for beside its body.</summary>
    public static int Overhead { get; } = (int)Item(0, 1).Size - 1;

    public bool Ask(int item, int size)
    {
        Span<char> key = stackalloc char[16];
        if (_storage.Find(key[..WriteKey(item, key)]) is { } found)
        {
            found.NoteUse();
            return true;
        }
        _storage.Put(Item(item, size));
        return false;
    }

    // Bodies of one size are one: what counts is what they are charged for.
    private static CachedObject Item(int item, int size)
    {
        Span<char> key = stackalloc char[16];
        if (!Bodies.TryGetValue(size, out var body))
            Bodies[size] = body = new BodySlices([], new byte[size], pool: null);
        var head = ObjectHead.From(
            new string(key[..WriteKey(item, key)]),
            ObjectName.OfSlice,
            revision: 0,
            new EdgeResponse(),
            originStatus: 200,
            new Freshness(TimeSpan.FromDays(1), null, null, TimeSpan.FromDays(1), false),
            storedAt: 0,
            initialAge: TimeSpan.Zero,
            sendsCookies: false,
            edgeCoding: null);
        return new CachedObject(head, body);
    }

    // Keys of one length, so that objects of one size cost the same.
    private static int WriteKey(int item, Span<char> key)
    {
        key.TryWrite(CultureInfo.InvariantCulture, $"D/{item:0000000}", out var length);
        return length;
    }
}

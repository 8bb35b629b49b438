using System.Numerics;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// The keys of objects that were let go lately, as hashes: a false memory costs one object a better place than it deserves. Each set of
/// eight remembers the last eight that fell into it. Used under the storage's lock.
/// </summary>
internal sealed class GhostTable
{
    private const int Ways = 8;
    private const int PerObject = 3;

    private int[] _hashes = new int[PerObject * 1024 + 1024];

    /// <summary>Makes room for what this many objects may displace: some three times as many.</summary>
    public void Cover(int objects)
    {
        var wanted = BitOperations.RoundUpToPowerOf2((uint)Math.Min(objects, 1 << 26) * PerObject);
        while (_hashes.Length < wanted)
            _hashes = [.. _hashes, .. _hashes]; // a hash falls into the set where it was, or into its copy
    }

    /// <summary>Remembers one, in place of the oldest of its set.</summary>
    public void Add(int hash)
    {
        var set = SetOf(hash);
        set[..^1].CopyTo(set[1..]);
        set[0] = hash;
    }

    /// <summary>Whether it is remembered; it is not any more.</summary>
    public bool Take(int hash)
    {
        var set = SetOf(hash);
        var at = set.IndexOf(hash);
        if (at < 0)
            return false;
        set[at] = 0;
        return true;
    }

    private Span<int> SetOf(int hash) => _hashes.AsSpan((hash & (_hashes.Length / Ways - 1)) * Ways, Ways);
}

namespace Brink.JavaScript.Syntax;

/// <summary>
/// Every name of one source once, under a small number. Equal names are the same string, and scope analysis keeps
/// what a name means right now in an array beside it, so no scope needs a dictionary.
/// </summary>
internal sealed class NameTable
{
    private int[] _buckets = new int[64];
    private Entry[] _entries = new Entry[48];
    private int _count;

    private struct Entry
    {
        public string Text;
        public uint Hash;
        public int Next;
        public Binding? Innermost;
    }

    public string TextOf(int name) => _entries[name].Text;

    /// <summary>The innermost open declaration of that name.</summary>
    public ref Binding? Innermost(int name) => ref _entries[name].Innermost;

    public int Intern(ReadOnlySpan<char> text)
    {
        // FNV-1a. The table lives for one parse of a source of bounded size: a hash that can be attacked is fine.
        var hash = 2166136261u;
        foreach (var c in text)
            hash = (hash ^ c) * 16777619u;

        for (var i = _buckets[hash & (uint)(_buckets.Length - 1)] - 1; i >= 0; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash && text.SequenceEqual(_entries[i].Text))
                return i;
        }

        if (_count == _entries.Length)
            Grow();
        ref var bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        _entries[_count] = new Entry { Text = text.ToString(), Hash = hash, Next = bucket - 1 };
        bucket = ++_count;
        return _count - 1;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = new int[_buckets.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            ref var bucket = ref _buckets[_entries[i].Hash & (uint)(_buckets.Length - 1)];
            _entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }
}

namespace Brink.Edge.Cache;

/// <summary>The way back: what a key is made of.</summary>
internal readonly partial struct CacheKey
{
    private static int LengthAt(ReadOnlySpan<char> key, int part) => key[part + 1] | (key[part + 2] << 16);

    /// <summary>Reads the parts of a key, one after the other.</summary>
    public ref struct PartReader(ReadOnlySpan<char> key)
    {
        private ReadOnlySpan<char> _rest = key;

        /// <summary>What kind of part it is: the letters of <see cref="For(Requests.RegionalRequest)"/>.</summary>
        public char Tag { get; private set; }

        /// <summary>Its text.</summary>
        public ReadOnlySpan<char> Text { get; private set; }

        /// <summary>The next part; false at the end.</summary>
        public bool Read()
        {
            if (_rest.IsEmpty)
                return false;
            Tag = _rest[0];
            var length = LengthAt(_rest, 0);
            Text = _rest.Slice(PartHead, length);
            _rest = _rest[(PartHead + length)..];
            return true;
        }
    }
}

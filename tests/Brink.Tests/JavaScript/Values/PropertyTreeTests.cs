using System.Text;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.Values;

public class PropertyTreeTests
{
    [Theory]
    [InlineData("", 5381u)]
    [InlineData("a", 5381u * 33 ^ 'a')]
    [InlineData("ab", (5381u * 33 ^ 'a') * 33 ^ 'b')]
    public void Hash_MixesByteAfterByte(string name, uint hash) => Assert.Equal(hash, PropertyTree.HashOf(new TextView(name)));

    [Theory]
    [InlineData("é")]
    [InlineData("日本")]
    [InlineData("x\uFFFDy")]
    [InlineData("a\U0001F600b")]
    [InlineData("\U0010FFFF")]
    public void Hash_IsOfTheUtf8Form(string name)
    {
        var expected = Encoding.UTF8.GetBytes(name).Aggregate(5381u, (hash, each) => unchecked(hash * 33) ^ each);
        var codePoints = name.EnumerateRunes().Select(rune => rune.Value).ToArray();
        Assert.Equal(expected, PropertyTree.HashOf(name.Any(char.IsSurrogate) ? new TextView(codePoints) : new TextView(name)));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(64)]
    [InlineData(300)]
    [InlineData(5_000)]
    public void Arrange_GivesTheOrderOfTheTreeThatGrewKeyByKey(int count)
    {
        var random = new Random(count);
        var keys = Enumerable.Range(0, count)
            .Select(i => (PropertyKey)new Atom(TextFacts.Permanent($"{random.Next(36):x}{i}{random.Next(5)}"), isShared: false)).ToArray();
        var tree = new Slot();
        foreach (var key in keys)
            tree.Add(key, depth: 0);

        PropertyTree.Arrange(keys, new PropertyKey[count]);

        Assert.Equal(tree.Listed(), keys);
    }

    [Fact]
    public void KeysOfOneHash_StayInTheOrderOfArrival()
    {
        var keys = Enumerable.Range(0, 40).Select(PropertyKey (_) => new Symbol(Value.Undefined, 7)).ToArray();
        var before = keys.ToArray();

        PropertyTree.Arrange(keys, new PropertyKey[keys.Length]);

        Assert.Equal(before, keys);
    }

    /// <summary>A slot as the dialect describes it: it holds ten keys, then splits by the next four bits of their hashes.</summary>
    private sealed class Slot
    {
        private readonly List<PropertyKey> _keys = [];
        private Slot[]? _slots;

        public void Add(PropertyKey key, int depth)
        {
            if (_slots is null && _keys.Count < 10)
            {
                _keys.Add(key);
                return;
            }
            if (_slots is null)
            {
                _slots = [.. Enumerable.Range(0, 16).Select(_ => new Slot())];
                foreach (var held in _keys)
                    Below(held, depth).Add(held, depth + 1);
                _keys.Clear();
            }
            Below(key, depth).Add(key, depth + 1);
        }

        private Slot Below(PropertyKey key, int depth) => _slots![key.TreeHash >> 4 * depth & 15];

        public IEnumerable<PropertyKey> Listed() => _slots is null ? _keys : _slots.SelectMany(slot => slot.Listed());
    }
}

using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.Values;

/// <summary>Text of code points beside text of chars: what is equal and what is found does not depend on which of them holds it.</summary>
public class AstralTextTests
{
    private static readonly int[] Letters = [.. Enumerable.Range(0, 40).Select(i => 'a' + i % 26)];

    [Fact]
    public void SameText_IsEqualInBothForms()
    {
        for (var length = 0; length <= Letters.Length; length++)
        {
            var (wide, narrow) = Both(Letters.AsSpan(0, length));
            Assert.True(wide.SequenceEqual(narrow) && narrow.SequenceEqual(wide) && wide.SequenceEqual(wide), $"{length} characters");
        }
    }

    [Fact]
    public void OneCharacterThatDiffers_IsSeenWhereverItStands()
    {
        for (var at = 0; at < Letters.Length; at++)
        {
            var other = (int[])Letters.Clone();
            other[at] = 0x1F600;
            var changed = new TextView(other);
            var (wide, narrow) = Both(Letters);
            Assert.False(changed.SequenceEqual(narrow) || narrow.SequenceEqual(changed) || changed.SequenceEqual(wide), $"at {at}");
        }
    }

    [Fact]
    public void Search_FindsTheSameInBothForms()
    {
        var (wide, narrow) = Both(Letters);
        for (var from = 0; from <= Letters.Length; from++)
        {
            for (var length = 0; from + length <= Letters.Length; length++)
            {
                var (soughtWide, sought) = Both(Letters.AsSpan(from, length));
                var expected = new string([.. Letters.Select(c => (char)c)]).IndexOf(sought.ToString(), from / 2, StringComparison.Ordinal);
                Assert.Equal(expected, wide.IndexOf(sought, from / 2));
                Assert.Equal(expected, wide.IndexOf(soughtWide, from / 2));
                Assert.Equal(expected, narrow.IndexOf(soughtWide, from / 2));
            }
        }
        Assert.Equal(-1, narrow.IndexOf(new TextView(new[] { 0x1F600 }), 0));
    }

    private static Pair Both(ReadOnlySpan<int> codePoints)
    {
        var chars = new char[codePoints.Length];
        for (var i = 0; i < chars.Length; i++)
            chars[i] = (char)codePoints[i];
        return new Pair(new TextView(codePoints), new TextView(chars));
    }

    private readonly ref struct Pair(TextView wide, TextView narrow)
    {
        private readonly TextView _wide = wide, _narrow = narrow;

        public void Deconstruct(out TextView wide, out TextView narrow)
        {
            wide = _wide;
            narrow = _narrow;
        }
    }
}

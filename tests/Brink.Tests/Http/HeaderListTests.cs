using Brink.Http;

namespace Brink.Tests.Http;

public sealed class HeaderListTests
{
    public static TheoryData<Action<HeaderList>, string> Changes => new()
    {
        { list => list.Add("C", "3"), "A=1 B=2 a=4 C=3" },
        { list => list.Set("a", "9"), "a=9 B=2" },
        { list => list.Set("C", "3"), "A=1 B=2 a=4 C=3" },
        { list => list.SetAt(1, new HeaderField("X", "0")), "A=1 X=0 a=4" },
        { list => list.Remove("A"), "B=2" },
        { list => list.Remove("none"), "A=1 B=2 a=4" },
        { list => list.Clear(), "" },
        { list => list.Recycle(), "" },
        { list => list.Apply([]), "A=1 B=2 a=4" },
        { list => list.Apply([new(1, new HeaderField("X", "0")), new(HeaderEdit.Append, new HeaderField("N", "5"))]), "A=1 X=0 a=4 N=5" },
        { list => list.Apply([new(2, null), new(HeaderEdit.Append, new HeaderField("N", "5")), new(0, null)]), "B=2 N=5" },
        { list => list.Apply([new(0, null), new(1, null), new(2, null)]), "" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void ChangeOfASharedList_LeavesTheOthersAlone(Action<HeaderList> change, string expected)
    {
        HeaderField[] fields = [new("A", "1"), new("B", "2"), new("a", "4")];
        var shared = HeaderList.Share(fields);
        var other = HeaderList.Share(fields);
        change(shared);
        Assert.Equal(expected, Text(shared));
        Assert.Equal("A=1 B=2 a=4", Text(other));
        shared.Add("Z", "26");
        Assert.Equal(expected.Length == 0 ? "Z=26" : expected + " Z=26", Text(shared));
        Assert.Equal("A=1 B=2 a=4", Text(other));
    }

    [Fact]
    public void RecycledList_IsEmptyAndLeavesNothingToTheNextOne()
    {
        for (var fields = 0; fields < 100; fields += 9)
        {
            var list = new HeaderList();
            for (var i = 0; i < fields; i++)
                list.Add("Secret", "value");
            list.Recycle();
            list.Recycle();
            Assert.Empty(list);

            HeaderList one = new(), other = new();
            one.Add("A", "1");
            other.Add("B", "2");
            one.Apply([new(0, null)]);
            Assert.Equal("", Text(one));
            Assert.Equal("B=2", Text(other));
        }
    }

    private static string Text(HeaderList list) => string.Join(' ', list.Select(field => $"{field.Name}={field.Value}"));
}

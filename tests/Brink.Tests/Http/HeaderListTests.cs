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

    private static string Text(HeaderList list) => string.Join(' ', list.Select(field => $"{field.Name}={field.Value}"));
}

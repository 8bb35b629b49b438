using System.Text.RegularExpressions;

namespace Brink.Tests;

/// <summary>Folders inside a room point one way, so that what lies below can be read without what lies above.</summary>
public partial class FolderTests
{
    /// <summary>Arrows that may lie on a circle, and why. Five at most: a sixth is a mistake of the structure.</summary>
    private static readonly Dictionary<(string From, string To), string> Excepted = new()
    {
        [("Brink.Edge.WarmingUp", "Brink.Edge")] = "the warm-up is a second edge with one viewer: it starts what starts it",
        [("Brink.JavaScript.Hosting", "Brink.JavaScript.Execution")] = "the host's functions take and give values of a call that is under way, and the call runs them",
        [("Brink.JavaScript.Values", "Brink.JavaScript.Execution")] = "what a value can do is paid for and bounded by the call that does it",
    };

    public static TheoryData<string> Rooms() => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void FoldersOfARoom_PointOneWay(string room)
    {
        var arrows = FolderArrows.Of(room);

        var circles = arrows.OnCircles(Excepted.Keys.ToHashSet());

        Assert.True(circles.Count == 0, $"these arrows of {room} lie on a circle: move the type that makes one, so that folders can be read from below\n" +
            string.Join('\n', circles.Select(arrow => $"{arrow.From} -> {arrow.To}: {arrows.Arrows[arrow]}")));
    }

    [Fact]
    public void ExceptedArrows_AreFewAndReal()
    {
        Assert.InRange(Excepted.Count, 0, 5);
        foreach (var ((from, to), reason) in Excepted)
        {
            var room = string.Join('.', from.Split('.').Take(2));
            Assert.True(FolderArrows.Of(room).Arrows.ContainsKey((from, to)), $"nothing in {from} uses {to}: the exception is not needed ({reason})");
        }
    }

    [Fact]
    public void NamespacesAreFolders()
    {
        var source = Path.Combine(Repository.Root, "src");
        var wrong = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(source, file), Name: Namespace().Match(File.ReadAllText(file)).Groups[1].Value))
            .Where(file => file.Name.Length > 0 && file.Name != Path.GetDirectoryName(file.Path)!.Replace('/', '.'))
            .Select(file => $"{file.Path} is in namespace {file.Name}");
        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}

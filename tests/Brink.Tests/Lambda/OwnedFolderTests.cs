using System.Collections.Concurrent;
using Brink.Lambda.Processes;

namespace Brink.Tests.Lambda;

/// <summary>Folders of processes that start at the same moment, each of which removes what others have left behind.</summary>
public sealed class OwnedFolderTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("brink-owned-folder-");

    public void Dispose() => _parent.Delete(recursive: true);

    [Fact]
    public void ManyAtOnce_EachHasAFolderOfItsOwn_ThatStays()
    {
        var made = new ConcurrentBag<OwnedFolder>();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 40; i++)
                made.Add(OwnedFolder.Create(_parent.FullName, "one-"));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(320, made.Select(one => one.Path).Distinct(StringComparer.Ordinal).Count());
        Assert.All(made, one => Assert.True(File.Exists(Path.Combine(one.Path, "lock"))));
        foreach (var one in made)
            one.Dispose();
    }

    [Fact]
    public void FolderLeftBehind_IsRemovedByTheNext()
    {
        var left = OwnedFolder.Create(_parent.FullName, "one-");
        File.WriteAllText(Path.Combine(left.Path, "rest"), "");
        left.Abandon();

        using var next = OwnedFolder.Create(_parent.FullName, "one-");

        Assert.Equal([next.Path], _parent.EnumerateDirectories().Select(folder => folder.FullName));
    }
}

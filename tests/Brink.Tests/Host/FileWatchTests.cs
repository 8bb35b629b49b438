using Brink.Host.Development;

namespace Brink.Tests.Host;

public sealed class FileWatchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-watch-");
    private readonly ManualTimeProvider _time = new();
    private int _calls;

    public void Dispose()
    {
        if (Directory.Exists(_folder.FullName))
            Directory.Delete(_folder.FullName, recursive: true);
    }

    [Fact]
    public void NeighbourOfAFileComesAndGoes_NothingIsTold()
    {
        File.WriteAllText(PathTo("function.js"), "");
        using var watch = Watch(PathTo("function.js"));

        File.WriteAllText(PathTo(".function.js.swp"), "x");
        _time.AdvanceSeconds(1);
        File.Delete(PathTo(".function.js.swp"));
        _time.AdvanceSeconds(1);

        Assert.Equal(0, _calls);
    }

    [Fact]
    public void FolderIsReplacedByAnotherOfItsName_IsTold()
    {
        File.WriteAllText(PathTo("function.js"), "");
        using var watch = Watch(PathTo("function.js"));
        var other = Directory.CreateTempSubdirectory("brink-watch-other-");

        Directory.Move(_folder.FullName, _folder.FullName + "-old");
        Directory.Move(other.FullName, _folder.FullName);
        _time.AdvanceSeconds(1);
        Directory.Delete(_folder.FullName + "-old", recursive: true);

        Assert.True(_calls > 0);
    }

    private string PathTo(string name) => Path.Combine(_folder.FullName, name);

    private FileWatch Watch(string file) => new([file], [], () => _calls++, _time);
}

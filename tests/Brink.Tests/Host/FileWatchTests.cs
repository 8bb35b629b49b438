using Brink.Distributions;
using Brink.Host.Files;

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

    [Fact]
    public async Task CallerWantsASecondLook_ItIsCalledAgainAfterThatTime()
    {
        File.WriteAllText(PathTo("function.js"), "");
        TimeSpan? again = TimeSpan.FromMilliseconds(120);
        using var watch = new FileWatch(
            new WatchedFiles { Files = [PathTo("function.js")], CodeFolders = [], ContentFolders = [] },
            _ =>
            {
                _calls++;
                return Task.FromResult(again);
            },
            _time);

        File.Delete(PathTo("function.js")); // one event
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return _calls > 0;
        });
        _time.Advance(TimeSpan.FromMilliseconds(119));
        Assert.Equal(1, _calls);
        again = null;
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, _calls);
        _time.AdvanceSeconds(1);
        Assert.Equal(2, _calls);
    }

    [Fact]
    public async Task FunctionAmongTheContent_ItsSaveIsNoChangeOfContent_HoweverTheEditorWrites()
    {
        // An editor that tries the folder, keeps the old version until the new one is there, and has a swap file.
        var content = await ContentCallsAsync(() =>
        {
            File.WriteAllText(PathTo(".function.js.swp"), "x");
            File.WriteAllText(PathTo("4913"), "");
            File.Delete(PathTo("4913"));
            File.Move(PathTo("function.js"), PathTo("function.js~"));
            File.WriteAllText(PathTo("function.js"), "new");
            File.Delete(PathTo("function.js~"));
            File.WriteAllText(PathTo("lambda/index.mjs"), "new");
        });

        Assert.Equal([false], content);
    }

    [Theory]
    [InlineData("page.html", true)]
    [InlineData(".well-known/a", true)]
    [InlineData(".git/index", false)]
    [InlineData("docs/.draft", false)]
    public async Task Content_IsToldWhereViewersCanSeeIt(string path, bool isTold)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathTo(path))!);

        var content = await ContentCallsAsync(() => File.WriteAllText(PathTo(path), "x"));

        Assert.Equal(isTold, content.Contains(true));
    }

    [Fact]
    public async Task ContentThatGoesAway_IsTold()
    {
        File.WriteAllText(PathTo("page.html"), "x");

        Assert.Equal([true], await ContentCallsAsync(() => File.Delete(PathTo("page.html"))));
    }

    /// <summary>What a watch on function.js, a folder lambda and the content around them tells of these changes.</summary>
    private async Task<List<bool>> ContentCallsAsync(Action change)
    {
        File.WriteAllText(PathTo("function.js"), "old");
        Directory.CreateDirectory(PathTo("lambda"));
        var content = new List<bool>();
        var arrived = false;
        using var watch = new FileWatch(
            new WatchedFiles
            {
                Files = [PathTo("function.js")],
                CodeFolders = [PathTo("lambda")],
                ContentFolders = [_folder.FullName],
                IsServed = path =>
                {
                    if (path == ".last")
                        Volatile.Write(ref arrived, true);
                    return DirectoryOrigin.HiddenName(path) is null;
                },
            },
            changed =>
            {
                content.Add(changed);
                return Task.FromResult<TimeSpan?>(null);
            },
            _time);
        change();
        // The clock stands still until the last event has come, so that all of them are one change.
        File.WriteAllText(PathTo(".last"), "");
        await UntilAsync(() => Volatile.Read(ref arrived));
        _time.AdvanceSeconds(1);
        return content;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private string PathTo(string name) => Path.Combine(_folder.FullName, name);

    private FileWatch Watch(string file) => new(
        new WatchedFiles { Files = [file], CodeFolders = [], ContentFolders = [] },
        _ =>
        {
            _calls++;
            return Task.FromResult<TimeSpan?>(null);
        },
        _time);
}

using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Host.Checking;
using Brink.Host.Development;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Host.Output;
using Brink.Lambda.Versions;

namespace Brink.Tests.Host;

public sealed class ReloadsTests : IAsyncLifetime
{
    private const string Good = "function handler(event) { return event.request; }";
    private const string Better = "function handler(event) { event.request.uri = '/x'; return event.request; }";
    private const string Broken = "function handler(event) { for (var x of []) {} }";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-reloads-");
    private readonly ManualTimeProvider _time = new();
    private readonly EdgeState _state = new();
    private readonly RecordingOutput _output = new();
    private readonly DevConfigurationReader _reader;
    private readonly FunctionChecks _checks;
    private readonly Reloads _reloads;
    private int _forgotten;

    public ReloadsTests()
    {
        Save(Good);
        Save("""{"data":[{"key":"k","value":"v1"}]}""", Store);
        var options = new DevOptions { Origin = _folder.FullName, ViewerRequest = Function, KeyValueStore = Store };
        _reader = new DevConfigurationReader(options, authority: null, _time);
        _checks = new FunctionChecks(options, _output);
        _reloads = new Reloads(_reader, _state, ids => _forgotten += ids is { IsEmpty: true } ? 0 : 1, _output, _checks, _time);
    }

    public async ValueTask InitializeAsync()
    {
        _state.Swap((await _reader.ReadAsync()).Configuration!.Snapshot);
        _reader.SwappedIn();
    }

    private string Function => Path.Combine(_folder.FullName, "function.js");

    private string Store => Path.Combine(_folder.FullName, "store.json");

    public async ValueTask DisposeAsync()
    {
        await _checks.DisposeAsync();
        await _reader.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task SaveOfTheSameBytes_IsNoChange()
    {
        Save(Good);

        Assert.Null(await _reloads.LookAsync(contentChanged: false));

        Assert.Empty(_output.Lines);
        Assert.Equal(0, _forgotten);
    }

    [Fact]
    public async Task SaveOfOtherBytes_Serves_AndWhatIsCachedIsForgotten()
    {
        Save(Better);

        Assert.Null(await _reloads.LookAsync(contentChanged: false));

        Assert.Equal(["reloaded function.js"], _output.Lines);
        Assert.Equal(1, _forgotten);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Broken)]
    [InlineData(null)]
    public async Task BrokenSave_IsToldAtTheSecondLook_AndTheCacheKeepsWhatItHas(string? code)
    {
        Save(code);

        Assert.Equal(TimeSpan.FromMilliseconds(120), await _reloads.LookAsync(contentChanged: false));
        Assert.Empty(_output.Lines);
        _time.Advance(TimeSpan.FromMilliseconds(120));
        Assert.Null(await _reloads.LookAsync(contentChanged: false));

        Assert.Equal(["refused function.js"], _output.Lines);
        Assert.Equal(0, _forgotten);
    }

    [Fact]
    public async Task BrokenForAMoment_NothingIsSaid()
    {
        Save("");
        Assert.NotNull(await _reloads.LookAsync(contentChanged: false));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Save(Better);
        Assert.Null(await _reloads.LookAsync(contentChanged: false));
        Assert.Equal(["reloaded function.js"], _output.Lines);

        // The same bytes again, by way of an empty file.
        Save("");
        Assert.Equal(TimeSpan.FromMilliseconds(120), await _reloads.LookAsync(contentChanged: false));
        Save(Better);
        Assert.Null(await _reloads.LookAsync(contentChanged: false));
        Assert.Equal(["reloaded function.js"], _output.Lines);
        Assert.Equal(1, _forgotten);
    }

    [Fact]
    public async Task OtherChangesMeanwhile_DoNotPutOffTheErrorForEver()
    {
        Save(Broken);
        Assert.Equal(TimeSpan.FromMilliseconds(120), await _reloads.LookAsync(contentChanged: false));
        _time.Advance(TimeSpan.FromMilliseconds(80));
        Assert.Equal(TimeSpan.FromMilliseconds(40), await _reloads.LookAsync(contentChanged: true));
        _time.Advance(TimeSpan.FromMilliseconds(80));
        Assert.Null(await _reloads.LookAsync(contentChanged: true));

        Assert.Equal(["refused function.js"], _output.Lines);
        Assert.Equal(2, _forgotten);
    }

    [Fact]
    public async Task BrokenAndThenAsBefore_IsTold_AndTheCacheKeepsWhatItHas()
    {
        await RefuseAsync(Broken);
        Save(Good);
        Assert.Null(await _reloads.LookAsync(contentChanged: false));

        Assert.Equal(["refused function.js", "reloaded function.js"], _output.Lines);
        Assert.Equal(0, _forgotten);
        Save(Good);
        Assert.Null(await _reloads.LookAsync(contentChanged: false));
        Assert.Equal(2, _output.Lines.Count);
    }

    [Fact]
    public async Task OneFileBroken_TheOthersTakeEffect_AndTheCacheForgets()
    {
        await RefuseAsync(Broken);
        Save("""{"data":[{"key":"k","value":"v2"}]}""", Store);
        await _reloads.LookAsync(contentChanged: false);
        _time.Advance(TimeSpan.FromMilliseconds(120));
        await _reloads.LookAsync(contentChanged: false);
        Assert.Equal(1, _forgotten);

        Save(Better);
        await _reloads.LookAsync(contentChanged: false);
        Assert.Equal(2, _forgotten);
        Assert.Equal("reloaded function.js", _output.Lines[^1]);
    }

    [Fact]
    public async Task SourceMapThatGoesAway_IsAChange()
    {
        Save("""{"version":3,"sources":["handler.ts"],"names":[],"mappings":"AAAA"}""", Function + ".map");
        await _reloads.LookAsync(contentChanged: false);
        Save(null, Function + ".map");
        await _reloads.LookAsync(contentChanged: false);

        Assert.Equal(["reloaded function.js.map", "reloaded function.js.map"], _output.Lines);
    }

    private async Task RefuseAsync(string code)
    {
        Save(code);
        await _reloads.LookAsync(contentChanged: false);
        _time.Advance(TimeSpan.FromMilliseconds(120));
        Assert.Null(await _reloads.LookAsync(contentChanged: false));
    }

    private void Save(string? text) => Save(text, Function);

    private static void Save(string? text, string file)
    {
        if (text is null)
            File.Delete(file);
        else
            File.WriteAllText(file, text);
    }

    private sealed class RecordingOutput : IDevOutput
    {
        public List<string> Lines { get; } = [];

        public void Reloaded(IReadOnlyList<string> files, TimeSpan taken) => Lines.Add(Join("reloaded", files));

        public void Refused(IReadOnlyList<FileMistake> mistakes) => Lines.Add(Join("refused", mistakes.Select(mistake => mistake.File)));

        public void Warned(IReadOnlyList<FileMistake> warnings) => Lines.Add(Join("warned", warnings.Select(warning => warning.File)));

        public void Faulted(string requestId, Exception exception) => Lines.Add(exception.ToString());

        public void Started(DevSummary summary)
        {
        }

        public void Acknowledged(IReadOnlyList<ReplicaAcknowledgement> acknowledgements)
        {
        }

        public void Checked(IReadOnlyList<FileReport> reports)
        {
        }

        public void Draining()
        {
        }

        public void Write(in AccessLogEntry entry)
        {
        }

        void IAccessLog.Refused(string reason) => Lines.Add(reason);

        public ValueTask DisposeAsync() => default;

        private static string Join(string what, IEnumerable<string> files) => $"{what} {string.Join(' ', files.Select(Path.GetFileName))}";
    }
}

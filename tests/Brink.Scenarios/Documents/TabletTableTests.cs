using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Documents;

/// <summary>What is made from packages of npm and kept in the tree.</summary>
public sealed class TabletTableTests
{
    [Fact]
    public async Task TableOfTablets_IsWhatItsScriptWrites()
    {
        var packages = await NpmPackages.InstallAsync(Repository.PathTo("tools", "devices"));
        await using var script = ChildProcess.Start("node", [Repository.PathTo("tools", "devices", "write-table.mjs"), packages]);
        Assert.True(await script.WaitForExitAsync() == 0, script.ErrorText);

        var table = await File.ReadAllTextAsync(Repository.PathTo("src", "Brink.Edge", "Devices", "tablets.txt"), TestContext.Current.CancellationToken);
        Assert.Equal(table, script.ReadToEnd() + "\n");
    }
}

using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>A sample's files in a folder of the test's own, where their configuration may name other ports.</summary>
internal sealed class SampleCopy : IDisposable
{
    private const string Modules = "node_modules";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public SampleCopy(string sample)
    {
        Sample = Repository.PathTo("samples", "lambda", sample);
        CopyWithoutModules(Sample, _folder.FullName);
    }

    /// <summary>Where the sample itself is.</summary>
    public string Sample { get; }

    public string Folder => _folder.FullName;

    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>Changes members of the object in a JSON file.</summary>
    public SampleCopy Configure(string file, params (string Name, JsonNode? Value)[] members)
    {
        var path = this[file];
        var root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var (name, value) in members)
            root[name] = value;
        File.WriteAllText(path, root.ToJsonString());
        return this;
    }

    /// <summary>Puts in what npm installs for the package in that folder.</summary>
    public async Task<SampleCopy> InstallAsync(string package)
    {
        var installed = await NpmPackages.InstallAsync(Path.Combine(Sample, package));
        Copy(Path.Combine(installed, Modules), Path.Combine(this[package], Modules), withoutModules: false);
        return this;
    }

    /// <summary>A user's own npm ci is left out: what a test uses is what the lock file says.</summary>
    public static void CopyWithoutModules(string from, string to) => Copy(from, to, withoutModules: true);

    private static void Copy(string from, string to, bool withoutModules)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => !withoutModules || Path.GetFileName(folder) != Modules))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)), withoutModules);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

namespace Brink.Scenarios.Kit;

/// <summary>A copy of a Python function whose processes are forked, or, because it brings a library, started by themselves.</summary>
internal sealed class PythonPackage : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public PythonPackage(string source, bool forked)
    {
        // Functions are run as other users, too.
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        if (!forked)
            File.WriteAllText(Path.Combine(_folder.FullName, "libnone.so"), "");
    }

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}

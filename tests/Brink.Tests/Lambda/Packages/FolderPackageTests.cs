using Brink.Lambda.Packages;

namespace Brink.Tests.Lambda.Packages;

/// <summary>Packages as folders.</summary>
public sealed class FolderPackageTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("brink-folder-test-");

    private string Folder => Directory.CreateDirectory(Path.Combine(_root.FullName, "function")).FullName;

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Copy_HasModesAndLinks_AndDoesNotChangeWithTheNextSave()
    {
        Write("index.js", "1");
        Write("lib/tool", "2", (UnixFileMode)0b111_101_101);
        Write(".brink/logs/functions.jsonl", "brink's own");
        File.CreateSymbolicLink(Path.Combine(Folder, "lib/link"), "../index.js");
        File.CreateSymbolicLink(Path.Combine(Folder, "lib/absolute"), Path.Combine(Folder, "index.js"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "lib/self"), "..");

        using var package = Open(out _)!;
        Assert.Null(package.CopyTo(Copy));
        Write("index.js", "changed");

        Assert.Equal(["index.js", "lib", "lib/absolute", "lib/link", "lib/self", "lib/tool"], package.Entries.Select(entry => entry.Path));
        Assert.Equal(("1", "1", "1"), (Read("index.js"), Read("lib/link"), Read("lib/self/lib/absolute")));
        Assert.Equal(((UnixFileMode)0b111_101_101, "../index.js", ".."), (File.GetUnixFileMode(Path.Combine(Copy, "lib/tool")), Target("lib/absolute"), Target("lib/self")));
        Assert.False(Directory.Exists(Path.Combine(Copy, ".brink")));
    }

    [Theory]
    [InlineData("/etc/hosts")]
    [InlineData("../outside.js")]
    [InlineData("lib/../../outside.js")]
    public void LinkOutOfTheFolder_IsRefused(string target)
    {
        Write("../outside.js", "x");
        Write("lib/a.js", "a");
        File.CreateSymbolicLink(Path.Combine(Folder, "link"), target);

        Assert.Null(Open(out var problem));
        Assert.Equal($"has a link 'link' to '{target}', outside of the package, where a published function cannot follow: copy what it needs (npm install --install-links)", problem!.Reason);
    }

    [Fact]
    public void PipeInTheFolder_IsRefused_AndNotRead()
    {
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(Folder, "pipe")]))
            mkfifo.WaitForExit();
        Assert.Null(Open(out var problem));
        Assert.Equal("has 'pipe', which is neither a file nor a folder nor a link", problem!.Reason);
    }

    [Fact]
    public void Fingerprint_ChangesWithContentsModesAndLinks()
    {
        Write("index.js", "1");
        var seen = new HashSet<string> { Fingerprint() };
        Assert.Contains(Fingerprint(), seen);

        Write("index.js", "12");
        Assert.True(seen.Add(Fingerprint()));
        File.SetUnixFileMode(Path.Combine(Folder, "index.js"), (UnixFileMode)0b111_101_101);
        Assert.True(seen.Add(Fingerprint()));
        File.CreateSymbolicLink(Path.Combine(Folder, "link"), "index.js");
        Assert.True(seen.Add(Fingerprint()));

        string Fingerprint()
        {
            using var package = Open(out _)!;
            return Convert.ToHexString(package.Fingerprint);
        }
    }

    [Fact]
    public void Size_IsThatOfTheZip_WhichCompresses()
    {
        var limits = PackageLimits.Lambda with { ZippedBytes = 100_000, ZippedRule = "the most that the tests allow", UnzippedBytes = 5_000_000 };
        Write("text.txt", new string('t', 1_000_000));
        using (var compresses = Open(out _, limits)!)
            Assert.Null(compresses.CopyTo(Copy));

        var noise = new byte[150_000];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(Path.Combine(Folder, "noise.bin"), noise);
        using (var doesNot = Open(out _, limits)!)
            Assert.Equal(new PackageProblem(PackageProblemKind.TooLarge, "is larger than 0.1 MB as a zip, the most that the tests allow"), doesNot.CopyTo(Path.Combine(_root.FullName, "second")));
        Assert.False(Directory.Exists(Path.Combine(_root.FullName, "second")));

        Write("more.txt", new string('t', 5_000_000));
        Assert.Null(Open(out var problem, limits));
        Assert.Equal("has files of more than 4.77 MB, the most that Lambda unzips", problem!.Reason);
    }

    [Fact]
    public void OneFile_IsAPackage_AndNothingIsOne()
    {
        Write("answer.mjs", "1");
        using (var one = FunctionPackage.Open(Path.Combine(Folder, "answer.mjs"), PackageLimits.Lambda, out _)!)
            Assert.Null(one.CopyTo(Copy));
        Assert.Equal("1", Read("answer.mjs"));
        Assert.Null(FunctionPackage.Open(Path.Combine(Folder, "none"), PackageLimits.Lambda, out var problem));
        Assert.Equal(new PackageProblem(PackageProblemKind.Missing, "no such file or folder"), problem);
    }

    private string Copy => Path.Combine(_root.FullName, "copy");

    private FunctionPackage? Open(out PackageProblem? problem, PackageLimits? limits = null) => FunctionPackage.Open(Folder, limits ?? PackageLimits.Lambda, out problem);

    private string Read(string name) => File.ReadAllText(Path.Combine(Copy, name));

    private string? Target(string name) => new FileInfo(Path.Combine(Copy, name)).LinkTarget;

    private void Write(string name, string text, UnixFileMode mode = (UnixFileMode)0b110_100_100)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
    }
}

using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Brink.Lambda.Packages;

namespace Brink.Tests.Lambda.Packages;

/// <summary>Zip archives: those that tools make, and those that mean harm.</summary>
public sealed class ZipPackageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-zip-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ZipOfTheUsualTool_IsUnpackedWithModesAndLinks()
    {
        var source = _folder.CreateSubdirectory("source").FullName;
        Directory.CreateDirectory(Path.Combine(source, "node_modules/.bin"));
        Directory.CreateDirectory(Path.Combine(source, "empty"));
        File.WriteAllText(Path.Combine(source, "index.js"), "exports.handler = 1");
        File.WriteAllText(Path.Combine(source, "node_modules/tool.js"), new string('x', 100_000));
        File.WriteAllText(Path.Combine(source, "bootstrap"), "#!/bin/sh\n");
        File.WriteAllText(Path.Combine(source, "größe.txt"), "ü");
        File.SetUnixFileMode(Path.Combine(source, "bootstrap"), (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path.Combine(source, "index.js"), (UnixFileMode)0b110_100_000);
        File.CreateSymbolicLink(Path.Combine(source, "node_modules/.bin/tool"), "../tool.js");
        using (var zip = Process.Start(new ProcessStartInfo("zip", ["-q", "-r", "-y", "../made.zip", "."]) { WorkingDirectory = source })!)
        {
            zip.WaitForExit();
            Assert.Equal(0, zip.ExitCode);
        }

        using var package = FunctionPackage.Open(In("made.zip"), PackageLimits.Lambda, out _)!;
        Assert.Null(package.CopyTo(In("out")));

        Assert.Equal(Tree(source), Tree(In("out")));
        Assert.Equal("'index.js' may not be read by others, so that a function at AWS cannot read it either: chmod -R o+rX", package.NoteOnModes());
    }

    [Fact]
    public void ZipOfPythonsModule_IsUnpacked()
    {
        // Written to a pipe: sizes behind the contents, and numbers of 64 bits.
        const string script = """
            import sys, zipfile
            class Pipe:
                def __init__(self, to): self.to = to
                def write(self, data): return self.to.write(data)
                def flush(self): self.to.flush()
            with zipfile.ZipFile(Pipe(sys.stdout.buffer), 'w', zipfile.ZIP_DEFLATED) as made:
                with made.open('lambda_function.py', 'w', force_zip64=True) as file: file.write(b'x = 1\n' * 1000)
                made.writestr('sub/', '')
            """;
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script]) { RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        python.StandardOutput.BaseStream.CopyTo(bytes);
        python.WaitForExit();

        Assert.Null(Unpack(bytes.ToArray()));

        Assert.Equal(6000, new FileInfo(In("out/lambda_function.py")).Length);
        Assert.True(Directory.Exists(In("out/sub")));
    }

    [Fact]
    public void SizesOf64Bits_AreRead()
    {
        var extra = new MemoryStream();
        HandmadeZip.Write(extra, (ushort)9, (ushort)1);
        extra.WriteByte(0);
        HandmadeZip.Write(extra, (ushort)1, (ushort)16, 3ul, 5ul);
        Assert.Null(Unpack(new HandmadeZip().Add("a", "abc", change: part => (part.Extra, part.Length, part.PackedClaimed) = (extra.ToArray(), uint.MaxValue, uint.MaxValue)).Bytes()));
        Assert.Equal("abc", File.ReadAllText(In("out/a")));
    }

    [Fact]
    public void CodeSizeAndHash_AreThoseOfTheArchive()
    {
        var zip = new HandmadeZip().Add("index.js", "1").Bytes();
        using var package = ZipPackage.Open(new MemoryStream(zip), PackageLimits.Lambda, out _)!;
        Assert.Equal((zip.Length, Convert.ToBase64String(SHA256.HashData(zip))), (package.CodeSize, package.CodeSha256));
    }

    [Theory]
    [InlineData("../x", "has an entry '../x', which leads out of the package")]
    [InlineData("a/../../x", "which leads out of the package")]
    [InlineData("a/..", "which leads out of the package")]
    [InlineData("/etc/passwd", "an absolute path")]
    [InlineData("//x", "an absolute path")]
    [InlineData("C:/x", "an absolute path")]
    [InlineData("c:x", "an absolute path")]
    [InlineData("..\\x", "with a backslash")]
    [InlineData("lib\\index.js", "with a backslash")]
    [InlineData("a\0b", "with a control character")]
    [InlineData("a\nb", "with a control character")]
    public void NameThatIsNone_IsRefused_AndNothingIsWritten(string name, string reason)
    {
        var problem = Unpack(new HandmadeZip().Add("before").Add(name, "x").Bytes());

        Assert.Equal(PackageProblemKind.Malformed, problem!.Kind);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void DotsThatMeanNothing_AreDropped()
    {
        Assert.Null(Unpack(new HandmadeZip().Add("./", mode: HandmadeZip.Folder | 0x1ED).Add("./a/./b.js", "b").Bytes()));
        Assert.Equal("b", File.ReadAllText(In("out/a/b.js")));
    }

    [Fact]
    public void NamesThatAreTooLongOrNoText_AreRefused()
    {
        Assert.Contains("has a name longer than 255 bytes", Unpack(new HandmadeZip().Add(new string('n', 256)).Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("longer than 3072 bytes", Unpack(new HandmadeZip().Add(string.Concat(Enumerable.Repeat("deep/", 700))).Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("is not UTF-8", Unpack(new HandmadeZip().Add([0x66, 0xFC, 0x72], []).Bytes())!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void SameNameTwice_IsRefused_InAnotherCaseItIsAnotherFile()
    {
        Assert.Contains("has 'a/b' twice", Unpack(new HandmadeZip().Add("a/b", "1").Add("a/./b", "2").Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("has 'a' twice", Unpack(new HandmadeZip().Add("a", "1").Add("a/", mode: HandmadeZip.Folder | 0x1ED).Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("has 'a/b' below 'a', which is no folder", Unpack(new HandmadeZip().Add("a", "1").Add("a/b", "2").Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("has 'a' twice", Unpack(new HandmadeZip().Add("a/b", "1").Add("a", "2").Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Null(Unpack(new HandmadeZip().Add("a/Read.me", "1").Add("a/read.ME", "2").Bytes()));
        Assert.Equal(("1", "2"), (File.ReadAllText(In("out/a/Read.me")), File.ReadAllText(In("out/a/read.ME"))));
    }

    [Theory]
    [InlineData("link", "../outside")]
    [InlineData("link", "/etc/passwd")]
    [InlineData("a/link", "../../x")]
    [InlineData("a/b/up", "../..", "link", "a/b/up/../x")]
    [InlineData("a/self", "..", "link", "a/self/a/self/../x")]
    public void LinkThatLeadsOut_IsRefused(params string[] links)
    {
        var zip = new HandmadeZip().Add("a/b/file", "x");
        for (var i = 0; i < links.Length; i += 2)
            zip.Add(links[i], links[i + 1], HandmadeZip.Link | 0x1FF);

        var problem = Unpack(zip.Bytes());

        Assert.Equal(PackageProblemKind.Malformed, problem!.Kind);
        Assert.Contains($"has a link '{links[^2]}' to '{links[^1]}', outside of the package", problem.Reason, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void FileThroughALink_IsRefused()
    {
        Assert.Contains("has 'link/x' below 'link', which is no folder", Unpack(new HandmadeZip().Add("link", "a", HandmadeZip.Link | 0x1FF).Add("link/x", "x").Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("has 'link' twice", Unpack(new HandmadeZip().Add("link/x", "x").Add("link", "a", HandmadeZip.Link | 0x1FF).Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("has 'link' twice", Unpack(new HandmadeZip().Add("link", "/tmp/x", HandmadeZip.Link | 0x1FF).Add("link", "x").Bytes())!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LinksThatLeadInCircles_AreRefused() =>
        Assert.Contains("that leads to itself", Unpack(new HandmadeZip().Add("a", "b", HandmadeZip.Link | 0x1FF).Add("b", "a", HandmadeZip.Link | 0x1FF).Bytes())!.Reason, StringComparison.Ordinal);

    [Fact]
    public void LinkWithin_IsKept_AlsoOneToNothing()
    {
        Assert.Null(Unpack(new HandmadeZip().Add("a/b.js", "b").Add("c/link", "../a/./b.js", HandmadeZip.Link | 0x1FF).Add("gone", "nowhere", HandmadeZip.Link | 0x1FF).Bytes()));
        Assert.Equal("b", File.ReadAllText(In("out/c/link")));
        Assert.Equal("../a/./b.js", new FileInfo(In("out/c/link")).LinkTarget);
        Assert.Equal("nowhere", new FileInfo(In("out/gone")).LinkTarget);
    }

    [Theory]
    [InlineData(0x1000)]    // a pipe
    [InlineData(0x2000)]    // a device
    [InlineData(0x6000)]
    [InlineData(0xC000)]    // a socket
    public void EntryThatIsNoFile_IsRefused(int type) =>
        Assert.Contains("has 'x', which is neither a file nor a folder nor a link", Unpack(new HandmadeZip().Add("x", "", type | 0x1B6).Bytes())!.Reason, StringComparison.Ordinal);

    [Fact]
    public void ModesThatGiveRightsOrNone_AreMadeHarmless()
    {
        Assert.Null(Unpack(new HandmadeZip()
            .Add("root", "1", HandmadeZip.File | 0xFED)                                       // 7755: set-user-id and the rest
            .Add("none", "2", 0)                                                                // some libraries write no mode
            .Add("dos", "3", HandmadeZip.File | 0x1FF, part => part.MadeBy = 20)                // not made on Unix: those bits mean something else
            .Add("closed/", mode: HandmadeZip.Folder).Add("closed/x", "4").Bytes()));
        Assert.Equal("755 644 644 755", string.Join(' ', new[] { "root", "none", "dos", "closed" }.Select(name => Convert.ToString((int)File.GetUnixFileMode(In("out/" + name)), 8))));
    }

    [Fact]
    public void TooLarge_IsRefusedBeforeAnythingIsUnpacked()
    {
        var limits = PackageLimits.Lambda with { ZippedBytes = 400, ZippedRule = "the most that these quotas allow", UnzippedBytes = 1_000, Entries = 5 };
        Assert.Equal(
            (PackageProblemKind.TooLarge, "is larger than 0 MB as a zip, the most that these quotas allow"),
            Shown(Unpack(new HandmadeZip().Add("a", Convert.ToHexString(RandomNumberGenerator.GetBytes(500))).Bytes(), limits)));
        Assert.Equal(
            (PackageProblemKind.TooLarge, "has files of more than 0 MB, the most that Lambda unzips"),
            Shown(Unpack(new HandmadeZip().Add("a", new string('a', 600)).Add("b", new string('b', 600)).Bytes(), limits)));
        Assert.Equal((PackageProblemKind.TooLarge, "has 6 entries; 5 are the most"), Shown(Unpack(Many("abcdef").Bytes(), limits with { ZippedBytes = 4_000 })));
        // Folders that are only in names count: they are made too.
        Assert.Equal((PackageProblemKind.TooLarge, "has more than 5 files and folders"), Shown(Unpack(new HandmadeZip().Add("a/b/c/d/e/f").Bytes(), limits)));
        AssertNothingIsLeft();

        static HandmadeZip Many(string names) => names.Aggregate(new HandmadeZip(), (zip, name) => zip.Add(name.ToString()));
        static (PackageProblemKind, string) Shown(PackageProblem? problem) => (problem!.Kind, problem.Reason);
    }

    [Fact]
    public void Bomb_IsRefusedByWhatItClaims()
    {
        // 300 MB in 300 KB: honest, and too much.
        var bomb = new HandmadeZip();
        for (var i = 0; i < 30; i++)
            bomb.Add(Encoding.UTF8.GetBytes($"f{i}"), new byte[10 * 1024 * 1024]);
        Assert.Equal("has files of more than 250 MB, the most that Lambda unzips", Unpack(bomb.Bytes())!.Reason);
        AssertNothingIsLeft();
    }

    [Fact]
    public void BombThatLies_IsStopped()
    {
        Assert.Contains("'a' holds more than the 10 bytes that it claims", Unpack(new HandmadeZip().Add([0x61], new byte[1024 * 1024], change: part => part.Length = 10).Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("more than deflate can hold", Unpack(new HandmadeZip().Add("a", "x", change: part => part.Length = 100_000).Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("'a' is truncated", Unpack(new HandmadeZip().Add("a", "abc", change: part => part.Length = 4).Bytes())!.Reason, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void EntriesThatShareBytes_AreRefused()
    {
        var zip = new HandmadeZip().Add([0x61], new byte[100_000]);
        for (var i = 0; i < 20; i++)
            zip.Add([0x61], new byte[100_000], change: part => part.SharesTheLastOnesBytes = true);
        Assert.NotNull(Unpack(zip.Bytes()));

        // With other names at their place they do not pass either: the name there is another one.
        Assert.Contains("an entry is not what its directory says", Unpack(new HandmadeZip().Add("a", "1").Add("b", "1", change: part => part.SharesTheLastOnesBytes = true).Bytes())!.Reason, StringComparison.Ordinal);
        // One within another.
        var inner = new HandmadeZip().Add("b", "inner").Bytes();
        var outer = new HandmadeZip().Add([0x61], inner, change: part => (part.Method, part.Packed) = (0, inner)).Add("b", "inner", change: part => (part.SharesTheLastOnesBytes, part.PlaceClaimed) = (true, 31));
        Assert.Contains("'a' lies over what follows it", Unpack(outer.Bytes())!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Encrypted_IsRefused()
    {
        foreach (var flag in new[] { 1, 1 << 6, 1 << 13 })
            Assert.Contains("'a' is encrypted", Unpack(new HandmadeZip().Add("a", "x", change: part => part.Flags = (ushort)flag).Bytes())!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]     // shrunk
    [InlineData(9)]     // deflate64
    [InlineData(12)]    // bzip2
    [InlineData(14)]    // LZMA
    [InlineData(93)]    // zstandard
    [InlineData(99)]    // AES
    public void UnknownCompression_IsRefused(int method) =>
        Assert.Contains($"'a' is compressed by method {method}; only stored (0) and deflated (8) are known", Unpack(new HandmadeZip().Add("a", "x", change: part => part.Method = (ushort)method).Bytes())!.Reason, StringComparison.Ordinal);

    [Fact]
    public void Damaged_IsRefused_AndWhatWasUnpackedIsRemoved()
    {
        Assert.Equal("cannot be unpacked: 'b' is damaged: its checksum (CRC-32) does not fit", Unpack(new HandmadeZip().Add("a", "fine").Add("b", "x", change: part => part.Crc ^= 1).Bytes())!.Reason);
        Assert.Equal("cannot be unpacked: 'b' is damaged", Unpack(new HandmadeZip().Add("a", "fine").Add("b", "x", change: part => part.Packed = [0xFF, 0xFF, 0xFF]).Bytes())!.Reason);
        AssertNothingIsLeft();
    }

    [Fact]
    public void EveryCut_IsRefused()
    {
        var zip = new HandmadeZip().Add("index.js", "exports.handler = async () => 1").Add("lib/a.js", "a").Bytes();
        for (var length = 0; length < zip.Length; length++)
        {
            var problem = Unpack(zip[..length]);
            Assert.True(problem is { Kind: PackageProblemKind.Malformed }, $"the first {length} bytes of {zip.Length}: {problem}");
        }
        Assert.Equal("cannot be unpacked: it is truncated", Unpack(zip[..40])!.Reason);
        Assert.Equal("cannot be unpacked: it is no zip archive", Unpack("PK but no zip"u8.ToArray())!.Reason);
        AssertNothingIsLeft();
        Assert.Null(Unpack(zip));
    }

    [Fact]
    public void EveryByteSpoiled_IsRefusedOrHarmless()
    {
        var zip = new HandmadeZip().Add("index.js", "exports.handler = async () => 1").Add("a/link", "../index.js", HandmadeZip.Link | 0x1FF).Bytes();
        var random = new Random(4);
        for (var round = 0; round < 3_000; round++)
        {
            var spoiled = zip.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                spoiled[random.Next(spoiled.Length)] = (byte)random.Next(256);
            Unpack(spoiled);        // never an exception
            Assert.All(Directory.EnumerateFileSystemEntries(_folder.FullName), left => Assert.Equal("out", Path.GetFileName(left)));
        }
    }

    [Fact]
    public void EndThatLies_IsRefused()
    {
        Assert.Contains("fewer than the 2 entries", Unpack(new HandmadeZip { EntriesClaimed = 2 }.Add(new string('a', 60)).Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("more than the 1 entries", Unpack(new HandmadeZip { EntriesClaimed = 1 }.Add("a").Add("b").Bytes())!.Reason, StringComparison.Ordinal);
        Assert.Contains("too small for the 60000 entries", Unpack(new HandmadeZip { EntriesClaimed = 60_000 }.Add("a").Bytes())!.Reason, StringComparison.Ordinal);

        var end = new MemoryStream();
        HandmadeZip.Write(end, 0x06054B50u, (ushort)0, (ushort)0, (ushort)1, (ushort)1, 0x7FFF_FFFFu, 0u, (ushort)0);
        Assert.Contains("its directory is not where its end says", Unpack(new HandmadeZip { RawEnd = end.ToArray() }.Add("a").Bytes())!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_IsAPackageWithoutFiles()
    {
        using var package = ZipPackage.Open(new MemoryStream(new HandmadeZip().Bytes()), PackageLimits.Lambda, out var problem)!;
        Assert.Null(problem);
        Assert.Empty(package.Entries);
    }

    [Fact]
    public void PlatformsOwnArchives_AreUnpackedAsThePlatformDoes()
    {
        var random = new Random(7);
        using var made = new MemoryStream();
        using (var zip = new ZipArchive(made, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 200; i++)
            {
                using var entry = zip.CreateEntry($"d{random.Next(10)}/f{i}", (CompressionLevel)random.Next(4)).Open();
                var content = new byte[random.Next(50_000)];
                if (random.Next(2) == 0)
                    random.NextBytes(content);
                entry.Write(content);
            }
        }
        Assert.Null(Unpack(made.ToArray()));
        ZipFile.ExtractToDirectory(new MemoryStream(made.ToArray()), In("expected"));
        foreach (var file in Directory.EnumerateFiles(In("expected"), "*", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace(In("expected"), In("out"), StringComparison.Ordinal)));
        Assert.Equal(200, Directory.EnumerateFiles(In("out"), "*", SearchOption.AllDirectories).Count());
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private PackageProblem? Unpack(byte[] zip, PackageLimits? limits = null)
    {
        if (Directory.Exists(In("out")))
            Directory.Delete(In("out"), recursive: true);
        using var package = ZipPackage.Open(new MemoryStream(zip), limits ?? PackageLimits.Lambda, out var problem);
        return package is null ? problem : package.CopyTo(In("out"));
    }

    private void AssertNothingIsLeft() => Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullName));

    private static string[] Tree(string root) =>
    [
        .. Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(root, path)} {new FileInfo(path).LinkTarget} {Convert.ToString((int)File.GetUnixFileMode(path), 8)} {(File.Exists(path) ? File.ReadAllText(path).Length : 0)}"),
    ];
}

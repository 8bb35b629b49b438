namespace Brink.Scenarios.Kit;

/// <summary>Where things are: the tests run from the build's folder and work on the repository's own files.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The published executable, the one that ./brink runs.</summary>
    public static string Executable => PathTo("artifacts", "brink", "Brink.Host");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "brink.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("the tests do not run inside of the repository");
    }
}

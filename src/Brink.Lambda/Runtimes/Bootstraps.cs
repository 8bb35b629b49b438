namespace Brink.Lambda.Runtimes;

/// <summary>Brink's own runtimes for Node.js and Python: embedded files that processes find in LAMBDA_RUNTIME_DIR.</summary>
internal static class Bootstraps
{
    public const string Node = "bootstrap.cjs";
    public const string Python = "bootstrap.py";
    public const string PythonZygote = "zygote.py";

    public static void WriteTo(string folder)
    {
        foreach (var name in new[] { Node, Python, PythonZygote })
        {
            using var source = typeof(Bootstraps).Assembly.GetManifestResourceStream(name)!;
            using var copy = File.Create(Path.Combine(folder, name));
            source.CopyTo(copy);
        }
    }
}

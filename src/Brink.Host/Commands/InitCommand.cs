using System.CommandLine;
using System.Reflection;
using Brink.Host.CommandLine;

namespace Brink.Host.Commands;

/// <summary><c>brink init</c>: a small project to begin with: the files of <c>Init/</c>.</summary>
internal static class InitCommand
{
    private const string Prefix = "Init/";

    public static Command Create()
    {
        var folder = new Argument<string>("DIR")
        {
            Description = "Where to. Default: the current folder.",
            DefaultValueFactory = _ => ".",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DescribedCommand(
            "init", "Writes a small project: functions, a key value store, events with expected results, a distribution.")
        {
            Examples = [("brink init my-site", "Writes it to my-site, which need not be there. Nothing that is there is overwritten.")],
        };
        command.Add(folder);
        command.SetAction(parsed => Write(parsed.GetValue(folder)!));
        return command;
    }

    private static int Write(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => (Resource: name, Target: Path.Combine(folder, FileOf(name)))).ToList();
        var there = files.Where(file => Path.Exists(file.Target)).Select(file => file.Target).ToList();
        if (there.Count > 0)
        {
            var more = there.Count > 3 ? $" and {there.Count - 3} more files" : "";
            Console.Error.WriteLine(
                $"brink init: {string.Join(", ", there.Take(3))}{more}: there already; nothing was written. "
                + "Name another folder: brink init DIR");
            return ExitCode.Failure;
        }
        try
        {
            foreach (var (resource, target) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
                using var content = assembly.GetManifestResourceStream(resource)!;
                using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
                content.CopyTo(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"brink init: {folder}: cannot be written: {exception.Message}");
            return ExitCode.Failure;
        }
        foreach (var (_, target) in files)
            Console.WriteLine(target);
        Console.WriteLine(
            $"\nREADME.md has the commands. To begin with:\n{(folder == "." ? "" : $"  cd {folder}\n")}"
            + "  brink dev --origin site --viewer-request functions/viewer-request.js --kvs store.json");
        return ExitCode.Success;
    }

    private static string FileOf(string resource) => resource[Prefix.Length..] is var file && file == "gitignore" ? ".gitignore" : file;
}

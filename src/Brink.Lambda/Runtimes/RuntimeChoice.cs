using Brink.Lambda.Versions;

namespace Brink.Lambda.Runtimes;

/// <summary>The runtime of a folder for which none is declared, or the check of the one declared.</summary>
/// <param name="Runtime">The runtime; null when there is a problem.</param>
/// <param name="Note">What the user should know though all is well.</param>
/// <param name="Problem">Why nothing can run.</param>
public sealed record RuntimeChoice(LambdaRuntime? Runtime, string? Note, string? Problem)
{
    private static readonly string[] NodeExtensions = [".js", ".mjs", ".cjs"];

    /// <summary>By the name given, else by the files that are there and the interpreter installed.</summary>
    public static RuntimeChoice For(string folder, string? identifier, string? handler, Interpreters interpreters)
    {
        LambdaRuntime? runtime;
        if (identifier is not null)
        {
            if (!LambdaRuntime.TryParse(identifier, out runtime))
                return new(null, null, $"there is no runtime {identifier}; Brink runs {string.Join(", ", LambdaRuntime.All)}");
        }
        else
        {
            if (FamilyOf(folder, handler) is not { } family)
                return new(null, null, NoFile(folder, handler));
            runtime = Newest(family, interpreters.InstalledVersion(family));
        }

        var (command, problem) = interpreters.CommandFor(runtime, folder);
        if (command is null)
            return new(null, null, problem);
        var isSame = runtime.Family switch
        {
            RuntimeFamily.Node => Version.Parse(command.Version).Major == runtime.Version.Major,
            RuntimeFamily.Python => Version.Parse(command.Version).Minor == runtime.Version.Minor,
            _ => true,
        };
        var product = runtime.Family == RuntimeFamily.Node ? "Node.js" : "Python";
        var note = isSame ? null : $"{runtime} runs on {product} {command.Version} here, with the handler rules of {runtime}";
        return new(runtime, note, null);
    }

    private static string NoFile(string folder, string? handler)
    {
        if (handler is null)
        {
            return $"{folder} has none of index.js, index.mjs, index.cjs, lambda_function.py and bootstrap: "
                + "name the handler with --handler, or the runtime with --runtime";
        }
        return handler.Contains('.', StringComparison.Ordinal)
            ? $"{folder} has no file for the handler {handler}: name the runtime with --runtime, if it is found elsewhere"
            : $"the handler {handler} names no file: it is FILE.FUNCTION, as index.{handler}";
    }

    private static RuntimeFamily? FamilyOf(string folder, string? handler)
    {
        if (handler is null && File.Exists(Path.Combine(folder, "bootstrap")))
            return RuntimeFamily.Provided;
        foreach (var (family, extensions) in new[] { (RuntimeFamily.Node, NodeExtensions), (RuntimeFamily.Python, [".py"]) })
        {
            if (Modules(handler, family).Any(module => extensions.Any(extension => File.Exists(Path.Combine(folder, module + extension)))))
                return family;
        }
        return null;
    }

    /// <summary>
    /// The files a handler can be in, without extension: Node.js cuts at the first dot of the last segment, Python at the last.
    /// </summary>
    private static IEnumerable<string> Modules(string? handler, RuntimeFamily family)
    {
        if (handler is null)
            return [family == RuntimeFamily.Node ? "index" : "lambda_function"];
        var name = handler[(handler.LastIndexOf('/') + 1)..];
        var dot = family == RuntimeFamily.Node ? name.IndexOf('.', StringComparison.Ordinal) : name.LastIndexOf('.');
        if (dot <= 0)
            return [];
        var module = handler[..(handler.Length - name.Length + dot)];
        return family == RuntimeFamily.Node ? [module] : [module.Replace('.', '/')];
    }

    private static LambdaRuntime Newest(RuntimeFamily family, Version? installed)
    {
        var known = LambdaRuntime.All.Where(runtime => runtime.Family == family).ToArray();
        if (installed is null || family == RuntimeFamily.Provided)
            return known[^1];
        return known.LastOrDefault(runtime => runtime.Version <= installed) ?? known[0];
    }
}

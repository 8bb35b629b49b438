using System.Globalization;
using System.Net.Sockets;
using Brink.Lambda.Debugging;
using Brink.Lambda.Packages;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Versions;

namespace Brink.Host.Files;

/// <summary>
/// The code of a Lambda@Edge function on its way from a path to a version: its package is opened, its files are put where a process can see
/// them, its runtime is chosen. <c>brink dev</c> and <c>brink lambda invoke</c> differ only in how they report notes and problems.
/// </summary>
internal sealed class LambdaCode : IDisposable
{
    private readonly string _path;
    private readonly FunctionPackage _package;
    private bool _isCopy;

    private LambdaCode(string path, FunctionPackage package) => (_path, _package, Folder) = (path, package, Path.GetFullPath(path));

    /// <summary>Where the process sees the files: their own folder until they are copied.</summary>
    public string Folder { get; private set; }

    /// <summary>Changes with every save.</summary>
    public byte[] Fingerprint => _package.Fingerprint;

    /// <summary>The sentence about files that a function at AWS could not read; null when there are none.</summary>
    public string? NoteOnModes => _package.NoteOnModes();

    /// <summary>Opens the package of a path; null, with the reason, when it cannot be used.</summary>
    public static LambdaCode? Open(string path, PackageLimits limits, out PackageProblem? problem) =>
        FunctionPackage.Open(path, limits, out problem) is { } package ? new LambdaCode(path, package) : null;

    /// <summary>What Lambda would answer to a zip with this problem; null where it would not see the problem.</summary>
    public static string? AnswerOfLambda(string path, PackageProblem problem) =>
        problem.Kind == PackageProblemKind.Malformed && FunctionPackage.IsZip(path)
            ? $"Lambda's answer: {PackageProblem.CouldNotUnzip}"
            : null;

    /// <summary>Copies or unpacks the files into a new folder. Null when they are there.</summary>
    public PackageProblem? CopyTo(string folder)
    {
        if (_package.CopyTo(folder) is { } problem)
            return problem;
        (Folder, _isCopy) = (folder, true);
        return null;
    }

    /// <summary>
    /// The runtime for the files, by the names that were given for it and its handler, or by the files; texts name the author's path.
    /// </summary>
    public RuntimeChoice ChooseRuntime(string? runtime, string? handler, Interpreters interpreters)
    {
        var choice = RuntimeChoice.For(Folder, runtime, handler, interpreters);
        return _isCopy && choice.Problem is { } problem
            ? choice with { Problem = problem.Replace(Folder, _path, StringComparison.Ordinal) }
            : choice;
    }

    /// <summary>The version; its own <see cref="FunctionVersion.Mistakes"/> are still to be looked at.</summary>
    public FunctionVersion ToVersion(
        string name, int number, LambdaRuntime runtime, string? handler, TimeSpan timeout, int memoryMegabytes,
        FunctionDebugger? debugger) => new()
    {
        Name = name,
        Number = number,
        CodeFolder = Folder,
        Runtime = runtime,
        Handler = handler ?? runtime.DefaultHandler,
        Timeout = timeout,
        MemoryMegabytes = memoryMegabytes,
        Debugger = debugger,
    };

    /// <summary>Opens the port for a debugger; null, with the reason, where it cannot be had.</summary>
    /// <param name="port">The port.</param>
    /// <param name="waitsBeforeLoading">Processes wait for a debugger before they load the code.</param>
    /// <param name="time">The clock.</param>
    /// <param name="problem">Null when the port is open.</param>
    public static FunctionDebugger? OpenDebugger(int port, bool waitsBeforeLoading, TimeProvider time, out string? problem)
    {
        try
        {
            problem = null;
            return FunctionDebugger.Open(port, waitsBeforeLoading, time);
        }
        catch (SocketException failure)
        {
            problem = string.Create(
                CultureInfo.InvariantCulture,
                $"port {port} of 127.0.0.1 cannot be had for its debugger ({failure.Message}): name another one with --inspect-port");
            return null;
        }
    }

    public void Dispose() => _package.Dispose();
}

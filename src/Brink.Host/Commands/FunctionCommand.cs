using System.CommandLine;

namespace Brink.Host.Commands;

/// <summary><c>brink function</c>: tools for one function.</summary>
internal static class FunctionCommand
{
    public static Command Create() => new("function", "Tools for one function.");
}

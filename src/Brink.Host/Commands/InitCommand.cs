using System.CommandLine;
using Brink.Host.CommandLine;

namespace Brink.Host.Commands;

/// <summary><c>brink init</c>: a small project to begin with.</summary>
internal static class InitCommand
{
    public static Command Create() => new DescribedCommand("init", "Writes a small project with functions, a key value store, events and a distribution.");
}

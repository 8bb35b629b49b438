using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Compilation;

/// <summary>A compiled script: its top level and what all its functions share.</summary>
internal sealed class ProgramCode
{
    public required FunctionCode Main { get; init; }

    public required Intrinsics Intrinsics { get; init; }

    public required HostEnvironment Environment { get; init; }

    /// <summary>Closed.</summary>
    public required AtomTable Atoms { get; init; }

    /// <summary>The root of the program's shapes.</summary>
    public required Shape EmptyShape { get; init; }

    /// <summary>Module bindings, then the host's global objects that the script names.</summary>
    public required int ModuleSlots { get; init; }

    /// <summary>Where the binding named <c>handler</c> is, or -1.</summary>
    public required int HandlerSlot { get; init; }

    public required string Source { get; init; }
}

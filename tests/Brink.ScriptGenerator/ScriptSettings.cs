namespace Brink.ScriptGenerator;

/// <summary>What a generated script may use.</summary>
public sealed record ScriptSettings
{
    /// <summary>Runtime 2.0: let and const, async functions, Buffer, the sticky flag. Default true; without it, the language of runtime 1.0.</summary>
    public bool IsRuntime20 { get; init; } = true;

    /// <summary>The event of a viewer request, <c>console</c> and the host's modules. Default true.</summary>
    public bool HasHost { get; init; } = true;

    /// <summary>
    /// Nothing whose value depends on the clock, on chance or on one engine's choice of words, so that another engine gives the same result.
    /// Default false.
    /// </summary>
    public bool IsPortable { get; init; }

    /// <summary>Statements at the top of the handler, about. Default 14.</summary>
    public int Length { get; init; } = 14;

    /// <summary>A pure script for comparing engines: <c>handler()</c> returns everything that it computed as one string.</summary>
    public static ScriptSettings Portable { get; } = new() { HasHost = false, IsPortable = true };
}

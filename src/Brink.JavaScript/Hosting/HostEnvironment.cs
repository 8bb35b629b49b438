namespace Brink.JavaScript.Hosting;

/// <summary>What a host adds to the language: modules for import and require, and global names. Made once for each runtime, immutable.</summary>
public sealed class HostEnvironment
{
    /// <summary>Nothing added.</summary>
    public static HostEnvironment Empty { get; } = new();

    /// <summary>Modules by name: <c>import x from 'name'</c> and <c>require('name')</c> give the object; it is made anew for each call that asks.</summary>
    public IReadOnlyDictionary<string, HostModule> Modules { get; init; } = new Dictionary<string, HostModule>();

    /// <summary>Global objects by name, <c>console</c> for instance.</summary>
    public IReadOnlyDictionary<string, HostModule> Globals { get; init; } = new Dictionary<string, HostModule>();
}

/// <summary>An object of functions (and properties computed on reading).</summary>
public sealed class HostModule
{
    /// <summary>The functions of the object.</summary>
    public required IReadOnlyList<HostFunction> Functions { get; init; }

    /// <summary>Whether <c>require</c> knows it too; <c>cloudfront</c> can only be imported.</summary>
    public bool CanBeRequired { get; init; } = true;
}

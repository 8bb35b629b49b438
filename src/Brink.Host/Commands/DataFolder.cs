namespace Brink.Host.Commands;

/// <summary>Where Brink keeps data in development: a folder of the current one.</summary>
internal static class DataFolder
{
    public static string Logs { get; } = Path.Combine(".brink", "logs");
}

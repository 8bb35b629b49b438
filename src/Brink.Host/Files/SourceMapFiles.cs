using Brink.Functions.SourceMaps;

namespace Brink.Host.Files;

/// <summary>
/// The source map of a function's file: the one that its last comment names, or else the file of the same name with <c>.map</c> after it. A
/// map that cannot be used is left out, with a warning.
/// </summary>
internal static class SourceMapFiles
{
    /// <param name="file">The function's file.</param>
    /// <param name="code">What it holds.</param>
    /// <param name="reading">Takes the warnings.</param>
    /// <param name="bytes">The map's own file, to see whether it changed; null if there is none.</param>
    public static SourceMap? Read(string file, ReadOnlySpan<byte> code, Reading reading, out byte[]? bytes)
    {
        bytes = null;
        switch (SourceMapReference.Find(code))
        {
            case SourceMapReference.Inline(var json):
                return Accept(file, "in its last comment", json, reading);
            case SourceMapReference.Beside(var name):
                var path = Path.Combine(Path.GetDirectoryName(file) ?? "", name);
                bytes = reading.OptionalBytes(path);
                return bytes is not null ? Accept(file, path, bytes, reading) : Missing(file, path, reading);
            case SourceMapReference.Unusable(var reason):
                reading.Warn(file, $"the source map that it names is not used: {reason}");
                break;
        }
        var beside = file + ".map";
        bytes = reading.OptionalBytes(beside);
        return bytes is not null ? Accept(file, beside, bytes, reading) : null;
    }

    private static SourceMap? Accept(string file, string where, ReadOnlyMemory<byte> json, Reading reading)
    {
        var map = SourceMap.Read(json, out var problem);
        if (map is null)
            reading.Warn(file, $"the source map {where} is not used: {problem}");
        return map;
    }

    private static SourceMap? Missing(string file, string path, Reading reading)
    {
        reading.Warn(file, $"the source map {path} is not used: there is no such file");
        return null;
    }
}

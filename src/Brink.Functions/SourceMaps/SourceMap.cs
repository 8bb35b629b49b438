using System.Text.Json;
using Brink.Configuration;
using Brink.JavaScript.Syntax;

namespace Brink.Functions.SourceMaps;

/// <summary>
/// A source map, version 3 (ECMA-426): where a place of a bundled or compiled function comes from. What a map says is for the developer's
/// eyes only; it never changes how a function runs. A map is whatever a file holds: anything about it that is wrong makes it unusable as a
/// whole, with the reason.
/// </summary>
public sealed class SourceMap
{
    /// <summary>More segments than this and it is no map of a function of 10 KB.</summary>
    private const int MaxSegments = 1_000_000;

    private readonly List<Segment> _segments = [];
    private readonly List<Source> _sources = [];
    private readonly List<string?> _names = [];

    private SourceMap() { }

    /// <summary>
    /// From a generated place (lines and columns from 0 here) to an original one; <c>Source</c> is -1 where there is none.
    /// </summary>
    private readonly record struct Segment(int Line, int Column, int Source, int OriginalLine, int OriginalColumn, int Name);

    private sealed record Source(string Name, string? Content);

    /// <summary>Reads a map.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="problem">Why it cannot be used; null if it can.</param>
    public static SourceMap? Read(ReadOnlyMemory<byte> json, out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutPrefix(json));
            var map = new SourceMap();
            map.Add(document.RootElement, 0, 0, isSection: false);
            problem = null;
            return map;
        }
        catch (JsonException mistake)
        {
            problem = $"it is not JSON: {JsonMistake.Of(mistake)}";
        }
        catch (InvalidMapException mistake)
        {
            problem = mistake.Message;
        }
        catch (InvalidOperationException)
        {
            problem = "it has text that is not Unicode";
        }
        return null;
    }

    /// <summary>Where a place comes from; null if the map does not say.</summary>
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1, in UTF-16 units.</param>
    public OriginalPlace? Find(int line, int column)
    {
        int low = 0, high = _segments.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var segment = _segments[middle];
            if (segment.Line < line - 1 || segment.Line == line - 1 && segment.Column <= column - 1)
                low = middle + 1;
            else
                high = middle - 1;
        }
        if (high < 0 || _segments[high] is not { Source: >= 0 } found || found.Line != line - 1)
            return null;
        var source = _sources[found.Source];
        return new OriginalPlace(
            source.Name, found.OriginalLine + 1, found.OriginalColumn + 1,
            source.Content is { } content ? SourceLines.LineOf(content, found.OriginalLine + 1) : null,
            found.Name >= 0 ? _names[found.Name] : null);
    }

    // ---------------------------------------------------------------- reading

    /// <summary>Leaves the reading with a sentence; never leaves this file.</summary>
    private sealed class InvalidMapException(string message) : Exception(message);

    /// <summary>Servers put <c>)]}'</c> and a line end before JSON, so that no page can run it.</summary>
    private static ReadOnlyMemory<byte> WithoutPrefix(ReadOnlyMemory<byte> json)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        if (!json.Span.StartsWith(")]}"u8))
            return json;
        var end = json.Span.IndexOf((byte)'\n');
        return end < 0 ? default : json[(end + 1)..];
    }

    private void Add(JsonElement map, int line, int column, bool isSection)
    {
        if (map.ValueKind != JsonValueKind.Object)
            throw new InvalidMapException("it is not a JSON object");
        if (!map.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out var number) || number != 3)
            throw new InvalidMapException("its version is not 3");
        if (map.TryGetProperty("sections", out var sections))
        {
            if (isSection)
                throw new InvalidMapException("a section has sections of its own");
            AddSections(sections);
            return;
        }
        var firstSource = _sources.Count;
        var firstName = _names.Count;
        ReadSources(map);
        ReadNames(map);
        if (!map.TryGetProperty("mappings", out var mappings) || mappings.ValueKind != JsonValueKind.String)
            throw new InvalidMapException("its mappings are not a string");
        Decode(mappings.GetString()!, line, column, firstSource, firstName);
    }

    private void AddSections(JsonElement sections)
    {
        if (sections.ValueKind != JsonValueKind.Array)
            throw new InvalidMapException("its sections are not an array");
        var last = (Line: -1, Column: -1);
        foreach (var section in sections.EnumerateArray())
        {
            if (section.ValueKind != JsonValueKind.Object || !section.TryGetProperty("offset", out var offset)
                || offset.ValueKind != JsonValueKind.Object
                || !TryGetCount(offset, "line", out var line) || !TryGetCount(offset, "column", out var column))
            {
                throw new InvalidMapException("a section has no offset with line and column");
            }
            if (line < last.Line || line == last.Line && column <= last.Column)
                throw new InvalidMapException("its sections are not in order");
            last = (line, column);
            if (!section.TryGetProperty("map", out var map))
                throw new InvalidMapException("a section has no map");
            Add(map, line, column, isSection: true);
        }
    }

    private static bool TryGetCount(JsonElement holder, string name, out int value)
    {
        value = 0;
        return holder.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out value)
            && value is >= 0 and < 1 << 30;
    }

    private void ReadSources(JsonElement map)
    {
        if (!map.TryGetProperty("sources", out var sources) || sources.ValueKind != JsonValueKind.Array)
            throw new InvalidMapException("its sources are not an array");
        var root = map.TryGetProperty("sourceRoot", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        if (root.Length > 0 && !root.EndsWith('/'))
            root += "/";
        var contents = map.TryGetProperty("sourcesContent", out var array) && array.ValueKind == JsonValueKind.Array ? array : default;
        var index = 0;
        foreach (var source in sources.EnumerateArray())
        {
            if (source.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                throw new InvalidMapException($"source {index} is not a string");
            var content = contents.ValueKind == JsonValueKind.Array && index < contents.GetArrayLength() ? contents[index] : default;
            var name = source.GetString() is { Length: > 0 } given ? root + given : "(a source without a name)";
            _sources.Add(new Source(name, content.ValueKind == JsonValueKind.String ? content.GetString() : null));
            index++;
        }
    }

    private void ReadNames(JsonElement map)
    {
        if (!map.TryGetProperty("names", out var names))
            return;
        if (names.ValueKind != JsonValueKind.Array)
            throw new InvalidMapException("its names are not an array");
        foreach (var name in names.EnumerateArray())
            _names.Add(name.ValueKind == JsonValueKind.String ? name.GetString() : null);
    }

    private void Decode(string mappings, int firstLine, int firstColumn, int firstSource, int firstName)
    {
        var reader = new MappingReader(mappings);
        int line = firstLine, column = firstColumn, source = 0, originalLine = 0, originalColumn = 0, name = 0;
        var lineStart = _segments.Count;
        while (!reader.IsAtEnd)
        {
            if (reader.TryTake(';'))
            {
                SortFrom(lineStart);
                lineStart = _segments.Count;
                line++;
                column = 0;
                continue;
            }
            if (reader.TryTake(','))
                continue;
            column = Advance(column, ref reader, line, "generated column");
            if (reader.IsAtSeparator)
            {
                Append(new Segment(line, column, -1, 0, 0, -1));
                continue;
            }
            source = Advance(source, ref reader, line, "source");
            originalLine = Advance(originalLine, ref reader, line, "original line");
            originalColumn = Advance(originalColumn, ref reader, line, "original column");
            var named = -1;
            if (!reader.IsAtSeparator)
                named = name = Advance(name, ref reader, line, "name");
            if (!reader.IsAtSeparator)
                throw new InvalidMapException($"a mapping of generated line {line + 1} has more than five fields");
            if (firstSource + source >= _sources.Count)
                throw new InvalidMapException($"generated line {line + 1} names source {source}; there are {_sources.Count - firstSource}");
            if (named >= 0 && firstName + named >= _names.Count)
                throw new InvalidMapException($"generated line {line + 1} names name {named}; there are {_names.Count - firstName}");
            Append(new Segment(line, column, firstSource + source, originalLine, originalColumn, named < 0 ? -1 : firstName + named));
        }
        SortFrom(lineStart);
    }

    private static int Advance(int from, ref MappingReader reader, int line, string what)
    {
        if (!reader.TryRead(out var delta))
            throw new InvalidMapException($"a mapping of generated line {line + 1} is not base64 VLQ");
        var to = (long)from + delta;
        return to is >= 0 and <= int.MaxValue - 1
            ? (int)to
            : throw new InvalidMapException($"generated line {line + 1} has {to} as {what}");
    }

    private void Append(in Segment segment)
    {
        if (_segments.Count == MaxSegments)
            throw new InvalidMapException($"it has more than {MaxSegments:N0} mappings");
        _segments.Add(segment);
    }

    /// <summary>Columns of a line ought to ascend; not every tool sees to it.</summary>
    private void SortFrom(int start)
    {
        for (var i = start + 1; i < _segments.Count; i++)
        {
            if (_segments[i].Column < _segments[i - 1].Column)
            {
                var sorted = _segments.GetRange(start, _segments.Count - start).OrderBy(segment => segment.Column).ToArray();
                _segments.RemoveRange(start, sorted.Length);
                _segments.AddRange(sorted);
                return;
            }
        }
    }
}

/// <summary>A place in a file that a function was made from.</summary>
/// <param name="File">As the map names it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="SourceLine">That line, if the map holds the source.</param>
/// <param name="Name">The original name of what stands there, if the map says.</param>
public sealed record OriginalPlace(string File, int Line, int Column, string? SourceLine, string? Name);

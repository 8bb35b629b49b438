using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Events;

namespace Brink.Lambda.Results;

/// <summary>
/// Reads a returned map of headers (lambda-edge spec 1.3) as a difference to the fields of a message, by the rules of section 3. Fields
/// that the function could not see have no part in it. Kept from one result to the next.
/// </summary>
internal sealed class HeaderMap(Verdict verdict)
{
    // Names take room even where they have no entries: no message holds more of them.
    private const int MaxNames = 8_192;
    private const int FieldOverhead = 4;

    private readonly NamedValues _shown = new();
    private readonly FieldEdits _edits = new();
    private readonly HashSet<string> _added = new(StringComparer.Ordinal);
    private bool[] _seen = new bool[64];
    private HeaderList? _original;
    private EventType _eventType;
    private HeaderRule _readOnly;
    private Func<string, bool>? _showsCloudFrontHeader;
    private bool _isRequest;
    private string _path = "";
    private long _written;

    /// <summary>Bytes of all fields once the edits are applied, those that the function does not see among them.</summary>
    public long Size => _edits.Size;

    /// <summary>The function put a Content-Encoding there, or another than came.</summary>
    public bool SetsContentEncoding { get; private set; }

    /// <summary>Begins with the fields of a message; null for a message that is new.</summary>
    public void Begin(LambdaEvent @event, HeaderList? original, string path)
    {
        Forget();
        _original = original;
        _path = path;
        _eventType = @event.EventType;
        _isRequest = original is not null && ReferenceEquals(original, @event.Request.Headers);
        _showsCloudFrontHeader = _isRequest ? @event.ShowsCloudFrontHeader : null;
        _readOnly = @event.EventType switch
        {
            EventType.ViewerRequest => HeaderRule.ReadOnlyInRequest,
            EventType.OriginRequest => HeaderRule.ReadOnlyInOriginRequest,
            EventType.OriginResponse => HeaderRule.ReadOnlyInOriginResponse,
            _ => HeaderRule.ReadOnlyInResponse | HeaderRule.ReadOnlyInLambdaViewerResponse,
        };
        _edits.Begin(original);
        if (original is not null)
            ShownHeaders.Read(original, _showsCloudFrontHeader, _shown);
        if (_seen.Length < _shown.NameCount)
            _seen = new bool[_shown.NameCount * 2];
    }

    /// <summary>Forgets everything that belongs to a message.</summary>
    public void Forget()
    {
        Array.Clear(_seen, 0, Math.Min(_seen.Length, _shown.NameCount));
        _shown.Clear();
        _edits.Forget();
        _added.Clear();
        _original = null;
        _showsCloudFrontHeader = null;
        _written = 0;
        SetsContentEncoding = false;
    }

    /// <summary>The edits, to be applied to the message later.</summary>
    public HeaderEdit[] ToEdits() => _edits.ToArray();

    /// <summary>Adds the fields to a message that is new.</summary>
    public void ApplyTo(HeaderList target) => _edits.ApplyTo(target);

    // ---------------------------------------------------------------- a message's map

    /// <summary>Reads the map.</summary>
    public void Read(JsonElement map)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            verdict.Refuse(
                ResultTexts.Headers, _path, $"must be an object, not {ResultJson.Kind(map)}", "Return the headers of the event, changed");
            return;
        }
        var expected = 0;
        var names = 0;
        foreach (var property in map.EnumerateObject())
        {
            if (++names > MaxNames || _written > Limits.HeadBytes)
            {
                RefuseSize();
                return;
            }
            // Most functions return most headers in the order in which they came.
            var index = expected < _shown.NameCount && property.NameEquals(_shown.NameSpanAt(expected)) ? expected : -1;
            string? name = null;
            if (index < 0 && (name = NameOf(property.Name)) is not null)
                index = _shown.IndexOf(name);
            if (verdict.IsOver)
                return;
            name ??= _shown.NameAt(index);
            if (property.Value.ValueKind != JsonValueKind.Array)
            {
                verdict.Refuse(
                    ResultTexts.HeaderNotAnArray, PathOf(name), $"must be an array, not {ResultJson.Kind(property.Value)}",
                    $"Write it like [{{ key: '{HeaderRules.ToWire(name)}', value: '...' }}]");
                return;
            }
            if (index >= 0)
            {
                expected = index + 1;
                ReadKnown(index, name, property.Value);
            }
            else
            {
                ReadNew(name, property.Value);
            }
            if (verdict.IsOver)
                return;
        }
        RemoveMissing();
        if (_written > Limits.HeadBytes)
            RefuseSize();
    }

    private void RefuseSize() =>
        verdict.Refuse(ResultTexts.HeadTooLarge, _path, $"must not be over {Limits.HeadBytes:N0} bytes", "Return fewer or shorter headers");

    /// <summary>The name in lower case; null, and a verdict, if it can be none.</summary>
    private string? NameOf(string given)
    {
        var name = "";
        if (Ascii.IsValid(given))
            HeaderRules.For(given, out name);
        if (HeaderRules.IsLowerCaseToken(name))
            return name;
        verdict.Refuse(
            ResultTexts.HeaderName, $"{_path}['{Verdict.Shown(given)}']", "must have a name that is an HTTP token",
            "Use letters, digits and hyphens");
        return null;
    }

    private void ReadKnown(int index, string name, JsonElement entries)
    {
        if (_seen[index])
        {
            RefuseTwice(name);
            return;
        }
        _seen[index] = true;
        var isReadOnly = (_shown.RuleAt(index) & _readOnly) != 0;
        var item = _shown.FirstItem(index);
        var number = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            if (!ReadEntry(entry, name, number++, out var key, out var value))
                return;
            if (item < 0)
            {
                if (!MayChange(isReadOnly, name))
                    return;
                Append(name, key, value);
                if (_written > Limits.HeadBytes)
                    return;
                continue;
            }
            var place = _shown.FieldOf(item);
            var field = _original![place];
            item = _shown.NextItem(item);
            var isSame = IsSame(value, field.Value);
            if (!isSame && !MayChange(isReadOnly, name))
                return;
            var wireName = WireNameOf(key, name, field.Name);
            // The letter case of a read-only name is not the function's to choose: another one is ignored.
            if (isSame && (isReadOnly || wireName == field.Name))
                continue;
            Replace(place, name, isSame ? field with { Name = wireName } : new HeaderField(wireName, Written(value, name, number - 1)));
        }
        CheckHost(name, number);
        if (item >= 0 && !MayChange(isReadOnly, name))
            return;
        for (; item >= 0; item = _shown.NextItem(item))
            _edits.Remove(_shown.FieldOf(item));
    }

    private void ReadNew(string name, JsonElement entries)
    {
        if (!_added.Add(name))
        {
            RefuseTwice(name);
            return;
        }
        var rule = HeaderRules.For(name);
        var number = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            if (!ReadEntry(entry, name, number++, out var key, out var value))
                return;
            if (ShownHeaders.IsHidden(rule))
            {
                verdict.Refuse(ResultTexts.DisallowedHeader, PathOf(name), "is a header that functions may not add", "Leave it out");
                return;
            }
            if (!MayChange((rule & _readOnly) != 0, name))
                return;
            if (_isRequest && _eventType == EventType.ViewerRequest && name == "cloudfront-viewer-country")
            {
                verdict.Refuse(
                    ResultTexts.DisallowedHeader, PathOf(name), "may not be added in viewer-request",
                    "Add it in origin-request, or use another name");
                return;
            }
            if (number == 1 && (rule & HeaderRule.CloudFront) != 0)
                RemoveHidden(name);
            Append(name, key, value);
            if (_written > Limits.HeadBytes)
                return;
        }
        CheckHost(name, number);
    }

    /// <summary>
    /// The edge's own value of a CloudFront header that the function did not see gives way to the function's: one name, one truth.
    /// </summary>
    private void RemoveHidden(string name)
    {
        for (var i = _original?.IndexOf(name) ?? -1; i >= 0; i = _original!.IndexOf(name, i + 1))
            _edits.Remove(i);
    }

    private void RemoveMissing()
    {
        for (var index = 0; index < _shown.NameCount; index++)
        {
            if (_seen[index])
                continue;
            if (!MayChange((_shown.RuleAt(index) & _readOnly) != 0, _shown.NameAt(index)))
                return;
            for (var item = _shown.FirstItem(index); item >= 0; item = _shown.NextItem(item))
                _edits.Remove(_shown.FieldOf(item));
        }
    }

    private void RefuseTwice(string name) =>
        verdict.Refuse(
            ResultTexts.HeaderName, PathOf(name), "is there twice, perhaps in another letter case",
            "Put all its values into one array, under the name in lower case");

    private bool MayChange(bool isReadOnly, string name)
    {
        if (isReadOnly)
        {
            verdict.Refuse(
                ResultTexts.ReadOnlyHeader, PathOf(name), $"is read-only in {_eventType.ToName()}: it may not be added, changed or deleted",
                "Return it exactly as the event has it, or not at all if the event has none");
        }
        return !isReadOnly;
    }

    /// <summary>Two hosts in one request are read one way by one server, the other way by the next.</summary>
    private void CheckHost(string name, int count)
    {
        if (_isRequest && count > 1 && name == "host")
            verdict.Refuse(ResultTexts.HeaderValue, PathOf(name), $"must have one entry, not {count}", "Leave one");
    }

    private void Append(string name, JsonElement? key, JsonElement value)
    {
        var field = new HeaderField(WireNameOf(key, name, null), Written(value, name, null));
        Note(name, field);
        _edits.Append(field);
    }

    private void Replace(int place, string name, HeaderField field)
    {
        Note(name, field);
        _edits.Replace(place, field);
    }

    private void Note(string name, in HeaderField field)
    {
        SetsContentEncoding |= name == "content-encoding";
        _written += field.Name.Length + field.Value.Length + FieldOverhead;
    }

    /// <summary>A value as it goes on the wire.</summary>
    private string Written(JsonElement value, string name, int? number)
    {
        var text = WireText.Encode(value.GetString()!);
        if (WireText.HasControls(text))
        {
            RefuseValue(name, number, "must not have control characters", "Take out line ends and the like");
        }
        else if (_isRequest && name == "host" && !HostField.IsValid(text))
        {
            RefuseValue(
                name, number, $"must be a host name or an address, perhaps with a port up to 65535, and is '{Verdict.Shown(text)}'",
                "Write the name alone, like www.example.com");
        }
        return text;
    }

    private void RefuseValue(string name, int? number, string rule, string fix) =>
        verdict.Refuse(ResultTexts.HeaderValue, $"{PathOf(name)}{(number is null ? "" : $"[{number}].value")}", rule, fix);

    private bool ReadEntry(JsonElement entry, string name, int number, out JsonElement? key, out JsonElement value)
    {
        if (ReadEntry(entry, out key, out value, out var member, out var rule))
            return true;
        verdict.Refuse(
            ResultTexts.HeaderEntry, $"{PathOf(name)}[{number}]{member}", rule,
            $"Write it like {{ key: '{HeaderRules.ToWire(name)}', value: '...' }}");
        return false;
    }

    private string PathOf(string name) => $"{_path}['{Verdict.Shown(name)}']";

    // ---------------------------------------------------------------- what all maps share

    /// <summary><c>{ key?, value }</c>.</summary>
    private static bool ReadEntry(JsonElement entry, out JsonElement? key, out JsonElement value, out string member, out string rule)
    {
        (key, value, member, rule) = (null, default, "", "");
        if (entry.ValueKind != JsonValueKind.Object)
        {
            rule = $"must be an object, not {ResultJson.Kind(entry)}";
            return false;
        }
        // One pass instead of two searches; the last one of a name counts.
        foreach (var property in entry.EnumerateObject())
        {
            if (property.NameEquals("value"u8))
                value = property.Value;
            else if (property.NameEquals("key"u8))
                key = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
        }
        if (value.ValueKind != JsonValueKind.String)
        {
            member = ".value";
            rule = value.ValueKind == JsonValueKind.Undefined ? "is missing" : $"must be a string, not {ResultJson.Kind(value)}";
            return false;
        }
        if (key is not { } given || given.ValueKind == JsonValueKind.String)
            return true;
        member = ".key";
        rule = $"must be a string, not {ResultJson.Kind(given)}";
        return false;
    }

    /// <summary>Whether a value is still the one that came.</summary>
    private static bool IsSame(JsonElement value, string wire) =>
        WireText.DecodeUnlessAscii(wire) is { } decoded ? value.ValueEquals(decoded) : value.ValueEquals(wire.AsSpan());

    /// <summary>
    /// The name on the wire: the entry's key where it spells the name, else the name with capitals. One of AWS's own samples moves an entry
    /// to another name and leaves the old key in it.
    /// </summary>
    private static string WireNameOf(JsonElement? key, string name, string? original)
    {
        if (key is not { } given)
            return original is not null && original == HeaderRules.ToWire(name) ? original : HeaderRules.ToWire(name);
        if (original is not null && given.ValueEquals(original))
            return original;
        if (ResultJson.RawLength(given) > 6 * name.Length)
            return HeaderRules.ToWire(name);
        var text = given.GetString()!;
        return text.Equals(name, StringComparison.OrdinalIgnoreCase) ? text : HeaderRules.ToWire(name);
    }

    // ---------------------------------------------------------------- an origin's map

    /// <summary>Reads the custom headers of an origin (lambda-edge spec 1.5, 3.6). What came with the event is not judged again.</summary>
    /// <param name="map">The map.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="original">The custom headers that came.</param>
    /// <param name="request">The request that they would be added to.</param>
    public ImmutableArray<HeaderField> ReadCustomHeaders(
        JsonElement map, string path, ImmutableArray<HeaderField> original, EdgeRequest request)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            verdict.Refuse(ResultTexts.OriginHeaders, path, $"must be an object, not {ResultJson.Kind(map)}", "Write {} for none");
            return original;
        }
        _path = path;
        var fields = ImmutableArray.CreateBuilder<HeaderField>();
        var length = 0;
        var names = 0;
        foreach (var property in map.EnumerateObject())
        {
            if (++names > Limits.OriginCustomHeaders)
            {
                verdict.Refuse(
                    ResultTexts.OriginHeaders, path, $"must not have more than {Limits.OriginCustomHeaders} headers", "Shorten it");
            }
            else if (property.Value.ValueKind != JsonValueKind.Array)
            {
                verdict.Refuse(
                    ResultTexts.HeaderNotAnArray, $"{path}['{Verdict.Shown(property.Name)}']",
                    $"must be an array, not {ResultJson.Kind(property.Value)}", "Put the entry into brackets");
            }
            if (verdict.IsOver || NameOf(property.Name) is not { } name)
                return original;
            foreach (var entry in property.Value.EnumerateArray())
            {
                if (!ReadEntry(entry, name, 0, out var key, out var value))
                    return original;
                if (fields.Exists(name))
                    verdict.Refuse(ResultTexts.OriginHeaders, PathOf(name), "must have one entry", "Leave one");
                else if (IsTooLongForOrigin(name, value))
                    RefuseLengthForOrigin(name);
                if (verdict.IsOver)
                    return original;
                fields.Add(CustomHeader(name, key, value, original, request));
                if (verdict.IsOver)
                    return original;
                length += fields[^1].Name.Length + fields[^1].Value.Length;
            }
        }
        if (length > Limits.OriginCustomHeadersLength)
        {
            verdict.Refuse(
                ResultTexts.OriginHeaders, path,
                $"must not be over {Limits.OriginCustomHeadersLength:N0} characters, names and values together", "Shorten it");
        }
        return fields.SequenceEqual(original) ? original : fields.ToImmutable();
    }

    private static bool IsTooLongForOrigin(string name, JsonElement value) =>
        name.Length > Limits.OriginCustomHeaderNameLength || ResultJson.RawLength(value) > 6 * Limits.OriginCustomHeaderValueLength;

    private void RefuseLengthForOrigin(string name)
    {
        const int longestName = Limits.OriginCustomHeaderNameLength;
        verdict.Refuse(
            ResultTexts.OriginHeaders, PathOf(name),
            $"must not have a name over {longestName} or a value over {Limits.OriginCustomHeaderValueLength:N0} characters", "Shorten it");
    }

    private HeaderField CustomHeader(
        string name, JsonElement? key, JsonElement value, ImmutableArray<HeaderField> original, EdgeRequest request)
    {
        foreach (var field in original)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && IsSame(value, field.Value))
                return field with { Name = WireNameOf(key, name, field.Name) };
        }
        var text = WireText.Encode(value.GetString()!);
        if (OriginRules.IsDeniedHeader(name) || ShownHeaders.IsHidden(HeaderRules.For(name)))
        {
            verdict.Refuse(ResultTexts.OriginHeaders, PathOf(name), "is a header that may not be added to origin requests", "Leave it out");
        }
        else if (request.Headers.Contains(name) && !original.Exists(name))
        {
            verdict.Refuse(
                ResultTexts.OriginHeaders, PathOf(name), "is in request.headers already", "Change it there, or use another name");
        }
        else if (text.Length > Limits.OriginCustomHeaderValueLength)
        {
            verdict.Refuse(
                ResultTexts.OriginHeaders, PathOf(name), $"must not be over {Limits.OriginCustomHeaderValueLength:N0} characters",
                "Shorten it");
        }
        else if (WireText.HasControls(text))
        {
            verdict.Refuse(ResultTexts.OriginHeaders, PathOf(name), "must not have control characters", "Take out line ends and the like");
        }
        return new HeaderField(WireNameOf(key, name, null), text);
    }
}

/// <summary>Looks for a header in lists that are no <see cref="HeaderList"/>.</summary>
internal static class FieldLists
{
    public static bool Exists(this IReadOnlyList<HeaderField> fields, string name)
    {
        foreach (var field in fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}

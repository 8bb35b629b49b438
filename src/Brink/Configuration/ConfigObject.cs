using System.Collections.Immutable;
using System.Text.Json;

namespace Brink.Configuration;

/// <summary>
/// One JSON object of a configuration while it is read. It collects mistakes instead of throwing, and knows which properties were
/// never read: <see cref="Close"/> refuses those by name, so that no setting is dropped silently.
/// </summary>
internal sealed class ConfigObject
{
    private readonly Dictionary<string, JsonElement> _properties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly ConfigFindings _findings;
    private readonly string _path;

    private ConfigObject(JsonElement element, string path, ConfigFindings findings)
    {
        _path = path;
        _findings = findings;
        foreach (var property in element.EnumerateObject())
        {
            if (!_properties.TryAdd(property.Name, property.Value))
                _findings.Mistakes.Add(new ConfigMistake(PathOf(property.Name), "the property is there twice", "Leave one of them"));
        }
    }

    /// <summary>Reads a whole document with one method and turns what it collects into a result.</summary>
    public static ConfigResult<T> Read<T>(string json, Func<ConfigObject, T?> read) where T : class =>
        Read(json, IgnoredSettings.None, read);

    /// <summary>The same, without the settings that are left out on request.</summary>
    public static ConfigResult<T> Read<T>(string json, IgnoredSettings ignored, Func<ConfigObject, T?> read) where T : class
    {
        var findings = new ConfigFindings(ignored);
        var mistakes = findings.Mistakes;
        T? value = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var root = new ConfigObject(document.RootElement, "$", findings);
                value = read(root);
                root.Close();
            }
            else
            {
                mistakes.Add(
                    new ConfigMistake("$", "the document is not a JSON object", "Give the object that the aws command line takes"));
            }
        }
        catch (JsonException error)
        {
            mistakes.Add(
                new ConfigMistake("$", $"not valid JSON: {JsonMistake.Of(error)}", "Correct the syntax there, or on the line before"));
        }
        catch (InvalidOperationException) // a string is looked at only when it is asked for
        {
            mistakes.Add(new ConfigMistake("$", "a string has half of a surrogate pair", "Write the whole character"));
        }
        return new ConfigResult<T>(mistakes.Count == 0 ? value : null, [.. mistakes])
        {
            Ignored = [.. findings.Ignored.Distinct(StringComparer.Ordinal)],
        };
    }

    /// <summary>Whether the property is there; null counts as absent.</summary>
    public bool Has(string name) => Ask(name, out _);

    /// <summary>Notes a mistake at a property of this object.</summary>
    public void Mistake(string name, string rule, string fix) => _findings.Mistakes.Add(new ConfigMistake(PathOf(name), rule, fix));

    /// <summary>Notes a mistake at this object itself.</summary>
    public void Mistake(string rule, string fix) => _findings.Mistakes.Add(new ConfigMistake(_path, rule, fix));

    /// <summary>Refuses a setting that Brink does not enforce yet, if it is there at all.</summary>
    public void RefuseIfPresent(string name, string what)
    {
        if (Ask(name, out _))
            Unsupported(name, what);
    }

    /// <summary>Refuses a text setting that Brink does not enforce yet; the empty text asks for nothing.</summary>
    public void RefuseUnlessEmpty(string name, string what)
    {
        if (Text(name) is { Length: > 0 })
            Unsupported(name, what);
    }

    /// <summary>Refuses a switch that Brink does not enforce yet; false asks for nothing.</summary>
    public void RefuseIfTrue(string name, string what)
    {
        if (Flag(name) == true)
            Unsupported(name, what);
    }

    /// <summary>
    /// A setting that Brink does not have yet. Traffic would be another with it, so it is a mistake, unless it is one of those that are
    /// left out on request.
    /// </summary>
    public void Unsupported(string name, string what, string fix = "Leave it out") => Refuse(name, $"{what} not supported yet", fix);

    /// <summary>A setting that Brink does not have, with the reason; likewise.</summary>
    public void Refuse(string name, string reason, string fix)
    {
        var setting = IgnoredSettings.NameOf(PathOf(name));
        if (_findings.Settings.Covers(setting))
            _findings.Ignored.Add(setting);
        else
            Mistake(name, reason, IgnoredSettings.IsIgnorable(setting) ? $"{fix}, or say --ignore {setting}" : fix);
    }

    public string? Text(string name, bool required = false)
    {
        if (!Expect(name, required, out var element))
            return null;
        if (element.ValueKind == JsonValueKind.String)
            return element.GetString();
        Mistake(name, "the value is not a string", "Put it into quotes");
        return null;
    }

    /// <summary>A text of a fixed set; null if absent or wrong.</summary>
    public string? OneOf(string name, bool required, params ReadOnlySpan<string> allowed) => OneOf(name, required, allowed, []);

    /// <summary>A text of a fixed set, of which AWS has more than Brink; null if absent, wrong, or not supported yet.</summary>
    public string? OneOf(string name, bool required, ReadOnlySpan<string> allowed, ReadOnlySpan<string> notYet)
    {
        if (Text(name, required) is not { } text)
            return null;
        if (allowed.Contains(text))
            return text;
        if (notYet.Contains(text))
            Unsupported(name, $"'{text}' is", $"Use {string.Join(" or ", allowed)}");
        else
            Mistake(name, $"'{text}' is not one of {string.Join(", ", [.. allowed, .. notYet])}", "Use one of them");
        return null;
    }

    public bool? Flag(string name, bool required = false)
    {
        if (!Expect(name, required, out var element))
            return null;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return element.GetBoolean();
        Mistake(name, "the value is neither true nor false", "Write true or false, without quotes");
        return null;
    }

    /// <summary>A whole number in a range; null if absent or wrong.</summary>
    public long? Number(string name, long min, long max, bool required = false)
    {
        if (!Expect(name, required, out var element))
            return null;
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var number))
        {
            Mistake(name, "the value is not a whole number", "Write it without quotes and fraction");
            return null;
        }
        if (number >= min && number <= max)
            return number;
        Mistake(name, $"{number} is not between {min} and {max}", "Use a value of that range");
        return null;
    }

    /// <summary>A number in a range, with so many decimals at most; null if absent or wrong.</summary>
    public decimal? Decimal(string name, decimal min, decimal max, int decimals)
    {
        if (!Expect(name, required: false, out var element))
            return null;
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDecimal(out var number))
            Mistake(name, "the value is not a number", "Write it without quotes");
        else if (number < min || number > max || decimal.Round(number, decimals) != number)
            Mistake(name, $"{number} is not between {min} and {max} with at most {decimals} decimals", "Use a value of that range");
        else
            return number;
        return null;
    }

    public ConfigObject? Object(string name, bool required = false)
    {
        if (!Expect(name, required, out var element))
            return null;
        if (element.ValueKind == JsonValueKind.Object)
            return new ConfigObject(element, PathOf(name), _findings);
        Mistake(name, "the value is not an object", "Write it in braces");
        return null;
    }

    /// <summary>The API's list shape inside this object, <c>Quantity</c> and <c>Items</c>, of texts.</summary>
    public List<string> Texts()
    {
        var texts = new List<string>();
        foreach (var (element, path) in Elements())
        {
            if (element.ValueKind == JsonValueKind.String)
                texts.Add(element.GetString()!);
            else
                _findings.Mistakes.Add(new ConfigMistake(path, "the item is not a string", "Put it into quotes"));
        }
        return texts;
    }

    /// <summary>A bare list of texts, which a few shapes of the API have; empty if it is absent.</summary>
    public List<string> PlainTexts(string name, bool required = false)
    {
        var texts = new List<string>();
        if (!Expect(name, required, out var items))
            return texts;
        if (items.ValueKind != JsonValueKind.Array)
        {
            Mistake(name, "the value is not a list", "Write it in brackets");
            return texts;
        }
        foreach (var item in items.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String)
                texts.Add(item.GetString()!);
            else
                Mistake(name, "an item of the list is not a string", "Put it into quotes");
        }
        return texts;
    }

    /// <summary>The same, of objects.</summary>
    public List<ConfigObject> PlainObjects(string name)
    {
        var objects = new List<ConfigObject>();
        if (!Expect(name, required: false, out var items))
            return objects;
        if (items.ValueKind != JsonValueKind.Array)
        {
            Mistake(name, "the value is not a list", "Write it in brackets");
            return objects;
        }
        foreach (var item in items.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
                objects.Add(new ConfigObject(item, $"{PathOf(name)}[{objects.Count}]", _findings));
            else
                Mistake(name, "an item of the list is not an object", "Write it in braces");
        }
        return objects;
    }

    /// <summary>Reads with a method, and takes out the mistakes that it notes.</summary>
    public ImmutableArray<ConfigMistake> Apart(Action read)
    {
        var before = _findings.Mistakes.Count;
        read();
        ImmutableArray<ConfigMistake> mistakes = [.. _findings.Mistakes.Skip(before)];
        _findings.Mistakes.RemoveRange(before, mistakes.Length);
        return mistakes;
    }

    /// <summary>The API's list shape inside this object, of whole numbers.</summary>
    public List<int> Numbers()
    {
        var numbers = new List<int>();
        foreach (var (element, path) in Elements())
        {
            if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number))
                numbers.Add(number);
            else
                _findings.Mistakes.Add(new ConfigMistake(path, "the item is not a whole number", "Write it without quotes and fraction"));
        }
        return numbers;
    }

    /// <summary>The API's list shape inside this object, of objects.</summary>
    public List<ConfigObject> Objects()
    {
        var objects = new List<ConfigObject>();
        foreach (var (element, path) in Elements())
        {
            if (element.ValueKind == JsonValueKind.Object)
                objects.Add(new ConfigObject(element, path, _findings));
            else
                _findings.Mistakes.Add(new ConfigMistake(path, "the item is not an object", "Write it in braces"));
        }
        return objects;
    }

    /// <summary>A bare list of objects, which a few shapes of the API have; empty if it is absent.</summary>
    public List<ConfigObject> PlainObjects(string name, bool required = false)
    {
        var objects = new List<ConfigObject>();
        if (!Expect(name, required, out var items))
            return objects;
        if (items.ValueKind != JsonValueKind.Array)
        {
            Mistake(name, "the value is not a list", "Write it in brackets");
            return objects;
        }
        var at = 0;
        foreach (var item in items.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
                objects.Add(new ConfigObject(item, $"{PathOf(name)}[{at++}]", _findings));
            else
                Mistake(name, "an item of the list is not an object", "Write it in braces");
        }
        return objects;
    }

    /// <summary>A property that has the API's list shape, of texts; empty if it is absent.</summary>
    public List<string> TextList(string name, bool required = false)
    {
        if (Object(name, required) is not { } list)
            return [];
        var texts = list.Texts();
        list.Close();
        return texts;
    }

    /// <summary>The names of its properties, in order, where the document chooses them.</summary>
    public IReadOnlyList<string> Names => [.. _properties.Keys];

    /// <summary>Takes note of properties whose values mean nothing here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _asked.Add(name);
    }

    /// <summary>Refuses the properties that were never read.</summary>
    public void Close()
    {
        foreach (var name in _properties.Keys.Where(name => !_asked.Contains(name)))
        {
            var meant = NearestWord.To(name, _asked.Where(asked => !_properties.ContainsKey(asked)));
            Mistake(
                name, "there is no such setting",
                meant is not null ? $"Did you mean {meant}?" : "Check the spelling, letter case included, or leave it out");
        }
    }

    private List<(JsonElement Element, string Path)> Elements()
    {
        var quantity = Number("Quantity", 0, int.MaxValue, required: true);
        var elements = new List<(JsonElement, string)>();
        if (Ask("Items", out var items))
        {
            if (items.ValueKind != JsonValueKind.Array)
            {
                Mistake("Items", "the value is not a list", "Write it in brackets");
                return elements;
            }
            foreach (var item in items.EnumerateArray())
                elements.Add((item, $"{PathOf("Items")}[{elements.Count}]"));
        }
        if (quantity is { } stated && stated != elements.Count)
            Mistake("Quantity", $"Quantity is {stated} and Items has {elements.Count}", "Make them agree");
        return elements;
    }

    private bool Expect(string name, bool required, out JsonElement element)
    {
        if (Ask(name, out element))
            return true;
        if (required)
            Mistake(name, "the setting is required", "Add it");
        return false;
    }

    private bool Ask(string name, out JsonElement element)
    {
        _asked.Add(name);
        return _properties.TryGetValue(name, out element) && element.ValueKind != JsonValueKind.Null;
    }

    private string PathOf(string name) => $"{_path}.{name}";
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Brink.Tests.JavaScript.Properties;

public class JsonProperties
{
    private static readonly TextFunction RoundTrip = new("return JSON.stringify(JSON.parse(e.a))");
    private static readonly TextFunction Twice = new("return JSON.stringify(JSON.parse(JSON.stringify(JSON.parse(e.a), null, ' \\t'), function (k, v) { return v }))");

    [Fact]
    public void ParsedAndWritten_IsTheSameValue() => Property.Holds<byte[]>(3_000, bytes =>
    {
        var value = Build(new Choices(bytes), 5);
        var text = Write(value);
        var back = RoundTrip.Call(text);
        Assert.True(JsonNode.DeepEquals(value, JsonNode.Parse(back)), $"{text} became {back}");
        Assert.Equal(back, RoundTrip.Call(back));
        Assert.Equal(back, Twice.Call(text));
    });

    [Fact]
    public void AnyText_IsParsedOrRefusedAsJsonIs() => Property.Holds<byte[]>(3_000, bytes =>
    {
        // Mostly JSON, with some of its characters changed.
        var choices = new Choices(bytes);
        var text = new StringBuilder(Write(Build(choices, 3)));
        for (var edits = choices.Next(3); edits > 0; edits--)
            text[choices.Next(text.Length)] = "{}[]\",:tnfu\\ \n"[choices.Next(14)];
        // The dialect takes more numbers than JSON has (01, 1.), as njs does; .NET takes no half of a surrogate pair.
        if (Regex.IsMatch(text.ToString(), @"(?<![0-9.eE+])-?0[0-9]|[0-9]\.(?![0-9])|\\u[dD][89a-fA-F]"))
            return;
        var isJson = true;
        try
        {
            JsonNode.Parse(text.ToString())?.ToJsonString();
        }
        catch (Exception refused) when (refused is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            // a key twice is refused by JsonNode alone
            isJson = refused is ArgumentException;
        }
        Assert.Equal(isJson ? "yes" : "no", Parses.Call(text.ToString()));
    });

    private static readonly TextFunction Parses = new("try { JSON.parse(e.a); return 'yes' } catch (e) { return e instanceof SyntaxError ? 'no' : 'wrong: ' + e }");

    private static JsonNode? Build(Choices choices, int depth)
    {
        switch (choices.Next(depth == 0 ? 6 : 9))
        {
            case 0: return null;
            case 1: return choices.Next(2) == 0;
            case 2: return choices.Next(256) - 128;
            case 3: return (choices.Next(256) - 100) / 7.0 * Math.Pow(10, choices.Next(40) - 20);
            case 4 or 5: return Text(choices);
            case 6:
                var array = new JsonArray();
                for (var count = choices.Next(5); count > 0; count--)
                    array.Add(Build(choices, depth - 1));
                return array;
            default:
                var @object = new JsonObject();
                for (var count = choices.Next(12); count > 0; count--)
                    @object[Text(choices)] = Build(choices, depth - 1);
                return @object;
        }
    }

    private static string Text(Choices choices)
    {
        string[] parts = ["a", "b", "length", "toString", "1", "0", "\"", "\\", "\n", "\u0001", "/", "é", "漢", "😀", "\u2028", "__proto_", " ", "\u007f"];
        var text = new StringBuilder();
        for (var count = choices.Next(5); count > 0; count--)
            text.Append(parts[choices.Next(parts.Length)]);
        return text.ToString();
    }

    private static string Write(JsonNode? value) => value?.ToJsonString() ?? "null";
}

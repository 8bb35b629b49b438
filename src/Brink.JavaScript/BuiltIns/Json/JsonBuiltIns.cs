using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Json;

/// <summary>The JSON object.</summary>
internal static class JsonBuiltIns
{
    public static void Build(IntrinsicsBuilder b)
    {
        var json = b.Object(@class: ObjectClass.Json);
        b.Method(json, "parse", 2, JsonParse.Parse);
        b.Method(json, "stringify", 3, JsonStringify.Stringify);
        IntrinsicsBuilder.Put(json, Symbol.ToStringTag, TextFacts.Permanent("JSON"), PropertyFlags.Configurable);
        b.Global("JSON", Value.Object(json));
    }
}

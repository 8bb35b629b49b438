using Brink.JavaScript.BuiltIns.Binary;
using Brink.JavaScript.BuiltIns.Json;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.BuiltIns.Texts;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>Built-ins that functions of the host use too, whatever the script did to the objects it sees.</summary>
public static class HostBuiltIns
{
    /// <summary>What JSON.parse gives; a SyntaxError is thrown for other text.</summary>
    public static ScriptValue ParseJson(this ScriptValue text) =>
        new(text.Realm, JsonParse.Parse(text.Realm, Value.Undefined, [text.Value]));

    /// <summary>A string as encodeURIComponent gives it.</summary>
    public static ScriptValue EncodeUriComponent(this ScriptValue text) =>
        new(text.Realm, UriBuiltIns.EncodeComponent(text.Realm, text.Value));

    /// <summary>
    /// The bytes of a string in an encoding, as Buffer.from gives them; undefined means UTF-8. False if it threw, as the encoding is not
    /// known.
    /// </summary>
    public static bool TryDecode(this ScriptValue text, ScriptValue encoding, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!BinaryEncodings.FromArgument(text.Realm, encoding.Value, out var known))
            return false;
        bytes = BinaryEncodings.Decode(text.Realm, text.Value, known);
        return true;
    }

    /// <summary>A string: the value as console.log prints it. Printing an error may run code of the script.</summary>
    public static ScriptValue Inspect(this ScriptValue value) => new(value.Realm, Inspector.Inspect(value.Realm, value.Value));
}

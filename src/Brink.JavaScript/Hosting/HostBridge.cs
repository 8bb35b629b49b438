using Brink.JavaScript.BuiltIns.Binary;
using Brink.JavaScript.BuiltIns.Json;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.BuiltIns.Texts;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>What the door asks of the built-ins: promises, buffers, JSON, printing. Every such request of the door is in this file.</summary>
internal static class HostBridge
{
    public static Value NewResolvedPromise(Realm realm, in Value value) => Value.Object(Promises.Resolved(realm, value));

    public static Value NewRejectedPromise(Realm realm, in Value reason) => Value.Object(Promises.Rejected(realm, reason));

    public static Value NewBuffer(Realm realm, ReadOnlySpan<byte> bytes) => Value.Object(realm.NewBuffer(bytes));

    public static bool TryGetBytes(Value value, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!value.IsObject || value.AsObject is not (JsTypedArray or JsArrayBuffer or JsDataView))
            return false;
        bytes = BinaryData.BytesOf(value.AsObject);
        return true;
    }

    /// <summary>What the built-in JSON.parse gives, whatever the script did to it.</summary>
    public static Value ParseJson(Realm realm, in Value text) => JsonParse.Parse(realm, Value.Undefined, [text]);

    public static Value Inspect(Realm realm, in Value value) => Inspector.Inspect(realm, value);

    public static int EncodeUtf8(in Value text, Span<byte> destination) => TextBytes.EncodeUtf8(text, destination);

    /// <summary>What the built-in encodeURIComponent gives.</summary>
    public static Value EncodeUriComponent(Realm realm, in Value text) => UriBuiltIns.EncodeComponent(realm, text);

    /// <summary>The pending exception in AWS's words; takes it.</summary>
    public static ScriptError DescribeException(Realm realm)
    {
        var exception = realm.Exception;
        realm.Exception = default;
        return realm.Interpreter.Describe(exception, realm.DescribeThrown(exception));
    }
}

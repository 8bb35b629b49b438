using System.Globalization;
using Brink.Functions.KeyValueStores;
using Brink.Functions.Metering;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>cf.kvs()</c>: the key value store that is associated with the function (functions spec 6.1).</summary>
internal static class KeyValueStoreFunctions
{
    private static readonly ScriptName FormatName = new("format");

    private static readonly HostClass Store = new("key value store",
    [
        new HostFunction("get", 2, Get), new HostFunction("exists", 1, Exists), new HostFunction("meta", 0, Meta),
    ]);

    /// <summary><c>cf.kvs()</c> or <c>cf.kvs(id)</c>: only the associated store can be had.</summary>
    public static ScriptValue Kvs(HostCall call)
    {
        var store = ((FunctionCall)call.Context!).KeyValueStore;
        if (store is null)
            return call.Throw("KVSNamespaceNotFound", "no key value store is associated with this function");
        if (!call[0].IsUndefined && !call[0].TextEquals(store.Id))
            return call.Throw("KVSNamespaceNotFound", "the key value store with this id is not associated with this function");

        // One look at the store for the whole handle: a script sees no half of a change.
        return call.Instance(Store, store.Current);
    }

    private static ScriptValue Get(HostCall call)
    {
        if (!TryGetKey(call, out var contents, out var key, out var failure))
            return failure;
        var format = "string";
        if (call[1].Kind == ScriptValueKind.Object)
        {
            var given = call[1].Get(FormatName);
            if (given.IsThrew)
                return call.Rejected(call.TakeException());
            if (!given.IsUndefined)
                format = given.TextEquals("string") ? "string"
                    : given.TextEquals("json") ? "json"
                    : given.TextEquals("bytes") ? "bytes"
                    : null;
        }
        if (format is null)
            return call.Rejected(call.Error("TypeError", "format must be \"string\", \"json\" or \"bytes\""));
        call.Charge(HostPrice.KeyValueLookUp);
        if (!contents.TryGet(key, out var value))
            return call.Rejected(call.Error("KeyNotFound", $"the key \"{key}\" is not in the key value store"));
        switch (format)
        {
            case "bytes":
                return call.Resolved(call.Buffer(value.Span));
            case "json":
                var parsed = call.Utf8Text(value.Span).ParseJson();
                return parsed.IsThrew ? call.Rejected(call.TakeException()) : call.Resolved(parsed);
            default:
                return call.Resolved(call.Utf8Text(value.Span));
        }
    }

    private static ScriptValue Exists(HostCall call)
    {
        if (!TryGetKey(call, out var contents, out var key, out var failure))
            return failure;
        call.Charge(HostPrice.KeyValueLookUp);
        return call.Resolved(call.Boolean(contents.TryGet(key, out _)));
    }

    private static ScriptValue Meta(HostCall call)
    {
        if (!call.This.TryGetState<KeyValueStoreContents>(Store, out var contents))
            return call.Throw("TypeError", "\"this\" is not a key value store object");
        var meta = call.NewObject();
        meta.Set("creationDateTime", call.Text(Iso8601(contents.Created)));
        meta.Set("lastUpdatedDateTime", call.Text(Iso8601(contents.LastModified)));
        meta.Set("keyCount", call.Number(contents.Count));
        return call.Resolved(meta);
    }

    private static bool TryGetKey(HostCall call, out KeyValueStoreContents contents, out string key, out ScriptValue failure)
    {
        key = "";
        failure = default;
        if (!call.This.TryGetState<KeyValueStoreContents>(Store, out contents!))
        {
            failure = call.Throw("TypeError", "\"this\" is not a key value store object");
            return false;
        }
        if (!call[0].IsString)
        {
            failure = call.Rejected(call.Error("TypeError", "key must be a string"));
            return false;
        }
        call.Charge(1 + call[0].TextLength / HostPrice.CopiedOut);
        if (call[0].TextLength <= KeyValueStoreContents.MaxKeyBytes)
            key = call[0].AsText();
        return true;
    }

    private static string Iso8601(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

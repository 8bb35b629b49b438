using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>What the door asks of the built-ins: promises, buffers, JSON, printing. Every such request of the door is in this file.</summary>
internal static class HostBridge
{
    public static Value NewResolvedPromise(Realm realm, in Value value) => throw new NotSupportedException();

    public static Value NewRejectedPromise(Realm realm, in Value reason) => throw new NotSupportedException();

    public static Value NewBuffer(Realm realm, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public static bool TryGetBytes(Value value, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return false;
    }

    public static Value ParseJson(Realm realm, in Value text) => throw new NotSupportedException();

    public static string Inspect(Realm realm, in Value value) => value.IsString ? value.ToDotNetString() : "";

    /// <summary>The pending exception in AWS's words; takes it.</summary>
    public static ScriptError DescribeException(Realm realm)
    {
        var exception = realm.Exception;
        realm.Exception = default;
        var text = realm.ToText(exception);
        return new ScriptError(text.IsThrew ? "Error" : text.ToDotNetString(), 0, 0, null, []);
    }
}

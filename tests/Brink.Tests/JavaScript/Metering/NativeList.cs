using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.Metering;

/// <summary>Every built-in function of both runtimes by the path that leads to it: <c>String.prototype.slice</c>, <c>get RegExp.prototype.flags</c>.</summary>
internal static class NativeList
{
    public static IReadOnlyList<string> All { get; } = [.. new[] { Runtime.CloudFrontJs10, Runtime.CloudFrontJs20 }.SelectMany(Of).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(Runtime runtime)
    {
        var intrinsics = Intrinsics.For(runtime);
        var seen = new HashSet<JsObject>();
        var found = new List<string>();
        Walk(intrinsics.Global, "");
        Walk(intrinsics.TypedArrayPrototype, "TypedArray.prototype");
        Walk(intrinsics.ArrayIteratorPrototype, "ArrayIterator.prototype");
        Walk(intrinsics.AsyncFunctionPrototype, "AsyncFunction.prototype");
        return found;

        void Walk(JsObject holder, string path)
        {
            if (!seen.Add(holder))
                return;
            for (var i = 0; holder.Table is { } table && i < table.Used; i++)
            {
                if (table.EntryAt(i) is not { Key: { } key } entry)
                    continue;
                var name = key is Symbol symbol ? $"[{symbol.Description.ToDotNetString()}]" : key.ToString()!;
                var full = path.Length == 0 ? name : $"{path}.{name}";
                if ((entry.Flags & PropertyFlags.Accessor) != 0)
                {
                    var accessor = (Accessor)entry.Value.Reference!;
                    Note(accessor.Get, $"get {full}");
                    Note(accessor.Set, $"set {full}");
                }
                else if (entry.Value.IsObject)
                {
                    if (!(name == "constructor" && path.EndsWith("prototype", StringComparison.Ordinal)))
                        Note(entry.Value.AsObject, full);
                    Walk(entry.Value.AsObject, full);
                }
            }
        }

        void Note(JsObject? value, string path)
        {
            if (value is NativeFunction)
                found.Add(path);
        }
    }
}

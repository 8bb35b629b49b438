using Brink.Functions.Modules;
using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.BuiltIns.Arrays;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.ScriptGenerator.Running;

/// <summary>Every built-in function of both runtimes by the path that leads to it: <c>String.prototype.slice</c>, <c>get RegExp.prototype.flags</c>.</summary>
internal static class BuiltInList
{
    /// <summary>Those of the language.</summary>
    public static IReadOnlyList<string> OfLanguage { get; } = OfEach(Of);

    /// <summary>Those of CloudFront's modules and globals.</summary>
    public static IReadOnlyList<string> OfHost { get; } = OfEach(static runtime =>
        HostModules.For(runtime).Modules.Concat(HostModules.For(runtime).Globals).SelectMany(module => FunctionsOf(module.Key, module.Value)));

    /// <summary>Those of one runtime's language.</summary>
    public static IReadOnlyList<string> Of(Runtime runtime) => [.. Walk(runtime).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> OfEach(Func<Runtime, IEnumerable<string>> list) =>
        [.. new[] { Runtime.CloudFrontJs10, Runtime.CloudFrontJs20 }.SelectMany(list).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> FunctionsOf(string path, HostModule module) =>
        module.Functions.Concat(module.Getters).Select(function => $"{path}.{function.Name}")
            .Concat(module.Objects.SelectMany(part => FunctionsOf($"{path}.{part.Name}", part.Object)));

    private static List<string> Walk(Runtime runtime)
    {
        var intrinsics = BuiltInObjects.For(runtime);
        var seen = new HashSet<JsObject>();
        var found = new List<string>();
        Into(intrinsics.Global, "");
        Into(intrinsics.TypedArrayPrototype, "TypedArray.prototype");
        Into(intrinsics.IteratorPrototype, "Iterator.prototype");
        Into(intrinsics.ArrayIteratorPrototype, "ArrayIterator.prototype");
        Into(intrinsics.AsyncFunctionPrototype, "AsyncFunction.prototype");
        return found;

        void Into(JsObject holder, string path)
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
                    Into(entry.Value.AsObject, full);
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

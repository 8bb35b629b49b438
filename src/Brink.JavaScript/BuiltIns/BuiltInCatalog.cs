using System.Collections.Frozen;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>What a runtime has, by name, read off the built-ins themselves, for looking at scripts without running them.</summary>
internal sealed class BuiltInCatalog
{
    private static readonly Lazy<BuiltInCatalog> Js10 = new(static () => new BuiltInCatalog(BuiltInObjects.For(Runtime.CloudFrontJs10)));
    private static readonly Lazy<BuiltInCatalog> Js20 = new(static () => new BuiltInCatalog(BuiltInObjects.For(Runtime.CloudFrontJs20)));

    private readonly FrozenDictionary<string, FrozenSet<string>> _globals;
    private readonly FrozenDictionary<string, FrozenSet<string>> _modules;
    private readonly FrozenSet<string> _onPrototypes;

    private BuiltInCatalog(Intrinsics intrinsics)
    {
        var everyObject = NamesOf(intrinsics.ObjectPrototype);
        var everyFunction = NamesOf(intrinsics.FunctionPrototype).Concat(everyObject).ToArray();
        var globals = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal);
        var prototypes = new HashSet<string>(everyFunction, StringComparer.Ordinal);
        // The global object has what every object has.
        foreach (var (name, value) in EntriesOf(intrinsics.ObjectPrototype).Concat(EntriesOf(intrinsics.Global)))
        {
            if (value.Reference is not JsObject holder)
            {
                globals[name] = FrozenSet<string>.Empty;
                continue;
            }
            globals[name] = NamesOf(holder).Concat(value.IsCallable ? everyFunction : everyObject).ToFrozenSet(StringComparer.Ordinal);
            foreach (var (member, prototype) in EntriesOf(holder))
            {
                for (var at = member == "prototype" ? prototype.Reference as JsObject : null; at is not null; at = at.Prototype)
                    prototypes.UnionWith(NamesOf(at));
            }
        }
        _globals = globals.ToFrozenDictionary(StringComparer.Ordinal);
        _onPrototypes = prototypes.ToFrozenSet(StringComparer.Ordinal);
        _modules = intrinsics.Modules.ToFrozenDictionary(
            module => module.Key, module => NamesOf(module.Value).Concat(everyObject).ToFrozenSet(StringComparer.Ordinal));
        OfArrays = NamesOf(intrinsics.ArrayPrototype).Concat(everyObject).ToFrozenSet(StringComparer.Ordinal);
        OfStrings = NamesOf(intrinsics.StringPrototype).Concat(everyObject).ToFrozenSet(StringComparer.Ordinal);
    }

    public static BuiltInCatalog For(Runtime runtime) => (runtime == Runtime.CloudFrontJs10 ? Js10 : Js20).Value;

    /// <summary>What every array has.</summary>
    public FrozenSet<string> OfArrays { get; }

    /// <summary>What every string has.</summary>
    public FrozenSet<string> OfStrings { get; }

    /// <summary>Whether it is a global name of the language.</summary>
    public bool HasGlobal(string name) => _globals.ContainsKey(name);

    /// <summary>The properties of a global object or function, inherited ones included; null if there is no such global.</summary>
    public FrozenSet<string>? MembersOf(string global) => _globals.GetValueOrDefault(global);

    /// <summary>The properties of a module of the engine itself, inherited ones included; null if there is no such module.</summary>
    public FrozenSet<string>? MembersOfModule(string name) => _modules.GetValueOrDefault(name);

    /// <summary>Whether values of any built-in kind have a property of that name.</summary>
    public bool IsOnAnyPrototype(string name) => _onPrototypes.Contains(name);

    private static IEnumerable<string> NamesOf(JsObject holder) => EntriesOf(holder).Select(entry => entry.Name);

    private static IEnumerable<(string Name, Value Value)> EntriesOf(JsObject holder)
    {
        for (var place = 0; place < (holder.Table?.Used ?? 0); place++)
        {
            var entry = holder.Table!.EntryAt(place);
            if (entry.Key is Atom name)
                yield return (name.ToString(), entry.Value);
        }
    }
}

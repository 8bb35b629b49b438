using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Values;

/// <summary>
/// Makes the built-ins: each file of <c>BuiltIns/</c> defines one object of the language through the few methods here. A member that only
/// one runtime has is defined behind <see cref="Is20"/>.
/// </summary>
internal sealed class IntrinsicsBuilder(Intrinsics intrinsics)
{
    public Intrinsics Intrinsics { get; } = intrinsics;

    public bool Is20 => Intrinsics.Runtime == Runtime.CloudFrontJs20;

    /// <summary>A new shared object.</summary>
    public JsObject Object(JsObject? prototype = null, ObjectClass @class = ObjectClass.Object) =>
        new(@class, Intrinsics.RootShape, prototype ?? Intrinsics.ObjectPrototype) { IsShared = true };

    /// <summary>A new shared function.</summary>
    public NativeFunction Function(string name, int length, NativeCode code, NativeCode? construct = null)
    {
        var function = new NativeFunction(name, code, construct, Intrinsics.RootShape, Intrinsics.FunctionPrototype) { IsShared = true };
        Put(function, Names.Name, Value.String(TextFacts.Permanent(name).Reference!, 0, TextFacts.Permanent(name).Length),
            PropertyFlags.Configurable);
        Put(function, Names.Length, Value.Number(length), PropertyFlags.Configurable);
        return function;
    }

    /// <summary>A method: writable, configurable, not enumerable.</summary>
    public NativeFunction Method(JsObject holder, string name, int length, NativeCode code, QuickCall quick = QuickCall.None)
    {
        var function = Function(name, length, code);
        function.Quick = quick;
        Put(holder, Names.Table.Intern(name), Value.Object(function), PropertyFlags.Hidden);
        return function;
    }

    public void Method(JsObject holder, Symbol name, string shownName, int length, NativeCode code) =>
        Put(holder, name, Value.Object(Function(shownName, length, code)), PropertyFlags.Hidden);

    public void Getter(JsObject holder, string name, NativeCode code) =>
        Put(holder, Names.Table.Intern(name), Value.Internal(new Accessor(Function(name, 0, code), null)),
            PropertyFlags.Configurable | PropertyFlags.Accessor);

    /// <summary>The getter of <c>Symbol.species</c>: the constructor it is asked of.</summary>
    public void Species(JsObject constructor) =>
        Put(constructor, Symbol.Species,
            Value.Internal(new Accessor(Function("", 0, static (Realm _, in Value self, ReadOnlySpan<Value> _) => self), null)),
            PropertyFlags.Configurable | PropertyFlags.Accessor);

    /// <summary>A constant: neither writable nor enumerable nor configurable.</summary>
    public static void Constant(JsObject holder, string name, in Value value) =>
        Put(holder, Names.Table.Intern(name), value, PropertyFlags.None);

    /// <summary>A global constructor with its prototype, wired both ways.</summary>
    public NativeFunction Constructor(string name, int length, NativeCode code, NativeCode construct, JsObject prototype)
    {
        var function = Function(name, length, code, construct);
        Put(function, Names.Prototype, Value.Object(prototype), PropertyFlags.None);
        Put(prototype, Names.Constructor, Value.Object(function), PropertyFlags.Hidden);
        Global(name, Value.Object(function));
        return function;
    }

    /// <summary>A global name.</summary>
    public void Global(string name, in Value value) => Put(Intrinsics.Global, Names.Table.Intern(name), value, PropertyFlags.Hidden);

    /// <summary>A property of a shared object, straight into its table: no realm exists yet.</summary>
    public static void Put(JsObject holder, PropertyKey key, in Value value, PropertyFlags flags)
    {
        holder.Table ??= new PropertyTable();
        var place = holder.Table.IndexOf(key);
        if (place < 0)
        {
            holder.Table.Add(key, value, flags);
            return;
        }
        ref var entry = ref holder.Table.EntryAt(place);
        entry.Value = value;
        entry.Flags = flags;
    }

    /// <summary>What <c>Object.prototype.toString</c> shows.</summary>
    public static void Tag(JsObject prototype, string tag) =>
        Put(prototype, Symbol.ToStringTag, TextFacts.Permanent(tag), PropertyFlags.Configurable);

    /// <summary>The same, computed: one prototype for many kinds.</summary>
    public void TagGetter(JsObject prototype, NativeCode code) =>
        Put(prototype, Symbol.ToStringTag, Value.Internal(new Accessor(Function("[Symbol.toStringTag]", 0, code), null)),
            PropertyFlags.Configurable | PropertyFlags.Accessor);
}

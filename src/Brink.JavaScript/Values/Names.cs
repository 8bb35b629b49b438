namespace Brink.JavaScript.Values;

/// <summary>
/// The names that the engine itself speaks of. The root of every chain of atom tables; closed once the built-ins are made.
/// </summary>
internal static class Names
{
    public static readonly AtomTable Table = new(parent: null, isShared: true);

    public static readonly Atom Length = Table.Intern("length");
    public static readonly Atom Name = Table.Intern("name");
    public static readonly Atom Prototype = Table.Intern("prototype");
    public static readonly Atom Constructor = Table.Intern("constructor");
    public static readonly Atom Message = Table.Intern("message");
    public static readonly Atom ToStringName = Table.Intern("toString");
    public static readonly Atom ValueOf = Table.Intern("valueOf");
    public static readonly Atom ToJson = Table.Intern("toJSON");
    public static readonly Atom Value = Table.Intern("value");
    public static readonly Atom Writable = Table.Intern("writable");
    public static readonly Atom Enumerable = Table.Intern("enumerable");
    public static readonly Atom Configurable = Table.Intern("configurable");
    public static readonly Atom Get = Table.Intern("get");
    public static readonly Atom Set = Table.Intern("set");
    public static readonly Atom Index = Table.Intern("index");
    public static readonly Atom Input = Table.Intern("input");
    public static readonly Atom Groups = Table.Intern("groups");
    public static readonly Atom LastIndex = Table.Intern("lastIndex");
    public static readonly Atom Then = Table.Intern("then");
    public static readonly Atom Callee = Table.Intern("callee");
    public static readonly Atom Handler = Table.Intern("handler");
    public static readonly Atom Next = Table.Intern("next");
    public static readonly Atom Done = Table.Intern("done");
    public static readonly Atom Raw = Table.Intern("raw");
    public static readonly Atom Proto = Table.Intern("__proto__");
    public static readonly Atom Default = Table.Intern("default");
    public static readonly Atom Empty = Table.Intern("");
}

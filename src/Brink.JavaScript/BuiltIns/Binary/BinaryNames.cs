using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>Names that the binary built-ins read and write on ordinary objects.</summary>
internal static class BinaryNames
{
    public static readonly Atom Type = Names.Table.Intern("type");
    public static readonly Atom Data = Names.Table.Intern("data");
    public static readonly Atom Read = Names.Table.Intern("read");
    public static readonly Atom Written = Names.Table.Intern("written");
    public static readonly Atom Fatal = Names.Table.Intern("fatal");
    public static readonly Atom IgnoreBom = Names.Table.Intern("ignoreBOM");
    public static readonly Atom Stream = Names.Table.Intern("stream");

    /// <summary>Touching this enters the names while the table is still open.</summary>
    public static void Enter() => _ = Type;
}

using System.Runtime.CompilerServices;
using Brink.JavaScript.BuiltIns.Binary;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>
/// The built-in objects of one runtime: made once for the process, shared by every call, never written to again (design section 3). What functions spec
/// 5.3 marks absent is not made, so that a script sees what it would see on AWS.
/// </summary>
internal sealed class Intrinsics
{
    private static readonly Lazy<(Intrinsics Js10, Intrinsics Js20)> Both = new(MakeBoth);

    /// <summary>Afterwards <see cref="Names.Table"/> is complete and closed.</summary>
    public static void EnterNames() => _ = Both.Value;

    public static Intrinsics For(Runtime runtime) => runtime == Runtime.CloudFrontJs10 ? Both.Value.Js10 : Both.Value.Js20;

    /// <summary>
    /// Both at once, with every name that the engine itself will ever speak of, before the first program compiles: a name that entered
    /// <see cref="Names.Table"/> later would be another atom than the one a program already has for the same text.
    /// </summary>
    private static (Intrinsics, Intrinsics) MakeBoth()
    {
        Realm.EnterNames();
        RuntimeHelpers.RunClassConstructor(typeof(BinaryNames).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(TypedArrayBuiltIns).TypeHandle);
        var both = (new Intrinsics(Runtime.CloudFrontJs10), new Intrinsics(Runtime.CloudFrontJs20));
        Names.Table.Close();
        return both;
    }

    private Intrinsics(Runtime runtime)
    {
        Runtime = runtime;
        ObjectPrototype = New(ObjectClass.Object, null);
        FunctionPrototype = New(ObjectClass.FunctionPrototype, ObjectPrototype);
        ArrayPrototype = New(ObjectClass.Object, ObjectPrototype);
        StringPrototype = New(ObjectClass.Object, ObjectPrototype);
        NumberPrototype = New(ObjectClass.Object, ObjectPrototype);
        BooleanPrototype = New(ObjectClass.Object, ObjectPrototype);
        SymbolPrototype = New(ObjectClass.Object, ObjectPrototype);
        RegExpPrototype = New(ObjectClass.Object, ObjectPrototype);
        DatePrototype = New(ObjectClass.Object, ObjectPrototype);
        PromisePrototype = New(ObjectClass.Object, ObjectPrototype);
        ArrayBufferPrototype = New(ObjectClass.Object, ObjectPrototype);
        TypedArrayPrototype = New(ObjectClass.Object, ObjectPrototype);
        DataViewPrototype = New(ObjectClass.Object, ObjectPrototype);
        BufferPrototype = New(ObjectClass.Object, TypedArrayPrototype);
        ArrayIteratorPrototype = New(ObjectClass.Object, ObjectPrototype);
        AsyncFunctionPrototype = New(ObjectClass.Object, FunctionPrototype);
        ErrorPrototypes[0] = New(ObjectClass.Object, ObjectPrototype);
        for (var i = 1; i < ErrorPrototypes.Length; i++)
            ErrorPrototypes[i] = New(ObjectClass.Object, ErrorPrototypes[0]);
        Global = New(ObjectClass.Global, ObjectPrototype);
        var builder = new IntrinsicsBuilder(this);
        var refuse = builder.Function("", 0, FunctionBuiltIns.RefuseAccess);
        Restricted = new Accessor(refuse, refuse);
        builder.BuildAll();
    }

    public Runtime Runtime { get; }

    /// <summary>The root of the shapes of all built-ins.</summary>
    public Shape RootShape { get; } = Shape.NewRoot();

    public JsObject ObjectPrototype { get; }
    public JsObject FunctionPrototype { get; }
    public JsObject ArrayPrototype { get; }
    public JsObject StringPrototype { get; }
    public JsObject NumberPrototype { get; }
    public JsObject BooleanPrototype { get; }
    public JsObject SymbolPrototype { get; }
    public JsObject RegExpPrototype { get; }
    public JsObject DatePrototype { get; }
    public JsObject PromisePrototype { get; }
    public JsObject ArrayBufferPrototype { get; }

    /// <summary>%TypedArray%.prototype; each kind has its own below (see <see cref="TypedArrayPrototypes"/>).</summary>
    public JsObject TypedArrayPrototype { get; }
    public JsObject[] TypedArrayPrototypes { get; } = new JsObject[9];
    public JsObject DataViewPrototype { get; }
    public JsObject BufferPrototype { get; }
    public JsObject ArrayIteratorPrototype { get; }
    public JsObject AsyncFunctionPrototype { get; }

    /// <summary>By <see cref="ErrorType"/>.</summary>
    public JsObject[] ErrorPrototypes { get; } = new JsObject[10];

    /// <summary>The accessor of <c>arguments.callee</c> and of functions' <c>caller</c> and <c>arguments</c>: it throws.</summary>
    public Accessor Restricted { get; }

    /// <summary>The global object: a name that no scope declares is looked up here.</summary>
    public JsObject Global { get; }

    private JsObject New(ObjectClass @class, JsObject? prototype) => new(@class, RootShape, prototype) { IsShared = true };
}

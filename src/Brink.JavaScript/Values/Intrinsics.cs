using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Values;

/// <summary>
/// The built-in objects of one runtime: made once for the process, shared by every call, never written to again.
/// <c>BuiltIns/BuiltInObjects.cs</c> makes them.
/// </summary>
internal sealed class Intrinsics
{
    /// <param name="runtime">Theirs.</param>
    /// <param name="refuseAccess">Throws; see <see cref="Restricted"/>.</param>
    public Intrinsics(Runtime runtime, NativeCode refuseAccess)
    {
        Runtime = runtime;
        ObjectPrototype = New(ObjectClass.Object, null);
        FunctionPrototype = new NativeFunction("", AnswerUndefined, construct: null, RootShape, ObjectPrototype) { IsShared = true };
        ArrayPrototype = new ArrayPrototype(RootShape, ObjectPrototype) { IsShared = true };
        StringPrototype = Wrapper(Realm.EmptyText);
        NumberPrototype = Wrapper(Value.Number(0));
        BooleanPrototype = Wrapper(Value.False);
        SymbolPrototype = New(ObjectClass.Object, ObjectPrototype);
        RegExpPrototype = runtime == Runtime.CloudFrontJs10
            ? JsRegExp.OfNothing(RootShape, ObjectPrototype)
            : New(ObjectClass.Object, ObjectPrototype);
        DatePrototype = New(ObjectClass.Object, ObjectPrototype);
        PromisePrototype = New(ObjectClass.Object, ObjectPrototype);
        ArrayBufferPrototype = New(ObjectClass.Object, ObjectPrototype);
        TypedArrayPrototype = New(ObjectClass.Object, ObjectPrototype);
        DataViewPrototype = New(ObjectClass.Object, ObjectPrototype);
        BufferPrototype = New(ObjectClass.Object, TypedArrayPrototype);
        IteratorPrototype = New(ObjectClass.Object, ObjectPrototype);
        ArrayIteratorPrototype = New(ObjectClass.Object, IteratorPrototype);
        AsyncFunctionPrototype = New(ObjectClass.Object, FunctionPrototype);
        ErrorPrototypes[0] = New(ObjectClass.Object, ObjectPrototype);
        for (var i = 1; i < ErrorPrototypes.Length; i++)
            ErrorPrototypes[i] = New(ObjectClass.Object, ErrorPrototypes[0]);
        Global = New(ObjectClass.Global, ObjectPrototype);
        var refuse = new IntrinsicsBuilder(this).Function("", 0, refuseAccess);
        Restricted = new Accessor(refuse, refuse);
    }

    public Runtime Runtime { get; }

    /// <summary>The root of the shapes of all built-ins.</summary>
    public Shape RootShape { get; } = Shape.NewRoot();

    public JsObject ObjectPrototype { get; }

    // Each of the next five is a value of its own class, as RegExp.prototype is in runtime 1.0.
    public JsFunction FunctionPrototype { get; }
    public ArrayPrototype ArrayPrototype { get; }
    public JsObject StringPrototype { get; }
    public JsObject NumberPrototype { get; }
    public JsObject BooleanPrototype { get; }
    public JsObject SymbolPrototype { get; }
    public JsObject RegExpPrototype { get; }
    public JsObject DatePrototype { get; }
    public JsObject PromisePrototype { get; }

    /// <summary>The constructor.</summary>
    public JsFunction Promise { get; set; } = null!;
    public JsObject ArrayBufferPrototype { get; }

    /// <summary>%TypedArray%.prototype; each kind has its own below (see <see cref="TypedArrayPrototypes"/>).</summary>
    public JsObject TypedArrayPrototype { get; }
    public JsObject[] TypedArrayPrototypes { get; } = new JsObject[9];
    public JsObject DataViewPrototype { get; }
    public JsObject BufferPrototype { get; }
    public JsObject IteratorPrototype { get; }
    public JsObject ArrayIteratorPrototype { get; }
    public JsObject AsyncFunctionPrototype { get; }

    /// <summary>By <see cref="Execution.ErrorType"/>.</summary>
    public JsObject[] ErrorPrototypes { get; } = new JsObject[10];

    /// <summary>The modules that the engine itself has, by name.</summary>
    public Dictionary<string, JsObject> Modules { get; } = [];

    /// <summary>The accessor of <c>arguments.callee</c> and of functions' <c>caller</c> and <c>arguments</c>: it throws.</summary>
    public Accessor Restricted { get; }

    /// <summary>The global object: a name that no scope declares is looked up here.</summary>
    public JsObject Global { get; }

    private JsObject New(ObjectClass @class, JsObject? prototype) => new(@class, RootShape, prototype) { IsShared = true };

    private PrimitiveWrapper Wrapper(in Value primitive) => new(primitive, RootShape, ObjectPrototype) { IsShared = true };

    private static Value AnswerUndefined(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Value.Undefined;
}

using System.Runtime.CompilerServices;
using Brink.JavaScript.BuiltIns.Arrays;
using Brink.JavaScript.BuiltIns.Binary;
using Brink.JavaScript.BuiltIns.Dates;
using Brink.JavaScript.BuiltIns.Json;
using Brink.JavaScript.BuiltIns.Numbers;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.BuiltIns.Texts;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>
/// The built-in objects of both runtimes. What functions spec 5.3 marks absent is not made, so that a script sees what it would see on AWS.
/// </summary>
internal static class BuiltInObjects
{
    private static readonly Lazy<(Intrinsics Js10, Intrinsics Js20)> Both = new(MakeBoth);

    /// <summary>Afterwards <see cref="Names.Table"/> is complete and closed.</summary>
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
        var both = (Make(Runtime.CloudFrontJs10), Make(Runtime.CloudFrontJs20));
        Names.Table.Close();
        return both;
    }

    /// <summary>The order is that in which a script that lists the global object sees the names.</summary>
    private static Intrinsics Make(Runtime runtime)
    {
        var intrinsics = new Intrinsics(runtime, FunctionBuiltIns.RefuseAccess);
        var b = new IntrinsicsBuilder(intrinsics);

        ObjectBuiltIns.Build(b);
        FunctionBuiltIns.Build(b);
        ArrayBuiltIns.Build(b);
        ErrorBuiltIns.Build(b);
        BooleanBuiltIns.Build(b);
        SymbolBuiltIns.Build(b);
        JsonBuiltIns.Build(b);
        GlobalBuiltIns.Build(b);

        StringBuiltIns.Build(b);
        RegExpBuiltIns.Build(b);
        NumberBuiltIns.Build(b);
        MathBuiltIns.Build(b);
        DateBuiltIns.Build(b);
        UriBuiltIns.Build(b);

        // Runtime 1.0 has array buffers and typed arrays only (functions spec 5.3, 5.4).
        BinaryNames.Enter();
        ArrayBufferBuiltIns.Build(b);
        TypedArrayBuiltIns.Build(b);
        if (b.Is20)
        {
            DataViewBuiltIns.Build(b);
            BufferBuiltIns.Build(b);
            TextCodecs.Build(b);
            Base64BuiltIns.Build(b);
        }

        PromiseBuiltIns.Build(b);
        GlobalBuiltIns.BuildRequire(b);
        return intrinsics;
    }
}

using Brink.JavaScript.BuiltIns.Binary;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>Everything about bytes. Runtime 1.0 has array buffers and typed arrays only (functions spec 5.3, 5.4).</summary>
internal sealed partial class IntrinsicsBuilder
{
    partial void BuildBinary()
    {
        BinaryNames.Enter();
        ArrayBufferBuiltIns.Build(this);
        TypedArrayBuiltIns.Build(this);
        if (!Is20)
            return;
        DataViewBuiltIns.Build(this);
        BufferBuiltIns.Build(this);
        TextCodecs.Build(this);
        Base64BuiltIns.Build(this);
    }

    /// <summary>What <c>Object.prototype.toString</c> shows.</summary>
    public static void Tag(JsObject prototype, string tag) =>
        Put(prototype, Symbol.ToStringTag, TextFacts.Permanent(tag), PropertyFlags.Configurable);

    /// <summary>The same, computed: one prototype for many kinds.</summary>
    public void TagGetter(JsObject prototype, NativeCode code) =>
        Put(prototype, Symbol.ToStringTag, Value.Internal(new Accessor(Function("[Symbol.toStringTag]", 0, code), null)), PropertyFlags.Configurable | PropertyFlags.Accessor);
}

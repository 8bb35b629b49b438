using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>A regular expression object: a shared program and its own lastIndex.</summary>
internal sealed class JsRegExp(RegExpProgram program, Value source, string flags, Shape shape, JsObject? prototype)
    : JsObject(ObjectClass.RegExp, shape, prototype)
{
    public RegExpProgram Program { get; private set; } = program;

    /// <summary>The pattern's text.</summary>
    public Value Source { get; private set; } = source;

    /// <summary>In the order that the flags property gives them.</summary>
    public string Flags { get; private set; } = InOrder(flags);

    /// <summary>Any value: scripts write to it.</summary>
    public Value LastIndex = Value.Number(0);

    private bool _lastIndexIsReadOnly;

    public bool IsGlobal => (Program.Flags & RegExpFlags.Global) != 0;

    public bool IsSticky => (Program.Flags & RegExpFlags.Sticky) != 0;

    /// <summary>No property of its own beside lastIndex, so its methods are those of its prototype.</summary>
    public bool IsPlain => Table is null && Shape.Count == 0;

    /// <summary>As the language sets it: a TypeError if it was made read-only. False if it threw.</summary>
    public bool SetLastIndex(Realm realm, int index)
    {
        if (_lastIndexIsReadOnly)
        {
            realm.ThrowTypeError("Cannot assign to read-only property \"lastIndex\" of object");
            return false;
        }
        LastIndex = Value.Number(index);
        return true;
    }

    /// <summary>RegExp.prototype of runtime 1.0, the pattern <c>(?:)</c>: shared, so it has no lastIndex of its own.</summary>
    public static JsRegExp OfNothing(Shape shape, JsObject prototype) =>
        new(NoProgram, Realm.EmptyText, "", shape, prototype) { IsShared = true };

    /// <summary>What a realm keeps for another call is another literal there.</summary>
    public void Become(RegExpProgram program, in Value source, string flags, Shape shape, JsObject? prototype)
    {
        Program = program;
        Source = source;
        Flags = InOrder(flags);
        Shape = shape;
        Prototype = prototype;
    }

    public override void Forget()
    {
        base.Forget();
        Become(NoProgram, default, "", Shape.Dictionary, null);
        LastIndex = default;
        _lastIndexIsReadOnly = false;
    }

    private static readonly RegExpProgram NoProgram =
        ((RegExpCompileOutcome.Compiled)RegExpCompiler.Compile(default, "", Runtime.CloudFrontJs20)).Program;

    private static string InOrder(string flags) =>
        flags.Length < 2 || flags is "gi" or "gm" or "im" or "gim" ? flags : string.Concat("gimy".Where(flags.Contains));

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        if (!ReferenceEquals(key, Names.LastIndex) || IsShared)
            return base.GetOwn(realm, key, out property);
        property = new Property { Value = LastIndex, Flags = _lastIndexIsReadOnly ? PropertyFlags.None : PropertyFlags.Writable };
        return true;
    }

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (!ReferenceEquals(key, Names.LastIndex) || IsShared)
        {
            base.PutOwn(realm, key, value, flags);
            return;
        }
        LastIndex = value;
        _lastIndexIsReadOnly = (flags & PropertyFlags.Writable) == 0;
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        base.CollectOwnKeys(realm, keys);
        if (!IsShared)
            keys.Add(Names.LastIndex);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Texts;

/// <summary>RegExp. Nothing of a match outlives it but its result: there is no <c>RegExp.$1</c>.</summary>
internal static class RegExpBuiltIns
{
    private const int CompileBytesPerCharacter = 32;

    private const int SmallSlots = 64;

    /// <summary>Of a result that the script's own exec gave, 2.0 reads so many elements.</summary>
    private const int MostCaptures = 100;
    private const string NotARegExp = "\"this\" argument is not a regexp";

    public static void Build(IntrinsicsBuilder builder)
    {
        var prototype = builder.Intrinsics.RegExpPrototype;
        builder.Constructor("RegExp", 2, Call, Construct, prototype);
        if (builder.Is20)
            builder.Getter(prototype, "flags", GetFlags);
        builder.Getter(prototype, "global", (realm, in self, _) => GetFlag(realm, self, RegExpFlags.Global));
        builder.Getter(prototype, "ignoreCase", (realm, in self, _) => GetFlag(realm, self, RegExpFlags.IgnoreCase));
        builder.Getter(prototype, "multiline", (realm, in self, _) => GetFlag(realm, self, RegExpFlags.Multiline));
        builder.Getter(prototype, "source", GetSource);
        if (builder.Is20)
            builder.Getter(prototype, "sticky", (realm, in self, _) => GetFlag(realm, self, RegExpFlags.Sticky));
        builder.Method(prototype, "toString", 0, ToStringMethod);
        builder.Method(prototype, "test", 1, Test);
        builder.Method(prototype, "exec", 1, Exec);
        builder.Method(prototype, Symbol.Replace, "[Symbol.replace]", 2, Replace);
        if (builder.Is20)
            builder.Method(prototype, Symbol.Split, "[Symbol.split]", 2, Split);
    }

    // ---------------------------------------------------------------- making

    private static Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        arguments.At(0) is { IsObject: true } pattern && pattern.AsObject is JsRegExp && arguments.At(1).IsUndefined
            ? pattern
            : Construct(realm, thisValue, arguments);

    private static Value Construct(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var pattern = arguments.At(0);
        var flags = arguments.At(1);
        if (pattern.IsObject && pattern.AsObject is JsRegExp other)
        {
            if (flags.IsUndefined)
                return realm.NewRegExp(other.Program, other.Source, other.Flags);
            pattern = other.Source;
        }
        var flagText = flags.IsUndefined ? Realm.EmptyText : realm.ToText(flags);
        if (flagText.IsThrew)
            return flagText;
        var source = pattern.IsUndefined ? Realm.EmptyText : realm.ToText(pattern);
        return source.IsThrew ? source : Make(realm, source, flagText);
    }

    /// <summary>Compiles; or throws a SyntaxError.</summary>
    private static Value Make(Realm realm, in Value source, in Value flagText)
    {
        var text = realm.ToTextIfUtf8(source);
        var view = text.View;
        ChargeCompiling(realm, Math.Min(view.Length, PatternParser.MaxPatternLength));
        realm.Charge(flagText.Length);
        var flags = flagText.View.Slice(0, Math.Min(flagText.Length, 64)).ToString();
        if (flags.Contains('i'))
        {
            for (var i = 0; i < view.Length && i < PatternParser.MaxPatternLength; i++)
            {
                if (view[i] == '[')
                    realm.Charge(Price.FoldedClass);
            }
        }
        return RegExpCompiler.Compile(view, flags, realm.Runtime) switch
        {
            RegExpCompileOutcome.Compiled(var program) => realm.NewRegExp(program, text, flags),
            RegExpCompileOutcome.Refused(var message) => realm.Throw(ErrorType.SyntaxError, message),
            _ => throw new InvalidOperationException("an unknown outcome of compiling"),
        };
    }

    private static void ChargeCompiling(Realm realm, int length)
    {
        realm.Charge(Price.Compiled + Price.CompiledCharacter * (1 + length));
        realm.Allocate((long)CompileBytesPerCharacter * length);
    }

    /// <summary>A regular expression of anything that is not one, as <c>match</c> and <c>search</c> make it.</summary>
    public static JsRegExp? FromValue(Realm realm, in Value value)
    {
        if (value.IsObject && value.AsObject is JsRegExp regExp)
            return regExp;
        var made = Construct(realm, Value.Undefined, [value]);
        return made.IsThrew ? null : (JsRegExp)made.AsObject;
    }

    // ---------------------------------------------------------------- matching

    /// <summary>False if it threw: the pattern tried too many ways.</summary>
    public static bool Search(Realm realm, RegExpProgram program, in Value text, int start, Span<int> slots, out bool found)
    {
        if (text.IsBytes != ((program.Flags & RegExpFlags.Bytes) != 0))
        {
            found = false;
            if (!text.IsBytes)
                return true;                        // a pattern of bytes that are no text
            // A literal's program may have it from another call, which the meter must not tell: each call pays, and again when the
            // pattern changes.
            if (!ReferenceEquals(realm.LastForBytes, program))
                ChargeCompiling(realm, program.Pattern.Length);
            realm.LastForBytes = program;
            if (program.ForBytes is not { } forBytes)
                return true;
            program = forBytes;
        }
        var outcome = Matcher.Search(realm, realm.MatchStack, program, text.View, start, slots);
        found = outcome == MatchOutcome.Match;
        if (outcome != MatchOutcome.LimitExceeded)
            return true;
        realm.Throw(ErrorType.InternalError, "pcre2_match() failed: match limit exceeded");
        return false;
    }

    /// <summary>An array for the slots of a program that has more than fit on the stack.</summary>
    public static Span<int> LargeSlots(Realm realm, RegExpProgram program)
    {
        realm.Allocate((long)sizeof(int) * program.SlotCount);
        return new int[program.SlotCount];
    }

    /// <summary>One match by the rules of lastIndex. False if it threw.</summary>
    private static bool Step(Realm realm, JsRegExp regExp, in Value text, Span<int> slots, out bool found)
    {
        found = false;
        if (!realm.ToInteger(regExp.LastIndex, out var lastIndex))
            return false;
        var moves = regExp.IsGlobal || regExp.IsSticky;
        if (!moves || lastIndex < 0)
            lastIndex = 0;
        if (lastIndex > text.Length)
            return regExp.SetLastIndex(realm, 0);
        if (!Search(realm, regExp.Program, text, (int)lastIndex, slots, out found))
            return false;
        return !moves || regExp.SetLastIndex(realm, found ? slots[1] : 0);
    }

    private static Value Exec(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject || thisValue.AsObject is not JsRegExp regExp)
            return realm.ThrowTypeError(NotARegExp);
        var text = realm.ToText(arguments.At(0));
        return text.IsThrew ? text : ExecBuiltIn(realm, regExp, text);
    }

    [SkipLocalsInit]
    public static Value ExecBuiltIn(Realm realm, JsRegExp regExp, in Value text)
    {
        var slots = regExp.Program.SlotCount <= SmallSlots ? stackalloc int[SmallSlots] : LargeSlots(realm, regExp.Program);
        if (!Step(realm, regExp, text, slots, out var found))
            return Value.Threw;
        return found ? NewResult(realm, regExp.Program, text, slots) : Value.Null;
    }

    public static Value CaptureAt(in Value text, ReadOnlySpan<int> slots, int group) =>
        slots[2 * group] < 0 ? Value.Undefined : Realm.Slice(text, slots[2 * group], slots[2 * group + 1] - slots[2 * group]);

    private static Value NewResult(Realm realm, RegExpProgram program, in Value text, ReadOnlySpan<int> slots)
    {
        realm.Charge(Price.MatchResult + program.GroupCount);
        var result = realm.NewArray(program.GroupCount);
        for (var i = 0; i < program.GroupCount; i++)
            result.Push(realm, CaptureAt(text, slots, i));
        result.Put(realm, Names.Index, Value.Number(slots[0]));
        result.Put(realm, Names.Input, text);
        result.Put(realm, Names.Groups, NewGroups(realm, program, text, slots));
        return Value.Object(result);
    }

    public static Value NewGroups(Realm realm, RegExpProgram program, in Value text, ReadOnlySpan<int> slots)
    {
        if (program.GroupNames.Length == 0)
            return Value.Undefined;
        realm.Charge(program.GroupNames.Length);
        var groups = realm.NewObject(ObjectClass.Object, null);
        foreach (var (group, name) in program.GroupNames)
            groups.PutData(realm, realm.AtomOf(name), CaptureAt(text, slots, group));
        return Value.Object(groups);
    }

    /// <summary>The exec that a script may have put in the place of ours: an object, null, or the threw marker.</summary>
    private static Value ExecAny(Realm realm, JsObject regExp, in Value text)
    {
        var exec = realm.Get(regExp, realm.AtomOf("exec"));
        if (exec.IsThrew)
            return exec;
        if (exec.IsCallable && !(exec.AsObject is NativeFunction native && native.Code == Exec))
        {
            var result = realm.Call(exec, Value.Object(regExp), [text]);
            return result.IsObject || result.IsNull || result.IsThrew ? result : realm.ThrowTypeError("unexpected \"exec\" retval");
        }
        return regExp is JsRegExp own ? ExecBuiltIn(realm, own, text) : realm.ThrowTypeError("receiver argument is not a regexp");
    }

    /// <summary>Whether a short cut past the object's methods sees the same as the long way.</summary>
    public static bool IsUntouched(Realm realm, JsRegExp regExp) =>
        !realm.HasPatchedIntrinsics && regExp.IsPlain && ReferenceEquals(regExp.Prototype, realm.Intrinsics.RegExpPrototype);

    [SkipLocalsInit]
    private static Value Test(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError("\"this\" argument is not an object");
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return text;
        if (thisValue.AsObject is not JsRegExp regExp || !IsUntouched(realm, regExp))
        {
            var result = ExecAny(realm, thisValue.AsObject, text);
            return result.IsThrew ? result : Value.Boolean(!result.IsNull);
        }
        var slots = regExp.Program.SlotCount <= SmallSlots ? stackalloc int[SmallSlots] : LargeSlots(realm, regExp.Program);
        return Step(realm, regExp, text, slots, out var found) ? Value.Boolean(found) : Value.Threw;
    }

    // ---------------------------------------------------------------- replace

    /// <summary>Whether a function is the replace that regular expressions have.</summary>
    public static bool IsReplace(in Value function) => function.Reference is NativeFunction native && native.Code == Replace;

    private static Value Replace(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError("\"this\" is not object");
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return text;
        var replacement = arguments.At(1);
        if (!replacement.IsCallable)
        {
            replacement = realm.ToText(replacement);
            if (replacement.IsThrew)
                return replacement;
        }
        return thisValue.AsObject is JsRegExp regExp && IsUntouched(realm, regExp)
            ? ReplaceIn(realm, regExp, text, replacement)
            : ReplaceByProperties(realm, thisValue.AsObject, text, replacement);
    }

    /// <summary>Replaces in one pass over the text. The replacement is a string or a function.</summary>
    // 768 bytes of buffers that are written before they are read: clearing them cost more than a short search
    [SkipLocalsInit]
    public static Value ReplaceIn(Realm realm, JsRegExp regExp, in Value text, in Value replacement)
    {
        var program = regExp.Program;
        var slots = program.SlotCount <= SmallSlots ? stackalloc int[SmallSlots] : LargeSlots(realm, program);
        var isPlain = !replacement.IsCallable && replacement.View.IndexOf(new TextView("$"), 0) < 0;
        int at = 0, copied = 0;
        if (regExp.IsGlobal)
        {
            if (!regExp.SetLastIndex(realm, 0))
                return Value.Threw;
        }
        else if (regExp.IsSticky)
        {
            if (!realm.ToInteger(regExp.LastIndex, out var lastIndex))
                return Value.Threw;
            if (lastIndex > text.Length)
                return regExp.SetLastIndex(realm, 0) ? text : Value.Threw;
            at = (int)Math.Max(0, lastIndex);
        }

        if (!Search(realm, program, text, at, slots, out var found))
            return Value.Threw;
        if (regExp.IsSticky && !regExp.IsGlobal && !regExp.SetLastIndex(realm, found ? slots[1] : 0))
            return Value.Threw;
        if (!found)
            return text;

        var builder = new TextBuilder(realm, stackalloc char[256]);
        Value[]? callArguments = null;
        while (found)
        {
            builder.Append(text.View.Slice(copied, slots[0] - copied));
            if (isPlain)
            {
                builder.Append(replacement.View);
            }
            else if (replacement.IsCallable)
            {
                var piece = CallReplacer(realm, program, text, replacement, slots, ref callArguments);
                if (piece.IsThrew)
                {
                    builder.Dispose();
                    return piece;
                }
                builder.Append(piece.View);
            }
            else
            {
                Substitution.Append(ref builder, replacement.View, new FoundMatch(realm, program, text, slots));
            }
            copied = slots[1];
            if (!regExp.IsGlobal)
                break;
            at = slots[1] > slots[0] ? slots[1] : slots[1] + 1;
            if (at > text.Length)
                break;
            if (!Search(realm, program, text, at, slots, out found))
            {
                builder.Dispose();
                return Value.Threw;
            }
        }
        builder.Append(text.View.Slice(copied, text.Length - copied));
        return text.IsBytes ? builder.ToText() : builder.ToTextIfUtf8();
    }

    private static Value CallReplacer(
        Realm realm, RegExpProgram program, in Value text, in Value function, ReadOnlySpan<int> slots, ref Value[]? arguments)
    {
        var hasNames = program.GroupNames.Length > 0;
        var count = program.GroupCount + (hasNames ? 3 : 2);
        if (arguments is null)
        {
            realm.Allocate((long)MemoryCost.Value * count);
            arguments = new Value[count];
        }
        realm.Charge(count);
        for (var i = 0; i < program.GroupCount; i++)
            arguments[i] = CaptureAt(text, slots, i);
        arguments[program.GroupCount] = Value.Number(slots[0]);
        arguments[program.GroupCount + 1] = text;
        if (hasNames)
            arguments[^1] = NewGroups(realm, program, text, slots);
        var result = realm.Call(function, Value.Undefined, arguments);
        return result.IsThrew ? result : realm.ToText(result);
    }

    /// <summary>The long way, for objects that a script has changed or that only look like regular expressions.</summary>
    private static Value ReplaceByProperties(Realm realm, JsObject regExp, in Value text, in Value replacement)
    {
        var global = realm.Get(regExp, realm.AtomOf("global"));
        if (global.IsThrew)
            return global;
        var isGlobal = Realm.ToBoolean(global);
        if (isGlobal && !realm.Set(Value.Object(regExp), Names.LastIndex, Value.Number(0)))
            return Value.Threw;
        var builder = new TextBuilder(realm, stackalloc char[256]);
        var copied = 0;
        while (true)
        {
            realm.Charge(1);
            var result = ExecAny(realm, regExp, text);
            if (result.IsThrew
                || (!result.IsNull && !AppendResult(realm, regExp, isGlobal, result, text, replacement, ref builder, ref copied)))
            {
                builder.Dispose();
                return Value.Threw;
            }
            if (result.IsNull || !isGlobal)
                break;
        }
        builder.Append(text.View.Slice(copied, text.Length - copied));
        return builder.ToText();
    }

    private static bool AppendResult(
        Realm realm, JsObject regExp, bool isGlobal, in Value result, in Value text, in Value replacement,
        ref TextBuilder builder, ref int copied)
    {
        if (!realm.ToInteger(realm.Get(result, Names.Length), out var length)
            || !realm.ToInteger(realm.Get(result, Names.Index), out var index))
            return false;
        var count = (int)Math.Clamp(length, 1, realm.Runtime == Runtime.CloudFrontJs20 ? MostCaptures : int.MaxValue - 3);
        realm.Charge(count);
        realm.Allocate((long)MemoryCost.Value * (count + 3));
        var arguments = new List<Value>(count + 3);
        for (var i = 0; i < count; i++)
        {
            var capture = realm.GetElement(result, Value.Number(i));
            if (!capture.IsThrew && (i == 0 || !capture.IsUndefined))
                capture = realm.ToText(capture);
            if (capture.IsThrew)
                return false;
            arguments.Add(capture);
        }
        var matched = arguments[0];
        if (isGlobal && matched.Length == 0)
        {
            if (!realm.ToInteger(realm.Get(regExp, Names.LastIndex), out var lastIndex)
                || !realm.Set(Value.Object(regExp), Names.LastIndex, Value.Number(lastIndex + 1)))
                return false;
        }
        var groups = realm.Get(result, Names.Groups);
        if (groups.IsThrew)
            return false;
        var position = (int)Math.Clamp(index, 0, text.Length);
        if (!replacement.IsCallable && groups.IsNull)
        {
            realm.ThrowTypeError("cannot convert null or undefined to object");
            return false;
        }
        var piece = Value.Undefined;
        if (replacement.IsCallable)
        {
            arguments.Add(Value.Number(position));
            arguments.Add(text);
            if (!groups.IsUndefined)
                arguments.Add(groups);
            piece = realm.Call(replacement, Value.Undefined, CollectionsMarshal.AsSpan(arguments));
            if (!piece.IsThrew)
                piece = realm.ToText(piece);
            if (piece.IsThrew)
                return false;
        }
        if (position < copied)
            return true;
        builder.Append(text.View.Slice(copied, position - copied));
        copied = Math.Min(text.Length, position + matched.Length);
        if (replacement.IsCallable)
        {
            builder.Append(piece.View);
            return true;
        }
        return Substitution.Append(
            ref builder, replacement.View, new GivenMatch(realm, text, position, CollectionsMarshal.AsSpan(arguments), groups));
    }

    // ---------------------------------------------------------------- split

    private static Value Split(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError("\"this\" is not object");
        if (thisValue.AsObject is not JsRegExp regExp)
            return realm.ThrowTypeError(NotARegExp);
        var text = realm.ToText(arguments.At(0));
        return text.IsThrew ? text : SplitBy(realm, regExp, text, arguments.At(1));
    }

    [SkipLocalsInit]
    public static Value SplitBy(Realm realm, JsRegExp regExp, in Value text, in Value limitValue)
    {
        if (!StringBuiltIns.ToSplitLimit(realm, limitValue, out var limit))
            return Value.Threw;
        var parts = realm.NewArray();
        if (limit == 0)
            return Value.Object(parts);
        var program = regExp.Program.WithoutSticky();
        var slots = program.SlotCount <= SmallSlots ? stackalloc int[SmallSlots] : LargeSlots(realm, program);
        bool found;
        if (text.Length == 0)
        {
            if (!Search(realm, program, text, 0, slots, out found))
                return Value.Threw;
            // The dialect: in 1.0 there is always a part.
            if (!found || realm.Runtime == Runtime.CloudFrontJs10)
                parts.Push(realm, text);
            return Value.Object(parts);
        }
        int from = 0, at = 0;
        while (at < text.Length)
        {
            if (!Search(realm, program, text, at, slots, out found))
                return Value.Threw;
            if (!found || slots[0] >= text.Length)
                break;
            if (slots[1] == from)
            {
                // Nothing between the parts: a part has to have something in it.
                at++;
                continue;
            }
            parts.Push(realm, Realm.Slice(text, from, slots[0] - from));
            if (parts.Length == limit)
                return Value.Object(parts);
            for (var i = 1; i < program.GroupCount; i++)
            {
                realm.Charge(1);
                parts.Push(realm, CaptureAt(text, slots, i));
                if (parts.Length == limit)
                    return Value.Object(parts);
            }
            from = slots[1];
            at = slots[1] == slots[0] ? slots[1] + 1 : slots[1];
        }
        parts.Push(realm, Realm.Slice(text, from, text.Length - from));
        return Value.Object(parts);
    }

    // ---------------------------------------------------------------- what it says of itself

    private static Value GetFlag(Realm realm, in Value self, RegExpFlags flag)
    {
        if (self.IsObject && self.AsObject is JsRegExp regExp)
            return Value.Boolean((regExp.Program.Flags & flag) != 0);
        return self.IsObject && ReferenceEquals(self.AsObject, realm.Intrinsics.RegExpPrototype)
            ? Value.Undefined
            : realm.ThrowTypeError(NotARegExp);
    }

    private static Value GetSource(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsObject && thisValue.AsObject is JsRegExp regExp)
            return SourceOf(realm, regExp);
        return thisValue.IsObject && ReferenceEquals(thisValue.AsObject, realm.Intrinsics.RegExpPrototype)
            ? realm.NewText("(?:)")
            : realm.ThrowTypeError(NotARegExp);
    }

    private static Value SourceOf(Realm realm, JsRegExp regExp)
    {
        if (regExp.Source.Length == 0)
            return realm.NewText("(?:)");
        return realm.Runtime == Runtime.CloudFrontJs10 ? WithEscapedBrackets(realm, regExp.Source) : regExp.Source;
    }

    /// <summary>The dialect of 1.0: a bracket that closes no class is shown escaped.</summary>
    private static Value WithEscapedBrackets(Realm realm, in Value source)
    {
        var view = source.View;
        realm.Charge(view.Length / Price.ComparedCharacters);
        if (view.IndexOf(new TextView("]"), 0) < 0)
            return source;
        var builder = new TextBuilder(realm, stackalloc char[256]);
        int copied = 0, at = 0;
        var isInClass = false;
        while (at < view.Length)
        {
            var c = view[at];
            if (c == ']' && !isInClass)
            {
                builder.Append(view.Slice(copied, at - copied));
                builder.Append('\\');
                copied = at;
            }
            isInClass = isInClass ? c != ']' : c == '[';
            at += c == '\\' ? 2 : 1;
        }
        builder.Append(view.Slice(copied, view.Length - copied));
        return builder.ToText();
    }

    private static readonly (Atom Name, char Flag)[] FlagNames =
    [
        (Names.Table.Intern("global"), 'g'), (Names.Table.Intern("ignoreCase"), 'i'), (Names.Table.Intern("multiline"), 'm'),
        (Names.Table.Intern("sticky"), 'y'),
    ];

    private static Value GetFlags(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError("\"this\" argument is not an object");
        Span<char> flags = stackalloc char[4];
        var count = 0;
        foreach (var (name, flag) in FlagNames)
        {
            realm.Charge(2);
            var value = realm.Get(thisValue, name);
            if (value.IsThrew)
                return value;
            if (Realm.ToBoolean(value))
                flags[count++] = flag;
        }
        return realm.NewText(flags[..count]);
    }

    private static Value ToStringMethod(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError("\"this\" argument is not an object");
        Value source, flags;
        if (thisValue.AsObject is JsRegExp regExp && IsUntouched(realm, regExp))
        {
            (source, flags) = (SourceOf(realm, regExp), realm.NewText(regExp.Flags));
        }
        else
        {
            realm.Charge(4);                                    // for the two properties
            source = realm.Get(thisValue, realm.AtomOf("source"));
            if (!source.IsThrew)
                source = realm.ToText(source);
            if (source.IsThrew)
                return source;
            flags = realm.Get(thisValue, realm.AtomOf("flags"));
            if (!flags.IsThrew)
                flags = realm.Runtime == Runtime.CloudFrontJs10 && flags.IsUndefined && thisValue.AsObject is JsRegExp own
                    ? realm.NewText(own.Flags)
                    : realm.ToText(flags);
            if (flags.IsThrew)
                return flags;
        }
        var builder = new TextBuilder(realm, stackalloc char[256]);
        builder.Append('/');
        builder.Append(source.View);
        builder.Append('/');
        builder.Append(flags.View);
        return builder.ToText();
    }
}

using System.Runtime.CompilerServices;
using System.Text;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Texts;

/// <summary>
/// String: its constructor and the methods that look for and cut text. What a method cuts out is a slice of the text it came from.
/// </summary>
internal static partial class StringBuiltIns
{
    public static void Build(IntrinsicsBuilder builder)
    {
        var prototype = builder.Intrinsics.StringPrototype;
        var constructor = builder.Constructor("String", 1, Call, Construct, prototype);
        builder.Method(constructor, "fromCharCode", 1, FromCharCode, QuickCall.FromCharCode);
        builder.Method(constructor, "fromCodePoint", 1, FromCodePoint);
        builder.Method(prototype, "toString", 0, builder.Is20 ? (NativeCode)ValueOf : ToStringMethod);
        builder.Method(prototype, "valueOf", 0, ValueOf);
        IntrinsicsBuilder.Constant(prototype, "length", Value.Number(0));          // the empty string that the prototype is
        builder.Method(prototype, "charAt", 1, CharAt);
        builder.Method(prototype, "charCodeAt", 1, CharCodeAt);
        builder.Method(prototype, "codePointAt", 1, CharCodeAt);
        builder.Method(prototype, "concat", 1, Concat);
        builder.Method(prototype, "endsWith", 1, EndsWith);
        builder.Method(prototype, "includes", 1, Includes);
        builder.Method(prototype, "indexOf", 1, IndexOf, QuickCall.IndexOf);
        builder.Method(prototype, "lastIndexOf", 1, LastIndexOf);
        builder.Method(prototype, "match", 1, Match);
        builder.Method(prototype, "padEnd", 1, (realm, in self, arguments) => Pad(realm, self, arguments, atStart: false));
        builder.Method(prototype, "padStart", 1, (realm, in self, arguments) => Pad(realm, self, arguments, atStart: true));
        builder.Method(prototype, "repeat", 1, Repeat);
        builder.Method(prototype, "replace", 2, Replace);
        builder.Method(prototype, "search", 1, Search);
        builder.Method(prototype, "slice", 2, Slice);
        builder.Method(prototype, "split", 2, Split);
        builder.Method(prototype, "startsWith", 1, StartsWith);
        builder.Method(prototype, "substr", 2, Substr);
        builder.Method(prototype, "substring", 2, Substring);
        builder.Method(prototype, "toLowerCase", 0, (realm, in self, _) => ToCase(realm, self, toUpper: false));
        builder.Method(prototype, "toUpperCase", 0, (realm, in self, _) => ToCase(realm, self, toUpper: true));
        builder.Method(prototype, "trim", 0, (realm, in self, _) => Trim(realm, self, start: true, end: true));
        builder.Method(prototype, "trimStart", 0, (realm, in self, _) => Trim(realm, self, start: true, end: false));
        builder.Method(prototype, "trimEnd", 0, (realm, in self, _) => Trim(realm, self, start: false, end: true));
        if (builder.Is20)
            builder.Method(prototype, "replaceAll", 2, ReplaceAll);
        else
            BuildByteStrings(builder, constructor, prototype);
    }

    // ---------------------------------------------------------------- making

    private static Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length == 0)
            return Realm.EmptyText;
        return arguments[0].IsSymbol ? realm.NewText(Realm.DescribeKey(arguments[0].AsSymbol)) : realm.ToText(arguments[0]);
    }

    private static Value Construct(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = arguments.Length == 0 ? Realm.EmptyText : realm.ToText(arguments[0]);
        if (text.IsThrew)
            return text;
        realm.Allocate(MemoryCost.Object + MemoryCost.Value);
        return Value.Object(new PrimitiveWrapper(text, realm.EmptyShape, realm.Intrinsics.StringPrototype));
    }

    private static Value FromCharCode(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        realm.Charge(arguments.Length);
        realm.Allocate((long)sizeof(char) * arguments.Length);
        if (arguments.Length == 1 && arguments[0].IsNumber
            && double.ConvertToIntegerNative<int>(arguments[0].AsNumber) is var code and >= 0 and < 0xD800 && code == arguments[0].AsNumber)
            return realm.NewCharacter(code);
        var units = arguments.Length <= 64 ? stackalloc char[64] : new char[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!realm.ToInt32(arguments[i], out var unit))
                return Value.Threw;
            units[i] = (char)unit;
        }
        return arguments.Length == 1 && !char.IsSurrogate(units[0])
            ? realm.NewCharacter(units[0])
            : realm.NewText(units[..arguments.Length]);
    }

    private static Value FromCodePoint(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        realm.Charge(arguments.Length);
        realm.Allocate((long)sizeof(int) * arguments.Length);
        var codePoints = new int[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!realm.ToNumber(arguments[i], out var number))
                return Value.Threw;
            if (!(number >= 0 && number <= CharacterSet.MaxCodePoint) || number != Math.Truncate(number))
                return realm.ThrowRangeError("");
            codePoints[i] = number is >= 0xD800 and <= 0xDFFF ? TextFacts.ReplacementCharacter : (int)number;
        }
        return codePoints.Length == 0 ? Realm.EmptyText : realm.NewText(codePoints);
    }

    private static Value ValueOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsString)
            return thisValue;
        if (thisValue.IsObject && thisValue.AsObject is PrimitiveWrapper { Primitive.IsString: true } wrapper)
            return wrapper.Primitive;
        return realm.ThrowTypeError($"unexpected value type:{Realm.TypeOf(thisValue).ToDotNetString()}");
    }

    /// <summary>this as text: methods of strings work on anything but undefined and null.</summary>
    private static Value This(Realm realm, in Value thisValue)
    {
        if (thisValue.IsString)
            return thisValue;
        return thisValue.IsNullish ? realm.ThrowTypeError("cannot convert undefined to object") : realm.ToText(thisValue);
    }

    /// <summary>The same for the methods whose error names the value (the missing space is the engine's).</summary>
    private static Value ThisNamed(Realm realm, in Value thisValue) =>
        thisValue.IsNullish
            ? realm.ThrowTypeError($"cannot convert \"{(thisValue.IsNull ? "null" : "undefined")}\"to object")
            : This(realm, thisValue);

    /// <summary>this and the first argument as text. False if it threw.</summary>
    private static bool ThisAndText(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, out Value text, out Value argument)
    {
        argument = default;
        text = thisValue.IsThrew ? thisValue : This(realm, thisValue);
        if (text.IsThrew)
            return false;
        argument = realm.ToText(arguments.At(0));
        return !argument.IsThrew;
    }

    // ---------------------------------------------------------------- characters

    /// <summary>The common case of a text and a whole number: nothing to convert, nothing that could throw.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlainIndex(in Value thisValue, ReadOnlySpan<Value> arguments, out int index)
    {
        if (thisValue.IsString && arguments.Length > 0 && arguments[0].IsNumber)
        {
            index = double.ConvertToIntegerNative<int>(arguments[0].AsNumber);
            return index == arguments[0].AsNumber;
        }
        index = 0;
        return false;
    }

    private static Value CharAt(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (IsPlainIndex(thisValue, arguments, out var place))
            return (uint)place < (uint)thisValue.Length ? Realm.CharacterAt(thisValue, place) : Realm.EmptyText;
        var text = This(realm, thisValue);
        if (text.IsThrew || !realm.ToInteger(arguments.At(0), out var index))
            return Value.Threw;
        return index >= 0 && index < text.Length ? Realm.CharacterAt(text, (int)index) : Realm.EmptyText;
    }

    /// <summary>A code unit is a code point here: charCodeAt and codePointAt are the same.</summary>
    private static Value CharCodeAt(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (IsPlainIndex(thisValue, arguments, out var place) && thisValue.IsBmp)
            return (uint)place < (uint)thisValue.Length ? Value.Number(thisValue.Chars[place]) : Value.NaN;
        var text = This(realm, thisValue);
        if (text.IsThrew || !realm.ToInteger(arguments.At(0), out var index))
            return Value.Threw;
        return index >= 0 && index < text.Length ? Value.Number(text.View[(int)index]) : Value.NaN;
    }

    // ---------------------------------------------------------------- looking

    private static void ChargeSearch(Realm realm, int length, in Value text, in Value sought) =>
        realm.Charge(
            text.IsBmp && sought.IsBmp ? Price.Search(length, sought.Length)
            : text.IsBytes != sought.IsBytes ? Price.SearchMixed(length, sought.Length)
            : Price.SearchAstral(length, sought.Length));

    private static Value IndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length == 1 && thisValue.IsString && arguments[0].IsString && thisValue.IsBmp && arguments[0].IsBmp)
        {
            ChargeSearch(realm, thisValue.Length, thisValue, arguments[0]);
            var chars = arguments[0].Chars;
            return Value.Number(chars.Length == 1 ? thisValue.Chars.IndexOf(chars[0]) : thisValue.Chars.IndexOf(chars));
        }
        if (!ThisAndText(realm, ThisNamed(realm, thisValue), arguments, out var text, out var sought)
            || !realm.ToInteger(arguments.At(1), out var from))
            return Value.Threw;
        var start = (int)Math.Clamp(from, 0, text.Length);
        sought = realm.InUnitsOf(text, sought);
        ChargeSearch(realm, text.Length - start, text, sought);
        return Value.Number(text.View.IndexOf(sought.View, start));
    }

    private static Value Includes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsNullish)
            return This(realm, thisValue);
        var index = IndexOf(realm, thisValue, arguments);
        return index.IsThrew ? index : Value.Boolean(index.AsNumber >= 0);
    }

    private static Value LastIndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!ThisAndText(realm, ThisNamed(realm, thisValue), arguments, out var text, out var sought)
            || !realm.ToNumber(arguments.At(1), out var from))
            return Value.Threw;
        if (double.IsNaN(from))
            from = double.PositiveInfinity;
        sought = realm.InUnitsOf(text, sought);
        ChargeSearch(realm, text.Length, text, sought);
        var last = (int)Math.Min(Math.Max(0, from), text.Length - sought.Length);
        if (text.IsBmp && sought.IsBmp && last >= 0 && sought.Length > 0)
        {
            var found = text.Chars[..(last + sought.Length)].LastIndexOf(sought.Chars);
            realm.Charge((last - Math.Max(0, found)) / Price.SearchedBackwards * (1 + sought.Length / Price.ComparedBackwards));
            return Value.Number(found);
        }
        var view = text.View;
        for (var at = last; at >= 0; at--)
        {
            if (at % Price.SearchedBackwards == 0)
                realm.Charge(1 + sought.Length / Price.ComparedBackwards);
            if (view.Slice(at, sought.Length).SequenceEqual(sought.View))
                return Value.Number(at);
        }
        return Value.Number(-1);
    }

    private static Value StartsWith(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!ThisAndText(realm, thisValue, arguments, out var text, out var sought) || !realm.ToInteger(arguments.At(1), out var from))
            return Value.Threw;
        realm.Charge(1 + sought.Length / Price.ComparedCharacters);
        var start = (int)Math.Clamp(from, 0, text.Length);
        return Value.Boolean(sought.Length <= text.Length - start && HasAt(realm, text, start, sought));
    }

    private static Value EndsWith(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!ThisAndText(realm, thisValue, arguments, out var text, out var sought))
            return Value.Threw;
        double to = text.Length;
        if (!arguments.At(1).IsUndefined && !realm.ToInteger(arguments.At(1), out to))
            return Value.Threw;
        realm.Charge(1 + sought.Length / Price.ComparedCharacters);
        // The dialect: an end before the beginning is none.
        var end = to < 0 ? text.Length : (int)Math.Min(to, text.Length);
        return Value.Boolean(sought.Length <= end && HasAt(realm, text, end - sought.Length, sought));
    }

    /// <summary>
    /// Whether another string stands at a place. A byte string and text are laid on each other by their own lengths and compared by bytes,
    /// as the engine does.
    /// </summary>
    private static bool HasAt(Realm realm, in Value text, int place, in Value sought)
    {
        if (text.IsBytes == sought.IsBytes)
            return text.View.Slice(place, sought.Length).SequenceEqual(sought.View);
        realm.Charge(sought.Length / Price.EncodedCharacters);
        return TextBytes.StartsWith(text.View.Slice(place, text.Length - place), sought.View);
    }

    // ---------------------------------------------------------------- cutting

    private static Value Slice(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = This(realm, thisValue);
        if (text.IsThrew || !realm.ToRelativeIndex(arguments.At(0), text.Length, 0, out var start)
            || !realm.ToRelativeIndex(arguments.At(1), text.Length, text.Length, out var end))
            return Value.Threw;
        return Realm.Slice(text, start, Math.Max(0, end - start));
    }

    private static Value Substring(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = This(realm, thisValue);
        if (text.IsThrew || !realm.ToInteger(arguments.At(0), out var first))
            return Value.Threw;
        double second = text.Length;
        if (!arguments.At(1).IsUndefined && !realm.ToInteger(arguments.At(1), out second))
            return Value.Threw;
        var a = (int)Math.Clamp(first, 0, text.Length);
        var b = (int)Math.Clamp(second, 0, text.Length);
        return Realm.Slice(text, Math.Min(a, b), Math.Abs(a - b));
    }

    private static Value Substr(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = This(realm, thisValue);
        if (text.IsThrew || !realm.ToRelativeIndex(arguments.At(0), text.Length, 0, out var start))
            return Value.Threw;
        double length = text.Length;
        if (!arguments.At(1).IsUndefined && !realm.ToInteger(arguments.At(1), out length))
            return Value.Threw;
        return Realm.Slice(text, start, (int)Math.Clamp(length, 0, text.Length - start));
    }

    private static Value Trim(Realm realm, in Value thisValue, bool start, bool end)
    {
        if (thisValue.IsNullish)
            return realm.ThrowTypeError("cannot convert undefined to object");
        var text = This(realm, thisValue);
        if (text.IsThrew)
            return text;
        var view = text.View;
        int from = 0, to = view.Length;
        while (start && from < to && IsWhiteSpace(view[from]))
            from++;
        while (end && to > from && IsWhiteSpace(view[to - 1]))
            to--;
        realm.Charge(1 + (view.Length - (to - from)) / Price.TrimmedCharacters);
        return Realm.Slice(text, from, to - from);
    }

    private static bool IsWhiteSpace(int codePoint) =>
        codePoint < 128
            ? codePoint is ' ' or (>= '\t' and <= '\r')
            : codePoint <= char.MaxValue && NumberText.WhiteSpace.Contains((char)codePoint);

    // ---------------------------------------------------------------- building

    private static Value Concat(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = thisValue.IsNullish ? realm.ThrowTypeError("\"this\" argument is null or undefined") : This(realm, thisValue);
        for (var i = 0; i < arguments.Length && !text.IsThrew; i++)
        {
            realm.Charge(1);
            var next = realm.ToText(arguments[i]);
            if (next.IsThrew)
                return next;
            text = realm.Concat(text, next);
        }
        return text;
    }

    private static Value Repeat(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = ThisNamed(realm, thisValue);
        if (text.IsThrew || !realm.ToInteger(arguments.At(0), out var count))
            return Value.Threw;
        if (count < 0 || double.IsPositiveInfinity(count))
            return realm.ThrowRangeError("");
        if (text.Length == 0 || count == 0)
            return Realm.EmptyText;
        if (count * text.Length > Realm.MaxTextLength)
            throw ScriptStopped.OverMemory();
        return Fill(realm, text, (int)count * text.Length);
    }

    /// <summary>A text over and over, up to a length. Everything is charged before the first copy.</summary>
    private static Value Fill(Realm realm, in Value text, int length)
    {
        if (text.IsBmp)
        {
            var pattern = text.Chars;
            var room = realm.NewTextRoom(length, out var filled);
            pattern[..Math.Min(pattern.Length, length)].CopyTo(room);
            for (var done = Math.Min(pattern.Length, length); done < length;)
            {
                // What is there is whole patterns, so it can be copied at once: the room doubles.
                var piece = Math.Min(done, length - done);
                room[..piece].CopyTo(room[done..]);
                done += piece;
            }
            return filled;
        }
        realm.Allocate((long)sizeof(int) * length);
        realm.Charge(1 + length / Price.ReadCharacters);
        var codePoints = new int[length];
        var first = Math.Min(text.Length, length);
        text.View.Slice(0, first).CopyTo(codePoints);
        for (var done = first; done < length;)
        {
            var piece = Math.Min(done, length - done);
            codePoints.AsSpan(0, piece).CopyTo(codePoints.AsSpan(done));
            done += piece;
        }
        return text.IsBytes ? Realm.NewBytes(codePoints) : realm.NewText(codePoints);
    }

    private static Value Pad(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, bool atStart)
    {
        var text = This(realm, thisValue);
        if (text.IsThrew || !realm.ToInteger(arguments.At(0), out var length))
            return Value.Threw;
        var filler = arguments.At(1).IsUndefined ? realm.NewCharacter(' ') : realm.ToText(arguments.At(1));
        if (filler.IsThrew)
            return filler;
        if (length <= text.Length || filler.Length == 0)
            return text;
        if (length > int.MaxValue)
            return realm.ThrowRangeError("");
        if (length > Realm.MaxTextLength)
            throw ScriptStopped.OverMemory();
        var padding = Fill(realm, filler, (int)length - text.Length);
        return atStart ? realm.Concat(padding, text) : realm.Concat(text, padding);
    }

    /// <summary>One code point becomes one code point: <c>'ß'.toUpperCase()</c> stays as it is.</summary>
    private static Value ToCase(Realm realm, in Value thisValue, bool toUpper)
    {
        var text = This(realm, thisValue);
        if (text.IsThrew)
            return text;
        var view = text.View;
        realm.Charge(1 + view.Length / Price.CopiedCharacters);
        if (view.IsBytes)
            return BytesToCase(realm, view, toUpper);
        if (!view.IsAstral && view.Length <= ShortText && IsInCase(view.Chars, toUpper))
            return text;
        if (!view.IsAstral && Ascii.IsValid(view.Chars))
        {
            var first = toUpper ? view.Chars.IndexOfAnyInRange('a', 'z') : view.Chars.IndexOfAnyInRange('A', 'Z');
            if (first < 0)
                return text;
            var ascii = realm.NewTextRoom(view.Length, out var other);
            if (toUpper)
                Ascii.ToUpper(view.Chars, ascii, out _);
            else
                Ascii.ToLower(view.Chars, ascii, out _);
            return other;
        }
        realm.Charge(view.Length / Price.CasedCharacters);
        var changed = 0;
        while (changed < view.Length && ToCase(view[changed], toUpper) == view[changed])
            changed++;
        if (changed == view.Length)
            return text;
        if (view.IsAstral)
        {
            realm.Allocate((long)sizeof(int) * view.Length);
            realm.Charge(view.Length / Price.CasedCharacters);
            var codePoints = view.CodePoints.ToArray();
            for (var i = changed; i < codePoints.Length; i++)
                codePoints[i] = ToCase(codePoints[i], toUpper);
            return realm.NewText(codePoints);
        }
        var room = realm.NewTextRoom(view.Length, out var result);
        view.Chars[..changed].CopyTo(room);
        for (var i = changed; i < room.Length; i++)
            room[i] = (char)ToCase(view.Chars[i], toUpper);
        return result;
    }

    /// <summary>Up to here a plain loop is quicker than the platform's searches.</summary>
    private const int ShortText = 24;

    /// <summary>All ASCII, and nothing in it that has another case.</summary>
    private static bool IsInCase(ReadOnlySpan<char> chars, bool toUpper)
    {
        var first = toUpper ? 'a' : 'A';
        foreach (var c in chars)
        {
            if (c >= 128 || (uint)(c - first) <= 25)
                return false;
        }
        return true;
    }

    private static int ToCase(int codePoint, bool toUpper) => toUpper ? CaseFolding.ToUpper(codePoint) : CaseFolding.ToLower(codePoint);

    // ---------------------------------------------------------------- split and replace

    /// <summary>ToUint32, or as many as there are. False if it threw.</summary>
    public static bool ToSplitLimit(Realm realm, in Value value, out uint limit)
    {
        limit = uint.MaxValue;
        if (value.IsUndefined)
            return true;
        var ok = realm.ToInt32(value, out var integer);
        limit = (uint)integer;
        return ok;
    }

    /// <summary>
    /// A method under a symbol on an argument that is an object, such as another kind of pattern; absent if there is none.
    /// </summary>
    private static Value OwnWay(Realm realm, in Value argument, Symbol symbol)
    {
        if (!argument.IsObject)
            return Value.Absent;
        var method = realm.Get(argument, symbol);
        return method.IsNullish ? Value.Absent : method;
    }

    private static Value Split(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var separator = arguments.At(0);
        if (thisValue.IsNullish)
            return ThisNamed(realm, thisValue);
        if (separator.IsObject && separator.AsObject is JsRegExp regExp
            && (realm.Runtime == Runtime.CloudFrontJs10 || RegExpBuiltIns.IsUntouched(realm, regExp)))
        {
            var subject = ThisNamed(realm, thisValue);
            return subject.IsThrew ? subject : RegExpBuiltIns.SplitBy(realm, regExp, subject, arguments.At(1));
        }
        var ownWay = OwnWay(realm, separator, Symbol.Split);
        if (!ownWay.IsAbsent)
            return ownWay.IsThrew ? ownWay : realm.Call(ownWay, separator, [thisValue, arguments.At(1)]);

        var text = ThisNamed(realm, thisValue);
        if (text.IsThrew || !ToSplitLimit(realm, arguments.At(1), out var limit))
            return Value.Threw;
        var by = separator.IsUndefined ? text : realm.ToText(separator);
        if (by.IsThrew)
            return by;
        var parts = realm.NewArray();
        if (limit == 0)
            return Value.Object(parts);
        if (separator.IsUndefined)
        {
            parts.Push(realm, text);
            return Value.Object(parts);
        }
        if (by.Length == 0)
        {
            // The dialect: in 1.0 there is always a part.
            if (text.Length == 0 && realm.Runtime == Runtime.CloudFrontJs10)
                parts.Push(realm, text);
            var count = (int)Math.Min(limit, (uint)text.Length);
            realm.Charge(count);
            parts.Reserve(realm, count);
            for (var i = 0; i < count; i++)
                parts.Push(realm, Realm.CharacterAt(text, i));
            return Value.Object(parts);
        }
        by = realm.InUnitsOf(text, by);
        ChargeSearch(realm, text.Length, text, by);
        var from = 0;
        while (parts.Length < limit)
        {
            realm.Charge(1);
            var found = Find(text, by, from);
            parts.Push(realm, Realm.Slice(text, from, (found < 0 ? text.Length : found) - from));
            if (found < 0)
                break;
            from = found + by.Length;
        }
        return Value.Object(parts);
    }

    private static Value Replace(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Replace(realm, thisValue, arguments, all: false);

    private static Value ReplaceAll(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Replace(realm, thisValue, arguments, all: true);

    private static Value Replace(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, bool all)
    {
        if (thisValue.IsNullish)
            return ThisNamed(realm, thisValue);
        var sought = arguments.At(0);
        if (sought.IsObject && sought.AsObject is JsRegExp regExp && RegExpBuiltIns.IsUntouched(realm, regExp))
        {
            if (all && !regExp.IsGlobal)
                return ThrowNonGlobal(realm);
            var subject = ThisNamed(realm, thisValue);
            var by = subject.IsThrew ? subject : ToReplacement(realm, arguments.At(1));
            return by.IsThrew ? by : RegExpBuiltIns.ReplaceIn(realm, regExp, subject, by);
        }
        var ownWay = OwnWay(realm, sought, Symbol.Replace);
        if (!ownWay.IsAbsent)
        {
            if (ownWay.IsThrew || (all && RegExpBuiltIns.IsReplace(ownWay) && !ClaimsGlobal(realm, sought)))
                return Value.Threw;
            return realm.Call(ownWay, sought, [thisValue, arguments.At(1)]);
        }

        var text = ThisNamed(realm, thisValue);
        sought = text.IsThrew ? text : realm.ToText(sought);
        var replacement = sought.IsThrew ? sought : ToReplacement(realm, arguments.At(1));
        return replacement.IsThrew ? replacement : ReplaceText(realm, text, sought, replacement, all);
    }

    private static Value ThrowNonGlobal(Realm realm) =>
        realm.ThrowTypeError("String.prototype.replaceAll called with a non-global RegExp argument");

    /// <summary>What replaceAll asks of an object that replaces as regular expressions do: its flags name g. False if it threw.</summary>
    private static bool ClaimsGlobal(Realm realm, in Value sought)
    {
        var flags = realm.Get(sought, realm.AtomOf("flags"));
        if (!flags.IsThrew)
            flags = realm.ToText(flags);
        if (flags.IsThrew)
            return false;
        realm.Charge(1 + flags.Length / Price.ComparedCharacters);
        if (flags.View.IndexOf(new TextView("g"), 0) >= 0)
            return true;
        ThrowNonGlobal(realm);
        return false;
    }

    private static Value ToReplacement(Realm realm, in Value value) => value.IsCallable ? value : realm.ToText(value);

    private static Value ReplaceText(Realm realm, in Value text, in Value soughtText, in Value replacement, bool all)
    {
        var sought = realm.InUnitsOf(text, soughtText);
        ChargeSearch(realm, text.Length, text, sought);
        var found = Find(text, sought, 0);
        if (found < 0)
            return text;
        var isPlain = !replacement.IsCallable && replacement.View.IndexOf(new TextView("$"), 0) < 0;
        var builder = new TextBuilder(realm, stackalloc char[256]);
        var copied = 0;
        Span<int> slots = stackalloc int[2];
        while (found >= 0)
        {
            builder.Append(text.View.Slice(copied, found - copied));
            if (isPlain)
            {
                builder.Append(replacement.View);
            }
            else if (replacement.IsCallable)
            {
                var piece = realm.Call(replacement, Value.Undefined, [sought, Value.Number(found), text]);
                if (!piece.IsThrew)
                    piece = realm.ToText(piece);
                if (piece.IsThrew)
                {
                    builder.Dispose();
                    return piece;
                }
                builder.Append(piece.View);
            }
            else
            {
                slots[0] = found;
                slots[1] = found + sought.Length;
                Substitution.Append(ref builder, replacement.View, new FoundMatch(realm, null, text, slots));
            }
            copied = found + sought.Length;
            found = all ? Find(text, sought, copied + (sought.Length == 0 ? 1 : 0)) : -1;
        }
        builder.Append(text.View.Slice(copied, text.Length - copied));
        return text.IsBytes ? builder.ToText() : builder.ToTextIfUtf8();
    }

    /// <summary>Where what <see cref="Realm.InUnitsOf"/> gave stands: bytes that are no text are in none.</summary>
    private static int Find(in Value text, in Value sought, int from) =>
        text.IsBytes == sought.IsBytes ? text.View.IndexOf(sought.View, from) : -1;

    // ---------------------------------------------------------------- match and search

    private static Value Match(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsNullish)
            return realm.ThrowTypeError("cannot convert undefined to object");
        var text = This(realm, thisValue);
        if (text.IsThrew || RegExpBuiltIns.FromValue(realm, arguments.At(0)) is not { } regExp)
            return Value.Threw;
        if (!regExp.IsGlobal)
            return RegExpBuiltIns.ExecBuiltIn(realm, regExp, text);

        // The dialect: no match is an empty array, not null.
        var matches = realm.NewArray();
        var slots = regExp.Program.SlotCount <= 64 ? stackalloc int[64] : RegExpBuiltIns.LargeSlots(realm, regExp.Program);
        for (var at = 0; at <= text.Length;)
        {
            if (!RegExpBuiltIns.Search(realm, regExp.Program, text, at, slots, out var found))
                return Value.Threw;
            if (!found)
                break;
            matches.Push(realm, RegExpBuiltIns.CaptureAt(text, slots, 0));
            at = slots[1] > slots[0] ? slots[1] : slots[1] + 1;
        }
        return regExp.SetLastIndex(realm, 0) ? Value.Object(matches) : Value.Threw;
    }

    private static Value Search(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = This(realm, thisValue);
        if (text.IsThrew || RegExpBuiltIns.FromValue(realm, arguments.At(0)) is not { } regExp)
            return Value.Threw;
        var slots = regExp.Program.SlotCount <= 64 ? stackalloc int[64] : RegExpBuiltIns.LargeSlots(realm, regExp.Program);
        if (!RegExpBuiltIns.Search(realm, regExp.Program, text, 0, slots, out var found))
            return Value.Threw;
        return Value.Number(found ? slots[0] : -1);
    }
}

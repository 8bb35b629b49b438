using System.Buffers;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Json;

/// <summary>
/// JSON.stringify: keys in insertion order, integer-like ones too (functions spec 5.5, 2). Depth limit and error texts are njs's.
/// </summary>
internal static class JsonStringify
{
    private const int MaxIndent = 10;

    private static readonly SearchValues<char> NeedsEscape = SearchValues.Create(
        "\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\v\f\r\u000E\u000F"
            + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F");

    public static Value Stringify(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        List<Atom>? onlyKeys = null;
        var replacer = arguments.At(1);
        if (replacer.IsObject && replacer.AsObject is JsArray list && !TryReadKeys(realm, list, out onlyKeys))
            return Value.Threw;
        if (!TryReadIndent(realm, arguments.At(2), out var indent))
            return Value.Threw;

        var writer = new Writer(realm, replacer.IsCallable ? replacer : Value.Undefined, onlyKeys, indent, stackalloc char[512]);
        var value = arguments.At(0);
        JsObject? holder = null;
        if (replacer.IsCallable)
        {
            holder = realm.NewObject();
            holder.Put(realm, Names.Empty, value);
        }
        if (!writer.Prepare(holder, Names.Empty, 0, ref value) || (IsWritten(value) && !writer.Write(value)))
        {
            writer.Dispose();
            return Value.Threw;
        }
        return IsWritten(value) ? writer.Text.ToTextIfUtf8() : Value.Undefined;
    }

    private static bool IsWritten(in Value value) => !value.IsUndefined && !value.IsSymbol && !value.IsCallable;

    /// <summary>The keys that an array as replacer lets through; false if it threw.</summary>
    private static bool TryReadKeys(Realm realm, JsArray list, out List<Atom> keys)
    {
        keys = [];
        for (long i = 0; i < list.Length; i++)
        {
            realm.Charge(1);
            var name = ArrayLike.Get(realm, list, i);
            if (name.IsThrew)
                return false;
            if (!name.IsString && !name.IsNumber && !(name.IsObject && name.AsObject.Class is ObjectClass.String or ObjectClass.Number))
                continue;
            name = realm.ToText(name);
            if (name.IsThrew)
                return false;
            var key = realm.AtomOf(name);
            realm.Charge(keys.Count / Price.ScannedKeys);
            if (!keys.Contains(key))
                keys.Add(key);
        }
        return true;
    }

    private static bool TryReadIndent(Realm realm, Value space, out string indent)
    {
        indent = "";
        if (space.IsObject && space.AsObject.Class is ObjectClass.Number)
        {
            if (!realm.ToNumber(space, out var unwrapped))
                return false;
            space = Value.Number(unwrapped);
        }
        else if (space.IsObject && space.AsObject.Class is ObjectClass.String)
        {
            space = realm.ToText(space);
            if (space.IsThrew)
                return false;
        }
        if (space.IsString && space.IsBytes)
        {
            realm.Throw(ErrorType.InternalError, "space argument cannot be a byte string");
            return false;
        }
        if (space.IsNumber)
            indent = new string(' ', (int)Math.Clamp(double.IsNaN(space.AsNumber) ? 0 : space.AsNumber, 0, MaxIndent));
        else if (space.IsString)
            indent = space.View.Slice(0, Math.Min(space.Length, MaxIndent)).ToString();
        return true;
    }

    private ref struct Writer(Realm realm, Value replacer, List<Atom>? onlyKeys, string indent, Span<char> room)
    {
        public TextBuilder Text = new(realm, room);
        private int _depth;

        public void Dispose() => Text.Dispose();

        /// <summary>
        /// What is to be written in place of a value: toJSON is asked, then the replacer, then a wrapper gives its primitive. The key is an
        /// atom, or null for <paramref name="index"/>. False if it threw.
        /// </summary>
        public readonly bool Prepare(JsObject? holder, Atom? key, uint index, ref Value value)
        {
            if (value.IsObject)
            {
                var toJson = realm.Get(value, Names.ToJson);
                if (toJson.IsThrew)
                    return false;
                if (toJson.IsCallable)
                {
                    value = realm.Call(toJson, value, [KeyText(key, index)]);
                    if (value.IsThrew)
                        return false;
                }
            }
            if (!replacer.IsUndefined)
            {
                value = realm.Call(replacer, Value.Object(holder!), [KeyText(key, index), value]);
                if (value.IsThrew)
                    return false;
            }
            if (!value.IsObject || value.AsObject is not PrimitiveWrapper { Primitive.IsSymbol: false } wrapper)
                return true;
            if (wrapper.Primitive.IsBoolean)
            {
                value = wrapper.Primitive;
            }
            else if (wrapper.Primitive.IsString)
            {
                value = realm.ToText(value);
            }
            else
            {
                if (!realm.ToNumber(value, out var number))
                    return false;
                value = Value.Number(number);
            }
            return !value.IsThrew;
        }

        private readonly Value KeyText(Atom? key, uint index) => key is null ? realm.NumberToText(index) : key.Value;

        /// <summary>Writes a prepared value. False if it threw.</summary>
        public bool Write(in Value value)
        {
            realm.Charge(1);
            switch (value.Reference!.Kind)
            {
                case CellKind.Null:
                    Text.Append("null");
                    return true;
                case CellKind.Boolean:
                    Text.Append(value.AsBoolean ? "true" : "false");
                    return true;
                case CellKind.Number:
                    if (double.IsFinite(value.AsNumber))
                        Text.Append(value.AsNumber);
                    else
                        Text.Append("null");
                    return true;
                case CellKind.Text or CellKind.AstralText or CellKind.ByteText:
                    WriteString(value);
                    return true;
            }
            if (_depth == JsonParse.MaxDepth - 1)
            {
                realm.ThrowTypeError("Nested too deep or a cyclic structure");
                return false;
            }
            // Three frames of ours for each level: every fourth counts as a call, so that toJSON functions that stringify again end in
            // time.
            var counts = (++_depth & 3) == 0;
            if (counts && !realm.TryEnterNative())
                return false;
            var done = value.AsObject.Class == ObjectClass.Array ? WriteArray(value.AsObject) : WriteObject(value.AsObject);
            if (counts)
                realm.NativeDepth--;
            _depth--;
            return done;
        }

        private bool WriteArray(JsObject array)
        {
            Text.Append('[');
            NewLine(_depth);
            for (uint i = 0; ; i++)
            {
                // toJSON or the replacer may have changed it since
                if (!ArrayLike.TryGetLength(realm, array, out var length))
                    return false;
                if (i >= length)
                    break;
                if (i > 0)
                {
                    Text.Append(',');
                    NewLine(_depth);
                }
                var element = ArrayLike.Get(realm, array, i);
                if (element.IsThrew || !Prepare(array, null, i, ref element))
                    return false;
                if (!Write(IsWritten(element) ? element : Value.Null))
                    return false;
            }
            NewLine(_depth - 1);
            Text.Append(']');
            return true;
        }

        private bool WriteObject(JsObject @object)
        {
            Text.Append('{');
            NewLine(_depth);
            var isFirst = true;
            if (onlyKeys is not null)
            {
                foreach (var key in onlyKeys)
                {
                    if (!WriteMember(@object, key, ref isFirst))
                        return false;
                }
            }
            else if (@object.GetType() == typeof(JsObject) && @object is { IsShared: false, Table: null })
            {
                var shape = @object.Shape;
                var listing = shape.ListingOrder;
                realm.Charge(1 + shape.Count + (listing?.Steps ?? 0));          // as OwnKeys: the same for an object in dictionary mode
                for (var place = 0; place < shape.Count; place++)
                {
                    var i = listing is null ? place : listing.Slots[place];
                    if (shape.KeyAt(i) is not Atom key)
                        continue;
                    // toJSON or the replacer may have changed the object since
                    var isUnchanged = ReferenceEquals(@object.Shape, shape) && @object.Table is null;
                    if (isUnchanged && shape.FlagsAt(i) == PropertyFlags.Default
                        ? !WriteMember(@object, key, @object.Slots[i], ref isFirst)
                        : !WriteMember(@object, key, ref isFirst))
                        return false;
                }
            }
            else
            {
                foreach (var key in ObjectBuiltIns.OwnKeys(realm, @object))
                {
                    if (key is Atom atom && !WriteMember(@object, atom, ref isFirst))
                        return false;
                }
            }
            NewLine(_depth - 1);
            Text.Append('}');
            return true;
        }

        private bool WriteMember(JsObject @object, Atom key, ref bool isFirst)
        {
            if (!@object.GetOwn(realm, key, out var property) || (property.Flags & PropertyFlags.Enumerable) == 0)
                return true;
            var value = property.IsAccessor ? realm.Get(@object, key) : property.Value;
            return !value.IsThrew && WriteMember(@object, key, value, ref isFirst);
        }

        private bool WriteMember(JsObject @object, Atom key, Value value, ref bool isFirst)
        {
            if (!Prepare(@object, key, 0, ref value))
                return false;
            if (!IsWritten(value))
                return true;
            if (!isFirst)
            {
                Text.Append(',');
                NewLine(_depth);
            }
            isFirst = false;
            WriteString(key.Value);
            Text.Append(':');
            if (indent.Length > 0)
                Text.Append(' ');
            return Write(value);
        }

        private void NewLine(int depth)
        {
            if (indent.Length == 0)
                return;
            Text.Append('\n');
            for (var i = 0; i < depth; i++)
                Text.Append(indent);
        }

        private void WriteString(in Value text)
        {
            Text.Append('"');
            if (text.IsBmp)
            {
                var rest = text.Chars;
                while (rest.IndexOfAny(NeedsEscape) is >= 0 and var plain)
                {
                    Text.Append(rest[..plain]);
                    WriteEscape(rest[plain]);
                    rest = rest[(plain + 1)..];
                }
                Text.Append(rest);
            }
            else
            {
                var rest = text.View;
                while (true)
                {
                    var plain = 0;
                    while (plain < rest.Length && rest[plain] is not ('"' or '\\' or < ' '))
                        plain++;
                    Text.AppendWide(rest.Slice(0, plain));
                    if (plain == rest.Length)
                        break;
                    WriteEscape((char)rest[plain]);
                    rest = rest.Slice(plain + 1, rest.Length - plain - 1);
                }
            }
            Text.Append('"');
        }

        private void WriteEscape(char c)
        {
            realm.Pay(Price.JsonEscape);
            Text.Append('\\');
            switch (c)
            {
                case '"' or '\\': Text.Append(c); return;
                case '\b': Text.Append('b'); return;
                case '\f': Text.Append('f'); return;
                case '\n': Text.Append('n'); return;
                case '\r': Text.Append('r'); return;
                case '\t': Text.Append('t'); return;
            }
            Text.Append("u00");
            Text.Append("0123456789abcdef"[c >> 4]);
            Text.Append("0123456789abcdef"[c & 15]);
        }
    }
}

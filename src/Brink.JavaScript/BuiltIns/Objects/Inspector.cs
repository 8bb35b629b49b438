using Brink.JavaScript.BuiltIns.Texts;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Objects;

/// <summary>
/// What console.log makes of a value (functions spec 5.5, 8): strings as they are, <c>{x:1,y:'s'}</c>, <c>[1,2]</c>, <c>Error: m</c>. Runs
/// no getters; bounded in depth and length.
/// </summary>
internal static class Inspector
{
    private const int MaxDepth = 16;

    /// <summary>In UTF-16 units; a log line has no use for more.</summary>
    private const int MaxLength = 16 * 1024;

    /// <summary>A string value; the threw marker if a toString of an error or a tag threw.</summary>
    public static Value Inspect(Realm realm, in Value value)
    {
        if (value.IsString)
            return value;
        var printer = new Printer(realm, stackalloc char[512]);
        if (printer.Print(value))
            return printer.Text.ToText();
        printer.Dispose();
        return Value.Threw;
    }

    private ref struct Printer(Realm realm, Span<char> room)
    {
        public TextBuilder Text = new(realm, room);
        private readonly List<JsObject> _open = [];

        public void Dispose() => Text.Dispose();

        private readonly bool IsFull => Text.Length >= MaxLength;

        /// <summary>False if it threw.</summary>
        public bool Print(in Value value)
        {
            realm.Charge(1);
            switch (value.Reference?.Kind)
            {
                case null:
                    Text.Append("undefined");
                    return true;
                case CellKind.Null:
                    Text.Append("null");
                    return true;
                case CellKind.Boolean:
                    Text.Append(value.AsBoolean ? "true" : "false");
                    return true;
                case CellKind.Number:
                    if (value.AsNumber == 0 && double.IsNegative(value.AsNumber))
                        Text.Append('-');
                    Text.Append(value.AsNumber);
                    return true;
                case CellKind.Symbol:
                    Text.Append(SymbolBuiltIns.Describe(realm, value.AsSymbol));
                    return true;
                case CellKind.Text or CellKind.AstralText or CellKind.ByteText:
                    PrintQuoted(value);
                    return true;
                case CellKind.Object:
                    return PrintObject(value.AsObject);
                default:
                    return true;
            }
        }

        private void PrintQuoted(in Value text)
        {
            Text.Append('\'');
            var view = text.View;
            for (var i = 0; i < view.Length && !IsFull; i++)
            {
                switch (view[i])
                {
                    case '\n': Text.Append("\\n"); break;
                    case '\r': Text.Append("\\r"); break;
                    case '\t': Text.Append("\\t"); break;
                    case '\\': Text.Append("\\\\"); break;
                    default: Text.AppendCodePoint(view[i]); break;
                }
            }
            Text.Append('\'');
        }

        private bool PrintObject(JsObject @object)
        {
            if (_open.Contains(@object))
            {
                Text.Append("[Circular]");
                return true;
            }
            switch (@object.Class)
            {
                case ObjectClass.Error:
                    return PrintText(ErrorBuiltIns.ToText(realm, Value.Object(@object), []));
                case ObjectClass.Function:
                    return PrintFunction(@object);
                case ObjectClass.Date:
                    return PrintDate(@object);
                case ObjectClass.RegExp:
                    return PrintText(realm.ToText(Value.Object(@object)));
                case ObjectClass.Boolean or ObjectClass.Number or ObjectClass.String
                    or ObjectClass.Symbol when @object is PrimitiveWrapper wrapper:
                    Text.Append(@object.Class switch
                    {
                        ObjectClass.Boolean => "[Boolean: ",
                        ObjectClass.Number => "[Number: ",
                        ObjectClass.String => "[String: ",
                        _ => "[Symbol: ",
                    });
                    var printed = Print(wrapper.Primitive);
                    Text.Append(']');
                    return printed;
            }
            if (_open.Count == MaxDepth)
            {
                Text.Append(@object.Class == ObjectClass.Array ? "[Array]" : "[Object]");
                return true;
            }
            _open.Add(@object);
            var done = @object.Class is ObjectClass.Array or ObjectClass.TypedArray ? PrintElements(@object) : PrintProperties(@object);
            _open.RemoveAt(_open.Count - 1);
            return done;
        }

        private bool PrintText(in Value text)
        {
            if (text.IsThrew)
                return false;
            Text.Append(text);
            return true;
        }

        private bool PrintFunction(JsObject function)
        {
            Text.Append("[Function");
            if (function.GetOwn(realm, Names.Name, out var name) && name.Value is { IsString: true, Length: > 0 })
            {
                Text.Append(": ");
                Text.Append(name.Value);
            }
            Text.Append(']');
            return true;
        }

        private bool PrintDate(JsObject date)
        {
            var time = realm.ToPrimitive(Value.Object(date), Realm.PrimitiveHint.Number, out var number) ? number : Value.Threw;
            if (time is { IsNumber: true } && !double.IsFinite(time.AsNumber))
            {
                Text.Append("Invalid Date");
                return true;
            }
            var toIso = time.IsThrew ? time : realm.Get(date, realm.AtomOf("toISOString"));
            return PrintText(toIso.IsCallable ? realm.ToText(realm.Call(toIso, Value.Object(date), [])) : realm.ToText(Value.Object(date)));
        }

        /// <summary><c>Promise </c>, <c>Uint8Array </c>: what Symbol.toStringTag calls it. False if it threw.</summary>
        private bool PrintTag(JsObject @object)
        {
            var tag = realm.Get(@object, Symbol.ToStringTag);
            if (tag.IsString && tag.Length > 0)
            {
                Text.Append(tag);
                Text.Append(' ');
            }
            return !tag.IsThrew;
        }

        private bool PrintElements(JsObject list)
        {
            if (list is not JsArray && !PrintTag(list))
                return false;
            if (!ArrayLike.TryGetLength(realm, list, out var length))
                return false;
            Text.Append('[');
            var isFirst = true;
            for (long i = 0; i < length && !IsFull; i++)
            {
                realm.Charge(1);
                var run = 0L;
                if (list is JsArray { HasElementProperties: false } stored)
                {
                    // holes are counted, not shown one by one
                    if (i >= stored.Stored)
                    {
                        run = length - i;
                    }
                    else
                    {
                        while (i + run < stored.Stored && stored.Elements[i + run].IsAbsent)
                            run++;
                        realm.Charge((int)run);
                        if (i + run == stored.Stored && run > 0)
                            run = length - i;
                    }
                }
                Separate(ref isFirst);
                if (run > 0)
                {
                    PrintHoles(run);
                    i += run - 1;
                }
                else if (list.Class == ObjectClass.Array
                    ? !PrintProperty(list, realm.AtomOf((uint)i))
                    : !Print(ArrayLike.Get(realm, list, i)))
                {
                    return false;
                }
            }
            if (list.Class == ObjectClass.Array && !IsFull && !PrintMembers(list, isFirst, skipsIndices: true))
                return false;
            Text.Append(IsFull ? "...]" : "]");
            return true;
        }

        private void PrintHoles(long count)
        {
            if (count == 1)
            {
                Text.Append("<empty>");
                return;
            }
            Text.Append('<');
            Text.Append((double)count);
            Text.Append(" empty items>");
        }

        private bool PrintProperties(JsObject @object)
        {
            if (!PrintTag(@object))
                return false;
            Text.Append('{');
            if (!PrintMembers(@object, isFirst: true, skipsIndices: false))
                return false;
            Text.Append(IsFull ? "...}" : "}");
            return true;
        }

        private bool PrintMembers(JsObject @object, bool isFirst, bool skipsIndices)
        {
            foreach (var key in ObjectBuiltIns.OwnKeys(realm, @object))
            {
                if (IsFull)
                    break;
                if (key is not Atom atom || (skipsIndices && atom.Index != Atom.NotAnIndex)
                    || !@object.GetOwn(realm, key, out var property) || (property.Flags & PropertyFlags.Enumerable) == 0)
                    continue;
                Separate(ref isFirst);
                Text.Append(atom.Value);
                Text.Append(':');
                if (!PrintProperty(@object, atom))
                    return false;
            }
            return true;
        }

        private bool PrintProperty(JsObject @object, Atom key)
        {
            if (!@object.GetOwn(realm, key, out var property))
            {
                Text.Append("<empty>");
                return true;
            }
            if (!property.IsAccessor)
                return Print(property.Value);
            var accessor = (Accessor)property.Value.Reference!;
            Text.Append(accessor.Set is null ? "'[Getter]'" : accessor.Get is null ? "'[Setter]'" : "'[Getter/Setter]'");
            return true;
        }

        private void Separate(ref bool isFirst)
        {
            if (!isFirst)
                Text.Append(',');
            isFirst = false;
        }
    }
}

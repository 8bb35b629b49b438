using System.Runtime.InteropServices;
using Brink.JavaScript.Decimals;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>
/// The nine typed array constructors and what they share. The longer list of runtime 2.0: <see cref="TypedArrayIteration"/>.
/// </summary>
internal static class TypedArrayBuiltIns
{

    public static void Build(IntrinsicsBuilder builder)
    {
        var shared = builder.Intrinsics.TypedArrayPrototype;
        var parent = builder.Function("TypedArray", 0, Abstract, Abstract);
        IntrinsicsBuilder.Put(parent, Names.Prototype, Value.Object(shared), PropertyFlags.None);
        IntrinsicsBuilder.Put(shared, Names.Constructor, Value.Object(parent), PropertyFlags.Hidden);
        builder.Species(parent);

        builder.Getter(shared, "buffer", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTypedArray array ? Value.Object(array.Buffer) : NotOneForGetter(realm, "buffer"));
        builder.Getter(shared, "byteLength", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTypedArray array ? Value.Number(array.ByteLength) : NotOneForGetter(realm, "byteLength"));
        builder.Getter(shared, "byteOffset", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTypedArray array ? Value.Number(array.ByteOffset) : NotOneForGetter(realm, "byteOffset"));
        builder.Getter(shared, "length", static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTypedArray array ? Value.Number(array.Length) : NotOneForGetter(realm, "length"));
        builder.TagGetter(shared, static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) =>
            thisValue.Reference is JsTypedArray array ? realm.NewText(NameOf(array.ElementKind)) : Value.Undefined);
        builder.Method(shared, "copyWithin", 2, CopyWithin);
        builder.Method(shared, "fill", 1, Fill);
        builder.Method(shared, "join", 1, Join);
        builder.Method(shared, "set", 2, Set);
        builder.Method(shared, "slice", 2, Slice);
        builder.Method(shared, "sort", 1, TypedArraySort.Sort);
        builder.Method(shared, "subarray", 2, Subarray);
        builder.Method(shared, "toString", 0, ToText);
        if (builder.Is20)
            TypedArrayIteration.Build(builder, parent, shared);

        foreach (var kind in Enum.GetValues<ElementKind>())
        {
            var prototype = builder.Object(shared);
            builder.Intrinsics.TypedArrayPrototypes[(int)kind] = prototype;
            var constructor = builder.Constructor(NameOf(kind), 3, CallWithoutNew,
                (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Construct(realm, kind, arguments), prototype);
            constructor.Prototype = parent;
            IntrinsicsBuilder.Constant(constructor, "BYTES_PER_ELEMENT", Value.Number(Elements.SizeOf(kind)));
            IntrinsicsBuilder.Constant(prototype, "BYTES_PER_ELEMENT", Value.Number(Elements.SizeOf(kind)));
        }
    }

    private static string NameOf(ElementKind kind) => kind + "Array";

    internal static Value NotOne(Realm realm) => realm.ThrowTypeError("this is not a typed array");

    private static Value NotOneForGetter(Realm realm, string name) =>
        realm.ThrowTypeError($"Method TypedArray.prototype.{name} called on incompatible receiver");

    // ---------------------------------------------------------------- making

    private static Value Abstract(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ThrowTypeError("Abstract class TypedArray not directly constructable");

    private static Value CallWithoutNew(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ThrowTypeError("Constructor of TypedArray requires 'new'");

    private static Value Construct(Realm realm, ElementKind kind, ReadOnlySpan<Value> arguments)
    {
        var source = arguments.At(0);
        if (source.Reference is JsArrayBuffer buffer)
            return OnBuffer(realm, kind, buffer, arguments.At(1), arguments.At(2));
        if (!source.IsObject)
            return realm.ToIndex(source, out var length) ? Value.Object(realm.NewTypedArray(kind, length)) : Value.Threw;
        if (!LengthOf(realm, source.AsObject, out var count))
            return Value.Threw;
        var array = realm.NewTypedArray(kind, count);
        return CopyElements(realm, source.AsObject, array, 0, array.Length) ? Value.Object(array) : Value.Threw;
    }

    private static Value OnBuffer(Realm realm, ElementKind kind, JsArrayBuffer buffer, in Value offsetArgument, in Value lengthArgument)
    {
        var size = Elements.SizeOf(kind);
        if (!realm.ToIndex(offsetArgument, out var offset))
            return Value.Threw;
        if (offset % size != 0)
            return realm.ThrowRangeError($"start offset must be multiple of {size}");
        var byteLength = buffer.Bytes.Length;
        if (!lengthArgument.IsUndefined)
        {
            if (!realm.ToIndex(lengthArgument, out var length))
                return Value.Threw;
            if (offset + length * size > byteLength)
                return realm.ThrowRangeError($"Invalid typed array length: {length * size}");
            return Value.Object(realm.NewTypedArray(kind, buffer, (int)offset, (int)length));
        }
        if (byteLength % size != 0)
            return realm.ThrowRangeError($"byteLength of buffer must be multiple of {size}");
        if (offset > byteLength)
            return realm.ThrowRangeError($"byteOffset {offset} is outside the bound of the buffer");
        return Value.Object(realm.NewTypedArray(kind, buffer, (int)offset, (int)(byteLength - offset) / size));
    }

    /// <summary>The length of anything with elements; what no memory could hold is a RangeError. False if it threw.</summary>
    internal static bool LengthOf(Realm realm, JsObject source, out long length)
    {
        length = source switch { JsTypedArray array => array.Length, JsArray list => list.Length, _ => -1 };
        if (length >= 0)
            return true;
        length = 0;
        var property = realm.Get(source, Names.Length);
        if (property.IsThrew || !realm.ToInteger(property, out var number))
            return false;
        if (number > uint.MaxValue)
        {
            realm.ThrowRangeError("Invalid typed array length");
            return false;
        }
        length = (long)Math.Max(0, number);
        return true;
    }

    /// <summary>
    /// Reads the first elements of anything, converts them and stores them from a place on; the caller has checked the room. False if it
    /// threw.
    /// </summary>
    internal static bool CopyElements(Realm realm, JsObject source, JsTypedArray target, int at, int count)
    {
        if (source is JsTypedArray typed)
        {
            CopyTyped(realm, typed, target, at);
            return true;
        }
        for (var i = 0; i < count; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.Get(realm, source, i);
            if (element.IsThrew || !realm.ToNumber(element, out var number))
                return false;
            target.WriteAt(at + i, number);
        }
        return true;
    }

    private static void CopyTyped(Realm realm, JsTypedArray source, JsTypedArray target, int at)
    {
        if (source.ElementKind == target.ElementKind)
        {
            realm.Charge(1 + source.ByteLength / Price.CopiedBytes);
            source.Bytes.CopyTo(target.Bytes[(at * target.ElementSize)..]);
            return;
        }
        realm.Charge(source.Length);
        if (ReferenceEquals(source.Buffer, target.Buffer))
        {
            // The two may overlap and grow at different speed: read from a copy.
            realm.Allocate(source.ByteLength);
            source = new JsTypedArray(source.ElementKind, new JsArrayBuffer(source.Bytes.ToArray(), source.Shape, source), 0, source.Length,
                source.Shape, source);
        }
        for (var i = 0; i < source.Length; i++)
            target.WriteAt(at + i, source.ReadAt(i));
    }

    // ---------------------------------------------------------------- the list of both runtimes

    private static Value CopyWithin(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return NotOne(realm);
        if (!realm.ToRelativeIndex(arguments.At(0), array.Length, 0, out var to)
            || !realm.ToRelativeIndex(arguments.At(1), array.Length, 0, out var from)
            || !realm.ToRelativeIndex(arguments.At(2), array.Length, array.Length, out var end))
            return Value.Threw;
        var count = Math.Min(end - from, array.Length - to) * array.ElementSize;
        if (count > 0)
        {
            realm.Charge(1 + count / Price.CopiedBytes);
            array.Bytes.Slice(from * array.ElementSize, count).CopyTo(array.Bytes[(to * array.ElementSize)..]);
        }
        return thisValue;
    }

    private static Value Fill(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return NotOne(realm);
        if (!realm.ToNumber(arguments.At(0), out var number)
            || !realm.ToRelativeIndex(arguments.At(1), array.Length, 0, out var start)
            || !realm.ToRelativeIndex(arguments.At(2), array.Length, array.Length, out var end))
            return Value.Threw;
        realm.Charge(Math.Max(0, end - start) / Price.MovedElements);
        if (start >= end)
            return thisValue;
        array.WriteAt(start, number);                                   // converted once
        var bytes = array.Bytes[(start * array.ElementSize)..(end * array.ElementSize)];
        switch (array.ElementSize)
        {
            case 1:
                bytes.Fill(bytes[0]);
                break;
            case 2:
                MemoryMarshal.Cast<byte, ushort>(bytes).Fill(MemoryMarshal.Read<ushort>(bytes));
                break;
            case 4:
                MemoryMarshal.Cast<byte, uint>(bytes).Fill(MemoryMarshal.Read<uint>(bytes));
                break;
            default:
                MemoryMarshal.Cast<byte, ulong>(bytes).Fill(MemoryMarshal.Read<ulong>(bytes));
                break;
        }
        return thisValue;
    }

    /// <summary>set(source, offset): from an array, a typed array (overlapping too) or anything with a length.</summary>
    private static Value Set(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return NotOne(realm);
        if (!realm.ToInteger(arguments.At(1), out var offset))
            return Value.Threw;
        if (offset < 0)
            return realm.ThrowRangeError("offset is out of bounds");
        if (realm.ToObject(arguments.At(0)) is not { } source || !LengthOf(realm, source, out var count))
            return Value.Threw;
        if (offset + count > array.Length)
            return realm.ThrowRangeError("source is too large");
        return CopyElements(realm, source, array, (int)offset, (int)count) ? Value.Undefined : Value.Threw;
    }

    private static Value Slice(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return NotOne(realm);
        if (!realm.ToRelativeIndex(arguments.At(0), array.Length, 0, out var start)
            || !realm.ToRelativeIndex(arguments.At(1), array.Length, array.Length, out var end))
            return Value.Threw;
        var count = Math.Max(0, end - start);
        if (!TypedArraySpecies.Create(realm, array, count, out var part))
            return Value.Threw;
        if (part.ElementKind == array.ElementKind)
        {
            realm.Charge(1 + count * array.ElementSize / Price.CopiedBytes);
            array.Bytes.Slice(start * array.ElementSize, count * array.ElementSize).CopyTo(part.Bytes);
            return Value.Object(part);
        }
        realm.Charge(count);
        for (var i = 0; i < count; i++)
            part.WriteAt(i, array.ReadAt(start + i));
        return Value.Object(part);
    }

    internal static Value Subarray(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return NotOne(realm);
        if (!realm.ToRelativeIndex(arguments.At(0), array.Length, 0, out var start)
            || !realm.ToRelativeIndex(arguments.At(1), array.Length, array.Length, out var end))
            return Value.Threw;
        return TypedArraySpecies.CreateOn(realm, array, array.ByteOffset + start * array.ElementSize, Math.Max(0, end - start));
    }

    // ---------------------------------------------------------------- text

    private static Value Join(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return NotOne(realm);
        if (arguments.At(0).IsUndefined)
            return Join(realm, array, Comma);
        var separator = realm.ToText(arguments.At(0));
        return separator.IsThrew ? Value.Threw : Join(realm, array, separator);
    }

    private static readonly Value Comma = TextFacts.Permanent(",");

    /// <summary>Formats twice: once to know the length, which is charged before anything is taken, once into the text.</summary>
    private static Value Join(Realm realm, JsTypedArray array, in Value separator)
    {
        if (array.Length == 0)
            return Realm.EmptyText;
        Span<char> digits = stackalloc char[DecimalText.MaxLength];
        var length = (long)separator.Length * (array.Length - 1);
        for (var i = 0; i < array.Length; i++)
        {
            realm.Pay(2 * Price.TextOf(array.ReadAt(i)));
            length += DecimalText.Format(array.ReadAt(i), digits);
        }
        if (!separator.IsBmp)
            return JoinAstral(realm, array, separator, length);

        var room = realm.NewTextRoom((int)Math.Min(length, int.MaxValue), out var text);
        var between = separator.Chars;
        for (var i = 0; i < array.Length; i++)
        {
            if (i > 0)
            {
                between.CopyTo(room);
                room = room[between.Length..];
            }
            var count = DecimalText.Format(array.ReadAt(i), digits);
            digits[..count].CopyTo(room);
            room = room[count..];
        }
        return text;
    }

    private static Value JoinAstral(Realm realm, JsTypedArray array, in Value separator, long length)
    {
        realm.Allocate(length * sizeof(int));
        realm.Charge((int)Math.Min(length, int.MaxValue) / Price.CopiedBytes);
        var codePoints = new int[length];
        var between = separator.View;
        Span<char> digits = stackalloc char[DecimalText.MaxLength];
        var at = 0;
        for (var i = 0; i < array.Length; i++)
        {
            for (var k = 0; i > 0 && k < between.Length; k++)
                codePoints[at++] = between[k];
            var count = DecimalText.Format(array.ReadAt(i), digits);
            for (var k = 0; k < count; k++)
                codePoints[at++] = digits[k];
        }
        return realm.NewText(codePoints);
    }

    /// <summary>Calls join, whatever it is by now.</summary>
    private static Value ToText(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!realm.HasPatchedIntrinsics && thisValue.Reference is JsTypedArray array && array.Shape.Count == 0 && array.Table is null)
            return Join(realm, array, Comma);
        var join = realm.Get(thisValue, JoinName);
        return join.IsThrew ? Value.Threw : realm.Call(join, thisValue, []);
    }

    private static readonly Atom JoinName = Names.Table.Intern("join");
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>
/// Buffer: making, comparing, searching, and text (functions spec 5.4). Numbers in and out: <see cref="BufferReadWrite"/>. Runtime 2.0
/// only.
/// </summary>
internal static class BufferBuiltIns
{
    /// <summary>What the module says of the length of Buffers and strings; a call's memory ends long before.</summary>
    private const int MaxLength = int.MaxValue;

    public static void Build(IntrinsicsBuilder builder)
    {
        var prototype = builder.Intrinsics.BufferPrototype;
        prototype.Prototype = builder.Intrinsics.TypedArrayPrototypes[(int)ElementKind.Uint8];
        BuildFunctions(builder, builder.Constructor("Buffer", 0, NotAConstructor, NotAConstructor, prototype));
        if (Dialect.BufferIsAModule)
            BuildModule(builder);

        builder.Method(prototype, "compare", 1, Compare);
        builder.Method(prototype, "copy", 1, Copy);
        builder.Method(prototype, "equals", 1, EqualsOther);
        builder.Method(prototype, "fill", 1, Fill);
        builder.Method(prototype, "includes", 1, Includes);
        builder.Method(prototype, "indexOf", 1, IndexOf);
        builder.Method(prototype, "lastIndexOf", 1, LastIndexOf);
        builder.Method(prototype, "slice", 2, Subarray);
        builder.Method(prototype, "subarray", 2, Subarray);
        builder.Method(prototype, "toJSON", 0, ToJson);
        builder.Method(prototype, "toString", 0, ToText);
        builder.Method(prototype, "write", 1, Write);
        builder.TagGetter(prototype, static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => realm.NewText("Buffer"));
        BufferReadWrite.Build(builder, prototype);
    }

    private static void BuildFunctions(IntrinsicsBuilder builder, JsObject holder)
    {
        builder.Method(holder, "alloc", 0, Alloc);
        builder.Method(holder, "allocUnsafe", 0, AllocUnsafe);
        builder.Method(holder, "byteLength", 1, ByteLength);
        builder.Method(holder, "compare", 2, CompareTwo);
        builder.Method(holder, "concat", 1, Concat);
        builder.Method(holder, "from", 3, From);
        builder.Method(holder, "isBuffer", 1, IsBuffer);
        builder.Method(holder, "isEncoding", 1, IsEncoding);
    }

    /// <summary>
    /// The module <c>buffer</c>. Its Buffer is not the global one but a plain object with the same functions: neither <c>new</c> nor
    /// <c>instanceof</c> takes it.
    /// </summary>
    private static void BuildModule(IntrinsicsBuilder builder)
    {
        var functions = builder.Object();
        IntrinsicsBuilder.Put(functions, Names.Name, TextFacts.Permanent("Buffer"), PropertyFlags.Configurable);
        IntrinsicsBuilder.Put(functions, Names.Length, Value.Number(0), PropertyFlags.Configurable);
        IntrinsicsBuilder.Put(functions, Names.Prototype, Value.Undefined, PropertyFlags.None);
        BuildFunctions(builder, functions);
        var constants = builder.Object();
        Show(constants, "MAX_LENGTH", Value.Number(MaxLength));
        Show(constants, "MAX_STRING_LENGTH", Value.Number(MaxLength));
        var module = builder.Object();
        Show(module, "Buffer", Value.Object(functions));
        Show(module, "constants", Value.Object(constants));
        Show(module, "kMaxLength", Value.Number(MaxLength));
        builder.Intrinsics.Modules.Add("buffer", module);

        static void Show(JsObject holder, string name, in Value value) =>
            IntrinsicsBuilder.Put(holder, Names.Table.Intern(name), value, PropertyFlags.Enumerable);
    }

    // ---------------------------------------------------------------- what arguments are

    /// <summary>A Buffer or Uint8Array, which all of these take; null if it threw.</summary>
    internal static JsTypedArray? BytesArgument(Realm realm, in Value value, string role)
    {
        if (value.Reference is JsTypedArray { ElementKind: ElementKind.Uint8 } array)
            return array;
        realm.ThrowTypeError($"\"{role}\" argument must be an instance of Buffer or Uint8Array");
        return null;
    }

    /// <summary>A place in some bytes; false if it threw.</summary>
    private static bool PlaceArgument(Realm realm, in Value value, string name, int whenUndefined, int length, out int place)
    {
        place = whenUndefined;
        if (value.IsUndefined)
            return true;
        if (!realm.ToIndex(value, out var index))
            return false;
        place = (int)Math.Min(index, length);
        if (index <= length)
            return true;
        realm.ThrowRangeError($"\"{name}\" is out of range: {index}");
        return false;
    }

    private static string TypeOf(in Value value) => value.IsNull ? "null" : Realm.TypeOf(value).ToDotNetString();

    private static Value NotAConstructor(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ThrowTypeError("Buffer is not a constructor");

    // ---------------------------------------------------------------- making

    private static Value Alloc(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!NewOfSize(realm, arguments.At(0), out var buffer))
            return Value.Threw;
        if (!arguments.At(1).IsUndefined && !FillWith(realm, buffer.Bytes, arguments.At(1), arguments.At(2)))
            return Value.Threw;
        return Value.Object(buffer);
    }

    /// <summary>Zeroed too: what other calls left in memory must not be seen.</summary>
    private static Value AllocUnsafe(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        NewOfSize(realm, arguments.At(0), out var buffer) ? Value.Object(buffer) : Value.Threw;

    private static bool NewOfSize(Realm realm, in Value size, out JsTypedArray buffer)
    {
        buffer = null!;
        if (!size.IsNumber)
            realm.ThrowTypeError("\"size\" argument must be of type number");
        else if (!(size.AsNumber is >= 0 and <= int.MaxValue))
            realm.ThrowRangeError("invalid size");
        else
            buffer = realm.NewBuffer((long)size.AsNumber);
        return buffer is not null;
    }

    private static Value From(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var source = arguments.At(0);
        if (source.IsString)
            return FromText(realm, source, arguments.At(1));
        switch (source.Reference)
        {
            case JsTypedArray array:
                return FromTypedArray(realm, array);
            case JsArrayBuffer arrayBuffer:
                return FromArrayBuffer(realm, arrayBuffer, arguments.At(1), arguments.At(2));
            case JsArray array:
                return FromArrayLike(realm, array, array.Length);
            case JsObject @object:
                return FromObject(realm, @object, arguments);
            default:
                return NotBufferLike(realm, source);
        }
    }

    private static Value NotBufferLike(Realm realm, in Value value) =>
        realm.ThrowTypeError($"first argument {TypeOf(value)} is not a string or Buffer-like object");

    private static Value FromText(Realm realm, in Value text, in Value encodingArgument)
    {
        if (!BinaryEncodings.FromArgument(realm, encodingArgument, out var encoding))
            return Value.Threw;
        var arrayBuffer = realm.NewArrayBuffer(BinaryEncodings.DecodedLength(realm, text, encoding));
        return Value.Object(realm.NewBuffer(arrayBuffer, 0, BinaryEncodings.Decode(realm, text, encoding, arrayBuffer.Bytes)));
    }

    private static Value FromTypedArray(Realm realm, JsTypedArray source)
    {
        var buffer = realm.NewBuffer(source.Length);
        realm.Charge(source.Length / (source.ElementSize == 1 ? Price.CopiedBytes : 1));
        if (source.ElementSize == 1)
        {
            source.Bytes.CopyTo(buffer.Bytes);
        }
        else
        {
            for (var i = 0; i < source.Length; i++)
                buffer.WriteAt(i, source.ReadAt(i));
        }
        return Value.Object(buffer);
    }

    /// <summary>Shares the memory.</summary>
    private static Value FromArrayBuffer(Realm realm, JsArrayBuffer source, in Value offsetArgument, in Value lengthArgument)
    {
        if (!realm.ToIndex(offsetArgument, out var offset))
            return Value.Threw;
        if (offset > source.Bytes.Length)
            return realm.ThrowRangeError("\"offset\" is outside of buffer bounds");
        var length = source.Bytes.Length - offset;
        if (!lengthArgument.IsUndefined)
        {
            if (!realm.ToIndex(lengthArgument, out var asked))
                return Value.Threw;
            if (asked > length)
                return realm.ThrowRangeError("\"length\" is outside of buffer bounds");
            length = asked;
        }
        return Value.Object(realm.NewBuffer(source, (int)offset, (int)length));
    }

    /// <summary>In this order: what its valueOf gives, the JSON form of a Buffer, anything with a length.</summary>
    private static Value FromObject(Realm realm, JsObject source, ReadOnlySpan<Value> arguments)
    {
        var self = Value.Object(source);
        var valueOf = realm.Get(source, Names.ValueOf);
        if (valueOf.IsThrew)
            return Value.Threw;
        if (valueOf.IsCallable)
        {
            var primitive = realm.Call(valueOf, self, []);
            if (primitive.IsThrew)
                return Value.Threw;
            if (primitive.IsString)
                return FromText(realm, primitive, arguments.At(1));
            if (!primitive.IsObject && !primitive.IsNullish)
                return NotBufferLike(realm, primitive);
        }
        var type = realm.Get(source, BinaryNames.Type);
        if (type.IsThrew)
            return Value.Threw;
        var list = source;
        if (type.IsString && type.View.SequenceEqual(new TextView("Buffer")))
        {
            var data = realm.Get(source, BinaryNames.Data);
            if (data.IsThrew)
                return Value.Threw;
            if (!data.IsObject)
                return NotBufferLike(realm, self);
            list = data.AsObject;
        }
        if (list is JsTypedArray bytes)
            return FromTypedArray(realm, bytes);
        var lengthValue = realm.Get(list, Names.Length);
        if (lengthValue.IsThrew)
            return Value.Threw;
        if (lengthValue.IsUndefined)
            return NotBufferLike(realm, self);
        return realm.ToInteger(lengthValue, out var length) ? FromArrayLike(realm, list, length) : Value.Threw;
    }

    private static Value FromArrayLike(Realm realm, JsObject source, double length)
    {
        if (length > int.MaxValue)
            return realm.ThrowRangeError("invalid size");
        var buffer = realm.NewBuffer((long)Math.Max(0, length));
        return TypedArrayBuiltIns.CopyElements(realm, source, buffer, 0, buffer.Length) ? Value.Object(buffer) : Value.Threw;
    }

    private static Value Concat(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).Reference is not JsArray list)
            return realm.ThrowTypeError("\"list\" argument must be an instance of Array");
        // Elements that are properties are read once: a getter may give another value the next time.
        var parts = ArrayLike.IsPlain(realm, list) ? list : realm.NewArray();
        var total = 0L;
        for (var i = 0u; i < list.Length; i++)
        {
            realm.Charge(1);
            var part = ArrayLike.Get(realm, list, i);
            if (part.IsThrew || BytesArgument(realm, part, $"list[{i}]") is not { } bytes)
                return Value.Threw;
            total += bytes.Length;
            if (!ReferenceEquals(parts, list))
                parts.Push(realm, part);
        }
        if (!arguments.At(1).IsUndefined)
        {
            if (!arguments.At(1).IsNumber)
                return realm.ThrowTypeError("\"length\" argument must be of type number");
            if (!(arguments.At(1).AsNumber is >= 0 and <= int.MaxValue))
                return realm.ThrowRangeError("\"length\" is out of range");
            total = (long)arguments.At(1).AsNumber;
        }
        var joined = realm.NewBuffer(total);
        var rest = joined.Bytes;
        for (var i = 0; i < parts.Stored && rest.Length > 0; i++)
        {
            var part = ((JsTypedArray)parts.Elements[i].AsObject).Bytes;
            part = part[..Math.Min(part.Length, rest.Length)];
            realm.Charge(1 + part.Length / Price.CopiedBytes);
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }
        return Value.Object(joined);
    }

    // ---------------------------------------------------------------- asking

    private static Value IsBuffer(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Value.Boolean(arguments.At(0).Reference is JsTypedArray { ElementKind: ElementKind.Uint8 } array
            && ReferenceEquals(array.Prototype, realm.Intrinsics.BufferPrototype));

    private static Value IsEncoding(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Value.Boolean(arguments.At(0).IsString && BinaryEncodings.TryParse(arguments[0].View, out _));

    private static Value ByteLength(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var source = arguments.At(0);
        if (BinaryData.TryGetBytes(source, out var bytes))
            return Value.Number(bytes.Length);
        if (!source.IsString)
            return NotBufferLike(realm, source);
        return BinaryEncodings.FromArgument(realm, arguments.At(1), out var encoding)
            ? Value.Number(BinaryEncodings.DecodedLength(realm, source, encoding))
            : Value.Threw;
    }

    private static Value CompareTwo(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        BytesArgument(realm, arguments.At(0), "source") is { } source && BytesArgument(realm, arguments.At(1), "target") is { } target
            ? Compare(realm, source.Bytes, target.Bytes)
            : Value.Threw;

    /// <summary>compare(target, targetStart, targetEnd, sourceStart, sourceEnd)</summary>
    private static Value Compare(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (BytesArgument(realm, thisValue, "this") is not { } source || BytesArgument(realm, arguments.At(0), "target") is not { } target)
            return Value.Threw;
        if (!PlaceArgument(realm, arguments.At(1), "targetStart", 0, target.Length, out var targetStart)
            || !PlaceArgument(realm, arguments.At(2), "targetEnd", target.Length, target.Length, out var targetEnd)
            || !PlaceArgument(realm, arguments.At(3), "sourceStart", 0, source.Length, out var sourceStart)
            || !PlaceArgument(realm, arguments.At(4), "sourceEnd", source.Length, source.Length, out var sourceEnd))
            return Value.Threw;
        return Compare(realm, Part(source.Bytes, sourceStart, sourceEnd), Part(target.Bytes, targetStart, targetEnd));
    }

    private static Span<byte> Part(Span<byte> bytes, int start, int end) => bytes.Slice(start, Math.Max(0, end - start));

    private static Value Compare(Realm realm, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        realm.Charge(1 + Math.Min(left.Length, right.Length) / Price.CopiedBytes);
        return Value.Number(Math.Sign(left.SequenceCompareTo(right)));
    }

    private static Value EqualsOther(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (BytesArgument(realm, thisValue, "this") is not { } source || BytesArgument(realm, arguments.At(0), "target") is not { } target)
            return Value.Threw;
        realm.Charge(1 + Math.Min(source.Length, target.Length) / Price.CopiedBytes);
        return Value.Boolean(source.Bytes.SequenceEqual(target.Bytes));
    }

    private static Value IndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Find(realm, thisValue, arguments, fromEnd: false, out var place) ? Value.Number(place) : Value.Threw;

    private static Value LastIndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Find(realm, thisValue, arguments, fromEnd: true, out var place) ? Value.Number(place) : Value.Threw;

    private static Value Includes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Find(realm, thisValue, arguments, fromEnd: false, out var place) ? Value.Boolean(place >= 0) : Value.Threw;

    /// <summary>
    /// Searches for text, bytes or one byte. Two habits of the engine AWS runs, unlike Node's: backwards, the match must END at or before
    /// the given place; and an empty text is found at the beginning (backwards: at the end) whatever the place. False if it threw.
    /// </summary>
    private static bool Find(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, bool fromEnd, out int place)
    {
        place = -1;
        if (BytesArgument(realm, thisValue, "this") is not { } buffer)
            return false;
        var (value, start, encodingArgument) = (arguments.At(0), arguments.At(1), arguments.At(2));
        if (value.IsString && start.IsString)
            (start, encodingArgument) = (Value.Undefined, start);

        var length = buffer.Length;
        var from = fromEnd ? length - 1.0 : 0;
        if (!start.IsUndefined)
        {
            if (!realm.ToInteger(start, out from))
                return false;
            if (from < 0)
                from += length;
            from = fromEnd ? Math.Min(from, length - 1) : Math.Max(from, 0);
        }
        if (!SoughtBytes(realm, value, encodingArgument, out var sought))
            return false;
        if (length == 0 || from < 0 || from >= length)
            return true;
        if (sought.Length == 0)
        {
            place = fromEnd ? length : 0;
            return true;
        }
        var bytes = buffer.Bytes;
        realm.Charge(1 + (fromEnd ? (int)from : length - (int)from) / Price.CopiedBytes);
        if (fromEnd)
        {
            ChargeSearch(realm, (int)from + 1, sought.Length);
            place = bytes[..((int)from + 1)].LastIndexOf(sought);
            return true;
        }
        ChargeSearch(realm, length - (int)from, sought.Length);
        place = bytes[(int)from..].IndexOf(sought);
        if (place >= 0)
            place += (int)from;
        return true;
    }

    /// <summary>At worst a search for bytes compares every byte of one with every byte of the other.</summary>
    private static void ChargeSearch(Realm realm, long length, long soughtLength)
    {
        var steps = length * Math.Min(soughtLength, length) / 64;
        realm.Charge((int)Math.Min(steps, int.MaxValue));
    }

    private static bool SoughtBytes(Realm realm, in Value value, in Value encodingArgument, out ReadOnlySpan<byte> sought)
    {
        sought = default;
        if (value.IsString)
        {
            if (!BinaryEncodings.FromArgument(realm, encodingArgument, out var encoding))
                return false;
            sought = BinaryEncodings.Decode(realm, value, encoding);
            return true;
        }
        if (value.IsNumber)
        {
            sought = SingleBytes.AsSpan((byte)Realm.ToInt32(value.AsNumber), 1);
            return true;
        }
        if (value.Reference is JsTypedArray { ElementKind: ElementKind.Uint8 } array)
        {
            sought = array.Bytes;
            return true;
        }
        realm.ThrowTypeError($"\"value\" argument {TypeOf(value)} is not a string or Buffer-like object");
        return false;
    }

    /// <summary>Every byte, to be sliced.</summary>
    private static readonly byte[] SingleBytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    // ---------------------------------------------------------------- text

    /// <summary>toString(encoding, start, end)</summary>
    private static Value ToText(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (BytesArgument(realm, thisValue, "this") is not { } buffer)
            return Value.Threw;
        long start = 0, end = buffer.Length;
        if (!BinaryEncodings.FromArgument(realm, arguments.At(0), out var encoding)
            || !realm.ToIndex(arguments.At(1), out start)
            || (!arguments.At(2).IsUndefined && !realm.ToIndex(arguments.At(2), out end)))
            return Value.Threw;
        end = Math.Min(end, buffer.Length);
        return start < end ? BinaryEncodings.ToText(realm, buffer.Bytes[(int)start..(int)end], encoding) : Realm.EmptyText;
    }

    private static Value ToJson(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (BytesArgument(realm, thisValue, "this") is not { } buffer)
            return Value.Threw;
        var data = realm.NewArray(buffer.Length);
        realm.Charge(buffer.Length);
        foreach (var value in buffer.Bytes)
            data.Push(realm, Value.Number(value));
        var json = realm.NewObject();
        json.Put(realm, BinaryNames.Type, realm.NewText("Buffer"));
        json.Put(realm, BinaryNames.Data, Value.Object(data));
        return Value.Object(json);
    }

    /// <summary>
    /// write(text, offset, length, encoding); offset or length may be left out before an encoding. Gives the bytes written.
    /// </summary>
    private static Value Write(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (BytesArgument(realm, thisValue, "this") is not { } buffer)
            return Value.Threw;
        if (!arguments.At(0).IsString)
            return realm.ThrowTypeError("first argument must be a string");
        var (offsetArgument, lengthArgument, encodingArgument) = (arguments.At(1), arguments.At(2), arguments.At(3));
        if (offsetArgument.IsString)
            (offsetArgument, lengthArgument, encodingArgument) = (Value.Undefined, Value.Undefined, offsetArgument);
        else if (lengthArgument.IsString)
            (lengthArgument, encodingArgument) = (Value.Undefined, lengthArgument);

        long length = buffer.Length;
        if (!realm.ToIndex(offsetArgument, out var offset)
            || (!lengthArgument.IsUndefined && !realm.ToIndex(lengthArgument, out length))
            || !BinaryEncodings.FromArgument(realm, encodingArgument, out var encoding))
            return Value.Threw;
        if (offset >= buffer.Length)
            return realm.ThrowRangeError("\"offset\" is out of range");
        var bytes = BinaryEncodings.Decode(realm, arguments[0], encoding);
        bytes = bytes[..(int)Math.Min(bytes.Length, Math.Min(length, buffer.Length - offset))];
        bytes.CopyTo(buffer.Bytes[(int)offset..]);
        return Value.Number(bytes.Length);
    }

    // ---------------------------------------------------------------- changing

    /// <summary>copy(target, targetStart, sourceStart, sourceEnd); gives the number of bytes.</summary>
    private static Value Copy(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (BytesArgument(realm, thisValue, "this") is not { } source || BytesArgument(realm, arguments.At(0), "target") is not { } target)
            return Value.Threw;
        if (!PlaceArgument(realm, arguments.At(1), "targetStart", 0, target.Length, out var targetStart)
            || !PlaceArgument(realm, arguments.At(2), "sourceStart", 0, source.Length, out var sourceStart)
            || !PlaceArgument(realm, arguments.At(3), "sourceEnd", source.Length, source.Length, out var sourceEnd))
            return Value.Threw;
        var part = Part(source.Bytes, sourceStart, sourceEnd);
        part = part[..Math.Min(part.Length, target.Length - targetStart)];
        realm.Charge(1 + part.Length / Price.CopiedBytes);
        part.CopyTo(target.Bytes[targetStart..]);
        return Value.Number(part.Length);
    }

    /// <summary>fill(value, offset, end, encoding); before an encoding, offset and end may be left out.</summary>
    private static Value Fill(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (BytesArgument(realm, thisValue, "this") is not { } buffer)
            return Value.Threw;
        if (arguments.Length == 0)
            return thisValue;
        var (value, offsetArgument, endArgument, encodingArgument) = (arguments[0], arguments.At(1), arguments.At(2), arguments.At(3));
        if (value.IsString && offsetArgument.IsString)
            (offsetArgument, endArgument, encodingArgument) = (Value.Undefined, Value.Undefined, offsetArgument);
        else if (value.IsString && endArgument.IsString)
            (endArgument, encodingArgument) = (Value.Undefined, endArgument);

        long end = buffer.Length;
        if (!realm.ToIndex(offsetArgument, out var offset) || (!endArgument.IsUndefined && !realm.ToIndex(endArgument, out end)))
            return Value.Threw;
        if (offset > buffer.Length)
            return realm.ThrowRangeError("\"offset\" is out of range");
        if (end > buffer.Length)
            return realm.ThrowRangeError("\"end\" is out of range");
        return FillWith(realm, Part(buffer.Bytes, (int)offset, (int)end), value, encodingArgument) ? thisValue : Value.Threw;
    }

    /// <summary>Repeats text, bytes or a number modulo 256; what has no bytes fills with zeros. False if it threw.</summary>
    private static bool FillWith(Realm realm, Span<byte> destination, in Value value, in Value encodingArgument)
    {
        realm.Charge(1 + destination.Length / Price.CopiedBytes);
        scoped ReadOnlySpan<byte> pattern;
        if (value.IsString)
        {
            if (!BinaryEncodings.FromArgument(realm, encodingArgument, out var encoding))
                return false;
            pattern = BinaryEncodings.Decode(realm, value, encoding);
        }
        else if (value.Reference is JsTypedArray array)
        {
            // A copy: it may be the very memory that is being filled.
            realm.Allocate(array.ByteLength);
            pattern = array.Bytes.ToArray();
        }
        else if (realm.ToNumber(value, out var number))
        {
            destination.Fill((byte)Realm.ToInt32(number));
            return true;
        }
        else
        {
            return false;
        }
        if (pattern.Length == 0)
        {
            destination.Clear();
            return true;
        }
        realm.Charge(destination.Length / pattern.Length);
        while (destination.Length > 0)
        {
            var count = Math.Min(pattern.Length, destination.Length);
            pattern[..count].CopyTo(destination);
            destination = destination[count..];
        }
        return true;
    }

    /// <summary>
    /// slice and subarray are the same: a Buffer on the same memory. What a species makes, of any kind, becomes a Buffer too.
    /// </summary>
    private static Value Subarray(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var part = TypedArrayBuiltIns.Subarray(realm, thisValue, arguments);
        if (!part.IsThrew)
            part.AsObject.Prototype = realm.Intrinsics.BufferPrototype;
        return part;
    }
}

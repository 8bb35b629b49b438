using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>
/// The numbers of a Buffer: readInt16LE, writeUIntBE and the rest of them. Integers wrap when written; a place outside is a RangeError.
/// Writing an integer gives the place behind it; writing a float gives undefined, as in the engine AWS runs.
/// </summary>
internal static class BufferReadWrite
{
    private const int MaxIntegerBytes = 6;

    public static void Build(IntrinsicsBuilder builder, JsObject prototype)
    {
        foreach (var isSigned in (ReadOnlySpan<bool>)[true, false])
        {
            var name = isSigned ? "Int" : "UInt";
            AddInteger(builder, prototype, name + "8", 1, isSigned, isBigEndian: false);
            foreach (var isBigEndian in (ReadOnlySpan<bool>)[false, true])
            {
                var order = isBigEndian ? "BE" : "LE";
                AddInteger(builder, prototype, $"{name}16{order}", 2, isSigned, isBigEndian);
                AddInteger(builder, prototype, $"{name}32{order}", 4, isSigned, isBigEndian);
                AddInteger(builder, prototype, name + order, SizeIsArgument, isSigned, isBigEndian);
            }
        }
        foreach (var isBigEndian in (ReadOnlySpan<bool>)[false, true])
        {
            var order = isBigEndian ? "BE" : "LE";
            AddFloat(builder, prototype, "Float" + order, ElementKind.Float32, isBigEndian);
            AddFloat(builder, prototype, "Double" + order, ElementKind.Float64, isBigEndian);
        }
        builder.Method(prototype, "swap16", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Swap(realm, thisValue, 2));
        builder.Method(prototype, "swap32", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Swap(realm, thisValue, 4));
        builder.Method(prototype, "swap64", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Swap(realm, thisValue, 8));
    }

    /// <summary>The number of bytes comes with the call: readIntLE(offset, byteLength).</summary>
    private const int SizeIsArgument = 0;

    private static void AddInteger(IntrinsicsBuilder builder, JsObject prototype, string name, int size, bool isSigned, bool isBigEndian)
    {
        builder.Method(prototype, "read" + name, size == SizeIsArgument ? 2 : 1,
            (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
            Window(realm, thisValue, arguments.At(0), arguments.At(1), size, out var bytes, out _)
                ? Value.Number(ReadInteger(bytes, isSigned, isBigEndian))
                : Value.Threw);
        builder.Method(prototype, "write" + name, 1, (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        {
            if (!realm.ToNumber(arguments.At(0), out var number)
                || !Window(realm, thisValue, arguments.At(1), arguments.At(2), size, out var bytes, out var end))
                return Value.Threw;
            WriteInteger(bytes, number, isBigEndian);
            return Value.Number(end);
        });
    }

    private static void AddFloat(IntrinsicsBuilder builder, JsObject prototype, string name, ElementKind kind, bool isBigEndian)
    {
        var size = Elements.SizeOf(kind);
        builder.Method(prototype, "read" + name, 1, (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        {
            if (!Window(realm, thisValue, arguments.At(0), Value.Undefined, size, out var bytes, out _))
                return Value.Threw;
            Span<byte> ordered = stackalloc byte[size];
            bytes.CopyTo(ordered);
            if (isBigEndian)
                ordered.Reverse();
            return Value.Number(Elements.Read(ordered, kind));
        });
        builder.Method(prototype, "write" + name, 1, (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        {
            if (!realm.ToNumber(arguments.At(0), out var number)
                || !Window(realm, thisValue, arguments.At(1), Value.Undefined, size, out var bytes, out _))
                return Value.Threw;
            Elements.Write(bytes, kind, number);
            if (isBigEndian)
                bytes.Reverse();
            return Value.Undefined;
        });
    }

    /// <summary>The bytes that a number takes; false if it threw.</summary>
    private static bool Window(
        Realm realm, in Value thisValue, in Value offsetArgument, in Value sizeArgument, int size, out Span<byte> bytes, out long end)
    {
        bytes = default;
        end = 0;
        if (BufferBuiltIns.BytesArgument(realm, thisValue, "this") is not { } buffer || !realm.ToIndex(offsetArgument, out var index))
            return false;
        if (size == SizeIsArgument)
        {
            if (!sizeArgument.IsNumber)
            {
                realm.ThrowTypeError("\"byteLength\" is not a number");
                return false;
            }
            if (!(sizeArgument.AsNumber <= MaxIntegerBytes))
            {
                realm.ThrowTypeError($"\"byteLength\" must be <= {MaxIntegerBytes}");
                return false;
            }
            if (sizeArgument.AsNumber < 1)
            {
                realm.ThrowTypeError("\"byteLength\" must be >= 1");
                return false;
            }
            size = (int)sizeArgument.AsNumber;
        }
        end = index + size;
        if (end > buffer.Length)
        {
            realm.ThrowRangeError($"index {index} is outside the bound of the buffer");
            return false;
        }
        bytes = buffer.Bytes.Slice((int)index, size);
        return true;
    }

    private static double ReadInteger(ReadOnlySpan<byte> bytes, bool isSigned, bool isBigEndian)
    {
        var number = 0L;
        for (var i = 0; i < bytes.Length; i++)
            number = number << 8 | bytes[isBigEndian ? i : bytes.Length - 1 - i];
        if (!isSigned)
            return number;
        var unused = 64 - 8 * bytes.Length;
        return number << unused >> unused;
    }

    /// <summary>Keeps the low bytes; beyond 64 bits the number saturates first; NaN is 0.</summary>
    private static void WriteInteger(Span<byte> bytes, double number, bool isBigEndian)
    {
        var rest = (long)number;
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[isBigEndian ? bytes.Length - 1 - i : i] = (byte)rest;
            rest >>= 8;
        }
    }

    private static Value Swap(Realm realm, in Value thisValue, int size)
    {
        if (BufferBuiltIns.BytesArgument(realm, thisValue, "this") is not { } buffer)
            return Value.Threw;
        if (buffer.Length % size != 0)
            return realm.ThrowRangeError($"Buffer size must be a multiple of {size * 8}-bits");
        realm.Charge(1 + buffer.Length / size);
        var bytes = buffer.Bytes;
        for (var i = 0; i < bytes.Length; i += size)
            bytes.Slice(i, size).Reverse();
        return thisValue;
    }
}

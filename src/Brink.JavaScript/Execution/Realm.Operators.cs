using Brink.JavaScript.Compilation;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>The operators on anything but two numbers.</summary>
internal sealed partial class Realm
{
    /// <summary><c>delete target[key]</c>. False if it threw.</summary>
    public bool DeleteElement(in Value target, in Value key)
    {
        if (target.IsNullish)
        {
            ThrowTypeError($"cannot get property \"{DescribeElement(key)}\" of {NameOfNothing(target)}");
            return false;
        }
        return ToPropertyKey(key, out var propertyKey) && Delete(target, propertyKey);
    }

    /// <summary>A key as a value that converts without running code any more; or the threw marker.</summary>
    public Value ToKeyValue(in Value key, in Value target)
    {
        if (target.IsNullish)
            return ThrowTypeError($"cannot get property \"{DescribeElement(key)}\" of {NameOfNothing(target)}");
        return ToPropertyKey(key, out var propertyKey)
            ? propertyKey is Symbol symbol ? Value.Of(symbol) : ((Atom)propertyKey).Value
            : Value.Threw;
    }

    /// <summary>The key of a value that <see cref="ToKeyValue"/> gave.</summary>
    public PropertyKey KeyOf(in Value key) => key.IsSymbol ? key.AsSymbol : AtomOf(ToText(key));

    /// <summary>A computed property of an object literal. False if it threw.</summary>
    public bool DefineElement(JsObject @object, in Value key, in Value value)
    {
        if (!ToPropertyKey(key, out var propertyKey))
            return false;
        @object.PutOwn(this, propertyKey, value, PropertyFlags.Default);
        return true;
    }

    public Value Add(in Value left, in Value right)
    {
        if (left.IsString)
        {
            if (right.IsString)
                return Concat(left, right);
            if (right.IsNumber)
                return Concat(left, NumberToText(right.AsNumber));
        }
        if (!ToPrimitive(left, PrimitiveHint.Default, out var a) || !ToPrimitive(right, PrimitiveHint.Default, out var b))
            return Value.Threw;
        if (a.IsString || b.IsString)
        {
            var first = ToText(a);
            if (first.IsThrew)
                return first;
            var second = ToText(b);
            return second.IsThrew ? second : Concat(first, second);
        }
        return ToNumber(a, out var x) && ToNumber(b, out var y) ? Value.Number(x + y) : Value.Threw;
    }

    public Value Arithmetic(Op op, in Value left, in Value right)
    {
        if (op == Op.Add)
            return Add(left, right);
        if (!ToNumber(left, out var a) || !ToNumber(right, out var b))
            return Value.Threw;
        return Value.Number(op switch
        {
            Op.Subtract => a - b,
            Op.Multiply => a * b,
            Op.Divide => a / b,
            Op.Remainder => Remainder(a, b),
            Op.Power => Power(a, b),
            Op.ShiftLeft => ToInt32(a) << (ToInt32(b) & 31),
            Op.ShiftRight => ToInt32(a) >> (ToInt32(b) & 31),
            Op.ShiftRightUnsigned => (uint)ToInt32(a) >> (ToInt32(b) & 31),
            Op.BitwiseAnd => ToInt32(a) & ToInt32(b),
            Op.BitwiseOr => ToInt32(a) | ToInt32(b),
            _ => ToInt32(a) ^ ToInt32(b),
        });
    }

    public double Remainder(double a, double b)
    {
        if (a > 0 && b > 0 && a <= int.MaxValue && b <= int.MaxValue && a == (int)a && b == (int)b)
            return (int)a % (int)b;
        // The platform divides digit by digit.
        Pay(Math.Max(0, ExponentOf(a) - ExponentOf(b)) / Price.RemainderDigits);
        return a % b;
    }

    private static int ExponentOf(double number) => (int)(BitConverter.DoubleToInt64Bits(number) >> 52) & 0x7FF;

    /// <summary>As the language has it: 1 ** Infinity is NaN.</summary>
    public static double Power(double a, double b) =>
        double.IsNaN(b) || (Math.Abs(a) == 1 && double.IsInfinity(b)) ? double.NaN : Math.Pow(a, b);

    /// <summary>Less, LessOrEqual, Greater, GreaterOrEqual. False if it threw.</summary>
    public bool Compare(Op op, in Value left, in Value right, out bool result)
    {
        if (left.IsString && right.IsString)
        {
            result = CompareTexts(op, left, right);
            return true;
        }
        result = false;
        if (!ToPrimitive(left, PrimitiveHint.Number, out var a) || !ToPrimitive(right, PrimitiveHint.Number, out var b))
            return false;
        if (a.IsString && b.IsString)
        {
            result = CompareTexts(op, a, b);
            return true;
        }
        if (!ToNumber(a, out var x) || !ToNumber(b, out var y))
            return false;
        result = op switch { Op.Less => x < y, Op.LessOrEqual => x <= y, Op.Greater => x > y, _ => x >= y };
        return true;
    }

    private bool CompareTexts(Op op, in Value left, in Value right)
    {
        Charge(1 + Math.Min(left.Length, right.Length) / Price.ComparedCharacters);
        // Most texts differ at once.
        var order = left.Length > 0 && right.Length > 0 && left.IsBmp && right.IsBmp && left.CharAt(0) != right.CharAt(0)
            ? left.CharAt(0) - right.CharAt(0)
            : CompareTexts(left, right);
        return op switch { Op.Less => order < 0, Op.LessOrEqual => order <= 0, Op.Greater => order > 0, _ => order >= 0 };
    }

    /// <summary>The order of two texts. What the comparison of ordinary ones costs was charged.</summary>
    public int CompareTexts(in Value left, in Value right)
    {
        ChargeMixedComparison(left, right);
        return left.View.CompareTo(right.View);
    }

    /// <summary>False if it threw.</summary>
    public bool In(in Value key, in Value target, out bool result)
    {
        result = false;
        if (!target.IsObject)
        {
            ThrowTypeError($"property \"in\" on primitive {DescribeType(target)} type");
            return false;
        }
        if (!ToPropertyKey(key, out var propertyKey))
            return false;
        result = HasPropertyAtRest(target.AsObject, propertyKey);
        return true;
    }

    /// <summary>False if it threw.</summary>
    public bool InstanceOf(in Value value, in Value constructor, out bool result)
    {
        result = false;
        if (!constructor.IsCallable)
        {
            ThrowTypeError("right argument is not callable");
            return false;
        }
        if (constructor.AsObject is BoundFunction bound)
            return InstanceOf(value, Value.Object(bound.Target), out result);      // the target is never bound itself
        if (!value.IsObject)
            return true;
        var prototype = Get(constructor, Names.Prototype);
        if (prototype.IsThrew)
            return false;
        if (!prototype.IsObject)
        {
            // An arrow has none: false, as in the engine that AWS's matches.
            if (prototype.IsUndefined)
                return true;
            ThrowTypeError("Function has non-object prototype in instanceof");
            return false;
        }
        for (var at = StorageOf(value.AsObject).Prototype; at is not null; at = StorageOf(at).Prototype)
        {
            Charge(1);
            if (ReferenceEquals(at, prototype.AsObject))
            {
                result = true;
                break;
            }
        }
        return true;
    }

    /// <summary>HasProperty without reading lazy properties of the host.</summary>
    public bool HasPropertyAtRest(JsObject @object, PropertyKey key)
    {
        for (JsObject? at = @object; at is not null; at = StorageOf(at).Prototype)
        {
            if (at is Hosting.HostObjectView view ? view.HasOwnAtRest(this, key) : at.GetOwn(this, key, out _))
                return true;
            Charge(1);              // for each object further up: an own key costs the same as where its shape answers
        }
        return false;
    }

    /// <summary>Texts side by side.</summary>
    public Value Join(ReadOnlySpan<Value> texts)
    {
        long length = 0;
        var isBmp = true;
        foreach (ref readonly var text in texts)
        {
            length += text.Length;
            isBmp &= text.IsBmp;
        }
        if (length == 0)
            return EmptyText;
        if (length > MaxTextLength)
            throw ScriptStopped.OverMemory();
        if (!isBmp)
            return JoinAstral(texts, (int)length);
        var room = NewTextRoom((int)length, out var result);
        foreach (ref readonly var text in texts)
        {
            text.Chars.CopyTo(room);
            room = room[text.Length..];
        }
        return result;
    }

    private Value JoinAstral(ReadOnlySpan<Value> texts, int length)
    {
        var areBytes = false;
        foreach (ref readonly var text in texts)
        {
            if (text.Length == length)
                return text;
            areBytes |= text.IsBytes;
        }
        if (areBytes)
            return JoinBytes(texts);
        ChargeText(length * 2L);
        var codePoints = new int[length];
        var room = codePoints.AsSpan();
        foreach (ref readonly var text in texts)
        {
            text.View.CopyTo(room);
            room = room[text.Length..];
        }
        return Value.String(new AstralText(codePoints), 0, length);
    }
}

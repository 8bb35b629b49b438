using System.Runtime.CompilerServices;
using Brink.JavaScript.Decimals;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// The conversions and comparisons of ECMAScript chapter 7. Those that may run script code say with their result whether it threw.
/// </summary>
internal sealed partial class Realm
{
    public static bool ToBoolean(in Value value) => value.Reference?.Kind switch
    {
        null or CellKind.Null => false,
        CellKind.Boolean => value.AsBoolean,
        CellKind.Number => value.AsNumber != 0 && !double.IsNaN(value.AsNumber),
        CellKind.Text or CellKind.AstralText or CellKind.ByteText => value.Length != 0,
        _ => true,
    };

    /// <summary>False if it threw.</summary>
    public bool ToNumber(in Value value, out double number)
    {
        switch (value.Reference?.Kind)
        {
            case CellKind.Number:
                number = value.AsNumber;
                return true;
            case null:
                number = double.NaN;
                return true;
            case CellKind.Null:
                number = 0;
                return true;
            case CellKind.Boolean:
                number = value.AsBoolean ? 1 : 0;
                return true;
            case CellKind.Text or CellKind.AstralText or CellKind.ByteText:
                Charge(NumberText.StepsToRead(value));
                number = NumberText.ToNumber(value.View, Runtime);
                return true;
            case CellKind.Symbol:
                ThrowTypeError("Cannot convert a Symbol value to a number");
                number = double.NaN;
                return false;
            case CellKind.Threw:
                number = double.NaN;
                return false;
            default:
                number = double.NaN;
                return ToPrimitive(AnObject(value), PrimitiveHint.Number, out var primitive) && ToNumber(primitive, out number);
        }
    }

    /// <summary>Truncated towards zero; NaN becomes 0; infinities stay. False if it threw.</summary>
    public bool ToInteger(in Value value, out double integer)
    {
        if (!ToNumber(value, out integer))
            return false;
        integer = double.IsNaN(integer) ? 0 : Math.Truncate(integer) + 0.0;
        return true;
    }

    public bool ToInt32(in Value value, out int integer)
    {
        var ok = ToNumber(value, out var number);
        integer = ToInt32(number);
        return ok;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ToInt32(double number)
    {
        // Past 2^62 the platforms differ in what they make of it (and of NaN, on some): there the slow way decides.
        var whole = double.ConvertToIntegerNative<long>(number);
        return whole + WholeBound >= 0 ? (int)whole : ToInt32Slow(number);
    }

    /// <summary>
    /// Added to what the machine made of a number, gives a negative sum where the platforms may differ in it; then the slow way knows.
    /// </summary>
    public const long WholeBound = 1L << 62;

    private static int ToInt32Slow(double number)
    {
        if (!double.IsFinite(number))
            return 0;
        var truncated = Math.Truncate(number);
        if (Math.Abs(truncated) < 9.2e18)
            return (int)(uint)(ulong)(long)truncated;
        var low = Math.IEEERemainder(truncated, 4294967296.0);      // in -2^31 .. 2^31, exact
        return (int)(uint)(low < 0 ? low + 4294967296.0 : low);
    }

    /// <summary>
    /// An argument that counts or places: undefined gives the default; clamped into [0, length] with negative values from the end. False if
    /// it threw.
    /// </summary>
    public bool ToRelativeIndex(in Value value, int length, int whenUndefined, out int index)
    {
        index = whenUndefined;
        if (value.IsUndefined)
            return true;
        if (!ToInteger(value, out var integer))
            return false;
        index = integer < 0 ? (int)Math.Max(0, length + integer) : (int)Math.Min(integer, length);
        return true;
    }

    /// <summary>A string value, or the threw marker, which passes through.</summary>
    public Value ToText(in Value value)
    {
        switch (value.Reference?.Kind)
        {
            case CellKind.Text or CellKind.AstralText or CellKind.ByteText:
                return value;
            case null:
                return Words.Undefined;
            case CellKind.Null:
                return Words.Null;
            case CellKind.Boolean:
                return value.AsBoolean ? Words.True : Words.False;
            case CellKind.Number:
                return NumberToText(value.AsNumber);
            case CellKind.Symbol:
                return ThrowTypeError("Cannot convert a Symbol value to a string");
            case CellKind.Threw:
                return value;
            default:
                return ToPrimitive(AnObject(value), PrimitiveHint.String, out var primitive) ? ToText(primitive) : Value.Threw;
        }
    }

    /// <summary>
    /// A value that is not primitive is an object. Anything else has leaked out of the engine and would recurse without end here: a
    /// fault of this call.
    /// </summary>
    private static ref readonly Value AnObject(in Value value)
    {
        if (!value.IsObject)
            throw new System.Diagnostics.UnreachableException("a value that no script may see was converted");
        return ref value;
    }

    public Value NumberToText(double number)
    {
        if (number >= 0 && number < 10 && number == double.ConvertToIntegerNative<int>(number))
            return SingleCharacter('0' + (int)number);
        Pay(Price.TextOf(number));
        Span<char> digits = stackalloc char[DecimalText.MaxLength];
        return NewText(digits[..DecimalText.Format(number, digits)]);
    }

    /// <summary>Enters the realm's own words and the single characters into <see cref="Names.Table"/>, before that is closed.</summary>
    public static void EnterNames()
    {
        _ = Words.Undefined;
        _ = SingleCharacterNames;
    }

    private static class Words
    {
        public static readonly Value Undefined = Names.Table.Intern("undefined").Value;
        public static readonly Value Null = Names.Table.Intern("null").Value;
        public static readonly Value True = Names.Table.Intern("true").Value;
        public static readonly Value False = Names.Table.Intern("false").Value;
        public static readonly Value Object = Names.Table.Intern("object").Value;
        public static readonly Value Function = Names.Table.Intern("function").Value;
        public static readonly Value Number = Names.Table.Intern("number").Value;
        public static readonly Value Boolean = Names.Table.Intern("boolean").Value;
        public static readonly Value String = Names.Table.Intern("string").Value;
        public static readonly Value Symbol = Names.Table.Intern("symbol").Value;
    }

    public static Value TypeOf(in Value value) => value.Reference?.Kind switch
    {
        null => Words.Undefined,
        CellKind.Null => Words.Object,
        CellKind.Boolean => Words.Boolean,
        CellKind.Number => Words.Number,
        CellKind.Symbol => Words.Symbol,
        CellKind.Object => value.Reference is JsFunction ? Words.Function : Words.Object,
        _ => Words.String,
    };

    /// <summary>An atom or a symbol. False if it threw.</summary>
    public bool ToPropertyKey(in Value value, out PropertyKey key)
    {
        key = Names.Empty;
        var primitive = value;
        if (value.IsObject && !ToPrimitive(value, PrimitiveHint.String, out primitive))
            return false;
        if (primitive.IsSymbol)
        {
            key = primitive.AsSymbol;
            return true;
        }
        key = AtomOf(ToText(primitive));
        return true;
    }

    /// <summary>Equality differs from the default for dates alone, which are numbers there.</summary>
    public enum PrimitiveHint { Default, Equality, Number, String }

    /// <summary>ToPrimitive: valueOf and toString in the order the hint says. False if it threw.</summary>
    public bool ToPrimitive(in Value value, PrimitiveHint hint, out Value primitive)
    {
        primitive = value;
        if (!value.IsObject)
            return true;
        Charge(Price.Conversion);
        if (value.Reference is JsArray array && ArrayJoin.IsJoined(this, array))
        {
            // What toString and join would come to.
            if (!TryEnterNative())
                return false;
            Pay(2 * Price.NativeCall);
            primitive = ArrayJoin.Joined(this, array);
            NativeDepth--;
            return !primitive.IsThrew;
        }
        var exotic = GetToPrimitive(value);
        if (exotic.IsThrew)
            return false;
        if (!exotic.IsNullish)
        {
            primitive = Call(exotic, value,
                [NewText(hint switch { PrimitiveHint.String => "string", PrimitiveHint.Number => "number", _ => "default" })]);
            if (primitive.IsThrew)
                return false;
            if (!primitive.IsObject)
                return true;
            ThrowTypeError("Cannot convert object to primitive value");
            return false;
        }
        if (hint == PrimitiveHint.Default && value.AsObject.Class == ObjectClass.Date)
            hint = PrimitiveHint.String;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var method = Get(value, (attempt == 0) == (hint == PrimitiveHint.String) ? Names.ToStringName : Names.ValueOf);
            if (method.IsThrew)
                return false;
            if (!method.IsCallable)
                continue;
            primitive = Call(method, value, []);
            if (primitive.IsThrew)
                return false;
            if (!primitive.IsObject)
                return true;
        }
        ThrowTypeError("Cannot convert object to primitive value");
        return false;
    }

    /// <summary>The property of that symbol. No built-in has one, unless the call put it there.</summary>
    private Value GetToPrimitive(in Value value)
    {
        if (HasPatchedIntrinsics)
            return Get(value, Symbol.ToPrimitive);
        var depth = 0;
        for (JsObject? at = value.AsObject; at is { IsShared: false }; at = at.Prototype)
        {
            if (at.GetOwn(this, Symbol.ToPrimitive, out _))
                return Get(value, Symbol.ToPrimitive);
            if (++depth > 8)
                Charge(1);
        }
        return Value.Undefined;
    }

    /// <summary><c>===</c></summary>
    public bool StrictEquals(in Value left, in Value right)
    {
        if (left.IsNumber)
            return right.IsNumber && left.AsNumber == right.AsNumber;
        if (left.IsSame(right))
            return true;
        if (!left.IsString || !right.IsString || (left.Length != right.Length && left.IsBytes == right.IsBytes))
            return false;
        Charge(left.Length / Price.ComparedCharacters);
        // Most texts differ at once.
        if (left.IsBmp && right.IsBmp && left.Length > 0 && left.CharAt(0) != right.CharAt(0))
            return false;
        ChargeMixedComparison(left, right);
        return left.View.SequenceEqual(right.View);
    }

    /// <summary><c>==</c>; false in <paramref name="equal"/> if it threw, and the result false.</summary>
    public bool LooseEquals(in Value left, in Value right, out bool equal)
    {
        equal = false;
        if (left.IsNullish || right.IsNullish)
        {
            equal = left.IsNullish && right.IsNullish;
            return true;
        }
        if (left.IsObject == right.IsObject
            && (left.IsObject || left.IsString == right.IsString && left.IsNumber == right.IsNumber && left.IsBoolean == right.IsBoolean))
        {
            equal = StrictEquals(left, right);
            return true;
        }
        if (left.IsObject)
            return ToPrimitive(left, PrimitiveHint.Equality, out var primitive) && LooseEquals(primitive, right, out equal);
        if (right.IsObject)
            return ToPrimitive(right, PrimitiveHint.Equality, out var primitive) && LooseEquals(left, primitive, out equal);
        if (left.IsSymbol || right.IsSymbol)
            return true;
        ToNumber(left, out var a);
        ToNumber(right, out var b);
        equal = a == b;
        return true;
    }

    /// <summary>Object.is.</summary>
    public bool SameValue(in Value left, in Value right) =>
        left.IsNumber && right.IsNumber
            ? left.AsNumber.Equals(right.AsNumber) && (left.AsNumber != 0 || left.Bits == right.Bits)
            : StrictEquals(left, right);

    /// <summary>An object, wrapping primitives. Null if it threw (undefined, null).</summary>
    public JsObject? ToObject(in Value value)
    {
        if (value.IsObject)
            return value.AsObject;
        if (value.IsNullish)
        {
            ThrowTypeError("cannot convert null or undefined to object");
            return null;
        }
        Allocate(MemoryCost.Object + MemoryCost.Value);
        Charge(Price.ObjectMade);
        return new PrimitiveWrapper(value, EmptyShape, HolderOf(value)!);
    }
}

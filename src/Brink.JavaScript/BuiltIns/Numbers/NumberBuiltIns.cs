using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Numbers;

/// <summary>Number, and the global functions about numbers.</summary>
internal static class NumberBuiltIns
{
    private const int MaxDigits = 100;

    public static void Build(IntrinsicsBuilder builder)
    {
        var prototype = builder.Intrinsics.NumberPrototype;
        var constructor = builder.Constructor("Number", 1, Call, Construct, prototype);
        foreach (var (name, value) in (ReadOnlySpan<(string, double)>)
            [
                ("EPSILON", Math.Pow(2, -52)), ("MAX_SAFE_INTEGER", MaxSafeInteger), ("MIN_SAFE_INTEGER", -MaxSafeInteger),
                ("MAX_VALUE", double.MaxValue),
                ("MIN_VALUE", double.Epsilon), ("NaN", double.NaN), ("NEGATIVE_INFINITY", double.NegativeInfinity),
                ("POSITIVE_INFINITY", double.PositiveInfinity),
            ])
            IntrinsicsBuilder.Constant(constructor, name, Value.Number(value));
        builder.Method(constructor, "isFinite", 1,
            (realm, in self, arguments) => Value.Boolean(arguments.At(0) is { IsNumber: true } n && double.IsFinite(n.AsNumber)));
        builder.Method(constructor, "isInteger", 1,
            (realm, in self, arguments) => Value.Boolean(arguments.At(0) is { IsNumber: true } n && double.IsInteger(n.AsNumber)));
        builder.Method(constructor, "isNaN", 1,
            (realm, in self, arguments) => Value.Boolean(arguments.At(0) is { IsNumber: true } n && double.IsNaN(n.AsNumber)));
        builder.Method(constructor, "isSafeInteger", 1, (realm, in self, arguments) =>
            Value.Boolean(arguments.At(0) is { IsNumber: true } n && double.IsInteger(n.AsNumber)
                && Math.Abs(n.AsNumber) <= MaxSafeInteger));
        builder.Method(constructor, "parseFloat", 1, ParseFloat);
        builder.Method(constructor, "parseInt", 2, ParseInt);
        builder.Method(prototype, "valueOf", 0,
            (realm, in self, _) => This(realm, self, out var number) ? Value.Number(number) : Value.Threw);
        builder.Method(prototype, "toString", 1, ToStringMethod);
        builder.Method(prototype, "toFixed", 1, ToFixed);
        builder.Method(prototype, "toPrecision", 1, ToPrecision);
        builder.Method(prototype, "toExponential", 1, ToExponential);

        builder.Global("parseFloat", Value.Object(builder.Function("parseFloat", 1, ParseFloat)));
        builder.Global("parseInt", Value.Object(builder.Function("parseInt", 2, ParseInt)));
        builder.Global("isNaN", Value.Object(builder.Function("isNaN", 1, (realm, in self, arguments) =>
            realm.ToNumber(arguments.At(0), out var number) ? Value.Boolean(double.IsNaN(number)) : Value.Threw)));
        builder.Global("isFinite", Value.Object(builder.Function("isFinite", 1, (realm, in self, arguments) =>
            realm.ToNumber(arguments.At(0), out var number) ? Value.Boolean(double.IsFinite(number)) : Value.Threw)));
        IntrinsicsBuilder.Constant(builder.Intrinsics.Global, "NaN", Value.NaN);
        IntrinsicsBuilder.Constant(builder.Intrinsics.Global, "Infinity", Value.Number(double.PositiveInfinity));
        IntrinsicsBuilder.Constant(builder.Intrinsics.Global, "undefined", Value.Undefined);
    }

    private const double MaxSafeInteger = 9007199254740991;

    private static Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length == 0)
            return Value.Number(0);
        return realm.ToNumber(arguments[0], out var number) ? Value.Number(number) : Value.Threw;
    }

    private static Value Construct(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var number = Call(realm, thisValue, arguments);
        if (number.IsThrew)
            return number;
        realm.Allocate(MemoryCost.Object + MemoryCost.Value);
        return Value.Object(new PrimitiveWrapper(number, realm.EmptyShape, realm.Intrinsics.NumberPrototype));
    }

    private static bool This(Realm realm, in Value thisValue, out double number)
    {
        number = thisValue.AsNumber;
        if (thisValue.IsNumber)
            return true;
        if (thisValue.IsObject && thisValue.AsObject is PrimitiveWrapper { Primitive.IsNumber: true } wrapper)
        {
            number = wrapper.Primitive.AsNumber;
            return true;
        }
        realm.ThrowTypeError($"unexpected value type:{Realm.TypeOf(thisValue).ToDotNetString()}");
        return false;
    }

    private static Value ToStringMethod(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!This(realm, thisValue, out var number))
            return Value.Threw;
        if (arguments.At(0).IsUndefined)
            return realm.NumberToText(number);
        if (!realm.ToInteger(arguments[0], out var radix))
            return Value.Threw;
        if (radix is < 2 or > 36)
            return realm.ThrowRangeError("");
        if (radix == 10 || !double.IsFinite(number))
            return realm.NumberToText(number);
        realm.Charge(Price.DigitsOfRadix(number, (int)radix));
        return realm.NewText(NumberDigits.ToRadix(number, (int)radix));
    }

    private static bool Digits(Realm realm, double number, in Value value, int least, string what, out int digits)
    {
        digits = 0;
        if (!realm.ToInteger(value, out var given))
            return false;
        if (given < least || given > MaxDigits)
        {
            realm.ThrowRangeError($"{what} argument must be between {least} and {MaxDigits}");
            return false;
        }
        digits = (int)given;
        realm.Charge(Price.DigitsOf(number, digits));
        return true;
    }

    private static Value ToFixed(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!This(realm, thisValue, out var number) || !Digits(realm, number, arguments.At(0), 0, "digits", out var digits))
            return Value.Threw;
        return Math.Abs(number) < 1e21 ? realm.NewText(NumberDigits.ToFixed(number, digits)) : realm.NumberToText(number);
    }

    private static Value ToExponential(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!This(realm, thisValue, out var number) || !realm.ToInteger(arguments.At(0), out _))
            return Value.Threw;
        if (!double.IsFinite(number))
            return realm.NumberToText(number);
        if (!Digits(realm, number, arguments.At(0), 0, "digits", out var digits))
            return Value.Threw;
        return realm.NewText(arguments.At(0).IsUndefined ? NumberDigits.ToExponential(number) : NumberDigits.ToExponential(number, digits));
    }

    private static Value ToPrecision(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!This(realm, thisValue, out var number))
            return Value.Threw;
        if (arguments.At(0).IsUndefined)
            return realm.NumberToText(number);
        if (!realm.ToInteger(arguments.At(0), out _))
            return Value.Threw;
        if (!double.IsFinite(number))
            return realm.NumberToText(number);
        return Digits(realm, number, arguments.At(0), 1, "precision", out var precision)
            ? realm.NewText(NumberDigits.ToPrecision(number, precision))
            : Value.Threw;
    }

    private static Value ParseInt(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew || !realm.ToInt32(arguments.At(1), out var radix))
            return Value.Threw;
        realm.Charge(Price.ReadNumber(text.Length));
        return Value.Number(NumberText.ParseInt(text.IsBmp ? text.Chars : text.ToDotNetString(), radix));
    }

    private static Value ParseFloat(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).IsNumber)
            return Value.Number(arguments[0].AsNumber + 0.0);
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return text;
        realm.Charge(NumberText.StepsToRead(text));
        return Value.Number(NumberText.ParseFloat(text.IsBmp ? text.Chars : text.ToDotNetString()));
    }
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;
using static Brink.JavaScript.BuiltIns.Dates.DateMath;

namespace Brink.JavaScript.BuiltIns.Dates;

/// <summary>A date object.</summary>
internal sealed class JsDate(double time, Shape shape, JsObject? prototype) : JsObject(ObjectClass.Date, shape, prototype)
{
    /// <summary>Milliseconds since 1970 UTC, or NaN.</summary>
    public double Time = time;
}

/// <summary>
/// Date. Time stands still during a call: now is when the function started (functions spec 5.6). Local time is UTC, so each local method is
/// its UTC twin.
/// </summary>
internal static class DateBuiltIns
{

    private delegate double OfFields(in Fields fields);

    private enum Unit { Year, Month, Day, Hour, Minute, Second, Millisecond }

    public static void Build(IntrinsicsBuilder builder)
    {
        var prototype = builder.Intrinsics.DatePrototype;
        var constructor = builder.Constructor("Date", 7, Now, Construct, prototype);
        builder.Method(constructor, "UTC", 7, Utc);
        builder.Method(constructor, "now", 0, (realm, in self, _) => Value.Number(realm.StartTime));
        builder.Method(constructor, "parse", 1, Parse);

        builder.Method(prototype, "valueOf", 0, GetTime);
        builder.Method(prototype, "getTime", 0, GetTime);
        builder.Method(prototype, "setTime", 1, SetTime);
        builder.Method(prototype, "getTimezoneOffset", 0, (realm, in self, arguments) => Get(realm, self, (in f) => 0));
        Getter("FullYear", (in f) => f.Year);
        Getter("Month", (in f) => f.Month);
        Getter("Date", (in f) => f.Day);
        Getter("Day", (in f) => f.WeekDay);
        Getter("Hours", (in f) => f.Hour);
        Getter("Minutes", (in f) => f.Minute);
        Getter("Seconds", (in f) => f.Second);
        Getter("Milliseconds", (in f) => f.Millisecond);
        Setter("FullYear", Unit.Year, 3);
        Setter("Month", Unit.Month, 2);
        Setter("Date", Unit.Day, 1);
        Setter("Hours", Unit.Hour, 4);
        Setter("Minutes", Unit.Minute, 3);
        Setter("Seconds", Unit.Second, 2);
        Setter("Milliseconds", Unit.Millisecond, 1);

        Text("toString", DateText.ToDateAndTime);
        Text("toDateString", DateText.ToDate);
        Text("toTimeString", DateText.ToTime);
        Text("toUTCString", DateText.ToUtc);
        Text("toLocaleString", DateText.ToDateAndTime);
        Text("toLocaleDateString", DateText.ToDate);
        Text("toLocaleTimeString", DateText.ToTime);
        builder.Method(prototype, "toISOString", 0, ToIsoString);
        builder.Method(prototype, "toJSON", 1, ToJson);

        void Getter(string name, OfFields field)
        {
            NativeCode code = (realm, in self, arguments) => Get(realm, self, field);
            builder.Method(prototype, "get" + name, 0, code);
            builder.Method(prototype, "getUTC" + name, 0, code);
        }

        void Setter(string name, Unit first, int count)
        {
            NativeCode code = (realm, in self, arguments) => Set(realm, self, arguments, first, count);
            builder.Method(prototype, "set" + name, count, code);
            builder.Method(prototype, "setUTC" + name, count, code);
        }

        void Text(string name, Func<double, string> format) => builder.Method(prototype, name, 0, (realm, in self, arguments) =>
        {
            if (This(realm, self) is not { } date)
                return Value.Threw;
            realm.Charge(Price.DateText);
            return realm.NewText(double.IsNaN(date.Time) ? DateText.Invalid : format(date.Time));
        });
    }

    private static Value Now(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        realm.Charge(Price.DateText);
        return realm.NewText(DateText.ToDateAndTime(realm.StartTime));
    }

    private static JsDate? This(Realm realm, in Value thisValue)
    {
        if (thisValue.IsObject && thisValue.AsObject is JsDate date)
            return date;
        realm.ThrowTypeError($"cannot convert {Realm.TypeOf(thisValue).ToDotNetString()} to date");
        return null;
    }

    private static Value Construct(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        double time;
        if (arguments.Length == 0)
        {
            time = realm.StartTime;
        }
        else if (arguments.Length > 1)
        {
            if (!FromFields(realm, arguments, out time))
                return Value.Threw;
        }
        else if (arguments[0].IsObject && arguments[0].AsObject is JsDate other)
        {
            time = other.Time;
        }
        else
        {
            if (!realm.ToPrimitive(arguments[0], Realm.PrimitiveHint.Default, out var primitive))
                return Value.Threw;
            if (primitive.IsString)
                time = Parse(realm, primitive);
            else if (realm.ToNumber(primitive, out time))
                time = TimeClip(time);
            else
                return Value.Threw;
        }
        realm.Allocate(MemoryCost.Object + MemoryCost.Value);
        return Value.Object(new JsDate(time, realm.EmptyShape, realm.Intrinsics.DatePrototype));
    }

    /// <summary>
    /// Year, month, day, hours, minutes, seconds, milliseconds; years 0 to 99 are those of the twentieth century. False if it threw.
    /// </summary>
    private static bool FromFields(Realm realm, ReadOnlySpan<Value> arguments, out double time)
    {
        time = double.NaN;
        Span<double> fields = [double.NaN, 0, 1, 0, 0, 0, 0];
        for (var i = 0; i < arguments.Length && i < fields.Length; i++)
        {
            if (!realm.ToNumber(arguments[i], out fields[i]))
                return false;
        }
        var year = Math.Truncate(fields[0]);
        if (year is >= 0 and <= 99)
            year += 1900;
        time = TimeClip(MakeDate(MakeDay(year, fields[1], fields[2]), MakeTime(fields[3], fields[4], fields[5], fields[6])));
        return true;
    }

    private static Value Utc(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        FromFields(realm, arguments, out var time) ? Value.Number(time) : Value.Threw;

    private static Value Parse(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = realm.ToText(arguments.At(0));
        return text.IsThrew ? text : Value.Number(Parse(realm, text));
    }

    private static double Parse(Realm realm, in Value text)
    {
        realm.Charge(Price.DateText);
        var spelled = realm.ToTextIfUtf8(text);
        return spelled.IsBmp ? DateText.Parse(spelled.Chars) : double.NaN;
    }

    private static Value GetTime(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        This(realm, thisValue) is { } date ? Value.Number(date.Time) : Value.Threw;

    private static Value SetTime(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (This(realm, thisValue) is not { } date || !realm.ToNumber(arguments.At(0), out var time))
            return Value.Threw;
        date.Time = TimeClip(time);
        return Value.Number(date.Time);
    }

    private static Value Get(Realm realm, in Value thisValue, OfFields field)
    {
        if (This(realm, thisValue) is not { } date)
            return Value.Threw;
        return Value.Number(double.IsNaN(date.Time) ? double.NaN : field(Split(date.Time)));
    }

    /// <summary>
    /// Sets one field and, where there are arguments for them, those that follow it down to the day or to the millisecond.
    /// </summary>
    private static Value Set(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, Unit first, int count)
    {
        if (This(realm, thisValue) is not { } date)
            return Value.Threw;
        Span<double> given = stackalloc double[4];
        given[0] = double.NaN;
        for (var i = 0; i < arguments.Length && i < count; i++)
        {
            if (!realm.ToNumber(arguments[i], out given[i]))
                return Value.Threw;
        }
        // Only the year can bring an invalid date back.
        var time = double.IsNaN(date.Time) && first == Unit.Year ? 0 : date.Time;
        if (double.IsNaN(time))
            return Value.NaN;
        var now = Split(time);
        Span<double> fields = [now.Year, now.Month, now.Day, now.Hour, now.Minute, now.Second, now.Millisecond];
        for (var i = 0; i < Math.Max(1, Math.Min(arguments.Length, count)); i++)
            fields[(int)first + i] = given[i];
        date.Time = TimeClip(MakeDate(MakeDay(fields[0], fields[1], fields[2]), MakeTime(fields[3], fields[4], fields[5], fields[6])));
        return Value.Number(date.Time);
    }

    private static Value ToIsoString(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (This(realm, thisValue) is not { } date)
            return Value.Threw;
        realm.Charge(Price.DateText);
        return double.IsNaN(date.Time) ? realm.ThrowRangeError("Invalid time value") : realm.NewText(DateText.ToIso(date.Time));
    }

    /// <summary>Calls toISOString of anything; of an invalid date too, which then throws as the dialect does.</summary>
    private static Value ToJson(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var method = thisValue.IsObject ? realm.Get(thisValue, realm.AtomOf("toISOString")) : Value.Undefined;
        if (method.IsThrew)
            return method;
        return method.IsCallable ? realm.Call(method, thisValue, []) : realm.ThrowTypeError("\"this\" argument is not an object");
    }
}

using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Calls built-ins without a program: names, arguments and results as .NET values.</summary>
internal sealed class NativeCalls(Runtime runtime = Runtime.CloudFrontJs20, long steps = 400_000)
{
    public Realm Realm { get; } = TestRealm.New(runtime, steps);

    public Value From(object? value) => value switch
    {
        null => Value.Undefined,
        string text => Realm.NewText(text),
        bool boolean => Value.Boolean(boolean),
        Value own => own,
        object[] elements => Value.Object(ArrayOf(elements)),
        _ => Value.Number(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private JsArray ArrayOf(object[] elements)
    {
        var array = Realm.NewArray();
        foreach (var element in elements)
            array.Push(Realm, From(element));
        return array;
    }

    /// <summary><c>/pattern/flags</c></summary>
    public Value RegExp(string pattern, string flags = "") => New("RegExp", pattern, flags);

    public Value Global(string name) => Realm.Get(Realm.Intrinsics.Global, Realm.AtomOf(name));

    public Value New(string constructor, params object?[] arguments) => Realm.Construct(Global(constructor), Array.ConvertAll(arguments, From));

    /// <summary><c>target.method(arguments)</c></summary>
    public Value Call(object? target, string method, params object?[] arguments)
    {
        var self = From(target);
        return Realm.Call(Realm.Get(self, Realm.AtomOf(method)), self, Array.ConvertAll(arguments, From));
    }

    /// <summary><c>Holder.method(arguments)</c>, or a global function if the holder is empty.</summary>
    public Value Static(string holder, string method, params object?[] arguments) =>
        holder.Length > 0 ? Call(Global(holder), method, arguments) : Realm.Call(Global(method), Value.Undefined, Array.ConvertAll(arguments, From));

    /// <summary>A native that acts as a script's function.</summary>
    public Value Function(NativeCode code) => Value.Object(new NativeFunction("test", code, null, Realm.EmptyShape, Realm.Intrinsics.FunctionPrototype));

    /// <summary>What a script would show: strings as they are, arrays in brackets, a thrown error as <c>Class: message</c>.</summary>
    public string Show(in Value value)
    {
        if (value.IsThrew)
        {
            var error = Realm.Exception.AsObject;
            var kind = (ErrorType)Array.IndexOf(Realm.Intrinsics.ErrorPrototypes, error.Prototype);
            var name = kind == ErrorType.UriError ? "URIError" : kind.ToString();
            var message = Realm.Get(error, Names.Message).ToDotNetString();
            return message.Length == 0 ? name : name + ": " + message;
        }
        if (value.IsUndefined)
            return "undefined";
        if (value.IsObject && value.AsObject is JsArray array)
        {
            var parts = new List<string>();
            foreach (var element in array.AsSpan())
                parts.Add(element.IsString ? "'" + Show(element) + "'" : Show(element));
            return "[" + string.Join(',', parts) + "]";
        }
        return value.IsObject ? "[object]" : Realm.ToText(value).ToDotNetString();
    }
}

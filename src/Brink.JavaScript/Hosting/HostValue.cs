using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>Where a host puts the value of a property.</summary>
public ref struct HostValue
{
    private readonly Realm _realm;

    internal HostValue(Realm realm) => _realm = realm;

    internal Value Result { get; private set; }

    /// <summary>Text; UTF-16, lone surrogates become U+FFFD. Copied.</summary>
    public void SetText(ReadOnlySpan<char> text) => Result = _realm.NewText(text);

    /// <summary>A number.</summary>
    public void SetNumber(double number) => Result = Value.Number(number);

    /// <summary>Another object of the host.</summary>
    public void SetObject(HostObject @object) => Result = Value.Object(_realm.NewView(@object));

    /// <summary>An array whose elements are objects of the host.</summary>
    public void SetArray(IReadOnlyList<HostObject> elements)
    {
        var array = _realm.NewArray(elements.Count);
        for (var i = 0; i < elements.Count; i++)
            array.Push(_realm, Value.Object(_realm.NewView(elements[i])));
        Result = Value.Object(array);
    }

    /// <summary>A function of the host.</summary>
    public void SetFunction(HostFunction function) => Result = Value.Object(function.Bind(_realm));

    /// <summary>A property that the function computes whenever it is read.</summary>
    public void SetGetter(HostFunction getter) => Result = Value.Internal(getter.BindGetter(_realm));
}

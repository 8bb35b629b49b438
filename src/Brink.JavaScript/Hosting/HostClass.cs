namespace Brink.JavaScript.Hosting;

/// <summary>
/// A kind of object that the host makes for scripts, a hash under way for instance: methods that are shared by the process, and for each
/// object a state that only the host sees. Make one with <see cref="HostCall.Instance"/>; its methods find the state with
/// <see cref="ScriptValue.TryGetState{TState}"/>.
/// </summary>
/// <param name="name">What the objects are, for messages: <c>hash</c>.</param>
/// <param name="methods">The methods.</param>
public sealed class HostClass(string name, IReadOnlyList<HostFunction> methods)
{
    /// <summary>What the objects are.</summary>
    public string Name { get; } = name;

    /// <summary>What <c>Object.prototype.toString</c> calls the objects, where that is not <c>Object</c>.</summary>
    public string? ClassName { get; init; }

    /// <summary>What <c>constructor</c> of the objects is; null for <c>Object</c>.</summary>
    public HostFunction? Constructor { get; init; }

    /// <summary>The methods.</summary>
    public IReadOnlyList<HostFunction> Methods { get; } = methods;
}

/// <summary>One object of a host class.</summary>
internal sealed class HostInstance(HostClass @class, object state) : HostObject
{
    public HostClass Class { get; } = @class;

    public object State { get; } = state;

    public override object Layout => Class;

    public override string? ClassName => Class.ClassName;

    public override int Count => Class.Methods.Count + (Class.Constructor is null ? 0 : 1);

    public override string NameAt(int index) => index < Class.Methods.Count ? Class.Methods[index].Name : ConstructorName;

    private const string ConstructorName = "constructor";

    public override int IndexOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (name.SequenceEqual(NameAt(i)))
                return i;
        }
        return -1;
    }

    public override void Read(int index, ref HostValue value) =>
        value.SetFunction(index < Class.Methods.Count ? Class.Methods[index] : Class.Constructor!);
}

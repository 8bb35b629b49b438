using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Hosting;

/// <summary>What a host adds to the language: modules for import and require, and global names. Made once for each runtime, immutable.</summary>
public sealed class HostEnvironment
{
    /// <summary>Nothing added.</summary>
    public static HostEnvironment Empty { get; } = new();

    /// <summary>Modules by name: <c>import x from 'name'</c> and <c>require('name')</c> give the object; it is made anew for each call that asks.</summary>
    public IReadOnlyDictionary<string, HostModule> Modules { get; init; } = new Dictionary<string, HostModule>();

    /// <summary>Global objects by name, <c>console</c> for instance.</summary>
    public IReadOnlyDictionary<string, HostModule> Globals { get; init; } = new Dictionary<string, HostModule>();
}

/// <summary>An object of functions, of properties computed on reading, and of such objects.</summary>
public sealed class HostModule : IHostObject
{
    /// <summary>The functions of the object.</summary>
    public required IReadOnlyList<HostFunction> Functions { get; init; }

    /// <summary>Properties that a function computes whenever they are read.</summary>
    public IReadOnlyList<HostFunction> Getters { get; init; } = [];

    /// <summary>Objects of the object, by name.</summary>
    public IReadOnlyList<(string Name, HostModule Object)> Objects { get; init; } = [];

    /// <summary>Whether <c>require</c> knows it too; <c>cloudfront</c> can only be imported.</summary>
    public bool CanBeRequired { get; init; } = true;

    /// <summary>The module's object for one call; what the call writes to it goes with the call.</summary>
    internal HostObjectView Instantiate(Realm realm) => realm.NewView(this);

    object IHostObject.Layout => this;

    int IHostObject.Count => Functions.Count + Getters.Count + Objects.Count;

    string IHostObject.NameAt(int index) => NameAt(index);

    int IHostObject.IndexOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Functions.Count + Getters.Count + Objects.Count; i++)
        {
            if (name.SequenceEqual(NameAt(i)))
                return i;
        }
        return -1;
    }

    void IHostObject.Read(int index, ref HostValue value)
    {
        if (index < Functions.Count)
            value.SetFunction(Functions[index]);
        else if (index < Functions.Count + Getters.Count)
            value.SetGetter(Getters[index - Functions.Count]);
        else
            value.SetObject(Objects[index - Functions.Count - Getters.Count].Object);
    }

    private string NameAt(int index) =>
        index < Functions.Count ? Functions[index].Name
        : index < Functions.Count + Getters.Count ? Getters[index - Functions.Count].Name
        : Objects[index - Functions.Count - Getters.Count].Name;
}

using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>
/// What a host adds to the language: modules for import and require, global names, and the names it reads results by. Made once for each
/// runtime, immutable.
/// </summary>
public sealed class HostEnvironment
{
    private readonly Lock _entering = new();
    private Atom?[] _atomsByNumber = [];
    private volatile bool _isEntered;

    /// <summary>Nothing added.</summary>
    public static HostEnvironment Empty { get; } = new();

    /// <summary>
    /// Modules by name: <c>import x from 'name'</c> and <c>require('name')</c> give the object; it is made anew for each call that asks.
    /// </summary>
    public IReadOnlyDictionary<string, HostModule> Modules { get; init; } = new Dictionary<string, HostModule>();

    /// <summary>Global objects by name, <c>console</c> for instance.</summary>
    public IReadOnlyDictionary<string, HostModule> Globals { get; init; } = new Dictionary<string, HostModule>();

    /// <summary>
    /// Names of properties that the host looks for in every call: they are no names of the call, and finding them costs it nothing.
    /// </summary>
    public IReadOnlyList<ScriptName> Names { get; init; } = [];

    /// <summary>The built-ins' names and the host's, closed: what a program's own names come after.</summary>
    internal AtomTable Atoms { get; private set; } = Values.Names.Table;

    /// <summary>
    /// Makes the key objects of <see cref="Names"/>, once. The built-ins have to be made: a name of theirs that came later would be another
    /// atom than ours for the same text.
    /// </summary>
    internal void EnterNames()
    {
        if (_isEntered)
            return;
        lock (_entering)
        {
            if (_isEntered)
                return;
            if (Names.Count > 0)
            {
                var atoms = new AtomTable(Values.Names.Table, isShared: true);
                _atomsByNumber = new Atom?[Names.Max(name => name.Number) + 1];
                foreach (var name in Names)
                    _atomsByNumber[name.Number] = atoms.Intern(name.Text);
                atoms.Close();
                Atoms = atoms;
            }
            _isEntered = true;
        }
    }

    /// <summary>The key object of one of <see cref="Names"/>; null for any other name.</summary>
    internal Atom? Find(ScriptName name) => (uint)name.Number < (uint)_atomsByNumber.Length ? _atomsByNumber[name.Number] : null;
}

/// <summary>An object of functions, of properties computed on reading, and of such objects.</summary>
public sealed class HostModule : HostObject
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

    /// <inheritdoc/>
    public override object Layout => this;

    /// <inheritdoc/>
    public override int Count => Functions.Count + Getters.Count + Objects.Count;

    /// <inheritdoc/>
    public override int IndexOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Functions.Count + Getters.Count + Objects.Count; i++)
        {
            if (name.SequenceEqual(NameAt(i)))
                return i;
        }
        return -1;
    }

    /// <inheritdoc/>
    public override void Read(int index, ref HostValue value)
    {
        if (index < Functions.Count)
            value.SetFunction(Functions[index]);
        else if (index < Functions.Count + Getters.Count)
            value.SetGetter(Getters[index - Functions.Count]);
        else
            value.SetObject(Objects[index - Functions.Count - Getters.Count].Object);
    }

    /// <inheritdoc/>
    public override string NameAt(int index) =>
        index < Functions.Count ? Functions[index].Name
        : index < Functions.Count + Getters.Count ? Getters[index - Functions.Count].Name
        : Objects[index - Functions.Count - Getters.Count].Name;
}

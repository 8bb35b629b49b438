using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>What the door between engine and host needs of a call.</summary>
internal sealed partial class Realm
{
    private const int KeptPlaces = 256;
    private const int KeptViews = 64;

    private readonly Value[] _places = new Value[KeptPlaces];
    private readonly Atom?[] _placeKeys = new Atom?[KeptPlaces];
    private int _usedPlaces;
    private readonly HostObjectView?[] _views = new HostObjectView?[KeptViews];
    private int _usedViews;
    private readonly List<(HostModule Module, HostObjectView Object)> _modules = [];
    private List<PropertyKey>? _keyList, _otherKeyList;

    /// <summary>The key object of a host's name.</summary>
    public Atom AtomOf(ScriptName name) =>
        Interpreter.Program.Environment.Find(name) ?? _atoms.Find(new TextView(name.Text), name.Hash) ?? AtomOf(NewText(name.Text));

    /// <summary>The object of a module, the host's or the engine's, for import or require; or the threw marker.</summary>
    public Value ModuleObject(string name, bool isRequired)
    {
        if (Intrinsics.Modules.TryGetValue(name, out var own))
            return Value.Object(own);
        return Interpreter.Program.Environment.Modules.TryGetValue(name, out var module) && (module.CanBeRequired || !isRequired)
            ? Value.Object(ModuleObject(module))
            : Throw(ErrorType.Error, $"Cannot find module \"{name}\"");
    }

    /// <summary>A module's object: one for the call, however often it is asked for.</summary>
    private HostObjectView ModuleObject(HostModule module)
    {
        foreach (var (known, view) in _modules)
        {
            if (ReferenceEquals(known, module))
                return view;
        }
        var made = module.Instantiate(this);
        _modules.Add((module, made));
        return made;
    }

    /// <summary>
    /// An empty list of keys, given back with <see cref="ReturnKeyList"/>. Two are kept: an enumeration that puts its keys in order takes
    /// another one; deeper they seldom nest.
    /// </summary>
    public List<PropertyKey> RentKeyList()
    {
        var list = _keyList ?? [];
        (_keyList, _otherKeyList) = (_otherKeyList, null);
        return list;
    }

    public void ReturnKeyList(List<PropertyKey> list)
    {
        if (list.Capacity > 256)
            return;
        list.Clear();
        (_keyList, _otherKeyList) = (list, _keyList);
    }

    /// <summary>
    /// Room for the places of a view of a host's object, and for its keys: from arrays that stay with the realm, while they last.
    /// </summary>
    public Value[] RentPlaces(int count, out int first, out Atom?[]? keys)
    {
        first = _usedPlaces;
        if (count > KeptPlaces - _usedPlaces)
        {
            first = 0;
            keys = null;
            return new Value[count];
        }
        _usedPlaces += count;
        keys = _placeKeys;
        return _places;
    }

    /// <summary>The script's view of a host's object: one that stays with the realm, while they last.</summary>
    public HostObjectView NewView(HostObject source)
    {
        var view = _usedViews < KeptViews ? _views[_usedViews++] ??= new HostObjectView() : new HostObjectView();
        view.Show(this, source);
        return view;
    }

    private void ClearPlaces()
    {
        _modules.Clear();
        for (var i = 0; i < _usedViews; i++)
            _views[i]!.Forget();
        _usedViews = 0;
        Array.Clear(_places, 0, _usedPlaces);
        Array.Clear(_placeKeys, 0, _usedPlaces);
        _usedPlaces = 0;
    }
}

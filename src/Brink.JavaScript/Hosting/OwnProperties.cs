using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>
/// Goes through an object's own enumerable properties. The places of an object of the host come first and are not read unless asked for:
/// what was not touched costs nothing. Ends early when a getter throws: see <see cref="Threw"/>. Dispose it.
/// </summary>
public ref struct OwnProperties
{
    private readonly Realm _realm;
    private readonly JsObject _object;
    private readonly HostObjectView? _view;
    private readonly List<PropertyKey> _keys;
    private int _place = -1;
    private int _key = -1;
    private Value _value;

    internal OwnProperties(Realm realm, JsObject @object)
    {
        _realm = realm;
        _object = @object;
        _view = @object as HostObjectView;
        _keys = realm.RentKeyList();
        if (_view is not null)
            _view.CollectAddedKeys(realm, _keys);
        else
            @object.CollectOwnKeys(realm, _keys);
        realm.Charge(1 + _keys.Count);
    }

    /// <summary>A getter of the script threw; there is no current property.</summary>
    public bool Threw { get; private set; }

    /// <summary>The current property's place in the source of the host, or -1 for any other property.</summary>
    public readonly int Place => _key < 0 ? _place : -1;

    /// <summary>The current property's name.</summary>
    public readonly string Name => _key < 0 ? _view!.Source.NameAt(_place) : _keys[_key].ToString()!;

    /// <summary>The current property's name, without making a string of it.</summary>
    public readonly ReadOnlySpan<char> NameSpan =>
        _key >= 0 && _keys[_key] is Atom { Value: { IsBmp: true } text } ? text.Chars : _key < 0 ? _view!.Source.NameSpanAt(_place) : Name;

    /// <summary>The current property's name as a string of the script.</summary>
    public readonly ScriptValue NameText => new(_realm, _key >= 0 ? ((Atom)_keys[_key]).Value : _realm.NewText(Name));

    /// <summary>Whether the script has read or written the current property; if not, the source still says what it is.</summary>
    public readonly bool IsTouched => _key >= 0 || !_view!.ValueAt(_place).IsUnread;

    /// <summary>The current property's value.</summary>
    public readonly ScriptValue Value => new(_realm, _key < 0 ? _view!.ReadAt(_realm, _place) : _value);

    /// <summary>The next property.</summary>
    public bool MoveNext()
    {
        if (_view is not null && _key < 0)
        {
            while (++_place < _view.PlaceCount)
            {
                ref readonly var value = ref _view.ValueAt(_place);
                if (!value.IsAbsent && !value.IsAccessor)
                {
                    _realm.Charge(1);
                    return true;
                }
            }
        }
        while (++_key < _keys.Count)
        {
            // A getter that ran before may have removed or hidden it.
            if (_keys[_key] is not Atom key || !_object.GetOwn(_realm, key, out var property)
                || (property.Flags & PropertyFlags.Enumerable) == 0)
                continue;
            _realm.Charge(1);
            _value = property.IsAccessor ? _realm.Get(_object, key) : property.Value;
            Threw = _value.IsThrew;
            return !Threw;
        }
        return false;
    }

    /// <summary>Gives back what the enumeration held.</summary>
    public readonly void Dispose() => _realm.ReturnKeyList(_keys);
}

using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>The registry of <c>Symbol.for</c>: it belongs to one call, like everything that a script names.</summary>
internal sealed partial class Realm
{
    private Dictionary<Atom, Symbol>? _registeredSymbols;
    private uint _lastSymbol;

    /// <summary>A symbol of its own. The caller has charged for it.</summary>
    public Symbol NewSymbol(in Value description) => new(description, ++_lastSymbol);

    /// <summary>The symbol of that key; made on first demand.</summary>
    public Symbol RegisteredSymbol(Atom key)
    {
        _registeredSymbols ??= [];
        if (_registeredSymbols.TryGetValue(key, out var known))
            return known;
        Allocate(MemoryCost.Object + MemoryCost.TableEntry);
        var symbol = NewSymbol(key.Value);
        _registeredSymbols.Add(key, symbol);
        return symbol;
    }

    /// <summary>Whether <see cref="RegisteredSymbol"/> made it.</summary>
    public bool IsRegistered(Symbol symbol) =>
        _registeredSymbols is not null && symbol.Description.IsString
        && _registeredSymbols.TryGetValue(AtomOf(symbol.Description), out var known) && ReferenceEquals(known, symbol);
}

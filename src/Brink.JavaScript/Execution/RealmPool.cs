using Brink.JavaScript.Compilation;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// Realms between calls, cleared: pooling saves their buffers, nothing else. One pool for the process and all
/// programs.
/// </summary>
internal static class RealmPool
{
    /// <summary>Enough for every thread that can run at once; more would only keep memory.</summary>
    private static readonly Realm?[] Kept = new Realm?[Math.Max(4, Environment.ProcessorCount * 2)];

    [ThreadStatic]
    private static Realm? s_own;

    public static Realm Rent(ProgramCode program, in CallLimits limits, object? hostContext)
    {
        // A thread's own realm stays where it is while it is in use: to take it away and put it back would be two references to write for
        // each call.
        var realm = s_own is { IsRented: false } own ? own : TakeAnother();
        realm.IsRented = true;
        realm.Begin(program, limits, hostContext);
        return realm;
    }

    private static Realm TakeAnother()
    {
        Realm? realm = null;
        for (var i = 0; realm is null && i < Kept.Length; i++)
        {
            if (Kept[i] is not null)
                realm = Interlocked.Exchange(ref Kept[i], null);
        }
        realm ??= new Realm();
        s_own ??= realm;
        return realm;
    }

    /// <summary>
    /// Clears and keeps it, if it still serves that call: a result that is disposed twice must not put one realm under two calls.
    /// </summary>
    public static void Return(Realm realm, long call)
    {
        if (realm.CallNumber != call)
            return;
        realm.CallNumber = call + 1;            // a result never leaves its thread, nor does its realm while it is rented
        realm.End();
        realm.IsRented = false;
        var isOwn = ReferenceEquals(s_own, realm);
        if (realm.IsDropped)
        {
            if (isOwn)
                s_own = null;
            return;
        }
        if (isOwn)
            return;
        for (var i = 0; i < Kept.Length; i++)
        {
            if (Kept[i] is null && Interlocked.CompareExchange(ref Kept[i], realm, null) is null)
                return;
        }
    }

    /// <summary>Forgets the realms that wait for this thread's next call, which then gets a fresh one: a test compares the two.</summary>
    public static void Forget()
    {
        s_own = null;
        Array.Clear(Kept);
    }

    /// <summary>The realm may be in any state: it is not used again.</summary>
    public static void Drop(Realm realm) => realm.IsDropped = true;
}

internal sealed partial class Realm
{
    private const int KeptModuleSlots = 256;

    private readonly AtomTable _ownAtoms = new(Names.Table, isShared: false);
    private Value[] _module = new Value[16];

    /// <summary>Counts calls, and the ends of calls.</summary>
    public long CallNumber;

    /// <summary>A call uses it.</summary>
    public bool IsRented { get; set; }

    /// <summary>An internal fault left it in an unknown state.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Makes the realm fresh for one call of a program.</summary>
    public void Begin(ProgramCode program, in CallLimits limits, object? hostContext)
    {
        _ownAtoms.Follow(program.Atoms);
        Begin(program.Intrinsics, _ownAtoms, program.EmptyShape, limits, hostContext);
        if (_module.Length < program.ModuleSlots)
            _module = new Value[program.ModuleSlots];
        Interpreter.Program = program;
        if (!ReferenceEquals(Interpreter.Module, _module))
            Interpreter.Module = _module;
        _usedSlots = program.ModuleSlots;
    }

    private int _usedSlots;

    private void ClearModule()
    {
        if (_module.Length > KeptModuleSlots)
            _module = new Value[16];
        else
            Array.Clear(_module, 0, _usedSlots);
    }

    /// <summary>Class and message of what was thrown, without running any code of the script.</summary>
    public string DescribeThrown(in Value exception)
    {
        if (!exception.IsObject)
            return exception.IsSymbol ? DescribeKey(exception.AsSymbol) : ToText(exception).ToDotNetString();
        if (exception.AsObject.Class != ObjectClass.Error)
        {
            return exception.IsCallable ? "[object Function]"
                : exception.AsObject.Class == ObjectClass.Array ? "[object Array]"
                : "[object Object]";
        }
        if (IsMemoryError(exception.AsObject))
            return "MemoryError";
        var name = DataOf(exception.AsObject, Names.Name);
        var message = DataOf(exception.AsObject, Names.Message);
        var shownName = name.IsString ? name.ToDotNetString() : "Error";
        var shownMessage = message.IsString ? message.ToDotNetString() : "";
        return shownMessage.Length == 0 ? shownName : shownName.Length == 0 ? shownMessage : $"{shownName}: {shownMessage}";
    }

    private Value DataOf(JsObject @object, PropertyKey key)
    {
        for (JsObject? at = @object; at is not null; at = StorageOf(at).Prototype)
        {
            if (at.GetOwn(this, key, out var property))
                return property.IsAccessor ? default : property.Value;
        }
        return default;
    }
}

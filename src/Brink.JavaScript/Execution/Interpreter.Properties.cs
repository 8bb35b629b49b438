using System.Runtime.CompilerServices;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Property sites: what the loop does not find by one comparison of shapes comes here.</summary>
internal sealed partial class Interpreter
{
    /// <summary>After that many wrong guesses a site is left alone.</summary>
    private const int MaxMisses = 24;

    /// <summary>The cached answers other than an own property; false if none fits.</summary>
    private bool TryCached(CacheEntry entry, in Value target, out Value value)
    {
        switch (entry.Kind)
        {
            case CacheKind.Inherited:
                if (target.IsObject && target.AsObject is var receiver && ReferenceEquals(receiver.Shape, entry.Shape)
                    && ReferenceEquals(receiver.Prototype, entry.Holder) && receiver.Class == entry.Class && !_realm.HasPatchedIntrinsics)
                {
                    value = entry.Value;
                    return true;
                }
                break;
            case CacheKind.Primitive:
                if (target.Reference is { } cell && KindOf(cell) == entry.Primitive && !_realm.HasPatchedIntrinsics)
                {
                    value = entry.Value;
                    return true;
                }
                break;
            case CacheKind.BuiltIn:
                if (ReferenceEquals(target.Reference, entry.Holder) && !_realm.HasPatchedIntrinsics)
                {
                    value = entry.Value;
                    return true;
                }
                break;
            case CacheKind.Host:
                if (target.Reference is HostObjectView view && ReferenceEquals(view.Layout, entry.Holder))
                {
                    value = view.ReadAt(_realm, entry.Slot);
                    return !value.IsAbsent && !value.IsAccessor;
                }
                break;
        }
        value = default;
        return false;
    }

    private static CellKind KindOf(Cell cell) => cell.Kind is CellKind.AstralText or CellKind.ByteText ? CellKind.Text : cell.Kind;

    /// <summary><c>target.key</c>, by cache or by search.</summary>
    private Value GetProperty(PropertySite site, in Value target)
    {
        var entry = site.Entry;
        Value value;
        if (entry.Kind == CacheKind.Host)
        {
            if (target.Reference is HostObjectView view && ReferenceEquals(view.Layout, entry.Holder))
            {
                value = view.ReadAt(_realm, entry.Slot);
                if (!value.IsAbsent && !value.IsAccessor)
                    return value;
            }
        }
        else if (TryCached(entry, target, out value))
        {
            return value;
        }
        if (entry.Kind != CacheKind.Mixed)
            Learn(site, entry.Misses, target);
        return _realm.Get(target, site.Key);
    }

    /// <summary>The same for a call: what is not callable throws here, before the arguments are evaluated (as njs does).</summary>
    private Value GetMethod(PropertySite site, in Value target)
    {
        var entry = site.Entry;
        if (!TryCached(entry, target, out var method))
        {
            if (entry.Kind != CacheKind.Mixed)
                Learn(site, entry.Misses, target);
            method = _realm.Get(target, site.Key);
        }
        return method.IsCallable || method.IsThrew ? method : ThrowNotAMethod(site.Key);
    }

    /// <summary>A method of a built-in, when some built-in was changed in this call. False if it threw.</summary>
    private bool GetIntrinsicMethod(PropertySite global, PropertySite site, ref Value callee)
    {
        var builtIn = LoadGlobal(global);
        if (builtIn.IsThrew)
            return false;
        var method = GetMethod(site, builtIn);
        if (method.IsThrew)
            return false;
        callee = method;
        Unsafe.Add(ref callee, 1) = builtIn;
        return true;
    }

    private Value ThrowNotAMethod(PropertyKey key) =>
        _realm.ThrowTypeError($"(intermediate value)[\"{Realm.DescribeKey(key)}\"] is not a function");

    private Value GetElementMethod(in Value target, in Value index)
    {
        var method = _realm.GetElement(target, index);
        if (method.IsCallable || method.IsThrew)
            return method;
        return _realm.ToPropertyKey(index, out var key) ? ThrowNotAMethod(key) : Value.Threw;
    }

    /// <summary>Looks at the target once more, for the next time.</summary>
    private void Learn(PropertySite site, int misses, in Value target)
    {
        if (misses >= MaxMisses)
        {
            site.Entry = new CacheEntry(CacheKind.Mixed, misses);
            return;
        }
        var key = site.Key;
        if (key.Index != Atom.NotAnIndex || _realm.HolderOf(target) is not { } holder)
            return;
        if (!target.IsObject)
        {
            if (target.IsString && ReferenceEquals(key, Names.Length))
                return;
            if (!_realm.HasPatchedIntrinsics && FindBuiltIn(holder, key, out var method))
                site.Entry = new CacheEntry(CacheKind.Primitive, misses + 1)
                {
                    Primitive = KindOf(target.Reference!),
                    MethodOf = method.IsCallable ? KindOf(target.Reference!) : CellKind.Absent,
                    Value = method,
                };
            return;
        }
        if (holder.IsShared)
        {
            if (!_realm.HasPatchedIntrinsics && FindBuiltIn(holder, key, out var value))
                site.Entry = new CacheEntry(CacheKind.BuiltIn,
                    misses + 1) { Holder = holder, MethodOf = value.IsCallable ? CellKind.Object : CellKind.Absent, Value = value };
            return;
        }
        if (holder is HostObjectView view)
        {
            var place = view.Layout is null ? -1 : view.PlaceOf(key);
            if (place >= 0)
                site.Entry = new CacheEntry(CacheKind.Host, misses + 1) { Holder = view.Layout, Slot = place };
            return;
        }
        if (holder.Table is not null)
            return;
        var slot = holder.Shape.IndexOf(key);
        if (slot >= 0)
        {
            if ((holder.Shape.FlagsAt(slot) & PropertyFlags.Accessor) == 0)
                site.Entry = new CacheEntry(CacheKind.Own, misses + 1) { OwnShape = holder.Shape, Slot = slot };
            return;
        }
        if (_realm.HasPatchedIntrinsics || holder.Prototype is not { IsShared: true } prototype || holder.GetOwn(_realm, key, out _))
            return;
        // Some functions have a prototype and others have none, and their shapes do not tell.
        if (holder.Class == ObjectClass.Function && ReferenceEquals(key, Names.Prototype))
            return;
        if (FindBuiltIn(prototype, key, out var inherited))
            site.Entry = new CacheEntry(
                CacheKind.Inherited, misses + 1) { Shape = holder.Shape, Holder = prototype, Class = holder.Class, Value = inherited };
    }

    /// <summary>A data property of a built-in or of its prototypes, which are all built-ins; undefined where none of them has it.</summary>
    private bool FindBuiltIn(JsObject builtIn, PropertyKey key, out Value value)
    {
        JsObject? at = builtIn;
        for (; at is { IsShared: true }; at = at.Prototype)
        {
            if (at.GetOwn(_realm, key, out var property))
            {
                value = property.Value;
                return !property.IsAccessor;
            }
        }
        value = default;
        return at is null;
    }

    /// <summary><c>target.key = value</c>; false if it threw.</summary>
    private bool SetProperty(PropertySite site, in Value target, in Value value)
    {
        var entry = site.Entry;
        if (!target.IsObject)
            return _realm.Set(target, site.Key, value);
        var @object = target.AsObject;
        if (entry.Kind == CacheKind.Added && ReferenceEquals(@object.Shape, entry.Shape) && ReferenceEquals(@object.Prototype, entry.Holder)
            && @object.Class == ObjectClass.Object && @object.IsExtensible && !_realm.HasPatchedIntrinsics)
        {
            @object.Append(_realm, entry.NextShape!, value);
            return true;
        }
        if (entry.Kind == CacheKind.Mixed || @object.IsShared || @object.Table is not null || @object is HostObjectView
            || site.Key.Index != Atom.NotAnIndex)
            return _realm.Set(target, site.Key, value);
        var before = @object.Shape;
        if (entry.Misses < MaxMisses && before.IndexOf(site.Key) < 0)
            before.With(site.Key, PropertyFlags.Default);               // the name stands in the script: it may make a shape
        if (!_realm.Set(target, site.Key, value))
            return false;
        if (@object.Table is not null)
            return true;
        if (entry.Misses >= MaxMisses)
        {
            site.Entry = new CacheEntry(CacheKind.Mixed, entry.Misses);
            return true;
        }
        var slot = @object.Shape.IndexOf(site.Key);
        if (slot < 0 || @object.Shape.FlagsAt(slot) != PropertyFlags.Default)
            return true;
        if (ReferenceEquals(before, @object.Shape))
            site.Entry = new CacheEntry(CacheKind.Own, entry.Misses + 1) { OwnShape = before, Slot = slot };
        else if (ReferenceEquals(before.Next(site.Key, PropertyFlags.Default), @object.Shape) && @object.Prototype is { IsShared: true }
            && @object.Class == ObjectClass.Object && !_realm.HasPatchedIntrinsics)
            site.Entry = new CacheEntry(
                CacheKind.Added, entry.Misses + 1) { Shape = before, NextShape = @object.Shape, Holder = @object.Prototype };
        return true;
    }

    /// <summary>A property of an object literal.</summary>
    private void InitProperty(PropertySite site, JsObject @object, in Value value)
    {
        var entry = site.Entry;
        if (entry.Kind == CacheKind.Added && ReferenceEquals(@object.Shape, entry.Shape))
        {
            @object.Append(_realm, entry.NextShape!, value);
            return;
        }
        var before = @object.Shape;
        @object.Put(_realm, site.Key, value);
        if (@object.Table is null && entry.Misses < MaxMisses && @object.Shape.Count == before.Count + 1)
            site.Entry = new CacheEntry(CacheKind.Added, entry.Misses + 1) { Shape = before, NextShape = @object.Shape };
    }

    private void InitAccessor(in Value target, PropertyKey key, in Value function, bool isGetter)
    {
        var @object = target.AsObject;
        Accessor? old = null;
        if (@object.GetOwn(_realm, key, out var property) && property.IsAccessor)
            old = (Accessor)property.Value.Reference!;
        _realm.Allocate(MemoryCost.Object);
        var accessor = isGetter ? new Accessor(function.AsObject, old?.Set) : new Accessor(old?.Get, function.AsObject);
        @object.PutOwn(_realm, key, Value.Internal(accessor),
            PropertyFlags.Enumerable | PropertyFlags.Configurable | PropertyFlags.Accessor);
    }

    // ---------------------------------------------------------------- global names

    private Value LoadGlobal(PropertySite site)
    {
        return TryGetGlobal(site.Key, out var value) ? value : ThrowNotDefined(site.Key);
    }

    /// <summary>A property of the global object, or of what it inherits from; the value may be the threw marker.</summary>
    private bool TryGetGlobal(PropertyKey key, out Value value)
    {
        for (JsObject? at = _realm.Intrinsics.Global; at is not null; at = _realm.StorageOf(at).Prototype)
        {
            if (at.GetOwn(_realm, key, out _))
            {
                value = _realm.GetFrom(at, key, Value.Object(_realm.Intrinsics.Global));
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>The engine of 1.0 ends these words with the line.</summary>
    private Value ThrowNotDefined(PropertyKey key)
    {
        var text = $"\"{Realm.DescribeKey(key)}\" is not defined";
        if (_realm.Runtime == Runtime.CloudFrontJs10)
            text += $" in {_frames[_depth].Code.PositionOf(_frames[_depth].Pc - 1).Line}";
        return _realm.Throw(ErrorType.ReferenceError, text);
    }

    private bool StoreGlobal(PropertySite site, in Value value)
    {
        // To the engine of 1.0 a name that no scope declares is not to be written to, whatever the global object has.
        var global = _realm.Intrinsics.Global;
        if (_realm.Runtime == Runtime.CloudFrontJs20 && _realm.HasProperty(global, site.Key))
            return _realm.Set(Value.Object(global), site.Key, value);
        ThrowNotDefined(site.Key);
        return false;
    }

    private Value TypeOfGlobal(PropertySite site)
    {
        TryGetGlobal(site.Key, out var value);
        return value.IsThrew ? value : Realm.TypeOf(value);
    }

    private Value LoadHostGlobal(int slot, PropertySite site)
    {
        if (_realm.HasPatchedIntrinsics && _realm.Intrinsics.Global.GetOwn(_realm, site.Key, out _))
            return _realm.Get(_realm.Intrinsics.Global, site.Key);
        ref var known = ref Module[slot];
        if (known.IsUndefined)
            known = Value.Object(Program.Environment.Globals[site.Key.ToString()].Instantiate(_realm));
        return known;
    }

    private Value Import(in Value name) => _realm.ModuleObject(name.ToDotNetString(), isRequired: false);

    private Value LoadTemplate(TemplateSite site)
    {
        if (_templates.TryGetValue(site.Id, out var known))
            return known;
        var strings = _realm.NewArray(site.Strings.Length);
        foreach (var text in site.Strings)
            strings.Push(_realm, text);
        var raw = _realm.NewArray(site.Raw.Length);
        foreach (var text in site.Raw)
            raw.Push(_realm, text);
        strings.Put(_realm, Names.Raw, Value.Object(raw), PropertyFlags.None);
        var result = Value.Object(strings);
        _realm.Allocate(MemoryCost.TableEntry);
        _templates.Add(site.Id, result);
        return result;
    }
}

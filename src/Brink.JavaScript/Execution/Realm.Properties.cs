using System.Runtime.CompilerServices;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Properties as the language reads and writes them. Code is strict: a write that cannot be done throws.</summary>
internal sealed partial class Realm
{
    private const int MaxPrototypeDepth = 10_000;

    /// <summary>
    /// The object whose properties a value shows: itself, or the prototype of its primitive type. Null for undefined and null.
    /// </summary>
    public JsObject? HolderOf(in Value target) => target.Reference?.Kind switch
    {
        CellKind.Object => target.AsObject,
        CellKind.Text or CellKind.AstralText or CellKind.ByteText => Intrinsics.StringPrototype,
        CellKind.Number => Intrinsics.NumberPrototype,
        CellKind.Boolean => Intrinsics.BooleanPrototype,
        CellKind.Symbol => Intrinsics.SymbolPrototype,
        _ => null,
    };

    /// <summary><c>target.key</c></summary>
    public Value Get(in Value target, PropertyKey key)
    {
        if (target.IsString)
        {
            if (ReferenceEquals(key, Names.Length))
                return Value.Number(target.Length);
            if (key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index < (uint)target.Length)
                return CharacterAt(target, (int)atom.Index);
        }
        var holder = HolderOf(target);
        return holder is null
            ? ThrowTypeError($"cannot get property \"{DescribeKey(key)}\" of {NameOfNothing(target)}")
            : GetFrom(holder, key, target);
    }

    /// <summary>Looks along the prototypes; a getter runs with <paramref name="receiver"/> as this.</summary>
    public Value GetFrom(JsObject holder, PropertyKey key, in Value receiver)
    {
        var depth = 0;
        for (JsObject? at = holder; at is not null; at = StorageOf(at).Prototype)
        {
            if (at.GetOwn(this, key, out var property))
                return property.IsAccessor ? RunGetter(property.Value, receiver) : property.Value;
            if (++depth > 8)
                Charge(1);
            if (depth > MaxPrototypeDepth)
                break;
        }
        return Value.Undefined;
    }

    public Value Get(JsObject @object, PropertyKey key) => GetFrom(@object, key, Value.Object(@object));

    private Value RunGetter(in Value accessor, in Value receiver) =>
        ((Accessor)accessor.Reference!).Get is { } getter ? Call(Value.Object(getter), receiver, []) : Value.Undefined;

    /// <summary><c>target[key]</c></summary>
    public Value GetElement(in Value target, in Value key)
    {
        if (key.IsNumber)
        {
            var number = key.AsNumber;
            var index = (uint)double.ConvertToIntegerNative<long>(number);
            if (index == number && index != Atom.NotAnIndex)
            {
                if (target.IsString)
                {
                    if (index < (uint)target.Length)
                        return CharacterAt(target, (int)index);
                }
                else if (target.IsObject && target.AsObject.TryGetElement(this, index, out var element) && !element.IsAbsent)
                {
                    return element;
                }
            }
        }
        if (target.IsNullish)
            return ThrowTypeError($"cannot get property \"{DescribeElement(key)}\" of {NameOfNothing(target)}");
        if (!ToPropertyKey(key, out var propertyKey))
            return Value.Threw;
        var value = Get(target, propertyKey);
        if (value.IsUndefined)
            Charge(Price.NotThere);
        return value;
    }

    /// <summary><c>target.key = value</c>. False if it threw.</summary>
    public bool Set(in Value target, PropertyKey key, in Value value)
    {
        if (!target.IsObject)
        {
            ThrowTypeError($"property set on primitive {DescribeType(target)} type");
            return false;
        }
        return SetOn(target.AsObject, key, value);
    }

    private bool SetOn(JsObject @object, PropertyKey key, in Value value)
    {
        if (@object is JsTypedArray typed && key is Atom { Index: not Atom.NotAnIndex } element)
            return typed.SetElement(this, element.Index, value);
        var depth = 0;
        for (JsObject? at = @object; at is not null; at = StorageOf(at).Prototype)
        {
            if (at.GetOwn(this, key, out var property))
            {
                if (property.IsAccessor)
                {
                    if (((Accessor)property.Value.Reference!).Set is not { } setter)
                    {
                        ThrowTypeError($"Cannot set property \"{DescribeKey(key)}\" of {DescribeClass(@object)} which has only a getter");
                        return false;
                    }
                    return !Call(Value.Object(setter), Value.Object(@object), [value]).IsThrew;
                }
                if ((property.Flags & PropertyFlags.Writable) == 0)
                {
                    ThrowTypeError($"Cannot assign to read-only property \"{DescribeKey(key)}\" of {DescribeClass(@object)}");
                    return false;
                }
                if (ReferenceEquals(at, @object))
                {
                    if (at.Class == ObjectClass.Array && ReferenceEquals(key, Names.Length))
                        return SetArrayLength(at, value);
                    @object.PutOwn(this, key, value, property.Flags);
                    return true;
                }
                break;
            }
            if (++depth > 8)
                Charge(1);
            if (depth > MaxPrototypeDepth)
                break;
        }
        if (!StorageOf(@object).IsExtensible || (@object is JsArray { IsLengthReadOnly: true } closed && key is Atom index
            && index.Index != Atom.NotAnIndex && index.Index >= closed.Length))
        {
            ThrowTypeError($"Cannot add property \"{DescribeKey(key)}\", object is not extensible");
            return false;
        }
        @object.PutOwn(this, key, value, PropertyFlags.Default);
        return true;
    }

    /// <summary>What error texts call the kind of object.</summary>
    private static string DescribeClass(JsObject @object) => @object switch
    {
        { Class: ObjectClass.Array } => "array",
        { Class: ObjectClass.Function } => "function",
        { Class: ObjectClass.RegExp } => "regexp",
        { Class: ObjectClass.Date } => "date",
        { Class: ObjectClass.Promise } => "promise",
        { Class: ObjectClass.ArrayBuffer } => "array buffer",
        { Class: ObjectClass.TypedArray } => "typed array",
        { Class: ObjectClass.DataView } => "data view",
        _ => "object",
    };

    private bool SetArrayLength(JsObject target, in Value value)
    {
        if (!ToNumber(value, out var length))
            return false;
        if (length != (uint)length)
        {
            ThrowRangeError("Invalid array length");
            return false;
        }
        if (target is not JsArray array)
        {
            target.PutOwn(this, Names.Length, Value.Number(length), PropertyFlags.Writable);
            return true;
        }
        array.SetLength(this, (uint)length);
        if (array.Length != (uint)length)
        {
            ThrowTypeError($"Cannot delete property \"{array.Length - 1}\" of array");
            return false;
        }
        return true;
    }

    /// <summary><c>target[key] = value</c>. False if it threw.</summary>
    public bool SetElement(in Value target, in Value key, in Value value)
    {
        if (key.IsNumber && target.IsObject)
        {
            var number = key.AsNumber;
            var index = (uint)double.ConvertToIntegerNative<long>(number);
            if (index == number && index != Atom.NotAnIndex && target.AsObject is JsArray { IsFrozen: false, IsExtensible: true } array
                && !HasPatchedIntrinsics && array.TryPutElement(this, index, value))
                return true;
            if (index == number && index != Atom.NotAnIndex && target.AsObject is JsTypedArray typed)
                return typed.SetElement(this, index, value);
        }
        if (target.IsNullish)
        {
            // An index that the code spells out or computes has words of its own.
            if (key.IsNumber)
            {
                ThrowTypeError($"property set on primitive {(target.IsNull ? "null" : "undefined")} type");
                return false;
            }
            ThrowTypeError($"cannot set property \"{DescribeElement(key)}\" of {NameOfNothing(target)}");
            return false;
        }
        return ToPropertyKey(key, out var propertyKey) && Set(target, propertyKey, value);
    }

    /// <summary>null or undefined, as error texts name it; the engine of 1.0 does not tell them apart.</summary>
    private string NameOfNothing(in Value target) => target.IsNull && Runtime == Runtime.CloudFrontJs20 ? "null" : "undefined";

    /// <summary><c>delete target.key</c>. False if it threw.</summary>
    public bool Delete(in Value target, PropertyKey key)
    {
        if (target.IsNullish)
        {
            ThrowTypeError($"cannot get property \"{DescribeKey(key)}\" of {NameOfNothing(target)}");
            return false;
        }
        if (target.IsString && key is Atom own && (ReferenceEquals(key, Names.Length) || own.Index < (uint)target.Length))
        {
            ThrowTypeError($"Cannot delete property \"{DescribeKey(key)}\" of string");
            return false;
        }
        if (!target.IsObject || !target.AsObject.GetOwn(this, key, out var property))
            return true;
        if ((property.Flags & PropertyFlags.Configurable) == 0)
        {
            ThrowTypeError($"Cannot delete property \"{DescribeKey(key)}\" of {DescribeClass(target.AsObject)}");
            return false;
        }
        target.AsObject.RemoveOwn(this, key);
        return true;
    }

    /// <summary>Own or inherited: the <c>in</c> operator.</summary>
    public bool HasProperty(JsObject @object, PropertyKey key)
    {
        for (JsObject? at = @object; at is not null; at = StorageOf(at).Prototype)
        {
            Charge(1);
            if (at.GetOwn(this, key, out _))
                return true;
        }
        return false;
    }

    /// <summary>Calls anything; not callable is a TypeError.</summary>
    public Value Call(in Value function, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!function.IsCallable)
            return ThrowTypeError($"{DescribeType(function)} is not a function");
        if (!TryEnterNative())
            return Value.Threw;
        Pay(Price.NativeCall);
        var result = function.Reference is Closure closure
            ? Interpreter.Run(closure, thisValue, arguments, isConstruct: false)
            : Unsafe.As<JsFunction>(function.AsObject).Call(this, thisValue, arguments);
        NativeDepth--;
        return result;
    }

    /// <summary>One level deeper on the CLR stack; the caller takes it back. False if it threw.</summary>
    public bool TryEnterNative()
    {
        // The count alone decides on any thread of ordinary size; the question to the platform keeps the process alive on a small one. What
        // it leaves to go on with (64 KB at the least) is enough for more levels than are asked about at once.
        if (NativeDepth < MaxNativeDepth && (NativeDepth % LevelsToAskAbout != 0 || RuntimeHelpers.TryEnsureSufficientExecutionStack()))
        {
            NativeDepth++;
            return true;
        }
        ThrowRangeError("Maximum call stack size exceeded");
        return false;
    }

    /// <summary>Natives that call back into scripts recurse on the CLR stack: this many times at most.</summary>
    public const int MaxNativeDepth = 120;

    private const int LevelsToAskAbout = 4;

    public Value Construct(in Value function, ReadOnlySpan<Value> arguments)
    {
        if (!function.IsCallable || !((JsFunction)function.AsObject).IsConstructor)
            return ThrowTypeError($"{DescribeType(function)} is not a {(function.IsCallable ? "constructor" : "function")}");
        if (!TryEnterNative())
            return Value.Threw;
        Pay(Price.NativeCall);
        var result = ((JsFunction)function.AsObject).Construct(this, arguments);
        NativeDepth--;
        return result;
    }

    /// <summary>A key as messages show it.</summary>
    public static string DescribeKey(PropertyKey key) =>
        key is Symbol symbol ? $"Symbol({(symbol.Description.IsString ? symbol.Description.ToDotNetString() : "")})" : key.ToString()!;

    private string DescribeElement(in Value key) =>
        key.IsObject ? "[object Object]" : ToPropertyKey(key, out var propertyKey) ? DescribeKey(propertyKey) : "";

    public static string DescribeType(in Value value) => value.Reference?.Kind switch
    {
        null => "undefined",
        CellKind.Null => "null",
        CellKind.Boolean => "boolean",
        CellKind.Number => "number",
        CellKind.Symbol => "symbol",
        CellKind.Object => value.IsCallable ? "function" : "object",
        _ => "string",
    };
}

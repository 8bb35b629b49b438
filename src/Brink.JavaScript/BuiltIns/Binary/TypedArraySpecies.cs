using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>Typed arrays by a constructor that the script may have chosen: <c>Symbol.species</c>, <c>from</c> and <c>of</c>.</summary>
internal static class TypedArraySpecies
{
    /// <summary>An array for what slice, map and filter make of another. False if it threw.</summary>
    public static bool Create(Realm realm, JsTypedArray original, int length, out JsTypedArray array)
    {
        array = null!;
        if (!TryFind(realm, original, out var constructor))
            return false;
        if (!constructor.IsUndefined)
            return Take(realm, Species.Make(realm, constructor, [Value.Number(length)]), length, out array);
        array = realm.NewTypedArray(original.ElementKind, (long)length);
        return true;
    }

    /// <summary>The array for what subarray makes of another, on the same bytes; or the threw marker.</summary>
    public static Value CreateOn(Realm realm, JsTypedArray original, int byteOffset, int length)
    {
        if (!TryFind(realm, original, out var constructor))
            return Value.Threw;
        if (constructor.IsUndefined)
            return Value.Object(realm.NewTypedArray(original.ElementKind, original.Buffer, byteOffset, length));
        var made = Species.Make(realm, constructor, [Value.Object(original.Buffer), Value.Number(byteOffset), Value.Number(length)]);
        return made.IsThrew || made.Reference is JsTypedArray ? made : NotOne(realm);
    }

    /// <summary>An array of at least that length from a constructor. False if it threw.</summary>
    public static bool Construct(Realm realm, in Value constructor, long length, out JsTypedArray array) =>
        Take(realm, realm.Construct(constructor, [Value.Number(length)]), length, out array);

    private static bool Take(Realm realm, in Value made, long length, out JsTypedArray array)
    {
        array = null!;
        if (made.IsThrew)
            return false;
        if (made.Reference is not JsTypedArray typed)
        {
            NotOne(realm);
            return false;
        }
        array = typed;
        if (typed.Length >= length)
            return true;
        realm.ThrowTypeError(realm.Runtime == Runtime.CloudFrontJs10
            ? "Derived TypedArray constructor is too small array"
            : "Derived TypedArray constructor returned too short array");
        return false;
    }

    private static Value NotOne(Realm realm) => realm.ThrowTypeError("Derived TypedArray constructor returned not a typed array");

    /// <summary>The species of an array's constructor; undefined for the array's own kind. False if it threw.</summary>
    private static bool TryFind(Realm realm, JsTypedArray array, out Value constructor)
    {
        constructor = Value.Undefined;
        return Species.IsBuiltIn(realm, array, realm.Intrinsics.TypedArrayPrototypes[(int)array.ElementKind])
            || Species.IsBuiltIn(realm, array, realm.Intrinsics.BufferPrototype)
            || Species.TryFind(realm, array, out constructor);
    }
}

using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Arrays as text: <c>join</c>, and what conversion to text does with an ordinary array, without calling it.</summary>
internal static class ArrayJoin
{
    public static Value Join(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;
        var separator = arguments.At(0).IsUndefined ? realm.NewCharacter(',') : realm.ToText(arguments[0]);
        if (separator.IsThrew)
            return Value.Threw;
        var text = new TextBuilder(realm, stackalloc char[256]);
        for (long i = 0; i < length; i++)
        {
            realm.Charge(1);
            if (i > 0)
                text.Append(separator);
            var element = ArrayLike.Get(realm, target, i);
            if (element.IsNullish)
                continue;
            if (element.IsNumber)
            {
                text.Append(element.AsNumber);
                continue;
            }
            if (!element.IsString && !element.IsThrew)
                element = realm.ToText(element);
            if (element.IsThrew)
            {
                text.Dispose();
                return Value.Threw;
            }
            text.Append(element);
        }
        return text.ToText();
    }

    /// <summary>
    /// Whether the array becomes text by the elements' join: it has no properties of its own and no built-in was changed.
    /// </summary>
    public static bool IsJoined(Realm realm, JsArray array) =>
        array.Shape.Count == 0 && array.Table is null && !realm.HasPatchedIntrinsics
            && ReferenceEquals(array.Prototype, realm.Intrinsics.ArrayPrototype);

    /// <summary>Its elements between commas; the threw marker.</summary>
    public static Value Joined(Realm realm, JsArray array) => Join(realm, Value.Object(array), []);
}

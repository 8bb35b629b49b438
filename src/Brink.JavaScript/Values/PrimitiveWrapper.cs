using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Values;

/// <summary><c>new String('x')</c> and its like; a string's characters show as elements.</summary>
internal sealed class PrimitiveWrapper(Value primitive, Shape shape, JsObject prototype) : JsObject(ClassOf(primitive), shape, prototype)
{
    public Value Primitive { get; } = primitive;

    private static ObjectClass ClassOf(in Value primitive) =>
        primitive.IsString ? ObjectClass.String
            : primitive.IsNumber ? ObjectClass.Number
            : primitive.IsSymbol ? ObjectClass.Symbol
            : ObjectClass.Boolean;

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        if (Class == ObjectClass.String && key is Atom atom)
        {
            if (ReferenceEquals(atom, Names.Length))
            {
                property = new Property { Value = Values.Value.Number(Primitive.Length), Flags = PropertyFlags.None };
                return true;
            }
            if (atom.Index < (uint)Primitive.Length)
            {
                property = new Property { Value = Realm.CharacterAt(Primitive, (int)atom.Index), Flags = PropertyFlags.Enumerable };
                return true;
            }
        }
        return base.GetOwn(realm, key, out property);
    }

    public override bool TryGetElement(Realm realm, uint index, out Value value)
    {
        var isCharacter = Class == ObjectClass.String && index < (uint)Primitive.Length;
        value = isCharacter ? Realm.CharacterAt(Primitive, (int)index) : default;
        return isCharacter;
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        if (Class != ObjectClass.String)
        {
            base.CollectOwnKeys(realm, keys);
            return;
        }
        realm.Charge(Primitive.Length);
        for (var i = 0; i < Primitive.Length; i++)
            keys.Add(realm.AtomOf((uint)i));
        base.CollectOwnKeys(realm, keys);
        if (!IsShared)                                      // String.prototype has it among the others
            keys.Add(Names.Length);
    }
}

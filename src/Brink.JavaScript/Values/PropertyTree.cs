using System.Runtime.InteropServices;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Syntax;

namespace Brink.JavaScript.Values;

/// <summary>
/// The order in which the keys of an object are listed. Up to ten stand in the order of arrival (functions spec 5.5, 2). With the eleventh
/// the engine's object is a tree: sixteen slots by the lowest four bits of the key's hash; a slot holds ten in the order of arrival, then
/// splits by the next four bits. It is listed slot by slot, depth first. Here storage stays in the order of arrival, and the tree's order
/// is found when keys are listed: it follows from the keys alone, those that were deleted among them.
/// </summary>
internal static class PropertyTree
{
    /// <summary>What a slot holds before it splits, and an object before it is a tree.</summary>
    public const int SlotSize = 10;

    private const int SlotBits = 4;
    private const int Slots = 1 << SlotBits;
    private const int MaxDepth = 7;

    /// <summary>Whether so many keys are a tree.</summary>
    public static bool IsTree(int count) => count > SlotSize && Dialect.LargeObjectsAreTrees;

    /// <summary>The hash that decides the slot, of a name.</summary>
    public static uint HashOf(in TextView name)
    {
        var hash = 5381u;
        if (name.IsAstral)
        {
            foreach (var codePoint in name.CodePoints)
                hash = Add(hash, (uint)codePoint);
        }
        else
        {
            foreach (var character in name.Chars)
                hash = Add(hash, character);
        }
        return hash;
    }

    /// <summary>Adds the bytes of the UTF-8 form of a code point.</summary>
    private static uint Add(uint hash, uint codePoint)
    {
        if (codePoint < 0x80)
            return AddByte(hash, codePoint);
        if (codePoint < 0x800)
        {
            hash = AddByte(hash, 0xC0 | codePoint >> 6);
        }
        else
        {
            hash = codePoint < 0x10000
                ? AddByte(hash, 0xE0 | codePoint >> 12)
                : AddByte(AddByte(hash, 0xF0 | codePoint >> 18), 0x80 | codePoint >> 12 & 0x3F);
            hash = AddByte(hash, 0x80 | codePoint >> 6 & 0x3F);
        }
        return AddByte(hash, 0x80 | codePoint & 0x3F);
    }

    private static uint AddByte(uint hash, uint value) => unchecked(hash * 33) ^ value;

    /// <summary>
    /// Puts the keys from <paramref name="first"/> on, which stand in the order of arrival, into the tree's order; charged.
    /// </summary>
    public static void Arrange(Realm realm, List<PropertyKey> keys, int first)
    {
        var count = keys.Count - first;
        if (!IsTree(count))
            return;
        realm.Charge(count);
        var room = realm.RentKeyList();
        CollectionsMarshal.SetCount(room, count);
        realm.Charge(Arrange(CollectionsMarshal.AsSpan(keys)[first..], CollectionsMarshal.AsSpan(room)));
        realm.ReturnKeyList(room);
    }

    /// <summary>The same; <paramref name="room"/> is as long. Returns the steps to pay, besides one for each key.</summary>
    public static int Arrange(Span<PropertyKey> keys, Span<PropertyKey> room)
    {
        var steps = 0;
        foreach (var key in keys)
            steps += key is Atom name ? name.Value.Length / Price.HashedCharacters : 0;
        return steps + Split(keys, room, 0);
    }

    /// <summary>Sorts the keys of a slot that has split by the bits of its depth. Returns the steps.</summary>
    private static int Split(Span<PropertyKey> keys, Span<PropertyKey> room, int depth)
    {
        if (keys.Length <= SlotSize || depth == MaxDepth)
            return 0;
        var shift = depth * SlotBits;
        Span<int> ends = stackalloc int[Slots];
        ends.Clear();
        foreach (var key in keys)
            ends[SlotOf(key, shift)]++;
        for (var slot = 1; slot < Slots; slot++)
            ends[slot] += ends[slot - 1];
        for (var i = keys.Length - 1; i >= 0; i--)
            room[--ends[SlotOf(keys[i], shift)]] = keys[i];
        room.CopyTo(keys);
        var steps = keys.Length;
        for (var slot = 0; slot < Slots; slot++)
        {
            var members = ends[slot]..(slot + 1 < Slots ? ends[slot + 1] : keys.Length);    // each end has moved to its slot's beginning
            steps += Split(keys[members], room[members], depth + 1);
        }
        return steps;
    }

    private static int SlotOf(PropertyKey key, int shift) => (int)(key.TreeHash >> shift) & (Slots - 1);
}

using System.Runtime.CompilerServices;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>
/// Array.prototype.sort: stable, undefined last, holes after (functions spec 5.5, 10). The elements are taken out, sorted aside and put back, so a
/// comparison function that changes the array cannot confuse it; every comparison is charged, so one that never agrees with itself ends too.
/// </summary>
internal static class ArraySort
{
    private const int RunLength = 8;

    public static Value Sort(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var comparer = arguments.At(0);
        if (!comparer.IsUndefined && !comparer.IsCallable)
            return realm.ThrowTypeError("comparefn must be callable or undefined");
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;

        var collected = realm.NewArray();
        long undefined = 0;
        for (long i = 0; i < length; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.GetOrAbsent(realm, target, i);
            if (element.IsThrew)
                return Value.Threw;
            if (element.IsUndefined)
                undefined++;
            else if (!element.IsAbsent)
                collected.Push(realm, element);
        }

        if (!TrySort(realm, collected.AsSpan(), comparer))
            return Value.Threw;

        var at = 0L;
        foreach (ref readonly var element in collected.AsSpan())
        {
            realm.Charge(1);
            if (!ArrayLike.Set(realm, target, at++, element))
                return Value.Threw;
        }
        for (; undefined > 0; undefined--)
        {
            if (!ArrayLike.Set(realm, target, at++, Value.Undefined))
                return Value.Threw;
        }
        for (; at < length; at++)
        {
            realm.Charge(1);
            if (!ArrayLike.GetOrAbsent(realm, target, at).IsAbsent && !ArrayLike.Delete(realm, target, at))
                return Value.Threw;
        }
        return Value.Object(target);
    }

    /// <summary>The arguments of a comparison, on the stack.</summary>
    [InlineArray(2)]
    private struct PassedItems
    {
        private Value _first;
    }

    private struct Item
    {
        public Value Value;

        /// <summary>The value as text, made once, when there is no comparison function.</summary>
        public Value Text;
    }

    private static bool TrySort(Realm realm, Span<Value> values, in Value comparer)
    {
        if (values.Length == 0)
            return true;
        realm.Allocate(4L * MemoryCost.Value * values.Length);
        var items = RentItems(values.Length);
        var isSorted = TrySort(realm, values, items.AsSpan(0, values.Length), comparer);
        ReturnItems(items);
        return isSorted;
    }

    // Room for short arrays, which most are; a comparison function that sorts too gets room of its own.
    private const int KeptItems = 32;

    [ThreadStatic]
    private static Item[]? s_kept;

    private static Item[] RentItems(int count)
    {
        if (count > KeptItems || s_kept is not { } kept)
            return new Item[Math.Max(count, KeptItems)];
        s_kept = null;
        return kept;
    }

    private static void ReturnItems(Item[] items)
    {
        if (items.Length > KeptItems)
            return;
        Array.Clear(items);
        s_kept = items;
    }

    private static bool TrySort(Realm realm, Span<Value> values, Span<Item> items, in Value comparer)
    {
        for (var i = 0; i < items.Length; i++)
        {
            items[i].Value = values[i];
            if (!comparer.IsUndefined)
                continue;
            items[i].Text = realm.ToText(values[i]);
            if (items[i].Text.IsThrew)
                return false;
        }

        // Merge sort from below: short runs by insertion, then runs twice as long each round.
        var passed = new PassedItems();
        for (var start = 0; start < items.Length; start += RunLength)
        {
            if (!TrySortRun(realm, items, start, Math.Min(start + RunLength, items.Length), comparer, ref passed))
                return false;
        }
        Span<Item> spare = items.Length > RunLength ? new Item[items.Length] : default;
        for (long width = RunLength; width < items.Length; width *= 2)
        {
            for (long start = 0; start < items.Length; start += 2 * width)
            {
                var middle = (int)Math.Min(start + width, items.Length);
                if (!TryMerge(realm, items, spare, (int)start, middle, (int)Math.Min(start + 2 * width, items.Length), comparer, ref passed))
                    return false;
            }
            var sorted = spare;
            spare = items;
            items = sorted;
        }
        for (var i = 0; i < items.Length; i++)
            values[i] = items[i].Value;
        return true;
    }

    private static bool TrySortRun(Realm realm, Span<Item> items, int start, int end, in Value comparer, ref PassedItems passed)
    {
        for (var i = start + 1; i < end; i++)
        {
            var item = items[i];
            var place = i;
            while (place > start)
            {
                if (!TryIsAfter(realm, items[place - 1], item, comparer, ref passed, out var isAfter))
                    return false;
                if (!isAfter)
                    break;
                items[place] = items[place - 1];
                place--;
            }
            items[place] = item;
        }
        return true;
    }

    private static bool TryMerge(Realm realm, Span<Item> from, Span<Item> to, int start, int middle, int end, in Value comparer, ref PassedItems passed)
    {
        realm.Charge((end - start) / Price.MovedElements);
        int left = start, right = middle;
        for (var i = start; i < end; i++)
        {
            var takeRight = left == middle;
            if (!takeRight && right < end && !TryIsAfter(realm, from[left], from[right], comparer, ref passed, out takeRight))
                return false;
            to[i] = takeRight ? from[right++] : from[left++];
        }
        return true;
    }

    /// <summary>Whether the left item belongs behind the right one; false if it threw.</summary>
    private static bool TryIsAfter(Realm realm, in Item left, in Item right, in Value comparer, ref PassedItems passed, out bool isAfter)
    {
        isAfter = false;
        if (comparer.IsUndefined)
        {
            realm.Charge(1 + Math.Min(left.Text.Length, right.Text.Length) / Price.ComparedCharacters);
            isAfter = left.Text.View.CompareTo(right.Text.View) > 0;
            return true;
        }
        realm.Charge(1);
        // The later one first, as other engines ask: it shows with comparers that answer true or false.
        passed[0] = right.Value;
        passed[1] = left.Value;
        var answer = realm.Call(comparer, Value.Undefined, passed);
        if (answer.IsThrew || !realm.ToNumber(answer, out var order))
            return false;
        isAfter = order < 0;
        return true;
    }
}

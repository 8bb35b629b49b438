using System.Runtime.CompilerServices;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Arrays;

/// <summary>
/// Array.prototype.sort: stable, undefined last, holes after (functions spec 5.5, 10). The elements are taken out, sorted aside and put
/// back, so a comparison function that changes the array cannot confuse it; every comparison is charged, so one that never agrees with
/// itself ends too.
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

    /// <summary>What decides: the JIT makes code of its own for each kind of item and order.</summary>
    private interface IOrder<TItem>
    {
        /// <summary>Whether the left item belongs behind the right one; false if it threw.</summary>
        bool TryIsAfter(Realm realm, in TItem left, in TItem right, out bool isAfter);
    }

    private readonly struct ByText : IOrder<TextItem>
    {
        public bool TryIsAfter(Realm realm, in TextItem left, in TextItem right, out bool isAfter)
        {
            realm.Charge(1 + Math.Min(left.Text.Length, right.Text.Length) / Price.ComparedCharacters);
            isAfter = realm.CompareTexts(left.Text, right.Text) > 0;
            return true;
        }
    }

    /// <summary>The arguments of a comparison, on the stack.</summary>
    [InlineArray(2)]
    private struct PassedItems
    {
        private Value _first;
    }

    private struct ByFunction(in Value comparer) : IOrder<Value>
    {
        private readonly Value _comparer = comparer;
        private PassedItems _passed;

        public bool TryIsAfter(Realm realm, in Value left, in Value right, out bool isAfter)
        {
            isAfter = false;
            realm.Charge(1);
            // The later one first, as other engines ask: it shows with comparers that answer true or false.
            _passed[0] = right;
            _passed[1] = left;
            var answer = realm.Call(_comparer, Value.Undefined, _passed);
            double order;
            if (answer.IsNumber)
                order = answer.AsNumber;
            else if (answer.IsThrew || !realm.ToNumber(answer, out order))
                return false;
            isAfter = order < 0;
            return true;
        }
    }

    private static bool TrySort(Realm realm, Span<Value> values, in Value comparer)
    {
        if (values.Length == 0)
            return true;
        realm.Allocate(4L * MemoryCost.Value * values.Length);
        if (!comparer.IsUndefined)
        {
            var byFunction = new ByFunction(comparer);
            return TrySort(realm, values, values.Length > RunLength ? realm.NewStorage(values.Length) : default, ref byFunction);
        }
        var rented = realm.RentTextItems(values.Length);
        var isSorted = TrySortByText(realm, values, rented.AsSpan(0, values.Length));
        realm.ReturnTextItems(rented);
        return isSorted;
    }

    private static bool TrySortByText(Realm realm, Span<Value> values, Span<TextItem> items)
    {
        for (var i = 0; i < items.Length; i++)
        {
            items[i].Value = values[i];
            items[i].Text = realm.ToText(values[i]);
            if (items[i].Text.IsThrew)
                return false;
        }
        var byText = new ByText();
        if (!TrySort(realm, items, items.Length > RunLength ? new TextItem[items.Length] : default, ref byText))
            return false;
        for (var i = 0; i < items.Length; i++)
            values[i] = items[i].Value;
        return true;
    }

    /// <summary>Merge sort from below: short runs by insertion, then runs twice as long each round.</summary>
    private static bool TrySort<TItem, TOrder>(Realm realm, Span<TItem> items, Span<TItem> spare, ref TOrder order)
        where TOrder : struct, IOrder<TItem>
    {
        for (var start = 0; start < items.Length; start += RunLength)
        {
            if (!TrySortRun(realm, items[start..Math.Min(start + RunLength, items.Length)], ref order))
                return false;
        }
        var (from, to) = (0, 1);
        for (long width = RunLength; width < items.Length; width *= 2)
        {
            for (long start = 0; start < items.Length; start += 2 * width)
            {
                var middle = (int)Math.Min(start + width, items.Length);
                var end = (int)Math.Min(start + 2 * width, items.Length);
                if (!TryMerge(realm, from == 0 ? items : spare, to == 0 ? items : spare, (int)start, middle, end, ref order))
                    return false;
            }
            (from, to) = (to, from);
        }
        if (from == 1)
            spare.CopyTo(items);
        return true;
    }

    private static bool TrySortRun<TItem, TOrder>(Realm realm, Span<TItem> run, ref TOrder order) where TOrder : struct, IOrder<TItem>
    {
        for (var i = 1; i < run.Length; i++)
        {
            var item = run[i];
            var place = i;
            while (place > 0)
            {
                if (!order.TryIsAfter(realm, run[place - 1], item, out var isAfter))
                    return false;
                if (!isAfter)
                    break;
                run[place] = run[place - 1];
                place--;
            }
            if (place < i)
                run[place] = item;
        }
        return true;
    }

    private static bool TryMerge<TItem, TOrder>(
        Realm realm, Span<TItem> from, Span<TItem> to, int start, int middle, int end, ref TOrder order)
        where TOrder : struct, IOrder<TItem>
    {
        realm.Charge((end - start) / Price.MovedElements);
        int left = start, right = middle;
        for (var i = start; i < end; i++)
        {
            var takeRight = left == middle;
            if (!takeRight && right < end && !order.TryIsAfter(realm, from[left], from[right], out takeRight))
                return false;
            to[i] = takeRight ? from[right++] : from[left++];
        }
        return true;
    }
}

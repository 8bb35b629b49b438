using System.Numerics;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>sort of typed arrays: by number unless there is a comparison; stable.</summary>
internal static class TypedArraySort
{
    public static Value Sort(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var comparison = arguments.At(0);
        if (!comparison.IsUndefined && !comparison.IsCallable)
            return realm.ThrowTypeError("comparefn must be callable or undefined");
        if (thisValue.Reference is not JsTypedArray array)
            return TypedArrayBuiltIns.NotOne(realm);
        if (array.Length < 2)
            return thisValue;

        // The numbers are sorted aside: a comparison may write to the array, and the sort must end all the same.
        realm.Charge(array.Length);
        realm.Allocate((long)array.Length * sizeof(double));
        var numbers = new double[array.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = array.ReadAt(i);
        if (comparison.IsUndefined)
        {
            realm.Charge((int)Math.Min(int.MaxValue, (long)numbers.Length * BitOperations.Log2((uint)numbers.Length)));
            Array.Sort(numbers, ByNumber);
        }
        else if (!MergeSort(realm, comparison, ref numbers))
        {
            return Value.Threw;
        }
        for (var i = 0; i < numbers.Length; i++)
            array.WriteAt(i, numbers[i]);
        return thisValue;
    }

    /// <summary>NaN last, -0 before 0.</summary>
    private static readonly Comparison<double> ByNumber = static (left, right) =>
        double.IsNaN(left) ? (double.IsNaN(right) ? 0 : 1)
        : double.IsNaN(right) ? -1
        : left != right ? (left < right ? -1 : 1)
        : double.IsNegative(right).CompareTo(double.IsNegative(left));

    /// <summary>Bottom up, between two arrays: no recursion, one charge for each comparison. False if the comparison threw.</summary>
    private static bool MergeSort(Realm realm, in Value comparison, ref double[] numbers)
    {
        realm.Allocate((long)numbers.Length * sizeof(double));
        var merged = new double[numbers.Length];
        for (var width = 1L; width < numbers.Length; width *= 2)
        {
            for (var start = 0L; start < numbers.Length; start += 2 * width)
            {
                var middle = (int)Math.Min(start + width, numbers.Length);
                var end = (int)Math.Min(start + 2 * width, numbers.Length);
                var (left, right) = ((int)start, middle);
                for (var at = (int)start; at < end; at++)
                {
                    realm.Charge(1);
                    var takeLeft = right >= end;
                    if (left < middle && right < end && !LeftGoesFirst(realm, comparison, numbers[left], numbers[right], out takeLeft))
                        return false;
                    merged[at] = takeLeft ? numbers[left++] : numbers[right++];
                }
            }
            (numbers, merged) = (merged, numbers);
        }
        return true;
    }

    private static bool LeftGoesFirst(Realm realm, in Value comparison, double left, double right, out bool answer)
    {
        answer = true;
        var result = realm.Call(comparison, Value.Undefined, [Value.Number(left), Value.Number(right)]);
        if (result.IsThrew || !realm.ToNumber(result, out var order))
            return false;
        answer = !(order > 0);
        return true;
    }
}

using System.Runtime.CompilerServices;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// Calls of built-ins that stand in loops over characters, done without a call where the argument is of the usual type. They cost what the
/// call costs, and what they do not do the built-in does.
/// </summary>
internal sealed partial class Interpreter
{
    /// <param name="quick">What is called.</param>
    /// <param name="callee">The function; behind it this, and one argument.</param>
    /// <param name="target">Takes the result.</param>
    private bool TryQuickly(QuickCall quick, ref Value callee, ref Value target)
    {
        ref var argument = ref Unsafe.Add(ref callee, 2);
        if (quick == QuickCall.IndexOf)
        {
            ref var self = ref Unsafe.Add(ref callee, 1);
            if (self.Reference is not { Kind: CellKind.Text } || argument.Reference is not { Kind: CellKind.Text })
                return false;
            _realm.Pay(Price.NativeCall + (long)Price.Step * Price.Search(self.Length, argument.Length));
            SetNumber(ref target, Tag.Number,
                argument.Length == 1 ? IndexOf(self, argument.CharAt(0)) : self.Chars.IndexOf(argument.Chars));
            return true;
        }
        if (!argument.IsNumber)
            return false;
        var number = argument.AsNumber;
        var code = double.ConvertToIntegerNative<int>(number);
        if (code != number || (uint)code >= Realm.SingleCharacterCount)
            return false;
        _realm.Pay(Price.NativeCall + Price.Step);
        _realm.Allocate(sizeof(char));
        SetValue(ref target, Realm.SingleCharacter(code));
        return true;
    }

    private static int IndexOf(in Value text, char character) =>
        text.Reference is PermanentText permanent && text.Length == permanent.Chars.Length
            ? permanent.IndexOf(character)
            : text.Chars.IndexOf(character);
}

using System.Numerics;

namespace Brink.JavaScript.Metering;

/// <summary>
/// The price list: what costs how many units of the compute budget. A unit stands for about a nanosecond of the machine that the prices
/// were set on, and is the same number everywhere. docs/metering.md explains it and holds the table; a test keeps the two alike. What
/// instructions cost: <c>Compilation/OperationPrice.cs</c>.
/// </summary>
internal static class Price
{
    /// <summary>
    /// A step: the coin of natives, for an element looked at, a comparison of two numbers, sixteen to thirty-two characters copied.
    /// </summary>
    public const int Step = 8;

    // ---------------------------------------------------------------- calls, in units

    /// <summary>Entering a function of the script, besides the instruction that calls and the one that returns.</summary>
    public const int Entry = 12;

    /// <summary>Registers made undefined, or copied at an await, for one unit.</summary>
    public const int ClearedPerUnit = 2;

    /// <summary>Calling a built-in, besides what it does.</summary>
    public const int NativeCall = 16;

    /// <summary>A closure.</summary>
    public const int Closure = 40;

    /// <summary>A variable that a closure captures.</summary>
    public const int Captured = 2;

    /// <summary>An exception on its way: noting where it came from, finding who handles it.</summary>
    public const int Throw = 128;

    /// <summary>A function that an exception leaves.</summary>
    public const int Unwind = 20;

    /// <summary>An async function that waits.</summary>
    public const int Suspend = 80;

    /// <summary>An async function that goes on.</summary>
    public const int Resume = 60;

    // ---------------------------------------------------------------- inside of built-ins, in units

    /// <summary>A regular expression: an instruction of its program run, or a way given up.</summary>
    public const int RegExpStep = 3;

    /// <summary>A search of a regular expression begun, besides its instructions.</summary>
    public const int RegExpSearch = 12;

    /// <summary>A number written as text: a whole one, and one that is not.</summary>
    public const int WholeNumberText = 16, NumberText = 120;

    /// <summary>An escape in JSON, read or written.</summary>
    public const int JsonEscape = 12;

    /// <summary>A byte escaped in a URI, written or read.</summary>
    public const int UriEscape = 4;

    /// <summary>A piece put behind a text under way, besides its characters; and characters of it for one unit.</summary>
    public const int Appended = 2, AppendedCharacters = 4;

    /// <summary>A remainder of numbers far apart: binary digits between them for one unit.</summary>
    public const int RemainderDigits = 3;

    // ---------------------------------------------------------------- inside of built-ins, for one step

    /// <summary>Characters copied as they are: text made, joined, cut out.</summary>
    public const int CopiedCharacters = 32;

    /// <summary>Characters compared with others.</summary>
    public const int ComparedCharacters = 64;

    /// <summary>Characters of a name that is looked up.</summary>
    public const int HashedCharacters = 16;

    /// <summary>Characters of text with code points above U+FFFF, made UTF-16 or UTF-8 or made from it one by one.</summary>
    public const int AstralCharacters = 8;

    /// <summary>Bytes of text that is not UTF-8, besides what decoding it takes.</summary>
    public const int BrokenBytes = 4;

    /// <summary>Characters that text is looked for at, from behind: two for each of these, as each is a comparison.</summary>
    public const int SearchedBackwards = 4;

    /// <summary>Characters of what is looked for from behind, compared at each of those places.</summary>
    public const int ComparedBackwards = 256;

    /// <summary>Characters above U+007F changed in case.</summary>
    public const int CasedCharacters = 4;

    /// <summary>Characters that trimming cuts off.</summary>
    public const int TrimmedCharacters = 4;

    /// <summary>Characters looked at one by one: parsed, decoded, changed in case.</summary>
    public const int ReadCharacters = 16;

    /// <summary>Characters whose bytes are counted or written one by one.</summary>
    public const int EncodedCharacters = 8;

    /// <summary>Bytes of room that text is encoded into, by TextEncoder's encodeInto.</summary>
    public const int EncodedInto = 4;

    /// <summary>Bytes copied, compared, searched or filled.</summary>
    public const int CopiedBytes = 16;

    /// <summary>Bytes of fresh memory, which is zeroed.</summary>
    public const int ClearedBytes = 64;

    /// <summary>Elements moved or copied, without a look at them.</summary>
    public const int MovedElements = 4;

    /// <summary>Elements that change places in pairs.</summary>
    public const int SwappedElements = 2;

    /// <summary>Places of an array made or dropped.</summary>
    public const int ClearedElements = 16;

    /// <summary>Names looked through.</summary>
    public const int ScannedKeys = 8;

    /// <summary>Elements from which on the room of an array is so large that making it costs, besides the copy.</summary>
    public const int LargeArray = 4096;

    /// <summary>Words of a regular expression's stack copied when it grows.</summary>
    public const int CopiedWords = 32;

    // ---------------------------------------------------------------- inside of built-ins, in steps

    /// <summary>
    /// An object or array that a built-in makes for each thing it looks at, or to hand back: an entry, a description of a property, an
    /// error.
    /// </summary>
    public const int ObjectMade = 3;

    /// <summary>The properties of an object put into a table of its own.</summary>
    public const int TableMade = 3;

    /// <summary>A property more in a table that is larger than any shape.</summary>
    public const int LargeTableEntry = 4;

    /// <summary>A property, or an element that lies among properties, written by a built-in.</summary>
    public const int PropertyWritten = 3;

    /// <summary>The name of an element, where elements lie among the properties or are listed with them.</summary>
    public const int ElementName = 3;

    /// <summary>A property read by a computed name, where the object and its prototypes have none.</summary>
    public const int NotThere = 2;

    /// <summary>A name more than a realm keeps room for: beyond the first 64 that a call makes.</summary>
    public const int ManyNames = 4;

    /// <summary>An object made a primitive value, besides the calls: which function does it is looked for.</summary>
    public const int Conversion = 5;

    /// <summary>A combination of promises, and each of its elements.</summary>
    public const int CombinedElement = 8;

    /// <summary>A built-in object looked for among those that the call has changed.</summary>
    public const int ChangedBuiltIn = 1;

    /// <summary>
    /// Text read as a number; characters of it for one more step; and one with more digits than a number holds, which may need exact
    /// arithmetic.
    /// </summary>
    public const int NumberRead = 4, NumberCharacters = 4, ExactNumber = 100;

    /// <summary>Characters that no number of ordinary precision needs more of.</summary>
    public const int OrdinaryNumberCharacters = 16;

    /// <summary>
    /// A number written with a given count of digits, or in another base than ten. One that is far from 1 takes a step more for
    /// <see cref="ExactBinaryDigits"/> between, and many digits a step for <see cref="ExactDigits"/>; in another base, a step for each
    /// digit.
    /// </summary>
    public const int NumberDigits = 60, ExactBinaryDigits = 8, ExactDigits = 2;

    /// <summary>Up to here a number is near to 1, in binary digits; and its digits are few.</summary>
    public const int NearBinaryDigits = 64, FewDigits = 20;

    /// <summary>A date written or read.</summary>
    public const int DateText = 20;

    /// <summary>
    /// A regular expression compiled in the call: as such, for each character of its pattern, and for each class when case is ignored.
    /// </summary>
    public const int Compiled = 60, CompiledCharacter = 16, FoldedClass = 800;

    /// <summary>The object that a match gives, besides its groups.</summary>
    public const int MatchResult = 6;

    /// <summary>
    /// Steps of reading text of that length as a number. An exponent of several digits needs exact arithmetic as many digits do.
    /// </summary>
    public static int ReadNumber(int length, bool hasFarExponent = false) =>
        NumberRead + length / NumberCharacters + (length > OrdinaryNumberCharacters || hasFarExponent ? ExactNumber : 0);

    /// <summary>Steps of a search: by the text, and by what is sought at worst at every place of it.</summary>
    public static int Search(int length, int sought) =>
        (int)Math.Min(int.MaxValue, 1 + (length >> 5) + ((long)length * Math.Min(sought, 64) >> 10));

    /// <summary>
    /// The same where a text has code points above U+FFFF: what begins right is compared place by place, and in smaller pieces.
    /// </summary>
    public static int SearchAstral(int length, int sought) =>
        (int)Math.Min(int.MaxValue, 1 + (length >> 5) + (sought > 1 ? (length >> 1) + ((long)length * sought >> 8) : 0));

    /// <summary>The same where one is a byte string and the other text: at every place both are read byte by byte.</summary>
    public static int SearchMixed(int length, int sought) =>
        (int)Math.Min(int.MaxValue, 1 + length + ((long)length * sought >> 3));

    /// <summary>Steps of writing a number with that many digits.</summary>
    public static int DigitsOf(double number, int digits) =>
        NumberDigits + FarDigits(number) / ExactBinaryDigits + Math.Max(0, digits - FewDigits) / ExactDigits;

    /// <summary>Steps of writing a number in another base than ten.</summary>
    public static int DigitsOfRadix(double number, int radix) => NumberDigits + FarDigits(number) / BitOperations.Log2((uint)radix);

    /// <summary>How many binary digits a number is further from 1 than ordinary ones.</summary>
    private static int FarDigits(double number) =>
        number == 0 || !double.IsFinite(number) ? 0 : Math.Max(0, Math.Abs(Math.ILogB(number)) - NearBinaryDigits);

    /// <summary>Units of writing the number as text.</summary>
    public static int TextOf(double number) => number == (long)number ? WholeNumberText : NumberText;
}

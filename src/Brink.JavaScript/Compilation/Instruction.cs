using System.Runtime.InteropServices;

namespace Brink.JavaScript.Compilation;

/// <summary>
/// One instruction, 8 bytes: the operation, what it pays to the meter, and three 16-bit operands, or one 16-bit and one 32-bit operand.
/// Operands are registers unless the operation says otherwise. Jump distances count from the next instruction.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal readonly struct Instruction
{
    [FieldOffset(0)] public readonly Op Op;
    /// <summary>
    /// Units of cost, for the instructions that pay: see <see cref="BlockPayments"/>. Below zero when a jump skips what was paid ahead.
    /// </summary>
    [FieldOffset(1)] public readonly sbyte Payment;
    [FieldOffset(2)] public readonly ushort A;
    [FieldOffset(4)] public readonly ushort B;
    [FieldOffset(6)] public readonly ushort C;
    [FieldOffset(4)] public readonly int Wide;

    public Instruction(Op op, int a, int b, int c)
    {
        Wide = 0;
        Op = op;
        A = (ushort)a;
        B = (ushort)b;
        C = (ushort)c;
    }

    public Instruction(Op op, int a, int wide)
    {
        B = C = 0;
        Op = op;
        A = (ushort)a;
        Wide = wide;
    }

    private Instruction(in Instruction other, sbyte payment)
    {
        this = other;
        Payment = payment;
    }

    public Instruction Paying(sbyte payment) => new(this, payment);

    public short ShortB => (short)B;

    public short ShortC => (short)C;
}

/// <summary>
/// The operations. r[x] is a register, k[x] a constant of the function, s[x] a property site (a key and its inline cache). "else slow"
/// means the same with the conversions of the language, which may run script code and throw.
/// </summary>
internal enum Op : byte
{
    /// <summary>Never emitted: zeroed memory must not run.</summary>
    None,

    /// <summary>Only pays: put into long stretches of code that nothing else pays for.</summary>
    Pay,

    // ---- moving values

    /// <summary>r[A] = r[B]</summary>
    Move,
    /// <summary>r[A] = k[Wide]</summary>
    LoadConstant,
    /// <summary>r[A] = Wide as a number</summary>
    LoadInteger,
    /// <summary>r[A] = undefined</summary>
    LoadUndefined,
    /// <summary>r[A] = null</summary>
    LoadNull,
    /// <summary>r[A] = true</summary>
    LoadTrue,
    /// <summary>r[A] = false</summary>
    LoadFalse,
    /// <summary>r[A] = the marker of a let or const before its declaration</summary>
    LoadUninitialized,
    /// <summary>r[A] = this</summary>
    LoadThis,
    /// <summary>r[A] = the running function</summary>
    LoadCallee,
    /// <summary>throws if r[A] is not initialized</summary>
    CheckInitialized,
    /// <summary>throws: assignment to a constant</summary>
    ThrowConstant,
    /// <summary>throws: no variable has the name s[A]</summary>
    ThrowNotDefined,

    // ---- variables outside of registers

    /// <summary>r[A] = module[B]</summary>
    LoadModule,
    /// <summary>the same, throws if not initialized</summary>
    LoadModuleChecked,
    /// <summary>module[B] = r[A]</summary>
    StoreModule,
    /// <summary>the same, throws if it was not initialized</summary>
    StoreModuleChecked,
    /// <summary>r[A] = a new heap cell that holds undefined, or the marker when B is 1</summary>
    NewCell,
    /// <summary>r[A] = a new heap cell that holds r[A]</summary>
    WrapCell,
    /// <summary>r[A] = a new heap cell with the content of the one in r[A]: the next round of a loop</summary>
    CopyCell,
    /// <summary>r[A] = content of the cell in r[B]</summary>
    LoadCell,
    /// <summary>the same, throws if not initialized</summary>
    LoadCellChecked,
    /// <summary>content of the cell in r[B] = r[A]</summary>
    StoreCell,
    /// <summary>the same, throws if it was not initialized</summary>
    StoreCellChecked,
    /// <summary>r[A] = content of captured cell B</summary>
    LoadCaptured,
    /// <summary>the same, throws if not initialized</summary>
    LoadCapturedChecked,
    /// <summary>content of captured cell B = r[A]</summary>
    StoreCaptured,
    /// <summary>the same, throws if it was not initialized</summary>
    StoreCapturedChecked,
    /// <summary>r[A] = built-in k[B]; if a built-in was changed in this call, the global property s[C] instead</summary>
    LoadIntrinsic,
    /// <summary>r[A] = global property s[B]; not there: ReferenceError</summary>
    LoadGlobal,
    /// <summary>global property s[B] = r[A]; not there: ReferenceError</summary>
    StoreGlobal,
    /// <summary>r[A] = typeof of global property s[B], "undefined" if not there</summary>
    TypeOfGlobal,
    /// <summary>r[A] = global object of the host: module[B], made on first use; its name is s[C]</summary>
    LoadHostGlobal,
    /// <summary>r[A] = a new object for the host module named k[Wide]</summary>
    Import,

    // ---- arithmetic: numbers at once, else slow

    /// <summary>r[A] = r[B] + r[C], text included</summary>
    Add,
    /// <summary>r[A] = r[B] + C (signed)</summary>
    AddInteger,
    /// <summary>r[A] = r[B] - r[C]</summary>
    Subtract,
    /// <summary>r[A] = r[B] - C (signed)</summary>
    SubtractInteger,
    /// <summary>r[A] = r[B] * r[C]</summary>
    Multiply,
    /// <summary>r[A] = r[B] / r[C]</summary>
    Divide,
    /// <summary>r[A] = r[B] % r[C]</summary>
    Remainder,
    /// <summary>r[A] = r[B] ** r[C]</summary>
    Power,
    /// <summary>r[A] = r[B] &lt;&lt; r[C]</summary>
    ShiftLeft,
    /// <summary>r[A] = r[B] >> r[C]</summary>
    ShiftRight,
    /// <summary>r[A] = r[B] >>> r[C]</summary>
    ShiftRightUnsigned,
    /// <summary>r[A] = r[B] &amp; r[C]</summary>
    BitwiseAnd,
    /// <summary>r[A] = r[B] | r[C]</summary>
    BitwiseOr,
    /// <summary>r[A] = r[B] ^ r[C]</summary>
    BitwiseXor,
    /// <summary>r[A] = r[B] &lt;&lt; C</summary>
    ShiftLeftInteger,
    /// <summary>r[A] = r[B] >> C</summary>
    ShiftRightInteger,
    /// <summary>r[A] = r[B] &amp; C</summary>
    BitwiseAndInteger,
    /// <summary>r[A] = -r[B]</summary>
    Negate,
    /// <summary>r[A] = r[B] as a number</summary>
    ToNumber,
    /// <summary>r[A] = ~r[B]</summary>
    BitwiseNot,
    /// <summary>r[A] = r[B] + 1 as numbers</summary>
    Increment,
    /// <summary>r[A] = r[B] - 1 as numbers</summary>
    Decrement,

    // ---- truth

    /// <summary>r[A] = !r[B]</summary>
    Not,
    /// <summary>r[A] = typeof r[B]</summary>
    TypeOf,
    /// <summary>r[A] = r[B] == r[C]</summary>
    Equal,
    /// <summary>r[A] = r[B] != r[C]</summary>
    NotEqual,
    /// <summary>r[A] = r[B] === r[C]</summary>
    StrictEqual,
    /// <summary>r[A] = r[B] !== r[C]</summary>
    StrictNotEqual,
    /// <summary>r[A] = r[B] &lt; r[C]</summary>
    Less,
    /// <summary>r[A] = r[B] &lt;= r[C]</summary>
    LessOrEqual,
    /// <summary>r[A] = r[B] > r[C]</summary>
    Greater,
    /// <summary>r[A] = r[B] >= r[C]</summary>
    GreaterOrEqual,
    /// <summary>r[A] = r[B] in r[C]</summary>
    In,
    /// <summary>r[A] = r[B] instanceof r[C]</summary>
    InstanceOf,

    // ---- jumps: a taken jump pays for the code between the last payment and itself

    /// <summary>forward by Wide</summary>
    Jump,
    /// <summary>backward by -Wide</summary>
    JumpBack,
    /// <summary>by Wide if r[A] is truthy</summary>
    JumpIfTrue,
    /// <summary>by Wide if r[A] is falsy</summary>
    JumpIfFalse,
    /// <summary>by Wide if r[A] is undefined or null</summary>
    JumpIfNullish,
    /// <summary>by Wide if r[A] is neither undefined nor null</summary>
    JumpIfNotNullish,
    /// <summary>by C if r[A] &lt; r[B]</summary>
    JumpIfLess,
    /// <summary>by C unless r[A] &lt; r[B]</summary>
    JumpIfNotLess,
    /// <summary>by C if r[A] &lt;= r[B]</summary>
    JumpIfLessOrEqual,
    /// <summary>by C unless r[A] &lt;= r[B]</summary>
    JumpIfNotLessOrEqual,
    /// <summary>by C if r[A] > r[B]</summary>
    JumpIfGreater,
    /// <summary>by C unless r[A] > r[B]</summary>
    JumpIfNotGreater,
    /// <summary>by C if r[A] >= r[B]</summary>
    JumpIfGreaterOrEqual,
    /// <summary>by C unless r[A] >= r[B]</summary>
    JumpIfNotGreaterOrEqual,
    /// <summary>by C if r[A] &lt; B (signed)</summary>
    JumpIfLessInteger,
    /// <summary>by C unless r[A] &lt; B</summary>
    JumpIfNotLessInteger,
    /// <summary>by C if r[A] &lt;= B</summary>
    JumpIfLessOrEqualInteger,
    /// <summary>by C unless r[A] &lt;= B</summary>
    JumpIfNotLessOrEqualInteger,
    /// <summary>by C if r[A] > B</summary>
    JumpIfGreaterInteger,
    /// <summary>by C unless r[A] > B</summary>
    JumpIfNotGreaterInteger,
    /// <summary>by C if r[A] >= B</summary>
    JumpIfGreaterOrEqualInteger,
    /// <summary>by C unless r[A] >= B</summary>
    JumpIfNotGreaterOrEqualInteger,
    /// <summary>by C if r[A] === r[B]</summary>
    JumpIfStrictEqual,
    /// <summary>by C if r[A] !== r[B]</summary>
    JumpIfStrictNotEqual,
    /// <summary>by C if r[A] === k[B]</summary>
    JumpIfStrictEqualConstant,
    /// <summary>by C if r[A] !== k[B]</summary>
    JumpIfStrictNotEqualConstant,
    /// <summary>by C if r[A] == r[B]</summary>
    JumpIfEqual,
    /// <summary>by C if r[A] != r[B]</summary>
    JumpIfNotEqual,
    /// <summary>by C if typeof r[A] is the text k[B]</summary>
    JumpIfTypeOf,
    /// <summary>by C unless typeof r[A] is the text k[B]</summary>
    JumpIfNotTypeOf,
    /// <summary>
    /// r[A] = r[A] + 1 and by C if that is &lt; r[B].length, else past the three instructions that follow, if r[A] is a number and r[B] a
    /// text or array; else nothing: the three do it
    /// </summary>
    JumpToNextPlace,

    // ---- properties

    /// <summary>r[A] = r[B].s[C]</summary>
    GetProperty,
    /// <summary>r[A] = r[B].length; s[C] for what is neither string nor array</summary>
    GetLength,
    /// <summary>r[A] = r[B][r[C]]</summary>
    GetElement,
    /// <summary>r[A].s[C] = r[B]</summary>
    SetProperty,
    /// <summary>r[A][r[B]] = r[C]</summary>
    SetElement,
    /// <summary>r[A] = delete r[B].s[C]</summary>
    DeleteProperty,
    /// <summary>r[A] = delete r[B][r[C]]</summary>
    DeleteElement,
    /// <summary>r[A] = r[A] as a property key; throws at once if r[B] has no properties</summary>
    ToKey,
    /// <summary>r[A] = r[A+1].s[C], to be called</summary>
    GetMethod,
    /// <summary>r[A+1] = r[B], r[A] = r[A+1].s[C], to be called</summary>
    GetMethodOf,
    /// <summary>
    /// r[A+1] = built-in k[B], r[A] = its method k[B+1]; if a built-in was changed in this call, the global property s[C+1] and its s[C],
    /// to be called
    /// </summary>
    GetIntrinsicMethod,
    /// <summary>r[A] = r[A+1][r[B]], to be called</summary>
    GetElementMethod,

    /// <summary>
    /// r[C] = r[A].charAt(r[B]), and past the three instructions that follow, if r[A] is a text, r[B] a place in it, and no built-in is
    /// changed; else nothing: the three do it
    /// </summary>
    CharacterAt,
    /// <summary>the same for charCodeAt</summary>
    CharacterCodeAt,

    // ---- literals

    /// <summary>r[A] = {} with room for Wide properties</summary>
    NewObject,
    /// <summary>defines r[A].s[C] = r[B] on the object just made</summary>
    InitProperty,
    /// <summary>defines r[A][r[B]] = r[C] on the object just made</summary>
    InitElement,
    /// <summary>names the function r[A] by the key r[B]</summary>
    NameFunction,
    /// <summary>defines the getter r[C] for key r[B] of r[A]</summary>
    InitGetter,
    /// <summary>defines the setter r[C] for key r[B] of r[A]</summary>
    InitSetter,
    /// <summary>sets the prototype of r[A] to r[B], if that is an object or null</summary>
    InitPrototype,
    /// <summary>r[A] = [] with room for Wide</summary>
    NewArray,
    /// <summary>appends r[B] to the array r[A]</summary>
    AppendElement,
    /// <summary>appends a hole to the array r[A]</summary>
    AppendHole,
    /// <summary>r[A] = a new object for regular expression literal Wide</summary>
    NewRegExp,
    /// <summary>
    /// r[A] = the object that the call keeps for regular expression literal B. Only the built-in method that is called next sees it: a
    /// method of the object itself if C = A, else of the string r[C]. A new object if r[C] is no string or a built-in is changed
    /// </summary>
    KeepRegExp,
    /// <summary>r[A] = the strings of tagged template Wide: one object per site and call</summary>
    LoadTemplate,
    /// <summary>r[A] = a new closure of function Wide</summary>
    NewClosure,
    /// <summary>r[A] = r[B] as text</summary>
    ToText,
    /// <summary>r[A] = the texts r[B] .. r[B+C-1] joined</summary>
    JoinTexts,

    // ---- calls: r[A] function, r[A+1] this, then B arguments; the result goes to r[C]

    /// <summary>r[C] = r[A](...)</summary>
    Call,
    /// <summary>the same for a method: the error text names it</summary>
    CallMethod,
    /// <summary>r[C] = new r[A](...)</summary>
    New,
    /// <summary>returns r[A]</summary>
    Return,
    /// <summary>returns undefined</summary>
    ReturnUndefined,
    /// <summary>r[A] = await r[B]</summary>
    Await,

    // ---- exceptions and enumeration

    /// <summary>throws r[A]</summary>
    Throw,
    /// <summary>goes on with the exception r[A] that a finally block interrupted</summary>
    Rethrow,
    /// <summary>r[A] = an enumeration of the keys of r[B]</summary>
    ForInStart,
    /// <summary>r[B] = the next key of the enumeration r[A]; by C when there is none</summary>
    ForInNext,
}

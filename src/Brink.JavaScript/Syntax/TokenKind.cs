namespace Brink.JavaScript.Syntax;

/// <summary>What the lexer tells apart. Words that only matter in places (<c>async</c>, <c>of</c>, <c>get</c>) are plain names.</summary>
internal enum TokenKind : byte
{
    EndOfInput, Name, Number, String, Template,

    // Punctuation.
    LeftBrace, RightBrace, LeftParenthesis, RightParenthesis, LeftBracket, RightBracket,
    Dot, Ellipsis, Semicolon, Comma, Question, OptionalChain, Colon, Arrow,

    // Assignments, in the order of the operators they carry.
    Assign,
    AddAssign, SubtractAssign, MultiplyAssign, DivideAssign, RemainderAssign, PowerAssign,
    ShiftLeftAssign, ShiftRightAssign, ShiftRightUnsignedAssign, BitwiseAndAssign, BitwiseOrAssign, BitwiseXorAssign,

    // Operators.
    Add, Subtract, Multiply, Divide, Remainder, Power,
    ShiftLeft, ShiftRight, ShiftRightUnsigned, BitwiseAnd, BitwiseOr, BitwiseXor,
    Equal, NotEqual, StrictEqual, StrictNotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
    And, Or, NullishCoalescing, Not, BitwiseNot, Increment, Decrement,

    // Keywords, from here to the end: legal as property names, never as variables.
    Break, Case, Catch, Class, Const, Continue, Debugger, Default, Delete, Do, Else, Enum, Export, Extends, False, Finally, For,
    Function, If, Import, In, InstanceOf, Let, New, Null, Return, Super, Switch, This, Throw, True, Try, TypeOf, Var, Void, While, With,

    /// <summary><c>implements</c>, <c>static</c> and the like: kept for the future, without a meaning today.</summary>
    Reserved,
}

/// <summary>The words of the language.</summary>
internal static class Keywords
{
    /// <summary>The keyword that <paramref name="word"/> is, or <see cref="TokenKind.Name"/>.</summary>
    public static TokenKind Find(ReadOnlySpan<char> word, Runtime runtime) => word switch
    {
        "break" => TokenKind.Break,
        "case" => TokenKind.Case,
        "catch" => TokenKind.Catch,
        "class" => TokenKind.Class,
        "const" => TokenKind.Const,
        "continue" => TokenKind.Continue,
        "debugger" => TokenKind.Debugger,
        "default" => TokenKind.Default,
        "delete" => TokenKind.Delete,
        "do" => TokenKind.Do,
        "else" => TokenKind.Else,
        "enum" => TokenKind.Enum,
        "export" => TokenKind.Export,
        "extends" => TokenKind.Extends,
        "false" => TokenKind.False,
        "finally" => TokenKind.Finally,
        "for" => TokenKind.For,
        "function" => TokenKind.Function,
        "if" => TokenKind.If,
        "import" => TokenKind.Import,
        "in" => TokenKind.In,
        "instanceof" => TokenKind.InstanceOf,
        "new" => TokenKind.New,
        "null" => TokenKind.Null,
        "return" => TokenKind.Return,
        "super" => TokenKind.Super,
        "switch" => TokenKind.Switch,
        "this" => TokenKind.This,
        "throw" => TokenKind.Throw,
        "true" => TokenKind.True,
        "try" => TokenKind.Try,
        "typeof" => TokenKind.TypeOf,
        "var" => TokenKind.Var,
        "void" => TokenKind.Void,
        "while" => TokenKind.While,
        "with" => TokenKind.With,
        // The engine of 1.0 knows these words only where a statement begins; elsewhere they are names.
        "let" when runtime == Runtime.CloudFrontJs20 => TokenKind.Let,
        "implements" or "interface" or "package" or "private" or "protected" or "public" or "static"
            when runtime == Runtime.CloudFrontJs20 => TokenKind.Reserved,
        _ => TokenKind.Name,
    };
}

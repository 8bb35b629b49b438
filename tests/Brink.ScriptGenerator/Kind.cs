namespace Brink.ScriptGenerator;

/// <summary>What a hole of the grammar wants. The letter is how rows write it: <c>$n</c>.</summary>
internal enum Kind
{
    /// <summary><c>$v</c>: anything.</summary>
    Any = 'v',

    /// <summary><c>$n</c></summary>
    Number = 'n',

    /// <summary><c>$i</c>: a small integer, for indices and counts.</summary>
    Integer = 'i',

    /// <summary><c>$s</c></summary>
    Text = 's',

    /// <summary><c>$b</c></summary>
    Boolean = 'b',

    /// <summary><c>$a</c></summary>
    Array = 'a',

    /// <summary><c>$o</c></summary>
    Object = 'o',

    /// <summary><c>$f</c>: a function of at most three arguments.</summary>
    Function = 'f',

    /// <summary><c>$c</c>: a comparison function for sort.</summary>
    Comparer = 'c',

    /// <summary><c>$r</c>: a regular expression.</summary>
    RegExp = 'r',

    /// <summary><c>$d</c></summary>
    Date = 'd',

    /// <summary><c>$u</c>: a typed array or Buffer.</summary>
    Bytes = 'u',

    /// <summary><c>$p</c></summary>
    Promise = 'p',

    /// <summary><c>$k</c>: a property key.</summary>
    Key = 'k',

    /// <summary><c>$L</c>: a variable to assign to, of any kind.</summary>
    Target = 'L',

    /// <summary><c>$S</c>: statements.</summary>
    Statements = 'S',

    /// <summary><c>$w</c>: a name that is new in the program.</summary>
    NewName = 'w',

    /// <summary><c>$A</c>: statements of an async function.</summary>
    AsyncStatements = 'A',

    /// <summary><c>$x</c>: the text of a key in an object literal.</summary>
    LiteralKey = 'x',
}

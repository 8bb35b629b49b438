using System.Runtime.CompilerServices;

namespace Brink.JavaScript.Syntax;

/// <summary>One parse of one source. This part: the means that statements, expressions and functions share.</summary>
internal sealed partial class SourceParser
{
    private readonly string _source;
    private readonly Runtime _runtime;
    // The runtime that the script is for: 1.0 also where it is read as 2.0.
    private readonly Runtime _target;
    private readonly NameTable _names = new();
    private readonly Lexer _lexer;
    private readonly ScopeTracker _scopes;

    private int _nesting;
    // Of the tallest tree finished within the construct that is being read.
    private int _height;
    // False in the head of a for, where "in" ends the expression.
    private bool _allowIn = true;
    // The call or member that was read last, as offsets: what stands before "in" in the head of a for.
    private (int Start, int End) _operand;
    // A break, continue or try came up: what JumpCheck looks at.
    private bool _hasJumps;
    // What the engine finds only while it compiles, when all of the text has been read.
    private SyntaxProblem? _late;
    // 1.0 takes "async" for a name and stumbles over what follows: then the advice is another than for a bad arrow.
    private bool _sawAsyncName;

    /// <param name="source">The text.</param>
    /// <param name="runtime">The dialect.</param>
    /// <param name="found">Where refused constructs are noted, to be read past; null to refuse at the first.</param>
    public SourceParser(string source, Runtime runtime, List<SyntaxFinding>? found = null)
    {
        _found = found;
        _reports10 = found is not null && runtime == Runtime.CloudFrontJs10;
        _source = source;
        _target = runtime;
        _runtime = _reports10 ? Runtime.CloudFrontJs20 : runtime;
        _lexer = new Lexer(source, _runtime, _names) { Lenient = found is null ? null : FoundLiteral };
        _scopes = new ScopeTracker(_names);
    }

    private bool IsRuntime20 => _runtime == Runtime.CloudFrontJs20;

    public ProgramNode ParseProgram()
    {
        _scopes.OpenFunction(null, isHoisted: false, selfName: -1);
        var scope = _scopes.Current.Scope;
        _lexer.Next();
        var position = _lexer.Position;
        var body = new List<Statement>();
        while (Kind != TokenKind.EndOfInput)
            body.Add(ParseStatement(inList: true));
        _scopes.CloseFunction();
        CheckJumps(body);
        if (!IsLenient && _scopes.ArgumentsOutsideOfFunctions() is { } arguments)
            throw Refuse("\"arguments\" object in global scope", arguments.Position, "a parameter of the function");
        if (_late is not null && !IsLenient)
            throw new SyntaxRefusal(_late);
        if (_late is not null)
            Found(SyntaxRules.Syntax, _late.Message, _late.Position, _late.Rewrite);
        return new ProgramNode { Scope = scope, Body = body, Source = _source, Position = position };
    }

    // ---------------------------------------------------------------- tokens

    private TokenKind Kind => _lexer.Kind;

    private Position Here => _lexer.Position;

    private bool IsWord(string word) => Kind == TokenKind.Name && _lexer.Text == word;

    private bool TryTake(TokenKind kind)
    {
        if (Kind != kind)
            return false;
        _lexer.Next();
        return true;
    }

    private void Expect(TokenKind kind, string? rewrite = null)
    {
        if (Kind != kind)
            throw Unexpected(rewrite);
        _lexer.Next();
    }

    /// <summary>The end of a statement: a semicolon, or a place where one may be left out.</summary>
    private void ExpectSemicolon()
    {
        if (TryTake(TokenKind.Semicolon) || Kind is TokenKind.RightBrace or TokenKind.EndOfInput || _lexer.NewlineBefore)
            return;
        throw Unexpected();
    }

    private char NextCharacter(out bool newlineBefore)
    {
        var next = _lexer.PeekNext(out newlineBefore);
        return next < _source.Length ? _source[next] : '\0';
    }

    /// <summary>The current token is a word and <c>function</c> follows on the same line.</summary>
    private bool IsBeforeFunction()
    {
        const string word = "function";
        var next = _lexer.PeekNext(out var newlineBefore);
        return !newlineBefore && string.CompareOrdinal(_source, next, word, 0, word.Length) == 0
            && (next + word.Length == _source.Length || !Lexer.IsNamePart(_source[next + word.Length]));
    }

    // ---------------------------------------------------------------- depth

    /// <summary>Begins a construct that may contain itself. What it returns belongs to <see cref="Leave"/>.</summary>
    private int Enter()
    {
        if (++_nesting > Dialect.MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw TooDeep();
        var outer = _height;
        _height = 0;
        return outer;
    }

    private void Leave(int outer)
    {
        _nesting--;
        Heighten();
        _height = Math.Max(outer, _height);
    }

    /// <summary>What was read so far in this construct becomes part of a larger tree.</summary>
    private void Heighten()
    {
        if (++_height > Dialect.MaxTreeHeight)
            throw TooDeep();
    }

    private SyntaxRefusal TooDeep() => Refuse("Maximum nesting depth exceeded", Here, "smaller functions and expressions");

    // ---------------------------------------------------------------- refusals

    private static SyntaxRefusal Refuse(string message, Position position, string? rewrite = null, int? line = null) =>
        Lexer.Refuse(message, position, rewrite, line: line);

    private static SyntaxRefusal RefuseReference(string message, Position position, string? rewrite = null, int? line = null) =>
        Lexer.Refuse(message, position, rewrite, "ReferenceError", line);

    /// <summary>What the engine refuses while it compiles: later than all that is wrong with the text, and mostly without a line.</summary>
    private void RefuseLate(SyntaxProblem problem)
    {
        if (_late is null || problem.Position.Offset < _late.Position.Offset)
            _late = problem;
    }

    private void CheckJumps(IReadOnlyList<Statement> body)
    {
        if (_hasJumps && JumpCheck.ProblemIn(body, _target) is { } problem)
            RefuseLate(problem);
    }

    private string TokenText()
    {
        // The engine does not know ?. as one token.
        var text = Kind switch
        {
            TokenKind.String => _lexer.Text,
            TokenKind.OptionalChain => "?",
            _ => _source.Substring(_lexer.Start, _lexer.End - _lexer.Start),
        };
        return text.Length <= 200 ? text : text[..200] + "...";
    }

    private SyntaxRefusal Unexpected(string? rewrite = null) => Unexpected(Here, rewrite);

    private SyntaxRefusal Unexpected(Position position, string? rewrite)
    {
        var message = Kind == TokenKind.EndOfInput ? "Unexpected end of input" : $"Unexpected token \"{TokenText()}\"";
        return new SyntaxRefusal(new SyntaxProblem("SyntaxError", $"{message} in {Here.Line}", position, rewrite ?? RewriteOfToken()));
    }

    private SyntaxRefusal NotSupported(string? rewrite) =>
        Kind == TokenKind.EndOfInput ? Unexpected() : Refuse($"Token \"{TokenText()}\" not supported in this version", Here, rewrite);

    /// <summary>The engine only says where it stopped; most often that is a newer construct that has an older spelling.</summary>
    private string? RewriteOfToken() => Kind switch
    {
        TokenKind.Arrow or TokenKind.Name when _sawAsyncName => Rewrites.Async10,
        TokenKind.Arrow => Rewrites.ArrowParameters,
        TokenKind.OptionalChain => Rewrites.OptionalChain,
        TokenKind.Ellipsis => Rewrites.Spread,
        TokenKind.Assign when _lexer.PreviousKind is TokenKind.And or TokenKind.Or or TokenKind.NullishCoalescing =>
            Rewrites.LogicalAssignment,
        TokenKind.Multiply when _lexer.PreviousKind == TokenKind.Function => Rewrites.Generator,
        TokenKind.NullishCoalescing or TokenKind.And or TokenKind.Or => Rewrites.MixedNullish,
        TokenKind.Name when _lexer.PreviousKind == TokenKind.Number && _lexer.PreviousEnd == _lexer.Start =>
            _lexer.Text == "n" ? Rewrites.BigInt : _lexer.Text[0] == '_' && !IsRuntime20 ? Rewrites.Separator10 : null,
        _ => null,
    };
}

/// <summary>What to write instead of what the runtimes refuse.</summary>
internal static class Rewrites
{
    public const string ForOf = "list.forEach(function (x) { ... }) or a loop over an index";
    public const string ForAwait = "a loop over an index with await in its body";
    public const string OptionalChain = "a && a.b";
    public const string Destructuring = "plain property access: var a = object.a;";
    public const string DestructuringParameter = "a plain parameter and property access in the body";
    public const string DefaultParameter = "a plain parameter and, in the body: if (a === undefined) { a = 1; }";
    public const string ArrowParameters = "plain parameters: no destructuring, no default values, and => on the line of the parameters";
    public const string Spread = "f.apply(null, list) for arguments, list.concat(other) for arrays";
    public const string ObjectSpread = "Object.assign({}, object)";
    public const string LogicalAssignment = "a = a || b";
    public const string Generator = "a function that returns an array";
    public const string MixedNullish = "parentheses around one of the two operators";
    public const string BigInt = "a plain number";
    public const string AwaitInArguments = "a variable first: const v = await g(); f(v);";
    public const string AwaitOutside = "await inside of an async function";
    public const string CatchBinding = "catch (e) {";
    public const string CatchPattern = "a plain name: catch (e) {";
    public const string Class = "a function with a prototype, or plain objects";
    public const string With = "the object's name before each property";
    public const string NewTarget = "this instanceof F";
    public const string Import = "the default form: import name from 'module';";
    public const string Export = "a plain function: the entry point is the function named handler";
    public const string Delete = "delete of a property, or assign undefined";
    public const string Const10 = "var, or runtime cloudfront-js-2.0";
    public const string Async10 = "a synchronous function, or runtime cloudfront-js-2.0";
    public const string Separator10 = "the number without _, or runtime cloudfront-js-2.0";
    public const string BlockFunction = "braces around the function, or a variable that holds it";
    public const string AsyncName = "async: async";
    public const string Nesting = "functions side by side: each takes what it needs as a parameter";
    public const string TryJumps = "one way out of the try block: set a variable in it, and break, continue or return behind it";
}

namespace Brink.JavaScript.Syntax;

/// <summary>Statements and declarations.</summary>
internal sealed partial class SourceParser
{
    /// <param name="inList">Stands in a block or at the top of something, where declarations are allowed.</param>
    private Statement ParseStatement(bool inList)
    {
        var outer = Enter();
        var statement = ParseStatementCore(inList);
        Leave(outer);
        return statement;
    }

    private Statement ParseStatementCore(bool inList)
    {
        var position = Here;
        switch (Kind)
        {
            case TokenKind.LeftBrace:
                return ParseBlock();
            case TokenKind.Var:
                return ParseVariableStatement(VariableKind.Var);
            case TokenKind.Let:
                return ParseLexicalStatement(VariableKind.Let, inList);
            case TokenKind.Const:
                return ParseLexicalStatement(VariableKind.Const, inList);
            case TokenKind.Function:
                return ParseFunctionStatement(position, isAsync: false, inList);
            case TokenKind.If:
                return ParseIf();
            case TokenKind.For:
                return ParseFor();
            case TokenKind.While:
                return ParseWhile();
            case TokenKind.Do:
                return ParseDoWhile();
            case TokenKind.Return:
                return ParseReturn();
            case TokenKind.Break:
                return ParseBreak();
            case TokenKind.Continue:
                return ParseContinue();
            case TokenKind.Throw:
                return ParseThrow();
            case TokenKind.Try:
                return ParseTry();
            case TokenKind.Switch:
                return ParseSwitch();
            case TokenKind.Semicolon:
                _lexer.Next();
                return new EmptyStatement { Position = position };
            case TokenKind.Debugger:
                _lexer.Next();
                if (!IsRuntime20)
                    throw NotSupported("nothing: there is no debugger to stop");
                ExpectSemicolon();
                return new EmptyStatement { Position = position };
            case TokenKind.Import:
                return ParseImport(inList);
            case TokenKind.Export when IsLenient:
                return ParseExport();
            case TokenKind.Class when IsLenient:
                return new ExpressionStatement { Expression = ParseClass(isStatement: true), Position = position };
            case TokenKind.Export:
                throw Refuse("Illegal export statement", position, Rewrites.Export);
            case TokenKind.With:
                _lexer.Next();
                throw NotSupported(Rewrites.With);
            case TokenKind.Name:
                return ParseNamedStatement(inList);
            default:
                return ParseExpressionStatement();
        }
    }

    /// <summary>A label, an async function, or an expression.</summary>
    private Statement ParseNamedStatement(bool inList)
    {
        var position = Here;
        var next = NextCharacter(out _);
        if (next == ':')
            return ParseLabeled();
        if (!IsRuntime20 && inList && _lexer.Text == "let" && IsBeforeBinding())
            throw NotSupported(Rewrites.Const10);
        if (next == 'f' && _lexer.Text == "async" && IsBeforeFunction())
        {
            if (!IsRuntime20)
                throw NotSupported(Rewrites.Async10);
            if (!inList)
                throw NotSupported(Rewrites.BlockFunction);
            _lexer.Next();
            return ParseFunctionStatement(position, isAsync: true, inList);
        }
        return ParseExpressionStatement();
    }

    private ExpressionStatement ParseExpressionStatement()
    {
        var position = Here;
        var expression = ParseExpression();
        ExpectSemicolon();
        return new ExpressionStatement { Expression = expression, Position = position };
    }

    private BlockStatement ParseBlock()
    {
        var position = Here;
        Expect(TokenKind.LeftBrace);
        var scope = _scopes.Open();
        var body = ParseListUntilBrace();
        _scopes.Close();
        return new BlockStatement { Scope = scope, Body = body, Position = position };
    }

    private List<Statement> ParseListUntilBrace()
    {
        var body = new List<Statement>();
        while (Kind != TokenKind.RightBrace)
        {
            if (Kind == TokenKind.EndOfInput)
                throw Unexpected();
            body.Add(ParseStatement(inList: true));
        }
        _lexer.Next();
        return body;
    }

    // ---------------------------------------------------------------- declarations

    private VariableDeclaration ParseLexicalStatement(VariableKind kind, bool inList)
    {
        if (!IsRuntime20)
            throw inList && IsBeforeBinding() ? NotSupported(Rewrites.Const10) : Unexpected();
        if (!inList)
        {
            var word = kind == VariableKind.Let ? "let" : "const";
            throw IsBeforeBinding()
                ? Refuse($"{word} declaration cannot appear in a single-statement context", Here, "braces around the declaration")
                : Unexpected();
        }
        return ParseVariableStatement(kind);
    }

    /// <summary>Whether a name or a pattern follows the current token.</summary>
    private bool IsBeforeBinding()
    {
        var mark = _lexer.Save();
        _lexer.Next();
        var isBinding = Kind is TokenKind.Name or TokenKind.LeftBrace or TokenKind.LeftBracket;
        _lexer.Restore(mark);
        return isBinding;
    }

    private VariableDeclaration ParseVariableStatement(VariableKind kind)
    {
        var position = Here;
        TakeDeclarationWord(kind);
        if (kind != VariableKind.Var && !IsLenient)
            RefuseUndeclarable(kind, position);
        var declarators = ParseDeclarators(kind, ParseDeclaredName(kind, out var namePosition), namePosition);
        ExpectSemicolon();
        return new VariableDeclaration { Kind = kind, Declarators = declarators, Position = position };
    }

    /// <summary>Takes <c>var</c>, <c>let</c> or <c>const</c>.</summary>
    private void TakeDeclarationWord(VariableKind kind)
    {
        var word = Here;
        _lexer.Next();
        if (_reports10 && kind != VariableKind.Var)
            FoundConst10(word);
        if (Kind is TokenKind.LeftBrace or TokenKind.LeftBracket && !IsLenient)
        {
            // The engine names what stands in the pattern.
            _lexer.Next();
            throw NotSupported(Rewrites.Destructuring);
        }
    }

    /// <summary>The first name of a let or const statement: a word that is no name is named, anything else makes the let wrong.</summary>
    private void RefuseUndeclarable(VariableKind kind, Position word)
    {
        if (Kind >= TokenKind.Break || Kind == TokenKind.Name && _lexer.Text is "await" or "yield")
            throw Unexpected();
        if (Kind != TokenKind.Name)
            throw Refuse($"Unexpected token \"{(kind == VariableKind.Let ? "let" : "const")}\"", word);
    }

    /// <summary>
    /// The name after <c>var</c>, <c>let</c>, <c>const</c> or a comma, declared: its binding for let and const, its variable for var.
    /// </summary>
    private Declared ParseDeclaredName(VariableKind kind, out Position position)
    {
        position = Here;
        if (Kind is TokenKind.LeftBrace or TokenKind.LeftBracket)
        {
            if (IsLenient)
                return ParseDeclaredPattern(kind);
            _lexer.Next();
            throw NotSupported(Rewrites.Destructuring);
        }
        if (Kind != TokenKind.Name)
            throw Unexpected();

        var name = _lexer.Name;
        if (_scopes.IsForbidden(name))
            throw Refuse($"Identifier \"{_lexer.Text}\" is forbidden in var declaration", position);
        var binding = kind == VariableKind.Var ? null : _scopes.DeclareHere(name, kind);
        var variable = kind == VariableKind.Var ? _scopes.DeclareVar(name) : binding?.Variable;
        if (variable is null)
            throw AlreadyDeclared(name, position);
        if (kind == VariableKind.Var)
            variable = _scopes.AssignedByVar(name);
        binding?.SetAt = int.MaxValue;
        _lexer.Next();
        return new Declared(variable, binding);
    }

    private readonly record struct Declared(Variable Variable, Binding? Binding);

    private SyntaxRefusal AlreadyDeclared(int name, Position position) =>
        Refuse($"\"{_names.TextOf(name)}\" has already been declared", position);

    private List<Declarator> ParseDeclarators(VariableKind kind, Declared first, Position firstPosition)
    {
        var declarators = new List<Declarator>(1);
        var (declared, position) = (first, firstPosition);
        while (true)
        {
            Expression? initializer = null;
            if (TryTake(TokenKind.Assign))
                initializer = ParseInitializer(declared);
            else if (kind == VariableKind.Const)
                RefuseLate(new SyntaxProblem("SyntaxError", "missing initializer in const declaration", position));
            declared.Binding?.SetAt = _lexer.PreviousEnd;
            declarators.Add(new Declarator { Variable = declared.Variable, Initializer = initializer, Position = position });
            if (!TryTake(TokenKind.Comma))
                return declarators;
            declared = ParseDeclaredName(kind, out position);
        }
    }

    private FunctionDeclaration ParseFunctionStatement(Position position, bool isAsync, bool inList)
    {
        if (!inList)
            throw Refuse("Functions can only be declared at top level or inside a block", position, Rewrites.BlockFunction);
        _lexer.Next();
        if (Kind == TokenKind.Multiply && IsLenient)
            TakeGeneratorStar();
        if (Kind != TokenKind.Name)
            throw Unexpected();
        var name = _lexer.Name;
        if (_scopes.IsForbidden(name))
            throw Refuse($"Identifier \"{_lexer.Text}\" is forbidden in function declaration", Here);
        var variable = _scopes.DeclareFunction(name) ?? throw AlreadyDeclared(name, Here);
        _lexer.Next();

        var scope = _scopes.Current.Scope;
        var declaration = new FunctionDeclaration
        {
            Variable = variable,
            Function = ParseFunction(FunctionKind.Normal, isAsync, variable.Name, position, isHoisted: true),
            Position = position,
        };
        scope.Functions.Add(declaration);
        return declaration;
    }

    private Statement ParseImport(bool inList)
    {
        var position = Here;
        if (IsLenient && TryParseOtherImport(position) is { } other)
            return other;
        if (!inList)
            throw NotSupported(Rewrites.Import);
        _lexer.Next();
        if (Kind != TokenKind.Name || _lexer.Text == "from")
            throw Refuse("Non-default import is not supported", position, Rewrites.Import, Here.Line);
        if (_scopes.Current.Outer is not null)
            throw Refuse("Illegal import statement", position, "the import at the top of the file");

        var name = _lexer.Name;
        var binding = _scopes.DeclareHere(name, VariableKind.Import) ?? throw AlreadyDeclared(name, Here);
        _lexer.Next();
        if (!IsWord("from"))
            throw Unexpected(Rewrites.Import);
        _lexer.Next();
        if (Kind != TokenKind.String)
            throw Unexpected(Rewrites.Import);
        var module = _lexer.Text;
        _lexer.Next();
        ExpectSemicolon();
        return new ImportDeclaration { Variable = binding.Variable!, Module = module, Position = position };
    }

    // ---------------------------------------------------------------- control flow

    private Expression ParseCondition()
    {
        Expect(TokenKind.LeftParenthesis);
        var condition = ParseExpression();
        Expect(TokenKind.RightParenthesis);
        return condition;
    }

    private IfStatement ParseIf()
    {
        // A chain of "else if" is read in a loop: routing tables are written that way and are long.
        var chain = new List<(Expression Test, Statement Then, Position Position)>(1);
        Statement? otherwise = null;
        while (true)
        {
            var position = Here;
            _lexer.Next();
            var test = ParseCondition();
            chain.Add((test, ParseStatement(inList: false), position));
            if (!TryTake(TokenKind.Else))
                break;
            if (Kind != TokenKind.If)
            {
                otherwise = ParseStatement(inList: false);
                break;
            }
            Heighten();
        }

        for (var i = chain.Count - 1; ; i--)
        {
            var (test, then, position) = chain[i];
            var statement = new IfStatement { Test = test, Then = then, Else = otherwise, Position = position };
            if (i == 0)
                return statement;
            otherwise = statement;
        }
    }

    private Statement ParseLoopBody() => ParseStatement(inList: false);

    private WhileStatement ParseWhile()
    {
        var position = Here;
        _lexer.Next();
        var test = ParseCondition();
        return new WhileStatement { Test = test, Body = ParseLoopBody(), Position = position };
    }

    private DoWhileStatement ParseDoWhile()
    {
        var position = Here;
        _lexer.Next();
        var body = ParseLoopBody();
        Expect(TokenKind.While);
        var test = ParseCondition();
        // No line end is needed here even without a semicolon.
        TryTake(TokenKind.Semicolon);
        return new DoWhileStatement { Test = test, Body = body, Position = position };
    }

    private Statement ParseFor()
    {
        var position = Here;
        _lexer.Next();
        if (IsWord("await"))
        {
            if (!IsLenient)
                throw NotSupported(Rewrites.ForAwait);
            _lexer.Next();
        }
        Expect(TokenKind.LeftParenthesis);
        var scope = _scopes.Open();
        var statement = ParseForHead(position, scope);
        _scopes.Close();
        return statement;
    }

    private Statement ParseForHead(Position position, Scope scope)
    {
        if (Kind == TokenKind.Semicolon)
            return ParseForRest(position, scope, null);
        if (!IsRuntime20 && (Kind == TokenKind.Const || IsWord("let")))
            throw NotSupported(Rewrites.Const10);

        var declares = Kind is TokenKind.Var or TokenKind.Let or TokenKind.Const;
        if (declares)
        {
            var kind = Kind switch { TokenKind.Var => VariableKind.Var, TokenKind.Let => VariableKind.Let, _ => VariableKind.Const };
            var word = Here;
            TakeDeclarationWord(kind);
            if (Kind is TokenKind.Name or TokenKind.LeftBrace or TokenKind.LeftBracket)
                return ParseForDeclaration(position, scope, kind, word);
            // The engine forgets the word where no name follows, and reads an expression.
        }

        var (start, startText) = (Here, TokenText());
        _allowIn = declares || InIsOperatorInHeads;
        var expression = ParseExpression();
        _allowIn = true;
        if (IsLenient && IsWord("of"))
            return ParseForOf(position, scope, default, expression);
        RefuseForOf();
        if (Kind == TokenKind.In)
        {
            // What stands before it is the target only when it is one operand from the parenthesis on.
            if (_operand != (start.Offset, _lexer.PreviousEnd))
                throw Refuse("Invalid left-hand side in for-loop", Here);
            RefuseForInTarget(expression, startText, start);
            return ParseForIn(position, scope, default, expression);
        }
        if (InIsOperatorInHeads && expression is BinaryExpression { Operator: BinaryOperator.In } loop)
        {
            RefuseForInTarget(loop.Left, startText, start);
            return ParseForInBody(position, scope, null, loop.Left, loop.Right);
        }
        return ParseForRest(position, scope, new ExpressionStatement { Expression = expression, Position = start });
    }

    /// <summary>In the head of a for 1.0 reads <c>in</c> as everywhere, and sees afterwards whether that was a for-in loop.</summary>
    private bool InIsOperatorInHeads => _target == Runtime.CloudFrontJs10;

    private Statement ParseForDeclaration(Position position, Scope scope, VariableKind kind, Position start)
    {
        var declared = ParseDeclaredName(kind, out var namePosition);
        if (IsLenient && IsWord("of"))
            return ParseForOf(position, scope, declared, null);
        RefuseForOf();
        if (Kind == TokenKind.In)
            return ParseForIn(position, scope, declared, null);
        _allowIn = InIsOperatorInHeads;
        var declarators = ParseDeclarators(kind, declared, namePosition);
        _allowIn = true;
        if (Kind == TokenKind.In && declarators[^1].Initializer is not null)
            throw Refuse("Invalid left-hand side in for-loop", Here);
        return ParseForRest(
            position, scope, new VariableDeclaration { Kind = kind, Declarators = declarators, Position = start });
    }

    private void RefuseForInTarget(Expression target, string text, Position start)
    {
        var isTarget = _target == Runtime.CloudFrontJs20 ? IsTarget(target) : target is Identifier;
        if (isTarget && target is not Identifier { Name: "eval" or "arguments" })
            return;
        throw RefuseReference($"Invalid left-hand side \"{text}\" in for-in statement", start,
            target is ArrayLiteral or ObjectLiteral ? Rewrites.Destructuring : null);
    }

    private void RefuseForOf()
    {
        if (IsWord("of"))
            throw NotSupported(Rewrites.ForOf);
    }

    private ForStatement ParseForRest(Position position, Scope scope, Statement? initializer)
    {
        Expect(TokenKind.Semicolon);
        var test = Kind == TokenKind.Semicolon ? null : ParseExpression();
        Expect(TokenKind.Semicolon);
        var update = Kind == TokenKind.RightParenthesis ? null : ParseExpression();
        Expect(TokenKind.RightParenthesis);
        return new ForStatement
        {
            Scope = scope, Initializer = initializer, Test = test, Update = update, Body = ParseLoopBody(), Position = position,
        };
    }

    private ForInStatement ParseForIn(Position position, Scope scope, Declared declared, Expression? target)
    {
        _lexer.Next();
        var of = ParseExpression();
        declared.Binding?.SetAt = _lexer.PreviousEnd;
        return ParseForInBody(position, scope, declared.Variable, target, of);
    }

    private ForInStatement ParseForInBody(Position position, Scope scope, Variable? declared, Expression? target, Expression of)
    {
        Expect(TokenKind.RightParenthesis);
        return new ForInStatement
        {
            Scope = scope, Declared = declared, Target = target, Object = of, Body = ParseLoopBody(), Position = position,
        };
    }

    private ReturnStatement ParseReturn()
    {
        var position = Here;
        if (_scopes.Function.Node is null)
            throw Refuse("Illegal return statement", position);
        _lexer.Next();
        var argument = Kind is TokenKind.Semicolon or TokenKind.RightBrace or TokenKind.EndOfInput || _lexer.NewlineBefore
            ? null
            : ParseExpression();
        ExpectSemicolon();
        return new ReturnStatement { Argument = argument, Position = position };
    }

    private BreakStatement ParseBreak()
    {
        var position = Here;
        _lexer.Next();
        var label = ParseJumpLabel();
        ExpectSemicolon();
        return new BreakStatement { Label = label, Position = position };
    }

    private ContinueStatement ParseContinue()
    {
        var position = Here;
        _lexer.Next();
        var label = ParseJumpLabel();
        ExpectSemicolon();
        return new ContinueStatement { Label = label, Position = position };
    }

    private string? ParseJumpLabel()
    {
        _hasJumps = true;
        if (Kind != TokenKind.Name || _lexer.NewlineBefore)
            return null;
        var label = _lexer.Text;
        if (!_scopes.Function.Labels.Contains(label))
            throw Refuse($"Undefined label \"{label}\"", Here);
        _lexer.Next();
        return label;
    }

    private LabeledStatement ParseLabeled()
    {
        var labels = _scopes.Function.Labels;
        var first = labels.Count;
        var positions = new List<Position>(1);
        while (Kind == TokenKind.Name && NextCharacter(out _) == ':')
        {
            if (labels.Contains(_lexer.Text))
                throw Refuse($"Label \"{_lexer.Text}\" has already been declared", Here);
            Heighten();
            labels.Add(_lexer.Text);
            positions.Add(Here);
            _lexer.Next();
            _lexer.Next();
        }

        if (Kind == TokenKind.Function)
        {
            throw new SyntaxRefusal(new SyntaxProblem("SyntaxError",
                "In strict mode code, functions can only be declared at top level or inside a block.", Here, Rewrites.BlockFunction));
        }

        var statement = ParseStatement(inList: false);
        for (var i = labels.Count - 1; i >= first; i--)
            statement = new LabeledStatement { Label = labels[i], Body = statement, Position = positions[i - first] };
        labels.RemoveRange(first, labels.Count - first);
        return (LabeledStatement)statement;
    }

    private ThrowStatement ParseThrow()
    {
        var position = Here;
        _lexer.Next();
        if (_lexer.NewlineBefore && Kind != TokenKind.EndOfInput)
            throw Refuse("Illegal newline after throw", Here);
        var argument = ParseExpression();
        ExpectSemicolon();
        return new ThrowStatement { Argument = argument, Position = position };
    }

    private TryStatement ParseTry()
    {
        var position = Here;
        _hasJumps = true;
        _lexer.Next();
        var block = ParseBlock();
        Scope? catchScope = null;
        Variable? parameter = null;
        BlockStatement? handler = null;
        if (TryTake(TokenKind.Catch))
        {
            if (Kind == TokenKind.LeftBrace && !IsLenient)
                throw NotSupported(Rewrites.CatchBinding);
            if (Kind == TokenKind.LeftBrace)
            {
                parameter = ParseCatchWithoutBinding(out catchScope);
            }
            else
            {
                Expect(TokenKind.LeftParenthesis);
                if (Kind is TokenKind.LeftBrace or TokenKind.LeftBracket && !IsLenient)
                    throw NotSupported(Rewrites.CatchPattern);
                if (Kind is not (TokenKind.Name or TokenKind.LeftBrace or TokenKind.LeftBracket))
                    throw Unexpected();
                catchScope = _scopes.Open();
                parameter = Kind == TokenKind.Name
                    ? _scopes.DeclareHere(_lexer.Name, VariableKind.CatchParameter)!.Variable
                    : ParseCatchPattern();
                if (Kind == TokenKind.Name)
                    _lexer.Next();
                Expect(TokenKind.RightParenthesis);
            }
            handler = ParseBlock();
            _scopes.Close();
        }
        var finalizer = TryTake(TokenKind.Finally) ? ParseBlock() : null;
        if (handler is null && finalizer is null)
            throw Refuse("Missing catch or finally after try", Here);
        return new TryStatement
        {
            Block = block, CatchScope = catchScope, CatchParameter = parameter, Handler = handler, Finalizer =
                finalizer, Position = position,
        };
    }

    private SwitchStatement ParseSwitch()
    {
        var position = Here;
        _lexer.Next();
        var discriminant = ParseCondition();
        Expect(TokenKind.LeftBrace);
        var scope = _scopes.Open(isSwitch: true);
        var cases = new List<SwitchCase>();
        var hasDefault = false;
        while (!TryTake(TokenKind.RightBrace))
        {
            var start = Here;
            Expression? test = null;
            if (TryTake(TokenKind.Case))
            {
                test = ParseExpression();
            }
            else if (Kind == TokenKind.Default)
            {
                if (hasDefault)
                    throw Refuse("More than one default clause in switch statement", start);
                hasDefault = true;
                _lexer.Next();
            }
            else
            {
                throw Unexpected();
            }
            Expect(TokenKind.Colon);
            var body = new List<Statement>();
            while (Kind is not (TokenKind.Case or TokenKind.Default or TokenKind.RightBrace or TokenKind.EndOfInput))
                body.Add(ParseStatement(inList: true));
            cases.Add(new SwitchCase { Test = test, Body = body, Position = start });
        }
        _scopes.Close();
        return new SwitchStatement { Scope = scope, Discriminant = discriminant, Cases = cases, Position = position };
    }
}

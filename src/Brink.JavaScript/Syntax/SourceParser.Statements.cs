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
        if (!IsRuntime20 && _lexer.Text == "let" && (Lexer.IsNamePart(next) || next is '[' or '{'))
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
            throw NotSupported(Rewrites.Const10);
        if (!inList)
        {
            var word = kind == VariableKind.Let ? "let" : "const";
            throw Refuse($"{word} declaration cannot appear in a single-statement context", Here, "braces around the declaration");
        }
        return ParseVariableStatement(kind);
    }

    private VariableDeclaration ParseVariableStatement(VariableKind kind)
    {
        var position = Here;
        TakeDeclarationWord(kind);
        var declarators = ParseDeclarators(kind, ParseDeclaredName(kind, out var namePosition), namePosition);
        ExpectSemicolon();
        return new VariableDeclaration { Kind = kind, Declarators = declarators, Position = position };
    }

    /// <summary>Takes <c>var</c>, <c>let</c> or <c>const</c> and sees that a name follows.</summary>
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
        if (Kind != TokenKind.Name && !IsLenient && kind != VariableKind.Var)
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
                throw Refuse("missing initializer in const declaration", position);
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

    private Statement ParseLoopBody()
    {
        _scopes.Function.Loops++;
        var body = ParseStatement(inList: false);
        _scopes.Function.Loops--;
        return body;
    }

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

        var start = Here;
        var startText = TokenText();
        Statement initializer;
        _allowIn = false;
        if (Kind is TokenKind.Var or TokenKind.Let or TokenKind.Const)
        {
            var kind = Kind switch { TokenKind.Var => VariableKind.Var, TokenKind.Let => VariableKind.Let, _ => VariableKind.Const };
            if (kind == VariableKind.Const && !IsRuntime20)
                throw NotSupported(Rewrites.Const10);
            TakeDeclarationWord(kind);
            var declared = ParseDeclaredName(kind, out var namePosition);
            if (IsLenient && IsWord("of"))
                return ParseForOf(position, scope, declared, null);
            RefuseForOf();
            if (Kind == TokenKind.In)
                return ParseForIn(position, scope, declared, null);
            var declarators = ParseDeclarators(kind, declared, namePosition);
            if (Kind == TokenKind.In && declarators.Count == 1)
                throw Refuse("Invalid left-hand side in for-loop", start);
            initializer = new VariableDeclaration { Kind = kind, Declarators = declarators, Position = start };
        }
        else
        {
            if (!IsRuntime20 && IsWord("let") && Lexer.IsNamePart(NextCharacter(out _)))
                throw NotSupported(Rewrites.Const10);
            var expression = ParseExpression();
            if (IsLenient && IsWord("of"))
                return ParseForOf(position, scope, default, expression);
            RefuseForOf();
            if (Kind == TokenKind.In)
            {
                if (expression is SequenceExpression)
                    throw Refuse("Invalid left-hand side in for-loop", start);
                var isTarget = IsRuntime20 ? IsTarget(expression) : expression is Identifier;
                if (!isTarget || expression is Identifier { Name: "eval" or "arguments" })
                {
                    throw RefuseReference($"Invalid left-hand side \"{startText}\" in for-in statement", start,
                        expression is ArrayLiteral or ObjectLiteral ? Rewrites.Destructuring : null);
                }
                return ParseForIn(position, scope, default, expression);
            }
            initializer = new ExpressionStatement { Expression = expression, Position = start };
        }
        _allowIn = true;
        return ParseForRest(position, scope, initializer);
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
        _allowIn = true;
        _lexer.Next();
        var of = ParseExpression();
        declared.Binding?.SetAt = _lexer.PreviousEnd;
        Expect(TokenKind.RightParenthesis);
        return new ForInStatement
        {
            Scope = scope, Declared = declared.Variable, Target = target, Object = of, Body = ParseLoopBody(), Position = position,
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
        var label = ParseJumpLabel(out _);
        var function = _scopes.Function;
        if (label is null && function.Loops + function.Switches == 0)
            throw Refuse("Illegal break statement", position);
        ExpectSemicolon();
        return new BreakStatement { Label = label, Position = position };
    }

    private ContinueStatement ParseContinue()
    {
        var position = Here;
        _lexer.Next();
        var label = ParseJumpLabel(out var isLoop);
        if (_scopes.Function.Loops == 0 || (label is not null && !isLoop))
            throw Refuse("Illegal continue statement", position);
        ExpectSemicolon();
        return new ContinueStatement { Label = label, Position = position };
    }

    private string? ParseJumpLabel(out bool isLoop)
    {
        isLoop = false;
        if (Kind != TokenKind.Name || _lexer.NewlineBefore)
            return null;
        var label = _lexer.Text;
        foreach (var (name, marksLoop) in _scopes.Function.Labels)
        {
            if (name != label)
                continue;
            isLoop = marksLoop;
            _lexer.Next();
            return label;
        }
        throw Refuse($"Undefined label \"{label}\"", Here);
    }

    private LabeledStatement ParseLabeled()
    {
        var labels = _scopes.Function.Labels;
        var first = labels.Count;
        var positions = new List<Position>(1);
        while (Kind == TokenKind.Name && NextCharacter(out _) == ':')
        {
            foreach (var (name, _) in labels)
            {
                if (name == _lexer.Text)
                    throw Refuse($"Label \"{name}\" has already been declared", Here);
            }
            Heighten();
            labels.Add((_lexer.Text, false));
            positions.Add(Here);
            _lexer.Next();
            _lexer.Next();
        }

        if (Kind is TokenKind.For or TokenKind.While or TokenKind.Do)
        {
            for (var i = first; i < labels.Count; i++)
                labels[i] = (labels[i].Name, true);
        }
        if (Kind == TokenKind.Function)
            throw Refuse("In strict mode code, functions can only be declared at top level or inside a block", Here,
                Rewrites.BlockFunction);

        var statement = ParseStatement(inList: false);
        for (var i = labels.Count - 1; i >= first; i--)
            statement = new LabeledStatement { Label = labels[i].Name, Body = statement, Position = positions[i - first] };
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
        _scopes.Function.Switches++;
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
        _scopes.Function.Switches--;
        _scopes.Close();
        return new SwitchStatement { Scope = scope, Discriminant = discriminant, Cases = cases, Position = position };
    }
}

namespace Brink.JavaScript.Syntax;

/// <summary>Functions of every kind.</summary>
internal sealed partial class SourceParser
{
    /// <summary>Gives a function without a name the one of what it is assigned to.</summary>
    private static Expression Named(Expression value, string name)
    {
        if (value is FunctionExpression { Function: { Name: null } function })
            function.Name = name;
        return value;
    }

    /// <summary>From the word <c>function</c> on.</summary>
    private FunctionExpression ParseFunctionExpression(Position position, bool isAsync)
    {
        _lexer.Next();
        if (Kind == TokenKind.Multiply && IsLenient)
            TakeGeneratorStar();
        string? name = null;
        var selfName = -1;
        if (Kind == TokenKind.Name)
        {
            (name, selfName) = (_lexer.Text, _lexer.Name);
            if (_scopes.IsForbidden(selfName))
                throw Refuse($"Identifier \"{name}\" is forbidden in function declaration", Here);
            _lexer.Next();
        }
        var function = ParseFunction(FunctionKind.Normal, isAsync, name, position, isHoisted: false, selfName);
        return new FunctionExpression { Function = function, Position = position };
    }

    /// <summary>From the parameters on.</summary>
    private FunctionNode ParseFunction(FunctionKind kind, bool isAsync, string? name, Position position, bool isHoisted, int selfName = -1)
    {
        var node = new FunctionNode { Kind = kind, IsAsync = isAsync, Name = name, Position = position };
        var allowIn = _allowIn;
        _allowIn = true;
        if (_reports10 && isAsync)
            FoundAsync10(position);
        OpenFunction(node, isHoisted, selfName);
        ParseParameters(node);
        Expect(TokenKind.LeftBrace);
        node.Body = ParseFunctionBody();
        _scopes.CloseFunction();
        _allowIn = allowIn;
        return node;
    }

    private void OpenFunction(FunctionNode node, bool isHoisted, int selfName)
    {
        _scopes.OpenFunction(node, isHoisted, selfName);
        var most = Dialect.MaxFunctionDepth(_target);
        if (_scopes.Function.Depth != most + 1)
            return;                                         // what is deeper still was refused with it
        if (_target == Runtime.CloudFrontJs20)
        {
            RefuseLate(new SyntaxProblem("RangeError", "Maximum function nesting depth exceeded", node.Position, Rewrites.Nesting));
            return;
        }
        var message = $"The maximum function nesting level is \"{most}\"";
        if (!IsLenient)
            throw Refuse(message, Here, Rewrites.Nesting);
        Found(SyntaxRules.Syntax, message, Here, Rewrites.Nesting);
    }

    private List<Statement> ParseFunctionBody()
    {
        var outer = _hasJumps;
        _hasJumps = false;
        var body = ParseListUntilBrace();
        CheckJumps(body);
        _hasJumps = outer;
        return body;
    }

    private void ParseParameters(FunctionNode node)
    {
        Expect(TokenKind.LeftParenthesis);
        if (TryTake(TokenKind.RightParenthesis))
            return;
        var parameters = new List<Variable>(2);
        while (Kind != TokenKind.RightParenthesis)
        {
            if (TryTake(TokenKind.Ellipsis))
            {
                node.Rest = ParseParameter();
                if (Kind != TokenKind.RightParenthesis)
                    throw Kind == TokenKind.EndOfInput ? Unexpected() : Refuse("Rest parameter must be last formal parameter", Here);
                break;
            }
            parameters.Add(ParseParameter());
            if (Kind == TokenKind.Assign && IsLenient)
                ParseDefaultValue(parameters[^1]);
            if (Kind != TokenKind.RightParenthesis)
                Expect(TokenKind.Comma, Kind == TokenKind.Assign ? Rewrites.DefaultParameter : null);
        }
        node.Parameters = parameters;
        Expect(TokenKind.RightParenthesis);
    }

    private Variable ParseParameter()
    {
        if (Kind is TokenKind.LeftBrace or TokenKind.LeftBracket)
        {
            if (!IsLenient)
                throw NotSupported(Rewrites.DestructuringParameter);
            return ParseParameterPattern();
        }
        if (Kind != TokenKind.Name)
            throw Unexpected();
        var parameter = _scopes.DeclareHere(_lexer.Name, VariableKind.Parameter) ?? throw Refuse("Duplicate parameter names", Here);
        _lexer.Next();
        return parameter.Variable!;
    }

    // ---------------------------------------------------------------- arrows

    /// <summary>An arrow function if one begins here, found by looking ahead: an expression is never read twice.</summary>
    private FunctionExpression? TryParseArrow()
    {
        var position = Here;
        if (Kind == TokenKind.LeftParenthesis)
            return IsArrowHead() || IsLenient && IsLenientArrowHead() ? ParseArrow(position, isAsync: false) : null;
        if (Kind != TokenKind.Name)
            return null;
        if (IsBeforeArrow())
            return ParseArrow(position, isAsync: false);
        if (!IsRuntime20 || _lexer.Text != "async")
            return null;

        var next = NextCharacter(out var newlineBefore);
        if (newlineBefore || (next != '(' && !Lexer.IsNamePart(next)))
            return null;
        var mark = _lexer.Save();
        _lexer.Next();
        if (Kind == TokenKind.LeftParenthesis
            ? IsArrowHead() || IsLenient && IsLenientArrowHead()
            : Kind == TokenKind.Name && IsBeforeArrow())
            return ParseArrow(position, isAsync: true);
        _lexer.Restore(mark);
        return null;
    }

    /// <summary>Whether <c>=></c> follows the current token on the same line.</summary>
    private bool IsBeforeArrow()
    {
        var next = _lexer.PeekNext(out var newlineBefore);
        return !newlineBefore && next + 1 < _source.Length && _source[next] == '=' && _source[next + 1] == '>';
    }

    /// <summary>Whether the parenthesis here holds only names and is followed by <c>=></c>.</summary>
    private bool IsArrowHead()
    {
        var mark = _lexer.Save();
        _lexer.Next();
        var isHead = false;
        while (true)
        {
            if (Kind == TokenKind.RightParenthesis)
            {
                isHead = IsBeforeArrow();
                break;
            }
            var isRest = TryTake(TokenKind.Ellipsis);
            if (Kind != TokenKind.Name)
                break;
            _lexer.Next();
            if (Kind != TokenKind.RightParenthesis && (isRest || !TryTake(TokenKind.Comma)))
                break;
        }
        _lexer.Restore(mark);
        return isHead;
    }

    private FunctionExpression ParseArrow(Position position, bool isAsync)
    {
        var node = new FunctionNode { Kind = FunctionKind.Arrow, IsAsync = isAsync, Position = position };
        if (_reports10 && isAsync)
            FoundAsync10(position);
        OpenFunction(node, isHoisted: false, selfName: -1);
        if (Kind == TokenKind.LeftParenthesis)
            ParseParameters(node);
        else
            node.Parameters = [ParseParameter()];
        Expect(TokenKind.Arrow);
        if (Kind == TokenKind.LeftBrace)
        {
            var allowIn = _allowIn;
            _allowIn = true;
            _lexer.Next();
            node.Body = ParseFunctionBody();
            _allowIn = allowIn;
        }
        else
        {
            node.ExpressionBody = ParseAssignment();
        }
        _scopes.CloseFunction();
        return new FunctionExpression { Function = node, Position = position };
    }
}

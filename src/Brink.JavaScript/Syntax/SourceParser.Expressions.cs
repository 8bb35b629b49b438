using Brink.JavaScript.Decimals;

namespace Brink.JavaScript.Syntax;

/// <summary>Expressions, from the loosest operator to the tightest.</summary>
internal sealed partial class SourceParser
{
    private Expression ParseExpression()
    {
        var first = ParseAssignment();
        if (Kind != TokenKind.Comma)
            return first;
        var expressions = new List<Expression> { first };
        while (TryTake(TokenKind.Comma))
            expressions.Add(ParseAssignment());
        return new SequenceExpression { Expressions = expressions, Position = first.Position };
    }

    /// <summary>Inside of any bracket the word <c>in</c> is an operator again, also in the head of a for.</summary>
    private Expression ParseBracketed()
    {
        var allowIn = _allowIn;
        _allowIn = true;
        var expression = ParseExpression();
        _allowIn = allowIn;
        return expression;
    }

    private Expression ParseBracketedAssignment()
    {
        var allowIn = _allowIn;
        _allowIn = true;
        var expression = ParseAssignment();
        _allowIn = allowIn;
        return expression;
    }

    private Expression ParseAssignment()
    {
        var outer = Enter();
        var expression = TryParseArrow() ?? ParseAssignmentCore();
        Leave(outer);
        return expression;
    }

    private Expression ParseAssignmentCore()
    {
        var left = ParseConditional();
        if (Kind is < TokenKind.Assign or > TokenKind.BitwiseXorAssign)
            return left;

        if (left is Identifier { Name: "eval" or "arguments" } forbidden)
            throw Refuse($"Identifier \"{forbidden.Name}\" is forbidden as left-hand in assignment", Here);
        if (!IsTarget(left))
        {
            if (IsLenient && Kind == TokenKind.Assign && left is ArrayLiteral or ObjectLiteral)
                return ParseDestructuringAssignment(left);
            throw RefuseReference("Invalid left-hand side in assignment", Here,
                left is ArrayLiteral or ObjectLiteral ? Rewrites.Destructuring : null);
        }
        var kind = Kind;
        _lexer.Next();
        var value = ParseAssignment();
        if (kind == TokenKind.Assign && left is Identifier target)
            Named(value, target.Name);
        return new AssignmentExpression
        {
            Operator = kind == TokenKind.Assign ? null : AssignedOperator(kind),
            Target = left,
            Value = value,
            Position = left.Position,
        };
    }

    private static bool IsTarget(Expression expression) => expression is Identifier or MemberExpression or IndexExpression;

    private static BinaryOperator AssignedOperator(TokenKind kind) => kind switch
    {
        TokenKind.AddAssign => BinaryOperator.Add,
        TokenKind.SubtractAssign => BinaryOperator.Subtract,
        TokenKind.MultiplyAssign => BinaryOperator.Multiply,
        TokenKind.DivideAssign => BinaryOperator.Divide,
        TokenKind.RemainderAssign => BinaryOperator.Remainder,
        TokenKind.PowerAssign => BinaryOperator.Power,
        TokenKind.ShiftLeftAssign => BinaryOperator.ShiftLeft,
        TokenKind.ShiftRightAssign => BinaryOperator.ShiftRight,
        TokenKind.ShiftRightUnsignedAssign => BinaryOperator.ShiftRightUnsigned,
        TokenKind.BitwiseAndAssign => BinaryOperator.BitwiseAnd,
        TokenKind.BitwiseOrAssign => BinaryOperator.BitwiseOr,
        _ => BinaryOperator.BitwiseXor,
    };

    private Expression ParseConditional()
    {
        var test = ParseBinary(0);
        if (Kind == TokenKind.OptionalChain)
            throw RefuseOptionalChain();
        if (!TryTake(TokenKind.Question))
            return test;
        var then = ParseBracketedAssignment();
        Expect(TokenKind.Colon);
        var otherwise = ParseAssignment();
        return new ConditionalExpression { Test = test, Then = then, Else = otherwise, Position = test.Position };
    }

    /// <summary>
    /// The engine takes <c>a?.b</c> for the beginning of a conditional and complains about whatever comes after the name.
    /// </summary>
    private SyntaxRefusal RefuseOptionalChain()
    {
        var position = Here;
        _lexer.Next();
        if (Kind == TokenKind.Name)
            _lexer.Next();
        return Unexpected(position, Rewrites.OptionalChain);
    }

    // ---------------------------------------------------------------- operators

    private const int NoPrecedence = -1;
    private const int AndPrecedence = 3;
    private const int BitwiseOrPrecedence = 4;

    private int Precedence(TokenKind kind) => kind switch
    {
        TokenKind.NullishCoalescing => 1,
        TokenKind.Or => 2,
        TokenKind.And => AndPrecedence,
        TokenKind.BitwiseOr => BitwiseOrPrecedence,
        TokenKind.BitwiseXor => 5,
        TokenKind.BitwiseAnd => 6,
        TokenKind.Equal or TokenKind.NotEqual or TokenKind.StrictEqual or TokenKind.StrictNotEqual => 7,
        TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater or TokenKind.GreaterOrEqual or TokenKind.InstanceOf => 8,
        TokenKind.In => _allowIn ? 8 : NoPrecedence,
        TokenKind.ShiftLeft or TokenKind.ShiftRight or TokenKind.ShiftRightUnsigned => 9,
        TokenKind.Add or TokenKind.Subtract => 10,
        TokenKind.Multiply or TokenKind.Divide or TokenKind.Remainder => 11,
        _ => NoPrecedence,
    };

    private static BinaryOperator OperatorOf(TokenKind kind) => kind switch
    {
        TokenKind.Add => BinaryOperator.Add,
        TokenKind.Subtract => BinaryOperator.Subtract,
        TokenKind.Multiply => BinaryOperator.Multiply,
        TokenKind.Divide => BinaryOperator.Divide,
        TokenKind.Remainder => BinaryOperator.Remainder,
        TokenKind.ShiftLeft => BinaryOperator.ShiftLeft,
        TokenKind.ShiftRight => BinaryOperator.ShiftRight,
        TokenKind.ShiftRightUnsigned => BinaryOperator.ShiftRightUnsigned,
        TokenKind.BitwiseAnd => BinaryOperator.BitwiseAnd,
        TokenKind.BitwiseOr => BinaryOperator.BitwiseOr,
        TokenKind.BitwiseXor => BinaryOperator.BitwiseXor,
        TokenKind.Equal => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.StrictEqual => BinaryOperator.StrictEqual,
        TokenKind.StrictNotEqual => BinaryOperator.StrictNotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        TokenKind.In => BinaryOperator.In,
        _ => BinaryOperator.InstanceOf,
    };

    private Expression ParseBinary(int minimum)
    {
        var left = ParseOperand();
        var (sawNullish, sawAndOr) = (false, false);
        while (true)
        {
            var kind = Kind;
            var precedence = Precedence(kind);
            if (precedence == NoPrecedence || precedence < minimum)
                return left;

            if (kind is TokenKind.NullishCoalescing or TokenKind.And or TokenKind.Or)
            {
                // ?? next to && or || needs parentheses.
                var isNullish = kind == TokenKind.NullishCoalescing;
                if (isNullish ? sawAndOr : sawNullish)
                    throw Unexpected();
                (sawNullish, sawAndOr) = (sawNullish | isNullish, sawAndOr | !isNullish);
                _lexer.Next();
                if (IsLenient && Kind == TokenKind.Assign && _lexer.PreviousEnd == _lexer.Start && IsTarget(left))
                    return ParseLogicalAssignment(left, kind);
                left = new LogicalExpression
                {
                    Operator = isNullish ? LogicalOperator.NullishCoalescing
                        : kind == TokenKind.And ? LogicalOperator.And : LogicalOperator.Or,
                    Left = left,
                    Right = ParseBinary(kind == TokenKind.Or ? AndPrecedence : BitwiseOrPrecedence),
                    Position = left.Position,
                };
            }
            else
            {
                _lexer.Next();
                left = new BinaryExpression
                {
                    Operator = OperatorOf(kind), Left = left, Right = ParseBinary(precedence + 1), Position = left.Position,
                };
            }
            Heighten();
        }
    }

    /// <summary>An operand of a binary operator; the one that binds tighter than all, <c>**</c>, included.</summary>
    private Expression ParseOperand()
    {
        // The operands of a long chain stand side by side: their heights do not add up.
        var outer = _height;
        _height = 0;
        var operand = ParseUnary();
        if (Kind == TokenKind.Power)
        {
            var level = Enter();
            _lexer.Next();
            operand = new BinaryExpression
            {
                Operator = BinaryOperator.Power,
                Left = operand,
                Right = ParseOperand(),
                Position = operand.Position
            };
            Leave(level);
            Heighten();
        }
        _height = Math.Max(outer, _height);
        return operand;
    }

    private Expression ParseUnary()
    {
        switch (Kind)
        {
            case TokenKind.Not:
                return ParseUnary(UnaryOperator.Not);
            case TokenKind.Subtract:
                return ParseUnary(UnaryOperator.Minus);
            case TokenKind.Add:
                return ParseUnary(UnaryOperator.Plus);
            case TokenKind.BitwiseNot:
                return ParseUnary(UnaryOperator.BitwiseNot);
            case TokenKind.TypeOf:
                return ParseUnary(UnaryOperator.TypeOf);
            case TokenKind.Void:
                return ParseUnary(UnaryOperator.Void);
            case TokenKind.Delete:
                return ParseUnary(UnaryOperator.Delete);
            case TokenKind.Increment or TokenKind.Decrement:
                return ParsePrefixUpdate();
            case TokenKind.Name when _lexer.Text == "await":
                return ParseAwait();
            case TokenKind.Name when IsLenient && _lexer.Text == "yield":
                return ParseYield();
            default:
                return ParsePostfix();
        }
    }

    private UnaryExpression ParseUnary(UnaryOperator @operator)
    {
        var outer = Enter();
        var position = Here;
        _lexer.Next();
        var operand = ParseUnary();
        if (Kind == TokenKind.Power)
        {
            throw Refuse("Either left-hand side or entire exponentiation must be parenthesized", Here, "(-a) ** b or -(a ** b)");
        }
        if (@operator == UnaryOperator.Delete && operand is Identifier name)
        {
            if (!IsLenient)
                // the line that is read by then
                throw Refuse("Delete of an unqualified identifier", position, Rewrites.Delete, Here.Line);
            Found(SyntaxRules.DeleteName, "delete of a variable is not supported", position, $"{name.Name} = undefined;");
        }
        Leave(outer);
        return new UnaryExpression { Operator = @operator, Operand = operand, Position = position };
    }

    private UpdateExpression ParsePrefixUpdate()
    {
        var outer = Enter();
        var position = Here;
        var delta = Kind == TokenKind.Increment ? 1 : -1;
        _lexer.Next();
        var target = ParseUnary();
        if (!IsTarget(target) || target is Identifier { Name: "eval" or "arguments" })
            throw RefuseReference("Invalid left-hand side in prefix operation", position, line: Here.Line);
        Leave(outer);
        return new UpdateExpression { Delta = delta, IsPrefix = true, Target = target, Position = position };
    }

    private Expression ParsePostfix()
    {
        var target = ParseCallOrMember();
        if (Kind is not (TokenKind.Increment or TokenKind.Decrement) || _lexer.NewlineBefore)
            return target;
        if (!IsTarget(target) || target is Identifier { Name: "eval" or "arguments" })
            throw RefuseReference("Invalid left-hand side in postfix operation", Here);
        var delta = Kind == TokenKind.Increment ? 1 : -1;
        _lexer.Next();
        return new UpdateExpression { Delta = delta, IsPrefix = false, Target = target, Position = target.Position };
    }

    private AwaitExpression ParseAwait()
    {
        var position = Here;
        var function = _scopes.Function;
        if (!IsRuntime20)
            throw NotSupported(Rewrites.Async10);
        if (!function.IsAsync && !IsLenient)
            throw Refuse("await is only valid in async functions", position, Rewrites.AwaitOutside);
        if (function.ArgumentLists > 0 && !IsLenient)
            throw Refuse("await in arguments not supported", position, Rewrites.AwaitInArguments);
        var outer = Enter();
        var found = IsLenient ? FoundAwait(position, function) : null;
        _lexer.Next();
        var argument = ParseUnary();
        found?.Rewrite = AwaitRewrite(position);
        Leave(outer);
        return new AwaitExpression { Argument = argument, Position = position };
    }

    // ---------------------------------------------------------------- members and calls

    private Expression ParseCallOrMember()
    {
        var start = _lexer.Start;
        var expression = Kind == TokenKind.New ? ParseNew() : ParsePrimary();
        while (true)
        {
            if (Kind == TokenKind.OptionalChain && IsLenient)
                expression = ParseOptionalChain(expression);
            else if (Kind == TokenKind.LeftParenthesis)
                expression = new CallExpression
                {
                    Callee = expression,
                    Arguments = ParseArguments(expression),
                    Position = expression.Position
                };
            else if (ParseMember(expression) is { } member)
                expression = member;
            else
                break;
            Heighten();
        }
        _operand = (start, _lexer.PreviousEnd);
        return expression;
    }

    /// <summary><c>.name</c>, <c>[index]</c> or a template right after an expression; null if there is none.</summary>
    private Expression? ParseMember(Expression of)
    {
        switch (Kind)
        {
            case TokenKind.Dot:
                _lexer.Next();
                if (!IsPropertyWord)
                    throw Unexpected();
                var name = _lexer.Text;
                var namePosition = Here;
                _lexer.Next();
                return new MemberExpression { Object = of, Name = name, NamePosition = namePosition, Position = of.Position };
            case TokenKind.LeftBracket:
                _lexer.Next();
                var index = ParseBracketed();
                Expect(TokenKind.RightBracket);
                return new IndexExpression { Object = of, Index = index, Position = of.Position };
            case TokenKind.Template:
                return new TaggedTemplate { Tag = of, Template = ParseTemplate(), Position = of.Position };
            default:
                return null;
        }
    }

    private bool IsPropertyWord => Kind is TokenKind.Name or >= TokenKind.Break;

    private Expression ParseNew()
    {
        var outer = Enter();
        var position = Here;
        _lexer.Next();
        if (Kind == TokenKind.Dot)
        {
            if (!IsLenient)
                throw Unexpected(Rewrites.NewTarget);
            return ParseNewTarget(position, outer);
        }
        var callee = Kind == TokenKind.New ? ParseNew() : ParsePrimary();
        while (ParseMember(callee) is { } member)
        {
            callee = member;
            Heighten();
        }
        var arguments = Kind == TokenKind.LeftParenthesis ? ParseArguments() : [];
        Leave(outer);
        return new NewExpression { Callee = callee, Arguments = arguments, Position = position };
    }

    private Expression[] ParseArguments(Expression? callee = null)
    {
        var spread = default(SpreadList);
        Expect(TokenKind.LeftParenthesis);
        if (TryTake(TokenKind.RightParenthesis))
            return [];
        _scopes.Function.ArgumentLists++;
        var arguments = new List<Expression>(2);
        do
        {
            if (arguments.Count > 0 && Kind == TokenKind.RightParenthesis)
                break;
            var start = BeginPart(ref spread);
            arguments.Add(ParseBracketedAssignment());
            EndPart(ref spread, start);
        }
        while (TryTake(TokenKind.Comma));
        Expect(TokenKind.RightParenthesis);
        if (spread.Finding is not null)
            spread.Finding.Rewrite = CallSpreadRewrite(spread, callee);
        _scopes.Function.ArgumentLists--;
        return arguments.ToArray();
    }

    // ---------------------------------------------------------------- primaries

    private Expression ParsePrimary()
    {
        var position = Here;
        switch (Kind)
        {
            case TokenKind.Name:
                return ParseName();
            case TokenKind.Number:
                var number = _lexer.Number;
                _lexer.Next();
                if (IsLenient)
                    CheckNumber(position);
                return new NumberLiteral { Value = number, Position = position };
            case TokenKind.String:
                var text = _lexer.Text;
                _lexer.Next();
                return new StringLiteral { Value = text, Position = position };
            case TokenKind.Template:
                return ParseTemplate();
            case TokenKind.Divide or TokenKind.DivideAssign:
                var (pattern, flags) = _lexer.ScanRegExp();
                if (_reports10 && flags.Contains('y'))
                    Found(SyntaxRules.RegExpFlags, "the flag y is cloudfront-js-2.0's", position,
                        "the flags g, i and m, or runtime cloudfront-js-2.0");
                _lexer.Next();
                return new RegExpLiteral { Pattern = pattern, Flags = flags, Position = position };
            case TokenKind.LeftParenthesis:
                _lexer.Next();
                if (Kind == TokenKind.RightParenthesis)
                    throw Unexpected();
                var inner = ParseBracketed();
                Expect(TokenKind.RightParenthesis);
                return inner;
            case TokenKind.LeftBracket:
                return ParseArray();
            case TokenKind.LeftBrace:
                return ParseObject();
            case TokenKind.Function:
                return ParseFunctionExpression(position, isAsync: false);
            case TokenKind.This:
                _lexer.Next();
                _scopes.ReferToThis();
                return new ThisExpression { Position = position };
            case TokenKind.Null:
                _lexer.Next();
                return new NullLiteral { Position = position };
            case TokenKind.True or TokenKind.False:
                var value = Kind == TokenKind.True;
                _lexer.Next();
                return new BooleanLiteral { Value = value, Position = position };
            case TokenKind.Class when IsLenient:
                return ParseClass(isStatement: false);
            case TokenKind.Super when IsLenient:
                _lexer.Next();                              // the class around it was reported
                return new ThisExpression { Position = position };
            case TokenKind.Class or TokenKind.Super:
                throw NotSupported(Rewrites.Class);
            case TokenKind.Import when IsLenient:
                return ParseDynamicImport(position);
            case TokenKind.Import:
                throw Unexpected(Rewrites.Import);
            default:
                throw Unexpected();
        }
    }

    private Expression ParseName()
    {
        var position = Here;
        if (_lexer.Text == "async")
        {
            if (IsBeforeFunction())
            {
                if (!IsRuntime20)
                    throw NotSupported(Rewrites.Async10);
                _lexer.Next();
                return ParseFunctionExpression(position, isAsync: true);
            }
            _sawAsyncName = !IsRuntime20;
        }
        var identifier = new Identifier { Name = _lexer.Text, Position = position };
        _scopes.Refer(identifier, _lexer.Name);
        _lexer.Next();
        return identifier;
    }

    private TemplateLiteral ParseTemplate()
    {
        var position = Here;
        var strings = new List<string>(2);
        var raws = new List<string>(2);
        var expressions = new List<Expression>(1);
        while (true)
        {
            var goesOn = _lexer.ScanTemplateStretch(position, out var cooked, out var raw);
            strings.Add(cooked);
            raws.Add(raw);
            _lexer.Next();
            if (!goesOn)
                return new TemplateLiteral { Strings = strings, Raw = raws, Expressions = expressions, Position = position };
            expressions.Add(ParseBracketed());
            if (Kind != TokenKind.RightBrace)
                throw Refuse("Missing \"}\" in template expression", Here);
        }
    }

    private ArrayLiteral ParseArray()
    {
        var position = Here;
        _lexer.Next();
        var elements = new List<Expression?>();
        var spread = default(SpreadList);
        while (!TryTake(TokenKind.RightBracket))
        {
            if (TryTake(TokenKind.Comma))
            {
                elements.Add(null);
                continue;
            }
            var start = BeginPart(ref spread);
            elements.Add(ParseBracketedAssignment());
            EndPart(ref spread, start);
            if (Kind != TokenKind.RightBracket)
                Expect(TokenKind.Comma);
        }
        if (spread.Finding is not null)
            spread.Finding.Rewrite = ArraySpreadRewrite(spread);
        return new ArrayLiteral { Elements = elements, Position = position };
    }

    // ---------------------------------------------------------------- objects

    private ObjectLiteral ParseObject()
    {
        var position = Here;
        _lexer.Next();
        var properties = new List<PropertyNode>();
        var hasPrototype = false;
        var spread = default(SpreadList);
        while (!TryTake(TokenKind.RightBrace))
        {
            var start = BeginPart(ref spread);
            var property = spread.IsSpreadNow ? ParseSpreadProperty() : ParseProperty();
            EndPart(ref spread, start);
            if (property.IsPrototypeSetter && hasPrototype)
                throw Refuse("Duplicate __proto__ fields are not allowed in object literals", property.Position);
            hasPrototype |= property.IsPrototypeSetter;
            properties.Add(property);
            if (Kind != TokenKind.RightBrace)
                Expect(TokenKind.Comma);
        }
        if (spread.Finding is not null)
            spread.Finding.Rewrite = ObjectSpreadRewrite(spread);
        return new ObjectLiteral { Properties = properties, Position = position };
    }

    private readonly record struct PropertyKey(string? Name, Expression? Computed);

    private PropertyNode ParseProperty()
    {
        var position = Here;
        if (Kind == TokenKind.Ellipsis)
            throw NotSupported(Rewrites.ObjectSpread);

        if (Kind == TokenKind.Name && _lexer.Text is "get" or "set" or "async")
        {
            var next = NextCharacter(out _);
            if (_lexer.Text == "async")
            {
                if (IsRuntime20 && next is ',' or '}' or '(')
                    throw Unexpected(Rewrites.AsyncName);
                if (IsRuntime20 && next == '*')
                    throw Unexpected(Rewrites.Generator);
            }
            if (next is not (',' or '}' or '(' or ':' or '=' or '*'))
            {
                switch (_lexer.Text)
                {
                    case "get":
                        return ParseAccessor(position, FunctionKind.Getter);
                    case "set":
                        return ParseAccessor(position, FunctionKind.Setter);
                    case "async" when IsRuntime20:
                        _lexer.Next();
                        return ParseMethod(position, ParsePropertyKey(), isAsync: true);
                }
            }
        }

        var isName = Kind == TokenKind.Name;
        var name = _lexer.Name;
        var key = ParsePropertyKey();
        if (Kind == TokenKind.LeftParenthesis)
            return ParseMethod(position, key, isAsync: false);

        if (TryTake(TokenKind.Colon))
        {
            var value = ParseBracketedAssignment();
            var isPrototypeSetter = key.Name == "__proto__";
            return new PropertyNode
            {
                Name = key.Name,
                ComputedName = key.Computed,
                Value = key.Name is null || isPrototypeSetter ? value : Named(value, key.Name),
                IsPrototypeSetter = isPrototypeSetter,
                Position = position,
            };
        }

        if (!isName)
            throw Unexpected();
        if (Kind == TokenKind.Assign)
        {
            if (!IsLenient)
                throw NotSupported(Rewrites.DestructuringParameter);
            _lexer.Next();                                  // the pattern that this is a part of is reported at its end
            ParseBracketedAssignment();
        }
        if (Kind is not (TokenKind.Comma or TokenKind.RightBrace))
            throw Unexpected();
        if (key.Name == "await" && IsRuntime20)
            throw Refuse("await is only valid in async functions", position, Rewrites.AwaitOutside);
        var identifier = new Identifier { Name = key.Name!, Position = position };
        _scopes.Refer(identifier, name);
        return new PropertyNode { Name = key.Name, Value = identifier, Position = position };
    }

    private PropertyKey ParsePropertyKey()
    {
        PropertyKey key;
        if (Kind == TokenKind.LeftBracket)
        {
            _lexer.Next();
            key = new PropertyKey(null, ParseBracketedAssignment());
            Expect(TokenKind.RightBracket);
            return key;
        }
        if (IsPropertyWord || Kind == TokenKind.String)
            key = new PropertyKey(_lexer.Text, null);
        else if (Kind == TokenKind.Number)
            key = new PropertyKey(DecimalText.Of(_lexer.Number), null);
        else
            throw Unexpected(Kind == TokenKind.Multiply ? Rewrites.Generator : null);
        _lexer.Next();
        return key;
    }

    private PropertyNode ParseMethod(Position position, PropertyKey key, bool isAsync)
    {
        if (Kind != TokenKind.LeftParenthesis)
            throw Unexpected();
        var function = ParseFunction(FunctionKind.Method, isAsync, key.Name, position, isHoisted: false);
        return new PropertyNode
        {
            Name = key.Name, ComputedName = key.Computed, Value =
                new FunctionExpression { Function = function, Position = position }, Position = position,
        };
    }

    private PropertyNode ParseAccessor(Position position, FunctionKind kind)
    {
        var isGetter = kind == FunctionKind.Getter;
        _lexer.Next();
        var key = ParsePropertyKey();
        if (Kind != TokenKind.LeftParenthesis)
            throw Unexpected();
        var parameters = Here;
        var name = key.Name is null ? null : (isGetter ? "get " : "set ") + key.Name;
        var function = ParseFunction(kind, isAsync: false, name, position, isHoisted: false);
        if (isGetter && (function.Parameters.Count > 0 || function.Rest is not null))
            throw Refuse("Getter must not have any formal parameters", parameters);
        if (!isGetter && (function.Parameters.Count != 1 || function.Rest is not null))
            throw Refuse("Setter must have exactly one formal parameter", parameters);
        return new PropertyNode
        {
            Kind = isGetter ? PropertyKind.Getter : PropertyKind.Setter,
            Name = key.Name,
            ComputedName = key.Computed,
            Value = new FunctionExpression { Function = function, Position = position },
            Position = position,
        };
    }
}

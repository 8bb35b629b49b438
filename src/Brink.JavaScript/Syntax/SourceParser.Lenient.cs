namespace Brink.JavaScript.Syntax;

/// <summary>
/// The lenient way of reading: what the dialect refuses is noted, understood as newer versions of the language mean it, and read past, so
/// that one look at a file finds everything. The tree that comes of it is for looking at, never for running. Scripts for 1.0 are read as
/// 2.0, and what 1.0 lacks is noted.
/// </summary>
internal sealed partial class SourceParser
{
    private const string PatternName = "(pattern)";

    private readonly List<SyntaxFinding>? _found;
    private readonly bool _reports10;
    private Pattern? _pattern;
    private bool _sawGenerator;

    private bool IsLenient => _found is not null;

    /// <summary>A destructuring pattern in a declaration, until its initializer is read.</summary>
    private sealed record Pattern(SyntaxFinding Finding, VariableKind Kind, List<PatternPart> Parts);

    /// <summary>One name of a pattern: <c>name</c> is the source's <c>Path</c>, or <c>Default</c> when that is undefined.</summary>
    /// <param name="Name">The name that is declared.</param>
    /// <param name="Path">Where in the source, as text.</param>
    /// <param name="Default">The text of the default value; null for none.</param>
    /// <param name="IsRest">It takes what the others leave.</param>
    /// <param name="Variable">What is declared; null if the name was taken.</param>
    /// <param name="Keys">The path as property names; null where one of them is computed.</param>
    /// <param name="Position">Where the property's name stands.</param>
    private readonly record struct PatternPart(
        string Name, string Path, string? Default, bool IsRest, Variable? Variable, string[]? Keys, Position Position);

    private readonly List<(Variable Variable, Expression Value)> _taken = [];
    private readonly List<(Identifier Target, Expression Value)> _assigned = [];

    /// <summary>
    /// What variables get by destructuring, in the words of the dialect: for <c>const { request } = event</c> the variable request and
    /// <c>event.request</c>. Read it when the program has been parsed.
    /// </summary>
    public IEnumerable<(Variable Variable, Expression Value)> Destructured => _taken.Concat(
        _assigned.Where(each => each.Target.Variable is not null).Select(each => (each.Target.Variable!, each.Value)));

    /// <summary>Notes what the names of a pattern hold, as expressions on the value that it takes apart.</summary>
    private Variable TakeApart(Variable whole, List<PatternPart> parts)
    {
        foreach (var part in parts)
        {
            if (part is not { Variable: { } variable, Keys: { } keys, IsRest: false, Default: null })
                continue;
            Expression value = new Identifier { Name = whole.Name, Variable = whole, Position = part.Position };
            foreach (var key in keys)
                value = new MemberExpression { Object = value, Name = key, Position = part.Position, NamePosition = part.Position };
            _taken.Add((variable, value));
        }
        return whole;
    }

    private SyntaxFinding Found(string rule, string message, Position position, string? rewrite)
    {
        var finding = new SyntaxFinding { Rule = rule, Message = message, Position = position, Rewrite = rewrite };
        _found!.Add(finding);
        return finding;
    }

    private void FoundLiteral(string rule, string message, Position position)
    {
        var rewrite = "only the flags g, i, m and y";
        if (rule == SyntaxRules.OctalLiteral)
        {
            var end = position.Offset;
            while (end < _source.Length && char.IsAsciiDigit(_source[end]))
                end++;
            var digits = _source.AsSpan(position.Offset, end - position.Offset).TrimStart('0');
            rewrite = (digits.ContainsAny('8', '9') ? "" : "0o") + (digits.IsEmpty ? "0" : digits.ToString());
        }
        Found(rule, message, position, rewrite);
    }

    /// <summary>Source text for a rewrite; null when it would not fit on a line.</summary>
    private string? Slice(int start, int end)
    {
        var text = _source.AsSpan(start, Math.Max(0, end - start)).Trim();
        return text.Length is 0 or > 60 || text.ContainsAny('\n', '\r') ? null : text.ToString();
    }

    private string Word => _reports10 ? "var" : "const";

    // ---------------------------------------------------------------- what only 1.0 lacks

    private void FoundConst10(Position word)
    {
        if (_found!.Find(finding => finding.Rule == SyntaxRules.ConstLet) is { } first)
            first.More++;
        else
            Found(SyntaxRules.ConstLet, "const and let are cloudfront-js-2.0's", word, "var, or runtime cloudfront-js-2.0");
    }

    private void FoundAsync10(Position position) =>
        Found(SyntaxRules.Async, "async functions are cloudfront-js-2.0's", position,
            "a function without async and await, or runtime cloudfront-js-2.0");

    // ---------------------------------------------------------------- loops

    private ForInStatement ParseForOf(Position position, Scope scope, Declared declared, Expression? target)
    {
        var pattern = _pattern;
        _pattern = null;
        var of = Here;
        var isAwait = _source.AsSpan(position.Offset + 3).TrimStart().StartsWith("await");
        var finding = pattern?.Finding ?? Found(isAwait ? SyntaxRules.ForAwait : SyntaxRules.ForOf,
            isAwait ? "for await is not supported" : "for...of is not supported", of, null);
        if (pattern is not null)
            (finding.Rule, finding.Message) = (SyntaxRules.ForOf, "for...of is not supported, and neither is destructuring");
        _allowIn = true;
        _lexer.Next();
        var start = _lexer.Start;
        var list = ParseAssignment();
        var listText = Slice(start, _lexer.PreviousEnd);
        declared.Binding?.SetAt = _lexer.PreviousEnd;
        Expect(TokenKind.RightParenthesis);
        var body = ParseLoopBody();
        finding.Rewrite = ForOfRewrite(
            pattern, declared.Variable?.Name ?? (target as Identifier)?.Name, list, listText, JumpSearch.IsIn(body));
        return new ForInStatement
        {
            Scope = scope,
            Declared = declared.Variable,
            Target = target,
            Object = list,
            Body = body,
            Position = position
        };
    }

    private string ForOfRewrite(Pattern? pattern, string? name, Expression list, string? listText, bool jumps)
    {
        if (pattern is null && name is null)
            return Rewrites.ForOf;
        var item = pattern is null ? name! : "item";
        // The pairs of an object: its keys are enough.
        if (pattern is { Parts: [{ Path: "[0]", Default: null } key, { Path: "[1]", Default: null } value] }
            && list is CallExpression { Callee: MemberExpression { Object: Identifier { Name: "Object" }, Name: "entries" },
                Arguments: [var of] } && IsPath(of) && listText is not null)
        {
            var pairs = listText[(listText.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Trim();
            return jumps
                ? $"for ({Word} {key.Name} in {pairs}) {{ {Word} {value.Name} = {pairs}[{key.Name}]; ... }}"
                : $"Object.keys({pairs}).forEach(function ({key.Name}) {{ {Word} {value.Name} = {pairs}[{key.Name}]; ... }});";
        }
        var isSimple = listText is not null && listText.All(c => Lexer.IsNamePart(c) || c == '.');
        var source = isSimple ? listText! : "list";
        var before = isSimple ? "" : $"{Word} list = {listText ?? "..."}; ";
        var taken = pattern is null ? "" : " " + Declarations(pattern, item) + ";";
        if (!jumps)
            return $"{(listText is null ? "list" : listText)}.forEach(function ({item}) {{{taken} ... }});";
        var counter = _reports10 ? "var" : "let";
        return $"{before}for ({counter} i = 0; i < {source}.length; i++) {{ {Word} {item} = {source}[i];{taken} ... }}";
    }

    // ---------------------------------------------------------------- destructuring

    private Declared ParseDeclaredPattern(VariableKind kind)
    {
        var finding = Found(SyntaxRules.Destructuring, "destructuring is not supported", Here, Rewrites.Destructuring);
        _pattern = new Pattern(finding, kind, ReadPattern(kind));
        return new Declared(TakeApart(new Variable(PatternName, kind, _scopes.Current.Scope), _pattern.Parts), null);
    }

    /// <summary>The value after <c>=</c> in a declaration.</summary>
    private Expression ParseInitializer(Declared declared)
    {
        if (_pattern is not { } pattern)
            return Named(ParseAssignment(), declared.Variable.Name);
        _pattern = null;
        var start = _lexer.Start;
        var value = ParseAssignment();
        var text = Slice(start, _lexer.PreviousEnd);
        pattern.Finding.Rewrite = text is not null && IsPath(value)
            ? $"{Declarations(pattern, text)};"
            : $"{Word} source = {text ?? "..."}; {Declarations(pattern, "source")};";
        return value;
    }

    private static bool IsPath(Expression value) => value switch
    {
        Identifier or ThisExpression => true,
        MemberExpression member => IsPath(member.Object),
        IndexExpression { Index: StringLiteral or NumberLiteral } index => IsPath(index.Object),
        _ => false,
    };

    private string Declarations(Pattern pattern, string source)
    {
        if (pattern.Parts.Count is 0 or > 6)
            return $"{Word} a = {source}.a";
        var word = _reports10 || pattern.Kind == VariableKind.Var ? "var" : pattern.Kind == VariableKind.Let ? "let" : "const";
        return $"{word} " + string.Join(", ", pattern.Parts.Select(part => $"{part.Name} = {ValueOf(part, source)}"));
    }

    private static string ValueOf(PatternPart part, string source)
    {
        if (part.IsRest)
            return part.Path.Length > 0 ? $"{source}{part.Path}" : $"Object.assign({{}}, {source})";
        var path = source + part.Path;
        return part.Default is null ? path : $"{path} === undefined ? {part.Default} : {path}";
    }

    private List<PatternPart> ReadPattern(VariableKind kind)
    {
        var parts = new List<PatternPart>();
        ReadPattern(kind, "", [], parts);
        return parts;
    }

    private void ReadPattern(VariableKind kind, string path, string[]? keys, List<PatternPart> parts)
    {
        var outer = Enter();
        var isArray = Kind == TokenKind.LeftBracket;
        var end = isArray ? TokenKind.RightBracket : TokenKind.RightBrace;
        _lexer.Next();
        for (var index = 0; !TryTake(end); index++)
        {
            if (Kind == TokenKind.Comma)
            {
                _lexer.Next();                              // a hole
                continue;
            }
            if (TryTake(TokenKind.Ellipsis))
                ReadPatternTarget(kind, isArray ? $"{path}.slice({index})" : path, null, Here, parts, isRest: true);
            else if (isArray)
                ReadPatternTarget(kind, $"{path}[{index}]", null, Here, parts, isRest: false);
            else
                ReadPatternProperty(kind, path, keys, parts);
            if (Kind != end)
                Expect(TokenKind.Comma);
        }
        Leave(outer);
    }

    private void ReadPatternProperty(VariableKind kind, string path, string[]? keys, List<PatternPart> parts)
    {
        var position = Here;
        var mark = _lexer.Save();
        var start = _lexer.Start;
        var isName = Kind == TokenKind.Name;
        var key = ParsePropertyKey();
        var inner = key.Name is null ? $"{path}{_source[start.._lexer.PreviousEnd]}"
            : isName || key.Name.All(Lexer.IsNamePart) && !char.IsAsciiDigit(key.Name[0]) ? $"{path}.{key.Name}" : $"{path}['{key.Name}']";
        if (!TryTake(TokenKind.Colon))
            _lexer.Restore(mark);                           // the key is the name as well
        ReadPatternTarget(kind, inner, key.Name is null || keys is null ? null : [.. keys, key.Name], position, parts, isRest: false);
    }

    private void ReadPatternTarget(VariableKind kind, string path, string[]? keys, Position position, List<PatternPart> parts, bool isRest)
    {
        if (Kind is TokenKind.LeftBrace or TokenKind.LeftBracket)
        {
            ReadPattern(kind, path, keys, parts);
            if (TryTake(TokenKind.Assign))
                ParseBracketedAssignment();
            return;
        }
        if (Kind != TokenKind.Name)
            throw Unexpected();
        var name = _lexer.Text;
        var variable = kind == VariableKind.Var ? _scopes.DeclareVar(_lexer.Name) : _scopes.DeclareHere(_lexer.Name, kind)?.Variable;
        _lexer.Next();
        string? value = null;
        if (TryTake(TokenKind.Assign))
        {
            var start = _lexer.Start;
            ParseBracketedAssignment();
            value = Slice(start, _lexer.PreviousEnd) ?? "...";
        }
        parts.Add(new PatternPart(name, path, value, isRest, variable, keys, position));
    }

    private Variable ParseParameterPattern()
    {
        var finding = Found(SyntaxRules.Destructuring, "destructuring of parameters is not supported", Here, null);
        var pattern = new Pattern(finding, _reports10 ? VariableKind.Var : VariableKind.Const, ReadPattern(VariableKind.Parameter));
        finding.Rewrite = $"a plain parameter, and in the body: {Declarations(pattern, "options")};";
        return TakeApart(new Variable(PatternName, VariableKind.Parameter, _scopes.Current.Scope), pattern.Parts);
    }

    private Variable ParseCatchPattern()
    {
        var finding = Found(SyntaxRules.Destructuring, "destructuring in catch is not supported", Here, null);
        var pattern = new Pattern(finding, _reports10 ? VariableKind.Var : VariableKind.Const, ReadPattern(VariableKind.CatchParameter));
        finding.Rewrite = $"catch (e) {{ {Declarations(pattern, "e")}; ... }}";
        return new Variable(PatternName, VariableKind.CatchParameter, _scopes.Current.Scope);
    }

    private SequenceExpression ParseDestructuringAssignment(Expression left)
    {
        var finding = Found(SyntaxRules.Destructuring, "destructuring is not supported", left.Position, Rewrites.Destructuring);
        _lexer.Next();
        var start = _lexer.Start;
        var value = ParseAssignment();
        var targets = Targets(left);
        foreach (var property in (left as ObjectLiteral)?.Properties ?? [])
        {
            if (property is { Name: { } key, Value: Identifier target })
                _assigned.Add((target,
                    new MemberExpression { Object = value, Name = key, Position = property.Position, NamePosition = property.Position }));
        }
        if (targets is not null)
        {
            var source = IsPath(value) ? Slice(start, _lexer.PreviousEnd) ?? "source" : "source";
            var before = IsPath(value) ? "" : $"{Word} source = {Slice(start, _lexer.PreviousEnd) ?? "..."}; ";
            finding.Rewrite = before + string.Join(" ", targets.Select(target => $"{target.Name} = {source}{target.Path};"));
        }
        return new SequenceExpression { Expressions = [left, value], Position = left.Position };
    }

    private static List<(string Name, string Path)>? Targets(Expression pattern)
    {
        if (pattern is ArrayLiteral { Elements: { Count: < 7 } elements } && elements.All(element => element is Identifier))
            return [.. elements.Select((element, index) => (((Identifier)element!).Name, $"[{index}]"))];
        if (pattern is ObjectLiteral { Properties: { Count: < 7 } properties }
            && properties.All(property => property is { Name: not null, Value: Identifier }))
            return [.. properties.Select(property => (((Identifier)property.Value).Name, "." + property.Name))];
        return null;
    }

    // ---------------------------------------------------------------- functions

    private void ParseDefaultValue(Variable parameter)
    {
        var finding = Found(
            SyntaxRules.DefaultParameter, "default values of parameters are not supported", Here, Rewrites.DefaultParameter);
        _lexer.Next();
        var start = _lexer.Start;
        ParseBracketedAssignment();
        if (parameter.Name != PatternName)
        {
            var value = Slice(start, _lexer.PreviousEnd) ?? "...";
            finding.Rewrite = $"{parameter.Name}, and in the body: if ({parameter.Name} === undefined) {{ {parameter.Name} = {value}; }}";
        }
    }

    private void TakeGeneratorStar()
    {
        Found(SyntaxRules.Generator, "generators are not supported", Here, Rewrites.Generator);
        _sawGenerator = true;
        _lexer.Next();
    }

    private Expression ParseYield()
    {
        if (!_sawGenerator)
            return ParsePostfix();
        var position = Here;
        _lexer.Next();
        TryTake(TokenKind.Multiply);
        if (Kind is TokenKind.Semicolon or TokenKind.RightParenthesis or TokenKind.RightBracket or TokenKind.RightBrace or TokenKind.Comma
            or TokenKind.EndOfInput
            || _lexer.NewlineBefore)
        {
            return new NullLiteral { Position = position };
        }
        return ParseAssignment();
    }

    /// <summary>
    /// Whether <c>=></c> follows the parenthesis that closes the one here, whatever is between: patterns and default values are.
    /// </summary>
    private bool IsLenientArrowHead()
    {
        const int longest = 2000;
        var depth = 0;
        var quote = '\0';
        var end = Math.Min(_source.Length, _lexer.Start + longest);
        for (var i = _lexer.Start; i < end; i++)
        {
            var c = _source[i];
            if (quote != '\0')
            {
                if (c == '\\')
                    i++;
                else if (c == quote)
                    quote = '\0';
            }
            else if (c is '"' or '\'' or '`')
            {
                quote = c;
            }
            else if (c is '(' or '[' or '{')
            {
                depth++;
            }
            else if (c is ')' or ']' or '}' && --depth == 0)
            {
                return _source.AsSpan(i + 1).TrimStart().StartsWith("=>");
            }
            else if (c == ';' && depth == 1)
            {
                return false;
            }
        }
        return false;
    }

    private Variable? ParseCatchWithoutBinding(out Scope scope)
    {
        Found(SyntaxRules.CatchWithoutBinding, "catch needs a name for the error", Here, Rewrites.CatchBinding);
        scope = _scopes.Open();
        return null;
    }

    private SyntaxFinding? FoundAwait(Position position, OpenFunction function)
    {
        if (function.IsAsync)
        {
            return function.ArgumentLists > 0
                ? Found(SyntaxRules.AwaitInArguments, "await is not supported inside of an argument list", position,
                    Rewrites.AwaitInArguments)
                : null;
        }
        var rewrite = function.Node switch
        {
            null => "the await inside of an async function: async function handler(event) { ... }",
            { Kind: FunctionKind.Arrow } => "async before the parameters of the arrow function around it",
            { Name: { } name } => $"async function {name}(...) {{",
            _ => "async function (...) {",
        };
        Found(SyntaxRules.AwaitOutsideAsync, function.Node is null
            ? "await is not supported at the top level"
            : "await is only valid in async functions", position, rewrite);
        return null;
    }

    private string AwaitRewrite(Position position) =>
        $"{Word} value = {Slice(position.Offset, _lexer.PreviousEnd) ?? "await ..."}; on a line before, and value in its place";

    // ---------------------------------------------------------------- spread

    /// <summary>The parts of an argument list or literal, for the rewrite, once one of them is spread.</summary>
    private struct SpreadList
    {
        public List<(int Start, int End, bool IsSpread)>? Parts;
        public SyntaxFinding? Finding;
        public bool IsSpreadNow;
    }

    private int BeginPart(ref SpreadList list)
    {
        if (!IsLenient)
            return 0;
        list.IsSpreadNow = Kind == TokenKind.Ellipsis;
        if (list.IsSpreadNow)
        {
            list.Finding ??= Found(SyntaxRules.Spread, "spread is not supported", Here, Rewrites.Spread);
            _lexer.Next();
        }
        return _lexer.Start;
    }

    private void EndPart(ref SpreadList list, int start)
    {
        if (IsLenient)
            (list.Parts ??= []).Add((start, _lexer.PreviousEnd, list.IsSpreadNow));
    }

    private PropertyNode ParseSpreadProperty()
    {
        var position = Here;
        var value = ParseBracketedAssignment();
        return new PropertyNode { ComputedName = value, Value = value, Position = position };
    }

    /// <summary>
    /// The parts as texts: each run of plain ones in <paramref name="open"/> and <paramref name="close"/>. Null if one is too long.
    /// </summary>
    private List<string>? Groups(in SpreadList list, string open, string close)
    {
        var groups = new List<string>();
        var plain = new List<string>();
        foreach (var (start, end, isSpread) in list.Parts!)
        {
            if (Slice(start, end) is not { } text)
                return null;
            if (!isSpread)
            {
                plain.Add(text);
                continue;
            }
            if (plain.Count > 0)
                groups.Add($"{open}{string.Join(", ", plain)}{close}");
            plain.Clear();
            groups.Add(text);
        }
        if (plain.Count > 0)
            groups.Add($"{open}{string.Join(", ", plain)}{close}");
        return groups;
    }

    private string ArraySpreadRewrite(in SpreadList list)
    {
        if (Groups(list, "[", "]") is not { } groups)
            return "list.concat(other)";
        return groups.Count == 1 ? $"{groups[0]}.slice()"
            : groups[0][0] == '[' || groups[0].All(Lexer.IsNamePart) ? $"{groups[0]}.concat({string.Join(", ", groups.Skip(1))})"
            : $"[].concat({string.Join(", ", groups)})";
    }

    private string ObjectSpreadRewrite(in SpreadList list) =>
        Groups(list, "{ ", " }") is not { } groups ? Rewrites.ObjectSpread
        : groups[0][0] == '{' ? $"Object.assign({string.Join(", ", groups)})"
        : $"Object.assign({{}}, {string.Join(", ", groups)})";

    private string CallSpreadRewrite(in SpreadList list, Expression? callee)
    {
        if (callee is null)
            return "an array as one argument";              // new: there is no apply for it
        var (owner, name) = callee switch
        {
            Identifier function => ("null", function.Name),
            MemberExpression { Object: Identifier of } member => (of.Name, $"{of.Name}.{member.Name}"),
            _ => ("object", "object.method"),
        };
        if (Groups(list, "[", "]") is not { } groups)
            return $"{name}.apply({owner}, list)";
        return groups.Count == 1 ? $"{name}.apply({owner}, {groups[0]})"
            : groups[0][0] == '[' ? $"{name}.apply({owner}, {groups[0]}.concat({string.Join(", ", groups.Skip(1))}))"
            : $"{name}.apply({owner}, [].concat({string.Join(", ", groups)}))";
    }

    // ---------------------------------------------------------------- expressions

    private Expression ParseOptionalChain(Expression of)
    {
        var position = Here;
        var begin = of.Position.Offset;
        // a?.b?.c is one chain and one finding: the first question mark has it, the later ones lengthen the rewrite.
        var finding = _found!.Find(known => known.Rule == SyntaxRules.OptionalChaining && known.Position.Offset > begin
            && known.Position.Offset < position.Offset && IsOneChain(begin, known.Position.Offset, position.Offset));
        finding ??= Found(SyntaxRules.OptionalChaining, "optional chaining is not supported", position, null);
        _lexer.Next();
        Expression result;
        if (Kind == TokenKind.LeftParenthesis)
        {
            result = new CallExpression { Callee = of, Arguments = ParseArguments(of), Position = of.Position };
        }
        else if (Kind == TokenKind.LeftBracket)
        {
            result = ParseMember(of)!;
        }
        else
        {
            if (!IsPropertyWord)
                throw Unexpected();
            result = new MemberExpression { Object = of, Name = _lexer.Text, NamePosition = Here, Position = of.Position };
            _lexer.Next();
        }
        // The rest of the chain belongs to it too: it must not be reached when what is before ?. is missing.
        while (Kind is TokenKind.Dot or TokenKind.LeftBracket or TokenKind.LeftParenthesis)
        {
            result = Kind == TokenKind.LeftParenthesis
                ? new CallExpression { Callee = result, Arguments = ParseArguments(result), Position = result.Position }
                : ParseMember(result)!;
        }
        finding.Rewrite = ChainRewrite(begin, _lexer.PreviousEnd);
        return result;
    }

    private bool IsOneChain(int begin, int first, int now) => !_source.AsSpan(begin, now - begin).ContainsAny(';', '\n') && first < now;

    private string ChainRewrite(int begin, int end)
    {
        if (Slice(begin, end) is not { } chain)
            return Rewrites.OptionalChain;
        var text = new System.Text.StringBuilder("(");
        for (var at = chain.IndexOf("?.", StringComparison.Ordinal); at >= 0; at = chain.IndexOf("?.", at + 1, StringComparison.Ordinal))
            text.Append(Plain(chain[..at])).Append(" && ");
        return text.Append(Plain(chain)).Append(')').ToString();

        static string Plain(string chain) =>
            chain.Replace("?.[", "[", StringComparison.Ordinal).Replace("?.(", "(", StringComparison.Ordinal)
                .Replace("?.", ".", StringComparison.Ordinal);
    }

    private AssignmentExpression ParseLogicalAssignment(Expression left, TokenKind kind)
    {
        var sign = kind switch { TokenKind.And => "&&", TokenKind.Or => "||", _ => "??" };
        var target = Slice(left.Position.Offset, _lexer.PreviousEnd - 2) ?? "a";
        var finding = Found(SyntaxRules.LogicalAssignment, $"{sign}= is not supported", Here, null);
        _lexer.Next();
        var start = _lexer.Start;
        var value = ParseAssignment();
        finding.Rewrite = $"{target} = {target} {sign} {Slice(start, _lexer.PreviousEnd) ?? "..."}";
        return new AssignmentExpression { Operator = BinaryOperator.BitwiseOr, Target = left, Value = value, Position = left.Position };
    }

    /// <summary>The literal before the current token.</summary>
    private void CheckNumber(Position position)
    {
        var text = _source[position.Offset.._lexer.PreviousEnd];
        if (_reports10 && text.Contains('_'))
            Found(SyntaxRules.NumericSeparator, "separators in numbers are cloudfront-js-2.0's", position,
                text.Replace("_", "", StringComparison.Ordinal));
        if (!IsWord("n") || _lexer.PreviousEnd != _lexer.Start)
            return;
        Found(SyntaxRules.BigInt, "BigInt is not supported", position, $"{text}: numbers are exact up to 2 to the power of 53");
        _lexer.Next();
    }

    private NullLiteral ParseNewTarget(Position position, int outer)
    {
        var name = _scopes.Function.Node?.Name;
        Found(SyntaxRules.NewTarget, "new.target is not supported", position,
            name is null ? Rewrites.NewTarget : $"this instanceof {name}");
        _lexer.Next();
        _lexer.Next();
        Leave(outer);
        return new NullLiteral { Position = position };
    }

    // ---------------------------------------------------------------- classes

    private SequenceExpression ParseClass(bool isStatement)
    {
        var position = Here;
        var finding = Found(SyntaxRules.Class, "classes are not supported", position, Rewrites.Class);
        _lexer.Next();
        var name = "Thing";
        if (Kind == TokenKind.Name)
        {
            name = _lexer.Text;
            if (isStatement)
                _scopes.DeclareHere(_lexer.Name, VariableKind.Let);
            _lexer.Next();
        }
        // What is in it stays in the tree: it is looked at like everything else.
        var parts = new List<Expression>();
        if (TryTake(TokenKind.Extends))
            parts.Add(ParseCallOrMember());
        Expect(TokenKind.LeftBrace);
        var methods = new List<string>();
        var parameters = "";
        while (!TryTake(TokenKind.RightBrace))
        {
            if (!TryTake(TokenKind.Semicolon))
                ParseClassMember(parts, methods, ref parameters);
        }
        var members = string.Concat(methods.Take(3).Select(method => $" {name}.prototype.{method} = function () {{ ... }};"));
        finding.Rewrite = $"function {name}({parameters}) {{ ... }}{members}";
        return new SequenceExpression { Expressions = parts, Position = position };
    }

    private void ParseClassMember(List<Expression> parts, List<string> methods, ref string parameters)
    {
        var position = Here;
        var isAsync = false;
        if (Kind == TokenKind.Reserved && _lexer.Text == "static" && NextCharacter(out _) is not ('(' or '=' or ';'))
            _lexer.Next();
        if (Kind == TokenKind.LeftBrace)
        {
            ParseBlock();
            return;
        }
        if (Kind == TokenKind.Name && _lexer.Text is "async" or "get" or "set" && NextCharacter(out _) is not ('(' or '=' or ';' or '}'))
        {
            isAsync = _lexer.Text == "async";
            _lexer.Next();
        }
        if (TryTake(TokenKind.Multiply))
            _sawGenerator = true;
        var key = ParsePropertyKey();
        if (Kind == TokenKind.LeftParenthesis)
        {
            var start = _lexer.End;
            var function = ParseFunction(FunctionKind.Method, isAsync, key.Name, position, isHoisted: false);
            parts.Add(new FunctionExpression { Function = function, Position = position });
            if (key.Name == "constructor")
                parameters = Slice(start, Math.Max(start, _source.IndexOf(')', start))) ?? "";
            else if (key.Name is not null)
                methods.Add(key.Name);
            return;
        }
        if (TryTake(TokenKind.Assign))
            parts.Add(ParseAssignment());
        ExpectSemicolon();
    }

    // ---------------------------------------------------------------- modules

    /// <summary>Every form of import but the one that there is; null, with nothing read, for that one.</summary>
    private Statement? TryParseOtherImport(Position position)
    {
        var mark = _lexer.Save();
        _lexer.Next();
        if (Kind is TokenKind.LeftParenthesis or TokenKind.Dot)
        {
            _lexer.Restore(mark);
            return ParseExpressionStatement();
        }
        var isDefault = Kind == TokenKind.Name;
        if (isDefault && NextCharacter(out _) != ',')
        {
            _lexer.Restore(mark);
            return null;
        }
        var finding = Found(SyntaxRules.Import, "only the default form of import is supported", position, Rewrites.Import);
        Variable? whole = null;
        var names = new List<string>();
        if (isDefault)
        {
            whole = _scopes.DeclareHere(_lexer.Name, VariableKind.Import)?.Variable;
            _lexer.Next();
            _lexer.Next();
        }
        if (TryTake(TokenKind.Multiply))
        {
            _lexer.Next();                                  // as
            if (Kind != TokenKind.Name)
                throw Unexpected(Rewrites.Import);
            whole = _scopes.DeclareHere(_lexer.Name, VariableKind.Import)?.Variable;
            _lexer.Next();
        }
        else if (TryTake(TokenKind.LeftBrace))
        {
            while (!TryTake(TokenKind.RightBrace))
                ReadImportedName(names);
        }
        if (Kind != TokenKind.String && !IsWord("from"))
            throw Unexpected(Rewrites.Import);
        if (IsWord("from"))
            _lexer.Next();
        if (Kind != TokenKind.String)
            throw Unexpected(Rewrites.Import);
        var module = _lexer.Text;
        _lexer.Next();
        ExpectSemicolon();
        var name = whole?.Name ?? (module.All(Lexer.IsNamePart) && module.Length > 0 ? module == "cloudfront" ? "cf" : module : "module");
        finding.Rewrite = $"import {name} from '{module}';" + (names.Count > 0 ? $" and {name}.{names[0]} where {names[0]} is used" : "");
        return whole is null
            ? new EmptyStatement { Position = position }
            : new ImportDeclaration { Variable = whole, Module = module, Position = position };
    }

    private void ReadImportedName(List<string> names)
    {
        if (!IsPropertyWord)
            throw Unexpected(Rewrites.Import);
        var (name, text) = (_lexer.Name, _lexer.Text);
        names.Add(text);
        _lexer.Next();
        if (IsWord("as"))
        {
            _lexer.Next();
            name = _lexer.Name;
            _lexer.Next();
        }
        _scopes.DeclareHere(name, VariableKind.Import);
        TryTake(TokenKind.Comma);
    }

    private NullLiteral ParseDynamicImport(Position position)
    {
        Found(SyntaxRules.Import, "dynamic import is not supported", position, "import name from 'module'; at the top of the file");
        _lexer.Next();
        if (Kind == TokenKind.LeftParenthesis)
            ParseArguments();
        else
            ParseMember(new NullLiteral { Position = position });
        return new NullLiteral { Position = position };
    }

    private Statement ParseExport()
    {
        var position = Here;
        var finding = Found(SyntaxRules.Export, "export is not supported", position,
            "the declaration without export: the entry point is the function named handler");
        _lexer.Next();
        if (Kind is TokenKind.LeftBrace or TokenKind.Multiply)
        {
            while (Kind is not (TokenKind.Semicolon or TokenKind.EndOfInput)
                && !(_lexer.NewlineBefore && _lexer.PreviousKind == TokenKind.RightBrace && !IsWord("from")))
                _lexer.Next();
            TryTake(TokenKind.Semicolon);
            finding.Rewrite = "nothing: the entry point is the function named handler";
            return new EmptyStatement { Position = position };
        }
        if (!TryTake(TokenKind.Default))
            return ParseStatement(inList: true);
        if (IsNamedFunctionHere() || Kind == TokenKind.Class)
            return ParseStatement(inList: true);
        var value = ParseAssignment();
        ExpectSemicolon();
        finding.Rewrite = value is FunctionExpression ? "function handler(event) { ... }"
            : value is Identifier { Name: "handler" } ? "nothing: the function named handler is the entry point"
            : "a function named handler";
        return new ExpressionStatement { Expression = value, Position = position };
    }

    private bool IsNamedFunctionHere()
    {
        var mark = _lexer.Save();
        if (IsWord("async"))
            _lexer.Next();
        var isNamed = Kind == TokenKind.Function && NextCharacter(out _) is var next && (Lexer.IsNamePart(next) || next == '*');
        _lexer.Restore(mark);
        return isNamed;
    }
}

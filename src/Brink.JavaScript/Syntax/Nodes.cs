namespace Brink.JavaScript.Syntax;

/// <summary>A place in the source: offset in UTF-16 units, line and column from 1.</summary>
internal readonly record struct Position(int Offset, int Line, int Column);

/// <summary>
/// The tree that the parser makes and the compiler eats. Names are resolved: each identifier knows its <see cref="Variable"/>.
/// </summary>
internal abstract class Node
{
    /// <summary>Where it begins.</summary>
    public Position Position { get; init; }
}

internal abstract class Statement : Node;

internal abstract class Expression : Node;

// ---------------------------------------------------------------- scopes

internal enum VariableKind : byte { Var, Let, Const, Function, Parameter, CatchParameter, Import, FunctionName, Arguments }

/// <summary>A declared name. The compiler gives it a register, or a heap cell when an inner function captures it.</summary>
internal sealed class Variable(string name, VariableKind kind, Scope scope)
{
    public string Name { get; } = name;

    public VariableKind Kind { get; } = kind;

    public Scope Scope { get; } = scope;

    /// <summary>A function inside of the declaring one refers to it.</summary>
    public bool IsCaptured { get; set; }

    /// <summary>Declared by let or const: reading it before its declaration ran is a ReferenceError, when that can happen.</summary>
    public bool NeedsInitializationCheck { get; set; }

    /// <summary>For the compiler: register, cell or module slot.</summary>
    public int Slot { get; set; } = -1;
}

/// <summary>A block, function or module and the names declared right in it.</summary>
internal sealed class Scope(Scope? parent, FunctionNode? function, bool isFunctionScope)
{
    public Scope? Parent { get; } = parent;

    /// <summary>The function it belongs to; null for the module's top level.</summary>
    public FunctionNode? Function { get; } = function;

    /// <summary>The outermost scope of a function or of the module: where var and parameters live.</summary>
    public bool IsFunctionScope { get; } = isFunctionScope;

    /// <summary>In order of declaration.</summary>
    public List<Variable> Variables { get; } = [];

    /// <summary>Function declarations of this block, hoisted to its start.</summary>
    public List<FunctionDeclaration> Functions { get; } = [];
}

// ---------------------------------------------------------------- program and functions

/// <summary>A whole script.</summary>
internal sealed class ProgramNode : Node
{
    public required Scope Scope { get; init; }

    public required IReadOnlyList<Statement> Body { get; init; }

    /// <summary>The text it was parsed from, for messages.</summary>
    public required string Source { get; init; }
}

internal enum FunctionKind : byte { Normal, Arrow, Method, Getter, Setter }

/// <summary>A function of any kind.</summary>
internal sealed class FunctionNode : Node
{
    /// <summary>Its own name, or the one taken from where it is assigned; null for none.</summary>
    public string? Name { get; set; }

    public FunctionKind Kind { get; init; }

    public bool IsAsync { get; init; }

    /// <summary>Parameters, arguments object, var names and top-level let/const of the body.</summary>
    public Scope Scope { get; set; } = null!;

    public IReadOnlyList<Variable> Parameters { get; set; } = [];

    /// <summary>The last parameter was <c>...name</c>; it is not in <see cref="Parameters"/>.</summary>
    public Variable? Rest { get; set; }

    /// <summary>Set when the body (or an arrow in it) uses <c>arguments</c>; it is the scope's variable too. Never for an arrow.</summary>
    public Variable? Arguments { get; set; }

    /// <summary>
    /// Set for a named function expression that refers to itself: its own immutable name; it is the scope's variable too.
    /// </summary>
    public Variable? SelfName { get; set; }

    /// <summary>The body, or null when <see cref="ExpressionBody"/> is there.</summary>
    public IReadOnlyList<Statement> Body { get; set; } = [];

    /// <summary>An arrow's <c>=> expression</c>.</summary>
    public Expression? ExpressionBody { get; set; }

    /// <summary>An arrow inside uses this function's <c>this</c>: it must be reachable from there.</summary>
    public bool ThisIsCaptured { get; set; }
}

// ---------------------------------------------------------------- statements

internal sealed class VariableDeclaration : Statement
{
    public required VariableKind Kind { get; init; }

    public required IReadOnlyList<Declarator> Declarators { get; init; }
}

internal sealed class Declarator : Node
{
    public required Variable Variable { get; init; }

    public Expression? Initializer { get; init; }
}

/// <summary>
/// Hoisted: the compiler creates the function at the start of its scope (<see cref="Scope.Functions"/>); here nothing happens.
/// </summary>
internal sealed class FunctionDeclaration : Statement
{
    public required Variable Variable { get; init; }

    public required FunctionNode Function { get; init; }
}

/// <summary><c>import name from 'module'</c>: hoisted, bound before the body runs.</summary>
internal sealed class ImportDeclaration : Statement
{
    public required Variable Variable { get; init; }

    public required string Module { get; init; }
}

internal sealed class ExpressionStatement : Statement
{
    public required Expression Expression { get; init; }
}

internal sealed class BlockStatement : Statement
{
    public required Scope Scope { get; init; }

    public required IReadOnlyList<Statement> Body { get; init; }
}

internal sealed class EmptyStatement : Statement;

internal sealed class IfStatement : Statement
{
    public required Expression Test { get; init; }

    public required Statement Then { get; init; }

    public Statement? Else { get; init; }
}

internal sealed class ForStatement : Statement
{
    /// <summary>Holds the let/const of the head.</summary>
    public required Scope Scope { get; init; }

    /// <summary>A <see cref="VariableDeclaration"/>, an <see cref="ExpressionStatement"/>, or null.</summary>
    public Statement? Initializer { get; init; }

    public Expression? Test { get; init; }

    public Expression? Update { get; init; }

    public required Statement Body { get; init; }
}

internal sealed class ForInStatement : Statement
{
    public required Scope Scope { get; init; }

    /// <summary>The name declared in the head (var, let, const), or null when <see cref="Target"/> is assigned.</summary>
    public Variable? Declared { get; init; }

    /// <summary>
    /// An <see cref="Identifier"/>, <see cref="MemberExpression"/> or <see cref="IndexExpression"/>, when nothing is declared.
    /// </summary>
    public Expression? Target { get; init; }

    public required Expression Object { get; init; }

    public required Statement Body { get; init; }
}

internal sealed class WhileStatement : Statement
{
    public required Expression Test { get; init; }

    public required Statement Body { get; init; }
}

internal sealed class DoWhileStatement : Statement
{
    public required Expression Test { get; init; }

    public required Statement Body { get; init; }
}

internal sealed class ReturnStatement : Statement
{
    public Expression? Argument { get; init; }
}

internal sealed class BreakStatement : Statement
{
    public string? Label { get; init; }
}

internal sealed class ContinueStatement : Statement
{
    public string? Label { get; init; }
}

internal sealed class ThrowStatement : Statement
{
    public required Expression Argument { get; init; }
}

internal sealed class TryStatement : Statement
{
    public required BlockStatement Block { get; init; }

    /// <summary>Holds the catch parameter; null without catch.</summary>
    public Scope? CatchScope { get; init; }

    public Variable? CatchParameter { get; init; }

    public BlockStatement? Handler { get; init; }

    public BlockStatement? Finalizer { get; init; }
}

internal sealed class SwitchStatement : Statement
{
    public required Scope Scope { get; init; }

    public required Expression Discriminant { get; init; }

    public required IReadOnlyList<SwitchCase> Cases { get; init; }
}

internal sealed class SwitchCase : Node
{
    /// <summary>Null for <c>default</c>.</summary>
    public Expression? Test { get; init; }

    public required IReadOnlyList<Statement> Body { get; init; }
}

internal sealed class LabeledStatement : Statement
{
    public required string Label { get; init; }

    public required Statement Body { get; init; }
}

// ---------------------------------------------------------------- expressions

internal sealed class NumberLiteral : Expression
{
    public required double Value { get; init; }
}

/// <summary>Text as .NET holds it: code points above U+FFFF are surrogate pairs here, lone surrogates are U+FFFD already.</summary>
internal sealed class StringLiteral : Expression
{
    public required string Value { get; init; }
}

internal sealed class BooleanLiteral : Expression
{
    public required bool Value { get; init; }
}

internal sealed class NullLiteral : Expression;

/// <summary>The parser has checked pattern and flags.</summary>
internal sealed class RegExpLiteral : Expression
{
    public required string Pattern { get; init; }

    public required string Flags { get; init; }
}

/// <summary><c>`a${x}b`</c>: there is one more string than expressions.</summary>
internal sealed class TemplateLiteral : Expression
{
    /// <summary>With escapes resolved.</summary>
    public required IReadOnlyList<string> Strings { get; init; }

    /// <summary>As written (for tags).</summary>
    public required IReadOnlyList<string> Raw { get; init; }

    public required IReadOnlyList<Expression> Expressions { get; init; }
}

internal sealed class TaggedTemplate : Expression
{
    public required Expression Tag { get; init; }

    public required TemplateLiteral Template { get; init; }
}

internal sealed class Identifier : Expression
{
    public required string Name { get; init; }

    /// <summary>What it refers to; null for a global name (a built-in, or not defined).</summary>
    public Variable? Variable { get; set; }
}

internal sealed class ThisExpression : Expression;

internal sealed class ArrayLiteral : Expression
{
    /// <summary>Null for a hole.</summary>
    public required IReadOnlyList<Expression?> Elements { get; init; }
}

internal enum PropertyKind : byte { Value, Getter, Setter }

internal sealed class ObjectLiteral : Expression
{
    public required IReadOnlyList<PropertyNode> Properties { get; init; }
}

internal sealed class PropertyNode : Node
{
    public PropertyKind Kind { get; init; }

    /// <summary>The key as text, when it is not computed. A numeric key is its canonical text.</summary>
    public string? Name { get; init; }

    /// <summary>The key when it is <c>[computed]</c>.</summary>
    public Expression? ComputedName { get; init; }

    /// <summary>The value; a <see cref="FunctionExpression"/> for methods and accessors.</summary>
    public required Expression Value { get; init; }

    /// <summary><c>__proto__: value</c> written as such: sets the prototype.</summary>
    public bool IsPrototypeSetter { get; init; }
}

internal sealed class FunctionExpression : Expression
{
    public required FunctionNode Function { get; init; }
}

internal enum UnaryOperator : byte { Minus, Plus, Not, BitwiseNot, TypeOf, Void, Delete }

internal sealed class UnaryExpression : Expression
{
    public required UnaryOperator Operator { get; init; }

    public required Expression Operand { get; init; }
}

/// <summary><c>++x</c>, <c>x--</c> and so on.</summary>
internal sealed class UpdateExpression : Expression
{
    /// <summary>+1 or -1.</summary>
    public required int Delta { get; init; }

    public required bool IsPrefix { get; init; }

    public required Expression Target { get; init; }
}

internal enum BinaryOperator : byte
{
    Add, Subtract, Multiply, Divide, Remainder, Power,
    ShiftLeft, ShiftRight, ShiftRightUnsigned, BitwiseAnd, BitwiseOr, BitwiseXor,
    Equal, NotEqual, StrictEqual, StrictNotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
    In, InstanceOf,
}

internal sealed class BinaryExpression : Expression
{
    public required BinaryOperator Operator { get; init; }

    public required Expression Left { get; init; }

    public required Expression Right { get; init; }
}

internal enum LogicalOperator : byte { And, Or, NullishCoalescing }

internal sealed class LogicalExpression : Expression
{
    public required LogicalOperator Operator { get; init; }

    public required Expression Left { get; init; }

    public required Expression Right { get; init; }
}

internal sealed class AssignmentExpression : Expression
{
    /// <summary>Null for plain <c>=</c>; else the operator of <c>+=</c> and so on.</summary>
    public BinaryOperator? Operator { get; init; }

    /// <summary>An <see cref="Identifier"/>, <see cref="MemberExpression"/> or <see cref="IndexExpression"/>.</summary>
    public required Expression Target { get; init; }

    public required Expression Value { get; init; }
}

internal sealed class ConditionalExpression : Expression
{
    public required Expression Test { get; init; }

    public required Expression Then { get; init; }

    public required Expression Else { get; init; }
}

internal sealed class CallExpression : Expression
{
    public required Expression Callee { get; init; }

    public required IReadOnlyList<Expression> Arguments { get; init; }
}

internal sealed class NewExpression : Expression
{
    public required Expression Callee { get; init; }

    public required IReadOnlyList<Expression> Arguments { get; init; }
}

/// <summary><c>object.name</c></summary>
internal sealed class MemberExpression : Expression
{
    public required Expression Object { get; init; }

    /// <summary>Where the name stands; <see cref="Node.Position"/> is where the object begins.</summary>
    public Position NamePosition { get; init; }

    public required string Name { get; init; }
}

/// <summary><c>object[index]</c></summary>
internal sealed class IndexExpression : Expression
{
    public required Expression Object { get; init; }

    public required Expression Index { get; init; }
}

internal sealed class SequenceExpression : Expression
{
    public required IReadOnlyList<Expression> Expressions { get; init; }
}

internal sealed class AwaitExpression : Expression
{
    public required Expression Argument { get; init; }
}

using Brink.JavaScript;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns.Binary;

/// <summary>
/// Runs the few forms that rows about built-ins need, straight from the tree: declarations, calls, new, members, assignments, arrows. So a built-in can be
/// tested alone, without compiler and interpreter.
/// </summary>
internal sealed class Expressions(Realm realm)
{
    private readonly Dictionary<string, Value> _variables = [];

    /// <summary>The text of the last expression, or class and message of what was thrown.</summary>
    public static string Run(string source, Runtime runtime = Runtime.CloudFrontJs20) => Run(source, TestRealm.New(runtime));

    public static string Run(string source, Realm realm)
    {
        var outcome = Parser.Parse(source, realm.Runtime);
        Assert.True(outcome.IsParsed, $"{source}: {outcome.Problem?.Message}");
        var runner = new Expressions(realm);
        var result = Value.Undefined;
        foreach (var statement in outcome.Program.Body)
        {
            result = runner.Run(statement);
            if (result.IsThrew)
                return runner.Thrown();
        }
        result = realm.ToText(result);
        return result.IsThrew ? runner.Thrown() : result.ToDotNetString();
    }

    private string Thrown()
    {
        var error = realm.Exception;
        if (!error.IsObject)
            return realm.ToText(error).ToDotNetString();
        var type = Array.IndexOf(realm.Intrinsics.ErrorPrototypes, error.AsObject.Prototype);
        return $"{(ErrorType)type}: {realm.Get(error.AsObject, Names.Message).ToDotNetString()}";
    }

    private Value Run(Statement statement)
    {
        switch (statement)
        {
            case ExpressionStatement expression:
                return Eval(expression.Expression);
            case VariableDeclaration declaration:
                foreach (var declarator in declaration.Declarators)
                {
                    var value = Eval(declarator.Initializer!);
                    if (value.IsThrew)
                        return value;
                    _variables[declarator.Variable.Name] = value;
                }
                return Value.Undefined;
            default:
                throw new NotSupportedException(statement.GetType().Name);
        }
    }

    private Value Eval(Expression expression) => expression switch
    {
        NumberLiteral number => Value.Number(number.Value),
        StringLiteral text => realm.NewText(text.Value),
        BooleanLiteral boolean => Value.Boolean(boolean.Value),
        NullLiteral => Value.Null,
        Identifier identifier => Name(identifier.Name),
        ArrayLiteral array => NewArray(array),
        ObjectLiteral @object => NewObject(@object),
        FunctionExpression function => Value.Object(new Arrow(this, realm, function.Function)),
        MemberExpression or IndexExpression => Reference(expression, out _),
        CallExpression call => Call(call),
        NewExpression @new => New(@new),
        AssignmentExpression assignment => Assign(assignment),
        UnaryExpression { Operator: UnaryOperator.Minus } minus => Negate(Eval(minus.Operand)),
        UnaryExpression { Operator: UnaryOperator.TypeOf } typeOf => Realm.TypeOf(Eval(typeOf.Operand)),
        BinaryExpression binary => Binary(binary),
        _ => throw new NotSupportedException(expression.GetType().Name),
    };

    private Value Name(string name) => _variables.TryGetValue(name, out var value) ? value : realm.Get(realm.Intrinsics.Global, realm.AtomOf(name));

    private Value Negate(in Value value) => value.IsThrew || !realm.ToNumber(value, out var number) ? Value.Threw : Value.Number(-number);

    private Value Reference(Expression expression, out Value target)
    {
        var (holder, key) = expression is MemberExpression member ? (member.Object, realm.NewText(member.Name)) : (((IndexExpression)expression).Object, Eval(((IndexExpression)expression).Index));
        target = Eval(holder);
        return target.IsThrew ? target : key.IsThrew ? key : realm.GetElement(target, key);
    }

    private bool List(IReadOnlyList<Expression> expressions, out Value[] values)
    {
        values = new Value[expressions.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Eval(expressions[i]);
            if (values[i].IsThrew)
                return false;
        }
        return true;
    }

    private Value Call(CallExpression call)
    {
        var thisValue = Value.Undefined;
        var function = call.Callee is MemberExpression or IndexExpression ? Reference(call.Callee, out thisValue) : Eval(call.Callee);
        return function.IsThrew || !List(call.Arguments, out var arguments) ? Value.Threw : realm.Call(function, thisValue, arguments);
    }

    private Value New(NewExpression @new)
    {
        var function = Eval(@new.Callee);
        return function.IsThrew || !List(@new.Arguments, out var arguments) ? Value.Threw : realm.Construct(function, arguments);
    }

    private Value NewArray(ArrayLiteral literal)
    {
        var array = realm.NewArray(literal.Elements.Count);
        foreach (var element in literal.Elements)
        {
            var value = Eval(element!);
            if (value.IsThrew)
                return value;
            array.Push(realm, value);
        }
        return Value.Object(array);
    }

    private Value NewObject(ObjectLiteral literal)
    {
        var @object = realm.NewObject();
        foreach (var property in literal.Properties)
        {
            var value = Eval(property.Value);
            if (value.IsThrew)
                return value;
            @object.Put(realm, realm.AtomOf(property.Name!), value);
        }
        return Value.Object(@object);
    }

    private Value Assign(AssignmentExpression assignment)
    {
        Assert.Null(assignment.Operator);
        if (assignment.Target is Identifier identifier)
            return _variables[identifier.Name] = Eval(assignment.Value);
        var (holder, key) = assignment.Target is MemberExpression member ? (member.Object, realm.NewText(member.Name)) : (((IndexExpression)assignment.Target).Object, Eval(((IndexExpression)assignment.Target).Index));
        var target = Eval(holder);
        var value = Eval(assignment.Value);
        return target.IsThrew || value.IsThrew || !realm.SetElement(target, key, value) ? Value.Threw : value;
    }

    private Value Binary(BinaryExpression binary)
    {
        var left = Eval(binary.Left);
        var right = left.IsThrew ? left : Eval(binary.Right);
        if (right.IsThrew)
            return right;
        switch (binary.Operator)
        {
            case BinaryOperator.StrictEqual:
                return Value.Boolean(realm.StrictEquals(left, right));
            case BinaryOperator.In:
                return realm.ToPropertyKey(left, out var key) ? Value.Boolean(realm.HasProperty(right.AsObject, key)) : Value.Threw;
            case BinaryOperator.Add when !left.IsNumber || !right.IsNumber:
                (left, right) = (realm.ToText(left), realm.ToText(right));
                return left.IsThrew || right.IsThrew ? Value.Threw : realm.Concat(left, right);
        }
        if (!realm.ToNumber(left, out var a) || !realm.ToNumber(right, out var b))
            return Value.Threw;
        return binary.Operator switch
        {
            BinaryOperator.Add => Value.Number(a + b),
            BinaryOperator.Subtract => Value.Number(a - b),
            BinaryOperator.Multiply => Value.Number(a * b),
            BinaryOperator.Divide => Value.Number(a / b),
            BinaryOperator.Greater => Value.Boolean(a > b),
            _ => throw new NotSupportedException(binary.Operator.ToString()),
        };
    }

    /// <summary>A function: an arrow with an expression, or a body that returns or throws at once.</summary>
    private sealed class Arrow(Expressions runner, Realm realm, FunctionNode node) : JsFunction(realm.EmptyShape, realm.Intrinsics.FunctionPrototype)
    {
        public override Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
        {
            for (var i = 0; i < node.Parameters.Count; i++)
                runner._variables[node.Parameters[i].Name] = arguments.At(i);
            if (node.ExpressionBody is { } body)
                return runner.Eval(body);
            return node.Body[0] switch
            {
                ReturnStatement statement => runner.Eval(statement.Argument!),
                ThrowStatement statement => realm.Throw(runner.Eval(statement.Argument)),
                _ => throw new NotSupportedException(),
            };
        }
    }
}

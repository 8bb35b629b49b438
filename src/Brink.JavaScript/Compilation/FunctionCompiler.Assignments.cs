using Brink.JavaScript.Syntax;

namespace Brink.JavaScript.Compilation;

/// <summary>Assignments and updates. A target of -1 means that the result is not used.</summary>
internal sealed partial class FunctionCompiler
{
    private void CompileAssignment(AssignmentExpression assignment, int target)
    {
        switch (assignment.Target)
        {
            case Identifier identifier:
                AssignToName(assignment, identifier, target);
                break;
            case MemberExpression member:
                AssignToMember(assignment, member.Object, member.Name, target);
                break;
            case IndexExpression index when IsName(index.Index, out var name):
                AssignToMember(assignment, index.Object, name, target);
                break;
            case IndexExpression index:
                AssignToElement(assignment, index, target);
                break;
            default:
                throw new InvalidOperationException("the parser has checked that the target can be assigned to");
        }
    }

    private void AssignToName(AssignmentExpression assignment, Identifier identifier, int target)
    {
        if (identifier.Variable is not { } variable)
        {
            AssignToGlobal(assignment, identifier, target);
            return;
        }
        int source;
        var (place, index) = Locate(variable);
        var isPlain = place == Place.Register && !variable.NeedsInitializationCheck && !IsConstant(variable);
        if (assignment.Operator is not { } @operator)
        {
            if (IsConstant(variable))
                AssignVariable(variable, -1);                           // refused before the value is asked for
            if (isPlain && WritesTargetLast(assignment.Value))
            {
                CompileTo(assignment.Value, index);
                source = index;
            }
            else
            {
                source = CompileAny(assignment.Value);
                _code.At(assignment);
                if (!IsConstant(variable))
                    AssignVariable(variable, source);
            }
        }
        else
        {
            source = isPlain ? index : Temporary();
            CompileBinary(new BinaryExpression
            {
                Operator = @operator,
                Left = identifier,
                Right = assignment.Value,
                Position = assignment.Position
            }, source);
            _code.At(assignment);
            if (!isPlain)
                AssignVariable(variable, source);
        }
        MoveResult(source, target);
    }

    private void AssignToGlobal(AssignmentExpression assignment, Identifier identifier, int target)
    {
        var source = Temporary();
        RefuseGlobal(identifier.Name);
        if (assignment.Operator is { } @operator)
            CompileBinary(new BinaryExpression
            {
                Operator = @operator,
                Left = identifier,
                Right = assignment.Value,
                Position = assignment.Position
            }, source);
        else
        {
            LoadGlobal(identifier.Name, source);                        // a name that is unknown is refused before the value is asked for
            CompileTo(assignment.Value, source);
        }
        _code.At(assignment);
        _code.Emit(Op.StoreGlobal, source, _code.Site(program.Atoms.Intern(identifier.Name)));
        MoveResult(source, target);
    }

    /// <summary>In 1.0 a bare name that is not declared cannot be assigned to, also where the global object has it.</summary>
    private void RefuseGlobal(string name)
    {
        if (program.Intrinsics.Runtime == Runtime.CloudFrontJs10)
            _code.Emit(Op.ThrowNotDefined, _code.Site(program.Atoms.Intern(name)));
    }

    private void AssignToMember(AssignmentExpression assignment, Expression holder, string name, int target)
    {
        var @object = CompileOperand(holder, assignment.Value);
        int source;
        if (assignment.Operator is { } @operator)
        {
            source = Temporary();
            GetMember(@object, name, source, assignment.Target);
            ApplyOperator(assignment, @operator, source);
        }
        else
        {
            source = CompileAny(assignment.Value);
        }
        _code.At(assignment.Target);
        _code.Emit(Op.SetProperty, @object, source, _code.Site(program.Atoms.Intern(name)));
        MoveResult(source, target);
    }

    private void AssignToElement(AssignmentExpression assignment, IndexExpression place, int target)
    {
        var @object = CompileOperand(place.Object, place.Index, assignment.Value);
        int index, source;
        if (assignment.Operator is { } @operator)
        {
            index = Temporary();
            CompileTo(place.Index, index);
            _code.At(place);
            _code.Emit(Op.ToKey, index, @object);                       // once, not for reading and for writing
            source = Temporary();
            _code.Emit(Op.GetElement, source, @object, index);
            ApplyOperator(assignment, @operator, source);
        }
        else
        {
            index = CompileOperand(place.Index, assignment.Value);
            source = CompileAny(assignment.Value);
        }
        _code.At(place);
        _code.Emit(Op.SetElement, @object, index, source);
        MoveResult(source, target);
    }

    /// <summary>r[source] = r[source] operator value</summary>
    private void ApplyOperator(AssignmentExpression assignment, BinaryOperator @operator, int source)
    {
        var right = CompileAny(assignment.Value);
        _code.At(assignment);
        _code.Emit(OperationOf(@operator), source, source, right);
    }

    private void MoveResult(int source, int target)
    {
        if (target >= 0 && source != target)
            _code.Emit(Op.Move, target, source);
    }

    /// <summary>Stores a value that is there already: the key of a for-in loop.</summary>
    private void AssignTo(Expression target, int source)
    {
        switch (target)
        {
            case Identifier { Variable: { } variable }:
                AssignVariable(variable, source);
                break;
            case Identifier identifier:
                _code.Emit(Op.StoreGlobal, source, _code.Site(program.Atoms.Intern(identifier.Name)));
                break;
            case MemberExpression member:
                _code.Emit(Op.SetProperty, CompileAny(member.Object), source, _code.Site(program.Atoms.Intern(member.Name)));
                break;
            case IndexExpression element:
                var @object = CompileOperand(element.Object, element.Index);
                _code.Emit(Op.SetElement, @object, CompileAny(element.Index), source);
                break;
            default:
                throw new InvalidOperationException("the parser has checked that the target can be assigned to");
        }
    }

    private void CompileUpdate(UpdateExpression update, int target)
    {
        var op = update.Delta > 0 ? Op.Increment : Op.Decrement;
        var keepsOld = target >= 0 && !update.IsPrefix;
        switch (update.Target)
        {
            case Identifier { Variable: { } variable } identifier:
                var register = PlainRegister(identifier);
                if (register >= 0 && !IsConstant(variable))
                {
                    if (keepsOld && target != register)
                    {
                        _code.Emit(Op.ToNumber, target, register);
                        _code.Emit(op, register, target);
                        return;
                    }
                    _code.Emit(op, register, register);
                    MoveResult(register, target);
                    return;
                }
                var value = Temporary();
                LoadVariable(variable, value);
                Step(op, value, target, keepsOld, result =>
                {
                    AssignVariable(variable, result);
                });
                return;
            case Identifier identifier:
                var global = Temporary();
                RefuseGlobal(identifier.Name);
                LoadGlobal(identifier.Name, global);
                Step(op, global, target, keepsOld,
                    result => _code.Emit(Op.StoreGlobal, result, _code.Site(program.Atoms.Intern(identifier.Name))));
                return;
            case MemberExpression member:
                var @object = CompileAny(member.Object);
                var property = Temporary();
                GetMember(@object, member.Name, property, member);
                Step(op, property, target, keepsOld,
                    result => _code.Emit(Op.SetProperty, @object, result, _code.Site(program.Atoms.Intern(member.Name))));
                return;
            case IndexExpression element:
                var holder = CompileOperand(element.Object, element.Index);
                var index = Temporary();
                CompileTo(element.Index, index);
                _code.At(element);
                _code.Emit(Op.ToKey, index, holder);
                var old = Temporary();
                _code.Emit(Op.GetElement, old, holder, index);
                Step(op, old, target, keepsOld, result => _code.Emit(Op.SetElement, holder, index, result));
                return;
            default:
                throw new InvalidOperationException("the parser has checked that the target can be updated");
        }
    }

    /// <summary>Old value in a temporary: adds or subtracts one, stores, and gives the old or the new value to the target.</summary>
    private void Step(Op op, int value, int target, bool keepsOld, Action<int> store)
    {
        var result = value;
        if (keepsOld)
        {
            _code.Emit(Op.ToNumber, value, value);
            result = Temporary();
        }
        _code.Emit(op, result, value);
        store(result);
        MoveResult(value, target);
    }
}

using Brink.JavaScript.Metering;
using Brink.JavaScript.Syntax;

namespace Brink.JavaScript.Compilation;

/// <summary>
/// Compiles one function. Registers: parameters, then the names of the function's outermost scope, then names of blocks and temporaries,
/// which come and go like a stack. A name that an inner function captures has a heap cell in its register; names of the module's top level
/// lie in the module array.
/// </summary>
internal sealed partial class FunctionCompiler(ProgramCompiler program, FunctionCompiler? outer, FunctionNode? node)
{
    private readonly CodeBuilder _code = new();
    private readonly List<FunctionCode> _functions = [];
    private readonly List<CaptureSource> _captures = [];
    private readonly Dictionary<Variable, int> _captureIndex = [];
    private readonly List<RegExpSite> _regExps = [];
    private readonly List<TemplateSite> _templates = [];
    private int _top;
    private int _registerCount;

    public FunctionCode CompileMain()
    {
        _code.At(program.Program);
        foreach (var variable in program.Program.Scope.Variables)
        {
            if (variable.NeedsInitializationCheck)
            {
                var marker = Temporary();
                _code.Emit(Op.LoadUninitialized, marker);
                _code.Emit(Op.StoreModule, marker, variable.Slot);
                Release(marker);
            }
        }
        // Imports are bound before anything runs, wherever they stand.
        foreach (var statement in program.Program.Body)
        {
            if (statement is ImportDeclaration import)
                CompileImport(import);
        }
        CreateFunctions(program.Program.Scope);
        CompileStatements(program.Program.Body);
        _code.Emit(Op.ReturnUndefined);
        return Build("main", 0, 0, -1, -1);
    }

    private FunctionCode CompileFunction()
    {
        _code.At(node!);
        foreach (var parameter in node!.Parameters)
            parameter.Slot = Temporary();
        foreach (var variable in node.Scope.Variables)
        {
            if (variable.Slot < 0)
                variable.Slot = Temporary();
        }
        var locals = _top;
        if (node.SelfName is { } self)
            _code.Emit(Op.LoadCallee, self.Slot);
        foreach (var variable in node.Scope.Variables)
        {
            if (variable.NeedsInitializationCheck && !variable.IsCaptured)
                _code.Emit(Op.LoadUninitialized, variable.Slot);
            else if (variable.NeedsInitializationCheck)
                _code.Emit(Op.NewCell, variable.Slot, 1);
            else if (variable.IsCaptured)
                _code.Emit(Op.WrapCell, variable.Slot);
        }
        CreateFunctions(node.Scope);
        if (node.ExpressionBody is { } expression)
        {
            var result = CompileAny(expression);
            _code.Emit(Op.Return, result);
        }
        else
        {
            CompileStatements(node.Body);
            _code.Emit(Op.ReturnUndefined);
        }
        return Build(node.Name ?? "", node.Parameters.Count, locals, node.Rest?.Slot ?? -1, node.Arguments?.Slot ?? -1);
    }

    private FunctionCode Build(string name, int parameters, int locals, int rest, int arguments) => new()
    {
        Name = program.Atoms.Intern(name),
        Code = _code.Code,
        Constants = _code.Constants,
        Sites = [.. _code.Sites],
        Functions = [.. _functions],
        Handlers = [.. _code.Handlers],
        Captures = [.. _captures],
        RegExps = [.. _regExps],
        Templates = [.. _templates],
        Positions = _code.Positions,
        ParameterCount = parameters,
        LocalCount = locals,
        RegisterCount = _registerCount,
        RestRegister = rest,
        ArgumentsRegister = arguments,
        IsAsync = node?.IsAsync ?? false,
        IsArrow = node?.Kind == FunctionKind.Arrow,
        IsConstructor = node is { Kind: FunctionKind.Normal, IsAsync: false },
        EntryCost = Price.Entry + locals / Price.ClearedPerUnit,
    };

    // ---------------------------------------------------------------- registers

    private int Temporary() => Temporaries(1);

    private int Temporaries(int count)
    {
        var first = _top;
        _top += count;
        if (_top > _registerCount)
        {
            if (_top > ushort.MaxValue - 8)
                throw ScriptRefusedException.TooLarge(node?.Position ?? default);
            _registerCount = _top;
        }
        return first;
    }

    /// <summary>Gives back that register and all above.</summary>
    private void Release(int register) => _top = register;

    // ---------------------------------------------------------------- names

    private enum Place { Register, Cell, Captured, Module }

    private (Place Place, int Index) Locate(Variable variable)
    {
        if (variable.Scope == program.Program.Scope)
            return (Place.Module, variable.Slot);
        if (variable.Scope.Function == node)
            return (variable.IsCaptured ? Place.Cell : Place.Register, variable.Slot);
        return (Place.Captured, CaptureIndex(variable));
    }

    private int CaptureIndex(Variable variable)
    {
        if (_captureIndex.TryGetValue(variable, out var index))
            return index;
        var (place, at) = outer!.Locate(variable);
        index = _captures.Count;
        _captures.Add(new CaptureSource(place == Place.Cell, at));
        _captureIndex.Add(variable, index);
        return index;
    }

    private void LoadVariable(Variable variable, int target)
    {
        var check = variable.NeedsInitializationCheck;
        var (place, index) = Locate(variable);
        switch (place)
        {
            case Place.Register:
                if (check)
                    _code.Emit(Op.CheckInitialized, index);
                if (index != target)
                    _code.Emit(Op.Move, target, index);
                break;
            case Place.Cell:
                _code.Emit(check ? Op.LoadCellChecked : Op.LoadCell, target, index);
                break;
            case Place.Captured:
                _code.Emit(check ? Op.LoadCapturedChecked : Op.LoadCaptured, target, index);
                break;
            default:
                _code.Emit(check ? Op.LoadModuleChecked : Op.LoadModule, target, index);
                break;
        }
    }

    /// <summary>Stores without asking: declarations and the machine itself.</summary>
    private void InitializeVariable(Variable variable, int source)
    {
        var (place, index) = Locate(variable);
        switch (place)
        {
            case Place.Register:
                if (index != source)
                    _code.Emit(Op.Move, index, source);
                break;
            case Place.Cell:
                _code.Emit(Op.StoreCell, source, index);
                break;
            case Place.Captured:
                _code.Emit(Op.StoreCaptured, source, index);
                break;
            default:
                _code.Emit(Op.StoreModule, source, index);
                break;
        }
    }

    private void AssignVariable(Variable variable, int source)
    {
        var check = variable.NeedsInitializationCheck;
        if (IsConstant(variable))
        {
            if (check)
            {
                var current = Temporary();
                LoadVariable(variable, current);
                Release(current);
            }
            _code.Emit(Op.ThrowConstant);
            return;
        }
        var (place, index) = Locate(variable);
        if (!check)
        {
            InitializeVariable(variable, source);
            return;
        }
        switch (place)
        {
            case Place.Register:
                _code.Emit(Op.CheckInitialized, index);
                if (index != source)
                    _code.Emit(Op.Move, index, source);
                break;
            case Place.Cell:
                _code.Emit(Op.StoreCellChecked, source, index);
                break;
            case Place.Captured:
                _code.Emit(Op.StoreCapturedChecked, source, index);
                break;
            default:
                _code.Emit(Op.StoreModuleChecked, source, index);
                break;
        }
    }

    private static bool IsConstant(Variable variable) =>
        variable.Kind is VariableKind.Const or VariableKind.FunctionName or VariableKind.Import;

    /// <summary>The register of a name that lives in one and may be read without a check, or -1.</summary>
    private int PlainRegister(Expression expression)
    {
        if (expression is not Identifier { Variable: { NeedsInitializationCheck: false } variable })
            return -1;
        var (place, index) = Locate(variable);
        return place == Place.Register ? index : -1;
    }

    // ---------------------------------------------------------------- scopes

    /// <summary>
    /// Registers and cells for the names of a block, functions created. Give the registers back with <see cref="Release"/>.
    /// </summary>
    private void EnterScope(Scope scope)
    {
        foreach (var variable in scope.Variables)
        {
            variable.Slot = Temporary();
            if (variable.IsCaptured)
                _code.Emit(Op.NewCell, variable.Slot, variable.NeedsInitializationCheck ? 1 : 0);
            else if (variable.NeedsInitializationCheck)
                _code.Emit(Op.LoadUninitialized, variable.Slot);
        }
        CreateFunctions(scope);
    }

    private void CreateFunctions(Scope scope)
    {
        foreach (var declaration in scope.Functions)
        {
            _code.At(declaration);
            var closure = Temporary();
            EmitClosure(declaration.Function, closure);
            InitializeVariable(declaration.Variable, closure);
            Release(closure);
        }
    }

    private void EmitClosure(FunctionNode function, int target)
    {
        _functions.Add(new FunctionCompiler(program, this, function).CompileFunction());
        _code.EmitWide(Op.NewClosure, target, _functions.Count - 1);
    }

    private void CompileImport(ImportDeclaration import)
    {
        _code.At(import);
        var module = Temporary();
        _code.EmitWide(Op.Import, module, _code.Constant(program.Text(import.Module)));
        InitializeVariable(import.Variable, module);
        Release(module);
    }
}

namespace Brink.JavaScript.Syntax;

/// <summary>A name in one open scope: its variable, or the trace of a <c>var</c> on its way out to the function.</summary>
internal sealed class Binding(int name, OpenScope scope, Variable? variable)
{
    public int Name { get; } = name;

    public OpenScope Scope { get; } = scope;

    /// <summary>Null for a trace: it only keeps let and const from using the name too.</summary>
    public Variable? Variable { get; } = variable;

    /// <summary>Offset where a let or const is set; reading before it is an error. Zero for all others.</summary>
    public int SetAt { get; set; }

    /// <summary>The same name further out.</summary>
    public Binding? Outer { get; set; }
}

/// <summary>A scope that is being read.</summary>
internal sealed class OpenScope(Scope scope, OpenScope? outer, OpenFunction function, int firstReference)
{
    public Scope Scope { get; } = scope;

    public OpenScope? Outer { get; } = outer;

    public OpenFunction Function { get; } = function;

    /// <summary>References from this one on came up in here and are not resolved yet.</summary>
    public int FirstReference { get; } = firstReference;

    public List<Binding> Bindings { get; } = [];

    /// <summary>Control may enter below a declaration without running it.</summary>
    public bool IsSwitch { get; init; }
}

/// <summary>A function that is being read; the outermost one stands for the module.</summary>
internal sealed class OpenFunction(FunctionNode? node, OpenFunction? outer)
{
    public FunctionNode? Node { get; } = node;

    public OpenFunction? Outer { get; } = outer;

    /// <summary>Callable before the place where it is written.</summary>
    public bool IsHoisted { get; init; }

    /// <summary>The name by which a function expression knows itself, or -1.</summary>
    public int SelfName { get; init; } = -1;

    public bool IsAsync => Node is { IsAsync: true };

    public bool IsArrow => Node is { Kind: FunctionKind.Arrow };

    /// <summary>How many argument lists are open: <c>await</c> is refused inside.</summary>
    public int ArgumentLists { get; set; }

    /// <summary>Of the statements around the place that is being read.</summary>
    public List<string> Labels { get; } = [];

    /// <summary>1 for a function of the top level, 2 for one within it, and so on; 0 for the module.</summary>
    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;
}

/// <summary>
/// Resolves names while the source is read. Identifiers wait in one list; when a scope ends, all its declarations are known,
/// hoisted ones included, so the waiting ones that it declares are bound and the rest is left to the scope around it.
/// </summary>
internal sealed class ScopeTracker(NameTable names)
{
    private readonly record struct Reference(Identifier Identifier, int Name, OpenFunction Function);

    private readonly List<Reference> _references = [];
    private readonly int _arguments = names.Intern("arguments");
    private readonly int _undefined = names.Intern("undefined");
    private readonly int _eval = names.Intern("eval");

    public OpenScope Current { get; private set; } = null!;

    public OpenFunction Function { get; private set; } = null!;

    // ---------------------------------------------------------------- opening and closing

    public OpenFunction OpenFunction(FunctionNode? node, bool isHoisted, int selfName)
    {
        Function = new OpenFunction(node, Function) { IsHoisted = isHoisted, SelfName = selfName };
        var scope = Open(isFunctionScope: true, isSwitch: false);
        node?.Scope = scope;
        return Function;
    }

    public Scope Open(bool isFunctionScope = false, bool isSwitch = false)
    {
        var scope = new Scope(Current?.Scope, Function.Node, isFunctionScope);
        Current = new OpenScope(scope, Current, Function, _references.Count) { IsSwitch = isSwitch };
        return scope;
    }

    public void Close()
    {
        var closing = Current;
        if (closing.Bindings.Count > 0)
        {
            Resolve(closing);
            foreach (var binding in closing.Bindings)
                names.Innermost(binding.Name) = binding.Outer;
        }
        Current = closing.Outer!;
    }

    public void CloseFunction()
    {
        var function = Function;
        DeclareOnUse(function);
        Close();
        Function = function.Outer!;
    }

    /// <summary>The <c>arguments</c> object and the own name of a function expression exist only if something refers to them.</summary>
    private void DeclareOnUse(OpenFunction function)
    {
        if (function.Node is not { Kind: not FunctionKind.Arrow } node)
            return;
        for (var i = Current.FirstReference; i < _references.Count; i++)
        {
            var name = _references[i].Name;
            if ((name != _arguments && name != function.SelfName) || names.Innermost(name)?.Scope == Current)
                continue;
            if (name == _arguments)
                node.Arguments = Add(name, VariableKind.Arguments);
            else
                node.SelfName = Add(name, VariableKind.FunctionName);
        }
    }

    private void Resolve(OpenScope scope)
    {
        var kept = scope.FirstReference;
        for (var i = kept; i < _references.Count; i++)
        {
            var reference = _references[i];
            var binding = names.Innermost(reference.Name);
            if (binding?.Scope == scope && binding.Variable is { } variable)
                Bind(reference, binding, variable);
            else
                _references[kept++] = reference;
        }
        _references.RemoveRange(kept, _references.Count - kept);
    }

    private static void Bind(in Reference reference, Binding binding, Variable variable)
    {
        reference.Identifier.Variable = variable;
        var isHoisted = false;
        for (var function = reference.Function; function != binding.Scope.Function; function = function.Outer!)
        {
            variable.IsCaptured = true;
            isHoisted |= function.IsHoisted;
        }
        // Text after the declaration, in the same round of a block, runs after it; a hoisted function may be called before.
        if (binding.SetAt > 0 && (isHoisted || binding.Scope.IsSwitch || reference.Identifier.Position.Offset < binding.SetAt))
            variable.NeedsInitializationCheck = true;
    }

    /// <summary>The first <c>arguments</c> that no function took, after everything is closed.</summary>
    public Identifier? ArgumentsOutsideOfFunctions()
    {
        foreach (var reference in _references)
        {
            if (reference.Name == _arguments)
                return reference.Identifier;
        }
        return null;
    }

    // ---------------------------------------------------------------- uses

    public void Refer(Identifier identifier, int name) => _references.Add(new Reference(identifier, name, Function));

    public void ReferToThis()
    {
        var function = Function;
        while (function.IsArrow)
            function = function.Outer!;
        if (function.Node is { } owner)
            owner.ThisIsCaptured |= function != Function;
    }

    // ---------------------------------------------------------------- declarations

    public bool IsForbidden(int name) => name == _eval || name == _arguments;

    /// <summary>
    /// Declares in the current scope: let, const, import, parameters. <c>SetAt</c> of the result is for the caller. Null if taken.
    /// </summary>
    public Binding? DeclareHere(int name, VariableKind kind)
    {
        if (names.Innermost(name) is { } taken && (taken.Scope == Current || IsParameterOfThisCatch(taken)))
            return null;
        if (name == _undefined && Current.Outer is null)
            return null;
        return AddBinding(name, kind);
    }

    /// <summary>A function statement. At the top of a function or module it is like var; in a block the name is the block's own.</summary>
    public Variable? DeclareFunction(int name)
    {
        if (names.Innermost(name) is not { } taken || (taken.Scope != Current && !IsParameterOfThisCatch(taken)))
            return Add(name, VariableKind.Function);
        return Current.Scope.IsFunctionScope && IsVarLike(taken.Variable!.Kind) ? taken.Variable : null;
    }

    /// <summary>
    /// A var: belongs to the function, and may not pass a let, const or function of a block on the way out. Null if it would.
    /// </summary>
    public Variable? DeclareVar(int name)
    {
        Binding? inner = null;
        var binding = names.Innermost(name);
        for (var scope = Current; ; scope = scope.Outer!)
        {
            var isTarget = scope.Scope.IsFunctionScope;
            if (binding?.Scope != scope)
            {
                var variable = isTarget ? new Variable(names.TextOf(name), VariableKind.Var, scope.Scope) : null;
                var added = new Binding(name, scope, variable) { Outer = binding };
                scope.Bindings.Add(added);
                if (variable is not null)
                    scope.Scope.Variables.Add(variable);
                if (inner is null)
                    names.Innermost(name) = added;
                else
                    inner.Outer = added;
                binding = added;
            }
            else if (binding.Variable is { } taken && taken.Kind != VariableKind.CatchParameter && !(isTarget && IsVarLike(taken.Kind)))
            {
                return null;
            }
            if (isTarget)
                return binding.Variable;
            inner = binding;
            binding = binding.Outer;
        }
    }

    /// <summary>
    /// What a var statement in the current scope assigns to: the innermost variable of that name, which in a catch block may be its
    /// parameter. For names that have been declared.
    /// </summary>
    public Variable AssignedByVar(int name)
    {
        var binding = names.Innermost(name);
        while (binding!.Variable is null)
            binding = binding.Outer;
        return binding.Variable;
    }

    private static bool IsVarLike(VariableKind kind) => kind is VariableKind.Var or VariableKind.Function or VariableKind.Parameter;

    // The block of a catch is a scope of its own here, but may not declare the parameter's name again.
    private bool IsParameterOfThisCatch(Binding taken) =>
        taken.Scope == Current.Outer && taken.Variable is { Kind: VariableKind.CatchParameter };

    private Variable Add(int name, VariableKind kind) => AddBinding(name, kind).Variable!;

    private Binding AddBinding(int name, VariableKind kind)
    {
        var variable = new Variable(names.TextOf(name), kind, Current.Scope);
        ref var innermost = ref names.Innermost(name);
        var binding = new Binding(name, Current, variable) { Outer = innermost };
        innermost = binding;
        Current.Bindings.Add(binding);
        Current.Scope.Variables.Add(variable);
        return binding;
    }
}

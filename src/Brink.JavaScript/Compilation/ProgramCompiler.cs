using Brink.JavaScript.Hosting;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Compilation;

/// <summary>From tree to bytecode. Holds what the functions of one program share while they are compiled.</summary>
internal sealed class ProgramCompiler
{
    private readonly Dictionary<string, int> _hostGlobals = [];

    private ProgramCompiler(ProgramNode program, Intrinsics intrinsics, HostEnvironment environment)
    {
        Program = program;
        Intrinsics = intrinsics;
        Environment = environment;
        Atoms = new AtomTable(environment.Atoms, isShared: true);
    }

    public ProgramNode Program { get; }

    public Intrinsics Intrinsics { get; }

    public HostEnvironment Environment { get; }

    public AtomTable Atoms { get; }

    public int TemplateCount { get; set; }

    /// <summary>How many regular expression literals share an object within a call.</summary>
    public int KeptRegExpCount { get; set; }

    /// <exception cref="ScriptRefusedException">A regular expression that is none; the format's bounds.</exception>
    public static ProgramCode Compile(ProgramNode program, Intrinsics intrinsics, HostEnvironment environment)
    {
        var compiler = new ProgramCompiler(program, intrinsics, environment);
        var handler = -1;
        for (var i = 0; i < program.Scope.Variables.Count; i++)
        {
            var variable = program.Scope.Variables[i];
            variable.Slot = i;
            if (variable.Name == "handler")
                handler = i;
        }
        var main = new FunctionCompiler(compiler, null, null).CompileMain();
        compiler.Atoms.Close();
        return new ProgramCode
        {
            Main = main,
            Intrinsics = compiler.Intrinsics,
            Environment = environment,
            Atoms = compiler.Atoms,
            EmptyShape = Shape.NewRoot(),
            ModuleSlots = program.Scope.Variables.Count + compiler._hostGlobals.Count,
            HandlerSlot = handler,
            Source = program.Source,
        };
    }

    /// <summary>A module slot for a global object of the host, made when the script first names it.</summary>
    public int HostGlobal(string name)
    {
        if (!_hostGlobals.TryGetValue(name, out var slot))
            _hostGlobals.Add(name, slot = Program.Scope.Variables.Count + _hostGlobals.Count);
        return slot;
    }

    public Value Text(string text) => Atoms.Intern(text).Value;
}

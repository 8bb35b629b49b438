using Brink.JavaScript.Compilation;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>Returning from it ends the run of the dispatch loop: natives called it.</summary>
    Entry = 1,

    /// <summary>Called by <c>new</c>.</summary>
    Construct = 2,

    Async = 4,

    /// <summary>Goes on after an await: the caller is the job queue.</summary>
    Resumed = 8,
}

/// <summary>
/// A function under way. Frames are objects of the realm, used again and again; registers lie in the realm's value stack.
/// </summary>
internal sealed class Frame
{
    public Closure Function = null!;
    public FunctionCode Code = null!;

    /// <summary>The chunk of the value stack that holds the registers. Chunks never move, so references into them stay good.</summary>
    public Value[] Stack = null!;

    public int Chunk;

    /// <summary>Register 0 in <see cref="Stack"/>. Below it lie this (-1) and the function (-2).</summary>
    public int Base;

    /// <summary>The instruction under way, while another function runs. Code is pinned: it never moves.</summary>
    public unsafe Instruction* At;

    /// <summary>The number of the next instruction.</summary>
    public unsafe int Pc
    {
        get => (int)(At - Code.Start) + 1;
        set => At = Code.Start + value - 1;
    }

    /// <summary>The caller's register that takes the result.</summary>
    public int ResultRegister;

    public FrameFlags Flags;

    public AsyncRun? Async;

    public void Clear()
    {
        Function = null!;
        Code = null!;
        unsafe
        {
            At = null;
        }
        // The first chunk belongs to the interpreter for good, and to all its frames but the deepest.
        if (Chunk != 0)
            Stack = null!;
        Async = null;
    }
}

using Brink.JavaScript.Compilation;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Entering and leaving functions; the value stack.</summary>
internal sealed partial class Interpreter
{
    /// <summary>Functions under way at most; one more is a RangeError. The memory limit may come first.</summary>
    public const int MaxDepth = 1000;

    /// <summary>64 KB: below the large-object heap.</summary>
    private const int ChunkSize = 4096;

    private const int KeptFrames = 64;

    private readonly List<Value[]> _chunks = [new Value[ChunkSize]];
    private Frame[] _frames = new Frame[16];
    private int _depth = -1;
    private int _deepest = -1;
    private int _highestInFirstChunk;
    private int _chunksInUse = 1;

    /// <summary>Forgets what the call left: values in registers keep objects alive, and nothing may survive a call.</summary>
    public void Clear()
    {
        Array.Clear(_chunks[0], 0, Math.Min(_highestInFirstChunk, ChunkSize));
        if (_chunks.Count > 1)
            _chunks.RemoveRange(1, _chunks.Count - 1);
        if (_deepest >= KeptFrames)
            _frames = new Frame[16];
        else
            for (var i = 0; i <= _deepest; i++)
                _frames[i].Clear();
        _depth = -1;
        _deepest = -1;
        _highestInFirstChunk = 0;
        _chunksInUse = 1;
        Program = null!;
        ClearTrace();
        _templates.Clear();
    }

    /// <summary>
    /// Calls a closure from a native, a getter, the job queue or the host: the one place where JavaScript nests on the CLR stack.
    /// </summary>
    public Value Run(Closure closure, in Value thisValue, ReadOnlySpan<Value> arguments, bool isConstruct)
    {
        var chunk = 0;
        var at = 2;
        if (_depth >= 0)
        {
            var current = _frames[_depth];
            chunk = current.Chunk;
            at = current.Base + current.Code.RegisterCount + 2;
        }
        var stack = _chunks[chunk];
        if (at + Math.Max(arguments.Length, closure.Code.RegisterCount) > stack.Length)
        {
            stack = NextChunk(++chunk, arguments.Length + closure.Code.RegisterCount);
            at = 2;
        }
        SetValue(ref stack[at - 2], Value.Object(closure));
        SetValue(ref stack[at - 1], thisValue);
        for (var i = 0; i < arguments.Length; i++)
            SetValue(ref stack[at + i], arguments[i]);
        NoteHeight(chunk, at + arguments.Length);
        if (!Enter(closure, stack, chunk, at, arguments.Length, 0, FrameFlags.Entry | (isConstruct ? FrameFlags.Construct : 0)))
            return Value.Threw;
        return Execute(isThrowing: false);
    }

    /// <summary>
    /// Pushes a frame whose function, this and arguments lie in place already. False if it threw.
    /// </summary>
    private bool Enter(Closure closure, Value[] stack, int chunk, int @base, int argumentCount, int resultRegister, FrameFlags flags)
    {
        var code = closure.Code;
        if (_depth + 1 >= MaxDepth)
        {
            _realm.ThrowRangeError("Maximum call stack size exceeded");
            return false;
        }
        if (@base + code.RegisterCount > stack.Length)
        {
            // The rest of the chunk is too small: function, this and arguments move to the next.
            var next = NextChunk(++chunk, argumentCount + code.RegisterCount);
            stack.AsSpan(@base - 2, argumentCount + 2).CopyTo(next);
            NoteHeight(chunk, argumentCount + 2);
            stack = next;
            @base = 2;
        }
        var height = @base + code.RegisterCount;
        if (height > _highestInFirstChunk)
            NoteHeight(chunk, height);
        _realm.Pay(code.EntryCost);
        if (code.IsArrow)
            stack[@base - 1] = closure.BoundThis;
        if (code.NeedsArguments)
        {
            PrepareArguments(code, stack, @base, argumentCount);
        }
        else
        {
            var given = Math.Min(argumentCount, code.ParameterCount);
            if (given < code.LocalCount)
                Array.Clear(stack, @base + given, code.LocalCount - given);
        }
        if (++_depth >= _frames.Length)
            Array.Resize(ref _frames, _frames.Length * 2);
        if (_depth > _deepest)
        {
            if (_depth >= KeptFrames)
                _realm.Allocate(MemoryCost.Frame);
            _deepest = _depth;
        }
        var frame = _frames[_depth] ??= new Frame();
        // The same function over and over writes no reference, which the collector would have to know of.
        if (!ReferenceEquals(frame.Function, closure))
            frame.Function = closure;
        if (!ReferenceEquals(frame.Code, code))
            frame.Code = code;
        if (!ReferenceEquals(frame.Stack, stack))
            frame.Stack = stack;
        frame.Chunk = chunk;
        frame.Base = @base;
        frame.Pc = 0;
        frame.ResultRegister = resultRegister;
        frame.Flags = code.IsAsync ? flags | FrameFlags.Async : flags;
        frame.Async = null;                                             // a null is no reference to tell of
        return true;
    }

    private void NoteHeight(int chunk, int height)
    {
        if (chunk == 0 && height > _highestInFirstChunk)
            _highestInFirstChunk = height;
    }

    private Value[] NextChunk(int chunk, int needed)
    {
        var size = Math.Max(ChunkSize, needed + 2);
        if (chunk >= _chunksInUse || _chunks[chunk].Length < size)
        {
            _realm.Allocate((long)size * MemoryCost.Value);
            _chunksInUse = Math.Max(_chunksInUse, chunk + 1);
        }
        if (chunk == _chunks.Count)
            _chunks.Add(new Value[size]);
        else if (_chunks[chunk].Length < size)
            _chunks[chunk] = new Value[size];
        return _chunks[chunk];
    }

    private void PrepareArguments(FunctionCode code, Value[] stack, int @base, int argumentCount)
    {
        _realm.Charge(argumentCount);
        var given = stack.AsSpan(@base, argumentCount);
        JsArray? rest = null;
        JsObject? arguments = null;
        if (code.RestRegister >= 0)
        {
            rest = _realm.NewArray(Math.Max(0, argumentCount - code.ParameterCount));
            for (var i = code.ParameterCount; i < argumentCount; i++)
                rest.Push(_realm, given[i]);
        }
        if (code.ArgumentsRegister >= 0)
            arguments = new ArgumentsObject(_realm, given);
        var kept = Math.Min(argumentCount, code.ParameterCount);
        Array.Clear(stack, @base + kept, code.LocalCount - kept);
        if (rest is not null)
            stack[@base + code.RestRegister] = Value.Object(rest);
        if (arguments is not null)
            stack[@base + code.ArgumentsRegister] = Value.Object(arguments);
    }

    /// <summary>The object that <c>new</c> hands to a constructor as this.</summary>
    public Value NewInstance(Closure constructor)
    {
        var prototype = _realm.Get(constructor, Names.Prototype);
        if (prototype.IsThrew)
            return prototype;
        return Value.Object(
            _realm.NewObject(ObjectClass.Object, prototype.IsObject ? prototype.AsObject : _realm.Intrinsics.ObjectPrototype));
    }

    /// <summary>What a function that was called in a special way gives to its caller.</summary>
    private Value Leave(Frame frame, Value value)
    {
        if ((frame.Flags & FrameFlags.Construct) != 0 && !value.IsObject)
            return frame.Stack[frame.Base - 1];
        if ((frame.Flags & FrameFlags.Async) != 0)
            return LeaveAsync(frame, value);
        return value;
    }

    private Value NewClosure(FunctionCode code, Frame frame)
    {
        var sources = code.Captures;
        _realm.Allocate(MemoryCost.Function + sources.Length * 8);
        _realm.Pay(Price.Closure + sources.Length * Price.Captured);
        var captures = sources.Length == 0 ? [] : new VariableCell[sources.Length];
        for (var i = 0; i < captures.Length; i++)
        {
            captures[i] = sources[i].IsRegister
                ? (VariableCell)frame.Stack[frame.Base + sources[i].Index].Reference!
                : frame.Function.Captures[sources[i].Index];
        }
        return Value.Object(_realm.NewClosure(code, captures, code.IsArrow ? frame.Stack[frame.Base - 1] : default));
    }
}

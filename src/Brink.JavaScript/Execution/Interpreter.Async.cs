using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Async functions: a frame that waits is copied out of the value stack and comes back from the job queue.</summary>
internal sealed partial class Interpreter
{
    private Value LeaveAsync(Frame frame, in Value value)
    {
        if (frame.Async is not { } run)
            return Value.Object(Promises.Resolved(_realm, value));
        Promises.Resolve(_realm, run.Promise, value);
        return default;
    }

    private Value RejectAsync(Frame frame, in Value exception)
    {
        if (frame.Async is not { } run)
            return Value.Object(Promises.Rejected(_realm, exception));
        Promises.Reject(_realm, run.Promise, exception);
        return default;
    }

    /// <summary>Copies the frame out. Gives the promise to the caller the first time; later the result is not read.</summary>
    private Value Suspend(Frame frame, int resultRegister, in Value awaited)
    {
        var isFirst = frame.Async is null;
        var run = frame.Async ??= new AsyncRun(_realm, frame.Function);
        run.Save(_realm, frame, resultRegister);
        Promises.Await(_realm, awaited, run);
        return isFirst ? Value.Object(run.Promise) : default;
    }

    /// <summary>Goes on behind the await: with its value, or throwing.</summary>
    public void Resume(AsyncRun run, in Value value, bool isRejected)
    {
        var code = run.Function.Code;
        var stack = _chunks[0];
        var chunk = 0;
        const int at = 2;
        if (at + code.RegisterCount > stack.Length)
            stack = NextChunk(chunk = 1, code.RegisterCount);
        NoteHeight(chunk, at + code.RegisterCount);
        if (++_depth > _deepest)
            _deepest = _depth;
        var frame = _frames[_depth] ??= new Frame();
        frame.Function = run.Function;
        frame.Code = code;
        frame.Stack = stack;
        frame.Chunk = chunk;
        frame.Base = at;
        frame.Flags = FrameFlags.Entry | FrameFlags.Async | FrameFlags.Resumed;
        frame.Async = run;
        run.Restore(frame);
        _realm.Pay(Price.Resume + code.RegisterCount / Price.ClearedPerUnit);
        if (isRejected)
            _realm.Throw(value);
        else
            stack[at + run.ResultRegister] = value;
        Execute(isRejected);
    }
}

/// <summary>An async function that has met its first await.</summary>
internal sealed class AsyncRun
{
    private readonly Value[] _registers;
    private int _pc;

    public AsyncRun(Realm realm, Closure function)
    {
        Function = function;
        Promise = Promises.New(realm);
        realm.Allocate(MemoryCost.Object + (function.Code.RegisterCount + 2L) * MemoryCost.Value);
        _registers = new Value[function.Code.RegisterCount + 2];
    }

    public Closure Function { get; }

    public JsPromise Promise { get; }

    /// <summary>The instruction after the await.</summary>
    public int Pc => _pc;

    /// <summary>Where the value of the await goes.</summary>
    public int ResultRegister { get; private set; }

    public void Save(Realm realm, Frame frame, int resultRegister)
    {
        realm.Pay(Price.Suspend + _registers.Length / Price.ClearedPerUnit);
        frame.Stack.AsSpan(frame.Base - 2, _registers.Length).CopyTo(_registers);
        _pc = frame.Pc;
        ResultRegister = resultRegister;
    }

    public void Restore(Frame frame)
    {
        _registers.CopyTo(frame.Stack.AsSpan(frame.Base - 2));
        frame.Pc = _pc;
    }
}

using Brink.JavaScript.Compilation;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Throwing, unwinding, and remembering where it came from.</summary>
internal sealed partial class Interpreter
{
    private const int TraceLength = 16;

    /// <summary>A function under way: script code with its instruction, or a native one.</summary>
    private struct TraceEntry
    {
        public FunctionCode? Code;
        public int Pc;
        public JsObject? Native;
        public bool IsAsync;
    }

    private readonly TraceEntry[] _trace = new TraceEntry[TraceLength];
    private int _traceCount;
    private Value _traced;
    private bool _hasTrace;

    private void ClearTrace()
    {
        Array.Clear(_trace);
        _traceCount = 0;
        _traced = default;
        _hasTrace = false;
    }

    /// <summary>
    /// Finds who handles the realm's exception among the frames of this run. True: the frame on top goes on at its program counter. False:
    /// the run is over with <paramref name="result"/>.
    /// </summary>
    private bool Unwind(out Value result)
    {
        _realm.Pay(Price.Throw);
        NoteTrace();
        for (; ; )
        {
            var frame = _frames[_depth];
            foreach (ref readonly var range in frame.Code.Handlers.AsSpan())
            {
                // The program counter is past the instruction that threw.
                if (frame.Pc - 1 < range.Start || frame.Pc - 1 >= range.End)
                    continue;
                frame.Stack[frame.Base + range.Register] = _realm.Exception;
                frame.Pc = range.Handler;
                _realm.Exception = default;
                result = default;
                return true;
            }
            _realm.Pay(Price.Unwind);
            var flags = frame.Flags;
            _depth--;
            if ((flags & FrameFlags.Async) != 0)
            {
                // An async function does not throw: its promise is rejected, and its caller goes on with the promise.
                var exception = _realm.Exception;
                _realm.Exception = default;
                result = RejectAsync(frame, exception);
                if ((flags & FrameFlags.Entry) != 0)
                    return false;
                var caller = _frames[_depth];
                caller.Stack[caller.Base + frame.ResultRegister] = result;
                return true;
            }
            if ((flags & FrameFlags.Entry) != 0)
            {
                result = Value.Threw;
                return false;
            }
        }
    }

    /// <summary>The functions under way when it was thrown first; throwing the same value on keeps that.</summary>
    private void NoteTrace()
    {
        if (_hasTrace && _traced.IsSame(_realm.Exception) && _traced.IsObject)
            return;
        _hasTrace = true;
        _traced = _realm.Exception;
        TakeTrace();
    }

    private void TakeTrace()
    {
        _traceCount = 0;
        for (var i = _depth; i >= 0 && _traceCount < TraceLength; i--)
        {
            // A run of its own: a native that the frame below called has called back. On top, the native itself may be what threw.
            var isCalledBack = i < _depth && (_frames[i + 1].Flags & (FrameFlags.Entry | FrameFlags.Resumed)) == FrameFlags.Entry;
            if ((isCalledBack || i == _depth) && NativeCalledBy(_frames[i]) is { } native)
                _trace[_traceCount++] = new TraceEntry { Native = native };
            if (_traceCount < TraceLength)
                _trace[_traceCount++] = new TraceEntry { Code = _frames[i].Code, Pc = _frames[i].Pc - 1 };
        }
        if (_depth >= 0)
            TakeWaiting(_frames[0].Async);
    }

    /// <summary>The built-in that a frame's current instruction calls; null if it calls none, or none by a call.</summary>
    private static JsObject? NativeCalledBy(Frame frame)
    {
        if (frame.Pc < 1 || frame.Pc > frame.Code.Code.Length)
            return null;
        ref readonly var instruction = ref frame.Code.Code[frame.Pc - 1];
        if (instruction.Op is not (Op.Call or Op.CallMethod or Op.New))
            return null;
        var callee = frame.Stack[frame.Base + instruction.A].Reference as JsObject;
        return callee is NativeFunction ? callee : null;
    }

    /// <summary>The async functions that wait for the outermost one, each for the one before.</summary>
    private void TakeWaiting(AsyncRun? run)
    {
        while (run is not null && _traceCount < TraceLength)
        {
            AsyncRun? waiting = null;
            if (run.Promise.Reactions is { } reactions)
            {
                foreach (var reaction in reactions)
                    waiting ??= reaction.Run;
            }
            if (waiting is not null)
                _trace[_traceCount++] = new TraceEntry { Code = waiting.Function.Code, Pc = waiting.Pc - 1, IsAsync = true };
            run = waiting;
        }
    }

    /// <summary>Where a promise is rejected right now with a reason: where that was thrown, or the code that runs.</summary>
    public (FunctionCode? Code, int Pc) PlaceOfRejection(in Value reason)
    {
        if (_hasTrace && _traced.IsSame(reason))
        {
            foreach (ref readonly var entry in _trace.AsSpan(0, _traceCount))
            {
                if (entry.Code is not null)
                    return (entry.Code, entry.Pc);
            }
        }
        return _depth >= 0 ? (_frames[_depth].Code, _frames[_depth].Pc - 1) : default;
    }

    /// <summary>The error for the host: text, place and functions under way.</summary>
    public ScriptError Describe(in Value exception, string text, JsPromise? rejected = null)
    {
        if (_hasTrace && _traced.IsSame(exception))
            return DescribeTrace(text);
        // Never thrown: a promise was rejected with it.
        var (code, pc) = rejected is null ? default : _realm.PlaceOfRejection(rejected, exception);
        if (code is null)
            return new ScriptError(text, 0, 0, null, []);
        var (line, column) = code.PositionOf(pc);
        return new ScriptError(text, line, column, SourceLines.LineOf(Program.Source, line),
            [new ScriptFrame(NameOf(code), line, column, ScriptFrameKind.Call)]);
    }

    /// <summary>Where a call was when its budget ended. Its text is for the host to write.</summary>
    public ScriptError DescribeStop()
    {
        TakeTrace();
        return DescribeTrace("");
    }

    private ScriptError DescribeTrace(string text)
    {
        var stack = new ScriptFrame[_traceCount];
        var (line, column) = (0, 0);
        for (var i = 0; i < _traceCount; i++)
        {
            ref readonly var entry = ref _trace[i];
            if (entry.Code is not { } code)
            {
                stack[i] = new ScriptFrame((entry.Native as NativeFunction)?.Name ?? "anonymous", 0, 0, ScriptFrameKind.Native);
                continue;
            }
            var place = code.PositionOf(entry.Pc);
            stack[i] = new ScriptFrame(
                NameOf(code), place.Line, place.Column, entry.IsAsync ? ScriptFrameKind.Async : ScriptFrameKind.Call);
            if (line == 0)
                (line, column) = place;
        }
        return new ScriptError(text, line, column, line == 0 ? null : SourceLines.LineOf(Program.Source, line), stack);
    }

    private static string NameOf(FunctionCode code) => code.Name.Value.Length == 0 ? "anonymous" : code.Name.ToString();
}

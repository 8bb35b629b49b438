using Brink.JavaScript.Compilation;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Throwing, unwinding, and remembering where it came from.</summary>
internal sealed partial class Interpreter
{
    private const int TraceLength = 12;

    private readonly (FunctionCode? Code, int Pc)[] _trace = new (FunctionCode?, int)[TraceLength];
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
    /// Finds who handles the realm's exception among the frames of this run. True: the frame on top goes on at its program counter. False: the run is over
    /// with <paramref name="result"/>.
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
        _traceCount = 0;
        for (var i = _depth; i >= 0 && _traceCount < TraceLength; i--)
            _trace[_traceCount++] = (_frames[i].Code, _frames[i].Pc - 1);
    }

    /// <summary>The error for the host: text, place and functions under way.</summary>
    public ScriptError Describe(in Value exception, string text)
    {
        if (!_hasTrace || !_traced.IsSame(exception))
            return new ScriptError(text, 0, 0, null, []);
        var stack = new string[_traceCount];
        for (var i = 0; i < _traceCount; i++)
        {
            var (code, pc) = _trace[i];
            var (line, column) = code!.PositionOf(pc);
            var name = code.Name.Value.Length == 0 ? "anonymous" : code.Name.ToString();
            stack[i] = $"{name} ({line}:{column})";
        }
        if (_traceCount == 0)
            return new ScriptError(text, 0, 0, null, stack);
        var place = _trace[0].Code!.PositionOf(_trace[0].Pc);
        return new ScriptError(text, place.Line, place.Column, LineOf(Program.Source, place.Line), stack);
    }

    public static string? LineOf(string source, int line)
    {
        var start = 0;
        for (var i = 1; i < line; i++)
        {
            start = source.IndexOf('\n', start) + 1;
            if (start == 0)
                return null;
        }
        var end = source.IndexOf('\n', start);
        return line < 1 ? null : (end < 0 ? source[start..] : source[start..end]).TrimEnd('\r');
    }
}

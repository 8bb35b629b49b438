using System.Text;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Logs;

/// <summary>
/// The log stream of one environment: cuts the process's output into lines, puts the platform's lines between them, and hands an invocation
/// its own. What one invocation may write is bounded: the rest is counted, not kept.
/// </summary>
internal sealed class EnvironmentLog(Region region, string logGroup, string logStream, ILambdaLog? sink, TimeProvider time) : IProcessOutput
{
    /// <summary>Bytes of output kept of one invocation.</summary>
    public const int InvocationLimit = 1024 * 1024;

    /// <summary>Bytes of one line: a longer one is cut into several.</summary>
    public const int LineLimit = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly List<byte> _partial = [];
    private List<string> _lines = [];
    private string? _requestId, _edgeRequestId;
    private int _kept;
    private long _dropped;

    public string LogGroup => logGroup;

    public string LogStream => logStream;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            while (!bytes.IsEmpty)
            {
                var end = bytes.IndexOf((byte)'\n');
                var part = end < 0 ? bytes : bytes[..end];
                bytes = end < 0 ? default : bytes[(end + 1)..];
                if (_kept >= InvocationLimit)
                {
                    _dropped += part.Length;
                    continue;
                }
                while (_partial.Count + part.Length > LineLimit)
                {
                    var room = LineLimit - _partial.Count;
                    _partial.AddRange(part[..room]);
                    part = part[room..];
                    FinishLine();
                }
                _partial.AddRange(part);
                if (end >= 0)
                    FinishLine();
            }
        }
    }

    /// <summary>A line of the platform's own: never dropped.</summary>
    public void Platform(string text)
    {
        lock (_gate)
        {
            FinishPartialLine();
            Keep(text);
        }
    }

    /// <summary>Lines belong to this invocation from now on; what was written since the last one ended goes with it.</summary>
    public void Begin(string requestId, string? edgeRequestId, string startLine)
    {
        lock (_gate)
        {
            FinishPartialLine();
            (_requestId, _edgeRequestId) = (requestId, edgeRequestId);
            (_kept, _dropped) = (0, 0);
            Keep(startLine);
        }
    }

    /// <summary>The invocation's lines, the platform's last ones among them.</summary>
    public IReadOnlyList<string> Finish(params ReadOnlySpan<string> lastLines)
    {
        lock (_gate)
        {
            FinishPartialLine();
            if (_dropped > 0)
                Keep($"[brink] {_dropped} bytes of output were dropped: an invocation may write {InvocationLimit} bytes");
            foreach (var line in lastLines)
                Keep(line);
            var lines = _lines;
            _lines = [];
            (_requestId, _edgeRequestId, _kept, _dropped) = (null, null, 0, 0);
            return lines;
        }
    }

    private void FinishPartialLine()
    {
        if (_partial.Count > 0)
            FinishLine();
    }

    private void FinishLine()
    {
        _kept += _partial.Count + 1;
        // Invalid UTF-8 becomes replacement characters: a line is text.
        Keep(Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_partial)).TrimEnd('\r'));
        _partial.Clear();
    }

    private void Keep(string line)
    {
        _lines.Add(line);
        sink?.Write(new LogEntry(time.GetUtcNow(), region, logGroup, logStream, _requestId, _edgeRequestId, line));
    }
}

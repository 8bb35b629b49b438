namespace Brink.Functions;

/// <summary>Numbers of functions spec 3.3, 6.2 and 8.</summary>
public static class FunctionQuotas
{
    /// <summary>Bytes of code. Not adjustable on AWS.</summary>
    public const int MaxCodeBytes = 10_240;

    /// <summary>Bytes of memory of one run.</summary>
    public const long MemoryBytes = 2 * 1024 * 1024;

    /// <summary>Bytes of log text of one run; the rest is cut.</summary>
    public const int MaxLogBytes = 10 * 1024;

    /// <summary>Path, question mark and query that a function returns must be shorter than this.</summary>
    public const int MaxUrlLength = 8_192;

    /// <summary>Bytes of a request or response without its body.</summary>
    public const int MaxHeadBytes = 32_768;

    /// <summary>Bytes of a body that a function makes. AWS publishes no number; ours.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Bytes of the event object of a test.</summary>
    public const int MaxTestEventBytes = 40_960;
}

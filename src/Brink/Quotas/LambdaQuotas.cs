using System.Globalization;
using Brink.Events;

namespace Brink.Quotas;

/// <summary>
/// What Lambda@Edge allows (lambda-edge spec 4). Two presets bear the names of <c>--quotas</c>; an operator's own is a copy of one with
/// other numbers, read by <see cref="LambdaQuotasReader"/> or judged by <see cref="Validate"/> before anything runs under it.
/// </summary>
public sealed record LambdaQuotas
{
    private const int Kilobyte = 1024;
    private const int Megabyte = 1024 * 1024;

    /// <summary>
    /// The published contract that most code and documents assume: on viewer events 5 s, 128 MB and packages of 1 MB; on origin events 30
    /// s, 10,240 MB and 50 MB. The default.
    /// </summary>
    public static LambdaQuotas Classic { get; } = new()
    {
        Name = "classic",
        Viewer = new()
        {
            Timeout = TimeSpan.FromSeconds(5), MemoryMegabytes = 128, CodeBytes = Megabyte,
            GeneratedResponseBytes = 40 * Kilobyte, ExposedBodyBytes = 40 * Kilobyte, ReplacedBodyBytes = 40 * Kilobyte,
        },
        Origin = new()
        {
            Timeout = TimeSpan.FromSeconds(30), MemoryMegabytes = 10_240, CodeBytes = 50 * Megabyte,
            GeneratedResponseBytes = Megabyte, ExposedBodyBytes = Megabyte, ReplacedBodyBytes = Megabyte,
        },
    };

    /// <summary>
    /// AWS's newest figures: 30 s, 10,240 MB and 50 MB on every event. Sizes of bodies are those of <see cref="Classic"/>.
    /// </summary>
    public static LambdaQuotas Current { get; } = Classic with
    {
        Name = "current",
        Viewer = Classic.Viewer with { Timeout = TimeSpan.FromSeconds(30), MemoryMegabytes = 10_240, CodeBytes = 50 * Megabyte },
    };

    /// <summary>What messages call it: <c>classic</c>, <c>current</c>, or the operator's file.</summary>
    public required string Name { get; init; }

    /// <summary>On viewer-request and viewer-response.</summary>
    public required LambdaTriggerQuotas Viewer { get; init; }

    /// <summary>On origin-request and origin-response.</summary>
    public required LambdaTriggerQuotas Origin { get; init; }

    /// <summary>The quotas of an event.</summary>
    public LambdaTriggerQuotas For(EventType type) => type is EventType.ViewerRequest or EventType.ViewerResponse ? Viewer : Origin;

    /// <summary>The names that <see cref="Preset"/> knows.</summary>
    public static IReadOnlyList<string> PresetNames { get; } = ["classic", "current"];

    /// <summary>The preset of that name; null when there is none.</summary>
    public static LambdaQuotas? Preset(string name) => name switch
    {
        "classic" => Classic,
        "current" => Current,
        _ => null,
    };

    /// <summary>Every mistake, each with the setting, the rule and the fix; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var mistakes = new List<string>();
        if (string.IsNullOrWhiteSpace(Name))
            mistakes.Add("name: it is empty. Give the quotas a name for messages.");
        Viewer.Validate("viewer", mistakes);
        Origin.Validate("origin", mistakes);
        return mistakes;
    }
}

/// <summary>The quotas of one kind of event.</summary>
public sealed record LambdaTriggerQuotas
{
    /// <summary>The most that a result may hold: Lambda's synchronous payload. A larger body could not arrive.</summary>
    public const int ResultBytes = 6 * 1024 * 1024;

    /// <summary>The longest that a function may be given for one invocation. 1 s to 900 s, whole seconds.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The most memory that a function may be given. 128 to 10,240.</summary>
    public required int MemoryMegabytes { get; init; }

    /// <summary>Bytes of the compressed package. Up to 250 MB.</summary>
    public required long CodeBytes { get; init; }

    /// <summary>Bytes of a generated response, headers and decoded body.</summary>
    public required int GeneratedResponseBytes { get; init; }

    /// <summary>Bytes of the request's body that a function sees; the rest is cut off and <c>inputTruncated</c> says so.</summary>
    public required int ExposedBodyBytes { get; init; }

    /// <summary>Bytes of a body that replaces another, decoded.</summary>
    public required int ReplacedBodyBytes { get; init; }

    internal const int MaxTimeout = 900, MinMemory = 128, MaxMemory = 10_240;
    internal const long MaxCode = 250L * 1024 * 1024;

    /// <summary>As base64 a body grows by a third, and both the event and the result must be able to carry it.</summary>
    internal const int MaxBody = ResultBytes / 4 * 3;

    internal void Validate(string path, List<string> mistakes)
    {
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromSeconds(MaxTimeout) || Timeout.Ticks % TimeSpan.TicksPerSecond != 0)
            mistakes.Add($"{path}.timeout: {Timeout.TotalSeconds} s is not a whole number of seconds from 1 to {MaxTimeout}. Use one.");
        Check(MemoryMegabytes, MinMemory, MaxMemory, "memoryMegabytes");
        Check(CodeBytes, 1, MaxCode, "codeBytes");
        Check(GeneratedResponseBytes, 1, MaxBody, "generatedResponseBytes");
        Check(ExposedBodyBytes, 0, MaxBody, "exposedBodyBytes");
        Check(ReplacedBodyBytes, 0, MaxBody, "replacedBodyBytes");

        void Check(long value, long min, long max, string name)
        {
            if (value < min || value > max)
                mistakes.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{path}.{name}: {value} is not from {min} to {max}. Use a number in this range."));
        }
    }
}

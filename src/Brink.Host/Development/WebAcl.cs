using Brink.Host.Files;
using Brink.Host.Output;

namespace Brink.Host.Development;

/// <summary>
/// A web ACL that is left out on request. What it would block gets through, which a line at start alone does not keep in mind: the line is
/// repeated every hour.
/// </summary>
internal static class WebAcl
{
    public const string Setting = "WebACLId";

    public const string Consequence = "what it would block gets through. A function on viewer-request can refuse requests instead";

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Repeats the line, for as long as the result lives, of every distribution whose web ACL is left out by then.</summary>
    public static ITimer RemindOf(DevConfigurationReader reader, IDevOutput output, TimeProvider time) => time.CreateTimer(
        _ =>
        {
            FileMistake[] reminders =
            [
                .. reader.IdsThatLeaveOut(Setting).Select(id => new FileMistake(id, $"{Setting} is left out (--ignore): {Consequence}")),
            ];
            if (reminders.Length > 0)
                output.Warned(reminders);
        },
        null, Period, Period);
}

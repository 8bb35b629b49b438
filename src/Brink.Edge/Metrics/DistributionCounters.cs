using Brink.Edge.Logs;

namespace Brink.Edge.Metrics;

/// <summary>
/// The requests of a distribution by result type and class of status. A counter is there once there is something to count.
/// </summary>
internal sealed class DistributionCounters
{
    /// <summary>0 for viewers that left before the answer; 1 to 5; and one for what is none of these.</summary>
    private static readonly string[] Classes = ["000", "1xx", "2xx", "3xx", "4xx", "5xx", "other"];

    private static readonly string[] ResultTypes = Enum.GetNames<ResultType>();

    private readonly EdgeCounters _all;
    private readonly string _id;
    private readonly Counter?[] _requests = new Counter?[ResultTypes.Length * Classes.Length];
    private readonly Counter _bytes;
    private readonly Lock _gate = new();

    public DistributionCounters(EdgeCounters all, string id)
    {
        (_all, _id) = (all, id);
        _bytes = all.Add("brink_response_body_bytes_total", "Bytes of bodies that viewers took.", ("distribution", id));
    }

    /// <summary>A request is over.</summary>
    public void Count(ResultType type, int status, long bodyBytes)
    {
        var statusClass = status == 0 ? 0 : status / 100 is >= 1 and <= 5 and var digit ? digit : Classes.Length - 1;
        var place = ((int)type * Classes.Length) + statusClass;
        (_requests[place] ?? Add(place)).Increment();
        _bytes.Add(bodyBytes);
    }

    private Counter Add(int place)
    {
        lock (_gate)
        {
            return _requests[place] ??= _all.Add(
                "brink_requests_total", "Requests that got an answer, or whose viewer left before it.",
                ("distribution", _id), ("result_type", ResultTypes[place / Classes.Length]), ("status", Classes[place % Classes.Length]));
        }
    }
}

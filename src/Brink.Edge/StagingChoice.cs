using Brink.ContinuousDeployment;
using Brink.Edge.Configuration;
using Brink.Edge.Requests;
using Brink.Edge.Logs;
using Brink.Http;

namespace Brink.Edge;

/// <summary>Whether the primary or its staging distribution serves a request (distribution spec 1.1, stage 4; 2.13).</summary>
internal static class StagingChoice
{
    /// <summary>What was chosen; null where the primary serves as if there were no policy.</summary>
    /// <param name="primary">The distribution that has the Host.</param>
    /// <param name="deployment">The policy in effect on it.</param>
    /// <param name="request">The request. The cookie of a session is taken out of it.</param>
    /// <param name="draws">Draws by weight.</param>
    /// <param name="time">The clock.</param>
    public static DeploymentChoice? Choose(
        LiveDistribution primary, LiveDeployment deployment, EdgeRequest request, Sampler draws, TimeProvider time)
    {
        switch (deployment.Policy.Traffic)
        {
            case TrafficConfig.SingleHeader header:
                return HasHeader(request.Headers, header) ? new DeploymentChoice(primary, deployment.Staging) : null;

            case TrafficConfig.SingleWeight { Stickiness: { } stickiness } weight:
                return Continue(primary, deployment, weight, stickiness, request, draws, time.GetUtcNow().ToUnixTimeSeconds());

            case TrafficConfig.SingleWeight weight:
                return draws.TakesNext(weight.PerMillion) ? new DeploymentChoice(primary, deployment.Staging) : null;

            default:
                return null;
        }
    }

    private static DeploymentChoice Continue(
        LiveDistribution primary, LiveDeployment deployment, TrafficConfig.SingleWeight weight, SessionStickiness stickiness,
        EdgeRequest request, Sampler draws, long now)
    {
        var key = deployment.SessionKey!;
        var found = StickySession.Find(request.Headers, key);
        StickySession.RemoveFrom(request.Headers);
        var session = found is { } last && last.IsAlive(stickiness, now)
            ? last with { SeenAt = now }
            : new StickySession(draws.TakesNext(weight.PerMillion), now, now);
        return new DeploymentChoice(primary, session.IsStaging ? deployment.Staging : primary)
        {
            // A second is all that the cookie can tell.
            SetCookie = session == found ? null : session.ToSetCookie(stickiness, key),
            HasSession = true,
        };
    }

    private static bool HasHeader(HeaderList headers, TrafficConfig.SingleHeader header)
    {
        for (var i = headers.IndexOf(header.Header); i >= 0; i = headers.IndexOf(header.Header, i + 1))
        {
            if (headers[i].Value == header.Value)
                return true;
        }
        return false;
    }
}

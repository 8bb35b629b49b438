using Brink.Events;
using Brink.Functions;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.JavaScript;

/// <summary>What a run costs the garbage collector: views, edits and realms are kept for the next run.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData("function handler(event) { return event.request; }", false, 700)]
    [InlineData("function handler(event) { var r = event.request; if (r.uri === '/nope') r.uri = '/'; return r; }", false, 800)]
    [InlineData("function handler(event) { var r = event.request; if (r.headers['accept-language'].value === 'x') r.uri = '/'; return r; }", false, 1300)]
    [InlineData("function handler(event) { var r = event.response; r.headers['strict-transport-security'] = { value: 'max-age=63072000' }; return r; }", true, 1800)]
    public void Run_AllocatesLittle(string code, bool isResponse, int most)
    {
        var function = Compile(code);
        var request = Request("/index.html", "a=1", ("Accept", "*/*"), ("Accept-Language", "en"), ("Accept-Encoding", "gzip, br"), ("User-Agent", "curl/8.0"), ("Cookie", "a=1; b=2"), ("Referer", "https://example.com/"));
        var triggerEvent = new TriggerEvent
        {
            EventType = isResponse ? EventType.ViewerResponse : EventType.ViewerRequest,
            Request = request,
            Response = isResponse ? Response(200, ("Content-Type", "text/html"), ("Content-Length", "5"), ("ETag", "\"x\""), ("Cache-Control", "max-age=60")) : null,
            DistributionDomainName = "d.cloudfront.net",
            DistributionId = "E",
        };
        long Allocated(int runs)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < runs; i++)
            {
                triggerEvent.Response?.Headers.Remove("Strict-Transport-Security");
                Assert.IsType<FunctionOutcome.Continue>(function.Run(triggerEvent, null).Outcome);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated(200);

        Assert.InRange(Allocated(1000) / 1000, 0, most);
    }
}

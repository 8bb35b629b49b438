using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Quotas;

namespace Brink.Bench.Lambda;

/// <summary>
/// <c>./bench lambda-events</c>: what the edge itself pays for an invocation of Lambda@Edge, without any process: the 2 KB event written, and results of several
/// kinds read back.
/// </summary>
internal static class LambdaEventsCommand
{
    private const int Warmup = 30_000, Calls = 20_000, Rounds = 15;

    public static Command Create()
    {
        var command = new Command("lambda-events", "Writing the events of Lambda@Edge and reading its results: nanoseconds and bytes a call.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        Machine.WarnIfBusy();
        Console.WriteLine(Machine.Describe());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"One thread; medians of {Rounds} rounds of {Calls:N0} calls.\n"));
        var table = new MarkdownTable("work", "JSON bytes", "ns a call", "bytes allocated a call");
        var viewer = MakeEvent(EventType.ViewerRequest);
        var response = MakeEvent(EventType.ViewerResponse);
        Add(table, "write viewer-request", Json(viewer).Length, () => EventWriter.Write(viewer).Dispose());
        Add(table, "write viewer-response", Json(response).Length, () => EventWriter.Write(response).Dispose());
        foreach (var (name, @event, result) in Results(viewer, response))
        {
            if (ResultReader.Read(@event, result, LambdaQuotas.Classic) is LambdaOutcome.Fail(var error))
                throw new InvalidOperationException(error.Detail);
            Add(table, name, result.Length, () => ResultReader.Read(@event, result, LambdaQuotas.Classic));
        }
        Console.WriteLine(table);
        return 0;
    }

    private static IEnumerable<(string Name, LambdaEvent Event, byte[] Result)> Results(LambdaEvent viewer, LambdaEvent response)
    {
        yield return ("read the request, unchanged", viewer, Edit(viewer, "request", _ => { }));
        yield return ("read the request, one header more", viewer, Edit(viewer, "request", request => request["headers"]!["x-fn"] = JsonNode.Parse("""[{"key":"X-Fn","value":"1"}]""")));
        yield return ("read the response, one header more", response, Edit(response, "response", one => one["headers"]!["x-fn"] = JsonNode.Parse("""[{"key":"X-Fn","value":"1"}]""")));
        yield return ("read a redirect", viewer, """{"status":"302","statusDescription":"Found","headers":{"location":[{"key":"Location","value":"https://www.example.com/"}]}}"""u8.ToArray());
        yield return ("read a page of 1 KB", viewer, Encoding.UTF8.GetBytes($$"""{"status":"200","headers":{"content-type":[{"key":"Content-Type","value":"text/html"}]},"body":"{{new string('b', 1024)}}"}"""));
    }

    private static byte[] Edit(LambdaEvent @event, string part, Action<JsonNode> edit)
    {
        var result = JsonNode.Parse(Json(@event))!["Records"]![0]!["cf"]![part]!;
        edit(result);
        return Encoding.UTF8.GetBytes(result.ToJsonString());
    }

    private static byte[] Json(LambdaEvent @event)
    {
        using var payload = EventWriter.Write(@event);
        return payload.Json.ToArray();
    }

    /// <summary>The event of the peers' job 7: twelve headers of 70 characters, 2 KB of JSON in all.</summary>
    private static LambdaEvent MakeEvent(EventType type)
    {
        var request = new EdgeRequest { Uri = "/", QueryString = "a=1&b=2", ClientIp = "203.0.113.178", RequestId = "4TyzHTaYWb1GX1qTfsHhEqV6HUDd", IsHttps = true };
        var response = new EdgeResponse();
        for (var i = 0; i < 12; i++)
            (type == EventType.ViewerRequest ? request.Headers : response.Headers).Add($"X-Header-{i}", new string('v', 70));
        return new LambdaEvent
        {
            EventType = type,
            Request = request,
            Response = type == EventType.ViewerRequest ? null : response,
            DistributionDomainName = "d111111abcdef8.cloudfront.net",
            DistributionId = "EDFDVBD6EXAMPLE",
        };
    }

    private static void Add(MarkdownTable table, string name, int length, Action work)
    {
        for (var i = 0; i < Warmup; i++)
            work();
        var times = new double[Rounds];
        var bytes = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < Calls; i++)
                work();
            times[round] = TimeProvider.System.GetElapsedTime(start).TotalNanoseconds / Calls;
            bytes[round] = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Calls;
        }
        table.Add(
            name, length.ToString("N0", CultureInfo.InvariantCulture), Statistics.Median(times).ToString("N0", CultureInfo.InvariantCulture),
            Statistics.Median(bytes).ToString("N0", CultureInfo.InvariantCulture));
    }
}

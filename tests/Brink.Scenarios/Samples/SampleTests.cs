using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples;

/// <summary>Every sample, both ways: through <c>brink function test</c>, and over HTTP against a running edge with a real origin process.</summary>
public sealed class SampleTests
{
    public static TheoryData<string, string, string> Events() =>
        [.. from sample in Sample.All from name in sample.Events from runtime in sample.Runtimes select (sample.Name, name, runtime)];

    public static TheoryData<string> Names() => [.. Sample.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Events))]
    public async Task FunctionTest_OfAnEvent_GivesTheExpectedOutput(string name, string eventName, string runtime)
    {
        var sample = new Sample(name);
        List<string> arguments = ["function", "test", sample.Function, "--event", sample.File($"events/{eventName}.json"), "--runtime", runtime];
        if (sample.KeyValueStore is { } store)
            arguments.AddRange(["--kvs", store]);

        await using var process = ChildProcess.Start(Repository.Executable, arguments);
        var output = process.ReadToEnd();

        Assert.Equal((0, ""), (await process.WaitForExitAsync(), process.ErrorText));
        var result = JsonNode.Parse(output)!;
        Assert.Equal("", (string?)result["FunctionErrorMessage"]);
        Assert.InRange(int.Parse((string)result["ComputeUtilization"]!, System.Globalization.CultureInfo.InvariantCulture), 0, 80);
        var expected = JsonNode.Parse(File.ReadAllText(sample.File($"events/{eventName}.expected.json")));
        var actual = JsonNode.Parse((string)result["FunctionOutput"]!);
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected!.ToJsonString()}\nbut was {actual!.ToJsonString()}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task OverHttp_EveryRequest_GetsTheExpectedResponse(string name)
    {
        var sample = new Sample(name);
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start(["--origin", origin.Url, .. sample.DevFlags()]);

        var row = 0;
        foreach (var exchange in sample.Json("http.json").EnumerateArray())
        {
            row++;
            var (request, response) = (exchange.GetProperty("request"), exchange.GetProperty("response"));
            var target = request.GetProperty("target").GetString()!;
            using var reply = await brink.GetAsync(target, [.. Pairs(request)]);

            Assert.True(response.GetProperty("status").GetInt32() == (int)reply.StatusCode, $"row {row}, {target}: status {(int)reply.StatusCode}");
            foreach (var (header, value) in Pairs(response))
                Assert.True(value == reply.Header(header), $"row {row}, {target}: {header} should be {value ?? "absent"} but is {reply.Header(header) ?? "absent"}");
            await CheckOriginAsync(origin, exchange, row, reply.Header("X-Cache"));
        }
        Assert.True(row > 0, "http.json has no rows");
    }

    private static async Task CheckOriginAsync(EchoOrigin origin, JsonElement exchange, int row, string? xCache)
    {
        var seen = await origin.SeenAsync();
        if (!exchange.TryGetProperty("origin", out var expected))
        {
            if (xCache is "Hit from cloudfront" or "FunctionGeneratedResponse from cloudfront")
                Assert.True(seen.Length == 0, $"row {row}: the origin was asked for {string.Join(", ", seen.Select(s => s.Target))}");
            return;
        }
        var request = Assert.Single(seen);
        Assert.Equal(expected.GetProperty("target").GetString(), request.Target);
        foreach (var (header, value) in Pairs(expected))
        {
            var actual = request.Headers.FirstOrDefault(pair => pair.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Value;
            Assert.True(value == actual, $"row {row}: the origin saw {header}: {actual ?? "nothing"} instead of {value ?? "nothing"}");
        }
    }

    private static IEnumerable<(string Name, string Value)> Pairs(JsonElement message) =>
        message.TryGetProperty("headers", out var headers) ? headers.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!)) : [];
}

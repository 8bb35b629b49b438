using Brink.Resources;

namespace Brink.Tests.Resources;

public sealed class RealtimeLogConfigTests
{
    private const string EndPoints =
        """[ { "StreamType": "Kinesis", "KinesisStreamConfig": { "RoleARN": "arn:aws:iam::1:role/r", "StreamARN": "arn:aws:kinesis:us-east-1:1:stream/s" } } ]""";

    [Theory]
    [InlineData("printed")]
    [InlineData("input")]
    public void BothForms_AreRead(string form)
    {
        var config = $$""" "Name": "hits", "SamplingRate": 5, "EndPoints": {{EndPoints}}, "Fields": ["c-ip", "timestamp"] """;
        var json = form == "input" ? $"{{ {config} }}" : $$"""{ "RealtimeLogConfig": { "ARN": "arn:aws:cloudfront::1:realtime-log-config/hits", {{config}} } }""";

        var result = ResourceReader.Read(json, "file");

        Assert.Empty(result.Mistakes);
        var read = result.Value!.RealtimeLogConfigs["hits"];
        Assert.Equal(("hits", 5, "arn:aws:kinesis:us-east-1:1:stream/s"), (read.Name, read.SamplingRate, read.StreamArn));
        Assert.Equal(["c-ip", "timestamp"], read.Fields);
    }

    [Theory]
    [InlineData("SamplingRate", "0", "SamplingRate")]
    [InlineData("SamplingRate", "101", "SamplingRate")]
    [InlineData("Fields", "[]", "no field is listed")]
    [InlineData("Fields", """["c-ip", "cs-user-agnet"]""", "did you mean cs-user-agent?")]
    [InlineData("Fields", """["c-ip", "c-ip"]""", "more than once")]
    [InlineData("EndPoints", "[]", "0 end points")]
    [InlineData("EndPoints", """[ { "StreamType": "Firehose" } ]""", "Kinesis")]
    public void Mistake_IsNamed(string member, string json, string text)
    {
        var members = new Dictionary<string, string>
        {
            ["Name"] = "\"hits\"", ["SamplingRate"] = "5", ["EndPoints"] = EndPoints, ["Fields"] = """["c-ip"]""", [member] = json,
        };

        var result = ResourceReader.Read($"{{ {string.Join(',', members.Select(pair => $"\"{pair.Key}\": {pair.Value}"))} }}", "file");

        Assert.Contains(result.Mistakes, mistake => mistake.ToString().Contains(text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("arn:aws:cloudfront::123456789012:realtime-log-config/hits", "hits")]
    [InlineData("arn:aws:cloudfront::123456789012:function/hits", null)]
    [InlineData("hits", null)]
    public void Arn_EndsWithTheName(string arn, string? name) => Assert.Equal(name, RealtimeLogConfig.NameOf(arn));
}

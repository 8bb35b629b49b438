using Brink.Events;
using Brink.Quotas;

namespace Brink.Tests.Lambda;

public sealed class LambdaQuotasTests
{
    [Theory]
    [InlineData("classic", EventType.ViewerRequest, 5, 128, 1, 40)]
    [InlineData("classic", EventType.ViewerResponse, 5, 128, 1, 40)]
    [InlineData("classic", EventType.OriginRequest, 30, 10_240, 50, 1024)]
    [InlineData("classic", EventType.OriginResponse, 30, 10_240, 50, 1024)]
    [InlineData("current", EventType.ViewerRequest, 30, 10_240, 50, 40)]
    [InlineData("current", EventType.ViewerResponse, 30, 10_240, 50, 40)]
    [InlineData("current", EventType.OriginRequest, 30, 10_240, 50, 1024)]
    [InlineData("current", EventType.OriginResponse, 30, 10_240, 50, 1024)]
    public void Preset_HasThePublishedFigures(string preset, EventType type, int seconds, int memory, int codeMegabytes, int bodyKilobytes)
    {
        var quotas = LambdaQuotas.Preset(preset)!;
        var trigger = quotas.For(type);

        Assert.Equal(preset, quotas.Name);
        Assert.Empty(quotas.Validate());
        Assert.Equal((TimeSpan.FromSeconds(seconds), memory, codeMegabytes * 1024L * 1024), (trigger.Timeout, trigger.MemoryMegabytes, trigger.CodeBytes));
        Assert.Equal((bodyKilobytes * 1024, bodyKilobytes * 1024, bodyKilobytes * 1024), (trigger.GeneratedResponseBytes, trigger.ExposedBodyBytes, trigger.ReplacedBodyBytes));
    }

    [Fact]
    public void UnknownPreset_IsNone() => Assert.Null(LambdaQuotas.Preset("Classic"));

    [Fact]
    public void OperatorsOwn_IsToldEveryMistakeAtOnce()
    {
        var quotas = LambdaQuotas.Classic with
        {
            Name = " ",
            Viewer = LambdaQuotas.Classic.Viewer with { Timeout = TimeSpan.FromMilliseconds(1500), MemoryMegabytes = 127, CodeBytes = 0 },
            Origin = LambdaQuotas.Classic.Origin with { Timeout = TimeSpan.FromSeconds(901), GeneratedResponseBytes = 5 * 1024 * 1024, ExposedBodyBytes = -1, ReplacedBodyBytes = 5 * 1024 * 1024 },
        };

        Assert.Equal(
            [
                "name", "viewer.timeout", "viewer.memoryMegabytes", "viewer.codeBytes",
                "origin.timeout", "origin.generatedResponseBytes", "origin.exposedBodyBytes", "origin.replacedBodyBytes",
            ],
            quotas.Validate().Select(mistake => mistake.Split(':')[0]));
    }

    [Fact]
    public void OperatorsOwn_WithinBounds_IsValid() =>
        Assert.Empty((LambdaQuotas.Current with { Name = "mine", Viewer = LambdaQuotas.Current.Viewer with { Timeout = TimeSpan.FromSeconds(900), ExposedBodyBytes = 0 } }).Validate());

    [Fact]
    public void File_ChangesWhatItNames()
    {
        var quotas = LambdaQuotasReader.Read("""{"base":"current","viewer":{"timeout":10,"exposedBodyBytes":0},"origin":{"memoryMegabytes":512,"codeBytes":1000,"generatedResponseBytes":7,"replacedBodyBytes":8}}""", "mine.json").Value!;

        Assert.Equal(
            LambdaQuotas.Current with
            {
                Name = "mine.json",
                Viewer = LambdaQuotas.Current.Viewer with { Timeout = TimeSpan.FromSeconds(10), ExposedBodyBytes = 0 },
                Origin = LambdaQuotas.Current.Origin with { MemoryMegabytes = 512, CodeBytes = 1000, GeneratedResponseBytes = 7, ReplacedBodyBytes = 8 },
            },
            quotas);
        Assert.Equal(LambdaQuotas.Classic with { Name = "empty" }, LambdaQuotasReader.Read("{}", "empty").Value);
    }

    [Theory]
    [InlineData("""{"base":"none"}""", "$.base")]
    [InlineData("""{"viewer":{"timeout":0}}""", "$.viewer.timeout")]
    [InlineData("""{"viewer":{"timeout":901}}""", "$.viewer.timeout")]
    [InlineData("""{"viewer":{"timeout":"5"}}""", "$.viewer.timeout")]
    [InlineData("""{"viewer":{"timeout":1.5}}""", "$.viewer.timeout")]
    [InlineData("""{"origin":{"memoryMegabytes":127}}""", "$.origin.memoryMegabytes")]
    [InlineData("""{"origin":{"memory":128}}""", "$.origin.memory")]
    [InlineData("""{"orgin":{}}""", "$.orgin")]
    [InlineData("[]", "$")]
    [InlineData("{", "$")]
    public void File_WithAMistake_IsRefusedByItsName(string json, string path)
    {
        var result = LambdaQuotasReader.Read(json, "mine.json");

        Assert.Null(result.Value);
        Assert.Equal(path, Assert.Single(result.Mistakes).Path);
    }
}

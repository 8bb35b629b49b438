using Brink.Configuration;

namespace Brink.Resources;

/// <summary>
/// A real-time log configuration: what <c>aws cloudfront get-realtime-log-config</c> prints, or what <c>create-realtime-log-config
/// --cli-input-json</c> takes. It has no configuration of its own within.
/// </summary>
internal static class RealtimeLogConfigReader
{
    /// <summary>Of the form that is printed, alone in a catalogue; null, with a mistake, where it is no object.</summary>
    public static ResourceCatalog? ReadPrinted(ConfigObject root)
    {
        root.Ignore("ResponseMetadata");
        if (root.Object("RealtimeLogConfig", required: true) is not { } printed)
            return null;
        var catalog = AddTo(ResourceCatalog.Empty, printed);
        printed.Close();
        return catalog;
    }

    public static ResourceCatalog AddTo(ResourceCatalog catalog, ConfigObject config)
    {
        var read = Read(config);
        return catalog with { RealtimeLogConfigs = catalog.RealtimeLogConfigs.SetItem(read.Name, read) };
    }

    private static RealtimeLogConfig Read(ConfigObject config)
    {
        config.Ignore("ARN");
        var name = config.Text("Name", required: true) ?? "";
        var rate = config.Number("SamplingRate", 1, 100, required: true) ?? 100;
        var fields = config.PlainTexts("Fields", required: true);
        if (fields.Count == 0)
            config.Mistake("Fields", "no field is listed, so a record would be empty", "List the fields that a record has");
        foreach (var field in fields.Where(field => !RealtimeLogFields.All.Contains(field)))
        {
            var instead = NearestWord.To(field, RealtimeLogFields.All) is { } near ? $"; did you mean {near}?" : "";
            config.Mistake("Fields", $"there is no field '{field}' of real-time logs", $"Leave it out{instead}");
        }
        foreach (var twice in fields.GroupBy(field => field, StringComparer.Ordinal).Where(group => group.Count() > 1))
            config.Mistake("Fields", $"'{twice.Key}' is listed more than once", "Leave one of them");
        return new RealtimeLogConfig(name, (int)rate, ReadStream(config), [.. fields]);
    }

    private static string ReadStream(ConfigObject config)
    {
        var endPoints = config.PlainObjects("EndPoints", required: true);
        if (endPoints.Count != 1)
            config.Mistake("EndPoints", $"{endPoints.Count} end points are listed, and a configuration has one", "List one stream");
        var stream = "";
        foreach (var endPoint in endPoints)
        {
            endPoint.OneOf("StreamType", required: true, "Kinesis");
            if (endPoint.Object("KinesisStreamConfig", required: true) is { } kinesis)
            {
                kinesis.Text("RoleARN");
                stream = kinesis.Text("StreamARN", required: true) ?? "";
                kinesis.Close();
            }
            endPoint.Close();
        }
        return stream;
    }
}

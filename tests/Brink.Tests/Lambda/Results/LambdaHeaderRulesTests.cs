using System.Text.Json.Nodes;
using Brink.Events;
using Brink.Lambda.Events;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Results;

/// <summary>Lambda-edge spec 3.1 to 3.3: every header of the lists, at every trigger, added, changed and deleted.</summary>
public sealed class LambdaHeaderRulesTests
{
    private const string ReadOnlyMessage = "The Lambda function result failed validation: The function tried to add, delete, or change a read-only header.";

    private static readonly EventType[] All = [EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse, EventType.ViewerResponse];

    private static readonly string[] Disallowed =
    [
        "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "trailer", "upgrade", "x-accel-buffering",
        "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amz-cf-id", "x-amz-cf-pop", "x-amz-cf-anything", "x-amzn-auth", "x-amzn-cf-billing",
        "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order",
        "x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache", "x-edge-location", "x-edge-anything", "x-forwarded-proto", "x-real-ip",
        "client-cert", "client-cert-chain", "cloudfront-viewer-cert-pem",
    ];

    private static readonly Dictionary<EventType, string[]> ReadOnly = new()
    {
        [EventType.ViewerRequest] = ["cdn-loop", "content-length", "host", "transfer-encoding", "via"],
        [EventType.OriginRequest] =
            ["accept-encoding", "cdn-loop", "content-length", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "transfer-encoding", "via"],
        [EventType.OriginResponse] = ["transfer-encoding", "via"],
        [EventType.ViewerResponse] = ["warning", "via", "content-length", "content-encoding", "transfer-encoding"],
    };

    private static readonly string[] Free =
    [
        "x-custom", "x-forwarded-for", "x-forwarded-host", "x-amz-meta-a", "x-amzn-trace-id", "authorization", "cookie", "set-cookie", "cache-control", "server",
        "cloudfront-is-mobile-viewer", "cloudfront-anything", "x-cache-status", "x-edgex", "te", "range",
    ];

    public static TheoryData<EventType, string> DisallowedEverywhere => Rows(_ => Disallowed);

    public static TheoryData<EventType, string> ReadOnlyHeaders => Rows(type => ReadOnly[type]);

    // Whatever is read-only elsewhere is free here.
    public static TheoryData<EventType, string> FreeHeaders => Rows(type => Free.Concat(ReadOnly.Values.SelectMany(names => names)).Distinct().Except(ReadOnly[type]));

    private static TheoryData<EventType, string> Rows(Func<EventType, IEnumerable<string>> names)
    {
        var rows = new TheoryData<EventType, string>();
        foreach (var type in All)
        {
            foreach (var name in names(type))
                rows.Add(type, name);
        }
        return rows;
    }

    private static bool IsRequest(EventType type) => type is EventType.ViewerRequest or EventType.OriginRequest;

    private static LambdaEvent With(EventType type, string name, params string[] values)
    {
        var @event = Event(type);
        var fields = IsRequest(type) ? @event.Request.Headers : @event.Response!.Headers;
        fields.Remove(name);
        foreach (var value in values)
            fields.Add(name, value);
        return @event;
    }

    private static Brink.Http.HeaderList Fields(LambdaEvent @event) => IsRequest(@event.EventType) ? @event.Request.Headers : @event.Response!.Headers;

    private static void Apply(LambdaEvent @event, Action<JsonObject> edit)
    {
        if (IsRequest(@event.EventType))
            Applied(@event, edit);
        else
            AppliedToResponse(@event, edit);
    }

    [Theory]
    [MemberData(nameof(DisallowedEverywhere))]
    public void Disallowed_Added_IsInvalid(EventType type, string name)
    {
        var outcome = Edit(Event(type), result => result["headers"]![name] = Entries(name, "new"));

        Assert.Equal("The Lambda function result failed validation: The function tried to add a blacklisted header.", MessageOf(outcome));
        Assert.Contains($"headers['{name}']", ProblemOf(outcome), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(DisallowedEverywhere))]
    public void Disallowed_ThatIsThere_IsHiddenAndCarriedOver(EventType type, string name)
    {
        var @event = With(type, name, "one", "two");
        var before = Lines(Fields(@event));
        Assert.False(Returned(@event)["headers"]!.AsObject().ContainsKey(name));

        Apply(@event, result => result["headers"]!["x-new"] = Entries("X-New", "1"));

        Assert.Equal(before + "\nX-New: 1", Lines(Fields(@event)));
    }

    [Theory]
    [MemberData(nameof(DisallowedEverywhere))]
    public void Disallowed_ThatIsThere_CannotBeOverwritten(EventType type, string name) =>
        Assert.Contains("blacklisted", MessageOf(Edit(With(type, name, "old"), result => result["headers"]![name] = Entries(name, "new"))), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(ReadOnlyHeaders))]
    public void ReadOnly_AddedChangedOrDeleted_IsInvalid(EventType type, string name)
    {
        Action<JsonObject>[] offences =
        [
            result => result["headers"]![name] = Entries(name, "new"),
            result => result["headers"]![name]![0]!["value"] = "new",
            result => result["headers"]![name]!.AsArray().Add(Entries(name, "more")[0]!.DeepClone()),
            result => result["headers"]!.AsObject().Remove(name),
            result => result["headers"]![name] = new JsonArray(),
            result => result["headers"] = new JsonObject(),
        ];
        Assert.All(offences, offence => Assert.Equal(ReadOnlyMessage, MessageOf(Edit(With(type, name, "Old"), offence))));
        Assert.Equal(ReadOnlyMessage, MessageOf(Edit(With(type, name), offences[0])));
        Assert.Contains($"headers['{name}'] is read-only in {type.ToName()}", ProblemOf(Edit(With(type, name), offences[0])), StringComparison.Ordinal);

        // Order counts: the same values in another order are a change.
        Assert.Equal(ReadOnlyMessage, MessageOf(Edit(With(type, name, "a", "b"), result => result["headers"]![name] = Entries(name, "b", "a"))));
        Assert.Equal(ReadOnlyMessage, MessageOf(Edit(With(type, name, "a", "b"), result => result["headers"]![name] = Entries(name, "a"))));
    }

    [Theory]
    [MemberData(nameof(ReadOnlyHeaders))]
    public void ReadOnly_WrittenBack_IsValid_AndKeepsItsSpelling(EventType type, string name)
    {
        var @event = With(type, name, "Old");
        var before = Lines(Fields(@event));

        Apply(@event, result => result["headers"]![name] = Entries(name.ToUpperInvariant(), "Old"));
        Apply(@event, result => result["headers"]![name] = JsonNode.Parse("""[{"value":"Old"}]"""));

        Assert.Equal(before, Lines(Fields(@event)));
    }

    [Theory]
    [MemberData(nameof(ReadOnlyHeaders))]
    public void ReadOnlyInRequests_InAGeneratedResponse_IsInvalid(EventType type, string name)
    {
        if (!IsRequest(type))
            return;
        Assert.Equal(ReadOnlyMessage, MessageOf(Read(Event(type), """{"status":"200","headers":{"NAME":[{"value":"1"}]}}""".Replace("NAME", name, StringComparison.Ordinal))));
        Assert.Equal("", ProblemOf(Read(Event(type), """{"status":"200","headers":{"NAME":[]}}""".Replace("NAME", name, StringComparison.Ordinal))));
    }

    [Theory]
    [MemberData(nameof(DisallowedEverywhere))]
    public void Disallowed_InAGeneratedResponse_IsInvalid(EventType type, string name)
    {
        if (!IsRequest(type))
            return;
        Assert.Contains("blacklisted", MessageOf(Read(Event(type), """{"status":"200","headers":{"NAME":[{"value":"1"}]}}""".Replace("NAME", name, StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(FreeHeaders))]
    public void OtherHeader_CanBeAddedChangedAndDeleted(EventType type, string name)
    {
        var @event = With(type, name);
        Apply(@event, result => result["headers"]![name] = Entries(name.ToUpperInvariant(), "new"));
        Assert.Equal("new", Fields(@event).Get(name));
        Assert.Equal(name.ToUpperInvariant(), Fields(@event)[Fields(@event).IndexOf(name)].Name);

        Apply(@event, result => result["headers"]![name]![0]!["value"] = "changed");
        Assert.Equal("changed", Fields(@event).Get(name));

        Apply(@event, result => result["headers"]!.AsObject().Remove(name));
        Assert.False(Fields(@event).Contains(name));

        @event = With(type, name, "a");
        Apply(@event, result => result["headers"]![name] = new JsonArray());
        Assert.False(Fields(@event).Contains(name));
    }

    [Fact]
    public void ViewerRequest_AddsTheViewerCountry_IsInvalid()
    {
        Action<JsonObject> adds = result => result["headers"]!["cloudfront-viewer-country"] = Entries("CloudFront-Viewer-Country", "DE");

        Assert.Contains("may not be added in viewer-request", ProblemOf(Edit(Event(EventType.ViewerRequest), adds)), StringComparison.Ordinal);
        Assert.Contains("may not be added in viewer-request", ProblemOf(Edit(Event(EventType.ViewerRequest, Request(("CloudFront-Viewer-Country", "FR")), shows: _ => false), adds)), StringComparison.Ordinal);
        Assert.Equal("", ProblemOf(Edit(Event(EventType.OriginRequest), adds)));
        Assert.Equal("", ProblemOf(Edit(Event(EventType.OriginResponse), adds)));
    }

    [Fact]
    public void CloudFrontHeaderThatIsNotShown_StaysUntouched_UnlessTheFunctionWritesItsOwn()
    {
        var @event = Event(EventType.ViewerRequest, Request(("CloudFront-Viewer-City", "Berlin"), ("X-A", "1")), shows: _ => false);
        Applied(@event, result => result["headers"]!["x-a"]![0]!["value"] = "2");
        Assert.Equal("Host: www.example.com\nCloudFront-Viewer-City: Berlin\nX-A: 2", Lines(@event.Request.Headers));

        Applied(@event, result => result["headers"]!["cloudfront-viewer-city"] = Entries("CloudFront-Viewer-City", "Paris"));
        Assert.Equal("Host: www.example.com\nX-A: 2\nCloudFront-Viewer-City: Paris", Lines(@event.Request.Headers));
    }
}
